"""Who calls: a person by session, or a program by token; and how often.

`look` runs inside the transaction of the request, before any view, like the door for people (`web.doors`).
"""

from __future__ import annotations

import hashlib
import ipaddress
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from requests_app.models import Person
from requests_app.models.visibility import PUBLIC, Viewer, look_as, look_by_token, tell_database

BEARER = "bearer"
LONGEST_SECRET = 200
MINUTE = 60
READING = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Caller:
    """Kept on the request as `caller`. refused: a token came and opens nothing."""

    person_id: int = 0
    by_token: bool = False
    refused: bool = False


def look(request: HttpRequest) -> Viewer:
    """A token, where one is sent, decides alone: a session beside it adds nothing."""
    secret = _secret(request)
    if secret is not None:
        found = look_by_token(hashlib.sha256(secret.encode("utf-8", "replace")).digest())
        if found is None:
            request.caller = Caller(refused=True)  # type: ignore[attr-defined]
            return PUBLIC
        viewer, person_id = found
        request.caller = Caller(person_id, by_token=True)  # type: ignore[attr-defined]
        return viewer
    if request.user.is_authenticated:
        request.caller = Caller(request.user.pk)  # type: ignore[attr-defined]
        return look_as(request.user)
    request.caller = Caller()  # type: ignore[attr-defined]
    tell_database(PUBLIC)
    return PUBLIC


def _secret(request: HttpRequest) -> str | None:
    kind, _space, secret = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    if kind.lower() != BEARER:
        return None
    return str(secret.strip()[:LONGEST_SECRET])


class CallerAuthentication(BaseAuthentication):
    """Tells the framework what `look` found. A session that writes needs its CSRF token; a bearer token does not."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        caller: Caller = getattr(request._request, "caller", Caller())
        if caller.refused:
            # One sentence for a token that never was, ended, was revoked, or whose person left.
            raise exceptions.AuthenticationFailed("This token opens nothing. Make a new one under Settings.")
        if caller.by_token:
            return Person.objects.get(pk=caller.person_id), caller
        return SessionAuthentication().authenticate(request)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class CallerScheme(OpenApiAuthenticationExtension):
    target_class = "requests_app.api.callers.CallerAuthentication"
    name = ("token", "session")  # type: ignore[assignment]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        return [{one: []} for one in self.name]  # either, not both

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        return [
            {"type": "http", "scheme": "bearer", "description": "A token of one organization, made under Settings."},
            {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
        ]  # fmt: skip


class Throttle(BaseThrottle):
    """So many a minute by one token, one person, or one household on the net. What the cache forgets is not counted."""

    def allow_request(self, request: Request, view: Any) -> bool:
        who, kind = self._who(request)
        rates: dict[str, int] = settings.API_A_MINUTE
        kinds = [kind] if request.method in READING else [kind, "writing"]
        left: dict[str, int] = {}
        request.rates_left = left  # type: ignore[attr-defined]
        for name in kinds:
            left[name] = rates[name] - self._one_more(f"{name}:{who}")
            if left[name] < 0:
                return False
        return True

    def wait(self) -> float:
        return MINUTE - time.time() % MINUTE

    @staticmethod
    def _who(request: Request) -> tuple[str, str]:
        caller: Caller = getattr(request._request, "caller", Caller())
        viewer: Viewer = getattr(request._request, "viewer", PUBLIC)
        if viewer.kind in ("person", "token"):
            return viewer.key, "known"
        kind = "refused" if caller.refused else "anybody"
        return salted_hmac("api", _household(address_of(request._request))).hexdigest(), kind

    @staticmethod
    def _one_more(name: str) -> int:
        key = f"api:{int(time.time() // MINUTE)}:{name}"
        cache.add(key, 0, 2 * MINUTE)
        try:
            return int(cache.incr(key))
        except ValueError:  # forgotten between the two
            return 1


def tell_rates(request: Any, response: HttpResponse) -> None:
    """How many calls a minute there are, how many are left of them, and in how many seconds they are whole again."""
    left: dict[str, int] = getattr(request, "rates_left", {})
    if not left:
        return
    again = max(1, round(MINUTE - time.time() % MINUTE))
    rates: dict[str, int] = settings.API_A_MINUTE
    response["RateLimit-Policy"] = ", ".join(f'"{name}";q={rates[name]};w={MINUTE}' for name in left)
    response["RateLimit"] = ", ".join(f'"{name}";r={max(0, n)};t={again}' for name, n in left.items())


def address_of(request: HttpRequest) -> str:
    """The address nearest to us that our own proxies did not write; what others forged before it is not read."""
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    passed = [
        part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()
    ]
    if proxies and len(passed) >= proxies:
        return passed[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def _household(address: str) -> str:
    """Who has one IPv6 address has the 2^64 of its network: they count as one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)
