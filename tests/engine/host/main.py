"""The language host as a plugin's process: ``main("…/pulumi-language-python")``."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from tests.engine.host.service import Host, stop_children
from tests.engine.standin import wire


def _stop(*_: Any) -> None:
    stop_children()
    os._exit(0)


def main(program: str) -> None:
    """Serve until the engine goes; its address is the argument that is no flag."""
    signal.signal(signal.SIGINT, _stop)
    addresses = ["", *(argument for argument in sys.argv[1:] if not argument.startswith("-"))]
    wire.serve("LanguageRuntime", "language_pb2_grpc", Host, Path(program), addresses[-1], leave=_stop)
