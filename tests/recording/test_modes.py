"""A preview knows nothing of the cloud; an update has outputs in the shape of the real ones."""

import json
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pulumi_docker_build as docker_build
import pytest

from fastapi_on_aws.recording import UNKNOWN, Answers, Graph, Mode, Resource, Secret, plain, record

QUEUE = "aws:sqs/queue:Queue"


def outputs(program: object, **arguments: object) -> dict[str, object]:
    """The exports of a program in an update."""
    assert callable(program)
    found: Graph = record(program, mode="update", **arguments)  # type: ignore[arg-type]  # passed on as given
    return dict(found.outputs)


def test_in_a_preview_computed_outputs_are_unknown_and_inputs_are_not() -> None:
    def program() -> None:
        queue = aws.sqs.Queue("queue", delay_seconds=3)
        pulumi.export("arn", queue.arn)
        pulumi.export("delay", queue.delay_seconds)
        pulumi.export("text", pulumi.Output.format("arn is {0}", queue.arn))

    graph = record(program, mode=Mode.PREVIEW)
    assert graph.outputs == {"arn": UNKNOWN, "delay": 3, "text": UNKNOWN}
    queue = graph.one(QUEUE)
    assert queue.id is UNKNOWN
    assert queue.outputs["arn"] is UNKNOWN
    assert queue.inputs == {"delaySeconds": 3}


def test_in_a_preview_callbacks_on_unknown_values_do_not_run() -> None:
    calls: list[str] = []
    record(lambda: aws.sqs.Queue("queue").arn.apply(calls.append))
    assert calls == []


def test_in_an_update_every_callback_runs_on_an_invented_value() -> None:
    calls: list[str] = []

    def program() -> None:
        aws.sqs.Queue("queue").arn.apply(calls.append)

    record(program, mode="update", config={"aws:region": "eu-west-1"}, answers=Answers(account_id="111122223333"))
    assert len(calls) == 1
    assert calls[0].startswith("arn:aws:sqs:eu-west-1:111122223333:queue-"), calls


def test_invented_values_are_the_same_every_time_and_differ_between_resources() -> None:
    def program() -> None:
        for name in ("a", "b"):
            pulumi.export(name, aws.ec2.Vpc(name, cidr_block="10.0.0.0/16").id)

    first = outputs(program)
    assert first == outputs(program)
    assert first["a"] != first["b"]


def test_ids_and_addresses_have_the_shapes_of_aws() -> None:
    def program() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        group = aws.ec2.SecurityGroup("group", vpc_id=vpc.id)
        balancer = aws.lb.LoadBalancer("lb", name="front")
        target = aws.lb.TargetGroup("target")
        function = aws.lambda_.Function("function", role="r", name="handler")
        pulumi.export("vpc", vpc.id)
        pulumi.export("vpc_arn", vpc.arn)
        pulumi.export("group", group.id)
        pulumi.export("dns", balancer.dns_name)
        pulumi.export("balancer", [balancer.arn, balancer.id, balancer.arn_suffix])
        pulumi.export("target_arn", target.arn)
        pulumi.export("invoke", function.invoke_arn)
        pulumi.export("queue", aws.sqs.Queue("queue", name="jobs").id)
        pulumi.export("api", aws.apigatewayv2.Api("api", protocol_type="HTTP").api_endpoint)
        pulumi.export("role", aws.iam.Role("role", assume_role_policy="{}", name="app").arn)
        pulumi.export("repository", aws.ecr.Repository("repository", name="shop").repository_url)

    found = outputs(program)
    vpc = str(found["vpc"])
    assert vpc.startswith("vpc-")
    assert len(vpc) == len("vpc-") + 17
    assert found["vpc_arn"] == f"arn:aws:ec2:us-east-1:123456789012:vpc/{vpc}"
    assert str(found["group"]).startswith("sg-")
    assert str(found["dns"]).endswith(".us-east-1.elb.amazonaws.com")
    arn, id_, suffix = cast("list[str]", found["balancer"])
    assert arn == id_
    assert arn.endswith(suffix), "metrics name a balancer by the end of its ARN"
    assert ":targetgroup/" in str(found["target_arn"])
    assert str(found["invoke"]).endswith("function:handler/invocations")
    assert found["queue"] == "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"
    assert ".execute-api.us-east-1.amazonaws.com" in str(found["api"])
    assert found["role"] == "arn:aws:iam::123456789012:role/app"
    assert found["repository"] == "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop"


@pytest.mark.parametrize(
    ("region", "start", "end"),
    [("cn-north-1", "arn:aws-cn:", ".amazonaws.com.cn"), ("us-gov-west-1", "arn:aws-us-gov:", ".amazonaws.com")],
)
def test_other_partitions_have_their_own_arns_and_hosts(region: str, start: str, end: str) -> None:
    def program() -> None:
        balancer = aws.lb.LoadBalancer("lb")
        pulumi.export("arn", balancer.arn)
        pulumi.export("dns", balancer.dns_name)

    found = outputs(program, config={"aws:region": region})
    assert str(found["arn"]).startswith(start)
    assert str(found["dns"]).endswith(end)


