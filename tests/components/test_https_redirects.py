"""The scripts at the edge, run by a JavaScript engine."""

import json
import shutil
import subprocess
from typing import Any

import pytest

from fastapi_on_aws.ingress.front_door import VIEWER_HEADERS, redirects_script

pytestmark = pytest.mark.real_tools  # needs Node.js

ORIGIN = "https://abc123.execute-api.eu-west-1.amazonaws.com"


def handled(script: str, event: Any) -> Any:
    """What the script returns."""
    node = shutil.which("node")
    assert node, "Node.js runs this script as CloudFront would; install it"
    code = f"{script}\nconsole.log(JSON.stringify(handler({json.dumps(event)})))"
    done = subprocess.run([node, "-e", code], capture_output=True, text=True, check=True, timeout=30)
    return json.loads(done.stdout)


def location_after(location: str | None, host: str = "api.example.com", origins: tuple[str, ...] = ()) -> str | None:
    """What the viewer gets for what the app answered."""
    headers = {} if location is None else {"location": {"value": location}}
    event = {"request": {"headers": {"host": {"value": host}}}, "response": {"statusCode": 307, "headers": headers}}
    response = handled(redirects_script(origins), event)
    found = response["headers"].get("location", {}).get("value")
    assert response["statusCode"] == 307
    assert found is None or isinstance(found, str)
    return found


@pytest.mark.parametrize("rest", ["", "/", "/orders/?page=2#top", "?a=b"])
def test_a_redirect_of_the_app_to_itself_stays_on_https(rest: str) -> None:
    assert location_after(f"http://api.example.com{rest}") == f"https://api.example.com{rest}"


@pytest.mark.parametrize(
    "location",
    [
        "https://api.example.com/orders",
        "/orders/",
        "http://example.org/",
        "http://api.example.com.evil.org/",
        "http://api.example.com:8080/",
        "http://api.example.com@evil.org/",
    ],
)
def test_any_other_redirect_is_the_apps_own_business(location: str) -> None:
    assert location_after(location) == location


def test_an_answer_without_a_redirect_passes() -> None:
    assert location_after(None) is None


@pytest.mark.parametrize("rest", ["", "/", "/orders/?page=2#top"])
@pytest.mark.parametrize("origin", [ORIGIN, f"{ORIGIN}/live"])
def test_a_redirect_to_an_api_that_knows_its_own_name_alone_stays_at_the_front_door(origin: str, rest: str) -> None:
    assert location_after(f"{origin}{rest}", origins=(f"{ORIGIN}/live", ORIGIN)) == f"https://api.example.com{rest}"


@pytest.mark.parametrize("location", [f"{ORIGIN}.evil.org/", f"{ORIGIN}@evil.org", "https://other.execute-api.com/"])
def test_a_redirect_to_another_host_that_begins_alike_is_left_alone(location: str) -> None:
    assert location_after(location, origins=(ORIGIN,)) == location


def test_a_viewer_cannot_choose_what_the_origin_is_told_of_it() -> None:
    headers = {
        "host": {"value": "api.example.com"},
        "x-front-door-host": {"value": "evil.example"},
        "x-front-door-client": {"value": "203.0.113.9"},
        "accept": {"value": "*/*"},
    }
    request = handled(
        VIEWER_HEADERS.read_text(),
        {"viewer": {"ip": "2001:db8::1"}, "request": {"uri": "/orders", "headers": headers}},
    )
    assert request["headers"] == {
        **headers,
        "x-front-door-host": {"value": "api.example.com"},
        "x-front-door-client": {"value": "2001:db8::1"},
    }
    assert request["uri"] == "/orders", "the rest of the request is untouched"
