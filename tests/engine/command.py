"""Runs the Pulumi CLI with a time limit."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS = 180


class EngineError(RuntimeError):
    """A command failed. The message is all that the CLI said."""


@dataclass(frozen=True)
class Finished:
    code: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        return f"{self.stdout}\n{self.stderr}".strip()


@dataclass(frozen=True)
class Interruption:
    """A signal to the CLI in the middle of its work."""

    signal: signal.Signals
    due: Callable[[], bool]
    """Asked again and again: whether the moment has come."""

    def watch(self, process: "subprocess.Popen[str]") -> None:
        """Send the signal once it is due, unless the command ends before."""
        while process.poll() is None:
            if self.due():
                process.send_signal(self.signal)
                return
            time.sleep(0.02)


def run(
    command: Sequence[str],
    folder: Path,
    env: Mapping[str, str],
    *,
    seconds: float = SECONDS,
    interruption: Interruption | None = None,
) -> Finished:
    """Run to the end, whatever the exit code; past the limit the CLI and what it started are killed."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a process group of its own, which one signal ends
    )
    with process:
        if interruption:
            threading.Thread(target=interruption.watch, args=[process], daemon=True).start()
        try:
            stdout, stderr = process.communicate(timeout=seconds)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                raise EngineError(f"`{' '.join(command[1:3])}` took more than {seconds} s") from error
            raise
    return Finished(process.returncode, stdout, stderr)
