"""The components in other Pulumi languages: the schema that the host serves, and the dicts that it sends."""

import json
from typing import Any

import pulumi
import pytest
from pulumi.provider.experimental.analyzer import Analyzer
from pulumi.provider.experimental.schema import generate_schema

from fastapi_on_aws import FrontDoor, Monolith, Network, UsageError
from fastapi_on_aws.__main__ import COMPONENTS
from fastapi_on_aws.component import PACKAGE
from fastapi_on_aws.recording import Mode, record
from tests.support.recorded import IMAGE_URI, SUBNET


def schema() -> dict[str, Any]:
    found = Analyzer(PACKAGE).analyze(COMPONENTS)
    made = generate_schema(
        PACKAGE, "0.0.1", "", found["component_definitions"], found["type_definitions"], list(found["dependencies"])
    )
    decoded = json.loads(json.dumps(made.to_json()))
    assert isinstance(decoded, dict)
    return decoded


def test_every_component_is_served_with_its_docs() -> None:
    resources = schema()["resources"]
    assert {name.rsplit(":")[-1] for name in resources} == {c.__name__ for c in COMPONENTS}
    assert resources["fastapi-on-aws:index:Network"]["description"].startswith("A VPC: public and private subnets")


def test_what_has_a_default_is_optional_and_what_has_none_is_required() -> None:
    resources = schema()["resources"]
    assert resources["fastapi-on-aws:index:Network"]["requiredInputs"] == []
    assert resources["fastapi-on-aws:index:Monolith"]["requiredInputs"] == ["network"]
    assert resources["fastapi-on-aws:index:FrontDoor"]["requiredInputs"] == ["origin"]


def test_outputs_are_few_and_the_ones_that_the_next_component_takes() -> None:
    served = {name.rsplit(":")[-1]: set(r["properties"]) for name, r in schema()["resources"].items()}
    origin = {"originDomainName", "vpcOriginId"}
    assert served == {
        "Network": {"vpcId", "cidr", "privateSubnetIds", "publicSubnetIds", "isolatedSubnetIds"},
        "Image": {"uri"},
        "LoadBalancer": {"url", "listenerArn", "securityGroupId", "arnSuffix", *origin},
        "FrontDoor": {"url"},
        "EcsCluster": {"arn", "clusterName"},
        "EcsService": {"taskDefinitionArn", "serviceName", "securityGroupId", "taskRoleArn"},
        "EksCluster": {"clusterName", "endpoint", "securityGroupId"},
        "EksService": {"namespaceName", "url", "roleArn"},
        "Microservices": {"url", "serviceUrls", "clusterName", *origin},
        "Monolith": {"url", "serviceUrls", *origin},
        "LambdaFunction": {"functionName", "aliasName", "aliasArn", "invokeArn", "version", "roleArn"},
        "Serverless": {"url", "serviceUrls", "originDomainName", "originPath", "domainTarget"},
    }


def test_every_component_arg_and_output_is_described() -> None:
    made = schema()
    for name, resource in made["resources"].items():
        assert resource.get("description"), name
        for kind in ("inputProperties", "properties"):
            for word, described in resource[kind].items():
                assert described.get("description"), f"{name} {kind} {word}"


def test_dicts_with_floats_work_as_args_do() -> None:
    def program() -> None:
        given: Any = {"region": "eu-west-1", "zone_count": 3.0, "nat": "none"}
        network = Network("net", given)
        app: Any = {
            "network": {
                "vpc_id": network.vpc_id,
                "cidr": network.cidr,
                "private_subnet_ids": network.private_subnet_ids,
            },
            "image": {"uri": IMAGE_URI, "architecture": "arm64"},
            "app": {"port": 9000.0, "scaling": {"min": 1.0, "max": 1.0}},
        }
        shop = Monolith("shop", app)
        door: Any = {"origin": {"domain_name": shop.origin_domain_name, "vpc_origin_id": shop.vpc_origin_id}}
        pulumi.export("url", FrontDoor("door", door).url)

    graph = record(program, mode=Mode.UPDATE)
    assert len(graph.of_type(SUBNET)) == 6
    assert graph.outputs["url"].startswith("https://")


def test_a_wrong_dict_gets_the_same_sentence() -> None:
    wrong: Any = {"region": "eu-west-1", "zone_cuont": 3.0}
    with pytest.raises(UsageError, match="net.zone_cuont is not a setting; did you mean zone_count?"):
        record(lambda: Network("net", wrong))
