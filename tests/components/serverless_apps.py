"""Serverless apps to record."""

from typing import Any

from fastapi_on_aws import (
    ApiArgs,
    Functions,
    LambdaArgs,
    LambdaFunction,
    LambdaFunctionArgs,
    Serverless,
    ServiceArgs,
    ZipRef,
)
from fastapi_on_aws.recording import Graph, Mode, record
from fastapi_on_aws.references import Architecture
from tests.support.recorded import FUNCTION, existing_image

ALIAS = "aws:lambda/alias:Alias"
PERMISSION = "aws:lambda/permission:Permission"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
HTTP_API = "aws:apigatewayv2/api:Api"
ROUTE = "aws:apigatewayv2/route:Route"
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
REST = "aws:apigateway/restApi:RestApi"
REST_INTEGRATION = "aws:apigateway/integration:Integration"
FUNCTION_URL = "aws:lambda/functionUrl:FunctionUrl"
PATTERN = "fastapi-on-aws:index:Serverless"
PER_SERVICE = LambdaArgs(functions=Functions.PER_SERVICE)
STAGE = "aws:apigatewayv2/stage:Stage"
INTEGRATION = "aws:apigatewayv2/integration:Integration"
CONFIG = {"aws:region": "eu-west-1"}
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf"
CATALOG = ServiceArgs(prefix="/catalog")
ORDERS = ServiceArgs(prefix="/orders", calls=["catalog"])
SERVICES = {"catalog": CATALOG, "orders": ORDERS}
ZIP = ZipRef(
    path=__file__,
    sha256="A" * 43 + "=",
    handler="shop.lambda_handler.handler",
    runtime="python3.13",
    architecture=Architecture.ARM64,
)


def function(mode: Mode = Mode.UPDATE, **args: Any) -> Graph:
    """A function named shop, of an image unless there is a zip."""
    given = args if "zip" in args else {"image": existing_image(), **args}
    return record(lambda: LambdaFunction("shop", LambdaFunctionArgs(**given)), mode=mode, project="shop", config=CONFIG)


def serverless(mode: Mode = Mode.UPDATE, **args: Any) -> Graph:
    """A serverless app named shop, of an image unless there is a zip."""
    given: Any = args if "zip" in args else {"image": existing_image(), **args}
    return record(lambda: Serverless("shop", given), mode=mode, project="shop", config=CONFIG)


def told(graph: Graph, unit: str) -> dict[str, Any]:
    """The environment of a unit."""
    return dict(graph.one(FUNCTION, f"shop-{unit}").inputs["environment"]["variables"])


def of(api: ApiArgs, **more: Any) -> LambdaArgs:
    return LambdaArgs(api=api, **more)
