"""Pulumi's gRPC messages, the one place of this package where values have no types.

The generated modules are imported without running ``pulumi/__init__``, which saves half a second a plugin start.
"""

import functools
import importlib
import os
import sys
import time
import types
from collections.abc import Callable
from concurrent import futures
from pathlib import Path
from typing import Any, Final

grpc: Any = importlib.import_module("grpc")
empty_pb2: Any = importlib.import_module("google.protobuf.empty_pb2")
any_pb2: Any = importlib.import_module("google.protobuf.any_pb2")
struct_pb2: Any = importlib.import_module("google.protobuf.struct_pb2")
json_format: Any = importlib.import_module("google.protobuf.json_format")

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How the engine writes a value that is not known yet."""
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""The key that marks a map as something else: a secret, an asset, an archive, an output."""

_LARGEST_MESSAGE: Final = 400 << 20
_THREADS: Final = 32
_OPTIONS: Final = [
    ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
    ("grpc.max_send_message_length", _LARGEST_MESSAGE),
]


@functools.cache
def proto(name: str) -> Any:
    """A generated module, such as ``provider_pb2``."""
    for package in ("pulumi", "pulumi.runtime"):
        if package not in sys.modules:
            module = types.ModuleType(package)
            module.__path__ = [str(site_package("pulumi").joinpath(*package.split(".")[1:]))]
            sys.modules[package] = module
    return importlib.import_module(f"pulumi.runtime.proto.{name}")


def site_package(name: str) -> Path:
    """Where an installed package lies, without importing it."""
    for entry in sys.path:
        folder = Path(entry or ".", name)
        if (folder / "__init__.py").is_file():
            return folder
    raise ModuleNotFoundError(f"no package {name} for {sys.executable}", name=name)


def unpack(value: Any) -> dict[str, Any]:
    """A protobuf Struct as a dict."""
    return {key: _plain(item) for key, item in value.fields.items()}


def _plain(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return unpack(value.struct_value)
    if kind == "list_value":
        return [_plain(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return None if kind in (None, "null_value") else getattr(value, kind)


def pack(value: dict[str, Any]) -> Any:
    """A dict as a protobuf Struct."""
    struct = struct_pb2.Struct()
    struct.update(value)
    return struct


def has_unknown(value: Any) -> bool:
    """Whether a value that is not known yet lies at any depth."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return bool(value == UNKNOWN)


def serve(kind: str, module: str, implementation: type, *args: Any, leave: Callable[[], None] | None = None) -> None:
    """Serve one of Pulumi's services on a free loopback port until the CLI that started this process has gone.

    The implementation is mixed with the generated base class here, so that it can itself be typed; its methods are
    called as the protocol spells them (``check_config`` is ``CheckConfig``).
    """
    generated = proto(module)
    methods = {name: method for kind in reversed(implementation.__mro__) for name, method in vars(kind).items()}
    calls = {
        "".join(word.capitalize() for word in name.split("_")): method
        for name, method in methods.items()
        if not name.startswith("_")
    }
    bases = (implementation, getattr(generated, f"{kind}Servicer"))
    servicer = type(implementation.__name__, bases, calls)(*args)
    server = grpc.server(futures.ThreadPoolExecutor(_THREADS), options=_OPTIONS)
    getattr(generated, f"add_{kind}Servicer_to_server")(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    parent = os.getppid()
    while os.getppid() == parent:  # no plugin outlives its engine
        time.sleep(0.5)
    if leave:
        leave()
    os._exit(0)
