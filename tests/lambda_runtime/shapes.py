"""What stands in front of a function: HTTP requests as its events, and its answers as HTTP responses.

Written by hand from AWS's documentation, not captured: Lambda developer guide, "Using AWS Lambda with an Application
Load Balancer" and "Invoking Lambda function URLs"; API Gateway developer guide, "Create AWS Lambda proxy integrations
for HTTP APIs" (payload 2.0) and "Input format of a Lambda function for proxy integration" (REST).
"""

import base64
import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from tests.lambda_runtime.runtime_api import StreamedAnswer

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Request:
    """An HTTP request as it came."""

    method: str
    path: str
    """As the client wrote it, percent-encoded."""
    query: str
    headers: Headers
    body: bytes
    client: str

    def without(self, prefix: str) -> "Request":
        """The request as it is below a stage."""
        return dataclasses.replace(self, path=self.path.removeprefix(prefix))

    @property
    def encoded_body(self) -> dict[str, Any]:
        """Base64 where it is no text."""
        try:
            return {"body": self.body.decode() if self.body else None, "isBase64Encoded": False}
        except UnicodeDecodeError:
            return {"body": base64.b64encode(self.body).decode(), "isBase64Encoded": True}

    def all_headers(self) -> dict[str, list[str]]:
        """By name, with what the service adds; what a client says of how it came is not believed."""
        added = {"x-forwarded-port": "80", "x-forwarded-proto": "http", "x-amzn-trace-id": "Root=1-67891233-abcdef"}
        named: dict[str, list[str]] = {}
        for name, value in self.headers:
            if name.lower() not in {*added, "connection", "transfer-encoding"}:
                named.setdefault(name.lower(), []).append(value)
        chain = ", ".join([*named.get("x-forwarded-for", []), self.client])
        length = {} if not self.body else {"content-length": [str(len(self.body))]}
        return {**named, **length, "x-forwarded-for": [chain], **{name: [value] for name, value in added.items()}}


@dataclass(frozen=True)
class Response:
    """An HTTP response to send."""

    status: int
    headers: Headers
    body: bytes | Iterator[bytes]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One service in front of a function."""

    event: Callable[[Request], dict[str, Any]]
    failure: Response
    """What the client gets when the invocation fails."""

    def response(self, answer: Any) -> Response:
        """Of an invocation's result."""
        if isinstance(answer, StreamedAnswer):
            streamed = [
                (name, value)
                for name, values in (answer.head.get("headers") or {}).items()
                for value in (values if isinstance(values, list) else [values])  # the adapter gives two as a list
            ]
            cookies = [("set-cookie", cookie) for cookie in answer.head.get("cookies") or []]
            return Response(answer.head["statusCode"], [*streamed, *cookies], answer.body)
        if not isinstance(answer, Mapping) or "statusCode" not in answer:
            return self.failure
        text = answer.get("body") or ""
        body = base64.b64decode(text) if answer.get("isBase64Encoded") else text.encode()
        several = answer.get("multiValueHeaders") or {}
        single = {name: [value] for name, value in (answer.get("headers") or {}).items() if name not in several}
        headers = [(name, str(value)) for name, values in {**single, **several}.items() for value in values]
        cookies = [("set-cookie", cookie) for cookie in answer.get("cookies") or []]
        return Response(int(answer["statusCode"]), [*headers, *cookies], body)


def _payload_v2(request: Request, domain: str) -> dict[str, Any]:
    headers = request.all_headers()
    cookies = headers.pop("cookie", [])
    query: dict[str, str] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    http = {
        "method": request.method,
        "path": request.path,
        "protocol": "HTTP/1.1",
        "sourceIp": request.client,
        "userAgent": headers.get("user-agent", [""])[0],
    }
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": {name: ",".join(values) for name, values in headers.items()},
        **({"queryStringParameters": query} if query else {}),
        **({"cookies": [part for cookie in cookies for part in cookie.split("; ")]} if cookies else {}),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc123",
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "http": http,
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "26/Nov/2026:19:03:58 +0000",
            "timeEpoch": 1795723438390,
        },
        **request.encoded_body,
    }


def _payload_v1(request: Request) -> dict[str, Any]:
    """The path is without the stage, and decoded; the stage is in the context alone."""
    headers = request.all_headers()
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    path = unquote(request.path)
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": {"proxy": path.removeprefix("/")},
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc123",
            "domainName": "abc123.execute-api.eu-west-1.amazonaws.com",
            "domainPrefix": "abc123",
            "extendedRequestId": "JKJaXmPLvHcESHA=",
            "httpMethod": request.method,
            "identity": {"sourceIp": request.client, "userAgent": headers.get("user-agent", [""])[0]},
            "path": f"/live{request.path}",
            "protocol": "HTTP/1.1",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTime": "26/Nov/2026:19:03:58 +0000",
            "requestTimeEpoch": 1795723438390,
            "resourceId": "123456",
            "resourcePath": "/{proxy+}",
            "stage": "live",
        },
        **request.encoded_body,
    }


def _load_balancer(request: Request) -> dict[str, Any]:
    """With multi-value headers; query values come as the client wrote them, still encoded."""
    query: dict[str, list[str]] = {}
    for pair in filter(None, request.query.split("&")):
        name, _, value = pair.partition("=")
        query.setdefault(name, []).append(value)
    arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop/49e9d65c45c6791a"
    body = request.encoded_body
    return {
        "requestContext": {"elb": {"targetGroupArn": arn}},
        "httpMethod": request.method,
        "path": request.path,
        "multiValueQueryStringParameters": query,
        "multiValueHeaders": request.all_headers(),
        **body,
        "body": body["body"] or "",
    }


def _failed(status: int, body: str, content_type: str = "application/json") -> Response:
    return Response(status, [("content-type", content_type)], body.encode())


HTTP_API: Final = Shape(
    event=lambda request: _payload_v2(request, "abc123.execute-api.eu-west-1.amazonaws.com"),
    failure=_failed(500, json.dumps({"message": "Internal Server Error"})),
)
REST_API: Final = Shape(event=_payload_v1, failure=_failed(502, json.dumps({"message": "Internal server error"})))
FUNCTION_URL: Final = Shape(
    event=lambda request: _payload_v2(request, "abc123.lambda-url.eu-west-1.on.aws"),
    failure=_failed(502, "Internal Server Error", "text/plain"),
)
ALB: Final = Shape(event=_load_balancer, failure=_failed(502, "<html>502 Bad Gateway</html>", "text/html"))
