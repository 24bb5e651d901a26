"""What an app does that a runtime may not be able to: found by importing it, in a process of its own. Public."""

from fastapi_on_aws.inspection.app import Inspection, Route, inspect_app

__all__ = ["Inspection", "Route", "inspect_app"]
