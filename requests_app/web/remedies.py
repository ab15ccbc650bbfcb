"""Appeals and suits of one request: what is open, by the days left; what closed and what is still open; what waits."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import remedies as acting
from requests_app.clock import words
from requests_app.clock.standing import Clock
from requests_app.clock.trail import Reading
from requests_app.laws.errors import Refused
from requests_app.models.ids import public_id
from requests_app.queries.remedies import KIND_OF, Ahead, OrderNow, RemediesPage, RemedyNow, Window, load
from requests_app.queries.request_page import Line

from .clocks import law_address
from .draw.from_clock import label
from .event_specs import kind_words
from .events import refuse
from .remedy_forms import OpenForm
from .remedy_words import DRAFTS, KINDS, STAGES, THINGS
from .requests import invented
from .shell import Looking
from .templatetags.look import day_long, day_mid
from .words import CONFIDENCE, outcome_words


def found_for(request: Looking, pid: str) -> RemediesPage:
    found = load(request.viewer, pid, now=request.now)
    if found is None:
        raise Http404
    return found


@require_safe
def request_remedies(request: Looking, pid: str) -> HttpResponse:
    found = found_for(request, pid)
    page = found.page
    open_now = found.of("open", "locked")
    context = {
        "records_request": heading(found),
        "today": page.today,
        "may_edit": page.may_edit,
        "open": [_window(window, found) for window in found.of("open")],
        "locked": [_window(window, found) for window in found.of("locked")],
        "coming": [_window(window, found) for window in found.of("coming")],
        "closed": [_closed(window, found) for window in found.of("closed")],
        "used": [_window(window, found) for window in found.of("used", "gone")],
        "ahead": [_ahead(one) for one in found.ahead],
        "remedies": [row(one, page.today) for one in found.remedies if one.stage != "dropped"],
        "dropped": [row(one, page.today) for one in found.remedies if one.stage == "dropped"],
        "unpaged": [_unpaged(found, line) for line in found.unpaged],
        "nothing_open": not open_now,
        "once": public_id(),
        "new_url": reverse("remedy-new", args=[pid]),
        "has_sample": invented(page.request),
        "noindex": True,
    }
    return render(request, "remedies/request.html", context)


def heading(found: RemediesPage) -> dict[str, Any]:
    request = found.page.request
    return {
        "public_id": request.public_id,
        "title": request.public_title,
        "agency": request.custodian.name if request.custodian else request.agency.name,
        "is_sample": invented(request),
        "url": reverse("request", args=[request.public_id]),
        "remedies_url": reverse("request-remedies", args=[request.public_id]),
        "law_name": found.entry.law.name,
        "law_url": law_address(found.entry.id),
    }


def _whole(found: RemediesPage) -> list[str]:
    return [part.label for part in found.page.parts]


def _window(window: Window, found: RemediesPage) -> dict[str, Any]:
    clock, rule = window.clock, window.rule
    met = next((m for m in rule.met_by), None) if rule else None
    taken = next((one for one in found.remedies if one.window is clock and one.stage != "dropped"), None)
    return {
        "key": clock.key,
        "name": label(clock, _whole(found)),
        "kind": KINDS[window.kind.value],
        "kind_value": window.kind.value,
        "body": window.body,
        "parts": list(clock.parts),
        "due_on": clock.due_on,
        "latest": clock.latest if clock.latest != clock.due_on else None,
        "opens_on": clock.opens_on,
        "days_left": window.days_left,
        "left": _left(window.days_left),
        "last_day": window.days_left == 0,
        "standard": clock.standard or "",
        "follow_up_on": clock.follow_up_on,
        "quote": rule.authority.quote if rule else "",
        "citation": clock.citation,
        "url": rule.authority.url if rule else "",
        "rule_url": law_address(clock.law_ref, clock.rule_id),
        "verified": clock.verified,
        "confidence": str(CONFIDENCE[clock.confidence.value]),
        "doubts": list(clock.doubts),
        "how": met.channel if met else "",
        "office": met.office if met else "",
        "proof": met.proof if met else "",
        "why": words.paragraph(clock.trail, Reading.early),
        "unknown": clock.unknown or "",
        "needs": list(window.needs),
        "ends": list(window.ends),
        "ended_by": list(window.ended_by),
        "runs_on": list(window.runs_on),
        "forums": [
            {"body": one.body, "words": one.words, "citation": one.citation, "taken": _taken(found, one.body)}
            for one in window.forums
        ],
        "met_on": clock.met_on,
        "met_late": bool(clock.met_on and clock.latest and clock.met_on > clock.latest),
        "ended_why": clock.ended_why or "",
        "remedy_url": reverse("remedy", args=[taken.remedy.public_id]) if taken else "",
        "draft_words": str(DRAFTS[window.kind.value]),
        "waive_url": reverse("event-new", args=[found.page.request.public_id, "waived"]),
    }


def _taken(found: RemediesPage, body: str) -> bool:
    return any(one.remedy.body == body and one.stage != "dropped" for one in found.remedies)


def _left(days: int | None) -> str:
    if days is None:
        return ""
    if days == 0:
        return _("today is the last day")
    if days < 0:
        # Past the earlier reading and not past the later one: it may still be used, and somebody may say it is late.
        return _("past the earlier reading")
    return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}


def _closed(window: Window, found: RemediesPage) -> dict[str, Any]:
    still = [
        other for other in found.of("open", "locked", "coming") if _touch(other.clock, window.clock)
    ]
    names = list(dict.fromkeys(f"{other.clock.name}{_until(other.clock)}" for other in still))
    after = list(dict.fromkeys(one.rule.name for one in found.ahead))
    return _window(window, found) | {"still_open": names, "after": after if not names else []}


def _until(clock: Clock) -> str:
    return _(", until %(day)s") % {"day": day_long(clock.due_on)} if clock.due_on else ""


def _touch(one: Clock, other: Clock) -> bool:
    return not one.parts or not other.parts or bool(set(one.parts) & set(other.parts))


def _ahead(one: Ahead) -> dict[str, Any]:
    return {
        "name": one.rule.name,
        "after": list(one.after),
        "body": one.rule.remedy.body if one.rule.remedy else "",
        "citation": one.rule.authority.citation,
    }


def _unpaged(found: RemediesPage, line: Line) -> dict[str, Any]:
    kind = KIND_OF[line.event.kind]
    asked = urlencode({"kind": kind, "adopts": line.event.uid})
    return {
        "words": kind_words(line.event.kind),
        "on": line.on,
        "parts": ", ".join(line.event.parts),
        "kind": kind,
        "uid": line.event.uid,
        "url": f"{reverse('remedy-new', args=[found.page.request.public_id])}?{asked}",
    }


def row(one: RemedyNow, today: dt.date) -> dict[str, Any]:
    """A remedy as a line of a list."""
    remedy, due = one.remedy, _due(one)
    return {
        "url": reverse("remedy", args=[remedy.public_id]),
        "kind": str(KINDS[remedy.kind]),
        "title": title(one),
        "body": remedy.court or remedy.body,
        "docket": remedy.docket,
        "parts": ", ".join(remedy.parts),
        "stage": str(STAGES[one.stage]),
        "stage_value": one.stage,
        "filed_on": one.filed.on if one.filed else None,
        "late_by": one.late_by,
        "decided_on": one.decided.on if one.decided else None,
        "outcome": outcome_words(one.decided.event.outcome) if one.decided else "",
        "due_on": due.due_on if due else None,
        "due_name": due.name if due else "",
        "due_late": bool(due and due.late(today)),
        "due_ours": bool(due and due.owner.value == "requester"),
        "total": one.total,
    }


def _due(one: RemedyNow) -> Clock | None:
    """The date this remedy goes by now: our window while it is a draft, then what was ordered, then the decision."""
    if one.stage == "draft":
        return one.window if one.window and one.window.due_on else None
    live: list[Clock] = [order.clock for order in one.orders if order.clock and order.clock.met_on is None]
    live = [clock for clock in live if clock.ended_on is None and clock.due_on]
    if live:
        return min(live, key=lambda clock: clock.due_on or dt.date.max)
    return one.answer if one.stage == "filed" and one.answer and one.answer.due_on else None


def title(one: RemedyNow) -> str:
    remedy = one.remedy
    said = str(KINDS[remedy.kind])
    if remedy.level > 1:
        said = _("%(kind)s, second instance") % {"kind": said}
    if remedy.round > 1:
        said = _("%(kind)s, round %(n)d") % {"kind": said, "n": remedy.round}
    return said


def step_detail(line: Line) -> str:
    """What was ordered and until when, in the words of the clock."""
    facts = line.event.facts or {}
    due = facts.get("due_on")
    if line.event.kind not in ("ordered", "ordered_us") or not due:
        return ""
    return f"{THINGS.get(str(facts.get('what')), '')}, {day_long(dt.date.fromisoformat(str(due)))}"


def order_row(order: OrderNow, today: dt.date) -> dict[str, Any]:
    clock = order.clock
    assert clock is not None, "only orders that are clocks are listed"
    state = clock.state(today).value
    return {
        "uid": order.line.event.uid,
        "name": clock.name,
        "owner": clock.owner.value,
        "due_on": clock.due_on,
        "state": state,
        "late": clock.late(today) and clock.owner.value == "agency",
        "lapsed": clock.late(today),
        "met_on": clock.met_on,
        "ended_why": clock.ended_why or "",
        "citation": clock.citation,
        "moved": len([step for step in clock.trail if step.said == "moved by order"]),
        "text": order.line.text or "",
        "open": state in ("running", "lapsed", "paused"),
    }


@login_required
@require_http_methods(["GET", "POST"])
def remedy_new(request: Looking, pid: str) -> HttpResponse:
    found = found_for(request, pid)
    if not found.page.may_edit:
        raise Http404
    parts = [(part.label, part.title) for part in found.page.parts]
    windows = [
        (one.clock.key, f"{label(one.clock, _whole(found))}{_until_mid(one.clock)}")
        for one in found.windows
        if one.state in ("open", "locked", "coming", "closed")
    ]
    form = OpenForm(request.POST or None, initial=_start(request, found), parts=parts, windows=windows)
    refused, status = "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                made = acting.open_remedy(
                    viewer=request.viewer, records_request=found.page.request, kind=data["kind"],
                    actor=request.user, once=data["once"], now=request.now, clock_key=data["clock_key"],
                    parts=tuple(data.get("parts") or ()), body=data["body"], level=data["level"] or 1,
                    adopts=data["adopts"],
                )  # fmt: skip
                said = _("Drafted from the record. Read it before it goes.")
                messages.success(request, said if not data["adopts"] else _("It has a page now."))
                return redirect("remedy", pid=made.public_id)
            except Refused as refusal:
                refused = refuse(form, refusal)
                status = getattr(refusal, "status", 400)
    context = {
        "records_request": heading(found),
        "form": form,
        "refused": refused,
        "form_failed": status >= 400,
        "has_sample": invented(found.page.request),
        "noindex": True,
    }
    return render(request, "remedies/new.html", context, status=status)


def _until_mid(clock: Clock) -> str:
    return _(", until %(day)s") % {"day": day_mid(clock.due_on)} if clock.due_on else ""


def _start(request: Looking, found: RemediesPage) -> dict[str, Any]:
    """What the address already says: a kind, a part, a window."""
    start: dict[str, Any] = {"once": public_id(), "level": 1}
    kind, part = request.GET.get("kind", ""), request.GET.get("part", "")
    if kind in KINDS:
        start["kind"] = kind
    if part in _whole(found):
        start["parts"] = [part]
    for name in ("clock_key", "adopts"):
        start[name] = request.GET.get(name, "")[:200].replace("\x00", "")
    if not start["clock_key"]:
        fits = [
            one for one in found.of("open")
            if one.kind.value == kind and (not part or not one.clock.parts or part in one.clock.parts)
        ]  # fmt: skip
        start["clock_key"] = fits[0].clock.key if fits else ""
    return start
