"""The sample app as one process a module, behind the load balancer: ``python -m tests.proxy.split`` (`make run-split`).

The proxy listens on PORT (8000), the modules on the ports after it. Each module has a database of its own, which goes
when it ends.
"""

import os
import shlex
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

from honcho.manager import Manager  # type: ignore[import-untyped]  # it has no types
from honcho.printer import Printer  # type: ignore[import-untyped]  # it has no types

from sample_app.entrypoints.last_words import sentence_on_error
from sample_app.registry import MODULES
from sample_app.settings import Settings
from tests.proxy.listener import prefixes
from tests.proxy.program import ProxyError
from tests.proxy.proxy import OWN_ADDRESS, Proxy


def environment(service: str, port: int, url: str, folder: Path) -> dict[str, str]:
    """What the process of one module is told, when `url` leads to all of them."""
    return {
        "APP_SERVICES": service,
        "PORT": str(port),
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / service}.db",
        "FORWARDED_ALLOW_IPS": OWN_ADDRESS,
        **{f"{called.upper()}_URL": url for called in MODULES[service].calls},
    }


COMMAND: Final = f"exec {shlex.quote(sys.executable)} -m sample_app.entrypoints.serve"


class _Printer(Printer):  # type: ignore[misc]  # it has no types
    def write(self, message: object) -> None:
        """Print it. Whoever listened may have gone; the processes are ended all the same."""
        with suppress(BrokenPipeError):
            super().write(message)


def main() -> int:
    """Run until Ctrl-C, or until one of them ends."""
    manager = Manager(_Printer())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        with sentence_on_error(ProxyError, OSError):
            first = Settings().port
            proxy = stack.enter_context(Proxy(folder, listener=prefixes(MODULES), port=first))
            for port, service in enumerate(MODULES, first + 1):
                told = environment(service, port, proxy.url, folder)
                manager.add_process(service, COMMAND, env={"LOG_FORMAT": "console", **os.environ, **told})
                proxy.register(service, port)
        sys.stdout.write("".join(f"{proxy.url}/{service}/docs\n" for service in MODULES))
        manager.loop()
    return int(manager.returncode or 0)


if __name__ == "__main__":
    sys.exit(main())
