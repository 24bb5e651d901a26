"""A real reverse proxy with the habits of an AWS Application Load Balancer: ``python -m tests.proxy`` finds it."""

from tests.proxy.program import ProxyError, ensure_haproxy
from tests.proxy.proxy import DEFAULT_GROUP, OWN_ADDRESS, Proxy

__all__ = ["DEFAULT_GROUP", "OWN_ADDRESS", "Proxy", "ProxyError", "ensure_haproxy"]
