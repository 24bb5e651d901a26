"""Words of the API in front of Lambda."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Optional

from pulumi import Input

from fastapi_on_aws.args import Defaulted, arg, between, each, given, matching, not_empty
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.ingress.domain import CERTIFICATE_ARN, DOMAIN_NAME

_ORIGIN: Final = matching(
    r"\*|https?://[^/\s]+", "must be an origin such as https://app.example.com, without a path, or *"
)
_METHOD: Final = matching(
    r"\*|GET|HEAD|POST|PUT|PATCH|DELETE", "must be a method such as GET, in capitals, or *; OPTIONS is answered anyway"
)
_ISSUER: Final = matching(r"https://[^\s?#]+", "must be an https URL, below which AWS finds the OpenID configuration")


class ApiKind(StrEnum):
    """What stands in front of the functions."""

    HTTP = "http"
    """API Gateway HTTP API: cheap, throttles, checks JWTs. It does not stream, and waits 30 s for an answer."""
    REST = "rest"
    """API Gateway REST API: dearer; streams."""
    FUNCTION_URL = "function_url"
    """Lambda's own endpoint: no throttling of its own; streams. For one function."""


class UrlAuth(StrEnum):
    """Who may call a function URL."""

    IAM = "iam"
    """Callers that sign their requests (SigV4), or CloudFront in their place."""
    NONE = "none"
    """Everybody who knows the URL."""


@dataclass(frozen=True, kw_only=True)
class CorsArgs:
    """Cross-origin requests, answered by the API. The app must not answer them too: leave it out if it does."""

    origins: Sequence[str] = arg(not_empty("must name an origin, such as https://app.example.com, or *"), each(_ORIGIN))
    """Origins whose pages may call, such as `https://app.example.com`."""

    methods: Defaulted[Sequence[str]] = arg(
        not_empty(), each(_METHOD), factory=lambda: ["GET", "POST", "PUT", "PATCH", "DELETE"]
    )
    """Methods that they may use. Default: `GET`, `POST`, `PUT`, `PATCH`, `DELETE`."""

    headers: Defaulted[Sequence[str]] = arg(factory=lambda: ["authorization", "content-type"])
    """Headers that they may send. Default: `authorization` and `content-type`."""

    expose_headers: Defaulted[Sequence[str]] = arg(factory=list)
    """Headers of answers that they may read. Default: none but the harmless ones."""

    credentials: Defaulted[bool] = False
    """Whether cookies may come along. Default: false; never with the origin `*`."""

    max_age_seconds: Defaulted[int] = arg(between(0, 86400), default=600)
    """How long a browser remembers the answer. Default: 600."""

    def check_together(self, path: str) -> None:
        """Browsers refuse both at once."""
        if self.credentials and "*" in self.origins:
            raise UsageError(f"{path}.credentials is true, and {path}.origins has *; browsers refuse both")


@dataclass(frozen=True, kw_only=True)
class JwtArgs:
    """Who may call: the holders of a token of this issuer. The API checks it, before anything is paid for."""

    issuer: Input[str] = arg(_ISSUER)
    """Such as `https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI`."""

    audiences: Sequence[Input[str]] = arg(not_empty())
    """What `aud` (or `client_id`) of a token must name, one of them."""

    scopes: Defaulted[Sequence[str]] = arg(factory=list)
    """What `scope` of a token must name, one of them. Default: no scope is asked for."""


@dataclass(frozen=True, kw_only=True)
class ThrottlingArgs:
    """How many requests pass; others are answered with 429. Without it a loop costs what the account allows."""

    requests_per_second: Defaulted[float] = arg(between(1, 100_000), default=500)
    """Steady rate. Default: 500."""

    burst: Defaulted[int] = arg(between(1, 100_000), default=1000)
    """Requests at once. Default: 1000."""


@dataclass(frozen=True, kw_only=True)
class ApiDomainArgs:
    """A domain of yours on the API itself. With a front door the domain belongs to that."""

    name: str = arg(DOMAIN_NAME)
    """Such as `api.example.com`. Make it lead to the stack's output `domain_target`, by a CNAME or alias record."""

    certificate_arn: Input[str] = arg(CERTIFICATE_ARN)
    """ACM certificate for it in the API's own region."""


@dataclass(frozen=True, kw_only=True)
class ApiArgs:
    """The way in to the functions."""

    kind: Defaulted[ApiKind] = ApiKind.HTTP
    """`http`, `rest` or `function_url`. Default: `http`."""

    throttling: Optional[ThrottlingArgs] = None
    """Default: 500 requests a second, 1000 at once. A function URL has none; see `reserved_concurrency`."""

    cors: Optional[CorsArgs] = None
    """Cross-origin requests. Default: left to the app. A REST API leaves them to the app always."""

    jwt: Optional[JwtArgs] = None
    """Tokens that the API checks. Default: left to the app. Only an HTTP API can."""

    auth: Optional[UrlAuth] = None
    """Who may call a function URL. Default: `iam`; must be said behind a front door."""

    access_logs: Optional[bool] = None
    """Whether each request is logged. Default: true for `http`; false for `rest`, which needs a role in the account's
    settings first; a function URL has none."""

    stage: Defaulted[str] = arg(
        matching(r"[A-Za-z0-9_-]{1,128}", "must be a name of letters, digits, hyphens and underscores"), default="live"
    )
    """Stage of a REST API, and the first part of its paths. Default: `live`. Other kinds have none."""

    domain: Optional[ApiDomainArgs] = None
    """A domain of yours. Default: AWS's own name."""

    @property
    def effective_throttling(self) -> ThrottlingArgs:
        """What was given, or the default."""
        return self.throttling or ThrottlingArgs()

    def check_together(self, path: str) -> None:
        """Each word is one of its kind of API."""
        for word, kinds in _ONLY.items():
            if word in given(self, but=("kind",)) and self.kind not in kinds:
                raise UsageError(
                    f"{path}.{word} does not apply to {path}.kind {self.kind}: {_REASONS[word, self.kind]}"
                )


_ONLY: Final[Mapping[str, Sequence[ApiKind]]] = {
    "throttling": (ApiKind.HTTP, ApiKind.REST),
    "cors": (ApiKind.HTTP, ApiKind.FUNCTION_URL),
    "jwt": (ApiKind.HTTP,),
    "auth": (ApiKind.FUNCTION_URL,),
    "access_logs": (ApiKind.HTTP, ApiKind.REST),
    "stage": (ApiKind.REST,),
    "domain": (ApiKind.HTTP, ApiKind.REST),
}
_REASONS: Final[Mapping[tuple[str, ApiKind], str]] = {
    ("throttling", ApiKind.FUNCTION_URL): "a function URL has none; set lambda.reserved_concurrency, or take http",
    ("cors", ApiKind.REST): "let the app answer cross-origin requests, or take http",
    ("jwt", ApiKind.REST): "a REST API checks no JWT of any issuer; take http, or let the app check it",
    ("jwt", ApiKind.FUNCTION_URL): "a function URL checks none; take http, or let the app check it",
    ("auth", ApiKind.HTTP): "it is of function_url; use jwt",
    ("auth", ApiKind.REST): "it is of function_url; let the app check who calls",
    ("access_logs", ApiKind.FUNCTION_URL): "a function URL logs no requests; the app's own access log does",
    ("stage", ApiKind.HTTP): "an HTTP API here has the stage $default, which is in no path",
    ("stage", ApiKind.FUNCTION_URL): "a function URL has no stages",
    ("domain", ApiKind.FUNCTION_URL): "a function URL takes no domain; use the front door's",
}
