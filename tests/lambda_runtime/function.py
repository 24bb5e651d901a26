"""The shop as a function: on Lambda's own emulator, with the environment that a stack gives it."""

import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pulumi

from fastapi_on_aws import HealthArgs
from fastapi_on_aws.serverless.adapter import adapter_settings
from tests.contract.server import COMMAND
from tests.lambda_runtime.toolchain import adapter, emulator
from tests.sample_app.support import sqlite
from tests.support.process import Process, free_port

_INVOKE: Final = "/2015-03-31/functions/function/invocations"
_SECONDS: Final = 29
_RUNTIME: Final = "AWS_Lambda_python3.13"
"""What Lambda tells its client for Python of where it runs, whichever one runs here."""
LAMBDA: Final = {
    "AWS_LAMBDA_FUNCTION_NAME": "shop",
    "AWS_LAMBDA_FUNCTION_VERSION": "1",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/shop",
    "AWS_LAMBDA_LOG_STREAM_NAME": "1",
    "AWS_REGION": "eu-west-1",
}
"""What Lambda tells every function."""
HANDLER: Final = "sample_app.entrypoints.aws_lambda.handler"


class Function(Process):
    """A container of a function, which starts with the first invocation; its log and database are in `folder`."""

    def __init__(
        self, folder: Path, command: list[str], environment: Mapping[str, str], *, timeout_seconds: int = _SECONDS
    ) -> None:
        self._port, runtime_api = free_port(), free_port()
        addresses = ["--runtime-interface-emulator-address", f"127.0.0.1:{self._port}"]
        addresses += ["--runtime-api-address", f"127.0.0.1:{runtime_api}"]
        lambdas = {**LAMBDA, "AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout_seconds)}
        own = {"ECHO": "true", "DATABASE_URL": sqlite(folder / "shop.db").get_secret_value()}
        super().__init__(
            folder,
            [str(emulator()), "--log-level", "warn", *addresses, *command],
            {**os.environ, **lambdas, **own, **environment},
        )
        self._wait_seconds = timeout_seconds + 10

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What the emulator started is in process groups of its own, and in the emulator's session."""
        super().__exit__(kind, error, trace)
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(ProcessLookupError):
                if os.getsid(int(folder.name)) == self.process.pid:
                    os.kill(int(folder.name), signal.SIGKILL)

    def __enter__(self) -> Self:
        try:
            self.wait_for_start(self._listens)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def invoke(self, event: Any) -> Any:
        """The result of an invocation; of one that failed, what it says of that, or None where it says nothing."""
        status, body = self.invoke_raw(event)
        try:
            return json.loads(body) if body else None
        except ValueError:  # the emulator's own words, of a time-out
            return {"errorType": "Emulator", "errorMessage": f"{status} {body.decode(errors='replace')}"}

    def invoke_raw(self, event: Any) -> tuple[int, bytes]:
        """Status and body of the emulator's answer."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=self._wait_seconds)
        try:
            connection.request("POST", _INVOKE, body=json.dumps(event))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def log_lines(self) -> list[dict[str, Any]]:
        """What the app has said so far."""
        return [json.loads(line) for line in self.log.splitlines() if line.startswith("{") and line.endswith("}")]

    def _listens(self) -> bool:
        try:
            connection = HTTPConnection("127.0.0.1", self._port, timeout=1)
            connection.connect()
        except OSError:
            return False
        connection.close()
        return True


def image_function(
    folder: Path, environment: Mapping[str, str] | None = None, *, timeout_seconds: int = _SECONDS
) -> Function:
    """The image's command with the adapter beside it, which Lambda would start as an extension."""
    port = free_port()
    told = {"PORT": str(port), **adapter_environment(port), **(environment or {})}
    beside = ["sh", "-c", f'{adapter()} & exec "$@"', "sh", sys.executable, "-m", *COMMAND]
    return Function(folder, beside, told, timeout_seconds=timeout_seconds)


def zip_function(folder: Path, environment: Mapping[str, str] | None = None) -> Function:
    """The handler, called by AWS's own client for Python."""
    command = [sys.executable, "-m", "awslambdaric", HANDLER]
    return Function(folder, command, {"AWS_EXECUTION_ENV": _RUNTIME, **(environment or {})})


def adapter_environment(port: int, *, streaming: bool = False) -> dict[str, str]:
    """What a stack tells the adapter."""
    told = adapter_settings(port, HealthArgs(), streaming=streaming)
    assert not any(isinstance(value, pulumi.Output) for value in told.values()), "all is known here"
    return {name: str(value) for name, value in told.items()}
