"""Where a topology does not do what is promised, and why that is so.

A difference that is not here fails its test, and so does one that no longer shows.
"""

from typing import Final, NamedTuple


class Difference(NamedTuple):
    """One promise that is kept in another way."""

    test: str
    """The function."""
    what: str
    """What the test looks at, in its words."""
    topologies: tuple[str, ...]
    promised: str
    instead: str
    why: str


_PROBLEM: Final = "404 application/problem+json"
_PREFIXES_ONLY: Final = "The load balancer knows the modules' prefixes alone, and answers anything else itself."

DIFFERENCES: Final = (
    Difference(
        test="test_a_header_or_a_url_of_200_kilobytes_is_refused",
        what="the header",
        topologies=("server",),
        promised="4xx",
        instead="200",
        why="uvicorn has no limit of its own for headers; the load balancer has.",
    ),
    Difference(
        test="test_a_process_that_is_told_to_stop_finishes_what_it_has_begun",
        what="a new request meanwhile",
        topologies=("proxied", "split"),
        promised="refused",
        instead="503",
        why="The load balancer answers for a service that has no process left; a deployment starts the new one before.",
    ),
    *(
        Difference(
            test="test_a_path_of_no_module_is_not_found",
            what=path,
            topologies=("split",),
            promised=_PROBLEM,
            instead="404 text/plain",
            why=_PREFIXES_ONLY,
        )
        for path in ("/", "/nothing", "/catalogue", "/Catalog/products")
    ),
    *(
        Difference(
            test="test_the_whole_shop_has_a_documentation_page_too",
            what=path,
            topologies=("split",),
            promised="200",
            instead="404",
            why=f"{_PREFIXES_ONLY} Each module has a page of its own.",
        )
        for path in ("/docs", "/openapi.json")
    ),
)
