"""Protobuf's own messages. They have no types in them, and only some environments have stubs: one place to say so."""

from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped,unused-ignore]  # see above
from google.protobuf.struct_pb2 import (  # type: ignore[import-untyped,unused-ignore]  # see above
    NULL_VALUE,
    ListValue,
    Struct,
    Value,
)

__all__ = ["NULL_VALUE", "Empty", "ListValue", "Struct", "Value"]
