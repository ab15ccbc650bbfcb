"""What was done in an organization that decides who sees what, and every removal. For its owners."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import audit_seals
from requests_app.actions.refusals import Refused
from requests_app.models import AuditEntry, Organisation
from requests_app.notices.cells import neutral
from requests_app.queries import audit as queries

from .audit_words import act_name, actor_words, kind_name, sentence
from .organisations import add_refusal, owned
from .paging import page_number, param, select, shown
from .reauthentication import fresh_sign_in
from .shell import Looking, reader_zone

MOST_ROWS = 20_000


class KeepingForm(forms.Form):
    audit_years = forms.IntegerField(
        label=gettext_lazy("Years to keep a line"),
        required=False,
        min_value=audit_seals.LEAST_YEARS,
        max_value=audit_seals.MOST_YEARS,
        help_text=gettext_lazy(
            "Two at least; empty keeps every line for good. Older ones may then be removed by whoever runs this "
            "service. Their seals stay."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def audit(request: Looking, pid: str) -> HttpResponse:
    found = owned(request, pid)
    form = KeepingForm(request.POST if request.method == "POST" else None, initial={"audit_years": found.audit_years})
    if request.method == "POST" and form.is_valid():
        try:
            audit_seals.keep_for(
                viewer=request.viewer, organisation=found, years=form.cleaned_data["audit_years"], actor=request.user
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("The audit is kept as you chose."))
            return redirect("organisation-audit", found.public_id)
    failed = request.method == "POST"
    zone = reader_zone(request)
    rows, filters, filtered = _filtered(request, found, zone)
    total, number = rows.count(), page_number(request)
    start = (number - 1) * queries.PAGE
    lines = _lines(request, list(rows[start : start + queries.PAGE]), zone)
    through = queries.sealed_through(request.viewer, found)
    context = {
        "organisation": found,
        "page": shown(lines, total=total, number=number, size=queries.PAGE),
        "filters": filters,
        "filtered": filtered,
        "csv_url": f"{reverse('organisation-audit-csv', args=[pid])}?{request.GET.urlencode()}".rstrip("?"),
        "sealed_through": through.astimezone(zone) if through else None,
        "form": form,
        "form_failed": failed,
    }
    return render(request, "organisation_audit.html", context, status=400 if failed else 200)


@require_safe
@login_required
def audit_csv(request: Looking, pid: str) -> HttpResponse:
    """The lines that the filters leave; what a spreadsheet would run is made harmless."""
    found = owned(request, pid)
    zone = reader_zone(request)
    rows, _filters, _any = _filtered(request, found, zone)
    file = io.StringIO()
    write = csv.writer(file)
    write.writerow(["at", "who", "what", "act", "subject", "sealed"])
    for line in _lines(request, list(rows[:MOST_ROWS]), zone):
        row = line["row"]
        cells = (
            line["at"].isoformat(), line["who"], line["words"], row.act, row.subject, "yes" if line["sealed"] else "no"
        )  # fmt: skip
        write.writerow([neutral(cell) for cell in cells])
    response = HttpResponse("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _lines(request: Looking, part: list[AuditEntry], zone: ZoneInfo) -> list[dict[str, Any]]:
    names = queries.names(request.viewer, part)
    sealed = queries.sealed(request.viewer, part)
    return [
        {
            "at": row.at.astimezone(zone),
            "on": row.at.astimezone(zone).date(),
            "who": actor_words(row),
            "words": sentence(row, names),
            "sealed": row.pk in sealed,
            "row": row,
        }
        for row in part
    ]


def _filtered(request: Looking, found: Organisation, zone: ZoneInfo) -> tuple[Any, list[dict[str, Any]], bool]:
    people = queries.known_actors(found)
    acts = queries.known_acts(request.viewer, found)
    kinds = sorted({one.partition(".")[0] for one in acts})
    who, act, kind = param(request, "who", 20), param(request, "act", 60), param(request, "kind", 60)
    actor = {key: person for key, person, _name in people}.get(who)
    who = who if actor is not None else ""
    act = act if act in acts else ""
    kind = kind if kind in kinds else ""
    about = param(request, "subject", 100).strip()
    since, until = _day(param(request, "from", 10)), _day(param(request, "to", 10))
    rows = queries.entries(
        request.viewer,
        found,
        actor=actor,
        act=act,
        kind=kind,
        subject=about,
        since=_start(since, zone),
        until=_start(until + dt.timedelta(days=1), zone) if until else None,
    )
    filters = [
        select("who", _("Person"), [("", _("everybody")), *((key, name) for key, _id, name in people)], who),
        select("kind", _("Kind"), [("", _("every kind")), *((one, kind_name(one)) for one in kinds)], kind),
        select("act", _("Act"), [("", _("every act")), *((one, act_name(one)) for one in acts)], act),
        {"name": "subject", "label": _("About (title or id)"), "value": about, "kind": "search"},
        {"name": "from", "label": _("From"), "value": since.isoformat() if since else "", "kind": "date"},
        {"name": "to", "label": _("To"), "value": until.isoformat() if until else "", "kind": "date"},
    ]
    return rows, filters, bool(who or act or kind or about or since or until)


def _day(given: str) -> dt.date | None:
    try:
        on = dt.date.fromisoformat(given)
    except ValueError:
        return None
    return on if 1990 <= on.year <= 2100 else None


def _start(on: dt.date | None, zone: ZoneInfo) -> dt.datetime | None:
    return dt.datetime.combine(on, dt.time(), tzinfo=zone) if on else None
