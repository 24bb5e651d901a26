"""A Lambda function with `publish`: each change of it is a version, and its name is known only afterwards."""

from collections.abc import Mapping
from typing import Any, Final

TYPE: Final = "aws:lambda/function:Function"
_OF_A_VERSION: Final = ("version", "qualifiedArn", "qualifiedInvokeArn")


def known_after_update(known: Mapping[str, Any], inputs: Mapping[str, Any], *, preview: bool) -> dict[str, Any]:
    """The outputs of an updated function. Source: aws_lambda_function, which computes these three anew."""
    if not inputs.get("publish"):
        return dict(known)
    kept = {key: value for key, value in known.items() if key not in _OF_A_VERSION}
    if preview:
        return kept
    version, before = int(known["version"]) + 1, f":{known['version']}"
    after = {key: str(known[key]).replace(before, f":{version}") for key in _OF_A_VERSION[1:]}
    return {**kept, "version": str(version), **after}
