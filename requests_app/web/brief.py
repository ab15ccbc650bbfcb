"""The municipal brief: one printable page for a council, of what is publicly known and what to ask."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from requests_app.models import Recommendation
from requests_app.queries import briefs as query
from requests_app.queries.places import jurisdictions, place_name

from .center_words import QUESTIONS, STATES, one_told
from .event_specs import Words
from .figures import GROUPS, list_url
from .paging import param, select
from .shell import Looking

KNOWN: dict[str, Words] = {
    query.Known.STATE: gettext_lazy("its listing says that it covers the whole state"),
    query.Known.NAMED: gettext_lazy("its listing names this place or its county"),
    query.Known.UNSAID: gettext_lazy("its listing names another area; whether it covers this place is not known here"),
}
SHOWN = 12
"""Agencies by name; the rest is counted."""
LONGEST = 120


@require_safe
def brief(request: Looking) -> HttpResponse:
    asked = {name: " ".join(param(request, name, LONGEST).split()) for name in ("jurisdiction", "city", "county")}
    if not any(asked.values()):
        return render(request, "brief_choose.html", _chooser(asked, ""))
    problem = _problem(asked)
    found = None if problem else query.brief(**asked, now=request.now)
    if found is None:
        problem = problem or _("No agency of this place is in the list. Check how the city or county is written.")
        return render(request, "brief_choose.html", _chooser(asked, problem), status=400)
    return render(request, "brief.html", _brief(request, asked, found))


def _problem(asked: dict[str, str]) -> str:
    if asked["jurisdiction"] not in jurisdictions() or asked["jurisdiction"] == "us":
        return _("Choose the state.")
    if bool(asked["city"]) == bool(asked["county"]):
        return _("Name a city, or a county: one of the two.")
    return ""


def _chooser(asked: dict[str, str], problem: str) -> dict[str, Any]:
    states = [("", "–"), *((code, one.name) for code, one in jurisdictions().items() if code != "us")]
    return {
        "filters": [
            select("jurisdiction", _("State"), states, asked["jurisdiction"]),
            {"name": "city", "label": _("City"), "kind": "search", "value": asked["city"]},
            {"name": "county", "label": _("or county"), "kind": "search", "value": asked["county"]},
        ],
        "problem": problem,
        "form_failed": bool(problem),
    }


def _brief(request: Looking, asked: dict[str, str], found: query.Brief) -> dict[str, Any]:
    name = asked["city"] or _("%(name)s County") % {"name": query.plain(asked["county"]).title()}
    police = [_police(one) for one in found.police]
    with_requests = [one for one in police if one["n"]]
    return {
        "place": f"{name}, {place_name(asked['jurisdiction'])}",
        "asof": request.now.date(),
        "near": [_near(one) for one in found.near],
        "police": with_requests[:SHOWN],
        "unasked": [one["name"] for one in police if not one["n"]][:SHOWN],
        "unasked_more": max(0, len(police) - len(with_requests) - SHOWN),
        "n_police": len(police),
        "passes_on": [{"center": center.agency.name, "told": one_told(one)} for center, one in found.passes_on],
        "open": [
            {
                "words": Recommendation(row.topic).label,
                "question": QUESTIONS[row.topic],
                "where": [
                    {"center": center.agency.abbreviation or center.agency.name, "state": STATES[cell.state]}
                    for center, cell in row.cells
                ],
            }
            for row in found.open
        ],
        "n_open": len(found.open),
        "sources": [
            one | {"url": request.build_absolute_uri(one["url"]) if one["url"] else ""} for one in _sources(found)
        ],
        "address": request.build_absolute_uri(f"{reverse('brief')}?{urlencode({k: v for k, v in asked.items() if v})}"),
    }


def _police(one: query.Police) -> dict[str, Any]:
    return {
        "name": one.agency.name,
        "url": reverse("agency", args=[one.agency.slug]),
        "n": one.requests,
        "requests_url": list_url(agency=one.agency.slug),
        "where": "; ".join(f"{n} {str(GROUPS[group]).lower()}" for group, n in one.counts.items() if n),
    }


def _near(one: query.Near) -> dict[str, Any]:
    agency = one.center.agency
    return {
        "name": agency.name,
        "url": reverse("agency", args=[agency.slug]),
        "area": agency.area,
        "known": KNOWN[one.known],
        "covers": one.known != query.Known.UNSAID,
        "confidence": agency.get_confidence_display().lower(),
    }


def _sources(found: query.Brief) -> list[dict[str, str]]:
    """Each once, in the order in which the page leans on them."""
    listed = [
        {"words": _("Listing of %(name)s") % {"name": center.agency.name}, "url": str(center.agency.sources[0])}
        for center in found.covering
        if center.agency.sources
    ]
    told = [one_told(one)["source"] for center in found.covering for rows in center.told.values() for one in rows]
    seen: dict[tuple[str, str], dict[str, str]] = {}
    for one in [*listed, *told]:
        if one["words"]:
            seen.setdefault((one["words"], one["url"]), one)
    return list(seen.values())


urlpatterns = [path("brief/", brief, name="brief")]
