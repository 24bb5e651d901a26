"""``python -m fastapi_on_aws.cli``."""

import sys

from fastapi_on_aws.cli import main

if __name__ == "__main__":
    sys.exit(main())
