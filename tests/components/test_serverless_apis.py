"""Serverless: REST APIs and function URLs in front of functions."""

import pytest

from fastapi_on_aws import (
    ApiArgs,
    ApiDomainArgs,
    ApiKind,
    AppArgs,
    Architecture,
    Functions,
    ImageArgs,
    ServiceArgs,
    UrlAuth,
    UsageError,
)
from fastapi_on_aws.recording import UNKNOWN, Mode
from tests.components.serverless_apps import (
    CERTIFICATE,
    FUNCTION_URL,
    PATTERN,
    PERMISSION,
    REST_INTEGRATION,
    of,
    serverless,
    told,
)
from tests.support.recorded import IMAGE_URI, MODES


@pytest.mark.parametrize("mode", MODES)
def test_a_rest_api_has_each_path_below_its_stage_and_publishes_what_changed(mode: Mode) -> None:
    graph = serverless(
        mode,
        services={"a": ServiceArgs(prefix="/x/a"), "b": ServiceArgs(prefix="/x/b")},
        lambda_=of(ApiArgs(kind=ApiKind.REST), functions=Functions.PER_SERVICE),
    )
    parts = {r.name: r.inputs["pathPart"] for r in graph.of_type("aws:apigateway/resource:Resource")}
    assert parts == {
        "shop-api/x": "x",
        "shop-api/x/a": "a",
        "shop-api/x/b": "b",
        "shop-api/x/a/+": "{proxy+}",
        "shop-api/x/b/+": "{proxy+}",
    }, "a part that two prefixes share is there once"
    stage, deployment = (graph.one(f"aws:apigateway/{t}") for t in ("stage:Stage", "deployment:Deployment"))
    assert stage.inputs["stageName"] == "live"
    methods = graph.of_type("aws:apigateway/method:Method") + graph.of_type(REST_INTEGRATION)
    assert {r.urn for r in methods} <= set(deployment.dependencies), "a deployment is a picture of what is there"
    settings = graph.one("aws:apigateway/methodSettings:MethodSettings").inputs["settings"]
    assert settings["throttlingRateLimit"] == 500
    assert all(r.inputs["timeoutMilliseconds"] == 29_000 for r in graph.of_type(REST_INTEGRATION))
    assert "accessLogSettings" not in stage.inputs, "it needs a role in the account's settings first"
    if mode is Mode.UPDATE:
        outputs = graph.one(PATTERN).outputs
        assert outputs["url"].endswith(".execute-api.eu-west-1.amazonaws.com/live")
        assert outputs["originPath"] == "/live", "the front door puts it in front of each path"


def test_a_rest_api_alone_has_a_path_below_that_of_a_function_that_runs_alone() -> None:
    services = {
        "gateway": ServiceArgs(prefix="/api", image=ImageArgs(uri=IMAGE_URI, architecture=Architecture.ARM64)),
        "orders": ServiceArgs(prefix="/api/orders"),
    }
    graph = serverless(services=services, lambda_=of(ApiArgs(kind=ApiKind.REST)))
    parts = {r.name for r in graph.of_type("aws:apigateway/resource:Resource")}
    assert {"shop-api/api/orders", "shop-api/api/orders/+", "shop-api/api/+"} <= parts
    with pytest.raises(UsageError, match="orders.prefix /api/orders lies below /api, and gateway, which runs alone"):
        serverless(services=services, lambda_=of(ApiArgs(kind=ApiKind.HTTP)))


def test_a_rest_api_streams_through_another_address_and_for_longer() -> None:
    app, settings = AppArgs(streaming=True), of(ApiArgs(kind=ApiKind.REST), timeout_seconds=300)
    graph = serverless(app=app, lambda_=settings, front_door=False)
    for integration in graph.of_type(REST_INTEGRATION):
        assert integration.inputs["responseTransferMode"] == "STREAM"
        assert integration.inputs["uri"].endswith("/response-streaming-invocations")
        assert integration.inputs["timeoutMilliseconds"] == 301_000
    assert told(graph, "web")["AWS_LWA_INVOKE_MODE"] == "response_stream"


def test_the_stage_is_in_the_path_that_the_app_knows_of_where_clients_see_it() -> None:
    settings = of(ApiArgs(kind=ApiKind.REST, stage="v1"))
    alone, behind = (serverless(lambda_=settings, front_door=door) for door in (False, True))
    assert (told(alone, "web")["ROOT_PATH"], told(alone, "web")["UVICORN_ROOT_PATH"]) == ("/v1", "/v1")
    assert "ROOT_PATH" not in told(behind, "web"), "the front door's URL has no stage"
    assert told(behind, "web")["FRONT_DOOR"] == "*.cloudfront.net", "no other host is believed"
    own = serverless(lambda_=settings, public_host="api.example.com")
    assert told(own, "web")["FRONT_DOOR"] == "api.example.com"


def test_an_http_api_says_what_a_domain_of_yours_has_to_lead_to_once_it_is_there() -> None:
    settings = of(ApiArgs(domain=ApiDomainArgs(name="api.example.com", certificate_arn=CERTIFICATE)))
    target = serverless(lambda_=settings, front_door=False).one(PATTERN).outputs["domainTarget"]
    assert target.endswith(".execute-api.eu-west-1.amazonaws.com")
    planned = serverless(Mode.PREVIEW, lambda_=settings, front_door=False).one(PATTERN).outputs["domainTarget"]
    assert planned is UNKNOWN, "nothing, which is known, would be taken for the answer"


def test_a_rest_api_says_what_a_domain_of_yours_has_to_lead_to() -> None:
    domain = ApiDomainArgs(name="api.example.com", certificate_arn=CERTIFICATE)
    graph = serverless(lambda_=of(ApiArgs(kind=ApiKind.REST, domain=domain)), front_door=False)
    target = graph.one("aws:apigateway/domainName:DomainName").outputs["regionalDomainName"]
    assert graph.one(PATTERN).outputs["domainTarget"] == target
    assert serverless().one(PATTERN).outputs["domainTarget"] == "", "AWS's own name leads there by itself"


@pytest.mark.parametrize("mode", MODES)
def test_a_function_url_for_everybody_has_both_permissions(mode: Mode) -> None:
    graph = serverless(mode, lambda_=of(ApiArgs(kind=ApiKind.FUNCTION_URL, auth=UrlAuth.NONE)))
    url = graph.one(FUNCTION_URL).inputs
    assert (url["authorizationType"], url["qualifier"], url["invokeMode"]) == ("NONE", "live", "BUFFERED")
    actions = {r.inputs["action"]: r.inputs for r in graph.of_type(PERMISSION)}
    assert set(actions) == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}, "one of them alone is a 403"
    assert actions["lambda:InvokeFunctionUrl"]["functionUrlAuthType"] == "NONE"
    assert actions["lambda:InvokeFunction"]["invokedViaFunctionUrl"] is True, "and not by the API of Lambda itself"


def test_a_function_url_asks_for_signatures_by_default() -> None:
    graph = serverless(lambda_=of(ApiArgs(kind=ApiKind.FUNCTION_URL)), front_door=False)
    assert graph.one(FUNCTION_URL).inputs["authorizationType"] == "AWS_IAM"
    assert graph.of_type(PERMISSION) == [], "callers of this account need only their own policies"
