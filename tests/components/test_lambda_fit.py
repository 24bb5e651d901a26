"""What Lambda cannot do is refused with the path, the limit and the fix; what means nothing to it is said."""

from typing import Any

import pytest

from fastapi_on_aws import UsageError
from fastapi_on_aws.recording import Graph
from tests.components.serverless_apps import serverless

CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/1-2-3"
ACCESS_POINT = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0"
LAYER = "arn:aws:lambda:eu-west-1:123456789012:layer:tools:3"
TWO = {"a": {"prefix": "/a"}, "b": {"prefix": "/b"}}

SECRET = "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/key"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:oncall"


def schedule(name: str = "a", **words: str) -> dict[str, Any]:
    """Provisioned concurrency with one schedule."""
    said = {"when": "cron(0 8 ? * MON-FRI *)", "min": 1, "max": 2, **words}
    return {"lambda": {"provisioned": {"min": 1, "max": 2, "schedule": {name: said}}}}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"app": {"websockets": True}}, "shop.app.websockets is true, and Lambda keeps no connection open; run it with"),
    ({"app": {"streaming": True}}, "an HTTP API passes on whole answers alone; set shop.lambda.api.kind to rest"),
    (
        {"app": {"largest_request": "7 MB"}},
        "shop.app.largest_request is 7 MB, and Lambda takes 6 MB; send large bodies",
    ),
    ({"app": {"largest_request": "6.1 MB"}}, "shop.app.largest_request is 6.1 MB, and Lambda takes 6 MB"),
    ({"app": {"largest_response": "1 GB"}}, "shop.app.largest_response is 1 GB, and Lambda takes 6 MB"),
    (
        {"app": {"streaming": True, "largest_response": "201 MB"}, "lambda": {"api": {"kind": "rest"}}},
        "shop.app.largest_response is 201 MB, and Lambda takes 200 MB",
    ),
    ({"app": {"memory": "64 MB"}}, "shop.app.memory is '64 MB'; a Lambda function has 128 MB to 10240 MB"),
    ({"app": {"cpu": "much"}}, "shop.app.cpu must be a size such as '0.5 vCPU'"),
    ({"services": {"a": {"prefix": "/a", "memory": "11 GB"}}}, "shop.services.a.memory is '11 GB'; a Lambda function"),
    ({"services": {"mailer": {"command": ["mail"]}}}, "shop.services.mailer is a worker without a prefix, and Lambda"),
    ({"services": {"a": {"prefix": "/"}, "b": {"prefix": "/", "command": ["b"]}}}, "shop.services.b.prefix / is that"),
    ({"services": {"a": {"prefix": "/a"}, "b": {"prefix": "/", "command": ["b"]}}}, "would both receive what no other"),
    ({"services": {"api": {"prefix": "/a"}}}, "shop.services.api has the name of the API; give it another name"),
    ({"services": {"a" * 60: {"prefix": "/a"}}}, "the name of its Lambda function leaves 51 for it"),
    ({"app": {"env": {"AA": "x" * 3100}}}, "the environment of a Lambda function holds 4 KB in all"),
    ({"lambda": {"timeout_seconds": 31}}, "shop.lambda.timeout_seconds is 31, and an HTTP API waits 30 s"),
    ({"lambda": {"timeout_seconds": 30, "api": {"kind": "rest"}}}, "a REST API that does not stream waits 29 s"),
    (
        {"lambda": {"timeout_seconds": 120, "api": {"kind": "function_url", "auth": "none"}}},
        "shop.lambda.timeout_seconds is 120, and the front door waits 119 s",
    ),
    ({"lambda": {"timeout_seconds": 901}}, "shop.lambda.timeout_seconds is 901; it must be 1 to 900"),
    ({"lambda": {"ephemeral_storage_mb": 511}}, "shop.lambda.ephemeral_storage_mb is 511; it must be 512 to 10240"),
    ({"lambda": {"snap_start": True}}, "shop.lambda.snap_start is true, and an image cannot; set"),
    (
        {"lambda": {"package": "zip", "snap_start": True, "provisioned": {"min": 1}}},
        "shop.lambda.snap_start is true, and Lambda has it not with provisioned concurrency",
    ),
    (
        {"lambda": {"package": "zip", "snap_start": True, "efs": {"access_point_arn": ACCESS_POINT}}},
        r"Lambda has it not with a file system \(efs\)",
    ),
    (
        {"lambda": {"package": "zip", "snap_start": True, "ephemeral_storage_mb": 1024}},
        r"Lambda has it not with more than 512 MB of /tmp \(ephemeral_storage_mb\)",
    ),
    (
        {"lambda": {"package": "zip", "snap_start": True, "zip": {"python": "3.11"}}},
        "Lambda has it not with Python 3.11, which is older than 3.12",
    ),
    ({"lambda": {"zip": {"handler": "a.b"}}}, "shop.lambda.zip is of a zip, and shop.lambda.package is image"),
    ({"lambda": {"layers": [LAYER]}}, "shop.lambda.layers is of a zip, and shop.lambda.package is image"),
    ({"lambda": {"package": "zip", "layers": [LAYER] * 6}}, "it must have 5 items or fewer"),
    (
        {"lambda": {"package": "zip", "layers": ["tools"]}},
        r"layers\[0\] is 'tools'; it must be the ARN of a layer's version",
    ),
    (
        {"lambda": {"egress_ports": [443, 5432]}},
        "shop.lambda.egress_ports is not a setting; it is of the app, whatever runs it: app.egress_ports",
    ),
    (
        {"lambda": {"alarms": {"enabled": False, "throttles_per_minute": 5}}},
        "shop.lambda.alarms.throttles_per_minute does not apply while shop.lambda.alarms.enabled is false",
    ),
    (
        {"app": {"env": {"AWS_REGION": "eu-west-1"}}},
        "shop.app.env.AWS_REGION is set by Lambda itself; take it out",
    ),
    (
        {"app": {"env": {"KEY_ARN": "mine"}, "secrets": {"KEY": SECRET}}},
        "web has KEY_ARN, which tells where the secret KEY is; rename the one",
    ),
    (
        {"lambda": {"alarms": {"topics": [TOPIC, "oncall"]}}},
        r"shop.lambda.alarms.topics\[1\] is 'oncall'; it must be the ARN of an SNS topic",
    ),
    ({"lambda": {"alarms": {"topics": [TOPIC] * 6}}}, "shop.lambda.alarms.topics is a list; it must have 5 items or"),
    (
        {"lambda": {"api": {"cors": {"origins": ["https://a.example.com/x"]}}}},
        r"shop.lambda.api.cors.origins\[0\] is 'https://a.example.com/x'; it must be an origin such as",
    ),
    (
        {"lambda": {"api": {"cors": {"origins": ["*"], "methods": ["FETCH"]}}}},
        r"shop.lambda.api.cors.methods\[0\] is 'FETCH'; it must be a method",
    ),
    (schedule(when="cron(0 25 * * *)"), "a.when is .*; it must be a schedule of AWS: .* of six fields"),
    (schedule(timezone="Mars/X"), "a.timezone is 'Mars/X'; it must be a time zone that this machine knows"),
    (schedule("a/b"), "shop.lambda.provisioned.schedule is a map; it must have names of letters"),
    ({"app": {"env": {"_x": "1"}}}, "shop.app.env._x cannot be: Lambda takes names of a letter and"),
    ({"lambda": {"package": "zip"}, "app": {"streaming": True}}, "a zip in Python cannot; set shop.lambda.package to"),
    (
        {"lambda": {"package": "zip"}, "services": {"a": {"prefix": "/a", "command": ["a"]}}},
        "shop.services.a.command is of an image, and shop.lambda.package is zip",
    ),
    (
        {"lambda": {"reserved_concurrency": 5, "provisioned": {"min": 2, "max": 6}}},
        "shop.lambda.reserved_concurrency is 5, less than the 6 copies of shop.lambda.provisioned",
    ),
    ({"lambda": {"provisioned": {"min": 5, "max": 2}}}, "shop.lambda.provisioned.min is 5, more than"),
    (
        {"lambda": {"provisioned": {"min": 1}, "rollout": {"kind": "canary"}}},
        "an alias with provisioned concurrency takes no weights; take out shop.lambda.provisioned",
    ),
    (
        {"lambda": {"rollout": {"kind": "linear", "percent": 5}}},
        r"shop.lambda.rollout takes 1140 seconds \(19 steps of 60\), and a rollout can take 720",
    ),
    ({"lambda": {"rollout": {"percent": 5}}}, "shop.lambda.rollout.percent is of a canary or linear rollout"),
    (
        {"lambda": {"rollout": {"kind": "canary"}, "alarms": {"enabled": False}}},
        "nothing would stop a bad version; set it to true",
    ),
    ({"lambda": {"api": {"auth": "iam"}}}, "shop.lambda.api.auth does not apply to shop.lambda.api.kind http"),
    ({"lambda": {"api": {"kind": "rest", "jwt": {"issuer": "https://i", "audiences": ["a"]}}}}, "checks no JWT"),
    ({"lambda": {"api": {"kind": "rest", "cors": {"origins": ["*"]}}}}, "let the app answer cross-origin requests"),
    ({"lambda": {"api": {"cors": {"origins": ["*"], "credentials": True}}}}, "browsers refuse both"),
    ({"lambda": {"api": {"cors": {"origins": ["app.example.com"]}}}}, "it must be an origin such as https://"),
    ({"lambda": {"api": {"kind": "function_url"}}}, "shop.lambda.api.auth is missing: behind the front door"),
    ({"lambda": {"api": {"kind": "function_url", "throttling": {}}}}, "a function URL has none; set lambda.reserved"),
    (
        {
            "lambda": {"api": {"kind": "function_url", "auth": "none"}},
            "services": {"a": {"prefix": "/a"}, "b": {"prefix": "/b", "command": ["b"]}},
        },
        "shop.lambda.api.kind is function_url, which leads to one function, and b, web are 2; take kind http or rest",
    ),
    (
        {"lambda": {"api": {"domain": {"name": "api.example.com", "certificate_arn": CERTIFICATE}}}},
        "shop.lambda.api.domain is api.example.com, and the front door is what the public reaches",
    ),
    ({"lambda": {"api": {"domain": {"name": "api.example.com"}}}}, "domain.certificate_arn is missing"),
    ({"lambda": {"vpc": True}}, "shop.network is missing: shop.lambda puts the functions into one"),
    ({"lambda": {"api": {"kind": "graphql"}}}, "shop.lambda.api.kind cannot be 'graphql'"),
    ({"lambda": {"memroy": "1 GB"}}, "shop.lambda.memroy is not a setting"),
    ({"zip": None, "lambda": {"package": "zip"}}, "shop.zip is missing: shop.lambda.package is zip"),
]


