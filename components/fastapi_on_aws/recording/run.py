"""Run a program against the recorder's monitor, in a thread, a context and a loop of its own."""

import asyncio
import contextvars
import inspect
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pulumi
from pulumi._utils import ContextProperty
from pulumi.runtime import settings
from pulumi.runtime.config import set_all_config
from pulumi.runtime.rpc_manager import RPCManager
from pulumi.runtime.stack import run_in_stack

from .answers import Answers, InvokeAnswer, as_answers
from .aws import AwsCloud
from .config import Config, config_of
from .encrypted import hide_encrypted
from .failures import raise_failure
from .graph import Graph, Mode, Secret
from .guard import guard
from .kubernetes import KubernetesCluster
from .lookups import Lookups
from .loop import run_loop
from .monitor import FEATURES, Monitor
from .outputs import Classes, Cloud
from .pending import Pending
from .urns import Naming

ConfigValue: TypeAlias = str | int | float | bool | Mapping[str, Any] | Sequence[Any] | Secret


def record(
    program: Callable[[], object],
    *,
    project: str = "project",
    stack: str = "dev",
    mode: Mode | str = Mode.PREVIEW,
    config: Mapping[str, ConfigValue] | None = None,
    organization: str = "organization",
    answers: Answers | Mapping[str, InvokeAnswer] | None = None,
    root_directory: Path | str | None = None,
) -> Graph:
    """Run a Pulumi program without an engine, a provider or an account, and return what it would create.

    ``program`` is called without arguments inside a stack of its own, in a thread of its own; it may return an
    awaitable. Resources, ``pulumi.export``, ``pulumi.Config`` and ``pulumi.log`` work as they do under the engine.

    ``config`` keys without a namespace get the project's; mappings and lists become JSON text, ``Secret(...)`` values
    are secret keys. ``answers`` says what the cloud would answer (see ``Answers``; a mapping answers look-ups by
    token). ``root_directory`` is what ``pulumi.get_root_directory()`` returns; the working directory by default.

    Calls don't see each other: they may follow or overlap one another, also inside a running event loop.

    Raises what the program raises, unchanged; ``RecordingError`` for two resources with one URN and for look-ups
    without an answer.
    """
    if inspect.isgeneratorfunction(program) or inspect.isasyncgenfunction(program):
        raise TypeError("program is a generator function, whose body would never run; give a plain function")
    root = Path(root_directory or Path.cwd()).resolve()
    values = config_of(config, project)
    return run(program, Run(Naming(project, stack), Mode(mode), values, organization, as_answers(answers), root))


@dataclass(frozen=True)
class Run:
    """All that makes one run of a program differ from another."""

    naming: Naming
    mode: Mode
    config: Config
    organization: str
    answers: Answers
    root_directory: Path


def run(program: Callable[[], object], how: Run) -> Graph:
    """``record`` with its arguments checked and its config flattened."""
    classes = Classes()
    aws = AwsCloud(how.config.values.get("aws:region") or how.answers.region, how.answers.account_id)
    lookups = Lookups(how.answers, aws.invokes())
    cloud = Cloud(how.answers, how.mode, classes, {"aws": aws, "kubernetes": KubernetesCluster()})
    monitor = Monitor(how.naming, how.mode, how.config, cloud, lookups)
    requests = _new_requests()

    first: BaseException | None = None

    def in_context() -> None:
        _configure(how, monitor, requests)
        set_all_config(dict(how.config.values), sorted(how.config.secrets | how.config.encrypted))
        with guard(), hide_encrypted(how.config):
            run_loop(main())

    async def main() -> None:
        nonlocal first
        try:
            await _main(program, classes)
        except Exception:
            # The SDK notes the first failed request within a few turns; what is cancelled after that fails, too.
            for _ in range(5):
                await asyncio.sleep(0)
            first = requests.unhandled_exception
            raise

    if (error := _in_thread(in_context)) is not None:
        raise_failure(error, first)
    return monitor.graph()


async def _main(program: Callable[[], object], classes: Classes) -> None:
    def body() -> Any:
        pulumi.runtime.register_stack_transformation(classes.remember)
        return program()

    await run_in_stack(body)


def _configure(how: Run, monitor: Monitor, requests: RPCManager) -> None:
    """Set the SDK's settings in this context only.

    ``Settings(...)`` would also make the first value that it sees the default of every other context, and so keep this
    recording alive and in reach of programs that have nothing to do with it.
    """
    values: dict[str, Any] = {
        "project": how.naming.project,
        "stack": how.naming.stack,
        "organization": how.organization,
        "root_directory": str(how.root_directory),
        "dry_run": how.mode is Mode.PREVIEW,
        "monitor": monitor,
        "engine": monitor,
        "monitor_features": set(FEATURES),
        "callbacks": monitor.callbacks,
        "rpc_manager": requests,
        "outputs": Pending(),
        "lock": threading.Lock(),
        "legacy_apply_enabled": False,
        "package_refs": {},
        "base_providers_by_ref": {},
    }
    for name, prop in vars(settings.Settings).items():
        if isinstance(prop, ContextProperty):
            prop._data.set(values.get(name))
    settings.ROOT.set(None)


_new_requests: Callable[[], RPCManager] = RPCManager  # Its constructor has no annotations.


def _in_thread(work: Callable[[], None]) -> BaseException | None:
    failure: list[BaseException] = []

    def body() -> None:
        try:
            contextvars.Context().run(work)
        except BaseException as error:  # Raised again in the caller's thread.
            failure.append(error)

    thread = threading.Thread(target=body, name="recording", daemon=True)
    thread.start()
    thread.join()
    return failure.pop() if failure else None
