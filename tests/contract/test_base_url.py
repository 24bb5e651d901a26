"""`--base-url`: what whoever runs the suite against a shop of theirs is told."""

import os
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.contract.server import Server
from tests.support.process import PATIENCE_SECONDS, Process

SUITE = "tests/contract"
DIFFERS = f"{SUITE}/test_bad_input.py::test_a_header_or_a_url_of_200_kilobytes_is_refused"


def ask(folder: Path, url: str, *options: str, tests: str = SUITE) -> tuple[int, str]:
    """The exit code and the output of the suite, in a process of its own."""
    command = [sys.executable, "-m", "pytest", tests, "-q", "-p", "no:cacheprovider", "--base-url", url, *options]
    with Process(folder, command, os.environ) as suite:
        return suite.process.wait(PATIENCE_SECONDS), suite.log


@pytest.fixture
def another_site() -> Iterator[str]:
    """Something that speaks HTTP, and is no shop."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as site:
        threading.Thread(target=site.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{site.server_port}"
        site.shutdown()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", ""])
def test_a_url_that_cannot_be_asked_is_one_sentence(url: str, tmp_path: Path) -> None:
    code, said = ask(tmp_path, url)
    assert code == pytest.ExitCode.USAGE_ERROR, f"nothing was tested: {said}"
    assert said.startswith(f"ERROR: --base-url '{url}' cannot be asked: "), "and that is all there is to read"
    assert len(said.strip().splitlines()) == 1, "in one line"


def test_a_url_of_something_else_is_one_sentence(another_site: str, tmp_path: Path) -> None:
    code, said = ask(tmp_path, another_site)
    assert code == pytest.ExitCode.USAGE_ERROR, f"nothing was tested: {said}"
    asked = f"{another_site}/catalog/products?limit=1 answers 501, and no list of products"
    assert said.strip() == f"ERROR: --base-url '{another_site}' is no shop: {asked}", "and that is all there is to read"


def test_a_difference_names_the_option_that_explains_it(tmp_path: Path) -> None:
    with Server(tmp_path / "shop", {}) as server:
        code, said = ask(tmp_path / "unlike", server.url, tests=DIFFERS)
        assert code == pytest.ExitCode.TESTS_FAILED, f"the server differs from the shop behind a proxy: {said}"
        assert "expected is a shop like proxied: --base-url-like names another" in said, "and what to do is said"
        code, said = ask(tmp_path / "like", server.url, "--base-url-like", "server", tests=DIFFERS)
        assert code == pytest.ExitCode.OK, f"which explains it: {said}"
