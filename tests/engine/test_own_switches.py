"""From one architecture to another and back, on one stack: what the engine itself says that it did."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import yaml

from tests.components.eks_services import DEPLOYMENT
from tests.engine.own import Op, Own
from tests.engine.rig import Rig
from tests.engine.stack import Result
from tests.engine.toolchain import Toolchain
from tests.support.recorded import BUILT_IMAGE, DISTRIBUTION, FUNCTION, LOAD_BALANCER, SERVICE, STACKS, VPC_ORIGIN

ALIAS: Final = "aws:lambda/alias:Alias"
API_ROUTE: Final = "aws:apigatewayv2/route:Route"
API_INTEGRATION: Final = "aws:apigatewayv2/integration:Integration"
INVOCATION: Final = "aws:lambda/invocation:Invocation"
REST_METHOD: Final = "aws:apigateway/method:Method"
REST_API: Final = "aws:apigateway/restApi:RestApi"
EDGE_FUNCTION: Final = "aws:cloudfront/function:Function"
FUNCTION_URL: Final = "aws:lambda/functionUrl:FunctionUrl"
FOUNDATION: Final = ("Network", "Image", "FrontDoor")
OF_THE_ORIGIN: Final = ("front-door-viewer", "front-door-url", "front-door-url-invoke")
"""Of the front door's resources those that only a public origin needs: they hold nothing, and come and go with it."""


class Step(NamedTuple):
    """One resource, done."""

    op: str
    urn: str

    @property
    def type(self) -> str:
        return self.urn.split("::")[2].rpartition("$")[2]

    @property
    def name(self) -> str:
        return self.urn.split("::", 3)[3]

    @property
    def of_the_foundation(self) -> bool:
        chain = self.urn.split("::")[2].split("$")
        return chain[0].rpartition(":")[2] in FOUNDATION and self.name not in OF_THE_ORIGIN


def done(result: Result) -> list[Step]:
    """What was done, in the order in which it was finished."""
    finished = (event.get("resOutputsEvent") for event in result.events)
    return [Step(each["metadata"]["op"], each["metadata"]["urn"]) for each in finished if each]


def check_switch(steps: list[Step], old: str, new: str) -> None:
    """The foundation stays, the public URL moves over before the old runtime goes."""
    foundation = [step for step in steps if step.of_the_foundation]
    assert foundation, "it is there"
    changed = [step for step in foundation if step.op not in ("same", "update")]
    assert not changed, "nothing of the foundation is created anew, replaced or deleted"
    updated = {step.type for step in foundation if step.op == "update"}
    assert updated <= {DISTRIBUTION, EDGE_FUNCTION}, "and nothing in it is touched but where its requests go"
    order = [(step.op, step.type) for step in steps]
    first_gone = min(place for place, (op, _) in enumerate(order) if op == "delete")
    assert order.index(("create", new)) < order.index(("update", DISTRIBUTION)) < first_gone, (
        "the new runtime is there, then requests go to it, then the old one goes"
    )
    assert ("delete", old) in order


@pytest.fixture(scope="module")
def any_stack(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain, sdk_cache: Path) -> Own:
    """The stack whose file is valid with every pattern, as a monolith; each test leaves it so."""
    own = Own(Rig(tmp_path_factory.mktemp("switches") / "rig", toolchain, sdk_cache), "any")
    own.up()
    return own


def test_to_lambda_and_back_touches_nothing_that_must_survive(any_stack: Own) -> None:
    """Of a stack that is protected, too: what protects data and URL must not hold the old runtime back."""
    any_stack.up(protect=True)
    (before,) = any_stack.rig.cloud.all(DISTRIBUTION)
    there, _ = any_stack.up(pattern="serverless")
    check_switch(done(there), old=SERVICE, new=FUNCTION)
    assert not {SERVICE, LOAD_BALANCER, VPC_ORIGIN} & {step.type for step in _living(any_stack)}, "wholly gone"
    assert set(any_stack.up()[0].changes) == {"same"}, "it is done in one `up`"
    back, _ = any_stack.up(pattern="monolith")
    check_switch(done(back), old=FUNCTION, new=SERVICE)
    assert not any(step.type.startswith("aws:lambda") for step in _living(any_stack)), "wholly gone"
    assert not any(step.type.startswith("aws:apigateway") for step in _living(any_stack))
    assert set(any_stack.up()[0].changes) == {"same"}
    (after,) = any_stack.rig.cloud.all(DISTRIBUTION)
    assert (after.id, after.state["domainName"]) == (before.id, before.state["domainName"]), "the public URL stays"
    assert not any_stack.unaccounted()
    any_stack.up(protect=None)


def test_to_kubernetes_and_on_to_lambda_touches_nothing_that_must_survive(any_stack: Own) -> None:
    """A cluster that is protected, as it is by default, would have to be freed first."""
    eks = {"admins": ["arn:aws:iam::123456789012:role/deployer"], "endpoint": "private"}
    result, _ = any_stack.up(pattern="microservices", eks={**eks, "deletion_protection": False})
    check_switch(done(result), old=SERVICE, new=DEPLOYMENT)
    result, _ = any_stack.up(pattern="serverless")
    check_switch(done(result), old=DEPLOYMENT, new=FUNCTION)
    assert not [step for step in _living(any_stack) if "eks" in step.type or step.type.startswith("kubernetes:")]
    assert not any_stack.unaccounted()
    any_stack.up(pattern="monolith", eks=eks)


