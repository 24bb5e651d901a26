"""What the Dockerfiles say before anybody builds them."""

from pathlib import Path

import pulumi

from fastapi_on_aws import UsageError
from stack_settings import Pattern, StackSettings

_ADAPTER = "lambda-adapter"


def check_dockerfiles(settings: StackSettings) -> None:
    """Raise ``UsageError`` for one that is not there; warn of one that would not answer on Lambda."""
    if settings.runs_zip:
        return
    root = Path(pulumi.get_root_directory())
    for where, image in settings.described_images.items():
        if image.uri is not None:
            continue
        path = f"{pulumi.get_project()}:{where}.image"
        context = image.context or "."
        if not (root / context).is_dir():
            raise UsageError(f"{path}.context is {context}, and there is no such folder beside Pulumi.yaml")
        name = image.dockerfile or str(Path(context, "Dockerfile"))
        if not (root / name).is_file():
            raise UsageError(f"{path}.dockerfile is {name}, and there is no such file beside Pulumi.yaml")
        text = (root / name).read_text(encoding="utf-8", errors="replace")
        if settings.pattern is Pattern.SERVERLESS and _ADAPTER not in text:
            pulumi.log.warn(
                f"{name} does not name {_ADAPTER}: unless its base image has the Lambda Web Adapter, no request is"
                " answered; sample_app/Dockerfile has the line to copy"
            )
