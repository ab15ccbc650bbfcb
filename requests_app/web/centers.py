"""Fusion centers: the profile of one on its agency's page, and all of them by the twelve recommendations."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_safe

from requests_app.kits.centers import RECOMMENDATIONS, TESTS
from requests_app.kits.registry import kit
from requests_app.models import Agency, FactField, Recommendation
from requests_app.models.visibility import PUBLIC
from requests_app.notices.cells import neutral
from requests_app.queries import centers as query
from requests_app.queries.agencies import AgencyPage
from requests_app.queries.places import jurisdictions, place_name

from .center_words import MEANINGS, SHORT, STATES, days, one_told, tests
from .event_specs import Words
from .figures import GROUPS, list_url, unknown_filters
from .paging import param, select
from .shell import Looking
from .templatetags.look import day_mid

MARKS: dict[str, Words] = {
    "real": gettext_lazy("Real centers"),
    "sample": gettext_lazy("Sample centers, invented"),
}
HEAD = (
    "center", "name", "jurisdiction", "recommendation", "recommendation_words", "value", "known", "page", "from",
    "until", "source", "address", "asked_requests", "asked_first", "kit_parts",
)  # fmt: skip


def profile(request: Looking, found: AgencyPage) -> dict[str, Any]:
    """What the page of a fusion center shows besides what that of any agency does: the same for everybody."""
    agency, counts = found.agency, found.kits
    if request.viewer.kind != "public":
        counts = query.by_kit(PUBLIC, query.together(agency), now=request.now)
    center = query.one(agency, counts)
    custodians = [row for row in agency.custodians.all() if row.part != "federal_mirror"]
    return {
        "facts": [_fact(center, FactField(topic), custodians) for topic in FactField.values],
        "cells": [_cell(cell) for cell in center.cells],
        "meanings": [{"words": STATES[key], "means": words} for key, words in MEANINGS.items()],
        "asked": [_asked(agency, row) for row in query.asked_kits(center, counts)],
        "claims_url": reverse("center-claims", args=[agency.slug]) if request.viewer.roles else "",
    }


def _fact(center: query.Center, topic: FactField, custodians: list[Any]) -> dict[str, Any]:
    told = [one_told(one) for one in center.told.get(topic.value, ())]
    known_above = ""
    if topic == FactField.CUSTODIANS and not told and custodians:
        known_above = "; ".join(row.name for row in custodians)
    asked = center.asked_of(topic.value)
    first = min((one.first_on for one in asked.values()), default=None)
    return {
        "words": topic.label,
        "told": told,
        "above": known_above,
        "asked": _("Asked since %(day)s; no answer recorded yet") % {"day": day_mid(first)} if first else "",
        "tests": tests(asked or TESTS[topic.value]),
    }


def _cell(cell: query.Cell) -> dict[str, Any]:
    n = max((one.requests for one in cell.asked.values()), default=0)
    return {
        "words": Recommendation(cell.topic).label,
        "short": SHORT[cell.topic],
        "topic": cell.topic,
        "state": cell.state,
        "state_words": STATES[cell.state],
        "told": [one_told(one) for one in cell.told],
        "differs": cell.differs,
        "asked": ngettext("asked in %(n)d public request, first on %(day)s",
                          "asked in %(n)d public requests, first on %(day)s", n)
        % {"n": n, "day": day_mid(cell.first_asked)} if cell.first_asked else "",
        "tests": tests(cell.asked or TESTS[cell.topic]),
    }  # fmt: skip


def _asked(agency: Agency, row: query.AskedKit) -> dict[str, Any]:
    where = [f"{n} {str(GROUPS[group]).lower()}" for group, n in row.counts.items() if n]
    return {
        "name": kit(row.kit).name if row.kit else _("Questions of their own"),
        "url": reverse("kit", args=[row.kit]) if row.kit else "",
        "labels": ", ".join(row.labels),
        "n": row.requests,
        "requests_url": list_url(agency=agency.slug),
        "where": "; ".join(where),
    }


@require_safe
def centers(request: Looking) -> HttpResponse:
    mark, jurisdiction = param(request, "mark") or "real", param(request, "jurisdiction")
    found = query.all_centers(sample=mark == "sample", jurisdiction=jurisdiction) if mark in MARKS else []
    rows = [_row(center) for center in found]
    context = {
        "rows": rows,
        "columns": [
            {"n": n, "short": SHORT[topic], "words": Recommendation(topic).label, "tests": tests(TESTS[topic])}
            for n, topic in enumerate(RECOMMENDATIONS, start=1)
        ],
        "meanings": [{"words": STATES[key], "means": words, "state": key} for key, words in MEANINGS.items()],
        "figures": query.national_figures(),
        "filters": [
            select(
                "jurisdiction", _("Jurisdiction"),
                [("", pgettext("filter", "Any")), *((c, one.name) for c, one in jurisdictions().items() if c != "us")],
                jurisdiction,
            ),
            select("mark", _("Real or sample"), [(key, str(words)) for key, words in MARKS.items()], mark),
        ],
        "filters_problems": unknown_filters(
            {_("Jurisdiction"): (jurisdiction, jurisdictions()), _("Real or sample"): (mark, MARKS)}
        ),
        "filters_clear_url": request.path if request.GET else "",
        "filters_links": [
            {"url": f"{reverse('centers-csv')}?{request.GET.urlencode()}", "words": _("Download as CSV")},
            {"url": reverse("brief"), "words": _("Brief for a city or county")},
        ],
        "has_sample": mark == "sample",
        "asof": request.now.date(),
    }  # fmt: skip
    return render(request, "centers.html", context)


def _row(center: query.Center) -> dict[str, Any]:
    cells = center.cells
    count = Counter(cell.state for cell in cells)
    open_ones = [f"{n} {str(STATES[state]).lower()}" for state in ("not_asked", "unknown") if (n := count[state])]
    return {
        "name": center.agency.name,
        "is_sample": center.agency.is_sample,
        "url": reverse("agency", args=[center.agency.slug]),
        "state": place_name(center.agency.jurisdiction),
        "quiet": ", ".join(open_ones),
        "cells": [
            {
                "state": cell.state,
                "words": STATES[cell.state],
                "short": SHORT[cell.topic],
                "page": cell.told[0].page if cell.told else "",
                "day": days(cell.told[0]) if cell.told else day_mid(cell.first_asked) if cell.first_asked else "",
                "differs": cell.differs,
            }
            for cell in cells
        ],
    }


@require_safe
def centers_csv(request: Looking) -> HttpResponse:
    """Every center by every recommendation, at the filters of the page."""
    mark, jurisdiction = param(request, "mark") or "real", param(request, "jurisdiction")
    found = query.all_centers(sample=mark == "sample", jurisdiction=jurisdiction) if mark in MARKS else []
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="fusion-centers-oversight.csv"'
    # The mark tells a spreadsheet that the bytes are UTF-8.
    response.write("\ufeff")
    out = csv.writer(response)
    out.writerow(HEAD)
    for center in found:
        out.writerows(_lines(center))
    return response


def _lines(center: query.Center) -> Iterator[list[str]]:
    agency = center.agency
    for cell in center.cells:
        told = cell.told[0] if cell.told else None
        line = [
            agency.slug, agency.name, agency.jurisdiction, cell.topic, Recommendation(cell.topic).label, cell.state,
            told.status if told else "", told.page if told else "", told.from_on if told else "",
            told.until_on if told else "", told.citation if told else "", told.address if told else "",
            max((one.requests for one in cell.asked.values()), default=0), cell.first_asked or "",
            "; ".join(f"{test.kit} {test.label}" for test in TESTS[cell.topic]),
        ]  # fmt: skip
        yield [neutral(one) for one in line]


urlpatterns = [
    path("centers/", centers, name="centers"),
    path("centers/oversight.csv", centers_csv, name="centers-csv"),
]
