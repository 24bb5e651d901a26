"""Who may call a function URL."""

from typing import Optional

import pulumi_aws as aws
from pulumi import Input, ResourceOptions

from fastapi_on_aws.references import FunctionRef


def url_permissions(
    name: str,
    function: FunctionRef,
    *,
    principal: str,
    authorization_type: str,
    source_arn: Optional[Input[str]] = None,
    opts: ResourceOptions,
) -> "list[aws.lambda_.Permission]":
    """To call the URL, and through it the function.

    AWS has asked for both since October 2025. Source: AWS Lambda developer guide, "Control access to Lambda function
    URLs".
    """
    return [
        aws.lambda_.Permission(
            f"{name}-url",
            action="lambda:InvokeFunctionUrl",
            function=function.name,
            qualifier=function.alias,
            principal=principal,
            source_arn=source_arn,
            function_url_auth_type=authorization_type,
            opts=opts,
        ),
        aws.lambda_.Permission(
            f"{name}-url-invoke",
            action="lambda:InvokeFunction",
            function=function.name,
            qualifier=function.alias,
            principal=principal,
            source_arn=source_arn,
            invoked_via_function_url=True,
            opts=opts,
        ),
    ]
