"""Look-ups: what is answered without an account, and what must be answered by the user."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from fastapi_on_aws.recording import UNKNOWN, Answers, Graph, Invoke, RecordingError, Secret, record

GET_VPC = "aws:ec2/getVpc:getVpc"


def test_zones_account_region_and_partition_are_built_in() -> None:
    def program() -> None:
        pulumi.export("zones", aws.get_availability_zones(state="available").names)
        pulumi.export("zone_ids", aws.get_availability_zones_output().zone_ids)
        pulumi.export("account", aws.get_caller_identity().account_id)
        pulumi.export("region", aws.get_region().region)
        pulumi.export("suffix", aws.get_partition().dns_suffix)

    graph = record(program, config={"aws:region": "ap-southeast-2"}, answers=Answers(account_id="111122223333"))
    assert graph.outputs == {
        "zones": ["ap-southeast-2a", "ap-southeast-2b", "ap-southeast-2c"],
        "zone_ids": ["apse2-az1", "apse2-az2", "apse2-az3"],
        "account": "111122223333",
        "region": "ap-southeast-2",
        "suffix": "amazonaws.com",
    }
    assert graph.invokes[0] == Invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {"state": "available"})


def test_a_managed_prefix_list_has_an_id_that_a_preview_does_not_know() -> None:
    def program() -> None:
        found = aws.ec2.get_managed_prefix_list_output(name="com.amazonaws.global.cloudfront.origin-facing")
        pulumi.export("id", found.id)

    assert str(record(program, mode="update").outputs["id"]).startswith("pl-")
    assert record(program).outputs["id"] is UNKNOWN, "somebody would look for an invented one in the console"


def test_the_registry_password_stays_secret() -> None:
    def program() -> None:
        token = aws.ecr.get_authorization_token_output()
        pulumi.export("password", token.password)
        aws.sqs.Queue("queue", tags={"password": token.password})

    graph = record(program)
    assert isinstance(graph.outputs["password"], Secret)
    assert isinstance(graph.one("aws:sqs/queue:Queue").inputs["tags"], dict | Secret)
    assert "recorded" not in repr(graph.one("aws:sqs/queue:Queue").inputs), "it shows nowhere in plain text"


def test_the_registry_address_and_user_are_those_of_the_account() -> None:
    def program() -> None:
        token = aws.ecr.get_authorization_token_output()
        pulumi.export("seen", pulumi.Output.unsecret(pulumi.Output.all(token.user_name, token.proxy_endpoint)))

    assert record(program).outputs["seen"] == ["AWS", "https://123456789012.dkr.ecr.us-east-1.amazonaws.com"]


def test_reading_a_service_back_shows_the_task_definition_it_was_given() -> None:
    def program() -> None:
        task = aws.ecs.TaskDefinition("task", family="web", container_definitions="[]")
        cluster = aws.ecs.Cluster("cluster")
        service = aws.ecs.Service("service", cluster=cluster.arn, task_definition=task.arn)
        seen = aws.ecs.get_service_output(service_name=service.name, cluster_arn=cluster.arn)
        pulumi.export(
            "runs_ours", pulumi.Output.all(seen.task_definition, task.arn).apply(lambda both: both[0] == both[1])
        )

    assert record(program, mode="update").outputs == {"runs_ours": True}
    assert record(program, mode="preview").outputs == {"runs_ours": UNKNOWN}


def test_reading_back_a_service_that_nobody_made_is_refused() -> None:
    def program() -> None:
        aws.ecs.get_service(service_name="ghost", cluster_arn="arn")

    with pytest.raises(RecordingError, match="the ECS service 'ghost', but registered only: none"):
        record(program)


def test_a_look_up_without_an_answer_is_refused_and_says_how_to_answer() -> None:
    with pytest.raises(RecordingError, match="only the cloud can answer") as refused:
        record(lambda: aws.ec2.get_vpc(id="vpc-1"))
    message = str(refused.value)
    assert f"{GET_VPC}(id='vpc-1')" in message, message
    assert f'answers={{"{GET_VPC}": {{...}}}}' in message, message


def test_a_policy_document_look_up_is_told_a_better_way() -> None:
    with pytest.raises(RecordingError, match=r"json\.dumps"):
        record(lambda: aws.iam.get_policy_document(statements=[]))


def test_a_refused_look_up_in_output_form_fails_the_program_too() -> None:
    with pytest.raises(RecordingError, match=GET_VPC):
        record(lambda: pulumi.export("vpc", aws.ec2.get_vpc_output(id="vpc-1").cidr_block))


def test_a_refusal_cannot_be_swallowed_by_the_program() -> None:
    def program() -> None:
        try:
            aws.ec2.get_vpc(id="vpc-1")
        except Exception:  # That is what programs do.
            pulumi.log.warn("never mind")

    with pytest.raises(RecordingError, match=GET_VPC):
        record(program)


def test_a_mapping_answers_a_look_up() -> None:
    def program() -> None:
        pulumi.export("cidr", aws.ec2.get_vpc(id="vpc-1").cidr_block)

    assert record(program, answers={GET_VPC: {"cidrBlock": "10.9.0.0/16"}}).outputs == {"cidr": "10.9.0.0/16"}


def test_a_function_answers_from_arguments_and_from_what_is_recorded() -> None:
    def answer(args: Mapping[str, Any], graph: Graph) -> dict[str, Any]:
        return {"cidrBlock": f"{args['id']} after {len(graph)} resources"}

    def program() -> None:
        options = pulumi.InvokeOutputOptions(depends_on=[aws.sqs.Queue("queue")])
        pulumi.export("cidr", aws.ec2.get_vpc_output(id="vpc-1", opts=options).cidr_block)

    graph = record(program, mode="update", answers=Answers(invokes={GET_VPC: answer}))
    assert graph.outputs == {"cidr": "vpc-1 after 2 resources"}


def test_an_answer_of_ones_own_replaces_a_built_in_one() -> None:
    def program() -> None:
        pulumi.export("zones", aws.get_availability_zones().names)

    answers = {"aws:index/getAvailabilityZones:getAvailabilityZones": {"names": ["zone"]}}
    assert record(program, answers=answers).outputs == {"zones": ["zone"]}


def test_an_exception_of_an_answer_reaches_the_caller() -> None:
    def answer(args: Mapping[str, Any], graph: Graph) -> dict[str, Any]:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        record(lambda: aws.ec2.get_vpc(id="vpc-1"), answers={GET_VPC: answer})


@pytest.mark.parametrize("answer", [lambda _args, _graph: "text", lambda _args, _graph: None])
def test_an_answer_must_be_a_mapping(answer: Any) -> None:
    with pytest.raises(RecordingError, match=f"the answer to {GET_VPC} must be a mapping"):
        record(lambda: aws.ec2.get_vpc(id="vpc-1"), answers={GET_VPC: answer})


def test_answers_must_be_answers() -> None:
    with pytest.raises(TypeError, match="answers must be"):
        record(lambda: None, answers=["no"])  # type: ignore[arg-type]  # the mistake under test


def test_an_answer_that_no_cloud_could_give_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="object is not a value"):
        record(lambda: aws.ec2.get_vpc(id="vpc-1"), answers={GET_VPC: {"cidrBlock": object()}})


def test_look_ups_with_unknown_arguments_are_unknown_and_need_no_answer() -> None:
    def program() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        pulumi.export("cidr", aws.ec2.get_vpc_output(id=vpc.id).cidr_block)

    graph = record(program)
    assert graph.outputs == {"cidr": UNKNOWN}
    assert graph.invokes == ()


def test_an_unknown_within_an_answer_makes_the_whole_result_unknown() -> None:
    def program() -> None:
        pulumi.export("cidr", aws.ec2.get_vpc_output(id="vpc-1").cidr_block)

    assert record(program, answers={GET_VPC: {"cidrBlock": UNKNOWN}}).outputs == {"cidr": UNKNOWN}


class WithMethod(pulumi.CustomResource):
    def __init__(self, name: str) -> None:
        super().__init__("other:index:Thing", name, {})

    def kubeconfig(self) -> "pulumi.Output[Any]":
        result: pulumi.Output[Any] = pulumi.runtime.call("other:index:Thing/kubeconfig", {"__self__": self}, self)
        return result


def test_a_method_without_an_answer_is_refused_by_its_token() -> None:
    with pytest.raises(RecordingError, match="calls other:index:Thing/kubeconfig"):
        record(lambda: WithMethod("thing").kubeconfig(), mode="update")


def test_a_method_is_answered_by_its_token() -> None:
    def program() -> None:
        pulumi.export("config", WithMethod("thing").kubeconfig()["config"])

    answers = {"other:index:Thing/kubeconfig": {"config": "text"}}
    assert record(program, mode="update", answers=answers).outputs == {"config": "text"}
