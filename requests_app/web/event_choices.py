"""What an event's form offers to choose from: dates, laws, and the events that this one is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from requests_app.clock.events import REQUESTERS_OWN
from requests_app.clock.ledger import standing_events
from requests_app.laws.registry import library
from requests_app.models import Deadline, Event, RecordsRequest
from requests_app.queries.ledger import ledger_of

from .calculator import law_words
from .event_specs import Spec, kind_words
from .shell import Looking
from .templatetags.look import day_mid

Choices = Sequence[tuple[str, str]]
ANSWERED = {"clarification_answered": ("clarification_asked", "fee_estimated")}


def choices_of(request: Looking, records_request: RecordsRequest, spec: Spec) -> Mapping[str, Choices]:
    """By field; only the fields that this kind has cost a query."""
    found: dict[str, Choices] = {}
    if "clock" in spec.extras:
        found["clock"] = _clocks(request, records_request, spec.kind)
    if "law" in spec.extras:
        laws = [(entry.id, law_words(entry)) for entry in library().laws]
        found["law"] = [("", _("Not known yet")), *sorted(laws, key=lambda law: law[1])]
    if {"event", "of"} & set(spec.extras):
        rows = list(Event.objects.visible_to(request.viewer).filter(request=records_request).in_order())
        standing = {event.uid for event in standing_events(ledger_of(rows))}
        rows = [row for row in rows if row.uid in standing]
        found["event"] = [_told(row) for row in reversed(rows) if row.kind not in REQUESTERS_OWN]
        asked = [row for row in rows if row.kind in ANSWERED.get(spec.kind, ())]
        found["of"] = [_told(row) for row in asked]
    return found


def _told(row: Event) -> tuple[str, str]:
    on = row.sent_on or row.dated_on or row.received_on
    return row.uid, f"{kind_words(row.kind)}{f', {day_mid(on)}' if on else ''}"


def _clocks(request: Looking, records_request: RecordsRequest, kind: str) -> Choices:
    """Dates that the event may be about: windows of ours to let go, any date to set or release."""
    rows = (
        Deadline.objects.visible_to(request.viewer)
        .standing()
        .filter(request=records_request, met_on=None, ended_on=None)
    )
    if kind == "waived":
        rows = rows.filter(owner="requester")
    found = rows.order_by("due_on").values_list("clock_key", "name", "scope", "due_on", "clock__parts")
    return [
        (key, f"{name}{_parts(scope, parts)}{f', {day_mid(due)}' if due else ''}")
        for key, name, scope, due, parts in found
    ]


def _parts(scope: str, parts: Sequence[str] | None) -> str:
    return "" if scope == "request" or not parts else " (" + ", ".join(parts) + ")"
