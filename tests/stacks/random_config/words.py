"""Values for every word of a stack file, from its schema: a new word is covered when the schema has it."""

import re
import string
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from hypothesis import strategies as st

from fastapi_on_aws.eks.addon_args import METRICS_SERVER, OBSERVABILITY, SECRETS_STORE, AddonConflicts
from fastapi_on_aws.eks.versions import DEFAULT_VERSION
from fastapi_on_aws.environment import APP_SERVICES
from fastapi_on_aws.regions import ZONE_LETTERS
from stack_settings.schema import PROJECT, stack_file_schema

Schema = Mapping[str, Any]
Config = dict[str, Any]

KEYS: Final[Mapping[str, Schema]] = stack_file_schema()["properties"]["config"]["properties"]
OURS: Final = {key.removeprefix(f"{PROJECT}:"): schema for key, schema in KEYS.items() if key != "aws:region"}
REGIONS: Final = sorted(ZONE_LETTERS)
ACCOUNT: Final = "123456789012"
DIGEST: Final = "@sha256:" + "0123456789abcdef" * 4

ASCII: Final = st.characters(codec="ascii", exclude_categories=["Cc"])
TEXTS: Final = st.one_of(
    st.text(string.ascii_letters + "-_./ ", min_size=1, max_size=12),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
)
VARIABLES: Final = st.one_of(
    st.sampled_from(["LOG_LEVEL", "FORWARDED_ALLOW_IPS", "_", "lower_case"]),
    st.from_regex(r"[A-Z_][A-Z0-9_]{4,9}", fullmatch=True).filter(lambda name: name != APP_SERVICES),
)
SECRETS: Final = st.sampled_from(["API_KEY", "DB_PASSWORD", "TOKEN"])
SERVICES: Final = st.one_of(
    st.sampled_from(["catalog", "orders", "web", "app", "lb", "lb-callers", "front-door", "a", "z" * 20]),
    st.from_regex(r"[a-z]([a-z0-9-]{0,18}[a-z0-9])?", fullmatch=True),
)
SUBNETS: Final = st.from_regex(r"subnet-[0-9a-f]{8,17}", fullmatch=True)

