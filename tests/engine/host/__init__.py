"""A Pulumi language host for Python, for a CLI that was built from source."""
