"""Find HAProxy, or fetch it: ``python -m tests.proxy``."""

import sys

from tests.proxy import ProxyError, ensure_haproxy
from tests.support.found import tell

sys.exit(tell(lambda: f"found {ensure_haproxy()}", ProxyError))
