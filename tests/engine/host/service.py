"""The LanguageRuntime protocol: runs Python programs, plugins and policy packs for a CLI built from source, and
generates SDKs for Python and Node.

The official host is a binary of its own that no build of the CLI contains. The interpreter that runs a program is
the project's virtualenv, else ``PULUMI_PYTHON_CMD``, else the one that runs this file. The program itself is
started by Pulumi's own ``pulumi-language-python-exec``, whose path is in ``PULUMI_PY_RUNNER``.
"""

import importlib.metadata
import json
import os
import platform
import queue
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from tests.engine.standin.wire import empty_pb2, grpc, json_format, proto

_REPORTED: Final = 32
"""The runner's exit code when it has told the engine of the error already."""
_children: set[subprocess.Popen[bytes]] = set()


def stop_children() -> None:
    """A program left running would hold the inherited pipes open, and the CLI would wait for them."""
    for child in list(_children):
        if child.poll() is None:
            child.kill()


class Host:
    """Method names are the protocol's, in snake case. ``req`` and ``ctx`` are gRPC's."""

    def __init__(self, program: Path, engine: str) -> None:
        self._program = program
        """By its name the CLI asks for a language, and beside it is the generator of SDKs."""
        self._engine = engine
        self._pb = proto("language_pb2")

    def handshake(self, req: Any, ctx: Any) -> Any:
        self._engine = req.engine_address or self._engine
        return self._pb.LanguageHandshakeResponse()

    def get_plugin_info(self, req: Any, ctx: Any) -> Any:
        return proto("plugin_pb2").PluginInfo(version="0.0.1")

    def get_required_plugins(self, req: Any, ctx: Any) -> Any:
        return self._pb.GetRequiredPluginsResponse()

    def get_required_packages(self, req: Any, ctx: Any) -> Any:
        # None: the engine then finds each plugin in PULUMI_HOME when it needs it.
        return self._pb.GetRequiredPackagesResponse()

    def runtime_options_prompts(self, req: Any, ctx: Any) -> Any:
        return self._pb.RuntimeOptionsResponse()

    def install_dependencies(self, req: Any, ctx: Any) -> Any:
        yield self._pb.InstallDependenciesResponse(stdout=b"dependencies are the caller's: nothing was installed\n")

    def about(self, req: Any, ctx: Any) -> Any:
        return self._pb.AboutResponse(executable=_interpreter(req.info), version=platform.python_version())

    def get_program_dependencies(self, req: Any, ctx: Any) -> Any:
        found = [
            self._pb.DependencyInfo(name=distribution.name, version=distribution.version)
            for distribution in importlib.metadata.distributions()
        ]
        return self._pb.GetProgramDependenciesResponse(dependencies=found)

    def link(self, req: Any, ctx: Any) -> Any:
        return self._pb.LinkResponse(import_instructions="install the generated folder with pip")

    def generate_package(self, req: Any, ctx: Any) -> Any:
        _, _, language = self._program.name.rpartition("-")
        command = [str(self._program.with_name("generate-sdk")), language, req.directory, req.loader_target]
        done = subprocess.run(command, input=req.schema, capture_output=True, text=True, check=False)
        if done.returncode:
            ctx.abort(grpc.StatusCode.UNKNOWN, done.stderr)
        return self._pb.GeneratePackageResponse()

    def cancel(self, req: Any, ctx: Any) -> Any:
        for child in list(_children):
            if child.poll() is None:
                child.terminate()
        return empty_pb2.Empty()

    def run(self, req: Any, ctx: Any) -> Any:
        python = _interpreter(req.info)
        options = {
            "monitor": req.monitor_address,
            "engine": self._engine,
            "project": req.project,
            "root_directory": req.info.root_directory,
            "stack": req.stack,
            "pwd": req.pwd,
            "dry_run": "true" if req.dryRun else "false",
            "parallel": str(req.parallel),
            "organization": req.organization,
        }
        flags = [word for key, value in options.items() if value for word in (f"--{key}", value)]
        command = [python, "-u", os.environ["PULUMI_PY_RUNNER"], *flags, req.info.entry_point, *req.args]
        configuration = {
            "PULUMI_CONFIG": json.dumps(dict(req.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(req.configSecretKeys)),
        }
        child = _spawn(command, ctx, env=_environment(python, configuration))  # its output is the CLI's
        code = child.wait()
        _children.discard(child)
        if code in (0, _REPORTED):
            return self._pb.RunResponse(bail=code == _REPORTED)
        return self._pb.RunResponse(error=f"program exited with non-zero exit code: {code}")

    def run_plugin(self, req: Any, ctx: Any) -> Any:
        """A component package (``PulumiPlugin.yaml``) or a policy pack, written in Python."""
        command, folder = _plugin_command(req)
        more = dict(entry.split("=", 1) for entry in req.env if "=" in entry)
        environment = _environment(command[0], more)
        pipe = subprocess.PIPE
        child = _spawn(command, ctx, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe)
        yield from self._output(child)
        code = child.wait()
        _children.discard(child)
        if code:
            yield self._pb.RunPluginResponse(exitcode=code if code > 0 else 128 - code)

    def _output(self, child: subprocess.Popen[bytes]) -> Iterator[Any]:
        chunks: queue.Queue[Any] = queue.Queue()

        def pump(stream: IO[bytes], key: str) -> None:
            while chunk := os.read(stream.fileno(), 1 << 16):
                chunks.put(self._pb.RunPluginResponse(**{key: chunk}))
            chunks.put(None)

        streams = [(stream, key) for stream, key in ((child.stdout, "stdout"), (child.stderr, "stderr")) if stream]
        for stream, key in streams:
            threading.Thread(target=pump, args=(stream, key), daemon=True).start()
        still_open = len(streams)
        while still_open:
            chunk = chunks.get()
            if chunk is None:
                still_open -= 1
            else:
                yield chunk


def _interpreter(info: Any) -> str:
    options = json_format.MessageToDict(info.options) if info.HasField("options") else {}
    if virtualenv := options.get("virtualenv"):
        python = Path(info.root_directory, virtualenv, "bin", "python")
        if not python.exists():
            raise FileNotFoundError(f"virtualenv {virtualenv!r} of {info.root_directory} has no bin/python")
        return str(python)
    return os.environ.get("PULUMI_PYTHON_CMD") or sys.executable


def _environment(python: str, more: dict[str, str]) -> dict[str, str]:
    path = os.pathsep.join([str(Path(python).parent), os.environ.get("PATH", "")])
    return {**{key: value for key, value in os.environ.items() if key != "PYTHONHOME"}, "PATH": path, **more}


def _plugin_command(req: Any) -> tuple[list[str], str]:
    root, program = Path(req.info.root_directory), req.info.program_directory
    python = [_interpreter(req.info), "-u"]
    if req.kind == "analyzer":
        return [*python, "-m", "pulumi.policy", *req.args, program], program
    if (root / "__main__.py").exists():
        return [*python, program, *req.args], req.pwd
    name = tomllib.loads((root / "pyproject.toml").read_text())["project"]["name"]
    return [*python, "-m", "pulumi.run.plugin", name, *req.args], req.pwd


def _spawn(command: list[str], ctx: Any, **options: Any) -> "subprocess.Popen[bytes]":
    child: subprocess.Popen[bytes] = subprocess.Popen(command, **options)
    _children.add(child)

    def end() -> None:  # the engine gave up on the call; SIGINT would make Python print where it was
        if child.poll() is None:
            child.terminate()

    ctx.add_callback(end)
    return child
