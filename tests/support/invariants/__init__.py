"""What holds for every stack that this project's program makes, whatever its stack file says.

An invariant looks at one graph and yields a ``Seen`` for each thing that it speaks of, so that a test can tell
"all is well" from "there was nothing to look at".
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from fastapi_on_aws.recording import Graph
from tests.support.invariants import limits, security, structure
from tests.support.invariants.reading import Seen

__all__ = ["INVARIANTS", "Invariant", "check"]

Invariant = Callable[[Graph], Iterator[Seen]]

INVARIANTS: Final[tuple[Invariant, ...]] = (
    structure.every_resource_hangs_below_a_component,
    structure.every_name_is_there_once,
    structure.every_reference_leads_somewhere,
    structure.the_one_provider_tags_everything,
    security.only_internet_access_lets_the_world_in,
    security.every_rule_names_one_source,
    structure.nothing_is_unresolved,
    structure.the_stack_says_where_it_is,
    limits.every_physical_name_fits,
    security.policies_name_what_they_allow,
    security.no_secret_is_in_plain_text,
    limits.a_task_leaves_before_it_is_killed,
    limits.every_size_is_one_of_fargate,
    limits.listener_rules_stand_beside_each_other,
    limits.subnets_share_no_address,
    limits.what_aws_takes_is_no_longer_than_it_takes,
    limits.kubernetes_takes_what_it_is_sent,
    limits.a_drain_of_a_node_ends,
)


def check(graph: Graph) -> Counter[str]:
    """Assert every invariant; returns how many things each looked at."""
    seen = {invariant.__name__: list(invariant(graph)) for invariant in INVARIANTS}
    wrong = [f"{name}: {what} {wrong}" for name, found in seen.items() for what, wrong in found if wrong]
    assert not wrong, "\n".join(wrong)
    return Counter({name: len(found) for name, found in seen.items()})
