"""The front door: one HTTPS URL, private origins, nothing cached."""

import dataclasses
from typing import Any

import pulumi
import pytest

from fastapi_on_aws import DomainArgs, FrontDoor, FrontDoorArgs, FunctionRef, OriginRef, PriceClass, UsageError
from fastapi_on_aws.recording import Graph, Mode, record
from tests.support.recorded import DISTRIBUTION, MODES

PRIVATE = OriginRef(domain_name="internal-lb.eu-west-1.elb.amazonaws.com", vpc_origin_id="vo_123")
PUBLIC = OriginRef(domain_name="api.execute-api.eu-west-1.amazonaws.com")
CLOUDFRONT_FUNCTION = "aws:cloudfront/function:Function"
PERMISSION = "aws:lambda/permission:Permission"
WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/1"


def front_door(mode: Mode = Mode.UPDATE, origin: OriginRef = PRIVATE, **args: Any) -> Graph:
    return record(
        lambda: FrontDoor("door", FrontDoorArgs(origin=origin, **args)), mode=mode, config={"aws:region": "eu-west-1"}
    )


@pytest.mark.parametrize("mode", MODES)
def test_only_an_origin_gives_https_on_cloudfronts_own_name(mode: Mode) -> None:
    graph = front_door(mode)
    distribution = graph.one(DISTRIBUTION).inputs
    assert distribution["viewerCertificate"] == {"cloudfrontDefaultCertificate": True}
    assert distribution["defaultCacheBehavior"]["viewerProtocolPolicy"] == "redirect-to-https"
    (origin,) = distribution["origins"]
    assert origin["vpcOriginConfig"] == {"vpcOriginId": "vo_123", "originReadTimeout": 60}
    if mode is Mode.UPDATE:
        name = graph.one(DISTRIBUTION).outputs["domainName"]
        assert graph.one("fastapi-on-aws:index:FrontDoor").outputs["url"] == f"https://{name}"


@pytest.mark.parametrize("mode", MODES)
def test_everything_set_is_honoured(mode: Mode) -> None:
    domain = DomainArgs(name="api.example.com", zone_id="Z0123456789ABCDEFGHIJ")
    graph = front_door(
        mode,
        dataclasses.replace(PRIVATE, read_timeout_seconds=30),
        domain=domain,
        price_class=PriceClass.NORTH_AMERICA_AND_EUROPE,
        web_acl_arn=WEB_ACL,
    )
    distribution = graph.one(DISTRIBUTION).inputs
    assert distribution["aliases"] == ["api.example.com"]
    assert distribution["viewerCertificate"]["minimumProtocolVersion"] == "TLSv1.2_2021"
    assert (distribution["priceClass"], distribution["webAclId"]) == ("PriceClass_100", WEB_ACL)
    assert [origin["vpcOriginConfig"]["originReadTimeout"] for origin in distribution["origins"]] == [30]
    assert graph.one("fastapi-on-aws:index:FrontDoor").outputs["url"] == "https://api.example.com"


def test_the_certificate_is_where_cloudfront_looks_for_it_and_validated_first() -> None:
    graph = front_door(domain=DomainArgs(name="api.example.com", zone_id="Z0123456789ABCDEFGHIJ"))
    certificate = graph.one("aws:acm/certificate:Certificate")
    assert (certificate.inputs["region"], certificate.inputs["validationMethod"]) == ("us-east-1", "DNS")
    validation = graph.one("aws:acm/certificateValidation:CertificateValidation")
    assert validation.urn in graph.one(DISTRIBUTION).dependencies, "CloudFront refuses a certificate not yet validated"


def test_a_domain_leads_to_the_distribution_over_ipv4_and_ipv6() -> None:
    graph = front_door(domain=DomainArgs(name="api.example.com", zone_id="Z0123456789ABCDEFGHIJ"))
    distribution = graph.one(DISTRIBUTION).outputs
    target = {"name": distribution["domainName"], "zoneId": distribution["hostedZoneId"], "evaluateTargetHealth": False}
    for record_type in ("A", "AAAA"):
        assert graph.one("aws:route53/record:Record", f"door-{record_type.lower()}").inputs == {
            "zoneId": "Z0123456789ABCDEFGHIJ",
            "name": "api.example.com",
            "type": record_type,
            "aliases": [target],
        }, "an alias names CloudFront's own zone, and lies in the zone of the domain"


