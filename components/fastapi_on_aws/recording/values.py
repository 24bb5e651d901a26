"""Between Pulumi's wire values (protobuf structs with signatures) and plain Python values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from pulumi.runtime import rpc

from .graph import UNKNOWN, Secret, Unknown
from .protobuf import NULL_VALUE, ListValue, Struct, Value

SIGNATURE: Final = rpc._special_sig_key
SECRET: Final = rpc._special_secret_sig
RESOURCE: Final = rpc._special_resource_sig
OUTPUT: Final = rpc._special_output_value_sig
UNKNOWN_TEXT: Final = rpc.UNKNOWN


def signature(value: Value) -> str | None:
    """What a struct stands for (a secret, an asset, ...); None for any other value."""
    if value.WhichOneof("kind") != "struct_value":
        return None
    fields = value.struct_value.fields
    return fields[SIGNATURE].string_value if SIGNATURE in fields else None


def decode_struct(struct: Struct) -> dict[str, Any]:
    """The properties of a request as plain values."""
    return {key: decode(value) for key, value in sorted(struct.fields.items())}


def decode(value: Value) -> Any:
    """One wire value as a plain one: ``Secret``, ``UNKNOWN``, whole numbers as ``int``.

    A reference to a resource becomes its id (the URN where it has none), an asset or archive the dict of its
    ``path``, ``text``, ``uri`` or ``assets``.
    """
    match value.WhichOneof("kind"):
        case "string_value":
            text = value.string_value
            return UNKNOWN if text == UNKNOWN_TEXT else text
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "struct_value":
            return _decode_fields(value.struct_value.fields)
        case "list_value":
            return [decode(item) for item in value.list_value.values]
    return None


def _decode_fields(fields: Mapping[str, Value]) -> Any:
    kind = fields[SIGNATURE].string_value if SIGNATURE in fields else None
    if kind is None:
        return {key: decode(item) for key, item in sorted(fields.items())}
    if kind == SECRET:
        return Secret(decode(fields["value"]))
    if kind == OUTPUT:
        inner = decode(fields["value"]) if "value" in fields else UNKNOWN
        return Secret(inner) if "secret" in fields and fields["secret"].bool_value else inner
    if kind == RESOURCE:
        if "id" not in fields:
            return fields["urn"].string_value
        found = decode(fields["id"])
        return UNKNOWN if found == "" else found
    return {key: decode(item) for key, item in sorted(fields.items()) if key != SIGNATURE}


def encode_struct(values: Mapping[str, Any]) -> Struct:
    """The reverse of ``decode_struct``, for answers and invented outputs."""
    return Struct(fields={key: encode(value) for key, value in values.items()})


def encode(value: Any) -> Value:
    """One plain value as a wire value. Raises ``TypeError`` for what has no wire form."""
    for kinds, wire in _WIRE:
        if isinstance(value, kinds):
            return wire(value)
    raise TypeError(f"{type(value).__name__} is not a value that a cloud can give: {value!r}")


_WIRE: Final[tuple[tuple[Any, Callable[[Any], Value]], ...]] = (
    (str, lambda value: Value(string_value=value)),
    (bool, lambda value: Value(bool_value=value)),  # Before int, which bool is, too.
    (int | float, lambda value: Value(number_value=value)),
    (Mapping, lambda value: Value(struct_value=encode_struct(value))),
    (Sequence, lambda value: Value(list_value=ListValue(values=[encode(item) for item in value]))),
    (Secret, lambda value: as_secret(encode(value.value))),
    (Unknown, lambda _: Value(string_value=UNKNOWN_TEXT)),
    (type(None), lambda _: Value(null_value=NULL_VALUE)),
)


def as_secret(value: Value) -> Value:
    """Mark a wire value secret, once."""
    if signature(value) == SECRET:
        return value
    fields = {SIGNATURE: Value(string_value=SECRET), "value": value}
    return Value(struct_value=Struct(fields=fields))


def as_output(value: Value, dependencies: Iterable[str] = ()) -> Value:
    """Wrap unknown, secret or dependent values the way the engine hands them to transforms."""
    kind = signature(value)
    secret = kind == SECRET
    inner = value.struct_value.fields["value"] if secret else value
    unknown = inner.string_value == UNKNOWN_TEXT
    urns = list(dependencies)
    if not (secret or unknown or urns) or kind == OUTPUT:
        return _outputs_within(value) if kind is None else value
    fields = {SIGNATURE: Value(string_value=OUTPUT), "secret": Value(bool_value=secret)}
    if not unknown:
        fields["value"] = _outputs_within(inner)
    if urns:
        fields["dependencies"] = encode(urns)
    return Value(struct_value=Struct(fields=fields))


def _outputs_within(value: Value) -> Value:
    match value.WhichOneof("kind"):
        case "struct_value" if signature(value) is None:
            fields = {key: as_output(item) for key, item in value.struct_value.fields.items()}
            return Value(struct_value=Struct(fields=fields))
        case "list_value":
            items = [as_output(item) for item in value.list_value.values]
            return Value(list_value=ListValue(values=items))
    return value


def has_unknown(value: Any) -> bool:
    """Whether a plain value is, or contains, ``UNKNOWN``."""
    if value is UNKNOWN:
        return True
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    return isinstance(value, list | tuple) and any(has_unknown(item) for item in value)
