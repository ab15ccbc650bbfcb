"""The register of all withholdings: filtered, counted by section, and as a table to take away."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from requests_app.laws.registry import library
from requests_app.models import Campaign
from requests_app.models.agencies import AgencyKind
from requests_app.models.withholdings import GroundType, OurView
from requests_app.notices.cells import neutral
from requests_app.queries import withholdings as query
from requests_app.queries.places import place_name

from .current import current_organisation
from .paging import page_number, param, select, shown, with_params
from .requests import invented
from .shell import Looking
from .withholdings import line_of
from .words import outcome_words

COLUMNS = (
    "request", "agency", "jurisdiction", "kind of agency", "campaign", "part", "decision", "decided on", "section",
    "citation", "kind of ground", "pages in full", "pages in part", "which pages", "reason given", "our view",
    "challenged", "released", "notes", "sample",
)  # fmt: skip
MOST_ROWS = 20_000


def filters_of(request: Looking) -> query.Filters:
    names = {
        "q": 120, "section": 200, "ground": 16, "jurisdiction": 12, "kind": 32, "campaign": 12, "part": 12, "view": 8,
        "challenged": 3, "released": 3,
    }  # fmt: skip
    return query.Filters(**{name: param(request, name, most) for name, most in names.items()})


def member(request: Looking) -> int:
    """The organization this person works in; who belongs to none finds nothing here."""
    organisation = current_organisation(request)
    if organisation is None:
        raise Http404
    return organisation


@login_required
@require_safe
def withholdings(request: Looking) -> HttpResponse:
    organisation, filters = member(request), filters_of(request)
    page = query.list_withholdings(request.viewer, organisation, filters=filters, page=page_number(request))
    rows = [_row(row) for row in page.rows]
    context = {
        "page": shown(rows, total=page.total, number=page.number, size=page.size),
        "pages_withheld": page.pages_withheld,
        "sections": [
            {
                "section": count.section or _("None cited"),
                "n": count.n,
                "pages": count.pages,
                "url": with_params(
                    request, section=count.section, ground="" if count.section else str(GroundType.NONE)
                ),
            }
            for count in page.sections
        ],
        "filters": _filters(request, filters),
        "filters_clear_url": request.path if filters.any else "",
        "filters_note": _("Only section %(section)s.") % {"section": filters.section} if filters.section else "",
        "hidden": [{"name": "section", "value": filters.section}] if filters.section else [],
        "csv_url": f"{reverse('withholdings-csv')}?{request.GET.urlencode()}".rstrip("?"),
        "has_sample": any(row["is_sample"] for row in rows),
        "noindex": True,
    }
    return render(request, "withholdings.html", context)


def _row(row: Any) -> dict[str, Any]:
    found = row.request
    return line_of(row) | {
        "url": reverse("request-withholdings", args=[found.public_id]),
        "agency": found.agency.name,
        "title": found.public_title,
        "is_sample": invented(found),
        "decided_on": row.event.sent_on or row.event.dated_on or row.event.received_on,
    }


def _filters(request: Looking, filters: query.Filters) -> list[dict[str, Any]]:
    any_one = pgettext("filter", "Any")
    campaigns = Campaign.objects.of_organisation(request.viewer).order_by("public_title")[:200]
    yes_no = [("", any_one), ("yes", _("Yes")), ("no", _("No"))]
    return [
        {"name": "q", "label": _("Section or words of the letter"), "kind": "search", "value": filters.q},
        select("ground", _("Kind of ground"), [("", any_one), *_words(GroundType)], filters.ground),
        select(
            "jurisdiction", _("Jurisdiction"), [("", any_one), *((c, place_name(c)) for c in library().codes)],
            filters.jurisdiction,
        ),
        select("kind", _("Kind of agency"), [("", any_one), *_words(AgencyKind)], filters.kind),
        select(
            "campaign", _("Campaign"), [("", any_one), *((c.public_id, c.public_title) for c in campaigns)],
            filters.campaign,
        ),
        {"name": "part", "label": _("Part"), "kind": "text", "value": filters.part},
        select("view", _("Our view"), [("", any_one), *_words(OurView)], filters.view),
        select("challenged", _("Challenged"), yes_no, filters.challenged),
        select("released", _("Released after all"), yes_no, filters.released),
    ]  # fmt: skip


def _words(choices: Any) -> list[tuple[str, str]]:
    return [(value, str(words)) for value, words in choices.choices]


@login_required
@require_safe
def withholdings_csv(request: Looking) -> HttpResponse:
    """The rows at the filters, newest first; what a spreadsheet would run is made harmless."""
    rows = query.with_all(query.standing(request.viewer, member(request), filters_of(request))).order_by("-pk")
    file = io.StringIO()
    write = csv.writer(file)
    write.writerow(COLUMNS)
    for row in rows[:MOST_ROWS]:
        write.writerow([neutral(cell) for cell in _cells(row)])
    response = HttpResponse("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="withholdings.csv"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _cells(row: Any) -> list[object]:
    found, line = row.request, line_of(row)
    on = row.event.sent_on or row.event.dated_on or row.event.received_on
    return [
        found.public_id, found.agency.name, found.agency.jurisdiction, found.agency.kind,
        found.campaign.public_title if found.campaign else "", row.part, outcome_words(row.event.outcome),
        on.isoformat() if on else "", row.section, row.citation, line["ground"], row.pages_full, row.pages_part,
        row.ranges, row.reason, line["view"], line["challenged"], line["released"], line["notes"],
        "yes" if invented(found) else "",
    ]  # fmt: skip


urlpatterns: list[URLPattern] = [
    path("withholdings/", withholdings, name="withholdings"),
    path("withholdings/withholdings.csv", withholdings_csv, name="withholdings-csv"),
]
