"""Serverless: which service runs where, and what each is told."""

import json
import re

import pytest

from fastapi_on_aws import (
    AlarmsArgs,
    ApiArgs,
    ApiDomainArgs,
    ApiKind,
    AppArgs,
    CorsArgs,
    Functions,
    ImageArgs,
    JwtArgs,
    LambdaArgs,
    Package,
    RolloutArgs,
    RolloutKind,
    ServiceArgs,
    ThrottlingArgs,
)
from fastapi_on_aws.recording import Mode
from tests.components.serverless_apps import (
    ALARM,
    CATALOG,
    CERTIFICATE,
    FUNCTION_URL,
    HTTP_API,
    INTEGRATION,
    PATTERN,
    PER_SERVICE,
    PERMISSION,
    REST_INTEGRATION,
    ROUTE,
    SERVICES,
    STAGE,
    ZIP,
    of,
    serverless,
    told,
)
from tests.support.recorded import FUNCTION, IMAGE_URI, LOG_GROUP, MODES


@pytest.mark.parametrize("mode", MODES)
def test_only_an_image_gives_one_function_behind_one_api(mode: Mode) -> None:
    graph = serverless(mode)
    assert [r.name for r in graph.of_type(FUNCTION)] == ["shop-web"]
    assert graph.one(ROUTE).inputs["routeKey"] == "$default"
    integration = graph.one(INTEGRATION).inputs
    assert (integration["integrationType"], integration["payloadFormatVersion"]) == ("AWS_PROXY", "2.0")
    assert integration["timeoutMilliseconds"] == 30_000, "as long as an HTTP API can wait: the function ends first"
    stage = graph.one(STAGE).inputs
    assert (stage["name"], stage["autoDeploy"]) == ("$default", True)
    assert stage["defaultRouteSettings"] == {"throttlingRateLimit": 500, "throttlingBurstLimit": 1000}, (
        "a loop of requests is stopped before it is paid for"
    )
    assert "corsConfiguration" not in graph.one(HTTP_API).inputs, "cross-origin requests are the app's own business"
    assert graph.of_type("aws:ec2/securityGroup:SecurityGroup") == []
    if mode is Mode.UPDATE:
        outputs = graph.one(PATTERN).outputs
        assert outputs["url"] == graph.one(HTTP_API).outputs["apiEndpoint"]
        assert outputs["serviceUrls"] == {"app": outputs["url"]}
        assert outputs["originDomainName"] == outputs["url"].removeprefix("https://")
        assert outputs["originPath"] == ""


@pytest.mark.parametrize("mode", MODES)
def test_everything_set_is_honoured(mode: Mode) -> None:
    api = ApiArgs(
        throttling=ThrottlingArgs(requests_per_second=10, burst=20),
        cors=CorsArgs(origins=["https://app.example.com"], credentials=True, expose_headers=["x-request-id"]),
        jwt=JwtArgs(issuer="https://id.example.com/", audiences=["shop"], scopes=["orders"]),
        access_logs=False,
        domain=ApiDomainArgs(name="api.example.com", certificate_arn=CERTIFICATE),
    )
    graph = serverless(
        mode,
        app=AppArgs(memory="2 GB", env={"LOG_LEVEL": "debug"}),
        services={**SERVICES, "reports": ServiceArgs(prefix="/reports", command=["reports"], memory="4 GB")},
        lambda_=of(api, reserved_concurrency=7),
        front_door=False,
    )
    assert {r.name: r.inputs["memorySize"] for r in graph.of_type(FUNCTION)} == {"shop-reports": 4096, "shop-web": 2048}
    assert all(r.inputs["reservedConcurrentExecutions"] == 7 for r in graph.of_type(FUNCTION))
    assert graph.one(HTTP_API).inputs["corsConfiguration"]["allowCredentials"] is True
    assert graph.one(HTTP_API).inputs["disableExecuteApiEndpoint"] is True, "the domain is the one way in"
    assert graph.one(STAGE).inputs["defaultRouteSettings"]["throttlingBurstLimit"] == 20
    assert "accessLogSettings" not in graph.one(STAGE).inputs
    routes = {r.inputs["routeKey"]: r.inputs for r in graph.of_type(ROUTE)}
    asked = {key for key, route in routes.items() if route["authorizationType"] == "JWT"}
    assert asked == {"$default", "ANY /reports", "ANY /reports/{proxy+}"}
    assert all(routes[key]["authorizationScopes"] == ["orders"] for key in asked)
    assert routes.keys() - asked == {
        "OPTIONS /",
        "OPTIONS /{proxy+}",
        "OPTIONS /reports",
        "OPTIONS /reports/{proxy+}",
    }, "what a browser asks before a request has no token"
    domain = graph.one("aws:apigatewayv2/domainName:DomainName").inputs
    assert domain["domainNameConfiguration"]["certificateArn"] == CERTIFICATE
    assert domain["domainNameConfiguration"]["securityPolicy"] == "TLS_1_2"
    if mode is Mode.UPDATE:
        outputs = graph.one(PATTERN).outputs
        assert outputs["url"] == "https://api.example.com"
        assert re.fullmatch(r"d-\w+\.execute-api\.eu-west-1\.amazonaws\.com", outputs["domainTarget"]), (
            "for its DNS record"
        )
    assert "FRONT_DOOR" not in told(graph, "web"), "nobody's word for the client is believed"


