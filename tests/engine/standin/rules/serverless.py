"""Lambda, the APIs before it, and its scaling."""

from typing import Final

from tests.engine.standin.rules.row import Name, Row, inputs

_FUNCTION: Final = "aws:lambda/function:Function"
_ALIAS: Final = "aws:lambda/alias:Alias"
_FUNCTION_ARN: Final = "arn:aws:lambda:{region}:{account}:function:"
_INVOKE: Final = "arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/"
_EXECUTE: Final = "arn:aws:execute-api:{region}:{account}:"
_API: Final = "arn:aws:apigateway:{region}::/"
_SCALED: Final = "resourceId scalableDimension serviceNamespace"

ROWS: Final = {
    _FUNCTION: Row(
        source="aws_lambda_function schema: ForceNew",
        force_new=inputs("name packageType tenancyConfig durableConfig"),
        id="{name}",
        arn=_FUNCTION_ARN + "{name}",
        name=Name(64),
        outputs={
            "version": "1",
            "qualifiedArn": _FUNCTION_ARN + "{name}:1",
            "invokeArn": _INVOKE + "{arn}/invocations",
            "qualifiedInvokeArn": _INVOKE + "{arn}:1/invocations",
        },
        unique=("name",),
    ),
    _ALIAS: Row(
        source="aws_lambda_alias schema: ForceNew",
        force_new=inputs("functionName name"),
        id="{arn}",
        arn=_FUNCTION_ARN + "{functionName}:{name}",
        name=Name(128),
        outputs={"invokeArn": _INVOKE + "{arn}/invocations"},
        unique=("functionName", "name"),
    ),
    "aws:lambda/permission:Permission": Row(
        source="aws_lambda_permission schema: everything is ForceNew",
        force_new=inputs(
            "action eventSourceToken function functionUrlAuthType invokedViaFunctionUrl principal principalOrgId "
            "qualifier sourceAccount sourceArn statementId statementIdPrefix"
        ),
    ),
    "aws:lambda/functionUrl:FunctionUrl": Row(
        source="aws_lambda_function_url schema: ForceNew",
        force_new=inputs("functionName qualifier"),
        id="{functionName}/{qualifier}",
        outputs={
            "functionUrl": "https://{hex17}.lambda-url.{region}.on.aws/",
            "functionArn": _FUNCTION_ARN + "{functionName}",
            "urlId": "{hex17}",
        },
        unique=("functionName", "qualifier"),
    ),
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": Row(
        source="aws_lambda_provisioned_concurrency_config schema: ForceNew",
        force_new=inputs("functionName qualifier"),
        id="{functionName},{qualifier}",
        unique=("functionName", "qualifier"),
    ),
    "aws:lambda/invocation:Invocation": Row(
        source="aws_lambda_invocation schema: ForceNew, and in CREATE_ONLY what it is invoked with",
        force_new=inputs("functionName qualifier input triggers tenantId"),
        id="{functionName}_{hex17}",
        outputs={"result": '{{"status": "done"}}'},
    ),
    "aws:apigatewayv2/api:Api": Row(
        source="aws_apigatewayv2_api schema: ForceNew",
        force_new=inputs("protocolType"),
        id="{hex8}",
        arn=_API + "apis/{hex8}",
        name=Name(128),
        outputs={
            "apiEndpoint": "https://{hex8}.execute-api.{region}.amazonaws.com",
            "executionArn": _EXECUTE + "{hex8}",
        },
    ),
    "aws:apigatewayv2/stage:Stage": Row(
        source="aws_apigatewayv2_stage schema: ForceNew",
        force_new=inputs("apiId name"),
        id="{name}",
        arn=_API + "apis/{apiId}/stages/{name}",
        name=Name(128),
        outputs={
            "invokeUrl": "https://{apiId}.execute-api.{region}.amazonaws.com/",
            "executionArn": _EXECUTE + "{apiId}/{name}",
        },
        unique=("apiId", "name"),
    ),
    "aws:apigatewayv2/integration:Integration": Row(
        source="aws_apigatewayv2_integration schema: ForceNew",
        force_new=inputs("apiId integrationType integrationSubtype"),
        id="{hex8}",
        held_by=("aws:apigatewayv2/route:Route",),
    ),
    "aws:apigatewayv2/route:Route": Row(
        source="aws_apigatewayv2_route schema: ForceNew",
        force_new=inputs("apiId"),
        id="{hex8}",
        unique=("apiId", "routeKey"),
    ),
    "aws:apigatewayv2/authorizer:Authorizer": Row(
        source="aws_apigatewayv2_authorizer schema: ForceNew",
        force_new=inputs("apiId"),
        id="{hex8}",
        name=Name(128),
        unique=("apiId", "name"),
        held_by=("aws:apigatewayv2/route:Route",),
    ),
    "aws:apigatewayv2/domainName:DomainName": Row(
        source="aws_apigatewayv2_domain_name schema: ForceNew",
        force_new=inputs("domainName"),
        id="{domainName}",
        arn=_API + "domainnames/{domainName}",
        unique=("domainName",),
        held_by=("aws:apigatewayv2/apiMapping:ApiMapping",),
    ),
    "aws:apigatewayv2/apiMapping:ApiMapping": Row(
        source="aws_apigatewayv2_api_mapping schema: ForceNew",
        force_new=inputs("domainName"),
        id="{hex8}",
        unique=("domainName", "apiMappingKey"),
    ),
    "aws:apigateway/restApi:RestApi": Row(
        source="aws_api_gateway_rest_api schema: ForceNew; the name is set in place",
        force_new=inputs("minimumCompressionSize"),
        id="{hex8}",
        arn=_API + "restapis/{hex8}",
        name=Name(128),
        outputs={"executionArn": _EXECUTE + "{hex8}", "rootResourceId": "r{hex8}"},
    ),
    "aws:apigateway/resource:Resource": Row(
        source="aws_api_gateway_resource schema: ForceNew",
        force_new=inputs("restApi"),
        id="{hex8}",
        unique=("restApi", "parentId", "pathPart"),
    ),
    "aws:apigateway/method:Method": Row(
        source="aws_api_gateway_method schema: ForceNew",
        force_new=inputs("restApi resourceId httpMethod"),
        id="agm-{restApi}-{resourceId}-{httpMethod}",
        unique=("restApi", "resourceId", "httpMethod"),
    ),
    "aws:apigateway/integration:Integration": Row(
        source="aws_api_gateway_integration schema: ForceNew",
        force_new=inputs("restApi resourceId httpMethod type integrationHttpMethod passthroughBehavior credentials"),
        id="agi-{restApi}-{resourceId}-{httpMethod}",
        unique=("restApi", "resourceId", "httpMethod"),
    ),
    "aws:apigateway/deployment:Deployment": Row(
        source="aws_api_gateway_deployment schema: ForceNew",
        force_new=inputs("restApi triggers variables"),
        id="{hex8}",
        held_by=("aws:apigateway/stage:Stage",),
    ),
    "aws:apigateway/stage:Stage": Row(
        source="aws_api_gateway_stage schema: ForceNew",
        force_new=inputs("restApi stageName"),
        id="ags-{restApi}-{stageName}",
        arn=_API + "restapis/{restApi}/stages/{stageName}",
        outputs={
            "invokeUrl": "https://{restApi}.execute-api.{region}.amazonaws.com/{stageName}",
            "executionArn": _EXECUTE + "{restApi}/{stageName}",
        },
        unique=("restApi", "stageName"),
    ),
    "aws:apigateway/methodSettings:MethodSettings": Row(
        source="aws_api_gateway_method_settings schema: ForceNew",
        force_new=inputs("restApi stageName methodPath"),
        id="{restApi}-{stageName}-{methodPath}",
        unique=("restApi", "stageName", "methodPath"),
    ),
    "aws:apigateway/domainName:DomainName": Row(
        source="aws_api_gateway_domain_name schema: ForceNew",
        force_new=inputs("domainName"),
        id="{domainName}",
        arn=_API + "domainnames/{domainName}",
        unique=("domainName",),
        held_by=("aws:apigateway/basePathMapping:BasePathMapping",),
    ),
    "aws:apigateway/basePathMapping:BasePathMapping": Row(
        source="aws_api_gateway_base_path_mapping schema: ForceNew",
        force_new=inputs("domainName domainNameId"),
        id="{domainName}/",
        unique=("domainName", "basePath"),
    ),
    "aws:appautoscaling/scheduledAction:ScheduledAction": Row(
        source="aws_appautoscaling_scheduled_action schema: ForceNew",
        force_new=inputs(f"name {_SCALED}"),
        id="{name}-{serviceNamespace}-{resourceId}",
        name=Name(256),
    ),
    "aws:cloudfront/originAccessControl:OriginAccessControl": Row(
        source="aws_cloudfront_origin_access_control schema: updated in place, the name too",
        id="E{upper13}",
        arn="arn:aws:cloudfront::{account}:origin-access-control/{id}",
        name=Name(64),
        unique=("name",),
        held_by=("aws:cloudfront/distribution:Distribution",),
    ),
}
