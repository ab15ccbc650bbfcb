"""The search box of the header and its page, for the public and for members alike."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from requests_app.laws.registry import library
from requests_app.queries import search as query
from requests_app.queries.places import place_name

from .paging import param
from .requests import request_row
from .shell import Looking

SHORTEST = 2


@require_safe
def search(request: Looking) -> HttpResponse:
    said = " ".join(param(request, "q", 200).split())
    context: dict[str, Any] = {"search_q": said, "too_short": 0 < len(said) < SHORTEST}
    if len(said) >= SHORTEST:
        found = query.search(request.viewer, said, now=request.now)
        laws = laws_named(said)
        asked = urlencode({"q": said})
        rows = [request_row(row) for row in found.requests.rows]
        context |= {
            "rows": rows,
            "requests_total": found.requests.total,
            "requests_more": found.requests.more,
            "requests_url": f"{reverse('requests')}?{asked}",
            "agencies": [
                {
                    "name": agency.name,
                    "url": reverse("agency", args=[agency.slug]),
                    "place": place_name(agency.jurisdiction),
                    "is_sample": agency.is_sample,
                }
                for agency in found.agencies
            ],
            "agencies_total": found.agencies_total,
            "agencies_url": f"{reverse('agencies')}?{asked}",
            "people": found.people,
            "campaigns": found.campaigns,
            "laws": laws,
            "total": found.total + len(laws),
            "has_sample": any(row["is_sample"] for row in rows),
        }
    return render(request, "search.html", context)


def laws_named(said: str) -> list[dict[str, str]]:
    """Laws by place, name or short name."""
    words = said.casefold().split()
    out = []
    for code in library().codes:
        law = library().law(code).law
        text = f"{place_name(code)} {law.name} {law.short_name} {code}".casefold()
        if all(word in text for word in words):
            out.append({"url": reverse("law", args=[code]), "name": law.name, "place": place_name(code)})
    return sorted(out, key=lambda row: row["place"])


urlpatterns = [path("search/", search, name="search")]
