"""/robots.txt and /sitemap.xml: what search engines may read, read as the public."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from requests_app.laws.registry import library
from requests_app.models.visibility import PUBLIC, Viewer, tell_database
from requests_app.queries import sitemap as query

from .shell import Looking

SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
FIXED = (
    "dashboard", "requests", "campaigns", "agencies", "laws", "calculator", "method", "open-data", "kits", "api-docs",
)  # fmt: skip
ROUTES = {"requests": "request", "campaigns": "campaign", "agencies": "agency"}
# What only people with an account have, what only asks again for what other addresses hold, and what is heavy.
CLOSED = (
    "/accounts/", "/operation/", "/settings/", "/feeds/", "/looks/", "/r/", "/digests/", "/imports/", "/archives/",
    "/mail/", "/healthz", "/metrics", "/search/", "/api/v1/requests/", "/*?*sort=", "/*?*page=",
)  # fmt: skip


def _public(request: HttpRequest) -> Viewer:
    tell_database(PUBLIC)
    return PUBLIC


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {address}" for address in CLOSED), "Allow: /", ""]
    lines.append(f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def index(request: Looking) -> HttpResponse:
    addresses = [reverse("sitemap-page", args=["pages", "first"])]
    for section in ROUTES:
        addresses += [reverse("sitemap-page", args=[section, first]) for first in query.firsts(section)]
    return _xml("sitemapindex", (f"<sitemap>{_loc(address)}</sitemap>" for address in addresses))


@require_safe
def page(request: Looking, section: str, first: str) -> HttpResponse:
    if section == "pages":
        fixed = [reverse(name) for name in FIXED] + [reverse("law", args=[code]) for code in library().codes]
        return _xml("urlset", (f"<url>{_loc(address)}</url>" for address in fixed))
    if section not in ROUTES:
        raise Http404
    return _xml("urlset", _urls(section, first))


def _urls(section: str, first: str) -> Iterator[str]:
    for key, changed in query.page(section, first):
        day = f"<lastmod>{changed.isoformat()}</lastmod>" if changed else ""
        yield f"<url>{_loc(reverse(ROUTES[section], args=[key]))}{day}</url>"


def _loc(address: str) -> str:
    return f"<loc>{escape(settings.BASE_URL + address)}</loc>"


def _xml(root: str, rows: Iterable[str]) -> HttpResponse:
    body = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{SPACE}">', *rows, f"</{root}>", ""])
    return HttpResponse(body, content_type="application/xml; charset=utf-8", headers={"Cache-Control": "no-cache"})


index.looks = _public  # type: ignore[attr-defined]
page.looks = _public  # type: ignore[attr-defined]
robots.without_viewer = True  # type: ignore[attr-defined]

urlpatterns = [
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", index, name="sitemap"),
    path("sitemap/<slug:section>/<slug:first>.xml", page, name="sitemap-page"),
]
