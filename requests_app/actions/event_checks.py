"""Whether an event may be recorded as it was told: one sentence for each thing that is wrong with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from requests_app.clock import words
from requests_app.clock.events import Event, Kind, Outcome
from requests_app.models import Event as EventRow
from requests_app.models import Part, RecordsRequest
from requests_app.queries.ledger import KINDS, OUTCOMES, course_of

from . import order_facts
from .effects import open_windows
from .filing import revision_of, uid_of
from .refusals import Refused

NEEDS_OUTCOME = frozenset({Kind.determined, Kind.appeal_decided, Kind.review_decided, Kind.suit_decided})
NEEDS_REASON = frozenset({Kind.waived, Kind.override})
# Each has an act of its own: taking back, applying a revision, setting out parts.
NOT_BY_FORM = frozenset({Kind.retracted, Kind.law_applied, Kind.parts_named})
NAMES_A_CLOCK = frozenset({Kind.waived, Kind.override, Kind.override_released})
NAMES_AN_EVENT = {Kind.disputed: "event", Kind.bounced: "of"}
TIMES = ("dated_at", "sent_at", "received_at")
MOST = Decimal("99999999.99")
SAID = {"dated_on": "dated", "sent_on": "sent", "received_on": "received"}


def checked(
    request: RecordsRequest,
    kind: str,
    once: str,
    today: dt.date,
    days: dict[str, dt.date | None],
    times: Mapping[str, dt.time | None] | None,
    parts: Sequence[str],
    outcome: str | None,
    facts: Mapping[str, Any] | None,
    *,
    note: str,
    amount: Decimal | None,
    tracking_number: str,
) -> Event:
    """The event as the clock would read it, or a sentence on what is wrong with it."""
    known = KINDS.get(kind)
    if known is None or known in NOT_BY_FORM:
        raise Refused("kind_unknown", f"There is no kind of event called {kind!r}.", field="kind")
    if not once or len(once) > 64:
        raise Refused("once_missing", "The form has lost its key; open it again.", field="once")
    _check_days(request, days, today)
    told = dict(times or {})
    if set(told) - set(TIMES):
        raise Refused("time_unknown", "A time belongs to one of the three dates.", field="times")
    for field in TIMES:
        if told.get(field) is not None and days[field.replace("_at", "_on")] is None:
            raise Refused("time_without_day", "A time needs its day.", field=field)
    _check_parts(request, parts)
    if outcome and outcome not in OUTCOMES:
        raise Refused("outcome_unknown", f"There is no outcome called {outcome!r}.", field="outcome")
    if known in NEEDS_OUTCOME and not outcome:
        raise Refused("outcome_missing", "Say how it was decided.", field="outcome")
    if amount is not None and not 0 <= amount <= MOST:
        raise Refused("amount_impossible", "An amount lies between 0 and 99,999,999.99.", field="amount")
    if len(tracking_number) > 120:
        raise Refused(
            "number_too_long", "A tracking number has at most 120 characters.", field="tracking_number"
        )
    if known in NEEDS_REASON and not note.strip():
        raise Refused("reason_missing", "Say why; only your organization reads it.", field="note")
    said = _check_facts(request, known, dict(facts or {}), today)
    if known is Kind.closed:
        _check_closing(request, today)
    return Event(
        uid=uid_of(request.public_id, once), kind=known, dated_on=days["dated_on"], sent_on=days["sent_on"],
        received_on=days["received_on"], dated_at=told.get("dated_at"), sent_at=told.get("sent_at"),
        received_at=told.get("received_at"), parts=tuple(parts),
        outcome=Outcome(outcome) if outcome else None, facts=said,
    )  # fmt: skip


def _check_days(request: RecordsRequest, days: dict[str, dt.date | None], today: dt.date) -> None:
    given = {field: day for field, day in days.items() if day is not None}
    if not given:
        raise Refused("day_missing", "Give the day on which it happened.", field="sent_on")
    for field, day in given.items():
        if day > today:
            raise Refused("in_the_future", f"{words.date(day)} has not come yet.", field=field)
        if day < request.filed_on:
            raise Refused(
                "before_filing",
                f"The request was sent on {words.date(request.filed_on)}; nothing about it can be "
                f"{SAID[field]} on {words.date(day)}.",
                field=field,
            )
    received = given.get("received_on")
    for field in ("sent_on", "dated_on"):
        earlier = given.get(field)
        if received is not None and earlier is not None and received < earlier:
            raise Refused(
                f"received_before_{SAID[field]}",
                f"Received on {words.date(received)}, but {SAID[field]} only on {words.date(earlier)}. "
                "One of the two is wrong.",
                field="received_on",
            )


def _check_parts(request: RecordsRequest, parts: Sequence[str]) -> None:
    if not parts:
        return
    labels = set(Part.objects.filter(request=request).values_list("label", flat=True))
    for part in parts:
        if part not in labels:
            raise Refused("part_unknown", f"The request has no part {part}.", field="parts")
    if len(set(parts)) != len(parts):
        raise Refused("part_twice", "A part is named twice.", field="parts")


def _check_facts(
    request: RecordsRequest, kind: Kind, facts: dict[str, Any], today: dt.date
) -> dict[str, Any]:
    for name in ("until", "names_received_on", "due_on"):
        if facts.get(name) is not None:
            facts[name] = _iso_day(facts[name], name)
    named = facts.get("names_received_on")
    if named is not None:
        day = dt.date.fromisoformat(named)
        if day > today:
            raise Refused("in_the_future", f"{words.date(day)} has not come yet.", field="names_received_on")
        if day < request.filed_on:
            raise Refused(
                "before_filing",
                f"The request was sent on {words.date(request.filed_on)}; "
                f"it cannot have arrived on {words.date(day)}.",
                field="names_received_on",
            )
    days = facts.get("days")
    if days is not None and not (isinstance(days, int) and 0 < days <= 10_000):
        raise Refused("days_impossible", "A length is a whole number of days, at least one.", field="days")
    if kind is Kind.override and facts.get("due_on") is None:
        raise Refused("due_missing", "Give the date that shall stand.", field="due_on")
    if kind in order_facts.KINDS:
        order_facts.check(kind, facts)
    if kind in NAMES_A_CLOCK:
        clock = facts.get("clock")
        if not request.deadlines.standing().filter(clock_key=clock).exists():
            raise Refused("clock_unknown", "The request has no such date.", field="clock")
    if kind is Kind.sent:
        facts = {**_sent_before(request), **facts}
    if kind is Kind.transferred and facts.get("law"):
        facts["revision"] = revision_of(str(facts["law"]))  # pinned, as at filing
    # Reasons and names are ours alone and live in the note; facts are read at the lowest level of a share.
    if kind in NEEDS_REASON:
        facts.pop("reason", None)
        facts.pop("by", None)
    for name in {"of", NAMES_AN_EVENT.get(kind, "of")}:
        uid = facts.get(name)
        if uid is not None and not EventRow.objects.filter(request=request, uid=uid).exists():
            raise Refused("event_unknown", "The request has no such event.", field=name)
    if kind is Kind.disputed and not facts.get("event"):
        raise Refused("event_unknown", "Say which event is contested.", field="event")
    return facts


def _sent_before(request: RecordsRequest) -> dict[str, Any]:
    """A letter sent again goes under the law and with the parts of the first; only how it arrived is new."""
    taken_back = EventRow.objects.filter(request=request, retracts__isnull=False).values("retracts")
    sent = EventRow.objects.filter(request=request, kind="sent").exclude(pk__in=taken_back).in_order().last()
    return {name: value for name, value in sent.facts.items() if name != "basis"} if sent else {}


def _iso_day(value: Any, field: str) -> str:
    try:
        return (value if isinstance(value, dt.date) else dt.date.fromisoformat(value)).isoformat()
    except (TypeError, ValueError):
        raise Refused("day_impossible", f"{value} is not a day of the calendar.", field=field) from None


def _check_closing(request: RecordsRequest, today: dt.date) -> None:
    standing = course_of(request).on(today)
    windows = open_windows(standing, today)
    if windows:
        window = windows[0]
        until = f" until {words.date(window.due_on)}" if window.due_on else ""
        raise Refused(
            "window_open",
            f"“{window.name}” is still open{until}. "
            "Use it, or let it go with a reason, before you close the request.",
            status=409,
        )


def clean(said: str) -> str:
    # PostgreSQL cannot store the character NUL; a pasted mail sometimes holds one.
    return said.replace("\x00", "").strip()
