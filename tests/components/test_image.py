"""An image is built and deployed by digest, or belongs to CI."""

import json
from pathlib import Path
from typing import Any

import pytest

from fastapi_on_aws import Architecture, Image, ImageArgs, UsageError
from fastapi_on_aws.recording import UNKNOWN, Graph, Invoke, Mode, Secret, plain, record
from tests.support.recorded import BUILT_IMAGE, IMAGE_URI, MODES

REPOSITORY = "aws:ecr/repository:Repository"


def image(args: ImageArgs, mode: Mode = Mode.UPDATE) -> Graph:
    return record(lambda: Image("app", args), mode=mode, root_directory=Path("..").resolve())


@pytest.mark.parametrize("mode", MODES)
def test_nothing_given_builds_the_dockerfile_beside_pulumi_yaml_for_arm(mode: Mode) -> None:
    built = image(ImageArgs(), mode).one(BUILT_IMAGE)
    assert built.inputs["platforms"] == ["linux/arm64"]
    assert built.inputs["dockerfile"]["location"] == "../Dockerfile"


@pytest.mark.parametrize("mode", MODES)
def test_everything_set_is_honoured(mode: Mode) -> None:
    args = ImageArgs(
        context="shop",
        dockerfile="shop/Dockerfile",
        target="runtime",
        build_args={"PYTHON": "3.12"},
        architecture=Architecture.AMD64,
        force_delete=False,
    )
    graph = image(args, mode)
    built = graph.one(BUILT_IMAGE)
    assert built.inputs["context"]["location"] == "../shop"
    assert built.inputs["dockerfile"]["location"] == "../shop/Dockerfile"
    assert (built.inputs["target"], built.inputs["buildArgs"]) == ("runtime", {"PYTHON": "3.12"})
    assert built.inputs["platforms"] == ["linux/amd64"]
    assert graph.one(REPOSITORY).inputs["forceDelete"] is False, "its images must outlive a destroy"


def test_paths_do_not_tell_where_the_project_lies() -> None:
    built = image(ImageArgs()).one(BUILT_IMAGE)
    assert not built.inputs["context"]["location"].startswith("/"), "it is state: a laptop and CI must write the same"


def test_what_is_deployed_is_the_digest() -> None:
    graph = image(ImageArgs())
    uri = graph.one("fastapi-on-aws:index:Image").outputs["uri"]
    assert uri == f"{graph.one(REPOSITORY).outputs['repositoryUrl']}@{graph.one(BUILT_IMAGE).outputs['digest']}"
    assert image(ImageArgs(), Mode.PREVIEW).one("fastapi-on-aws:index:Image").outputs["uri"] is UNKNOWN


def test_the_repository_keeps_what_it_has_and_looks_into_it() -> None:
    assert image(ImageArgs()).one(REPOSITORY).inputs == {
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "KMS"}],
        "forceDelete": True,
    }


def test_old_images_go_by_their_number_never_by_their_age() -> None:
    graph = image(ImageArgs())
    lifecycle = graph.one("aws:ecr/lifecyclePolicy:LifecyclePolicy").inputs
    assert lifecycle["repository"] == graph.one(REPOSITORY).outputs["name"]
    (rule,) = json.loads(lifecycle["policy"])["rules"]
    assert rule["selection"] == {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 50}, (
        "by age, the image of a stack that is rarely updated would go while it runs"
    )
    assert rule["action"] == {"type": "expire"}


def test_the_build_is_pushed_to_the_repository_with_a_token_that_stays_secret() -> None:
    graph = image(ImageArgs())
    built, url = graph.one(BUILT_IMAGE).inputs, graph.one(REPOSITORY).outputs["repositoryUrl"]
    assert built["exports"] == [{"registry": {"names": [url], "pushByDigest": True}}], "its tags never move"
    (registry,) = built["registries"]
    assert isinstance(registry["password"], Secret), "it would stand in the state in plain text else"
    assert plain(registry) == {"address": url, "username": "AWS", "password": "recorded"}, (
        "a login at another address leaves the push refused"
    )
    token = "aws:ecr/getAuthorizationToken:getAuthorizationToken"
    assert graph.invokes == (Invoke(token, {"registryId": graph.one(REPOSITORY).outputs["registryId"]}),)


def test_an_image_of_ci_is_taken_as_it_is() -> None:
    graph = image(ImageArgs(uri=IMAGE_URI, architecture=Architecture.ARM64))
    assert [r.type for r in graph if r.custom] == [], "one owner of what runs: no repository, no build, no drift"
    assert graph.one("fastapi-on-aws:index:Image").outputs["uri"] == IMAGE_URI


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({"uri": IMAGE_URI}, "app.architecture is missing: say arm64 or amd64"),
        ({"uri": IMAGE_URI, "context": "."}, "app has both uri and context: a uri is built elsewhere"),
        ({"uri": IMAGE_URI, "dockerfile": "Dockerfile"}, "app has both uri and dockerfile"),
        ({"uri": IMAGE_URI, "build_args": {"A": "b"}}, "app has both uri and build_args"),
        ({"uri": IMAGE_URI, "force_delete": False}, "app has both uri and force_delete"),
        ({"uri": "shop:latest", "architecture": "arm64"}, "app.uri 'shop:latest' can mean another image tomorrow"),
        ({"uri": "registry.example.com/shop", "architecture": "arm64"}, "can mean another image tomorrow"),
        ({"uri": "not an image", "architecture": "arm64"}, "app.uri 'not an image' is not an image URI"),
        ({"uri": "shop@sha256:12", "architecture": "arm64"}, "is not an image URI"),
        ({"uri": "shop:1.0", "architecture": "arm"}, "app.architecture cannot be 'arm'; did you mean arm64?"),
    ],
)
def test_an_image_that_cannot_be_meant_is_refused(args: Any, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        record(lambda: Image("app", args))


def test_a_tag_that_never_moves_is_taken() -> None:
    uri = "registry.example.com:5000/team/shop:1.4.2"
    graph = image(ImageArgs(uri=uri, architecture=Architecture.AMD64))
    assert graph.one("fastapi-on-aws:index:Image").outputs["uri"] == uri
