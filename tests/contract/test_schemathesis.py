"""The OpenAPI document keeps its word

25 requests an operation by default, besides those that schemathesis always tries. Many more on demand::

    pytest tests/contract/test_schemathesis.py --hypothesis-profile=thorough
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import schemathesis
from hypothesis import settings
from schemathesis import Case, CheckContext, Response
from schemathesis.specs.openapi.checks import positive_data_acceptance

from sample_app.app import create_app
from sample_app.settings import Settings
from tests.sample_app.support import sqlite

EXAMPLES: Final = settings().max_examples // 4
_FOLDER: Final = TemporaryDirectory(prefix="schemathesis-")
_SHOP: Final = create_app(Settings(database_url=sqlite(Path(_FOLDER.name) / "shop.db")))
_INVALID: Final = "tag:shop.example,2026:invalid-request"

# Of the document itself, not of the running app, so that nothing is started where tests are only listed.
api = schemathesis.openapi.from_dict(_SHOP.openapi())
api.app = _SHOP


RULES: Final = {
    "tag:shop.example,2026:invalid-cursor": "a cursor is made by the shop, and looks like any text to a client",
    "tag:shop.example,2026:unknown-product": "whether there is a product is not for its id to say",
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


@api.parametrize()
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None)
def test_every_operation_does_what_its_document_says(case: Case[Any]) -> None:
    """Schemathesis: statuses, media types, headers and bodies are as documented; never 5xx."""
    case.call_and_validate(excluded_checks=[positive_data_acceptance])
