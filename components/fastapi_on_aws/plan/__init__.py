"""What is computed from a recorded graph: the tree for people, the document for machines.

Pure functions of a ``Graph``; nothing here records, reads config or prints.
"""

from fastapi_on_aws.plan.counts import Counts, count
from fastapi_on_aws.plan.document import SCHEMA_VERSION, document, schema
from fastapi_on_aws.plan.notes import Note, notes
from fastapi_on_aws.plan.table import table
from fastapi_on_aws.plan.tree import Node, forest

__all__ = [
    "SCHEMA_VERSION",
    "Counts",
    "Node",
    "Note",
    "count",
    "document",
    "forest",
    "notes",
    "schema",
    "table",
]
