"""The calendar: due days of one organization by month or by two weeks; the same as a list beneath, and on phones."""

from __future__ import annotations

import calendar as months
import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from requests_app.models import Campaign
from requests_app.queries.calendar import MOST, marks
from requests_app.queries.today import Mark

from .current import current_organisation
from .figures import unknown_filters
from .paging import param, select
from .shell import Looking, reader_day
from .words import OWNERS

MONTH, WEEKS = "month", "weeks"
ROOM = {MONTH: 3, WEEKS: 12}
FARTHEST = 40
"""Years: further off nothing is due, and an address may not ask for the year 9999."""


@login_required
@require_safe
def calendar(request: Looking) -> HttpResponse:
    organisation_id = current_organisation(request)
    if organisation_id is None:
        raise Http404
    today = reader_day(request)
    view = WEEKS if param(request, "view") == WEEKS else MONTH
    start = _start(param(request, "from"), today)
    first, last, weeks = _weeks(view, start)
    owner, campaign, who = param(request, "owner"), param(request, "campaign", 12), param(request, "who")
    owner = owner if owner in OWNERS else ""
    found = marks(
        request.viewer,
        organisation_id,
        now=request.now,
        first=first,
        last=last,
        owner=owner,
        campaign=campaign,
        person_id=request.user.pk if who == "mine" else None,
    )
    cut = len(found) > MOST
    found = found[:MOST]
    by_day = _by_day(found, first, last)
    context = {
        "view": view,
        "title": _title(view, start, first, last),
        "weeks": [
            [
                {
                    "on": day,
                    "now": day == today,
                    "other": view == MONTH and day.month != start.month,
                    "weekend": day.weekday() > 4,
                    "entries": by_day.get(day, [])[: ROOM[view]],
                    "more": len(by_day.get(day, [])) - ROOM[view],
                }
                for day in week
            ]
            for week in weeks
        ],
        "weekdays": [(date_format(day, "D"), date_format(day, "l")) for day in weeks[0]],
        "rows": [_row(mark) for mark in found],
        "count": _count(found, first, last),
        "cut": cut,
        "previous_url": _url(request, _step(view, start, -1)),
        "next_url": _url(request, _step(view, start, 1)),
        "today_url": _url(request, None),
        "month_url": _url(request, start, view=""),
        "weeks_url": _url(request, today if _holds(start, today, view) else start, view=WEEKS),
        "filters": _filters(request, organisation_id, owner, campaign, who),
        "filters_problems": unknown_filters({_("Whose date"): (param(request, "owner"), OWNERS)}),
        "filters_clear_url": _url(request, start, owner="", campaign="", who="")
        if owner or campaign or who
        else "",
        "hidden": [
            {"name": name, "value": value}
            for name, value in (("view", view if view == WEEKS else ""), ("from", param(request, "from")))
            if value
        ],
        "has_sample": any(mark.is_sample for mark in found),
        "feed_query": f"?{urlencode({'campaign': campaign})}" if campaign else "?who=mine" if who else "",
        "keys": True,
    }
    return render(request, "calendar.html", context)


def _start(asked: str, today: dt.date) -> dt.date:
    try:
        day = dt.date.fromisoformat(asked if len(asked) != 7 else f"{asked}-01")
    except ValueError:
        return today
    return day if abs(day.year - today.year) <= FARTHEST else today


def _weeks(view: str, start: dt.date) -> tuple[dt.date, dt.date, list[list[dt.date]]]:
    """Whole weeks, Sunday first, as calendars on American walls have them; two weeks begin on Monday."""
    if view == WEEKS:
        first = start - dt.timedelta(days=start.weekday())
        days = [first + dt.timedelta(days=n) for n in range(14)]
        return first, days[-1], [days[:7], days[7:]]
    weeks = months.Calendar(firstweekday=6).monthdatescalendar(start.year, start.month)
    return weeks[0][0], weeks[-1][-1], weeks


def _step(view: str, start: dt.date, way: int) -> dt.date:
    if view == WEEKS:
        return start - dt.timedelta(days=start.weekday()) + dt.timedelta(days=14 * way)
    month = start.month - 1 + way
    return dt.date(start.year + month // 12, month % 12 + 1, 1)


def _holds(start: dt.date, today: dt.date, view: str) -> bool:
    return view == MONTH and (start.year, start.month) == (today.year, today.month)


def _url(request: Looking, start: dt.date | None, **changes: str) -> str:
    given = {name: param(request, name) for name in ("view", "owner", "campaign", "who")} | changes
    given["from"] = start.isoformat() if start else ""
    said = urlencode({name: value for name, value in given.items() if value})
    return f"{reverse('calendar')}?{said}" if said else reverse("calendar")


def _title(view: str, start: dt.date, first: dt.date, last: dt.date) -> str:
    if view == MONTH:
        return date_format(start, pgettext("date format, month", "F Y"))
    return _("%(first)s to %(last)s") % {
        "first": date_format(first, pgettext("date format, month and day", "F j")),
        "last": date_format(last, pgettext("date format, long without weekday", "F j, Y")),
    }


def _row(mark: Mark) -> dict[str, Any]:
    return {
        "on": mark.on,
        "until": mark.until,
        "name": mark.name,
        "agency": mark.agency,
        "title": mark.title,
        "url": reverse("request", args=[mark.pid]),
        "ours": mark.owner == "requester",
        "late": mark.late,
        "owner": mark.owner,
        "owner_words": OWNERS.get(mark.owner, mark.owner),
        "is_sample": mark.is_sample,
        "other": False,
    }


def _by_day(found: list[Mark], first: dt.date, last: dt.date) -> dict[dt.date, list[dict[str, Any]]]:
    """A day's entries; a date in doubt stands on both its days, the one that binds first."""
    out: dict[dt.date, list[dict[str, Any]]] = {}
    for mark in found:
        row = _row(mark)
        if first <= mark.on <= last:
            out.setdefault(mark.on, []).append(row)
        if mark.until is not None and first <= mark.until <= last:
            out.setdefault(mark.until, []).append({**row, "other": True, "on": mark.until, "until": mark.on})
    return out


def _count(found: list[Mark], first: dt.date, last: dt.date) -> str:
    if not found:
        return ""
    ours = sum(mark.owner == "requester" for mark in found)
    said = ngettext("%(n)d date", "%(n)d dates", len(found)) % {"n": len(found)}
    return _("%(said)s, %(ours)d of them ours.") % {"said": said, "ours": ours}


def _filters(
    request: Looking, organisation_id: int, owner: str, campaign: str, who: str
) -> list[dict[str, Any]]:
    campaigns = Campaign.objects.visible_to(request.viewer).filter(organisation_id=organisation_id)
    titles = [(c.public_id, c.public_title) for c in campaigns.order_by("public_title")[:200]]
    owners = [(name, str(words)) for name, words in OWNERS.items() if name != "nobody"]
    return [
        select("owner", _("Whose date"), [("", _("Everybody’s dates")), *owners], owner),
        select("campaign", _("Campaign"), [("", pgettext("filter", "Any")), *titles], campaign),
        select("who", _("Assigned to"), [("", _("Anybody")), ("mine", _("Me"))], who),
    ]


urlpatterns = [path("calendar/", calendar, name="calendar")]
