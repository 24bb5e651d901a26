"""What every component does the same way."""

import re
from typing import Final

import pulumi

PACKAGE: Final = "fastapi-on-aws"

KEEPS_NAME: Final = pulumi.ResourceOptions(ignore_changes=["name"])
"""A component can be renamed (with an alias) without another log group in the place of this one, and its lines gone."""


def token(cls: type) -> str:
    """The Pulumi type of a component class; other languages know no module but ``index``."""
    return f"{PACKAGE}:index:{cls.__name__}"


def after(id: pulumi.Input[str], *ready: pulumi.Resource) -> pulumi.Output[str]:
    """An id that is handed out once other resources exist, for what has to wait for more than the thing itself."""
    return pulumi.Output.all(id, *(resource.urn for resource in ready)).apply(lambda known: str(known[0]))


def text(value: pulumi.Input[int]) -> pulumi.Input[str]:
    """A number as text, at once when it is known."""
    return str(value) if isinstance(value, int) else pulumi.Output.all(value).apply(lambda known: str(known[0]))


def stack_path() -> str:
    """``<project>/<stack>``, to tell the names that people address apart."""
    return f"{pulumi.get_project()}/{pulumi.get_stack()}"


def stack_slug() -> str:
    """``<project>-<stack>`` for names that take letters, digits and hyphens alone."""
    return re.sub(r"[^A-Za-z0-9-]", "-", f"{pulumi.get_project()}-{pulumi.get_stack()}")


def note(text: str, about: pulumi.Resource) -> None:
    """Tell the reader of a plan or an update what was translated, or does not apply here."""
    pulumi.log.info(text, about)
