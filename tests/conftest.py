"""What all tests share with pytest."""

from hypothesis import settings

# The same examples in every run, so that no change fails by chance; `--hypothesis-profile=thorough` looks further.
settings.register_profile("steady", derandomize=True)
settings.register_profile("thorough", max_examples=2000)
settings.load_profile("steady")