PARTICULAR: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "image.context": st.sampled_from(["sample_app", "tests/stacks/other_app"]),
    "image.dockerfile": st.just("sample_app/Dockerfile"),
    "image.target": st.sampled_from(["runtime", "build"]),
    "image.uri": st.sampled_from(
        [
            f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/team/shop{DIGEST}",
            f"public.ecr.aws/docker/library/python:3.13{DIGEST}",
            f"shop{DIGEST}",
            "registry.example.com:5000/a/b:1.2.3",
        ]
    ),
    "secrets.<name>": st.sampled_from(
        [
            f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/shop/key",
            f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:shop-AbCdEf",
            f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:shop/db-AbCdEf:password:AWSCURRENT:",
        ]
    ),
    "network.region": st.sampled_from(REGIONS),
    "network.cidr": st.sampled_from(["10.0.0.0/16", "10.255.0.0/16", "172.16.0.0/17", "172.31.240.0/20"]),
    "existing.cidr": st.sampled_from(["10.0.0.0/16", "100.64.0.0/24", "192.168.0.0/28", "0.0.0.0/0", "10.0.0.1/16"]),
    "network.avoid_cidrs": st.lists(st.sampled_from(["192.168.0.0/16", "203.0.113.7/32", "0.0.0.0/32"]), max_size=3),
    "network.zones": st.lists(st.sampled_from("abcd"), min_size=2, max_size=4, unique=True),  # joined to the region
    "network.interface_endpoints": st.lists(
        st.sampled_from(["ecr.api", "ecr.dkr", "logs", "secretsmanager", "execute-api"]), max_size=5, unique=True
    ),
    "existing.private_subnet_ids": st.lists(SUBNETS, min_size=2, max_size=4, unique=True),
    "existing.public_subnet_ids": st.lists(SUBNETS, max_size=3, unique=True),
    "existing.isolated_subnet_ids": st.lists(SUBNETS, max_size=2, unique=True),
    "egress_ports": st.lists(st.sampled_from([1, 80, 5432, 65535]), max_size=4, unique=True).map(
        lambda ports: [*ports, 443]
    ),
    "lambda.layers": st.lists(st.just(f"arn:aws:lambda:eu-west-1:{ACCOUNT}:layer:tools:3"), max_size=2),
    "efs.access_point_arn": st.just(f"arn:aws:elasticfilesystem:eu-west-1:{ACCOUNT}:access-point/fsap-0a1b2c3d"),
    "zip.handler": st.just("shop.aws.handler"),
    "zip.python": st.sampled_from(["3.11", "3.12", "3.13"]),
    "app.largest_request": st.sampled_from(["1 KB", "6 MB"]),
    "app.largest_response": st.sampled_from(["1 KB", "6 MB"]),
    "origins": st.lists(st.sampled_from(["https://app.example.com", "http://localhost:3000"]), min_size=1, max_size=2),
    "cors.methods": st.lists(st.sampled_from(["GET", "POST", "*"]), min_size=1, max_size=2, unique=True),
    "timezone": st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]),
    "eks.scaling.requests": st.just(500),
    "eks.admins": st.lists(
        st.sampled_from([f"arn:aws:iam::{ACCOUNT}:{who}" for who in ("role/deployer", "role/ci/x", "user/me@shop")]),
        min_size=1,
        unique=True,
    ),
    "eks.public_access_cidrs": st.lists(
        st.sampled_from(["203.0.113.5/32", "198.51.100.0/24", "8.8.8.8/32"]), min_size=1, max_size=3, unique=True
    ),
    "eks.version": st.sampled_from([DEFAULT_VERSION, "1.99"]),
    "limits.memory": st.sampled_from(["256 GB", "4096 GB", "500000 MB"]),
    "eks.addons": st.dictionaries(
        st.sampled_from(
            ["cert-manager", OBSERVABILITY, METRICS_SERVER, SECRETS_STORE, "kube-state-metrics", "coredns"]
        ),
        st.fixed_dictionaries(
            {},
            optional={
                "enabled": st.booleans(),
                "version": st.just("v0.8.0-eksbuild.3"),
                "configuration": st.dictionaries(VARIABLES, st.integers(0, 9), min_size=1, max_size=2),
                "conflicts": st.sampled_from([*AddonConflicts]).map(str),
            },
        ),
        max_size=3,
    ),
    "node_pool.tags": st.dictionaries(VARIABLES, TEXTS, min_size=1, max_size=3),
    "existing.labels": st.dictionaries(
        st.sampled_from(["team", "kubernetes.io/os", "a-b.example.com/C_d"]),
        st.sampled_from(["", "shop", "a.b-c"]),
        min_size=1,
        max_size=2,
    ),
    "existing.endpoint": st.just("https://0A1B2C3D.gr7.eu-west-1.eks.amazonaws.com"),
    "existing.certificate_authority": st.just("LS0tLS1CRUdJTg=="),
    "existing.oidc_provider_arn": st.just(
        f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0A1B2C3D"
    ),
    "alarms.topics": st.lists(st.just(f"arn:aws:sns:eu-west-1:{ACCOUNT}:oncall"), max_size=2),
    "api.domain.certificate_arn": st.just(f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/1-2-3"),
    "app.cpu": st.just("0.5 vCPU"),
    "app.memory": st.just("1 GB"),
    "services.<name>.cpu": st.just("0.5 vCPU"),
    "services.<name>.memory": st.just("1 GB"),
    "calls": st.lists(SERVICES, max_size=2),
    "tags": st.dictionaries(
        st.from_regex(r"[A-Za-z][\w .:/=+@-]{0,20}", fullmatch=True, alphabet=ASCII).filter(
            lambda key: not key.lower().startswith("aws:") and key.lower() not in ("project", "stack", "managed-by")
        ),
        st.from_regex(r"[\w .:/=+@-]{0,256}", fullmatch=True),
        max_size=3,
    ).map(lambda tags: dict({key.lower(): (key, value) for key, value in tags.items()}.values())),
}
"""By the end of their path: words of which the schema says less than AWS or the program wants."""

