"""Public pages, kept for a short while and answered again without being made again.

A kept page was made for nobody in particular: whoever brings a session or a token is never answered from here, and
nothing made for them is ever kept. Each answer asks the database first for the publication generation, which is
raised in the transaction of every act that takes something back: what was kept under another number is not served.
What ends by time alone (a share until a day) bounds how long a page is kept. What is added shows within
`FOIA_PUBLIC_PAGES_SECONDS`, and at once where it is published.
"""

from __future__ import annotations

import hashlib
import math
import re
import time
from collections.abc import Callable
from typing import NamedTuple

import brotli
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from requests_app.models.publication import Standing, public_number, public_standing

from .shell import REPORTED, THEME_COOKIE, THEMES

KEPT = REPORTED | {"corrections", "law-print", "revision", "revisions"}
LARGEST = 2_000_000  # bytes of one page
LONGEST = 600  # characters of an address
# Of Brotli's eleven: what follows it costs more time than it saves of a page that lives a minute.
QUALITY = 5
WANTS_BROTLI = re.compile(r"(?:^|[,\s])br\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))")
# Said anew by each answer, or by the middleware around this one.
OF_ONE_ANSWER = {"content-length", "content-encoding", "set-cookie", "date"}


# Never kept: not even asked about.
ELSEWHERE = (f"/{settings.STATIC_URL.strip('/')}/", "/api/", "/healthz", "/metrics")


class Page(NamedTuple):
    """As it was answered, with what the middleware says of it. Packed alone: nearly everybody unpacks it themselves."""

    headers: list[tuple[str, str]]
    packed: bytes


class KeptPages:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.PUBLIC_PAGES_SECONDS or not _asked_by_anybody(request):
            return self.get_response(request)
        page = cache.get(_key(request, public_number()))
        if page is None:
            begun = time.monotonic()
            standing = public_standing()
            response = self.get_response(request)
            if not _may_be_kept(request, response):
                return response
            page = _page(response)
            if (seconds := _seconds(standing, time.monotonic() - begun)) > 0:
                cache.set(_key(request, standing.number), page, seconds)
        return _answer(request, page)


def _asked_by_anybody(request: HttpRequest) -> bool:
    brought = request.COOKIES
    return (
        request.method in ("GET", "HEAD")
        and not request.path_info.startswith(ELSEWHERE)
        and settings.SESSION_COOKIE_NAME not in brought
        and "messages" not in brought
        and "Authorization" not in request.headers
        and len(request.path) + len(request.META.get("QUERY_STRING", "")) <= LONGEST
    )


def _key(request: HttpRequest, number: int) -> str:
    theme = request.COOKIES.get(THEME_COOKIE, "")
    said = "\n".join(
        [
            str(number), str(request.scheme), request.get_host(), request.get_full_path(),
            theme if theme in THEMES else "", get_language() or "",
        ]
    )  # fmt: skip
    return f"page:{hashlib.sha256(said.encode()).hexdigest()}"


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    match = request.resolver_match
    return (
        response.status_code == 200
        and match is not None
        and match.url_name in KEPT
        and not response.streaming
        and not response.cookies
        # A page with a form carries a secret of the one who asked.
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and not response.has_header("Content-Encoding")
        and len(response.content) <= LARGEST
    )


def _seconds(standing: Standing, gone: float) -> int:
    """Whole seconds until the first public share ends by itself, at most. gone: seconds since that was asked."""
    longest: int = settings.PUBLIC_PAGES_SECONDS
    return longest if standing.ends_in is None else min(longest, math.floor(standing.ends_in - gone))


def _page(response: HttpResponse) -> Page:
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    # Weak: the same page, packed or not.
    response["ETag"] = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    headers = [(name, value) for name, value in response.items() if name.lower() not in OF_ONE_ANSWER]
    return Page(headers, brotli.compress(response.content, quality=QUALITY))


def _answer(request: HttpRequest, page: Page) -> HttpResponse:
    packed = WANTS_BROTLI.search(request.headers.get("Accept-Encoding", "")) is not None
    response = HttpResponse(page.packed if packed else brotli.decompress(page.packed), headers=dict(page.headers))
    if packed:
        response["Content-Encoding"] = "br"
    response["Content-Length"] = str(len(response.content))
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
