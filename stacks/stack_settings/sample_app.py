"""What a stack runs as long as nothing says what else: the sample app."""

import dataclasses
from typing import Final

from fastapi_on_aws import AppArgs, LambdaArgs, Package, ZipArgs
from fastapi_on_aws.args import given

SAMPLE_APP_DOCKERFILE: Final = "sample_app/Dockerfile"
SAMPLE_APP_ASGI: Final = "sample_app.entrypoints.asgi:app"
SAMPLE_APP_HANDLER: Final = "sample_app.entrypoints.aws_lambda.handler"
SAMPLE_APP_REQUIREMENTS: Final = "requirements/lambda.txt"


def is_sample_app(app: AppArgs, settings: LambdaArgs) -> bool:
    """Whether nothing says what else to serve."""
    image = app.image
    handler = settings.zip.handler if settings.zip else None
    other = handler not in (None, SAMPLE_APP_HANDLER)
    return not (image.uri or image.context or image.dockerfile or app.asgi or app.command or other)


def sample_app(app: AppArgs) -> AppArgs:
    """The app, with the sample app's image and target."""
    image = dataclasses.replace(app.image, dockerfile=SAMPLE_APP_DOCKERFILE)
    return dataclasses.replace(app, image=image, asgi=SAMPLE_APP_ASGI)


def sample_zip(settings: LambdaArgs) -> LambdaArgs:
    """The sample app's zip, as long as nothing says what else to pack."""
    said = settings.zip or ZipArgs()
    if settings.package is not Package.ZIP:
        return settings
    requirements = said.requirements if "requirements" in given(said) else SAMPLE_APP_REQUIREMENTS
    sample = dataclasses.replace(said, handler=said.handler or SAMPLE_APP_HANDLER, requirements=requirements)
    return dataclasses.replace(settings, zip=sample)
