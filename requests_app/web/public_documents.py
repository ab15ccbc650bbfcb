"""The newest documents that were published, across requests: narrowed, paged, and the same for whoever looks."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from requests_app.laws.registry import library
from requests_app.models import Agency
from requests_app.models.visibility import PUBLIC, tell_database
from requests_app.queries import public_documents as query
from requests_app.queries.places import place_name
from requests_app.queries.statistics import campaigns, is_published

from .citing import cited, dataset
from .paging import page_number, param, select, shown
from .shell import PUBLIC_ZONE, Looking


@require_safe
def newest_documents(request: Looking) -> HttpResponse:
    if request.viewer is not PUBLIC:
        tell_database(PUBLIC)
    known = campaigns()
    asked, problems = _asked(request, {one.public_id for one in known})
    found = query.Found((), 0, 1) if problems else query.find(asked, zone=PUBLIC_ZONE, page=page_number(request))
    rows = [_row(row) for row in found.rows]
    context = {
        "page": shown(rows, total=found.total, number=found.number, size=query.SIZE),
        "filters": _filters(asked, [(one.public_id, one.public_title) for one in known]),
        "filters_clear_url": request.path if request.GET else "",
        "filters_problems": problems,
        "has_sample": any(row["is_sample"] for row in rows),
        "cite": cited(
            request, kind="dashboard", key="all", title=_("Documents released by agencies"),
            about=_("Files that agencies gave out and organizations published, the newest first."),
            address=reverse("newest-documents"), schema=dataset(),
        ),
    }  # fmt: skip
    return render(request, "newest_documents.html", context, status=400 if problems else 200)


def _asked(request: Looking, known: set[str]) -> tuple[query.Asked, list[str]]:
    problems: list[str] = []
    agency, campaign, place = param(request, "agency", 120), param(request, "campaign"), param(request, "jurisdiction")
    if agency and not Agency.objects.filter(slug=agency).exists():
        said = _("Agency: “%(value)s” is not known. Take the name out of the agency’s address.")
        problems.append(said % {"value": agency})
    if campaign and campaign not in known and not is_published("public_id", campaign):
        problems.append(_("Campaign: “%(value)s” is none of the choices.") % {"value": campaign})
    if place and place not in library().codes:
        problems.append(_("State: “%(value)s” is none of the choices.") % {"value": place})
    days = {name: _day(request, name, problems) for name in ("from", "until")}
    if days["from"] and days["until"] and days["from"] > days["until"]:
        problems.append(_("Published until: it is before the first day. Choose the same day or a later one."))
    return query.Asked(agency, campaign, place, days["from"], days["until"]), problems


def _day(request: Looking, name: str, problems: list[str]) -> dt.date | None:
    said = param(request, name)
    try:
        on = dt.date.fromisoformat(said) if said else None
    except ValueError:
        on = dt.date.max
    if on is not None and not dt.date(1900, 1, 1) <= on <= dt.date(2999, 12, 31):
        label = _("Published from") if name == "from" else _("Published until")
        problems.append(
            _("%(label)s: “%(value)s” is no day. Write it as year, month and day: 2026-03-31.")
            % {"label": label, "value": said}
        )
        return None
    return on


def _filters(asked: query.Asked, titles: list[tuple[str, str]]) -> list[dict[str, Any]]:
    places = [(code, place_name(code)) for code in library().codes]
    form = [
        {"name": "agency", "label": _("Agency, as in its address"), "kind": "search", "value": asked.agency},
        select("campaign", _("Campaign"), [("", _("All campaigns")), *titles], asked.campaign),
        select("jurisdiction", _("State"), [("", pgettext("filter", "Any")), *places], asked.jurisdiction),
    ]
    for name, label, day in (
        ("from", _("Published from"), asked.from_on), ("until", _("Published until"), asked.until_on)
    ):  # fmt: skip
        form.append({"name": name, "label": label, "kind": "date", "value": day.isoformat() if day else ""})
    return form


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": row["title"],
        "file_url": reverse("document-file", args=[row["public_id"]]),
        "size": row["size"],
        "on": row["released_at"].astimezone(ZoneInfo(PUBLIC_ZONE)).date(),
        "about": row["request__public_title"],
        "url": reverse("request-documents", args=[row["request__public_id"]]),
        "agency": row["request__agency__name"],
        "agency_url": reverse("agency", args=[row["request__agency__slug"]]),
        "state": place_name(row["request__agency__jurisdiction"]),
        "is_sample": row["request__is_sample"] and not row["request__is_imported"],
    }


urlpatterns = [path("documents/", newest_documents, name="newest-documents")]
