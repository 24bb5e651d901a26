import pytest

from fastapi_on_aws.plan.type_names import service_of, short_type


@pytest.mark.parametrize(
    ("token", "short"),
    [
        ("aws:ecs/service:Service", "ecs.Service"),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "vpc.SecurityGroupIngressRule"),
        ("aws:ec2/eipAssociation:EipAssociation", "ec2.EipAssociation"),
        ("docker-build:index:Image", "docker-build.Image"),
        ("random:index/randomPassword:RandomPassword", "random.RandomPassword"),
        ("kubernetes:apps/v1:Deployment", "apps/v1.Deployment"),
        ("kubernetes:eks.amazonaws.com/v1:NodeClass", "eks.amazonaws.com/v1.NodeClass"),
        ("aws-native:s3:Bucket", "aws-native.s3.Bucket"),
        ("fastapi-on-aws:index:Monolith", "fastapi-on-aws.Monolith"),
        ("my:module:Thing", "my.module.Thing"),
        ("pulumi:providers:aws", "provider.aws"),
        ("odd", "odd.odd"),
    ],
)
def test_a_type_token_becomes_what_people_call_it(token: str, short: str) -> None:
    assert short_type(token) == short


def test_providers_are_a_group_of_their_own() -> None:
    assert service_of("pulumi:providers:kubernetes") == "provider"
