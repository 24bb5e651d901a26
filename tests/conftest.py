"""What all tests share with pytest."""

from hypothesis import settings

# `pytest tests/stacks tests/contract --hypothesis-profile=thorough`: minutes instead of seconds.
settings.register_profile("thorough", max_examples=2000)
