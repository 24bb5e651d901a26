"""A load on one path for some seconds, over connections that stay open: ``python -m benchmarks.load URL SECONDS``.

Prints how many requests were answered, and how many not with 200, as JSON.
"""

import asyncio
import json
import sys
import time
from typing import Final
from urllib.parse import urlsplit

CONNECTIONS: Final = 16


async def _ask(host: str, port: int, path: str, until: float) -> tuple[int, int]:
    reader, writer = await asyncio.open_connection(host, port)
    request = f"GET {path} HTTP/1.1\r\nHost: shop\r\n\r\n".encode()
    answered = failed = 0
    try:
        while time.perf_counter() < until:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
            answered += 1
            failed += not head.startswith(b"HTTP/1.1 200 ")
    finally:
        writer.close()
    return answered, failed


async def _load(url: str, seconds: float) -> dict[str, float]:
    target = urlsplit(url)
    begun = time.perf_counter()
    asking = [_ask(target.hostname or "", target.port or 80, target.path, begun + seconds) for _ in range(CONNECTIONS)]
    counts = await asyncio.gather(*asking)
    return {
        "requests": sum(answered for answered, _ in counts),
        "failed": sum(failed for _, failed in counts),
        "seconds": time.perf_counter() - begun,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_load(sys.argv[1], float(sys.argv[2])))))
