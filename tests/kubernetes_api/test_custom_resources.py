"""The custom resources of EKS Auto Mode, as we have written down their specs."""

from typing import Any, Final

import pytest

from tests.kubernetes_api.client import ApiError, Client, Object

ARN: Final = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/catalog/0123456789abcdef"
GROUP: Final = {"securityGroup": {"groupID": "sg-0123456789abcdef0"}}
BINDING: Final = {
    "targetGroupARN": ARN,
    "targetType": "ip",
    "serviceRef": {"name": "catalog", "port": 80},
    "networking": {"ingress": [{"from": [GROUP], "ports": [{"port": 8000, "protocol": "TCP"}]}]},
}
CLASS: Final = {
    "role": "shop-node",
    "subnetSelectorTerms": [{"id": "subnet-0123456789abcdef0"}],
    "securityGroupSelectorTerms": [{"id": "sg-0123456789abcdef0"}],
    "networkPolicy": "DefaultAllow",
    "ephemeralStorage": {"size": "80Gi"},
}
ARM: Final = {"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}
TEMPLATE: Final = {
    "nodeClassRef": {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "shop"},
    "requirements": [ARM],
}
POOL: Final = {"template": {"spec": TEMPLATE}, "limits": {"cpu": "100"}, "disruption": {"consolidateAfter": "30s"}}
SECRETS: Final = {"provider": "aws", "parameters": {"region": "eu-west-1", "objects": "- objectName: shop"}}
SPECS: Final[dict[tuple[str, str], Object]] = {
    ("eks.amazonaws.com/v1", "TargetGroupBinding"): BINDING,
    ("elbv2.k8s.aws/v1beta1", "TargetGroupBinding"): BINDING,
    ("eks.amazonaws.com/v1", "NodeClass"): CLASS,
    ("karpenter.sh/v1", "NodePool"): POOL,
    ("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass"): SECRETS,
}
REFUSED: Final[list[tuple[str, dict[str, Any], str]]] = [
    ("TargetGroupBinding", {"targetGroupARN": None}, "either targetGroupARN or targetGroupName must be specified"),
    ("TargetGroupBinding", {"targetType": "pod"}, r'spec\.targetType: Unsupported value: "pod"'),
    ("TargetGroupBinding", {"serviceRef": {"name": "catalog"}}, r"spec\.serviceRef\.port: Required value"),
    ("TargetGroupBinding", {"targetGroupArn": ARN}, r"\.spec\.targetGroupArn: field not declared in schema"),
    ("NodeClass", {"networkPolicy": "Deny"}, r'spec\.networkPolicy: Unsupported value: "Deny"'),
    ("NodeClass", {"subnets": []}, r"\.spec\.subnets: field not declared in schema"),
    ("NodePool", {"template": {"spec": {**TEMPLATE, "requirements": [{**ARM, "values": []}]}}}, "must have a value"),
    ("NodePool", {"disruption": {"consolidateAfter": "soon"}}, r"spec\.disruption\.consolidateAfter: Invalid value"),
    ("SecretProviderClass", {"parameters": {"objects": [{}]}}, r"\.spec\.parameters\.objects"),
]


def resource(api_version: str, kind: str, namespace: str, spec: Object) -> Object:
    metadata = {"name": namespace, "namespace": namespace}
    if kind in {"NodeClass", "NodePool"}:
        del metadata["namespace"]
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}


@pytest.mark.parametrize(("api_version", "kind"), SPECS)
def test_what_a_component_would_say_is_accepted(client: Client, namespace: str, api_version: str, kind: str) -> None:
    given = resource(api_version, kind, namespace, SPECS[api_version, kind])
    (made,) = client.apply([given])
    (again,) = client.apply([given])
    assert again["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]


@pytest.mark.parametrize(("kind", "change", "words"), REFUSED)
def test_what_is_wrong_is_refused_with_its_path(
    client: Client, namespace: str, kind: str, change: dict[str, Any], words: str
) -> None:
    api_version = next(version for version, known in SPECS if known == kind)
    spec = {key: value for key, value in {**SPECS[api_version, kind], **change}.items() if value is not None}
    with pytest.raises(ApiError, match=words):
        client.apply([resource(api_version, kind, namespace, spec)])


def test_a_binding_stays_with_its_target_group(client: Client, namespace: str) -> None:
    client.apply([resource("eks.amazonaws.com/v1", "TargetGroupBinding", namespace, BINDING)])
    other = {**BINDING, "targetGroupARN": ARN.replace("catalog", "orders")}
    with pytest.raises(ApiError, match="a binding stays with its target group"):
        client.apply([resource("eks.amazonaws.com/v1", "TargetGroupBinding", namespace, other)])
