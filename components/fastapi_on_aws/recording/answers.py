"""What a cloud would say to a recorded program, where a program asks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .graph import Graph, Mode, Resource

InvokeAnswer: TypeAlias = Mapping[str, Any] | Callable[[Mapping[str, Any], Graph], Mapping[str, Any]]
"""The result of a look-up, or a function of its arguments and of what is recorded so far."""

OutputsAnswer: TypeAlias = Mapping[str, Any] | Callable[[Resource, Mode], Mapping[str, Any] | None]
"""Outputs of a resource, or a function of the resource; ``id`` among them is its id."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Answers to look-ups, and outputs that programs depend on.

    Names are Pulumi's wire names (camelCase); ``Secret(...)`` and ``UNKNOWN`` are allowed at any depth.
    The usual AWS look-ups (zones, account, region, ...) are built in; what is given here wins.

    >>> Answers(invokes={"aws:ec2/getVpc:getVpc": {"id": "vpc-1", "cidrBlock": "10.0.0.0/16"}}).region
    'us-east-1'
    """

    invokes: Mapping[str, InvokeAnswer] = field(default_factory=dict)
    """By token: of functions (``aws:ec2/getVpc:getVpc``) and of methods (``eks:index:Cluster/getKubeconfig``)."""
    outputs: Mapping[str, OutputsAnswer] = field(default_factory=dict)
    """By resource type (``aws:sqs/queue:Queue``), for all its resources. A mapping is used once a resource exists: in
    update mode, and in both modes for what is only read. A function is asked in both modes; None is no answer."""
    region: str = "us-east-1"
    """Where the stack lives when neither its config (``aws:region``) nor a provider says so."""
    account_id: str = "123456789012"


def as_answers(given: Answers | Mapping[str, InvokeAnswer] | None) -> Answers:
    """``None`` is no answers of one's own; a plain mapping answers look-ups by token."""
    if given is None:
        return Answers()
    if isinstance(given, Answers):
        return given
    if isinstance(given, Mapping):
        return Answers(invokes=given)
    raise TypeError(f"answers must be Answers or a mapping by token, not {type(given).__name__}")
