"""The OpenAPI document keeps its word

25 requests an operation by default, besides those that schemathesis always tries. Many more on demand::

    pytest tests/contract/test_schemathesis.py --hypothesis-profile=thorough
"""

from typing import Any, Final

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import settings
from schemathesis import Case, CheckContext, Response
from schemathesis.specs.openapi.checks import positive_data_acceptance

from sample_app.app import PROBLEM_TYPES, create_app
from sample_app.kit.pagination import InvalidCursorError
from sample_app.modules.catalog.service import UnknownProductError
from sample_app.settings import Settings
from tests.sample_app.support import sqlite

EXAMPLES: Final = settings().max_examples // 4
_INVALID: Final = PROBLEM_TYPES + "invalid-request"
RULES: Final = {
    PROBLEM_TYPES + InvalidCursorError.kind: "a cursor is made by the shop, and looks like any text to a client",
    PROBLEM_TYPES + UnknownProductError.kind: "whether there is a product is not for its id to say",
    "A product is in more than one line; put all of it in one": "JSON Schema cannot look at a part of each item",
    "String should have at least 1 character": "spaces around a text are taken off before it is counted",
    "Value error, In UTC it is before year 1 or after year 9999": "JSON Schema's moments have no such limit",
    "Input should be a valid integer": "to JSON Schema 1.0 is an integer; to the shop it is no number of things",
}
"""Why the shop may refuse what its document allows: kinds of problems, and details of an invalid request."""


@schemathesis.check
def what_is_valid_is_accepted(ctx: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """But for the rules that no document can hold."""
    if response.status_code in {400, 422}:
        document = response.json()
        if {document["type"], *(error["detail"] for error in document.get("errors", []))} <= {*RULES, _INVALID}:
            return None
    return positive_data_acceptance(ctx, response, case)


# Of the document alone and by the defaults alone: nothing is started where tests are only listed.
api = schemathesis.openapi.from_dict(create_app(Settings.model_construct()).openapi())


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The shop that has to keep its word."""
    return create_app(Settings(database_url=sqlite(tmp_path_factory.mktemp("documented") / "shop.db")))


@api.parametrize()
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None)
def test_every_operation_answers_as_documented(case: Case[Any], app: FastAPI) -> None:
    """Schemathesis: statuses, media types, headers and bodies are as documented; never 5xx."""
    case.call_and_validate("http://shop", app=app, excluded_checks=[positive_data_acceptance])