def test_the_region_of_a_resource_is_its_own_or_its_providers() -> None:
    def program() -> None:
        provider = aws.Provider("edge", region="us-east-1")
        edge = aws.sqs.Queue("edge-queue", opts=pulumi.ResourceOptions(provider=provider))
        pulumi.export("regions", [edge.region, aws.sqs.Queue("own", region="eu-north-1").region])
        pulumi.export("default", aws.sqs.Queue("default").arn)

    found = outputs(program, answers=Answers(region="ap-southeast-2"))
    assert found["regions"] == ["us-east-1", "eu-north-1"]
    assert ":ap-southeast-2:" in str(found["default"])


def test_lists_of_computed_objects_have_an_element_to_index() -> None:
    def program() -> None:
        certificate = aws.acm.Certificate(
            "certificate", domain_name="shop.example", subject_alternative_names=["*.shop.example", "shop.example"]
        )
        pulumi.export(
            "records", certificate.domain_validation_options.apply(lambda all_: [o.domain_name for o in all_])
        )
        pulumi.export("name", certificate.domain_validation_options[0].resource_record_name)
        cluster = aws.rds.Cluster("cluster", engine="aurora-postgresql", manage_master_user_password=True)
        pulumi.export("secret", cluster.master_user_secrets[0].secret_arn)
        pulumi.export("port", cluster.port)

    found = outputs(program)
    assert found["records"] == ["shop.example", "*.shop.example"], "one record for each name"
    assert str(found["name"]).startswith("_")
    assert str(found["secret"]).startswith("arn:aws:secretsmanager:")
    assert found["port"] == 5432


def test_an_eks_cluster_tells_what_programs_read_from_it() -> None:
    def program() -> None:
        cluster = aws.eks.Cluster("cluster", role_arn="r", vpc_config={"subnet_ids": ["subnet-1"]})
        pulumi.export("group", cluster.vpc_config.cluster_security_group_id)
        pulumi.export("subnets", cluster.vpc_config.subnet_ids)
        pulumi.export("issuer", cluster.identities[0].oidcs[0].issuer)
        pulumi.export("ca", cluster.certificate_authority.data)
        pulumi.export("endpoint", cluster.endpoint)

    found = outputs(program)
    assert str(found["group"]).startswith("sg-")
    assert found["subnets"] == ["subnet-1"]
    assert str(found["issuer"]).startswith("https://oidc.eks.us-east-1.amazonaws.com/id/")
    assert found["ca"]
    assert str(found["endpoint"]).endswith(".eks.amazonaws.com")


def test_blocks_that_a_user_could_have_written_are_not_invented() -> None:
    graph = record(lambda: aws.ec2.SecurityGroup("group"), mode="update")
    group = graph.one("aws:ec2/securityGroup:SecurityGroup")
    assert group.outputs["ingress"] == [], "a policy would find an open rule that nobody wrote"


def test_optional_outputs_that_nobody_set_stay_empty() -> None:
    def program() -> None:
        pulumi.export("key", aws.sqs.Queue("queue").kms_master_key_id.apply(lambda key: key is None))

    assert outputs(program) == {"key": True}


def test_a_built_image_has_a_digest_and_a_reference() -> None:
    def program() -> None:
        image = docker_build.Image("image", push=False, tags=["registry.example/shop:1"])
        pulumi.export("digest", image.digest)
        pulumi.export("ref", image.ref)

    found = outputs(program)
    digest = str(found["digest"])
    assert digest.startswith("sha256:")
    assert len(digest) == len("sha256:") + 64
    assert found["ref"] == f"registry.example/shop:1@{digest}"


def test_tags_of_the_provider_reach_tags_all_in_both_modes() -> None:
    def program() -> None:
        provider = aws.Provider("p", default_tags={"tags": {"team": "shop", "stage": "dev"}})
        aws.sqs.Queue("queue", tags={"stage": "prod"}, opts=pulumi.ResourceOptions(provider=provider))

    for mode in Mode:
        assert record(program, mode=mode).one(QUEUE).outputs["tagsAll"] == {"team": "shop", "stage": "prod"}


def test_tags_all_knows_as_much_as_its_parts() -> None:
    def program() -> None:
        provider = aws.Provider("p", default_tags={"tags": {"team": "shop"}})
        opts = pulumi.ResourceOptions(provider=provider)
        none = aws.sqs.Queue("none", opts=opts)
        hidden: pulumi.Output[str] = pulumi.Output.secret(none.arn)
        aws.sqs.Queue("value", tags={"a": none.arn}, opts=opts)
        aws.sqs.Queue("all", tags=none.arn.apply(lambda arn: {"a": arn}), opts=opts)
        aws.sqs.Queue("secret", tags=pulumi.Output.secret({"a": "b"}), opts=opts)
        aws.sqs.Queue("both", tags=hidden.apply(lambda arn: {"a": arn}), opts=opts)

    graph = record(program)
    assert {queue.name: queue.outputs["tagsAll"] for queue in graph.of_type(QUEUE)} == {
        "none": {"team": "shop"},
        "value": {"team": "shop", "a": UNKNOWN},
        "all": UNKNOWN,
        "secret": Secret({"team": "shop", "a": "b"}),
        "both": UNKNOWN,
    }


