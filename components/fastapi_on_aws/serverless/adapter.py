"""What the Lambda Web Adapter is told: it starts with the image's server and turns events into HTTP requests.

Source: documentation of the AWS Lambda Web Adapter, "Configurations".
"""

from typing import Final

from pulumi import Input

from fastapi_on_aws.component import text
from fastapi_on_aws.service import HealthArgs

EVENT_FAILED: Final = 599
"""No answer to an HTTP request has this status, so that it fails an invocation and hides no answer: an app gives it to
an event of Lambda's own that it could not handle."""


def adapter_settings(port: Input[int], health: HealthArgs, *, streaming: bool) -> dict[str, Input[str]]:
    """The adapter's environment. By its defaults a 404 would count as ready."""
    return {
        "AWS_LWA_PORT": text(port),
        "AWS_LWA_READINESS_CHECK_PATH": health.ready,
        "AWS_LWA_READINESS_CHECK_HEALTHY_STATUS": "200-299",
        "AWS_LWA_ERROR_STATUS_CODES": str(EVENT_FAILED),
        "AWS_LWA_INVOKE_MODE": "response_stream" if streaming else "buffered",
    }
