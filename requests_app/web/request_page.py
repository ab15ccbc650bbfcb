"""One request: the dates that decide today, the lines of its clocks, why each date, what happened, what is next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from requests_app.clock.events import REQUESTERS_OWN
from requests_app.clock.rules import Owner, StepOf
from requests_app.clock.standing import Clock, State, Verdict
from requests_app.laws.registry import library
from requests_app.models import Share
from requests_app.queries.places import place_name
from requests_app.queries.request_page import Line, PartNow, RequestPage, load

from .calculator import law_words
from .clocks import chart_of, doubts, law_address, standards, whys
from .draw.from_clock import count_words, heroes_of, label
from .event_specs import SPECS, Words, kind_words
from .requests import invented
from .revisions import change_words
from .shell import Looking
from .templatetags.look import day_long, late_words
from .words import outcome_words

COMPUTED = ("determination", "records", "acknowledgement", "decision")


@require_safe
def request_page(request: Looking, pid: str) -> HttpResponse:
    page = load(request.viewer, pid, now=request.now)
    if page is None:
        raise Http404
    return render(request, "request.html", context_of(page))


def context_of(page: RequestPage) -> dict[str, Any]:
    on, found = page.today, page.request
    whole = [part.label for part in page.parts]
    said = {line.event.uid: str(kind_words(line.event.kind)) for line in page.lines}
    context = {
        "records_request": _heading(page),
        "public_view": page.is_public_view,
        "today": on,
        "heroes": heroes_of(page.clocks, on, whole=whole),
        "stages": _stages(page),
        "chart": chart_of(page.clocks, on, events=said, whole=whole),
        "doubts": doubts(page.clocks, on, whole=whole),
        "whys": whys(page.clocks, on, reasons=_reasons(page), whole=whole),
        "standards": standards(page.clocks, on, whole=whole),
        "parts": [_part(part, page) for part in page.parts],
        "timeline": _timeline(page, whole),
        "has_sample": invented(found),
        "noindex": page.ours or found.is_sample,
        **_extensions(page),
    }
    context["timeline_count"] = len(context["timeline"])
    if page.ours:
        context["may_see"] = _may_see(page)
        context["offered"] = [
            {"url": reverse("revision", args=[offer.public_id]), "changes": [change_words(c) for c in move.changes]}
            for offer, move in page.offered
        ]
    if page.may_edit:
        context["next"] = _next(page, whole)
        context["log_groups"] = _log_groups(found.public_id)
    return context


def _heading(page: RequestPage) -> dict[str, Any]:
    found = page.request
    law = library().law(found.law_id)
    received = _received_on(page.lines)
    closed = page.standing is not None and page.standing.stage == "closed"
    return {
        "public_id": found.public_id,
        "title": found.public_title,
        "agency": found.custodian.name if found.custodian else found.agency.name,
        "agency_url": reverse("agency", args=[found.agency.slug]),
        "state": place_name(found.agency.jurisdiction),
        "is_sample": invented(found),
        "law_name": law_words(law),
        "law_url": law_address(found.law_id),
        "filed_on": found.filed_on,
        "received_on": received,
        "day_n": None if closed else (page.today - (received or found.filed_on)).days + 1,
        "tracking_number": page.correspondence["tracking_number"] if page.correspondence else "",
        "campaign": page.campaign["title"] if page.campaign else "",
        "campaign_url": reverse("campaign", args=[page.campaign["public_id"]]) if page.campaign else "",
    }


def _received_on(lines: Iterable[Line]) -> dt.date | None:
    """The day of receipt by the best proof there is: named by the agency, confirmed, stated with the request."""
    standing = [line.event for line in lines if line.retracted_by is None]
    for event in standing:
        named = event.facts.get("names_received_on") if event.kind == "acknowledged" else None
        if named:
            return dt.date.fromisoformat(named)
    for kind in ("receipt_confirmed", "sent"):
        days = [event.received_on for event in standing if event.kind == kind and event.received_on]
        if days:
            return days[-1]
    return None


def _first_on(page: RequestPage, *kinds: str) -> dt.date | None:
    days = [line.on for line in page.lines if line.event.kind in kinds and line.retracted_by is None]
    return min(days, default=None)


def _stages(page: RequestPage) -> list[dict[str, Any]]:
    """What is done, what is open, what lies ahead. Public views know no window of ours."""
    stage = page.standing.stage if page.standing else "sent"
    late = bool(page.standing and page.standing.late)
    received = _received_on(page.lines)
    answered = _first_on(page, "determined", "produced")
    filed = _first_on(page, "appeal_filed", "review_filed")
    decided = _first_on(page, "appeal_decided", "review_decided", "remanded")
    sued = _first_on(page, "sued")
    rows = [
        _stage(_("Received"), received) if received else _stage(_("Sent"), page.request.filed_on),
        _stage(_("Acknowledged"), _first_on(page, "acknowledged"), passed=answered is not None),
    ]
    in_part = stage == "answered_in_part"
    row = _stage(_("Answered in part") if in_part else _("Answered"), answered)
    if late and not filed and (answered is None or in_part):
        since = page.standing.late_since if page.standing else None
        row |= {"state": "late", "note": late_words((page.today - since).days + 1) if since else ""}
    elif in_part or (answered is None and not filed):
        row["state"] = "now"
    rows.append(row)
    window = _window(page)
    opened = window is not None and (filed is None or (window.opens_on or filed) < filed)
    if window is not None and opened:
        rows.append(_open(window))
    if filed or not page.is_public_view:
        row = _stage(_("Appeal or review"), filed)
        if filed and not decided:
            row["state"] = "now"
        rows.append(row)
        rows.append(_stage(_("Decision on it"), decided))
    if window is not None and not opened:
        rows.append(_open(window))
    if sued or not page.is_public_view:
        row = _stage(_("Court"), sued)
        row["state"] = "now" if stage == "suit" else row["state"]
        rows.append(row)
    if stage == "closed":
        rows = [r | {"state": "done" if r["on"] else "ahead"} for r in rows]
        # The day on which we closed it is ours alone; in public it has none, rather than today's.
        rows.append(
            {"words": _("Closed"), "on": _first_on(page, "closed", "withdrawn"), "state": "done", "note": ""}
        )
    return rows


def _stage(words: str, on: dt.date | None, *, passed: bool = False) -> dict[str, Any]:
    note = "" if on else _("not recorded") if passed else _("not yet")
    return {"words": words, "on": on, "state": "done" if on or passed else "ahead", "note": note}


def _open(window: Clock) -> dict[str, Any]:
    return {"words": window.name, "state": "now", "on": window.due_on, "note": _("until")}


def _window(page: RequestPage) -> Clock | None:
    """Our nearest window that is open and has a day."""
    ours = [
        clock
        for clock in page.clocks
        if clock.owner is Owner.requester and clock.state(page.today) is State.running and clock.due_on
    ]
    return min(ours, key=lambda clock: clock.due_on or dt.date.max, default=None)


def _reasons(page: RequestPage) -> dict[str, str]:
    """Why a date was set by hand: only our own people have the note."""
    return {
        str(line.event.facts.get("clock")): line.note
        for line in page.lines
        if line.event.kind == "override" and line.note and line.retracted_by is None
    }


def _part(part: PartNow, page: RequestPage) -> dict[str, Any]:
    def concerns(clock: Clock) -> bool:
        met = {label for label, *_rest in clock.met_parts}
        return part.label in clock.parts and part.label not in met and clock.live(page.today)

    dated = [clock for clock in page.clocks if clock.due_on and concerns(clock)]
    clock = min(dated, key=lambda c: c.due_on or dt.date.max, default=None)
    if part.late:
        tone, words = "late", _("Late, no answer")
    elif part.outcome:
        ours = part.whose_move == "requester"
        good = part.outcome in ("granted", "produced")
        tone = "ours" if ours and not good else "done" if good else "agency"
        words = outcome_words(part.outcome) + (_(" · our move") if tone == "ours" else "")
    else:
        tone, words = "agency", _("No answer yet")
    text = f"{label(clock, [])}: {day_long(clock.due_on)}." if clock and clock.due_on else ""
    return {"label": part.label, "title": part.title, "tone": tone, "words": words, "text": text}


def _extensions(page: RequestPage) -> dict[str, Any]:
    """Each claim of more time, once, by its event; and what was taken in all."""
    claims = {claim.event: claim for clock in page.clocks for claim in clock.extensions}
    rows = []
    for claim in claims.values():
        good = claim.verdict is Verdict.allowed
        length = count_words(claim.claimed, claim.unit) if claim.claimed and claim.unit else _("an extension")
        verdict = {
            Verdict.allowed: _("allowed"), Verdict.over_cap: _("longer than the law allows"),
            Verdict.no_reason: _("no reason given"), Verdict.no_date: _("no date given"),
            Verdict.late_notice: _("noticed after the time had ended"), Verdict.disputed: _("disputed by us"),
            Verdict.not_provided: _("not provided by the law"), Verdict.moot: _("came to nothing"),
        }[claim.verdict]  # fmt: skip
        rows.append(
            {
                "words": f"{length}: {verdict}",
                "tone": "done" if good else "doubt",
                "text": " ".join(
                    [_("Noticed %(day)s.") % {"day": day_long(claim.noticed_on)}, claim.citation]
                ),
            }
        )
    n = len(rows)
    total = ngettext("%(n)d claimed", "%(n)d claimed", n) % {"n": n}
    return {"extensions": rows, "extensions_total": total if n else ""}


def _timeline(page: RequestPage, whole: list[str]) -> list[dict[str, Any]]:
    rows = []
    for line in page.lines:
        event = line.event
        if event.kind == "retracted" or (page.is_public_view and line.retracted_by is not None):
            continue
        ours = event.kind in REQUESTERS_OWN
        rows.append((line.on, 1, event.recorded_at, _told(page, line, ours, whole)))
    for clock in page.clocks:
        if (
            clock.latest
            and clock.owes.value in COMPUTED
            and clock.owner is not Owner.requester
            and not clock.conditional
        ) and clock.state(page.today) in (State.lapsed, State.met_late):
            rows.append((clock.latest, 0, page.request.created_at, _lapse(clock, whole)))
    rows.sort(key=lambda row: row[:3], reverse=True)
    return [row[3] for row in rows]


def _told(page: RequestPage, line: Line, ours: bool, whole: list[str]) -> dict[str, Any]:
    event = line.event
    detail = []
    if event.outcome:
        detail.append(outcome_words(event.outcome))
    if event.parts and set(event.parts) != set(whole):
        detail.append(", ".join(event.parts))
    facts = event.facts
    if facts.get("days"):
        unit = {"business_days": _("business days"), "calendar_days": _("calendar days")}.get(
            str(facts.get("unit")), _("days")
        )
        detail.append(f"{facts['days']} {unit}")
    for name in ("until", "due_on"):
        if facts.get(name):
            detail.append(_("until %(day)s") % {"day": day_long(dt.date.fromisoformat(facts[name]))})
    if facts.get("names_received_on"):
        day = day_long(dt.date.fromisoformat(facts["names_received_on"]))
        detail.append(_("names %(day)s as the day of receipt") % {"day": day})
    if line.amount is not None:
        detail.append(f"${line.amount:,.2f}")
    text = " · ".join(detail) + (". " if detail and line.text else "") + (line.text or "")
    dates = [
        _("dated %(day)s") % {"day": day_long(event.dated_on)}
        if event.dated_on and event.dated_on != line.on
        else "",
        _("received %(day)s") % {"day": day_long(event.received_on)}
        if event.received_on and event.received_on != line.on
        else "",
        _("logged by %(name)s") % {"name": line.actor} if line.actor else "",
    ]
    retractable = page.may_edit and event.kind != "sent"
    return {
        "uid": event.uid,
        "on": None if event.facts.get("day_unknown") else line.on,
        "kind": "out" if ours else "in",
        "who": (_("Requester") if page.is_public_view else _("We")) if ours else _("Agency"),
        "title": kind_words(event.kind),
        "text": text,
        "notes": [line.note] if line.note else [],
        "source": "; ".join(date for date in dates if date),
        "retracted": line.retracted_by is not None,
        "retracted_reason": _retraction_reason(page, line),
        "retract_url": reverse("event-retract", args=[page.request.public_id, event.uid])
        if retractable
        else "",
    }


def _retraction_reason(page: RequestPage, line: Line) -> str:
    if line.retracted_by is None:
        return ""
    by = next((other for other in page.lines if other.event.pk == line.retracted_by.pk), None)
    return (by.note if by else "") or _("logged by mistake")


def _lapse(clock: Clock, whole: list[str]) -> dict[str, Any]:
    both = clock.earliest == clock.latest
    return {
        "uid": "",
        "on": clock.latest,
        "kind": "law",
        "who": _("The law"),
        "title": _("time ended: %(clock)s") % {"clock": label(clock, whole)},
        "text": "" if both else _("On every reading of the law."),
        "notes": [],
        "source": _("Computed from the ledger"),
        "retracted": False,
        "retract_url": "",
    }


def _log_groups(pid: str) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for spec in SPECS.values():
        kinds = groups.setdefault(str(spec.group), [])
        kinds.append({"url": reverse("event-new", args=[pid, spec.kind]), "words": spec.words, "hint": ""})
    return [{"words": words, "kinds": kinds} for words, kinds in groups.items()]


def _may_see(page: RequestPage) -> list[dict[str, str]]:
    rows = [{"who": _("Your organization"), "what": _("everything")}]
    public = [share for share in page.shares if share.grantee_kind == Share.Grantee.PUBLIC]
    if public:
        levels = [_("status")] + [
            str(words)
            for given, words in (
                (public[0].correspondence, _("correspondence")),
                (public[0].documents, _("documents")),
            )
            if given
        ]
        what = _("%(levels)s. Our windows never show there.") % {"levels": ", ".join(levels)}
        rows.append({"who": _("The public"), "what": what})
    else:
        rows.append({"who": _("The public"), "what": _("nothing: not published")})
    others = len(page.shares) - len(public)
    if others:
        rows.append(
            {"who": _("Partners"), "what": ngettext("%(n)d grant", "%(n)d grants", others) % {"n": others}}
        )
    return rows


STEPS = {
    StepOf.appeal: ("appeal_filed", gettext_lazy("Log the appeal")),
    StepOf.review: ("review_filed", gettext_lazy("Log the request for review")),
    StepOf.suit: ("sued", gettext_lazy("Log the suit")),
}
BY_RULE = {
    "clarify-by": ("clarification_answered", gettext_lazy("Log our answer")),
    "deposit-by": ("deposit_paid", gettext_lazy("Log the payment")),
    "estimate-answer-by": ("clarification_answered", gettext_lazy("Log our answer")),
    "voluminous-amend-by": ("clarification_answered", gettext_lazy("Log our answer")),
    "claim-fees-by": ("review_filed", gettext_lazy("Log the claim")),
}


def _act(pid: str, kind: str, words: Words, *, first: bool = False) -> dict[str, Any]:
    return {"url": reverse("event-new", args=[pid, kind]), "words": words, "first": first}


def _next(page: RequestPage, whole: list[str]) -> dict[str, Any] | None:
    """The next lawful step, from the standing. One a page."""
    pid, on = page.request.public_id, page.today
    if page.standing and page.standing.stage == "closed":
        return None
    window = _window(page)
    if window is not None and window.due_on:
        days = (window.due_on - on).days
        left = (
            ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}
            if days
            else _("today is the last day")
        )
        kind, words = BY_RULE.get(window.rule_id) or STEPS.get(
            window.remedy or StepOf.appeal, STEPS[StepOf.appeal]
        )
        text = _("%(window)s, by %(day)s: %(left)s.") % {
            "window": label(window, whole), "day": day_long(window.due_on), "left": left,
        }  # fmt: skip
        return {
            "title": "",
            "text": text,
            "acts": [_act(pid, kind, words, first=True), _act(pid, "waived", _("Let it go"))],
        }
    late = [clock for clock in page.clocks if clock.late(on) and clock.owner is not Owner.requester]
    if late:
        clock = min(late, key=lambda c: c.latest or dt.date.max)
        suit = next(
            (c for c in page.clocks if c.remedy is StepOf.suit and c.state(on) is State.running), None
        )
        text = _("%(clock)s ended %(day)s and nothing came. Ask where the answer is.") % {
            "clock": label(clock, whole), "day": day_long(clock.latest) if clock.latest else "",
        }  # fmt: skip
        acts = [_act(pid, "follow_up_sent", _("Log a follow-up"), first=True)]
        if suit is not None:
            text += " " + _("Court is open: %(name)s.") % {"name": suit.name}
            acts.append(_act(pid, "sued", _("Log the suit")))
        return {"title": "", "text": text, "acts": acts}
    paused = next((clock for clock in page.clocks if clock.state(on) is State.paused), None)
    if paused is not None:
        kinds = {line.event.kind for line in page.lines if line.retracted_by is None}
        answer = "deposit_paid" if "deposit_asked" in kinds else "clarification_answered"
        rest = paused.left_when_paused
        text = _("The agency waits for us, and its clock stands still.")
        if rest is not None:
            text += " " + _("It has %(left)s once we answer.") % {"left": count_words(rest.count, rest.unit)}
        return {"title": "", "text": text, "acts": [_act(pid, answer, str(SPECS[answer].words), first=True)]}
    running = [
        c for c in page.clocks if c.state(on) is State.running and c.due_on and c.owner is not Owner.requester
    ]
    if running:
        clock = min(running, key=lambda c: c.due_on or dt.date.max)
        text = _("Wait for %(day)s: %(clock)s. Log what comes before.") % {
            "day": day_long(clock.due_on) if clock.due_on else "", "clock": label(clock, whole),
        }  # fmt: skip
        return {"title": _("Nothing to do today"), "text": text, "acts": []}
    return {
        "title": _("Read what came"),
        "text": _("No clock runs. Check it against each part; close the request when nothing is missing."),
        "acts": [_act(pid, "closed", str(SPECS["closed"].words), first=True)],
    }
