"""With whom the pods of a service may speak: what is not named here is dropped.

Pods have addresses of the network, from which the load balancer's cannot be told: a pod without a policy of its own can
reach the app's port, too. What keeps services of ours apart is that each may call only those that it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pulumi_kubernetes as kubernetes
from pulumi import Input, Output

from fastapi_on_aws.eks.existing_args import PodIdentityKind
from fastapi_on_aws.eks.names import NAMESPACE_LABEL, labels_of, namespace_of
from fastapi_on_aws.eks.pod import HTTP_PORT
from fastapi_on_aws.eks.service_args import EksServiceArgs
from fastapi_on_aws.ports import check_own_port

_AGENT: Final = "169.254.170.23/32"
"""EKS Pod Identity's agent on each node, at port 80. Source: Amazon EKS user guide, "How EKS Pod Identity works"."""
_ANYWHERE: Final = "0.0.0.0/0"
_DNS_PORT: Final = 53

_Ingress = kubernetes.networking.v1.NetworkPolicyIngressRuleArgsDict
_Egress = kubernetes.networking.v1.NetworkPolicyEgressRuleArgsDict
_Port = kubernetes.networking.v1.NetworkPolicyPortArgsDict


def network_policy_spec(name: str, args: EksServiceArgs) -> kubernetes.networking.v1.NetworkPolicySpecArgsDict:
    """Deny by default, in both directions."""
    return {
        "pod_selector": {"match_labels": labels_of(name)},
        "policy_types": ["Ingress", "Egress"],
        "ingress": list(_ingress(args)),
        "egress": list(_egress(name, args)),
    }


def _ingress(args: EksServiceArgs) -> Iterator[_Ingress]:
    ports = [_tcp(HTTP_PORT)]
    if args.route:
        yield {"from_": [{"ip_block": {"cidr": args.network.cidr}}], "ports": ports}
    if args.callers:
        yield {"from_": [_pods_of(caller) for caller in sorted(args.callers)], "ports": ports}


def _egress(name: str, args: EksServiceArgs) -> Iterator[Input[_Egress]]:
    # To anywhere: in EKS Auto Mode it is the node that answers, and no pod that could be selected.
    yield {"ports": [{"protocol": "UDP", "port": _DNS_PORT}, _tcp(_DNS_PORT)]}
    if args.cluster.identity is PodIdentityKind.POD_IDENTITY:
        yield {"to": [{"ip_block": {"cidr": _AGENT}}], "ports": [_tcp(80)]}
    for _, called in sorted(args.calls.items()):
        yield {"to": [_pods_of(called.name)], "ports": [_tcp(HTTP_PORT)]}
    yield Output.from_input(args.port).apply(lambda own: _elsewhere(name, own, args.egress_ports))


def _elsewhere(name: str, own: int, ports: Sequence[int]) -> _Egress:
    check_own_port(int(own), ports, name)  # once more, for a port that was not known before
    return {"to": [{"ip_block": {"cidr": _ANYWHERE}}], "ports": [_tcp(port) for port in ports]}


def _pods_of(name: str) -> kubernetes.networking.v1.NetworkPolicyPeerArgsDict:
    """Of a service of this stack, which is alone in its namespace."""
    return {
        "namespace_selector": {"match_labels": {NAMESPACE_LABEL: namespace_of(name)}},
        "pod_selector": {"match_labels": labels_of(name)},
    }


def _tcp(port: int | str) -> _Port:
    """A port by its name is that of each pod, while old ones listen on another than new ones."""
    return {"protocol": "TCP", "port": port}
