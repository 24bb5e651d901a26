"""ECS, its scaling, images, roles, logs and secrets."""

from typing import Final

from tests.engine.standin.rules.row import Name, Row, inputs

_LB_TARGETS: Final = "resourceId scalableDimension serviceNamespace"

ROWS: Final = {
    "aws:ecs/cluster:Cluster": Row(
        source="aws_ecs_cluster schema: ForceNew",
        force_new=inputs("name"),
        id="{arn}",
        arn="arn:aws:ecs:{region}:{account}:cluster/{name}",
        name=Name(255),
        unique=("name",),
        held_by=("aws:ecs/service:Service",),
    ),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": Row(
        source="aws_ecs_cluster_capacity_providers schema: ForceNew",
        force_new=inputs("clusterName"),
        id="{clusterName}",
        unique=("clusterName",),
    ),
    "aws:ecs/taskDefinition:TaskDefinition": Row(
        source="aws_ecs_task_definition schema: everything but tags, skip_destroy and track_latest is ForceNew",
        force_new=inputs(
            "containerDefinitions family cpu memory enableFaultInjection ephemeralStorage executionRoleArn ipcMode "
            "networkMode pidMode placementConstraints proxyConfiguration requiresCompatibilities runtimePlatform "
            "taskRoleArn volumes"
        ),
        id="{family}",
        arn="arn:aws:ecs:{region}:{account}:task-definition/{family}:{revision}",
        outputs={"arnWithoutRevision": "arn:aws:ecs:{region}:{account}:task-definition/{family}"},
    ),
    "aws:ecs/service:Service": Row(
        source=(
            "aws_ecs_service schema: ForceNew; capacity_provider_strategy by its CustomizeDiff. "
            "That going to or from no strategy always replaces is not modelled, nor deployment_controller"
        ),
        force_new=inputs("name cluster launchType schedulingStrategy iamRole capacityProviderStrategies"),
        unless={"capacityProviderStrategies": "forceNewDeployment"},
        id="{arn}",
        arn="arn:aws:ecs:{region}:{account}:service/{cluster_name}/{name}",
        name=Name(255),
        unique=("cluster", "name"),
    ),
    "aws:appautoscaling/target:Target": Row(
        source="aws_appautoscaling_target schema: ForceNew",
        force_new=inputs(f"{_LB_TARGETS} roleArn"),
        id="{resourceId}",
        arn="arn:aws:application-autoscaling:{region}:{account}:scalable-target/{hex16}",
        unique=("resourceId", "scalableDimension", "serviceNamespace"),
    ),
    "aws:appautoscaling/policy:Policy": Row(
        source="aws_appautoscaling_policy schema: ForceNew; policy_type is updated in place",
        force_new=inputs(f"name {_LB_TARGETS}"),
        id="{name}",
        arn="arn:aws:autoscaling:{region}:{account}:scalingPolicy:{uuid}:resource/{resourceId}:policyName/{name}",
        name=Name(255),
    ),
    "aws:ecr/repository:Repository": Row(
        source="aws_ecr_repository schema: ForceNew",
        force_new=inputs("name encryptionConfigurations"),
        id="{name}",
        arn="arn:aws:ecr:{region}:{account}:repository/{name}",
        name=Name(256, lower=True),
        outputs={"repositoryUrl": "{account}.dkr.ecr.{region}.amazonaws.com/{name}"},
        unique=("name",),
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Row(
        source="aws_ecr_lifecycle_policy schema: ForceNew, the policy too",
        force_new=inputs("repository policy"),
        id="{repository}",
        delete_before_replace=True,  # one policy a repository: ours to say, since deleting the old one takes the new
    ),
    "aws:iam/role:Role": Row(
        source="aws_iam_role schema: ForceNew",
        force_new=inputs("name namePrefix path"),
        id="{name}",
        arn="arn:aws:iam::{account}:role/{name}",
        name=Name(64),
        unique=("name",),
    ),
    "aws:iam/rolePolicy:RolePolicy": Row(
        source="aws_iam_role_policy schema: ForceNew",
        force_new=inputs("name namePrefix role"),
        id="{role}:{name}",
        name=Name(128),
        unique=("role", "name"),
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Row(
        source="aws_iam_role_policy_attachment schema: ForceNew",
        force_new=inputs("role policyArn"),
        id="{role}/{policyArn}",
    ),
    "aws:cloudwatch/logGroup:LogGroup": Row(
        source="aws_cloudwatch_log_group schema: ForceNew",
        force_new=inputs("name namePrefix logGroupClass"),
        id="{name}",
        arn="arn:aws:logs:{region}:{account}:log-group:{name}",
        name=Name(512),
        unique=("name",),
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Row(
        source="aws_cloudwatch_metric_alarm schema: ForceNew",
        force_new=inputs("name"),
        id="{name}",
        arn="arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
        name=Name(255),
        unique=("name",),
    ),
    "aws:secretsmanager/secret:Secret": Row(
        source="aws_secretsmanager_secret schema: ForceNew",
        force_new=inputs("name namePrefix type"),
        id="{arn}",
        arn="arn:aws:secretsmanager:{region}:{account}:secret:{name}-{hex6}",
        name=Name(512),
        unique=("name",),
    ),
}