REFUSED: Final = ("eks.scaling.requests", "services.<name>.image.build")
"""Words that are there to be refused, with the reason."""

_LOOKAHEAD: Final = re.compile(r"\(\?[=!](?:[^()]|\([^()]*\))*\)")
"""Hypothesis takes its content for text to generate."""


def values(schema: Schema, path: str) -> st.SearchStrategy[Any]:
    """Values that the schema takes, its limits above all; ``path`` is that of the word, as in the reference."""
    for ending, strategy in PARTICULAR.items():
        if f".{path}".endswith(f".{ending}"):
            return strategy
    if "enum" in schema:
        return st.sampled_from([*schema["enum"]])
    if "properties" in schema:
        return block(schema, path)
    return _OF_TYPE[schema["type"]](schema, path)


@st.composite
def block(draw: st.DrawFn, schema: Schema, path: str) -> Config:
    """A map of words: those that are required, and any of the others."""
    required = schema.get("required", [])
    said = [name for name in schema["properties"] if name in required or draw(st.booleans())]
    return {name: draw(values(schema["properties"][name], f"{path}.{name}" if path else name)) for name in said}


def _map(schema: Schema, path: str) -> st.SearchStrategy[Config]:
    items = values(schema["additionalProperties"], f"{path}.<name>")
    names = {"services": SERVICES, "secrets": SECRETS}.get(path.rpartition(".")[2], VARIABLES)
    return st.dictionaries(names, items, min_size=schema.get("minProperties", 0), max_size=3)


def _list(schema: Schema, path: str) -> st.SearchStrategy[list[Any]]:
    return st.lists(values(schema["items"], path), min_size=schema.get("minItems", 0), max_size=3)


def _number(schema: Schema, path: str) -> st.SearchStrategy[int | float]:
    low, high = schema["minimum"], schema["maximum"]
    within = st.floats(low, high) if schema["type"] == "number" else st.integers(low, high)
    return st.one_of(st.sampled_from([low, high]), within)


def _text(schema: Schema, path: str) -> st.SearchStrategy[str]:
    if "pattern" not in schema:
        return TEXTS
    pattern = schema["pattern"].removeprefix("^(?:").removesuffix(")$")  # `$` would also match before a line's end
    texts = st.from_regex(_LOOKAHEAD.sub("", pattern), fullmatch=True, alphabet=ASCII)
    return texts.filter(lambda text: re.fullmatch(pattern, text) is not None)


_OF_TYPE: Final[Mapping[str, Callable[[Schema, str], st.SearchStrategy[Any]]]] = {
    "object": _map,
    "array": _list,
    "boolean": lambda *_: st.booleans(),
    "integer": _number,
    "number": _number,
    "string": _text,
}


def all_paths() -> Iterator[str]:
    """The path of every word, as in the reference."""
    for name, schema in OURS.items():
        yield from _paths(schema, name)


def _paths(schema: Schema, path: str) -> Iterator[str]:
    yield path
    for name, inner in schema.get("properties", {}).items():
        yield from _paths(inner, f"{path}.{name}")
    if isinstance(schema.get("additionalProperties"), Mapping):
        yield from _paths(schema["additionalProperties"], f"{path}.<name>")


def words_in(value: Any, schema: Schema, path: str) -> Iterator[str]:
    """The paths of the words that a part of a stack file says."""
    yield path
    if isinstance(value, Mapping):
        items = schema.get("additionalProperties")
        for key, inner in value.items():
            if isinstance(items, Mapping):
                yield from words_in(inner, items, f"{path}.<name>")
            elif key in schema.get("properties", {}):
                yield from words_in(inner, schema["properties"][key], f"{path}.{key}")
