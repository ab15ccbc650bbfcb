"""What was done in an organization that decides who sees what, and every removal. For its owners."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests_app.queries import audit as queries

from .audit_words import act_name, actor_words, sentence
from .organisations import owned
from .paging import page_number, param, select, shown
from .shell import Looking, reader_zone


@require_safe
@login_required
def audit(request: Looking, pid: str) -> HttpResponse:
    found = owned(request, pid)
    zone = reader_zone(request)
    people = queries.known_actors(found)
    acts = queries.known_acts(request.viewer, found)
    who, act = param(request, "who", 20), param(request, "act", 60)
    who = who if who in {str(key) for key, _name in people} else ""
    act = act if act in acts else ""
    since, until = _day(param(request, "from", 10)), _day(param(request, "to", 10))
    rows = queries.entries(
        request.viewer,
        found,
        actor=int(who) if who else None,
        act=act,
        since=_start(since, zone),
        until=_start(until + dt.timedelta(days=1), zone) if until else None,
    )
    total, number = rows.count(), page_number(request)
    start = (number - 1) * queries.PAGE
    part = list(rows[start : start + queries.PAGE])
    names = queries.names(request.viewer, part)
    lines = [
        {
            "at": row.at.astimezone(zone),
            "on": row.at.astimezone(zone).date(),
            "who": actor_words(row),
            "words": sentence(row, names),
        }
        for row in part
    ]
    context = {
        "organisation": found,
        "page": shown(lines, total=total, number=number, size=queries.PAGE),
        "filters": [
            select("who", _("Person"), [("", _("everybody")), *((str(k), n) for k, n in people)], who),
            select("act", _("Act"), [("", _("every act")), *((one, act_name(one)) for one in acts)], act),
            {"name": "from", "label": _("From"), "value": since.isoformat() if since else "", "kind": "date"},
            {"name": "to", "label": _("To"), "value": until.isoformat() if until else "", "kind": "date"},
        ],
        "filtered": bool(who or act or since or until),
    }
    return render(request, "organisation_audit.html", context)


def _day(given: str) -> dt.date | None:
    try:
        on = dt.date.fromisoformat(given)
    except ValueError:
        return None
    return on if 1990 <= on.year <= 2100 else None


def _start(on: dt.date | None, zone: ZoneInfo) -> dt.datetime | None:
    return dt.datetime.combine(on, dt.time(), tzinfo=zone) if on else None
