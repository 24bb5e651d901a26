"""The one script at the edge, run by a JavaScript engine."""

import json
import shutil
import subprocess

import pytest

from fastapi_on_aws.ingress.front_door import HTTPS_REDIRECTS

pytestmark = pytest.mark.real_tools  # needs Node.js

SCRIPT = HTTPS_REDIRECTS.read_text()


def location_after(location: str | None, host: str = "api.example.com") -> str | None:
    """What the viewer gets for what the app answered."""
    node = shutil.which("node")
    assert node, "Node.js runs this script as CloudFront would; install it"
    headers = {} if location is None else {"location": {"value": location}}
    event = {"request": {"headers": {"host": {"value": host}}}, "response": {"statusCode": 307, "headers": headers}}
    code = f"{SCRIPT}\nconsole.log(JSON.stringify(handler({json.dumps(event)})))"
    done = subprocess.run([node, "-e", code], capture_output=True, text=True, check=True, timeout=30)
    response = json.loads(done.stdout)
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
