"""The rig tried on a small project of its own, before anything of ours is tried on the rig."""

from pathlib import Path

import pytest

from tests.engine.command import EngineError
from tests.engine.registered import SECRET_MARK, UNKNOWN_MARK
from tests.engine.rig import Rig
from tests.engine.stack import Stack
from tests.engine.standin.faults import Fault

_PROGRAM = '''
import json
import pulumi
import pulumi_aws as aws
import pulumi_docker_build as docker_build

config = pulumi.Config()


class Web(pulumi.ComponentResource):
    """A network, an image and a service."""

    def __init__(self, name):
        super().__init__("shop:index:Web", name)
        mine = pulumi.ResourceOptions(parent=self)
        vpc = aws.ec2.Vpc(f"{name}-vpc", cidr_block="10.0.0.0/16", tags={"color": config.require("color")}, opts=mine)
        group = aws.lb.TargetGroup(
            f"{name}-tg", port=config.require_int("port"), protocol="HTTP", target_type="ip", vpc_id=vpc.id, opts=mine
        )
        repository = aws.ecr.Repository(f"{name}-Images", opts=mine)
        token = aws.ecr.get_authorization_token_output()
        image = docker_build.Image(
            f"{name}-image",
            push=True,
            dockerfile={"inline": "FROM scratch"},
            tags=[repository.repository_url],
            registries=[
                {
                    "address": token.proxy_endpoint,
                    "username": token.user_name,
                    "password": pulumi.Output.secret(token.password),
                }
            ],
            opts=mine,
        )
        containers = pulumi.Output.json_dumps([{"name": "app", "image": image.ref}])
        task = aws.ecs.TaskDefinition(f"{name}-task", family=name, container_definitions=containers, opts=mine)
        cluster = aws.ecs.Cluster(f"{name}-cluster", opts=mine)
        service = aws.ecs.Service(f"{name}-service", cluster=cluster.arn, task_definition=task.arn, opts=mine)
        running = aws.ecs.get_service_output(service_name=service.name, cluster_arn=cluster.arn)
        self.task_definition, self.running, self.group = task.arn, running.task_definition, group
        self.register_outputs({})


web = Web("web")
pulumi.export("task_definition", web.task_definition)
pulumi.export("running", web.running)
pulumi.export("target_group", web.group.name)
pulumi.export("password", config.require_secret("password"))
'''

_EDGE = """
import pulumi
import pulumi_aws as aws

endpoint = {
    "arn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/a/b",
    "name": "origin",
    "httpPort": pulumi.Config().require_int("port"),
    "httpsPort": 443,
    "originProtocolPolicy": "http-only",
    "originSslProtocols": {"items": ["TLSv1.2"], "quantity": 1},
}
origin = aws.cloudfront.VpcOrigin("origin", vpc_origin_endpoint_config=endpoint)
aws.cloudfront.Distribution(
    "front",
    enabled=True,
    origins=[{"originId": "app", "domainName": "a.example.com", "vpcOriginConfig": {"vpcOriginId": origin.id}}],
    default_cache_behavior={
        "targetOriginId": "app",
        "viewerProtocolPolicy": "redirect-to-https",
        "allowedMethods": ["GET", "HEAD"],
        "cachedMethods": ["GET", "HEAD"],
    },
    restrictions={"geoRestriction": {"restrictionType": "none"}},
    viewer_certificate={"cloudfrontDefaultCertificate": True},
)
"""


def _write(rig: Rig, program: str, manifest: str = "") -> Path:
    folder = rig.folder / "project"
    (folder / "stacks").mkdir(parents=True, exist_ok=True)
    text = manifest or "name: shop\nruntime: python\nmain: stacks\nstackConfigDir: stacks\n"
    (folder / "Pulumi.yaml").write_text(text)
    (folder / "stacks" / "__main__.py").write_text(program)
    return folder


