"""The log of all calls to the stand-in, and of nothing else: a JSON object a line.

It holds the inputs in plain text, secrets too: look for leaks in the engine's state, not here.
"""

import fcntl
import json
import os
import time
from typing import Any


class Journal:
    def __init__(self, package: str) -> None:
        self.package = package
        self.path = os.environ.get("STANDIN_LOG")

    def write(self, op: str, **details: Any) -> None:
        if not self.path:
            return
        told = {key: value for key, value in details.items() if value is not None}
        line = json.dumps({"time": round(time.time(), 4), "package": self.package, "op": op, **told})
        with open(self.path, "a") as file:  # noqa: PTH123  # one write a line, among processes
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(line + "\n")
