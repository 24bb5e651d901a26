"""A real reverse proxy with the habits of an AWS Application Load Balancer: ``python -m tests.proxy`` finds it."""

from tests.proxy.listener import DEFAULT_GROUP, ONE_GROUP, Listener, Rule, prefixes
from tests.proxy.program import ProxyError, ensure_haproxy
from tests.proxy.proxy import OWN_ADDRESS, Proxy

__all__ = [
    "DEFAULT_GROUP",
    "ONE_GROUP",
    "OWN_ADDRESS",
    "Listener",
    "Proxy",
    "ProxyError",
    "Rule",
    "ensure_haproxy",
    "prefixes",
]
