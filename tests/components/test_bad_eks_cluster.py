"""What cannot become a cluster is one sentence, before anything is registered."""

from datetime import date
from typing import Any

import pytest

from fastapi_on_aws import EksArgs, UsageError
from fastapi_on_aws.coerce import coerce
from tests.components.eks_clusters import (
    ADMIN,
    EKS_CLUSTER,
    EXISTING,
    LEAST,
    cluster,
    on,
)

pytestmark = pytest.mark.usefixtures("in_september_2026")


REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        {"endpoint": "private"},
        "eks.settings.admins is empty, and nobody could do anything in the cluster: EKS lets its creator in no more"
        " than others; name one IAM role or user or more, among them the one that runs pulumi up",
    ),
    (
        {**LEAST, "admins": ["arn:aws:sts::123456789012:assumed-role/deployer/ci"]},
        "eks.settings.admins[0] is 'arn:aws:sts::123456789012:assumed-role/deployer/ci'; it must be the ARN of an IAM"
        " role or user, such as arn:aws:iam::123456789012:role/deployer (of an assumed role, the role's own)",
    ),
    (
        {**LEAST, "admins": ["arn:aws:iam::123456789012:role//deployer/"]},
        "eks.settings.admins[0] is 'arn:aws:iam::123456789012:role//deployer/'; it must be the ARN of an IAM role or"
        " user, such as arn:aws:iam::123456789012:role/deployer (of an assumed role, the role's own)",
    ),
    ({**LEAST, "admins": [ADMIN, ADMIN]}, "eks.settings.admins is a list; it must name each once"),
    (
        {"admins": [ADMIN]},
        "eks.settings.endpoint is missing: say private if pulumi up runs in the network or is connected to it, else"
        " public, with its addresses as eks.settings.public_access_cidrs",
    ),
    (
        {**LEAST, "endpoint": "public"},
        "eks.settings.endpoint is public, and eks.settings.public_access_cidrs is empty, which AWS takes for the whole"
        " internet; name the ranges that may reach it, such as 203.0.113.5/32, or set endpoint to private",
    ),
    (
        {**LEAST, "public_access_cidrs": ["203.0.113.5/32"]},
        "eks.settings.public_access_cidrs is of a public endpoint, and eks.settings.endpoint is private; take it out,"
        " or set eks.settings.endpoint to public",
    ),
    *(
        (
            {**LEAST, "endpoint": "public", "public_access_cidrs": ["203.0.113.5/32", cidr]},
            f"eks.settings.public_access_cidrs[1] is '{cidr}'; it must be a public IPv4 range in CIDR notation, such as"
            " 203.0.113.5/32 of a CI runner or 203.0.113.0/24, no larger than /8 and without reserved addresses; the"
            " whole internet (0.0.0.0/0, ::/0) is never let in",
        )
        for cidr in (
            "0.0.0.0/0",
            "::/0",
            "128.0.0.0/1",
            "64.0.0.0/3",
            "10.1.0.0/16",
            "203.0.113.5/24",
            "203.0.113.5",
            "office",
        )
    ),
    (
        {**LEAST, "version": "1.33"},
        "eks.settings.version is '1.33', which is out of EKS's standard support; take 1.34, 1.35, 1.36 or a newer one,"
        " one minor version at a time where there is a cluster",
    ),
    (
        {**LEAST, "version": "latest"},
        "eks.settings.version is 'latest'; it must be a minor version of Kubernetes, such as \"1.36\", in quotes",
    ),
    (
        {**LEAST, "spot": {"share": 50}},
        "eks.settings.spot is not a setting; it is of ECS Fargate: on EKS it is the nodes that are Spot instances, by"
        " node_pool: { spot: true }",
    ),
    (
        {**LEAST, "assign_public_ip": True},
        "eks.settings.assign_public_ip is not a setting; it is of ECS Fargate: nodes and pods have no public addresses;"
        " without a NAT gateway they need network.interface_endpoints",
    ),
    (
        {**LEAST, "addons": {"amazon-cloudwatch-observability": {"enabled": False}}},
        "eks.settings.addons.amazon-cloudwatch-observability.enabled is false, and it ships the logs of"
        " eks.settings.container_logs; set that to false, too",
    ),
    (
        {**LEAST, "addons": {"metric-server": {}}},
        "eks.settings.addons.metric-server would be an add-on beside metrics-server, which it resembles; did you mean"
        " that?",
    ),
    (
        {
            **LEAST,
            "addons": {"amazon-cloudwatch-observability": {"configuration": {"containerLogs": {"enabled": False}}}},
        },
        "eks.settings.addons.amazon-cloudwatch-observability.configuration.containerLogs.enabled is false, and"
        " eks.settings.container_logs is true; set that to false, or take the former out",
    ),
    (
        {**LEAST, "addons": {"coredns": {}}},
        "eks.settings.addons.coredns is part of EKS Auto Mode, which runs it on each node; take it out",
    ),
    (
        {**LEAST, "node_pool": {"architecture": "arm"}},
        "eks.settings.node_pool.architecture cannot be 'arm'; did you mean arm64?",
    ),
    (
        {**LEAST, "node_pool": {"limits": {"memory": "much"}}},
        "eks.settings.node_pool.limits.memory must be a size such as '1 GB' or '512 MB', not 'much'",
    ),
    (
        {**LEAST, "node_pool": {"limits": {"cpu": 0}}},
        "eks.settings.node_pool.limits.cpu is 0; it must be 1 to 10000",
    ),
    *(
        (
            {**LEAST, "node_pool": {"tags": {key: value}}},
            "eks.settings.node_pool.tags is a map; it must have 40 tags or fewer: keys of 1 to 128 and values of up to"
            " 256 letters, digits, spaces and . : / = + - @ _, no key beginning with aws:, eks:, eks.amazonaws.com/,"
            " karpenter.sh/, kubernetes.io/cluster/, which are EKS's own",
        )
        for key, value in (("karpenter.sh/nodepool", "mine"), ("AWS:x", "1"), ("", "1"), ("a" * 129, "1"), ("a", "?"))
    ),
    *(
        (
            {**LEAST, "addons": {name: {}}},
            f"eks.settings.addons has '{name}', which is no add-on's name: those are of small letters, digits, - and _,"
            " as aws eks describe-addon-versions lists them",
        )
        for name in ("", "metrics server", "Metrics-Server")
    ),
    (
        {"existing": EXISTING, "version": "1.35"},
        "eks.settings.version is of a cluster that is made here, and eks.settings.existing names one that is there;"
        " take one of them out",
    ),
    (
        {"existing": {**EXISTING, "endpoint": "https://api.example.com"}},
        "eks.settings.existing.endpoint is 'https://api.example.com'; it must be the endpoint of an EKS cluster, such"
        " as https://….gr7.eu-west-1.eks.amazonaws.com",
    ),
    *(
        (
            {"existing": {**EXISTING, "labels": {key: value}}},
            "eks.settings.existing.labels is a map; it must be labels of Kubernetes, such as team: shop: letters,"
            " digits, -, _ and ., up to 63, a letter or digit first and last; a key may have a domain and a slash"
            " before it",
        )
        for key, value in (
            ("team", "the shop"),
            ("", "shop"),
            ("/team", "shop"),
            ("Shop/team", "shop"),
            ("-shop.example/team", "shop"),
            ("shop..example/team", "shop"),
            (f"{'a' * 254}/team", "shop"),
        )
    ),
    (
        {"existing": {**EXISTING, "labels": {"kubernetes.io/arch": "amd64"}}},
        "eks.settings.existing.labels has kubernetes.io/arch, which is set to what each image was built for; take it"
        " out",
    ),
    (
        {"existing": {**EXISTING, "tolerations": [{"key": "-team"}]}},
        "eks.settings.existing.tolerations[0].key is '-team'; it must be a key of Kubernetes, such as team",
    ),
    (
        {"existing": {**EXISTING, "identity": "irsa"}},
        "eks.settings.existing.identity is irsa, which needs the OIDC provider; give"
        " eks.settings.existing.oidc_provider_arn",
    ),
    (
        {"existing": {**EXISTING, "tolerations": [{"value": "apps"}]}},
        "eks.settings.existing.tolerations[0].key is missing, and operator Equal needs one; give it, or set operator to"
        " Exists",
    ),
    (
        {"existing": {**EXISTING, "tolerations": [{"key": "a", "operator": "Exists", "value": "b"}]}},
        "eks.settings.existing.tolerations[0].value is given, and operator Exists looks at no value; take one"
        " of them out",
    ),
]


