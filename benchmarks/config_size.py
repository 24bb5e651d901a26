"""What ten services on EKS take to write down, and what each of them is made of: counted, not timed."""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml
from rich.console import Console

from benchmarks.processes import module, report_of
from benchmarks.record_stack import FILES, recorder
from benchmarks.report import Row
from fastapi_on_aws.recording import Graph

STACK: Final = "microservices"
BY_HAND: Final = ("handwritten_microservices.py", "handwritten_service.py", "handwritten_specs.py")
SERVICE: Final = "fastapi-on-aws:index:EksService"
PULUMI_AIM: Final = 0.1
YAML_AIM: Final = 0.05
RESOURCES_AIM: Final = 1.1


def measure(_console: Console) -> list[Row]:
    """Rows for the table of ratios."""
    services, resources, manifest_lines = report_of(module("config_size"))
    by_hand, with_component = resources / services, resources / services + 1
    config = len([*_lines(FILES[STACK].read_text("utf-8"))])
    pulumi = sum(_code_lines(Path(__file__).with_name(name)) for name in BY_HAND)
    counts = [
        ("resources of a service on EKS / by hand", with_component, by_hand, RESOURCES_AIM),
        ("lines of the stack file / of hand-written Pulumi", config, pulumi, PULUMI_AIM),
        ("… / of YAML for Kubernetes alone", config, manifest_lines, YAML_AIM),
    ]
    return [
        Row.at_most(what, f"{ours:.4g}", f"{other:.4g}", ours / other, aim=aim, n=1)
        for what, ours, other, aim in counts
    ]


def counted(graph: Graph) -> tuple[int, int, int]:
    """Services, the resources below them, and the lines of all Kubernetes objects as manifests."""
    services = {resource.urn for resource in graph if resource.type == SERVICE}
    below = [resource for resource in graph if resource.parent in services]
    objects = [dict(resource.inputs) for resource in graph if resource.type.startswith("kubernetes:")]
    return len(services), len(below), len([*_lines(yaml.safe_dump_all(objects))])


def _lines(text: str) -> Iterator[str]:
    """Neither empty nor a comment."""
    return (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))


def _code_lines(path: Path) -> int:
    """Of Python, without docstrings, too."""
    text = path.read_text("utf-8")
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = (
        statement
        for node in ast.walk(ast.parse(text))
        if isinstance(node, documented)
        for statement in node.body
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )
    prose = sum((statement.end_lineno or statement.lineno) - statement.lineno + 1 for statement in docstrings)
    return len([*_lines(text)]) - prose


if __name__ == "__main__":
    sys.stdout.write(json.dumps(counted(recorder(STACK, "ours")(None))))
