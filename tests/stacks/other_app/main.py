"""An app that knows nothing of this project: other health path, other port, one worker."""

import sys
import time

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/hello")
def hello() -> dict[str, str]:
    return {"hello": "world"}


def work() -> None:
    """Work until told to stop."""
    sys.stdout.write("working\n")
    sys.stdout.flush()
    time.sleep(600)


if __name__ == "__main__":
    work()