def test_an_api_is_passed_through_whole() -> None:
    behavior = front_door().one(DISTRIBUTION).inputs["defaultCacheBehavior"]
    assert set(behavior["allowedMethods"]) == {"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"}
    assert behavior["cachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "AWS's CachingDisabled"
    assert behavior["originRequestPolicyId"] == "216adef6-5c7f-47e4-b989-5492eafa07d3", (
        "AWS's AllViewer: the app behind a private origin sees the Host that the viewer asked for"
    )
    assert behavior["responseHeadersPolicyId"] == "67f7725c-6f97-4210-82d7-5512b31e9d03", "AWS's SecurityHeadersPolicy"


def test_no_error_is_kept_and_shown_to_others() -> None:
    errors = front_door().one(DISTRIBUTION).inputs["customErrorResponses"]
    assert {error["errorCode"] for error in errors} >= {404, 500, 503}
    assert all(error["errorCachingMinTtl"] == 0 for error in errors), "CloudFront keeps them for 10 s by default"


def test_a_public_origin_is_asked_over_https_by_its_own_name() -> None:
    distribution = front_door(origin=PUBLIC).one(DISTRIBUTION).inputs
    (origin,) = distribution["origins"]
    assert origin["customOriginConfig"] == {
        "httpPort": 80,
        "httpsPort": 443,
        "originProtocolPolicy": "https-only",
        "originSslProtocols": ["TLSv1.2"],
        "originReadTimeout": 60,
    }
    assert distribution["defaultCacheBehavior"]["originRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"


@pytest.mark.parametrize("mode", MODES)
def test_a_public_origin_is_told_what_the_viewer_used_and_a_private_one_hears_it_from_the_load_balancer(
    mode: Mode,
) -> None:
    public, private = front_door(mode, PUBLIC), front_door(mode)
    script = public.one(CLOUDFRONT_FUNCTION, "door-viewer")
    assert "x-front-door-host" in script.inputs["code"]
    at = {row["eventType"]: row for row in _associations(public)}
    assert set(at) == {"viewer-request", "viewer-response"}
    assert [row["eventType"] for row in _associations(private)] == ["viewer-response"]
    assert [f.name for f in private.of_type(CLOUDFRONT_FUNCTION)] == ["door-https"], "nothing more than it had before"


def test_a_path_in_front_of_the_origin_is_added_by_cloudfront_and_taken_out_of_redirects() -> None:
    origin = dataclasses.replace(PUBLIC, origin_path="/live")
    graph = front_door(origin=origin)
    assert graph.one(DISTRIBUTION).inputs["origins"][0]["originPath"] == "/live"
    code = graph.one(CLOUDFRONT_FUNCTION, "door-https").inputs["code"]
    base = f"https://{PUBLIC.domain_name}"
    assert f'var ORIGINS = ["{base}/live", "{base}"];' in code, "an app may not know of the path"


def test_a_function_url_that_asks_for_signatures_gets_them_from_this_accounts_distributions_alone() -> None:
    origin = dataclasses.replace(PUBLIC, signed_for=FunctionRef(name="shop", alias="live"))
    graph = front_door(origin=origin)
    control = graph.one("aws:cloudfront/originAccessControl:OriginAccessControl")
    assert control.inputs["originAccessControlOriginType"] == "lambda"
    assert (control.inputs["signingBehavior"], control.inputs["signingProtocol"]) == ("always", "sigv4")
    distribution = graph.one(DISTRIBUTION)
    assert distribution.inputs["origins"][0]["originAccessControlId"] == control.id
    common = {
        "function": "shop",
        "qualifier": "live",
        "principal": "cloudfront.amazonaws.com",
        "sourceArn": "arn:aws:cloudfront::123456789012:distribution/*",
    }
    permissions = {r.urn for r in graph.of_type(PERMISSION)}
    assert permissions <= set(distribution.dependencies), "or requests are refused until it has been updated everywhere"
    assert graph.one(PERMISSION, "door-url").inputs == {
        **common,
        "action": "lambda:InvokeFunctionUrl",
        "functionUrlAuthType": "AWS_IAM",
    }
    assert graph.one(PERMISSION, "door-url-invoke").inputs == {
        **common,
        "action": "lambda:InvokeFunction",
        "invokedViaFunctionUrl": True,
    }, "AWS has asked for both since October 2025"


def test_what_depends_on_the_kind_of_origin_is_not_protected_with_the_distribution() -> None:
    origin = dataclasses.replace(PUBLIC, signed_for=FunctionRef(name="shop", alias="live"))
    protected = pulumi.ResourceOptions(protect=True)
    graph = record(lambda: FrontDoor("door", FrontDoorArgs(origin=origin), protected), mode=Mode.UPDATE)
    assert graph.one(DISTRIBUTION).options.protect
    free = {r.name for r in graph if r.custom and not r.options.protect}
    assert free == {"door-viewer", "door", "door-url", "door-url-invoke"}, "or a switch of the architecture is refused"


def _associations(graph: Graph) -> list[dict[str, Any]]:
    return list(graph.one(DISTRIBUTION).inputs["defaultCacheBehavior"]["functionAssociations"])


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (
            {
                "origin": {
                    "domain_name": "a.example.com",
                    "vpc_origin_id": "vo_1",
                    "signed_for": {"name": "f", "alias": "l"},
                }
            },
            "door.origin has vpc_origin_id and signed_for",
        ),
        ({"domain": {"name": "https://api.example.com", "zone_id": "Z1"}}, "door.domain.name is 'https://api"),
        ({"domain": {"name": "api.example.com"}}, "door.domain.zone_id is missing"),
        ({"domain": {"name": "api.example.com", "zone_id": "example.com"}}, "it must be the id of a hosted zone"),
        ({"price_class": "PriceClass_300"}, "door.price_class cannot be 'PriceClass_300'; did you mean PriceClass_"),
    ],
)
def test_a_door_that_cannot_open_is_refused(args: Any, sentence: str) -> None:
    given: Any = {"origin": {"domain_name": "lb.example.com"}, **args}
    with pytest.raises(UsageError, match=sentence):
        record(lambda: FrontDoor("door", given))


def test_a_vpc_origin_that_turns_out_to_be_none_is_refused() -> None:
    def program() -> None:
        origin = OriginRef(domain_name="lb.example.com", vpc_origin_id=pulumi.Output.from_input(""))
        FrontDoor("door", FrontDoorArgs(origin=origin))

    with pytest.raises(UsageError, match="door.origin.vpc_origin_id is empty: leave it out"):
        record(program, mode=Mode.UPDATE)