def _web(rig: Rig) -> Stack:
    stack = rig.stack(_write(rig, _PROGRAM), config={"shop:port": 8000, "shop:color": "blue"})
    stack.set_secret("password", "hunter2-secret")
    return stack


def _refused(rig: Rig, lines: str) -> str:
    """What the engine says of a preview that must fail."""
    with pytest.raises(EngineError) as caught:
        rig.stack(_write(rig, f"import pulumi\nimport pulumi_aws as aws\n{lines}\n")).preview()
    return str(caught.value)


def test_a_project_lives_from_create_to_destroy(rig: Rig) -> None:
    stack = _web(rig)
    planned = stack.preview()
    assert planned.changes == {"create": 9}
    assert not rig.ops(), "a preview changed something"

    made = stack.up()
    assert made.changes == {"create": 9}
    order = [name for _, name in rig.ops()]
    assert order.index("web-image") < order.index("web-task") < order.index("web-service")
    assert stack.outputs()["target_group"].startswith("web-tg-")
    assert stack.outputs()["password"] == SECRET_MARK

    assert stack.up("--expect-no-changes").changes == {"same": 9}, "another push token each time is no change"
    assert not rig.ops()

    stack.set_config({"shop:color": "green"})
    assert stack.up().changes == {"same": 8, "update": 1}
    assert rig.ops() == [("update", "web-vpc")]

    stack.set_config({"shop:port": 9000})
    stack.up()
    assert rig.ops() == [("create", "web-tg"), ("delete", "web-tg")], "a target group's port is force-new"

    stack.destroy()
    gone = [name for op, name in rig.ops() if op == "delete"]
    assert gone.index("web-service") < gone.index("web-cluster")
    assert not list(rig.cloud.all())


def test_the_service_runs_its_task_definition_unless_a_fault_says_it_was_rolled_back(rig: Rig) -> None:
    stack = _web(rig)
    stack.up()
    first = stack.outputs()
    assert first["running"] == first["task_definition"]
    assert first["running"].endswith("task-definition/web:1")

    rig.new_image_content("v2")
    rig.fail(Fault(op="invoke", match="ecs/getService", rolled_back=True))
    stack.up()
    assert {("update", "web-image"), ("create", "web-task"), ("update", "web-service")} <= {*rig.ops()}
    second = stack.outputs()
    assert second["task_definition"].endswith("task-definition/web:2")
    assert second["running"] == first["running"]

    rig.fail()
    stack.up()
    assert stack.outputs()["running"] == second["task_definition"]


def test_the_engine_tells_what_the_program_registered(rig: Rig) -> None:
    stack = _web(rig)
    planned, made = stack.preview().registered, stack.up().registered
    for resources in (planned, made):
        by_name = {resource.name: resource for resource in resources.values() if ":providers:" not in resource.type}
        web, group, image = by_name["web"], by_name["web-tg"], by_name["web-image"]
        assert (web.custom, web.type, group.parent) == (False, "shop:index:Web", web.urn)
        assert {key: group.inputs[key] for key in ("port", "protocol", "targetType")} == {
            "port": 8000,
            "protocol": "HTTP",
            "targetType": "ip",
        }
        assert "name" not in group.inputs, "the provider's own name is not the program's"
        assert by_name["web-vpc"].urn in group.dependencies
        assert group.property_dependencies["vpcId"] == (by_name["web-vpc"].urn,)
        assert image.inputs["registries"] == SECRET_MARK, "the engine marks the whole property that holds a secret"
    assert planned[group.urn].inputs["vpcId"] == UNKNOWN_MARK
    assert made[group.urn].inputs["vpcId"].startswith("vpc-")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            'aws.lb.Listener("l", load_balancer_arn="arn", default_actions=[{"type": "x", "targetGroupArnn": "x"}])',
            "defaultActions[0].targetGroupArnn",
        ),
        ('aws.lb.TargetGroup("t", health_check={"interval": "often"})', "healthCheck.interval"),
        ('aws.sqs.Queue("q")', "no row for aws:sqs/queue:Queue"),
        (f'aws.lb.LoadBalancer("{"l" * 25}")', "plus 7 random chars is longer than maximum length 32"),
        (f'aws.iam.Role("r", name="{"r" * 65}", assume_role_policy="{{}}")', "AWS takes at most 64"),
        ('pulumi.export("x", aws.ec2.get_ami_output(owners=["self"]).id)', "no answer for aws:ec2/getAmi:getAmi"),
    ],
    ids=["misspelled nested key", "wrong type", "type without a row", "long logical name", "long name", "look-up"],
)
def test_a_preview_refuses(rig: Rig, lines: str, told: str) -> None:
    assert told in _refused(rig, lines)