def test_access_is_logged_as_json_where_aws_writes_without_a_policy() -> None:
    graph = serverless()
    group = graph.one(LOG_GROUP, "shop-api-access")
    assert group.inputs["name"] == f"/aws/vendedlogs/shop/{graph.stack}/shop-api-access"
    settings = graph.one(STAGE).inputs["accessLogSettings"]
    assert settings["destinationArn"] == group.outputs["arn"]
    assert '"status": "$context.status"' in settings["format"]


def test_only_this_api_may_invoke_and_before_it_is_asked_to() -> None:
    graph = serverless()
    permission = graph.one(PERMISSION)
    assert permission.inputs == {
        "action": "lambda:InvokeFunction",
        "function": graph.one(FUNCTION).outputs["name"],
        "qualifier": "live",
        "principal": "apigateway.amazonaws.com",
        "sourceArn": f"{graph.one(HTTP_API).outputs['executionArn']}/*",
    }
    assert permission.urn in graph.one(INTEGRATION).dependencies, "or the first requests are answered with 500"


@pytest.mark.parametrize("mode", MODES)
def test_one_function_a_service_receives_its_prefix_and_knows_where_the_others_are(mode: Mode) -> None:
    graph = serverless(mode, services={**SERVICES, "rest": ServiceArgs(prefix="/")}, lambda_=PER_SERVICE)
    assert {r.name for r in graph.of_type(FUNCTION)} == {"shop-catalog", "shop-orders", "shop-rest"}
    assert {r.inputs["routeKey"]: r.name for r in graph.of_type(ROUTE)} == {
        "ANY /catalog": "shop-api-any/catalog",
        "ANY /catalog/{proxy+}": "shop-api-any/catalog/+",
        "ANY /orders": "shop-api-any/orders",
        "ANY /orders/{proxy+}": "shop-api-any/orders/+",
        "$default": "shop-api-default",
    }, "of a key an API has one, so it keeps its name whoever gets the requests"
    assert told(graph, "orders")["APP_SERVICES"] == "orders"
    assert "CATALOG_URL" in told(graph, "orders")
    assert "CATALOG_URL" not in told(graph, "catalog"), "who does not call is not told"
    if mode is Mode.UPDATE:
        assert told(graph, "orders")["CATALOG_URL"] == graph.one(HTTP_API).outputs["apiEndpoint"]


def test_services_in_one_function_call_each_other_in_the_process() -> None:
    graph = serverless(services=SERVICES)
    assert told(graph, "web")["APP_SERVICES"] == "catalog,orders"
    assert "CATALOG_URL" not in told(graph, "web")


