"""A service on EKS: an app behind a load balancer, or a worker, in a namespace of its own."""

from typing import Final, Optional

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
from pulumi import Input, Output, Resource, ResourceOptions

from fastapi_on_aws.coerce import coerce
from fastapi_on_aws.component import text, token
from fastapi_on_aws.draining import Draining
from fastapi_on_aws.eks.binding import READINESS_GATES
from fastapi_on_aws.eks.canary import SERVICE_TAG, Canary
from fastapi_on_aws.eks.existing_args import PodIdentityKind
from fastapi_on_aws.eks.names import Track, check_names, labels_of, namespace_of
from fastapi_on_aws.eks.network_policy import network_policy_spec
from fastapi_on_aws.eks.pod import pod_spec
from fastapi_on_aws.eks.pod_role import PodRole
from fastapi_on_aws.eks.pods import Pods, metadata
from fastapi_on_aws.eks.secret_class import SecretFiles
from fastapi_on_aws.eks.service_args import CalledArgs, EksServiceArgs
from fastapi_on_aws.eks.sizes import canary_scaling
from fastapi_on_aws.environment import PORT, url_variable
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.ingress.route_args import RouteArgs
from fastapi_on_aws.ingress.routing import Routing
from fastapi_on_aws.service import ScalingArgs

CLUSTER_TAG: Final = "eks:eks-cluster-name"
"""Of target groups: EKS Auto Mode may register pods in those of its own cluster alone. Source: AWS managed policy
AmazonEKSLoadBalancingPolicy."""
_POD_SECURITY: Final = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}


