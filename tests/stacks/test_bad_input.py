"""A stack file that cannot work: one sentence with the config path, the limit and the fix; nothing is registered."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from fastapi_on_aws import UsageError
from tests.cli.projects import run
from tests.support.recorded import IMAGE_URI, ROOT, stack_graph

REGION = {"aws:region": "eu-west-1"}
SAMPLE_IMAGE = {"image": {"dockerfile": "sample_app/Dockerfile"}}
SECRET_VALUE = "hunter2"
CLOSED = {"nat": "none", "interface_endpoints": ["ecr.api", "ecr.dkr", "logs", "ssm"]}
SECRET_ARN = "arn:aws:ssm:eu-west-1:123456789012:parameter/key"

BAD: list[tuple[dict[str, Any], str]] = [
    ({"pattern": "monolit"}, "fastapi-on-aws:pattern cannot be 'monolit'; did you mean monolith?"),
    ({"pattern": "kubernetes"}, "fastapi-on-aws:pattern cannot be 'kubernetes'; there are: microservices, monolith"),
    ({"lambda:package": "zip"}, "lambda:package is read by nobody; package is a word below fastapi-on-aws:lambda, so"),
    ({"patern": "monolith"}, "fastapi-on-aws:patern is not a setting; did you mean pattern?"),
    ({"app": {"scalling": {}}}, "fastapi-on-aws:app.scalling is not a setting; did you mean scaling?"),
    ({"app": {"scaling": {"mim": 1}}}, "fastapi-on-aws:app.scaling.mim is not a setting; did you mean min?"),
    ({"services": {"a": {"prefx": "/a"}}}, "fastapi-on-aws:services.a.prefx is not a setting; did you mean prefix?"),
    ({"app": {"cpu": "0.5 vCPU", "memory": "8 GB"}}, "memory is '8 GB'; with 0.5 vCPU Fargate offers 1 to 4 GB"),
    ({"app": {"cpu": "half"}}, "cpu must be a size such as '0.5 vCPU', not 'half'"),
    ({"app": {"memory": "1 TB"}}, "memory must be a size such as '1 GB' or '512 MB', not '1 TB'"),
    ({"app": {"memory": 1024}}, 'fastapi-on-aws:app.memory must be a text, not 1024; put it in quotes: "1024"'),
    ({"app": {"scaling": {"min": 3, "max": 2}}}, "fastapi-on-aws:app.scaling.min is 3, more than"),
    ({"app": {"scaling": {"min": -1}}}, "fastapi-on-aws:app.scaling.min is -1; it must be 0 to 5000"),
    ({"app": ["image"]}, "fastapi-on-aws:app must be a map, not a list"),
    ({"app": {"scaling": 3}}, "fastapi-on-aws:app.scaling must be a map, not 3"),
    ({"services": ["catalog"]}, "fastapi-on-aws:services must be a map, not a list"),
    ({"services": {}}, "fastapi-on-aws:services is an empty map; it must name at least one service"),
    ({"services": {"a": {"prefix": "a"}}}, "fastapi-on-aws:services.a.prefix is 'a'; it must be a path such as"),
    ({"services": {"a": {"prefix": "/x"}, "b": {"prefix": "/x"}}}, "fastapi-on-aws:services.b.prefix /x is that of a"),
    ({"services": {"a" * 25: {"prefix": "/a"}}}, "is 25 characters long; the name of its target group leaves 20"),
    (
        {"app": {"health": {"live": "livez"}}},
        "fastapi-on-aws:app.health.live is 'livez'; it must be a path that",
    ),
    ({"app": {"env": {"API_KEY": SECRET_VALUE}}}, "fastapi-on-aws:app.env.API_KEY looks like a secret"),
    ({"app": {"secrets": {"API_KEY": SECRET_VALUE}}}, "fastapi-on-aws:app.secrets.API_KEY must be the ARN"),
    ({"app": {"image": {"uri": "shop:latest", "architecture": "arm64"}}}, "app.image.uri 'shop:latest' can mean"),
    ({"app": {"image": {"uri": IMAGE_URI}}}, "fastapi-on-aws:app.image.architecture is missing: say arm64 or amd64"),
    ({"app": {"image": {"uri": IMAGE_URI, "context": "."}}}, "fastapi-on-aws:app.image has both uri and context"),
    ({"network": {"cidr": "10.0.0.0/24"}}, "fastapi-on-aws:network.cidr 10.0.0.0/24 is a /24; it must be /16 to /20"),
    ({"network": {"cidr": "8.8.0.0/16"}}, "fastapi-on-aws:network.cidr 8.8.0.0/16 is a public range"),
    ({"network": {"avoid_cidrs": ["10.0.0.0/8"]}}, "overlaps 10.0.0.0/8 of fastapi-on-aws:network.avoid_cidrs"),
    ({"network": {"region": "us-east-1"}}, "fastapi-on-aws:network.region is us-east-1, and aws:region is eu-west-1"),
    ({"network": {"zone_count": 9}}, "fastapi-on-aws:network.zone_count is 9; it must be 2 to 6"),
    ({"network": {"nat": "none"}}, "fastapi-on-aws:network.nat is none, so tasks in private subnets could not"),
    (
        {
            "network": {"nat": "none", "interface_endpoints": ["ecr.api", "ecr.dkr", "logs"]},
            "app": {"secrets": {"A": SECRET_ARN}},
        },
        "fastapi-on-aws:network.nat is none, so tasks in private subnets could not pull their image or start; set"
        " fastapi-on-aws:ecs.assign_public_ip to true, or add ssm to fastapi-on-aws:network.interface_endpoints",
    ),
    (
        {"network": CLOSED, "app": {"image": {"uri": "ghcr.io/a/b:1", "architecture": "arm64"}}},
        "fastapi-on-aws:app.image.uri is 'ghcr.io/a/b:1', and fastapi-on-aws:network.nat is none: endpoints lead to AWS in"
        " eu-west-1 alone; copy it to a private ECR repository there, or set nat to single or per_zone",
    ),
    (
        {
            "network": CLOSED,
            "services": {"a": {"prefix": "/", "secrets": {"A": SECRET_ARN.replace("eu-west-1", "us-east-1")}}},
        },
        "fastapi-on-aws:services.a.secrets.A is of us-east-1, and fastapi-on-aws:network.nat is none: endpoints lead to AWS"
        " in eu-west-1 alone; replicate it there, or set nat to single or per_zone",
    ),
    (
        {
            "front_door": {"enabled": False},
            "load_balancer": {
                "access": "internet",
                "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/1-2",
                "domain_name": "api.example.com",
            },
        },
        "fastapi-on-aws:load_balancer.certificate_arn is of us-east-1, and a load balancer takes those of its own region"
        " alone; ask ACM for one in eu-west-1",
    ),
    ({"front_door": {"enabled": "no"}}, "fastapi-on-aws:front_door.enabled must be true or false, not 'no'"),
    (
        {"front_door": {"domain": {"name": "x"}}},
        "fastapi-on-aws:front_door.domain.name is 'x'; it must be a domain",
    ),
    ({"load_balancer": {"access": "vpc"}}, "fastapi-on-aws:load_balancer.access is vpc, which leaves the front door"),
    (
        {"front_door": {"enabled": False}, "load_balancer": {"access": "cloudfront"}},
        "load_balancer.access is cloudfront, and fastapi-on-aws:front_door.enabled is false",
    ),
    ({"app": {"drain_seconds": 90}}, "app.drain_seconds is 90, and the front door waits 60 s for an answer"),
    ({"app": {"cpu": "1 vCPU"}}, "fastapi-on-aws:app.memory is '1 GB'; with 1 vCPU Fargate offers 2 to 8 GB"),
    ({"services": {"a": {"prefix": "/a", "cpu": "3 vCPU"}}}, "fastapi-on-aws:services.a.cpu is '3 vCPU', which"),
    ({"app": {"cpu": "9" * 400 + " vCPU"}}, "fastapi-on-aws:app.cpu must be a size such as"),
    ({"app": {"env": {"SECRET_KEY": "abc"}}}, "fastapi-on-aws:app.env.SECRET_KEY looks like a secret"),
    ({"app": {"env": {"X": "sk-proj-abcdefghijklmnopqrstuvwxyz"}}}, "fastapi-on-aws:app.env.X looks like a secret"),
    ({"app": {"image": {"build_args": {"NPM_TOKEN": "hunter2"}}}}, "image.build_args.NPM_TOKEN looks like a secret"),
    ({"app": {"image": {"uri": "ghcr.io/Org/App:1.0", "architecture": "arm64"}}}, "is not an image URI such as"),
    ({"app": {"secrets": {"K": "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/k"}}}, "must be the ARN of"),
    ({"app": {"egress_ports": [80]}}, "fastapi-on-aws:app.egress_ports is a list; it must hold 443"),
    ({"app": {"egress_ports": [443, 443]}}, "fastapi-on-aws:app.egress_ports is a list; it must hold 443"),
    ({"ecs": {"egress_ports": [443]}}, "fastapi-on-aws:ecs.egress_ports is not a setting; it is of the app, whatever"),
    ({"eks": {"egress_ports": [443]}}, "fastapi-on-aws:eks.egress_ports is not a setting; it is of the app, whatever"),
    ({"lambda": {"egress_ports": [443]}}, "fastapi-on-aws:lambda.egress_ports is not a setting; it is of the app"),
    (
        {"network": {"interface_endpoints": ["s3"]}},
        "network.interface_endpoints is a list; it must name each service once",
    ),
    ({"network": {"interface_endpoints": ["logs", "logs"]}}, "it must name each service once"),
    (
        {"network": {"nat": "none", "interface_endpoints": ["ecr.api"]}},
        "or add ecr.dkr, logs to fastapi-on-aws:network.",
    ),
    (
        {"load_balancer": {"certificate_arn": "x", "domain_name": "a.example.com"}},
        "must be the ARN of an ACM certificate",
    ),
    (
        {"front_door": {"enabled": False}, "load_balancer": {"access": "internet"}},
        "load_balancer.certificate_arn is missing",
    ),
    (
        {"front_door": {"enabled": False, "price_class": "PriceClass_100"}},
        "front_door.price_class does not apply while",
    ),
    (
        {"front_door": {"web_acl_arn": "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/a/b"}},
        "of scope CLOUDFRONT",
    ),
    ({"tags": {"aws:x": "y"}}, "fastapi-on-aws:tags.aws:x is no tag that AWS takes: a key has 1 to 128"),
    ({"tags": {"stack": "mine"}}, "fastapi-on-aws:tags.stack is there as stack already, and for IAM upper and lower"),
    ({"tags": {"Project": "x"}}, "fastapi-on-aws:tags.Project is there as project already"),
    ({"tags": {"Team": "x", "team": "x"}}, "fastapi-on-aws:tags.team is there as Team already"),
    ({"tags": {f"k{n}": "v" for n in range(41)}}, "fastapi-on-aws:tags has 41 tags; it must have 40 or fewer"),
    (
        {
            "services": {
                "a": {"prefix": "/a", "command": ["x"], "calls": ["b"], "env": {"B_URL": "c"}},
                "b": {"prefix": "/b"},
            }
        },
        "fastapi-on-aws:services: a is told B_URL because it calls b; take the variable or the call out",
    ),
    (
        {"services": {"a": {"prefix": "/a", "env": {"K": "v"}}}, "app": {"secrets": {"K": SECRET_ARN}}},
        "has K in both env",
    ),
    ({"services": {"a": {"prefix": "/.."}}}, "fastapi-on-aws:services.a.prefix is '/..'; it must be a path such as"),
    ({"aws:maxRetries": "x"}, "aws:maxRetries must be a whole number, not 'x'"),
    ({"aws:defaultTags": 3}, "aws:defaultTags must be a map, not '3'"),
    ({"aws:defaultTags": {"tags": {"owner": ["shop"]}}}, "aws:defaultTags.tags must be a map of texts"),
    (
        {
            "aws:profile": "me",
            "pattern": "microservices",
            "eks": {"admins": ["arn:aws:iam::123456789012:role/a"], "endpoint": "private"},
        },
        "aws:profile reaches the AWS provider alone, and with pattern microservices `aws eks get-token` signs in to",
    ),
    ({"aws:profil": "me"}, "aws:profil is not a setting of the AWS provider; did you mean profile?"),
    (
        {"fastapi-on-awss:app": {"port": 9000}},
        "fastapi-on-awss:app is of a project called fastapi-on-awss, and this one is",
    ),
    ({"app": {"secure": "AAABAC"}}, "fastapi-on-aws:app is encrypted, and would be readable in the console"),
    ({"protect": "maybe"}, "config fastapi-on-aws:protect must be of type boolean"),
    ({"services": {"lb": {"prefix": "/x"}}}, "fastapi-on-aws:services.lb has the name of a security group of the load"),
    ({"services": {"a\nb": {"prefix": "/x"}}}, "fastapi-on-aws:services.'a\\nb' is not a name for a service"),
    ({"app": {"env": {"A\nB": "x"}}}, "fastapi-on-aws:app.env.A\\nB is not a name for an environment variable"),
    ({"app": {"env": "x" * 70_000}}, "fastapi-on-aws:app.env must be a map, not 'xxx"),
    ({"app": {"env": {"A": "x" * 70_000}}}, "and a task definition holds 64 KiB in all"),
    ({"app": {"health": {"live": "/caf\u00e9"}}}, "fastapi-on-aws:app.health.live is '/caf\u00e9'; it must be a path"),
    ({"app": {"health": {"ready": "/" + "a" * 1024}}}, "up to 1024 characters that an URL can have"),
    ({"app": {"command": ["run", f"postgresql://shop:{SECRET_VALUE}@db/shop"]}}, "app.command holds what looks like a"),
    (
        {"services": {"a": {"command": ["run", f"--password={SECRET_VALUE}"]}}},
        "services.a.command holds what looks like",
    ),
    (
        {"app": {"memory": "120 GB"}, "services": {"a": {"prefix": "/a", "cpu": "256", "memory": "512 MB"}}},
        "fastapi-on-aws:app.memory is '120 GB'; with 0.5 vCPU Fargate offers 1 to 4 GB",
    ),
    *(
        (
            {
                "network": {
                    "existing": {"vpc_id": "vpc-0ff", "cidr": cidr, "private_subnet_ids": ["subnet-a", "subnet-b"]}
                }
            },
            f"fastapi-on-aws:network.existing.cidr is '{cidr}'; it must be the IPv4 range of a VPC, /16 to /28",
        )
        for cidr in ("0.0.0.0/0", "999.1.1.1/16", "10.0.0.1/16", "10.0.0.0/255.255.0.0")
    ),
]


def stack_file(folder: Path, config: dict[str, Any]) -> Path:
    path = folder / "Pulumi.bad.yaml"
    namespaced = {key if ":" in key else f"fastapi-on-aws:{key}": value for key, value in config.items()}
    path.write_text(yaml.safe_dump({"config": namespaced}))
    return path


@pytest.mark.parametrize(("config", "sentence"), BAD, ids=[sentence[:70] for _, sentence in BAD])
def test_it_is_refused_with_its_path(tmp_path: Path, config: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        stack_graph(stack_file(tmp_path, {**REGION, **config}))
    said = str(refused.value)
    assert sentence in said
    assert "\n" not in said, "one sentence"
    assert len(said) < 1500, "that a person reads"
    assert SECRET_VALUE not in said, "an error must not tell the secret"


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({}, "aws:region is missing: set it in the stack file, such as aws:region: eu-west-1"),
        ({"aws:region": "eu-west-7"}, "aws:region cannot be 'eu-west-7'; did you mean eu-west-"),
        ({"aws:region": "ireland"}, "aws:region cannot be 'ireland'; there are: af-south-1"),
        ({"aws:region": {"secure": "AAABAC"}}, "aws:region cannot be encrypted"),
    ],
)
def test_a_region_is_needed_and_has_to_exist(tmp_path: Path, config: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        stack_graph(stack_file(tmp_path, config))


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1", "mars"])
def test_another_partition_is_refused_even_with_its_zones(tmp_path: Path, region: str) -> None:
    config = {"aws:region": region, "network": {"zones": [f"{region}a", f"{region}b"]}}
    with pytest.raises(UsageError, match="is not a commercial AWS region"):
        stack_graph(stack_file(tmp_path, config))


@pytest.mark.parametrize(
    "config",
    [
        {
            "app": {
                "env": {"CORS_ALLOW_CREDENTIALS": "true", "MAX_TOKEN": "4096", "TOKEN_URL": "https://id.example.com"}
            }
        },
        {"app": {"env": {"GOOGLE_APPLICATION_CREDENTIALS": "/etc/gcp.json", "DATABASE_URL": "sqlite:////tmp/a.db"}}},
        {"app": {"image": {"uri": "app:latest@sha256:" + "a" * 64, "architecture": "arm64"}}},
        {"app": {"env": None, "scaling": None}, "services": None},
        {"app": {"secrets": {"FORWARDED_ALLOW_IPS": SECRET_ARN}}},
        {"tags": {"cost-center": "42", "owner": "shop@example.com"}},
        {"app": {**SAMPLE_IMAGE, "command": ["sh", "-c", "exec run --password=$DB_PASSWORD"]}},
        {"services": {"a": {"prefix": "/a", "command": ["x"]}, "a-attachment": {"prefix": "/b", "command": ["x"]}}},
    ],
    ids=str,
)
def test_what_works_is_not_refused(tmp_path: Path, config: dict[str, Any]) -> None:
    assert stack_graph(stack_file(tmp_path, {**REGION, **config})).outputs


def test_a_key_with_nothing_behind_it_means_its_default(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.blank.yaml"
    path.write_text(
        "config:\n  aws:region: eu-west-1\n  fastapi-on-aws:app:\n    env:\n      # all commented out\n  fastapi-on-aws:ecs:\n"
    )
    assert stack_graph(path).outputs


@pytest.mark.parametrize(
    "text",
    [
        "config: {aws:region: eu-west-1",
        "config:\n  - aws:region",
        "config:\n\taws:region: eu-west-1\n",
        "just a word",
        'config: {aws:region: eu-west-1, aws:profile: "\\ud800"}',
    ],
)
def test_broken_yaml_is_bad_input_too(tmp_path: Path, text: str) -> None:
    path = tmp_path / "Pulumi.bad.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match="Pulumi.bad.yaml"):
        stack_graph(path)


def test_the_command_says_one_sentence_on_stderr_and_exits_with_2(tmp_path: Path) -> None:
    path = stack_file(tmp_path, {**REGION, "app": {"scaling": {"mim": 1}}})
    done = run(ROOT, "plan", "--stack-file", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: fastapi-on-aws:app.scaling.mim is not a setting; did you mean min?\n"


def test_an_unknown_pattern_on_the_command_line_is_bad_input() -> None:
    done = run(ROOT, "plan", "--stack", "dev", "--pattern", "monolit")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: fastapi-on-aws:pattern cannot be 'monolit'; did you mean monolith?\n"
