"""What the library and the app have to say alike, and may not import from each other."""

from fastapi_on_aws.ingress.front_door import VIEWER_HEADERS
from fastapi_on_aws.serverless import adapter
from sample_app.kit import front_door, lambda_events
from sample_app.settings import Settings


def test_an_event_that_failed_has_the_status_that_the_adapter_waits_for() -> None:
    assert lambda_events.FAILED == adapter.EVENT_FAILED, "or a failed event would count as done"


def test_the_front_door_writes_the_headers_that_the_app_reads() -> None:
    script = VIEWER_HEADERS.read_text()
    for header in (front_door.HOST_HEADER, front_door.CLIENT_HEADER):
        assert f"request.headers['{header}'] = " in script, header


def test_the_app_has_a_setting_for_what_it_is_told() -> None:
    from fastapi_on_aws.environment import FRONT_DOOR, ROOT_PATH

    assert {FRONT_DOOR.lower(), ROOT_PATH.lower()} <= set(Settings.model_fields)
