"""A Lambda function with a version for each change, and an alias that requests come by."""

from typing import Final, Optional

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.coerce import coerce
from fastapi_on_aws.component import KEEPS_NAME, after, stack_path, text, token
from fastapi_on_aws.egress import egress_rules
from fastapi_on_aws.environment import OTLP_ENDPOINT, PORT, SERVICE_NAME, arn_variable
from fastapi_on_aws.naming import logical, physical
from fastapi_on_aws.references import Architecture, NetworkRef
from fastapi_on_aws.serverless.adapter import adapter_settings
from fastapi_on_aws.serverless.alarms import Alarms
from fastapi_on_aws.serverless.execution_role import ExecutionRole
from fastapi_on_aws.serverless.function_args import LambdaFunctionArgs
from fastapi_on_aws.serverless.limits import lambda_memory_mib
from fastapi_on_aws.serverless.provisioned import ProvisionedConcurrency
from fastapi_on_aws.serverless.rollout import Rollout, alias_options, check_rollout_names

ALIAS: Final = "live"
NFS_PORT: Final = 2049
"""Of EFS."""
_PROCESSOR: Final = {Architecture.ARM64: "arm64", Architecture.AMD64: "x86_64"}


class LambdaFunction(pulumi.ComponentResource):
    """A function that is invoked by its alias, so that a new version can be tried, kept warm or taken back.

    It has a role of its own, logs in JSON with an end, and alarms.
    """

    function_name: pulumi.Output[str]
    """Name of the function."""

    alias_name: pulumi.Output[str]
    """Name of the alias to invoke it by."""

    alias_arn: pulumi.Output[str]
    """ARN of the alias."""

    invoke_arn: pulumi.Output[str]
    """What API Gateway calls the alias by."""

    version: pulumi.Output[str]
    """The version that was published last."""

    role_arn: pulumi.Output[str]
    """Of the role that the app has; give it the permissions that the app needs."""

    def __init__(self, name: str, args: LambdaFunctionArgs, opts: Optional[ResourceOptions] = None) -> None:
        args = coerce(LambdaFunctionArgs, args, name)
        check_names(name, args)
        super().__init__(token(LambdaFunction), name, None, opts)
        self._name, self._args, self._opts = name, args, ResourceOptions(parent=self)
        self._create_log_group()
        self._create_role()
        self.security_group = self._create_security_group(args.network) if args.settings.in_network else None
        self._create_function()
        self._create_alias()
        self.provisioned = self._create_provisioned()
        self.alarms = self._create_alarms()
        self.rollout = self._create_rollout() if args.settings.is_rolled_out else None
        self._set_outputs()

    def _set_outputs(self) -> None:
        self.function_name = self.function.name
        self.alias_name = self.alias.name
        self.alias_arn = self.alias.arn
        self.invoke_arn = self.alias.invoke_arn
        self.version = self.function.version
        self.role_arn = self.role.role.arn
        self.register_outputs(
            {
                "functionName": self.function_name,
                "aliasName": self.alias_name,
                "aliasArn": self.alias_arn,
                "invokeArn": self.invoke_arn,
                "version": self.version,
                "roleArn": self.role_arn,
            }
        )

    def _create_log_group(self) -> None:
        """Not called after the function, whose name changes when it is replaced."""
        self.log_group = aws.cloudwatch.LogGroup(
            self._name,
            name=physical("log group", _log_group_name(self._name)),
            retention_in_days=self._args.settings.log_retention_days,
            opts=ResourceOptions.merge(self._opts, KEEPS_NAME),
        )

    def _create_role(self) -> None:
        settings = self._args.settings
        self.role = ExecutionRole(
            self._name,
            log_group_arn=self.log_group.arn,
            secret_arns=list(self._args.secrets.values()),
            access_point_arn=settings.efs.access_point_arn if settings.efs else None,
            in_network=settings.in_network,
            xray=settings.tracing.xray,
            opts=self._opts,
        )

    def _create_security_group(self, network: Optional[NetworkRef]) -> "aws.ec2.SecurityGroup":
        ports = [*(self._args.egress_ports or [443]), *([NFS_PORT] if self._args.settings.efs else [])]
        group = aws.ec2.SecurityGroup(
            logical("security group", self._name),
            vpc_id=network.vpc_id if network else None,
            description="Functions",
            opts=self._opts,
        )
        self.egress_rules = egress_rules(self._name, group.id, list(dict.fromkeys(ports)), self._opts)
        return group

    def _create_function(self) -> None:
        args, settings = self._args, self._args.settings
        image, package = args.image, args.zip
        self.function = aws.lambda_.Function(
            logical("Lambda function", self._name),
            package_type="Zip" if package else "Image",
            image_uri=image.uri if image else None,
            image_config=self._image_config(),
            code=pulumi.FileArchive(package.path) if package else None,
            source_code_hash=package.sha256 if package else None,
            handler=package.handler if package else None,
            runtime=package.runtime if package else None,
            layers=settings.layers or None,
            architectures=[_PROCESSOR[args.architecture]],
            role=self.role.arn,
            memory_size=self._memory_mib(),
            timeout=settings.timeout_seconds,
            ephemeral_storage={"size": settings.ephemeral_storage_mb},
            environment={"variables": self._environment()},
            publish=True,
            snap_start={"apply_on": "PublishedVersions"} if settings.starts_from_snapshot else None,
            reserved_concurrent_executions=settings.reserved_concurrency,
            tracing_config={"mode": "Active" if settings.tracing.xray else "PassThrough"},
            logging_config=self._logging_config(),
            vpc_config=self._vpc_config(),
            # Lambda gives its network interfaces back up to 20 minutes later, and keeps the group until then.
            replace_security_groups_on_destroy=True if settings.in_network else None,
            file_system_config=self._file_system_config(),
            # Each version keeps its network interfaces, and with them the group of a network that was left.
            opts=ResourceOptions.merge(self._opts, ResourceOptions(replacement_trigger=self._network_id())),
        )

    def _network_id(self) -> Input[str]:
        return self._args.network.vpc_id if self._args.settings.in_network and self._args.network else "none"

    def _image_config(self) -> "Optional[aws.lambda_.FunctionImageConfigArgsDict]":
        return {"commands": self._args.command} if self._args.command else None

    def _logging_config(self) -> "aws.lambda_.FunctionLoggingConfigArgsDict":
        return {"log_format": "JSON", "log_group": self.log_group.name, "system_log_level": "INFO"}

    def _file_system_config(self) -> "Optional[aws.lambda_.FunctionFileSystemConfigArgsDict]":
        efs = self._args.settings.efs
        return {"arn": efs.access_point_arn, "local_mount_path": efs.mount_path} if efs else None

    def _vpc_config(self) -> "Optional[aws.lambda_.FunctionVpcConfigArgsDict]":
        if self.security_group is None or self._args.network is None:
            return None
        return {
            "subnet_ids": self._args.network.private_subnet_ids,
            "security_group_ids": [after(self.security_group.id, *self.egress_rules)],
        }

    def _memory_mib(self) -> Input[int]:
        memory = self._args.memory
        if isinstance(memory, str):
            return lambda_memory_mib(memory, f"{self._name}.memory")
        return Output.all(memory).apply(lambda known: lambda_memory_mib(known[0], f"{self._name}.memory"))

    def _environment(self) -> dict[str, Input[str]]:
        args = self._args
        told: dict[str, Input[str]] = dict(args.env)
        told.update({arn_variable(name): arn for name, arn in args.secrets.items()})
        if args.settings.tracing.otlp_endpoint is not None:
            told = {
                OTLP_ENDPOINT: args.settings.tracing.otlp_endpoint,
                SERVICE_NAME: f"{stack_path()}/{self._name}",
                **told,
            }
        if args.image is None:
            return told
        return {**adapter_settings(args.port, args.health, streaming=args.streaming), **told, PORT: text(args.port)}

    def _create_alias(self) -> None:
        self.alias = aws.lambda_.Alias(
            self._name,
            name=ALIAS,
            description="What requests come by",
            function_name=self.function.name,
            function_version=self.function.version,
            opts=alias_options(self._args.settings.rollout, self._opts),
        )

    def _create_provisioned(self) -> Optional[ProvisionedConcurrency]:
        provisioned = self._args.settings.provisioned
        if provisioned is None:
            return None
        return ProvisionedConcurrency(
            self._name,
            provisioned,
            function_name=self.function.name,
            alias_name=self.alias.name,
            opts=self._opts,
        )

    def _create_alarms(self) -> Optional[Alarms]:
        settings = self._args.settings
        if not settings.alarms.enabled:
            return None
        return Alarms(
            self._name,
            settings.alarms,
            function_name=self.function.name,
            alias_name=self.alias.name,
            timeout_seconds=settings.timeout_seconds,
            has_url=self._args.has_url,
            opts=self._opts,
        )

    def _create_rollout(self) -> Rollout:
        settings = self._args.settings
        return Rollout(
            self._name,
            settings.rollout,
            function_name=self.function.name,
            function_arn=self.function.arn,
            version=self.function.version,
            alias=self.alias,
            alarms=self._watched() if settings.rollout.shifts else [],
            snapshots=settings.starts_from_snapshot,
            log_retention_days=settings.log_retention_days,
            opts=self._opts,
        )

    def _watched(self) -> list[Input[str]]:
        own = self.alarms.metric_alarms if self.alarms else []
        return [*(alarm.arn for alarm in own), *self._args.rollout_alarms]


def check_names(name: str, args: LambdaFunctionArgs) -> None:
    """Refuse a name that leaves no room for one of its resources, before the first of them is registered."""
    if args.settings.is_rolled_out:
        check_rollout_names(name)
    logical("Lambda function", name)
    logical("IAM role", name)
    physical("log group", _log_group_name(name))


def _log_group_name(name: str) -> str:
    return f"/aws/lambda/{stack_path()}/{name}"
