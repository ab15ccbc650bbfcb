"""What happened, newest first: events, what the law computed, and for our own people calls and visits."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.clock.events import REQUESTERS_OWN
from requests_app.clock.rules import Owner
from requests_app.clock.standing import Clock, State
from requests_app.queries.request_page import ContactLine, Line, RequestPage

from .draw.from_clock import label
from .event_specs import Words, kind_words
from .templatetags.look import day_long
from .words import outcome_words

COMPUTED = ("determination", "records", "acknowledgement", "decision")
WAYS: dict[str, Words] = {
    "call": gettext_lazy("Telephone call"),
    "portal": gettext_lazy("Portal visited"),
    "in_person": gettext_lazy("Talked in person"),
    "other": gettext_lazy("Contact"),
}


def timeline_of(page: RequestPage, whole: list[str]) -> list[dict[str, Any]]:
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
    rows += [(contact.on, 1, contact.logged_at, _contact(page, contact)) for contact in page.contacts]
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
    # A sending may be taken back once another one stands; the action knows.
    first = next((one.event.pk for one in page.lines if one.event.kind == "sent"), None)
    retractable = page.may_edit and event.kind != "parts_named" and event.pk != first
    back = line.retracted_by
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
        "restore_url": reverse("event-retract", args=[page.request.public_id, back.uid])
        if back is not None and page.may_edit
        else "",
    }


def _retraction_reason(page: RequestPage, line: Line) -> str:
    if line.retracted_by is None:
        return ""
    by = next((other for other in page.lines if other.event.pk == line.retracted_by.pk), None)
    return (by.note if by else "") or _("logged by mistake")


def _contact(page: RequestPage, contact: ContactLine) -> dict[str, Any]:
    """A call: ours alone, and no event. It becomes one with one click, already filled in."""
    pid = page.request.public_id
    source = [_("logged by %(name)s") % {"name": contact.author} if contact.author else ""]
    acts = []
    if page.may_edit and not contact.struck:
        if not contact.event_uid:
            acts = [
                {"url": f"{reverse('event-new', args=[pid, kind])}?contact={contact.public_id}", "words": words}
                for kind, words in (
                    ("date_promised", _("They promised a date")),
                    ("follow_up_sent", _("It was our follow-up")),
                )
            ]
        strike = reverse("contact-strike", args=[pid, contact.public_id])
        acts.append({"url": strike, "words": _("Strike out")})
    title = str(WAYS[contact.way]) + (f": {contact.with_whom}" if contact.with_whom else "")
    return {
        "uid": "",
        "contact": contact.public_id,
        "on": contact.on,
        "kind": "talk",
        "who": _("Contact"),
        "title": title,
        "text": contact.said,
        "notes": [_("Recorded as an event.")] if contact.event_uid else [],
        "source": "; ".join(one for one in source if one),
        "retracted": contact.struck,
        "retracted_words": _("Struck out: %(why)s") % {"why": contact.struck_why},
        "retract_url": "",
        "acts": acts,
    }


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


