"""The ports on which an app may reach what is elsewhere, and how many of them a runtime takes."""

from typing import Final

from fastapi_on_aws.args import Check


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
