"""What stands for the load balancer does what a load balancer of AWS does."""

import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.proxy import OWN_ADDRESS, Proxy, ProxyError
from tests.proxy.targets import LISTENER, PATIENCE_SECONDS, connect

pytestmark = pytest.mark.real_tools
HOP = r"1-[0-9A-F]{8}-[0-9a-f]{24}"
REQUEST = b"GET /orders HTTP/1.1\r\nHost: shop\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def by_hand() -> Iterator[socket.socket]:
    """A target that the test itself plays."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(PATIENCE_SECONDS)
        yield listening


def accept(listening: socket.socket) -> socket.socket:
    connection, _ = listening.accept()
    connection.settimeout(PATIENCE_SECONDS)
    return connection


def read_until(connection: socket.socket, end: bytes) -> bytes:
    got = b""
    while not got.endswith(end):
        part = connection.recv(65536)
        assert part, f"closed after {got!r}, before {end!r}"
        got += part
    return got


def closed(connection: socket.socket) -> bool:
    """Whether the other side closes it, however rudely."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_target_is_told_who_asked_and_how(proxy: Proxy, client: httpx.Client, target: Callable[[], int]) -> None:
    proxy.register("catalog", target())
    got = client.get("/catalog/products", headers={"Host": "shop.example"}).headers
    assert got["got-host"] == "shop.example", "the Host is the client's"
    assert got["got-x-forwarded-for"] == "127.0.0.1"
    assert got["connection-of"].startswith(f"{OWN_ADDRESS}:"), "so it can trust the proxy and nobody else here"
    assert got["got-x-forwarded-proto"] == "http"
    assert got["got-x-forwarded-port"] == proxy.url.rpartition(":")[2]
    assert re.fullmatch(f"Root={HOP}", got["got-x-amzn-trace-id"])


def test_what_a_client_says_of_itself_is_not_believed(
    proxy: Proxy, client: httpx.Client, target: Callable[[], int]
) -> None:
    proxy.register("catalog", target())
    said = {
        "X-Forwarded-For": "203.0.113.7, 198.51.100.1",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Port": "70",
        "X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678",
    }
    got = client.get("/catalog", headers=said).headers
    assert got.get_list("got-x-forwarded-for") == ["203.0.113.7, 198.51.100.1, 127.0.0.1"], (
        "one value, ours is the last"
    )
    assert got.get_list("got-x-forwarded-proto") == ["http"]
    assert got.get_list("got-x-forwarded-port") == [proxy.url.rpartition(":")[2]]
    assert re.fullmatch(f"Self={HOP};{said['X-Amzn-Trace-Id']}", got["got-x-amzn-trace-id"]), "the trace goes on"


def test_a_target_may_have_another_address(proxy: Proxy) -> None:
    with socket.create_server(("127.0.0.3", 0)) as elsewhere:
        proxy.register("orders", elsewhere.getsockname()[1], "127.0.0.3")
        with connect(proxy) as client:
            client.sendall(REQUEST)
            elsewhere.settimeout(PATIENCE_SECONDS)
            accept(elsewhere).close()


def test_targets_take_turns_over_connections_that_clients_share(proxy: Proxy, target: Callable[[], int]) -> None:
    ports = {str(target()), str(target())}
    for port in ports:
        proxy.register("catalog", int(port))
    answers = [httpx.get(f"{proxy.url}/catalog").headers for _ in range(6)]
    assert [answer["target"] for answer in answers[:2]] * 3 == [answer["target"] for answer in answers], "round robin"
    assert {answer["target"] for answer in answers} == ports
    assert len({answer["connection-of"] for answer in answers}) == 2, "six clients, and a connection to each target"


def test_who_failed_can_be_told_by_the_status(proxy: Proxy, client: httpx.Client, target: Callable[[], int]) -> None:
    port = target()
    proxy.register("catalog", port)
    assert client.get("/catalog/overloaded").status_code == 503, "a target's own answer is passed on"
    proxy.deregister("catalog", port)
    assert client.get("/catalog").status_code == 503, "there is no target"
    with socket.create_server(("127.0.0.1", 0)) as gone:
        nobody = gone.getsockname()[1]
    proxy.register("catalog", nobody)
    refused = client.get("/catalog")
    assert refused.status_code == 502, "the target refuses the connection"
    assert refused.elapsed.total_seconds() < 0.9, "and is not asked again a second later"


