"""The zip file that functions run, built from the settings."""

from pathlib import Path

import pulumi

from fastapi_on_aws import Architecture, ZipRef
from stack_settings import StackSettings


def zip_package(settings: StackSettings) -> ZipRef | None:
    """The package, built unless it is there already; None for a stack that runs none."""
    if not settings.runs_zip:
        return None
    from fastapi_on_aws import packaging  # noqa: PLC0415  # nobody else's program pays for it

    words = settings.zip
    architecture = settings.app.image.architecture or Architecture.ARM64
    source = packaging.PackageSource(
        root=Path(pulumi.get_root_directory()),
        requirements=words.requirements,
        include=words.include,
        exclude=words.exclude,
        handler=words.handler or "",
        python=words.python,
        architecture=architecture,
        imports_from_elsewhere=_imports_from_elsewhere(settings),
    )
    package = packaging.build_package(source, f"{pulumi.get_project()}:lambda.zip")
    pulumi.log.info(
        f"the package has {_mb(package.zip_bytes)} MB zipped and {_mb(package.unpacked_bytes)} MB unpacked; Lambda"
        f" takes {_mb(packaging.LARGEST_ZIP_BYTES)} and {_mb(packaging.LARGEST_UNPACKED_BYTES)}"
    )
    if package.loose:
        pulumi.log.info(
            f"{words.requirements} leaves the version of {', '.join(package.loose)} open, so another machine may build"
            " another package; pin all of them, as pip-compile and uv pip compile do"
        )
    return ZipRef(
        path=str(package.path),
        sha256=package.sha256,
        handler=source.handler,
        runtime=f"python{source.python}",
        architecture=architecture,
    )


def _imports_from_elsewhere(settings: StackSettings) -> bool:
    environments = [settings.app.env, *(service.env for service in (settings.services or {}).values())]
    others = settings.lambda_.layers or settings.lambda_.efs
    return bool(others) or any("PYTHONPATH" in environment for environment in environments)


def _mb(size: int) -> str:
    return f"{size / 2**20:.0f}"