class EksService(pulumi.ComponentResource):
    """A Deployment that replaces its pods without failing a request, scales, and speaks with nobody but those named.

    Give it the cluster's provider: `opts=ResourceOptions(providers=[cluster.provider])`. `pulumi up` waits until its
    new pods serve, and fails if they do not in time; the old ones stay then.
    """

    namespace_name: pulumi.Output[str]
    """Namespace that it has for itself."""

    url: pulumi.Output[str]
    """Base URL for those that may call it, inside the cluster; empty for a worker."""

    role_arn: pulumi.Output[str]
    """Of the role that the app has; give it the permissions that the app needs."""

    def __init__(self, name: str, args: EksServiceArgs, opts: Optional[ResourceOptions] = None) -> None:
        args = coerce(EksServiceArgs, args, name)
        check_names(name, routed=args.route is not None, canary=args.rollout.has_canary)
        super().__init__(token(EksService), name, None, opts)
        self._name, self._args, self._opts = name, args, ResourceOptions(parent=self)
        self._check_provider()
        self._create_namespace()
        self._create_role()
        self.secret_files = self._create_secret_files() if args.secrets else None
        self._create_network_policy()
        self.routing = self._create_routing(args.route) if args.route else None
        self._pod_spec = pod_spec(name, args, self._environment(), self.secret_files)
        self._create_canary()
        self._create_pods()
        # What serves can scale; and of two that wait for the same, chance would say which comes first.
        self.listener_rule = self.routing.lead_to(self.pods.autoscaler) if self.routing else None
        self._set_outputs()

    def _set_outputs(self) -> None:
        self.namespace_name = Output.from_input(self._namespace)
        called = CalledArgs(name=self._name, port=self._args.port)
        self.url = Output.from_input(base_url(called) if self._args.route else "")
        self.role_arn = self.role.role.arn
        self.register_outputs({"namespaceName": self.namespace_name, "url": self.url, "roleArn": self.role_arn})

    def _check_provider(self) -> None:
        """Pulumi would take the cluster that kubectl happens to speak with."""
        if self.get_provider("kubernetes:core/v1:Namespace") is None:
            raise UsageError(
                f"{self._name} has no provider of its cluster; give it one, such as"
                " ResourceOptions(providers=[cluster.provider])"
            )

    def _create_namespace(self) -> None:
        """Of its own: another service's service accounts and secrets are not in reach."""
        self._namespace = namespace_of(self._name)
        labels = {**labels_of(self._name), **_POD_SECURITY}
        if self._args.route:
            labels[READINESS_GATES[self._args.cluster.target_group_binding]] = "enabled"
        self.namespace = kubernetes.core.v1.Namespace(
            self._name, metadata={"name": self._namespace, "labels": labels}, opts=self._opts
        )
        self._inside = ResourceOptions.merge(self._opts, ResourceOptions(depends_on=[self.namespace]))

    def _create_role(self) -> None:
        self.role = PodRole(
            self._name,
            cluster=self._args.cluster,
            namespace=self._namespace,
            service_account=self._name,
            secret_arns=list(self._args.secrets.values()),
            opts=self._opts,
        )
        self.service_account = kubernetes.core.v1.ServiceAccount(
            self._name,
            metadata=self._metadata(self.role.annotations),
            automount_service_account_token=False,
            opts=self._inside,
        )

    def _create_secret_files(self) -> SecretFiles:
        return SecretFiles(
            self._name,
            self._namespace,
            self._args.secrets,
            pod_identity=self._args.cluster.identity is PodIdentityKind.POD_IDENTITY,
            # With the role comes the cluster's driver, which knows this kind of object.
            opts=ResourceOptions.merge(self._inside, ResourceOptions(depends_on=self.role.ready)),
        )

    def _create_network_policy(self) -> None:
        self.network_policy = kubernetes.networking.v1.NetworkPolicy(
            self._name,
            metadata=self._metadata(),
            spec=network_policy_spec(self._name, self._args),
            opts=self._inside,
        )

    def _create_routing(self, route: RouteArgs) -> Routing:
        return Routing(
            self._name,
            route,
            vpc_id=self._args.network.vpc_id,
            health=self._args.health,
            draining=Draining(self._args.drain_seconds),
            tags={CLUSTER_TAG: self._args.cluster.name},
            rule_tags={SERVICE_TAG: self._name},
            canary_name=Track.CANARY.named(self._name) if self._args.rollout.has_canary else None,
            opts=self._opts,
        )

    def _create_canary(self) -> None:
        """Tried before the pods that serve are touched; see `canary`."""
        self.canary: Optional[Canary] = None
        self.canary_pods: Optional[Pods] = None
        self.canary_verdict: Optional[aws.lambda_.Invocation] = None
        if self.routing is None or self.routing.canary_group is None:
            return
        self.canary = Canary(
            self._name,
            self._args.rollout,
            routing=self.routing,
            group=self.routing.canary_group,
            log_retention_days=self._args.log_retention_days,
            opts=self._opts,
        )
        scaling = canary_scaling(self._args.scaling, self._args.rollout.percent)
        self.canary_pods = self._run(Track.CANARY, scaling, self.routing.canary_group, self._before_pods())
        self.canary_verdict = self.canary.judge(self._pod_spec, self.canary_pods.deployment)

    def _create_pods(self) -> None:
        tried = [self.canary_verdict] if self.canary_verdict else []
        group = self.routing.target_group if self.routing else None
        self.pods = self._run(Track.STABLE, self._args.scaling, group, [*self._before_pods(), *tried])

    def _run(
        self, track: Track, scaling: ScalingArgs, group: "Optional[aws.lb.TargetGroup]", after: list[Resource]
    ) -> Pods:
        return Pods(
            self._name,
            track,
            self._args,
            self._pod_spec,
            namespace=self._namespace,
            scaling=scaling,
            target_group_arn=group.arn if group else None,
            attachment=self.routing.attachment if self.routing else None,
            after=after,
            opts=self._inside,
        )

    def _before_pods(self) -> list[Resource]:
        """What a pod has to find there: else it has no role or no policy for all of its life."""
        found: list[Resource] = [self.service_account, *self.role.ready, self.network_policy]
        return [*found, self.secret_files.provider_class] if self.secret_files else found

    def _environment(self) -> dict[str, Input[str]]:
        args = self._args
        told: dict[str, Input[str]] = {url_variable(name): base_url(called) for name, called in args.calls.items()}
        told.update(self.secret_files.environment if self.secret_files else {})
        if args.route is None:
            return {**args.env, **told}
        times = Draining(args.drain_seconds).environment
        own = {name: value for name, value in times.items() if name not in args.secrets}
        return {**own, **args.env, **told, PORT: text(args.port)}

    def _metadata(self, annotations: Optional[dict[str, Input[str]]] = None) -> "kubernetes.meta.v1.ObjectMetaArgsDict":
        return metadata(self._name, self._name, self._namespace, annotations)


def base_url(called: CalledArgs) -> Input[str]:
    """Where a service is found by others in its cluster."""
    host = f"http://{called.name}.{namespace_of(called.name)}.svc.cluster.local"
    return f"{host}:{called.port}" if isinstance(called.port, int) else Output.concat(host, ":", text(called.port))
