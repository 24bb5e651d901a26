"""The stack file's keys, and the only place that reads config."""

from stack_settings.blocks import FrontDoorBlock, LoadBalancerBlock
from stack_settings.capabilities import unused_words
from stack_settings.provider import aws_provider
from stack_settings.reading import read_settings
from stack_settings.settings import APP, Pattern, StackSettings

__all__ = [
    "APP",
    "FrontDoorBlock",
    "LoadBalancerBlock",
    "Pattern",
    "StackSettings",
    "aws_provider",
    "read_settings",
    "unused_words",
]