@pytest.mark.parametrize(("settings", "sentence"), REFUSED)
def test_what_cannot_work_is_one_sentence(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        cluster(**settings)
    assert str(refused.value) == sentence


def test_a_version_is_refused_on_the_day_that_it_leaves_standard_support(monkeypatch: pytest.MonkeyPatch) -> None:
    on(date(2026, 12, 1), monkeypatch)
    assert cluster(**LEAST, version="1.34").one(EKS_CLUSTER).inputs["version"] == "1.34"
    on(date(2026, 12, 2), monkeypatch)
    sentence = (
        "eks.settings.version is '1.34', which is out of EKS's standard support since 2026-12-02; take 1.35, 1.36"
    )
    with pytest.raises(UsageError, match=sentence):
        cluster(**LEAST, version="1.34")


def test_a_version_that_is_newer_than_this_library_is_left_to_eks() -> None:
    assert cluster(**LEAST, version="1.41").one(EKS_CLUSTER).inputs["version"] == "1.41"


def test_a_block_that_lies_unused_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    on(date(2030, 1, 1), monkeypatch)
    assert coerce(EksArgs, {}, "eks").admins == [], "another runtime needs no admins, nor a version that is supported"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("e" * 95, "shorten the name of the service or component"),
        ("Eks", "AWS allows lower-case letters, digits and hyphens"),
    ],
)
def test_a_name_that_does_not_fit_is_refused_before_anything_is_registered(name: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        cluster(name=name, **LEAST)
