"""The command ``fastapi-on-aws``.

Importing this package loads neither Pulumi nor Rich, so that ``--help`` answers at once.
"""

from fastapi_on_aws.cli.run import main

__all__ = ["main"]
