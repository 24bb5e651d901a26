"""The commands and their options."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


class Out(StrEnum):
    """What a plan is printed as."""

    TABLE = "table"
    JSON = "json"


@app.callback(invoke_without_command=True)
def top(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)] = False,
) -> None:
    """Plan FastAPI on AWS offline: no account, no credentials, no Pulumi CLI."""
    if version:
        from importlib import metadata  # noqa: PLC0415 - takes longer than all of --help

        try:
            typer.echo(f"fastapi-on-aws {metadata.version('fastapi-on-aws')}")
        except metadata.PackageNotFoundError:
            typer.echo("fastapi-on-aws, not installed")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def plan(
    *,
    stack: Annotated[
        str | None, typer.Option("--stack", "-s", help="Stack to plan. Default: the only one there is, else dev.")
    ] = None,
    stack_file: Annotated[
        Path | None, typer.Option("--stack-file", help="Stack config file to plan with, in place of --stack.")
    ] = None,
    pattern: Annotated[
        str | None, typer.Option("--pattern", "-p", help="Architecture to plan, in place of the configured one.")
    ] = None,
    config: Annotated[
        list[str] | None,
        typer.Option("--config", "-c", metavar="KEY=VALUE", help="Config value for this plan only; may be repeated."),
    ] = None,
    out: Annotated[Out, typer.Option("--out", "-o", help="For people, or for machines.")] = Out.TABLE,
    project: Annotated[
        Path, typer.Option("--project", "-C", metavar="DIR", help="Folder of the Pulumi project, or one beneath it.")
    ] = Path(),
    traceback: Annotated[
        bool, typer.Option("--traceback", "-v", help="When the program fails, show where in full.")
    ] = False,
) -> None:
    """Show what a Pulumi Python program would create, without an account or credentials.

    Runs the program of the project in this folder, with nothing existing yet, and records each resource.
    """
    from fastapi_on_aws.cli.plan_command import plan_project  # noqa: PLC0415 - loads Pulumi and Rich

    code = plan_project(
        project.absolute(),
        stack=stack,
        stack_file=stack_file,
        pattern=pattern,
        config=config or [],
        as_json=out is Out.JSON,
        traceback=traceback,
    )
    raise typer.Exit(code)
