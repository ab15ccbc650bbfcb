"""Where a request comes from, as far as our own proxies saw it."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def seen_address(request: HttpRequest) -> str:
    """The address nearest to us that our own proxies did not write. What stands before it is the sender's word."""
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    passed = [
        part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()
    ]
    if proxies and len(passed) >= proxies:
        return passed[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def from_this_machine(request: HttpRequest) -> bool:
    """Only where no proxy speaks for others."""
    if settings.TRUSTED_PROXIES or "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def household(address: str) -> str:
    """Who has one IPv6 address has the 2^64 of its network: they count as one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)