class Thing(pulumi.CustomResource):
    """A resource of a provider that the recorder has never heard of."""

    value: pulumi.Output[str]
    numbers: pulumi.Output[list[int]]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("other:index:Thing", name, {"value": None, "numbers": None, "size": 1}, opts)


def test_any_provider_package_works_by_the_types_it_declares() -> None:
    def program() -> None:
        thing = Thing("thing")
        pulumi.export("value", thing.value.apply(str.upper))
        pulumi.export("number", thing.numbers[0])
        pulumi.export("id", thing.id)

    found = outputs(program)
    assert str(found["value"]).startswith("THING-")
    assert isinstance(found["number"], int)
    assert len(str(found["id"])) == 36
    assert record(program).outputs == {"value": UNKNOWN, "number": UNKNOWN, "id": UNKNOWN}


class KubernetesObject(pulumi.CustomResource):
    metadata: pulumi.Output[Any]
    status: pulumi.Output[Any]

    def __init__(self, kind: str, name: str, metadata: dict[str, str] | None, spec: dict[str, str]) -> None:
        super().__init__(f"kubernetes:{kind}", name, {"metadata": metadata, "spec": spec, "status": None})


def test_kubernetes_objects_get_names_namespaces_and_addresses() -> None:
    def program() -> None:
        auto = KubernetesObject("apps/v1:Deployment", "web", None, {})
        named = KubernetesObject(
            "core/v1:Service", "svc", {"namespace": "shop", "name": "svc"}, {"type": "LoadBalancer"}
        )
        wide = KubernetesObject("core/v1:Namespace", "ns", {"name": "shop"}, {})
        pulumi.export("auto", auto.metadata["name"])
        pulumi.export("ids", [auto.id, named.id, wide.id])
        pulumi.export("host", named.status["loadBalancer"]["ingress"][0]["hostname"])

    found = outputs(program)
    assert str(found["auto"]).startswith("web-")
    assert found["ids"] == [f"default/{found['auto']}", "shop/svc", "shop"]
    assert found["host"]


def test_answers_give_outputs_and_ids_once_a_resource_exists() -> None:
    def program() -> None:
        queue = aws.sqs.Queue("queue")
        pulumi.export("both", [queue.id, queue.url])

    answers = Answers(outputs={QUEUE: {"id": "my-id", "url": "my-url"}})
    assert outputs(program, answers=answers) == {"both": ["my-id", "my-url"]}
    assert record(program, answers=answers).outputs == {"both": [UNKNOWN, UNKNOWN]}, "in a preview it does not exist"


def test_an_answering_function_is_asked_in_both_modes_and_may_decline() -> None:
    def answer(resource: Resource, mode: Mode) -> dict[str, object] | None:
        return {"url": f"{resource.name} in {mode}"} if resource.name == "mine" else None

    def program() -> None:
        pulumi.export("mine", aws.sqs.Queue("mine").url)
        pulumi.export("other", aws.sqs.Queue("other").url)

    preview = record(program, answers=Answers(outputs={QUEUE: answer}))
    assert preview.outputs == {"mine": "mine in preview", "other": UNKNOWN}
    assert outputs(program, answers=Answers(outputs={QUEUE: answer}))["mine"] == "mine in update"


def test_outputs_of_other_stacks_are_answered_and_stay_secret() -> None:
    def program() -> None:
        other = pulumi.StackReference("acme/network/prod")
        pulumi.export("vpc", other.require_output("vpc"))
        pulumi.export("password", other.get_output("password"))

    exports = {"outputs": {"vpc": "vpc-1", "password": Secret("x")}}
    answers = Answers(outputs={"pulumi:pulumi:StackReference": exports})
    for mode in Mode:
        graph = record(program, mode=mode, answers=answers)
        assert graph.outputs == {"vpc": "vpc-1", "password": Secret("x")}, f"another stack exists in a {mode}, too"


def test_outputs_of_other_stacks_without_an_answer() -> None:
    def program() -> None:
        pulumi.export("vpc", pulumi.StackReference("acme/network/prod").require_output("vpc"))

    assert record(program).outputs == {"vpc": UNKNOWN}
    with pytest.raises(Exception, match="outputs of the stack 'acme/network/prod'") as refused:
        record(program, mode="update")
    assert type(refused.value).__name__ == "RecordingError"


def test_invented_policies_are_json_that_programs_can_read() -> None:
    def program() -> None:
        pulumi.export("policy", aws.sqs.Queue("queue").policy.apply(json.loads))

    assert plain(outputs(program)["policy"]) == {"Version": "2012-10-17", "Statement": []}
