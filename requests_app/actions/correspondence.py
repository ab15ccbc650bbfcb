"""What happens to a request after it was filed: events recorded, previewed, taken back. The ledger only grows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from requests_app.clock import words
from requests_app.clock.book import Book
from requests_app.clock.events import Event, Kind, Outcome
from requests_app.clock.ledger import standing_events
from requests_app.models import Event as EventRow
from requests_app.models import (
    EventCorrespondence,
    EventNote,
    Part,
    Person,
    RecordsRequest,
    RequestCorrespondence,
)
from requests_app.models.visibility import Viewer
from requests_app.queries.ledger import (
    EVENT_COLUMNS,
    KINDS,
    OUTCOMES,
    book_of,
    course_of,
    ledger_of,
    ledger_of_rows,
)

from . import deadlines, offers, order_facts
from .effects import Effect, Warned, effect_of, open_windows
from .filing import revision_of, uid_of
from .refusals import NotYours, Refused

NEEDS_OUTCOME = frozenset({Kind.determined, Kind.appeal_decided, Kind.review_decided, Kind.suit_decided})
NEEDS_REASON = frozenset({Kind.waived, Kind.override})
NAMES_A_CLOCK = frozenset({Kind.waived, Kind.override, Kind.override_released})
NAMES_AN_EVENT = {Kind.disputed: "event", Kind.bounced: "of"}
TIMES = ("dated_at", "sent_at", "received_at")
MOST = Decimal("99999999.99")
SAID = {"dated_on": "dated", "sent_on": "sent", "received_on": "received"}


@dataclass(frozen=True, slots=True)
class Recorded:
    """The event, what it changed, and what a person should hear. `repeated`: the same form came before; nothing was
    written and `effect` is None."""

    event: EventRow
    effect: Effect | None
    repeated: bool = False

    @property
    def warnings(self) -> tuple[Warned, ...]:
        return self.effect.warnings if self.effect else ()


def record_event(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    kind: str,
    actor: Person | None,
    once: str,
    today: dt.date,
    seen_version: int | None = None,
    dated_on: dt.date | None = None,
    sent_on: dt.date | None = None,
    received_on: dt.date | None = None,
    times: Mapping[str, dt.time | None] | None = None,
    parts: Sequence[str] = (),
    outcome: str | None = None,
    facts: Mapping[str, Any] | None = None,
    text: str = "",
    note: str = "",
    amount: Decimal | None = None,
    tracking_number: str = "",
    book: Book | None = None,
) -> Recorded:
    """Record one event, derive the dates again, and say what changed. `today` is the day in the agency's zone.

    seen_version: the ledger version the form was made from; None for acts without a form (imports, commands).
    """
    _may_edit(viewer, records_request)
    request = _locked(records_request)
    again = EventRow.objects.filter(request=request, once=once).first()
    if again is not None:
        return Recorded(again, None, repeated=True)
    _fresh(request, seen_version)
    event = _checked(
        request, kind, once, today, _days(dated_on, sent_on, received_on), times, parts, outcome, facts,
        note=note, amount=amount, tracking_number=tracking_number,
    )  # fmt: skip
    book = book or book_of([request.agency_id])
    effect = _effect(request, event, today, book)
    row = write_event(request, event, once, actor, text=_clean(text), note=_clean(note), amount=amount, book=book)
    if tracking_number:
        RequestCorrespondence.objects.filter(request=request).update(tracking_number=tracking_number)
    records_request.ledger_version = request.ledger_version
    return Recorded(row, effect)


def preview_event(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    kind: str,
    today: dt.date,
    once: str,
    seen_version: int | None = None,
    dated_on: dt.date | None = None,
    sent_on: dt.date | None = None,
    received_on: dt.date | None = None,
    times: Mapping[str, dt.time | None] | None = None,
    parts: Sequence[str] = (),
    outcome: str | None = None,
    facts: Mapping[str, Any] | None = None,
    text: str = "",
    note: str = "",
    amount: Decimal | None = None,
    tracking_number: str = "",
    actor: Person | None = None,
    book: Book | None = None,
) -> Effect:
    """What `record_event` would do with the same words. Nothing is written."""
    _may_edit(viewer, records_request)
    _fresh(records_request, seen_version)
    event = _checked(
        records_request, kind, once, today, _days(dated_on, sent_on, received_on), times, parts, outcome,
        facts, note=note, amount=amount, tracking_number=tracking_number,
    )  # fmt: skip
    return _effect(records_request, event, today, book or book_of([records_request.agency_id]))


def retract_event(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    event: EventRow,
    reason: str,
    actor: Person | None,
    once: str,
    today: dt.date,
    seen_version: int | None = None,
    book: Book | None = None,
) -> Recorded:
    """Take an event back. It stays in the ledger, struck through, with the reason in our own notes."""
    _may_edit(viewer, records_request)
    request = _locked(records_request)
    again = EventRow.objects.filter(request=request, once=once).first()
    if again is not None:
        return Recorded(again, None, repeated=True)
    _fresh(request, seen_version)
    if not reason.strip():
        raise Refused("reason_missing", "Say why this event is taken back.", field="reason")
    _may_take_back(viewer, event)
    retraction = _retraction(request, event, once)
    book = book or book_of([request.agency_id])
    effect = _effect(request, retraction, today, book)
    row = write_event(
        request, retraction, once, actor, text="", note=_clean(reason), amount=None, book=book, retracts=event
    )
    if event.kind in (Kind.law_applied, Kind.retracted):
        offers.follow_pin(request)
    records_request.ledger_version = request.ledger_version
    return Recorded(row, effect)


def preview_retraction(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    event: EventRow,
    once: str,
    today: dt.date,
    seen_version: int | None = None,
    book: Book | None = None,
) -> Effect:
    """What `retract_event` would do. Nothing is written."""
    _may_edit(viewer, records_request)
    _fresh(records_request, seen_version)
    _may_take_back(viewer, event)
    retraction = _retraction(records_request, event, once)
    return _effect(records_request, retraction, today, book or book_of([records_request.agency_id]))


def _days(
    dated_on: dt.date | None, sent_on: dt.date | None, received_on: dt.date | None
) -> dict[str, dt.date | None]:
    return {"dated_on": dated_on, "sent_on": sent_on, "received_on": received_on}


def _may_edit(viewer: Viewer, records_request: RecordsRequest) -> None:
    if not viewer.belongs_to(records_request.organisation_id):
        raise NotYours
    if not viewer.may_edit(records_request.organisation_id):
        raise Refused("editors_only", "Only an editor or an owner may record events.", status=403)


def _may_take_back(viewer: Viewer, event: EventRow) -> None:
    """What only an owner decides, only an owner takes back, and restores."""
    root: EventRow = event
    while root.retracts is not None:
        root = root.retracts
    if root.kind == Kind.law_applied and not viewer.may_own(event.organisation_id):
        raise Refused(
            "owners_only", "Only an owner decides by which reading of a law a request is counted.", status=403
        )


def _locked(records_request: RecordsRequest) -> RecordsRequest:
    # Two acts on one ledger take turns: the second sees what the first wrote, and is told.
    request = RecordsRequest.objects.select_for_update(of=("self",)).filter(pk=records_request.pk).first()
    if request is None:
        raise NotYours
    return request


def _fresh(request: RecordsRequest, seen_version: int | None) -> None:
    if seen_version is None or seen_version == request.ledger_version:
        return
    since = (
        EventRow.objects.filter(request=request)
        .in_order()
        .values_list("kind", flat=True)[max(seen_version, 0) :]
    )
    said = ", ".join(kind.replace("_", " ") for kind in since) or "another change"
    raise Refused(
        "stale",
        f"Since this form was opened, something was recorded: {said}. "
        "Look at the request again before you save.",
        status=409,
    )


def _checked(
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
    if known in (None, Kind.retracted, Kind.law_applied):
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


def standing(events: Iterable[EventRow]) -> list[Event]:
    """Of the rows of one request those that nothing standing takes back."""
    return standing_events(ledger_of(events))


def _retraction(request: RecordsRequest, event: EventRow, once: str) -> Event:
    if event.request_id != request.pk:
        raise NotYours
    taken_back = EventRow.objects.filter(request=request, retracts=event).first()
    if taken_back is not None:
        restored = EventRow.objects.filter(request=request, retracts=taken_back).exists()
        raise Refused(
            "retracted_before",
            "This event was taken back and then restored; take back the restoration instead."
            if restored
            else "This event was taken back already.",
            status=409,
        )
    if event.kind == "sent":
        retracted = EventRow.objects.filter(request=request, retracts__isnull=False).values("retracts")
        others = EventRow.objects.filter(request=request, kind="sent").exclude(pk=event.pk)
        if not others.exclude(pk__in=retracted).exists():
            raise Refused(
                "first_letter", "The letter that made the request cannot be taken back.", status=409
            )
    return Event(uid=uid_of(request.public_id, once), kind=Kind.retracted, retracts=event.uid)


def _effect(request: RecordsRequest, event: Event, today: dt.date, book: Book) -> Effect:
    rows = EventRow.objects.filter(request=request).values_list(*EVENT_COLUMNS)
    return effect_of(ledger_of_rows(rows), event, book=book, on=today)


def write_event(
    request: RecordsRequest,
    event: Event,
    once: str,
    actor: Person | None,
    *,
    text: str,
    note: str,
    amount: Decimal | None,
    book: Book,
    retracts: EventRow | None = None,
) -> EventRow:
    """The rows of an event that was checked, and the dates after it. The caller holds the lock of the request."""
    belongs = {"request": request, "organisation_id": request.organisation_id}
    try:
        with transaction.atomic():
            row = EventRow.objects.create(
                **belongs,
                uid=event.uid,
                kind=event.kind.value,
                dated_on=event.dated_on,
                sent_on=event.sent_on,
                received_on=event.received_on,
                dated_at=event.dated_at,
                sent_at=event.sent_at,
                received_at=event.received_at,
                parts=list(event.parts),
                outcome=event.outcome.value if event.outcome else "",
                facts=dict(event.facts),
                retracts=retracts,
                once=once,
            )
    except IntegrityError as problem:
        if "one_filing_an_act" in str(problem):
            raise Refused("once_used", "This form was used for another request; open it again.") from None
        raise
    EventNote.objects.create(event=row, **belongs, actor=actor, text=note)
    if text or amount is not None:
        EventCorrespondence.objects.create(event=row, **belongs, text=text, amount=amount)
    RecordsRequest.objects.filter(pk=request.pk).update(ledger_version=F("ledger_version") + 1)
    request.ledger_version += 1
    deadlines.derive(request, book=book)
    return row


def _clean(said: str) -> str:
    # PostgreSQL cannot store the character NUL; a pasted mail sometimes holds one.
    return said.replace("\x00", "").strip()
