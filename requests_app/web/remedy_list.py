"""The attorneys' list: every window of ours that is open, and every appeal, review and suit that was begun."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from requests_app.clock.orders import RULE as ORDER_RULE
from requests_app.models import Deadline
from requests_app.notices.cells import neutral
from requests_app.queries import remedy_list as query

from .current import current_organisation
from .paging import page_number, param, select, shown, with_params
from .remedy_words import KINDS, STAGES
from .requests import invented
from .shell import Looking
from .words import outcome_words

PAGE = 50
CSV_MOST = 20_000
SHOWS = ("windows", "begun")
WINDOW_COLUMNS = ("agency", "title", "what", "kind", "parts", "last_day", "other_reading", "days_left", "address")
BEGUN_COLUMNS = (
    "agency", "title", "kind", "instance", "round", "before", "docket", "judge", "parts", "stage", "outcome",
    "filed_on", "decided_on", "next_date", "next_date_is", "costs", "address",
)  # fmt: skip


@login_required
@require_safe
def remedies(request: Looking) -> HttpResponse:
    organisation, show, filters = _asked(request)
    number = page_number(request)
    find = query.windows if show == "windows" else query.begun
    listed = find(request.viewer, organisation, filters, now=request.now, number=number, size=PAGE)
    rows = [_window(row) if show == "windows" else _begun(row) for row in listed.rows]
    other = "begun" if show == "windows" else "windows"
    context = {
        "show": show,
        "page": shown(rows, total=listed.total, number=number, size=PAGE),
        "tabs": [
            {"url": with_params(request, show="", kind="", state="", stage="", within=""), "words": _("Windows"),
             "here": show == "windows"},
            {"url": with_params(request, show="begun", kind="", state="", stage="", within=""),
             "words": _("Appeals, reviews and suits"), "here": show == "begun"},
        ],
        "other": other,
        "filters": _filters(filters, show),
        "hidden": [{"name": "show", "value": show}] if show == "begun" else [],
        "filters_clear_url": request.path + ("?show=begun" if show == "begun" else "") if filters != query.Filters()
        else "",
        "csv_url": f"{reverse('remedies-csv')}?{request.GET.urlencode()}".rstrip("?"),
        "lead": _lead(show, listed.total),
        "has_sample": any(row["is_sample"] for row in rows),
        "noindex": True,
    }  # fmt: skip
    return render(request, "remedies/list.html", context)


def _asked(request: Looking) -> tuple[int, str, query.Filters]:
    organisation = current_organisation(request)
    if organisation is None:
        raise Http404
    show = param(request, "show") if param(request, "show") in SHOWS else "windows"
    kind, state, stage, within = (param(request, name) for name in ("kind", "state", "stage", "within"))
    kinds = {*KINDS, "order"} if show == "windows" else set(KINDS)
    return organisation, show, query.Filters(
        kind=kind if kind in kinds else "",
        state=state if state in query.STATES else "",
        stage=stage if stage in query.STAGES else "",
        within=int(within) if within in {str(n) for n in query.WITHIN} else None,
    )


def _lead(show: str, total: int) -> str:
    if show == "windows":
        return ngettext("%(n)d date of ours, the soonest first.", "%(n)d dates of ours, the soonest first.", total) % {
            "n": total
        }
    return ngettext("%(n)d was begun.", "%(n)d were begun.", total) % {"n": total}


def _filters(filters: query.Filters, show: str) -> list[dict[str, Any]]:
    any_one = pgettext("filter", "Any")
    kinds = [(kind, str(words)) for kind, words in KINDS.items()]
    if show == "windows":
        kinds.append(("order", _("Ordered by a court")))
    out = [select("kind", _("Kind"), [("", any_one), *kinds], filters.kind)]
    if show == "windows":
        out.append(
            select("state", _("State"), [("", _("Open")), ("closed", _("Closed"))], filters.state)
        )
        within = [(str(n), _("%(n)s days") % {"n": n}) for n in query.WITHIN]
        out.append(
            select("within", _("Days left"), [("", pgettext("filter", "Any")), *within], str(filters.within or ""))
        )
    else:
        stages = [(stage, str(STAGES[stage])) for stage in query.STAGES]
        out.append(select("stage", _("State"), [("", any_one), *stages], filters.stage))
    return out


def _request(found: Any) -> dict[str, Any]:
    return {
        "agency": found.custodian.name if found.custodian else found.agency.name,
        "request_title": found.public_title,
        "request_url": reverse("request-remedies", args=[found.public_id]),
        "is_sample": invented(found),
    }


def _window(row: Deadline) -> dict[str, Any]:
    today: dt.date = row.today  # type: ignore[attr-defined]
    remedy = row.remedy  # type: ignore[attr-defined]
    left = (row.due_on - today).days if row.due_on else None
    return _request(row.request) | {
        "name": row.name,
        "kind": _("Ordered by a court") if row.rule_id == ORDER_RULE else str(KINDS[remedy]),
        "parts": ", ".join(row.clock.get("parts", ())),
        "due_on": row.due_on,
        "latest": row.latest_on if row.latest_on != row.due_on else None,
        "days_left": left,
        "left": _left(left),
        "closed": row.latest_on is not None and row.latest_on < today,
        "standard": row.clock.get("standard") or "",
    }


def _left(days: int | None) -> str:
    if days is None:
        return _("no last day")
    if days == 0:
        return _("today is the last day")
    if days < 0:
        return ngettext("%(n)d day ago", "%(n)d days ago", -days) % {"n": -days}
    return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}


def _begun(row: Any) -> dict[str, Any]:
    said = str(KINDS[row.kind])
    if row.level > 1:
        said = _("%(kind)s, second instance") % {"kind": said}
    if row.round > 1:
        said = _("%(kind)s, round %(n)d") % {"kind": said, "n": row.round}
    return _request(row.request) | {
        "url": reverse("remedy", args=[row.public_id]),
        "title": said,
        "body": row.court or row.body,
        "docket": row.docket,
        "judge": row.judge,
        "level": row.level,
        "round": row.round,
        "kind": str(KINDS[row.kind]),
        "parts": ", ".join(row.parts),
        "stage": str(STAGES[row.stage]),
        "filed_on": row.filed_on,
        "decided_on": row.decided_on,
        "outcome": outcome_words(row.outcome) if row.outcome else "",
        "due_on": row.next_on,
        "due_name": row.next_name or "",
        "due_late": bool(row.next_on and row.next_on < row.today),
        "due_ours": row.next_owner == "requester",
        "total": row.total,
    }


@login_required
@require_safe
def remedies_csv(request: Looking) -> HttpResponse:
    """The whole list as filtered, not the page alone."""
    organisation, show, filters = _asked(request)
    find = query.windows if show == "windows" else query.begun
    listed = find(request.viewer, organisation, filters, now=request.now, size=CSV_MOST)
    file = io.StringIO()
    write = csv.writer(file)
    write.writerow(WINDOW_COLUMNS if show == "windows" else BEGUN_COLUMNS)
    for found in listed.rows:
        row = _window(found) if show == "windows" else _begun(found)
        write.writerow([neutral(cell) for cell in _cells(request, show, row)])
    # The mark tells a spreadsheet that the bytes are UTF-8.
    response = HttpResponse("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{show}.csv"'
    return response


def _cells(request: Looking, show: str, row: dict[str, Any]) -> list[Any]:
    address = request.build_absolute_uri(row["request_url"] if show == "windows" else row["url"])
    if show == "windows":
        left = "" if row["days_left"] is None else row["days_left"]
        return [
            row["agency"], row["request_title"], row["name"], row["kind"], row["parts"], row["due_on"] or "",
            row["latest"] or "", left, address,
        ]  # fmt: skip
    return [
        row["agency"], row["request_title"], row["kind"], row["level"], row["round"], row["body"], row["docket"],
        row["judge"], row["parts"], row["stage"], row["outcome"], row["filed_on"] or "", row["decided_on"] or "",
        row["due_on"] or "", row["due_name"], row["total"] or "", address,
    ]  # fmt: skip
