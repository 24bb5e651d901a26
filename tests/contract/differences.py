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
_BUFFERED: Final = ("lambda-http-api", "lambda-rest-api", "lambda-alb", "lambda-function-url", "lambda-zip")
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
        topologies=("proxied", "split", "microservices"),
        promised="refused",
        instead="503",
        why="The load balancer answers for a service that has no process left; a deployment starts the new one before.",
    ),
    Difference(
        test="test_a_chunk_arrives_before_the_next_one_is_made",
        what="the chunks arrive",
        topologies=_BUFFERED,
        promised="one by one",
        instead="all at once",
        why="Lambda gives an answer when it is whole, unless it streams through a REST API or a function URL.",
    ),
    Difference(
        test="test_a_request_header_arrives_and_one_that_is_there_twice_arrives_twice",
        what="the two",
        topologies=("lambda-http-api", "lambda-function-url", "lambda-zip", "lambda-stream"),
        promised="two",
        instead="one, joined by a comma",
        why="Payload 2.0 has one value for a name, and AWS joins what came.",
    ),
    Difference(
        test="test_a_request_header_arrives_and_one_that_is_there_twice_arrives_twice",
        what="the two",
        topologies=("lambda-rest-api",),
        promised="two",
        instead="the last",
        why="Of the two maps of headers in a REST event the adapter reads the one with a value for a name.",
    ),
    Difference(
        test="test_a_path_that_is_encoded_twice_is_still_encoded_once",
        what="the path",
        topologies=("lambda-rest-api",),
        promised="a%20b",
        instead="a b",
        why="A REST API has decoded the path already, and the app decodes it again.",
    ),
    Difference(
        test="test_a_response_header_that_is_there_twice_stays_two_headers",
        what="the two",
        topologies=("lambda-http-api", "lambda-function-url"),
        promised="two",
        instead="the first",
        why="The adapter answers payload 2.0 with one value for a name (cookies are apart), and keeps the first.",
    ),
    Difference(
        test="test_a_response_header_that_is_there_twice_stays_two_headers",
        what="the two",
        topologies=("lambda-zip",),
        promised="two",
        instead="one, joined by a comma",
        why="Mangum answers payload 2.0 with one value for a name (cookies are apart), and joins them.",
    ),
    Difference(
        test="test_the_pairs_of_a_query_keep_their_order",
        what="pairs of several keys",
        topologies=("lambda-rest-api", "lambda-alb"),
        promised="in their order",
        instead="by key",
        why="These events have the query as a map, by key; values of one key keep their order.",
    ),
    *(
        Difference(
            test="test_a_path_of_no_module_is_not_found",
            what=path,
            topologies=("split", "microservices"),
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
            topologies=("split", "microservices"),
            promised="200",
            instead="404",
            why=f"{_PREFIXES_ONLY} Each module has a page of its own.",
        )
        for path in ("/docs", "/openapi.json")
    ),
)