def test_an_image_of_a_services_own_is_a_function_of_its_own() -> None:
    image = ImageArgs(uri=f"{IMAGE_URI[:-1]}b", architecture="amd64")  # type: ignore[arg-type]  # as a stack file has it
    graph = serverless(services={**SERVICES, "old": ServiceArgs(prefix="/old", image=image)})
    assert graph.one(FUNCTION, "shop-old").inputs["imageUri"] == f"{IMAGE_URI[:-1]}b"
    assert graph.one(FUNCTION, "shop-old").inputs["architectures"] == ["x86_64"]


@pytest.mark.parametrize(
    ("kind", "failed", "dimensions"),
    [
        (ApiKind.HTTP, "5xx", {"ApiId"}),
        (ApiKind.REST, "5XXError", {"ApiName", "Stage"}),
        (ApiKind.FUNCTION_URL, "Url5xxCount", {"FunctionName", "Resource"}),
    ],
)
def test_an_app_that_answers_with_errors_has_an_alarm_that_a_rollout_watches(
    kind: ApiKind, failed: str, dimensions: set[str]
) -> None:
    canary = RolloutArgs(kind=RolloutKind.CANARY)
    graph = serverless(lambda_=of(ApiArgs(kind=kind), rollout=canary), front_door=False)
    alarm = next(alarm for alarm in graph.of_type(ALARM) if alarm.name.endswith("-server-errors"))
    metric = alarm.inputs["metricQueries"][0]["metric"]
    assert (metric["metricName"], set(metric["dimensions"])) == (failed, dimensions)
    watched = json.loads(graph.one("aws:lambda/invocation:Invocation").inputs["input"])["alarms"]
    assert alarm.outputs["name"] in watched, "to Lambda an answer of 500 is no error, so its own alarms stay silent"
    without = of(ApiArgs(kind=kind), alarms=AlarmsArgs(enabled=False))
    assert serverless(lambda_=without, front_door=False).of_type(ALARM) == []


def test_a_zip_is_what_runs_where_it_is_asked_for() -> None:
    graph = serverless(zip=ZIP, lambda_=LambdaArgs(package=Package.ZIP))
    assert graph.one(FUNCTION, "shop-web").inputs["handler"] == "shop.lambda_handler.handler"


@pytest.mark.parametrize("kind", ApiKind)
def test_nothing_leads_to_a_function_before_its_snapshot_is_taken(kind: ApiKind) -> None:
    graph = serverless(zip=ZIP, lambda_=of(ApiArgs(kind=kind), package=Package.ZIP), front_door=False)
    waits = graph.one("aws:lambda/invocation:Invocation")
    assert json.loads(waits.inputs["input"])["kept_versions"] == 3, "each with a snapshot is paid for"
    leads = graph.of_type(INTEGRATION) + graph.of_type(REST_INTEGRATION) + graph.of_type(FUNCTION_URL)
    assert leads
    for each in leads:
        before = {each.urn, *each.dependencies}
        assert any(waits.urn in graph.resources[urn].dependencies for urn in before), "or requests get 5xx until then"


@pytest.mark.parametrize("kind", [ApiKind.HTTP, ApiKind.REST])
def test_a_path_keeps_its_resources_whichever_function_gets_its_requests(kind: ApiKind) -> None:
    one, many = (
        {r.urn for r in graph.of_type(ROUTE) + graph.of_type("aws:apigateway/method:Method")}
        for functions in (Functions.ONE, Functions.PER_SERVICE)
        for graph in [
            serverless(
                services={**SERVICES, "all": ServiceArgs(prefix="/")},
                lambda_=of(ApiArgs(kind=kind), functions=functions),
            )
        ]
    )
    assert one
    assert one <= many, "AWS has one of each key; another name for it would be created before the old one is deleted"


def test_another_service_moves_nothing_of_the_others() -> None:
    before = serverless(services={"catalog": CATALOG}, lambda_=PER_SERVICE)
    after = serverless(services=SERVICES, lambda_=PER_SERVICE)
    mine = [r.urn for r in before if "catalog" in r.name]
    assert mine
    assert all(after.resources[urn].inputs == before.resources[urn].inputs for urn in mine)
