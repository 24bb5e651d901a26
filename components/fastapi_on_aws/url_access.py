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
    calls = [("url", "lambda:InvokeFunctionUrl", False), ("url-invoke", "lambda:InvokeFunction", True)]
    return [
        aws.lambda_.Permission(
            f"{name}-{ending}",
            action=action,
            function=function.name,
            qualifier=function.alias,
            principal=principal,
            source_arn=source_arn,
            function_url_auth_type=None if through_url else authorization_type,
            invoked_via_function_url=through_url or None,
            opts=opts,
        )
        for ending, action, through_url in calls
    ]
