"""The sample app as one process a module, behind the load balancer: ``python -m tests.proxy.split`` (`make run-split`).

The proxy listens on PORT (8000), the modules on the ports after it. Each module has a database of its own, which goes
when it ends.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from honcho.manager import Manager  # type: ignore[import-untyped]  # it has no types

from sample_app.registry import MODULES
from tests.proxy.program import ProxyError
from tests.proxy.proxy import Proxy


def environment(service: str, port: int, url: str, folder: Path) -> dict[str, str]:
    """What the process of one module is told, when `url` leads to all of them."""
    return {
        "APP_SERVICES": service,
        "PORT": str(port),
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / service}.db",
        "FORWARDED_ALLOW_IPS": "127.0.0.1",
        **{f"{called.upper()}_URL": url for called in MODULES[service].calls},
    }


COMMAND: Final = f"exec {sys.executable} -m sample_app.entrypoints.serve"


def main() -> int:
    """Run until Ctrl-C, or until one of them ends."""
    first = int(os.environ.get("PORT", "8000"))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        try:
            proxy = Proxy(folder, port=first)
        except (ProxyError, OSError) as error:
            sys.stderr.write(f"error: {error}\n")
            return 1
        with proxy:
            manager = Manager()
            for port, service in enumerate(MODULES, first + 1):
                told = environment(service, port, proxy.url, folder)
                manager.add_process(service, COMMAND, env={"LOG_FORMAT": "console", **os.environ, **told})
                proxy.register(service, port)
            sys.stdout.write(f"{', '.join(f'{proxy.url}/{service}' for service in MODULES)}\n")
            manager.loop()
        return int(manager.returncode or 0)


if __name__ == "__main__":
    sys.exit(main())
