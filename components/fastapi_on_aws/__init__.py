"""Typed Pulumi components that take one FastAPI code base to AWS.

Everything public is here and is loaded on first use: importing this package loads no Pulumi.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from fastapi_on_aws.ecs.cluster import EcsCluster as EcsCluster
    from fastapi_on_aws.ecs.cluster import EcsClusterArgs as EcsClusterArgs
    from fastapi_on_aws.ecs.ecs_args import ContainerInsights as ContainerInsights
    from fastapi_on_aws.ecs.ecs_args import EcsArgs as EcsArgs
    from fastapi_on_aws.ecs.ecs_args import EcsScalingArgs as EcsScalingArgs
    from fastapi_on_aws.ecs.ecs_args import SpotArgs as SpotArgs
    from fastapi_on_aws.ecs.service import EcsService as EcsService
    from fastapi_on_aws.ecs.service_args import EcsServiceArgs as EcsServiceArgs
    from fastapi_on_aws.eks.addon_args import AddonArgs as AddonArgs
    from fastapi_on_aws.eks.addon_args import AddonConflicts as AddonConflicts
    from fastapi_on_aws.eks.cluster import EksCluster as EksCluster
    from fastapi_on_aws.eks.cluster import EksClusterArgs as EksClusterArgs
    from fastapi_on_aws.eks.cluster_ref import EksClusterRef as EksClusterRef
    from fastapi_on_aws.eks.eks_args import EksArgs as EksArgs
    from fastapi_on_aws.eks.eks_args import EksEndpoint as EksEndpoint
    from fastapi_on_aws.eks.eks_args import EksScalingArgs as EksScalingArgs
    from fastapi_on_aws.eks.existing_args import ExistingClusterArgs as ExistingClusterArgs
    from fastapi_on_aws.eks.existing_args import PodIdentityKind as PodIdentityKind
    from fastapi_on_aws.eks.existing_args import TaintEffect as TaintEffect
    from fastapi_on_aws.eks.existing_args import TargetGroupBindingApi as TargetGroupBindingApi
    from fastapi_on_aws.eks.existing_args import TolerationArgs as TolerationArgs
    from fastapi_on_aws.eks.existing_args import TolerationOperator as TolerationOperator
    from fastapi_on_aws.eks.node_pool_args import NodeLimitsArgs as NodeLimitsArgs
    from fastapi_on_aws.eks.node_pool_args import NodePoolArgs as NodePoolArgs
    from fastapi_on_aws.eks.rollout_args import EksRolloutArgs as EksRolloutArgs
    from fastapi_on_aws.eks.rollout_args import EksRolloutKind as EksRolloutKind
    from fastapi_on_aws.eks.service import EksService as EksService
    from fastapi_on_aws.eks.service_args import CalledArgs as CalledArgs
    from fastapi_on_aws.eks.service_args import EksServiceArgs as EksServiceArgs
    from fastapi_on_aws.errors import UsageError as UsageError
    from fastapi_on_aws.foundation.flow_logs import FlowLogsArgs as FlowLogsArgs
    from fastapi_on_aws.foundation.image import Image as Image
    from fastapi_on_aws.foundation.network import Network as Network
    from fastapi_on_aws.foundation.network_args import Nat as Nat
    from fastapi_on_aws.foundation.network_args import NetworkArgs as NetworkArgs
    from fastapi_on_aws.ingress.domain import DomainArgs as DomainArgs
    from fastapi_on_aws.ingress.front_door import FrontDoor as FrontDoor
    from fastapi_on_aws.ingress.front_door import FrontDoorArgs as FrontDoorArgs
    from fastapi_on_aws.ingress.front_door import PriceClass as PriceClass
    from fastapi_on_aws.ingress.load_balancer import Access as Access
    from fastapi_on_aws.ingress.load_balancer import LoadBalancer as LoadBalancer
    from fastapi_on_aws.ingress.load_balancer import LoadBalancerArgs as LoadBalancerArgs
    from fastapi_on_aws.ingress.route_args import RouteArgs as RouteArgs
    from fastapi_on_aws.patterns.microservices import Microservices as Microservices
    from fastapi_on_aws.patterns.microservices import MicroservicesArgs as MicroservicesArgs
    from fastapi_on_aws.patterns.monolith import Monolith as Monolith
    from fastapi_on_aws.patterns.monolith import MonolithArgs as MonolithArgs
    from fastapi_on_aws.patterns.serverless import Serverless as Serverless
    from fastapi_on_aws.patterns.serverless import ServerlessArgs as ServerlessArgs
    from fastapi_on_aws.references import Architecture as Architecture
    from fastapi_on_aws.references import ClusterRef as ClusterRef
    from fastapi_on_aws.references import FunctionRef as FunctionRef
    from fastapi_on_aws.references import ImageRef as ImageRef
    from fastapi_on_aws.references import ListenerRef as ListenerRef
    from fastapi_on_aws.references import NetworkRef as NetworkRef
    from fastapi_on_aws.references import OriginRef as OriginRef
    from fastapi_on_aws.references import ZipRef as ZipRef
    from fastapi_on_aws.serverless.alarms_args import AlarmsArgs as AlarmsArgs
    from fastapi_on_aws.serverless.api_args import ApiArgs as ApiArgs
    from fastapi_on_aws.serverless.api_args import ApiDomainArgs as ApiDomainArgs
    from fastapi_on_aws.serverless.api_args import ApiKind as ApiKind
    from fastapi_on_aws.serverless.api_args import CorsArgs as CorsArgs
    from fastapi_on_aws.serverless.api_args import JwtArgs as JwtArgs
    from fastapi_on_aws.serverless.api_args import ThrottlingArgs as ThrottlingArgs
    from fastapi_on_aws.serverless.api_args import UrlAuth as UrlAuth
    from fastapi_on_aws.serverless.concurrency_args import CapacityScheduleArgs as CapacityScheduleArgs
    from fastapi_on_aws.serverless.concurrency_args import ProvisionedArgs as ProvisionedArgs
    from fastapi_on_aws.serverless.function import LambdaFunction as LambdaFunction
    from fastapi_on_aws.serverless.function_args import LambdaFunctionArgs as LambdaFunctionArgs
    from fastapi_on_aws.serverless.lambda_args import EfsArgs as EfsArgs
    from fastapi_on_aws.serverless.lambda_args import Functions as Functions
    from fastapi_on_aws.serverless.lambda_args import LambdaArgs as LambdaArgs
    from fastapi_on_aws.serverless.lambda_args import Package as Package
    from fastapi_on_aws.serverless.lambda_args import TracingArgs as TracingArgs
    from fastapi_on_aws.serverless.lambda_args import ZipArgs as ZipArgs
    from fastapi_on_aws.serverless.rollout_args import RolloutArgs as RolloutArgs
    from fastapi_on_aws.serverless.rollout_args import RolloutKind as RolloutKind
    from fastapi_on_aws.service import AppArgs as AppArgs
    from fastapi_on_aws.service import HealthArgs as HealthArgs
    from fastapi_on_aws.service import ImageArgs as ImageArgs
    from fastapi_on_aws.service import ScalingArgs as ScalingArgs
    from fastapi_on_aws.service import ServiceArgs as ServiceArgs

_HOME: Final = {
    "ecs.cluster": ("EcsCluster", "EcsClusterArgs"),
    "ecs.ecs_args": ("ContainerInsights", "EcsArgs", "EcsScalingArgs", "SpotArgs"),
    "ecs.service": ("EcsService",),
    "ecs.service_args": ("EcsServiceArgs",),
    "eks.addon_args": ("AddonArgs", "AddonConflicts"),
    "eks.cluster": ("EksCluster", "EksClusterArgs"),
    "eks.cluster_ref": ("EksClusterRef",),
    "eks.eks_args": ("EksArgs", "EksEndpoint", "EksScalingArgs"),
    "eks.existing_args": (
        "ExistingClusterArgs",
        "PodIdentityKind",
        "TaintEffect",
        "TargetGroupBindingApi",
        "TolerationArgs",
        "TolerationOperator",
    ),
    "eks.node_pool_args": ("NodeLimitsArgs", "NodePoolArgs"),
    "eks.rollout_args": ("EksRolloutArgs", "EksRolloutKind"),
    "eks.service": ("EksService",),
    "eks.service_args": ("CalledArgs", "EksServiceArgs"),
    "errors": ("UsageError",),
    "foundation.flow_logs": ("FlowLogsArgs",),
    "foundation.image": ("Image",),
    "foundation.network": ("Network",),
    "foundation.network_args": ("Nat", "NetworkArgs"),
    "ingress.domain": ("DomainArgs",),
    "ingress.front_door": ("FrontDoor", "FrontDoorArgs", "PriceClass"),
    "ingress.load_balancer": ("Access", "LoadBalancer", "LoadBalancerArgs"),
    "ingress.route_args": ("RouteArgs",),
    "patterns.microservices": ("Microservices", "MicroservicesArgs"),
    "patterns.monolith": ("Monolith", "MonolithArgs"),
    "patterns.serverless": ("Serverless", "ServerlessArgs"),
    "references": (
        "Architecture",
        "ClusterRef",
        "FunctionRef",
        "ImageRef",
        "ListenerRef",
        "NetworkRef",
        "OriginRef",
        "ZipRef",
    ),
    "serverless.alarms_args": ("AlarmsArgs",),
    "serverless.api_args": (
        "ApiArgs",
        "ApiDomainArgs",
        "ApiKind",
        "CorsArgs",
        "JwtArgs",
        "ThrottlingArgs",
        "UrlAuth",
    ),
    "serverless.concurrency_args": ("CapacityScheduleArgs", "ProvisionedArgs"),
    "serverless.function": ("LambdaFunction",),
    "serverless.function_args": ("LambdaFunctionArgs",),
    "serverless.lambda_args": ("EfsArgs", "Functions", "LambdaArgs", "Package", "TracingArgs", "ZipArgs"),
    "serverless.rollout_args": ("RolloutArgs", "RolloutKind"),
    "service": ("AppArgs", "HealthArgs", "ImageArgs", "ScalingArgs", "ServiceArgs"),
}
_MODULE_OF: Final = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE_OF)  # noqa: PLE0605  # a list of names, made from the table


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__
