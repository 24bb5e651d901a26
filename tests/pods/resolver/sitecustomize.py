"""The cluster's names, in a process of this machine: Python runs this file at its start, and knows them from then on.

`CLUSTER_NAMES` is a file with a line `address name` for each pod that is ready. It is read for each new connection, so
that one goes to any pod that is ready then, as a Service of Kubernetes would have it.
"""

import os
import random
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

_NAMES = Path(os.environ["CLUSTER_NAMES"])


def _address(host: Any) -> Any:
    """An address for a name of the cluster; anything else as it is."""
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or not name.endswith(".svc.cluster.local"):
        return host
    lines = (line.split() for line in _NAMES.read_text().splitlines())
    found = [address for address, known in lines if known == name]
    if not found:
        raise socket.gaierror(socket.EAI_NONAME, f"no Service is called {name}")
    return random.choice(found)


def _knows(resolve: Callable[..., Any]) -> Callable[..., Any]:
    return lambda host, *rest, **more: resolve(_address(host), *rest, **more)


socket.getaddrinfo = _knows(socket.getaddrinfo)
with suppress(ImportError):
    import uvloop  # uvicorn's event loop, which does not ask Python

    _resolve = uvloop.Loop.getaddrinfo

    async def _of_the_loop(loop: uvloop.Loop, host: Any, port: Any, **more: Any) -> Any:
        return await _resolve(loop, _address(host), port, **more)

    uvloop.Loop.getaddrinfo = _of_the_loop  # type: ignore[assignment, method-assign]  # the stub has two selves
