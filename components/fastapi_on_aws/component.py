"""What every component does the same way."""

from typing import Final

import pulumi

PACKAGE: Final = "fastapi-on-aws"


def token(cls: type) -> str:
    """The Pulumi type of a component class; other languages know no module but ``index``."""
    return f"{PACKAGE}:index:{cls.__name__}"


def after(id: pulumi.Input[str], *ready: pulumi.Resource) -> pulumi.Output[str]:
    """An id that is handed out once other resources exist, for what has to wait for more than the thing itself."""
    waited = pulumi.Output.from_input(id)
    return pulumi.Output.all(*(resource.urn for resource in ready)).apply(lambda _: waited)


def stack_path() -> str:
    """``<project>/<stack>``, to tell the names that people address apart."""
    return f"{pulumi.get_project()}/{pulumi.get_stack()}"


def note(text: str, about: pulumi.Resource) -> None:
    """Tell the reader of a plan or an update what was translated, or does not apply here."""
    pulumi.log.info(text, about)