def test_a_name_of_ones_own_is_deleted_before_it_is_made_again(rig: Rig) -> None:
    lines = 'import pulumi_aws as aws\naws.lb.TargetGroup("t", name="mine", target_type="ip", port={})\n'
    stack = rig.stack(_write(rig, lines.format(80)))
    stack.up()
    _write(rig, lines.format(81))
    rig.ops()
    stack.up()
    assert rig.ops() == [("delete", "t"), ("create", "t")]


def test_the_providers_default_tags_reach_every_resource_that_has_tags(rig: Rig) -> None:
    lines = """
import pulumi_aws as aws
import pulumi
provider = aws.Provider("p", region="eu-west-1", default_tags={"tags": {"owner": "OWNER"}})
vpc = aws.ec2.Vpc("v", cidr_block="10.0.0.0/16", tags={"a": "b"}, opts=pulumi.ResourceOptions(provider=provider))
pulumi.export("tags", vpc.tags_all)
"""
    stack = rig.stack(_write(rig, lines.replace("OWNER", "ann")))
    stack.up()
    assert stack.outputs()["tags"] == {"a": "b", "owner": "ann"}
    _write(rig, lines.replace("OWNER", "bob"))
    assert stack.up().changes == {"same": 1, "update": 2}
    assert stack.outputs()["tags"] == {"a": "b", "owner": "bob"}


def test_a_vpc_origin_cannot_be_updated_while_it_is_attached(rig: Rig) -> None:
    stack = rig.stack(_write(rig, _EDGE), config={"shop:port": 80})
    stack.up()
    stack.set_config({"shop:port": 8080})
    with pytest.raises(EngineError, match=r"cannot be updated while E[0-9A-F]{13}"):
        stack.up()


def test_a_project_outside_is_copied_and_left_as_it_was(rig: Rig, tmp_path: Path) -> None:
    outside = tmp_path / "checkout"
    (outside / "stacks").mkdir(parents=True)
    (outside / "app").mkdir()
    (outside / "app" / "Dockerfile").write_text("FROM scratch\n")
    (outside / "Pulumi.yaml").write_text(
        "name: outside\nruntime: {name: python, options: {virtualenv: .venv}}\nmain: stacks\nstackConfigDir: stacks\n"
    )
    program = (
        "import pulumi\nimport pulumi_docker_build as d\nroot = pulumi.get_root_directory()\n"
        'd.Image("i", push=False, context={"location": root}, dockerfile={"location": f"{root}/app/Dockerfile"})\n'
    )
    (outside / "stacks" / "__main__.py").write_text(program)
    (outside / "stacks" / "Pulumi.prod.yaml").write_text("config:\n  aws:region: eu-north-1\n")
    before = {path: path.read_bytes() for path in outside.rglob("*") if path.is_file()}

    stack = rig.stack(outside, "prod", include=["app"])
    assert stack.preview().changes == {"create": 2}
    assert "aws:region: eu-north-1" in stack.config_file.read_text(), "the project's own stack file should count"
    assert {path: path.read_bytes() for path in outside.rglob("*") if path.is_file()} == before
    (stack.project.folder / "app" / "Dockerfile").unlink()
    with pytest.raises(EngineError, match="no such file or directory"):
        stack.preview()