def _living(own: Own) -> Iterator[Step]:
    for one in own.rig.cloud.all():
        yield Step("same", one.urn)


def test_each_way_in_can_take_the_place_of_each_other(any_stack: Own) -> None:
    any_stack.up(pattern="serverless")
    ways: list[tuple[dict[str, Any], str]] = [
        ({"kind": "rest"}, REST_API),
        ({"kind": "function_url", "auth": "iam"}, FUNCTION_URL),
        ({"kind": "function_url", "auth": "none"}, FUNCTION_URL),
        ({"kind": "http"}, API_ROUTE),
    ]
    for api, type_ in ways:
        result, _ = any_stack.up(**{"lambda": {"api": api}})
        foundation = [step for step in done(result) if step.of_the_foundation]
        names = {step.name for step in foundation if step.op not in ("same", "update")}
        assert names <= {"front-door"}, f"{api}: but for the signature of requests to a function URL"
        assert not [step for step in foundation if step.type == DISTRIBUTION and step.op not in ("same", "update")]
        assert type_ in {step.type for step in _living(any_stack)}, f"{api} is there"
        assert set(any_stack.up()[0].changes) == {"same"}, f"{api} is done in one `up`"
    any_stack.up(pattern="monolith", **{"lambda": None})
    assert not any_stack.unaccounted()


def test_one_function_becomes_one_a_service_and_is_there_until_they_are(any_stack: Own) -> None:
    any_stack.up(pattern="serverless")
    split, ops = any_stack.up(**{"lambda": {"functions": "per_service"}})
    assert {op.name for op in ops if op.type == FUNCTION and op.verb == "create"} == {
        "app-catalog",
        "app-orders",
        "app-notifications",
    }
    order = [(op.verb, op.type) for op in ops]
    last_new = max(place for place, op in enumerate(ops) if op.verb == "create" and op.type == API_ROUTE)
    assert last_new < order.index(("delete", API_ROUTE)), "each prefix leads somewhere before the rest leads nowhere"
    assert order.index(("delete", API_ROUTE)) < order.index(("delete", FUNCTION))
    assert set(split.changes) >= {"create", "delete"}
    any_stack.up(pattern="monolith", **{"lambda": None})


@pytest.mark.parametrize("kind", ["http", "rest"])
def test_a_path_whose_requests_get_another_function_is_updated_in_place(any_stack: Own, kind: str) -> None:
    """An API has one route of a key, and one method of a path: a second one would be refused."""
    before = yaml.safe_load((STACKS / "Pulumi.any.yaml").read_text())["config"]["fastapi-on-aws:services"]
    any_stack.up(pattern="serverless", services={"shop": {"prefix": "/"}}, **{"lambda": {"api": {"kind": kind}}})
    _, ops = any_stack.up(**{"lambda": {"api": {"kind": kind}, "functions": "per_service"}})
    assert ("create", FUNCTION, "app-shop") in {(op.verb, op.type, op.name) for op in ops}
    assert not [op for op in ops if op.verb != "update" and op.type in (API_ROUTE, REST_METHOD)]
    any_stack.up(pattern="monolith", services=before, **{"lambda": None})


def test_a_function_that_leaves_the_network_leaves_nothing_in_it(any_stack: Own) -> None:
    any_stack.up(pattern="serverless", **{"lambda": {"vpc": True}})
    first = any_stack.exists(FUNCTION, "app-web").state["arn"]
    any_stack.up(**{"lambda": {}})
    second = any_stack.exists(FUNCTION, "app-web").state["arn"]
    assert first != second, "its old versions would hold the network's interfaces and the group for ever"
    assert not any_stack.unaccounted()
    any_stack.up(pattern="monolith", **{"lambda": None})


def test_a_new_image_is_a_new_version_behind_the_same_alias_in_one_update(any_stack: Own) -> None:
    any_stack.up(pattern="serverless")
    before = any_stack.exists(FUNCTION, "app-web").state
    any_stack.rig.new_image_content("v2")
    _, ops = any_stack.up()
    assert ops == [
        Op("update", BUILT_IMAGE, "app-build"),
        Op("update", FUNCTION, "app-web"),
        Op("update", ALIAS, "app-web"),
    ]
    after = any_stack.exists(FUNCTION, "app-web").state
    assert int(after["version"]) == int(before["version"]) + 1, "each change is published"
    assert any_stack.exists(ALIAS, "app-web").state["functionVersion"] == after["version"], "and served"
    assert set(any_stack.up()[0].changes) == {"same"}
    any_stack.up(pattern="monolith")


def test_a_zip_takes_the_place_of_the_image_and_the_repository_stays(any_stack: Own) -> None:
    any_stack.up(pattern="serverless")
    for package, kind in (("zip", "Zip"), ("image", "Image")):
        result, _ = any_stack.up(**{"lambda": {"package": package}})
        foundation = [step for step in done(result) if step.of_the_foundation and step.type != BUILT_IMAGE]
        assert {step.op for step in foundation} <= {"same", "update"}, "the images of another day are still there"
        assert any_stack.exists(FUNCTION, "app-web").state["packageType"] == kind
        if package == "zip":
            order = [(step.op, step.type) for step in done(result)]
            waited = order.index(("create", INVOCATION))
            assert waited < order.index(("update", API_INTEGRATION)), "requests come once its snapshot is taken"
        assert set(any_stack.up()[0].changes) == {"same"}, "an unchanged package is not a new version"
    any_stack.up(pattern="monolith", **{"lambda": None})