def test_a_target_that_leaves_finishes_what_it_has_until_the_delay_is_over(
    proxy: Proxy, by_hand: socket.socket, target: Callable[[], int]
) -> None:
    leaving, staying = by_hand.getsockname()[1], target()
    proxy.register("orders", leaving)
    with connect(proxy) as slow, connect(proxy) as slower:
        for client in (slow, slower):
            client.sendall(REQUEST)
        begun, begun_later = accept(by_hand), accept(by_hand)
        with begun, begun_later:
            for connection in (begun, begun_later):
                read_until(connection, b"\r\n\r\n")
            proxy.register("orders", staying)
            proxy.deregister("orders", leaving)
            reached = {httpx.get(f"{proxy.url}/orders").headers["target"] for _ in range(4)}
            assert reached == {str(staying)}, "nothing new goes to a target that leaves"
            begun.sendall(ANSWER)
            answered, broken_off = (slow, slower) if _readable(slow) else (slower, slow)
            assert answered.recv(4096).endswith(b"\r\n\r\nok"), "what was under way is finished"
            proxy.remove("orders", leaving)
            assert not broken_off.recv(4096).startswith(b"HTTP/1.1 200"), "and broken off when the delay is over"


def _readable(connection: socket.socket) -> bool:
    connection.settimeout(1)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK))
    except TimeoutError:
        return False
    finally:
        connection.settimeout(PATIENCE_SECONDS)


def test_bodies_flow_both_ways_before_they_are_complete(proxy: Proxy, by_hand: socket.socket) -> None:
    proxy.register("orders", by_hand.getsockname()[1])
    with connect(proxy) as client:
        client.sendall(b"POST /orders HTTP/1.1\r\nHost: shop\r\nContent-Length: 6\r\n\r\none")
        with accept(by_hand) as server:
            read_until(server, b"\r\n\r\none")
            server.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nTWO\r\n")
            read_until(client, b"TWO\r\n")
            client.sendall(b"two")
            read_until(server, b"two")
            server.sendall(b"0\r\n\r\n")
            read_until(client, b"0\r\n\r\n")


def test_a_request_is_sent_once_however_it_ends(proxy: Proxy, by_hand: socket.socket) -> None:
    proxy.register("orders", by_hand.getsockname()[1])
    with connect(proxy) as client:
        client.sendall(REQUEST)
        with accept(by_hand) as server:
            read_until(server, b"\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 502 "), "the target closed instead of answering"
    by_hand.settimeout(0.5)
    with pytest.raises(TimeoutError):
        by_hand.accept()


def test_idle_connections_are_closed_on_both_sides_after_the_time_out(tmp_path: Path, by_hand: socket.socket) -> None:
    idle = 3
    with Proxy(tmp_path, listener=LISTENER, idle_timeout_seconds=idle) as proxy, connect(proxy) as client:
        proxy.register("orders", by_hand.getsockname()[1])
        client.sendall(REQUEST)
        with accept(by_hand) as server:
            read_until(server, b"\r\n\r\n")
            server.sendall(ANSWER)
            read_until(client, b"ok")
            began = time.monotonic()
            assert closed(server)
            assert idle / 2 < time.monotonic() - began < idle + 1, "the target's side"
            assert closed(client)
            assert idle / 2 < time.monotonic() - began < idle + 1, "the client's side"


def test_a_silent_target_is_a_gateway_time_out(tmp_path: Path, by_hand: socket.socket) -> None:
    with Proxy(tmp_path, listener=LISTENER, idle_timeout_seconds=1) as proxy:
        proxy.register("orders", by_hand.getsockname()[1])
        assert httpx.get(f"{proxy.url}/orders", timeout=PATIENCE_SECONDS).status_code == 504


def test_as_many_headers_pass_as_an_alb_takes(proxy: Proxy, client: httpx.Client, target: Callable[[], int]) -> None:
    proxy.register("catalog", target())
    quarters = {f"X-Quarter-{number}": "x" * 15_900 for number in range(4)}
    assert client.get("/catalog", headers=quarters).status_code == 200
    assert client.get("/catalog", headers={**quarters, "X-More": "x" * 15_900}).status_code in {400, 431}


def test_a_target_group_takes_another_target_for_one_that_was_removed(
    proxy: Proxy, client: httpx.Client, target: Callable[[], int]
) -> None:
    for _ in range(20):
        port = target()
        proxy.register("catalog", port)
        assert client.get("/catalog").headers["target"] == str(port)
        proxy.deregister("catalog", port)
        proxy.remove("catalog", port)


def test_a_group_that_the_proxy_was_not_told_of_is_refused(proxy: Proxy) -> None:
    with pytest.raises(ProxyError, match=r"set server basket/target1 .* said: No such backend"):
        proxy.register("basket", 8000)


def test_a_haproxy_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(ProxyError, match=r"(?s)timeout client"):
        Proxy(tmp_path, idle_timeout_seconds=-1)
