"""The ports on which an app may reach what is elsewhere, and how many of them a runtime takes."""

from collections.abc import Sequence
from typing import Final

from fastapi_on_aws.args import Check
from fastapi_on_aws.errors import UsageError


def _ports(most: int) -> Check:
    return Check(
        lambda ports: (
            443 in ports and len({*ports}) == len(ports) <= most and all(1 <= port <= 65535 for port in ports)
        ),
        f"must hold 443, through which AWS is reached, and up to {most - 1} other ports, 1 to 65535",
        {"uniqueItems": True},
    )


PORTS: Final = _ports(50)
MOST_POD_PORTS: Final = 20
"""The agent that enforces network policies on EKS knows 24 ports of an address, of which DNS, a call and Pod Identity
take four; what is beyond, it drops. Source: aws/aws-network-policy-agent, `pkg/ebpf/c/tc.v4egress.bpf.c`."""
POD_PORTS: Final = _ports(MOST_POD_PORTS)

OF_THE_APP: Final = {"egress_ports": "; it is of the app, whatever runs it: app.egress_ports"}
"""What somebody would look for among a runtime's words."""


def check_own_port(own: int, egress_ports: Sequence[int], path: str) -> None:
    """Refuse that services could call each other on the way to what is elsewhere."""
    if own in egress_ports:
        raise UsageError(
            f"{path}.egress_ports has {own}, where the app listens: every service could then call every other; take it"
            " out, and name what is called under calls"
        )
