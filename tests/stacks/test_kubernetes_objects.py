"""What a stack puts into Kubernetes, against the JSON schemas of each version of Kubernetes that EKS supports.

The schemas are those of the package `kubernetes-validate`, which has them for Kubernetes 1.25 to its own version. They
know Kubernetes' own kinds alone; the others are checked by a real API server, in `tests/kubernetes_api`.
"""

import importlib
from pathlib import Path
from typing import Any, Final

import pytest

from fastapi_on_aws.eks.versions import DEFAULT_VERSION, STANDARD_SUPPORT_ENDS
from tests.components.eks_services import EVERYTHING, kubernetes_objects, service
from tests.support.recorded import STACK_FILES, stack_graph

_schemas: Any = importlib.import_module("kubernetes_validate")  # has no types of its own
_FILES: Final = [path for path in STACK_FILES if "fastapi-on-aws:pattern: microservices" in path.read_text()]
_OF_OTHERS: Final = {
    ("eks.amazonaws.com/v1", "NodeClass"),
    ("eks.amazonaws.com/v1", "TargetGroupBinding"),
    ("karpenter.sh/v1", "NodePool"),
    ("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass"),
}
"""Kinds that are not Kubernetes' own: there is no schema of them here."""

Object = dict[str, Any]


def _said(item: Object, version: str) -> str | None:
    """What the schema of its kind has to say of an object."""
    try:
        used = _schemas.validate(item, version, strict=True)
    except _schemas.ValidationError as error:
        return f"{item['kind']} {item['metadata']['name']}: {'.'.join(map(str, error.path))}: {error.message}"
    assert used == version, f"the package has no schemas of {version}: raise it"
    return None


def _checked(items: list[Object]) -> list[Object]:
    return [item for item in items if (item["apiVersion"], item["kind"]) not in _OF_OTHERS]


@pytest.mark.parametrize("version", STANDARD_SUPPORT_ENDS)
@pytest.mark.parametrize("file", _FILES, ids=lambda path: path.stem)
def test_no_object_of_a_stack_file_is_other_than_its_schema(file: Path, version: str) -> None:
    items = _checked(kubernetes_objects(stack_graph(file)))
    assert {"Deployment", "HorizontalPodAutoscaler", "NetworkPolicy"} <= {item["kind"] for item in items}
    assert [told for item in items if (told := _said(item, version))] == []


@pytest.mark.parametrize("version", STANDARD_SUPPORT_ENDS)
def test_no_object_of_a_service_with_everything_set_is(version: str) -> None:
    items = _checked(kubernetes_objects(service(EVERYTHING)))
    assert [told for item in items if (told := _said(item, version))] == []


def test_kinds_of_others_are_left_out_and_no_others() -> None:
    items = [*kubernetes_objects(service(EVERYTHING))]
    items += [item for file in _FILES for item in kubernetes_objects(stack_graph(file))]
    found = {(item["apiVersion"], item["kind"]) for item in items}
    assert found > _OF_OTHERS, "what is named there is made by a component"
    with pytest.raises(_schemas.SchemaNotFoundError):
        _said(next(item for item in items if item["kind"] == "NodePool"), DEFAULT_VERSION)


def test_a_misspelled_field_and_a_wrong_type_are_told() -> None:
    (deployment,) = [item for item in kubernetes_objects(service(EVERYTHING)) if item["kind"] == "Deployment"]
    told = _said({**deployment, "spec": {**deployment["spec"], "replcas": 2}}, DEFAULT_VERSION)
    assert told == ("Deployment shop: spec: Additional properties are not allowed ('replcas' was unexpected)"), (
        "the schemas are strict"
    )
    told = _said({**deployment, "spec": {**deployment["spec"], "progressDeadlineSeconds": "900"}}, DEFAULT_VERSION)
    assert told is not None
    assert told.startswith("Deployment shop: spec.progressDeadlineSeconds: '900' is not")