@pytest.mark.parametrize(("args", "sentence"), REFUSED, ids=[sentence[:70] for _, sentence in REFUSED])
def test_what_lambda_cannot_do_is_refused(args: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence) as caught:
        serverless(**args)
    assert "\n" not in str(caught.value)


def said(graph: Graph) -> str:
    return "\n".join(log.message for log in graph.logs)


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({}, "has 1024 MB and so 0.58 vCPU: Lambda gives CPU by memory (1 vCPU at 1769 MB), and cpu does not apply"),
        ({"app": {"scaling": {"max": 3}}}, "scaling does not apply: Lambda runs a copy for each request"),
        ({"services": {"a": {"prefix": "/a", "scaling": {"max": 3}}}}, "scaling does not apply"),
        (
            {"app": {"egress_ports": [443, 5432]}},
            "egress_ports does not apply: functions in no network reach the internet on every port, and nothing that is"
            " in the network; lambda.vpc puts them into it",
        ),
        ({}, "the API's own URL stays open beside the front door"),
        (
            {"app": {"secrets": {"KEY": SECRET}}},
            "KEY: Lambda resolves no secrets, so the app is told KEY_ARN and the like, and reads them itself",
        ),
        (
            {"lambda": {"api": {"kind": "function_url", "auth": "none"}}},
            "the function URL is open to everybody who knows it, past the front door",
        ),
        (
            {"lambda": {"api": {"kind": "function_url", "auth": "iam"}}},
            "clients must send x-amz-content-sha256 with each body, and Authorization does not reach the app",
        ),
        (
            {
                "services": {"a": {"prefix": "/a"}, "b": {"prefix": "/b", "calls": ["a"]}},
                "lambda": {
                    "functions": "per_service",
                    "api": {"jwt": {"issuer": "https://i.example.com", "audiences": ["a"]}},
                },
            },
            "functions call each other through the API, which asks for a token",
        ),
    ],
)
def test_what_is_translated_or_means_nothing_is_said(args: dict[str, Any], sentence: str) -> None:
    assert sentence in said(serverless(**args))


def test_a_word_that_is_not_said_has_no_note() -> None:
    assert "does not apply" not in said(serverless()).replace("cpu does not apply", "")
    assert "front door" not in said(serverless(front_door=False))
