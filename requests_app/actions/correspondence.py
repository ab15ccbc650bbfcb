"""What happens to a request after it was filed: events recorded, previewed, taken back. The ledger only grows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from requests_app.clock.book import Book
from requests_app.clock.events import Event, Kind
from requests_app.clock.ledger import standing_events
from requests_app.models import Event as EventRow
from requests_app.models import (
    EventCorrespondence,
    EventNote,
    Person,
    RecordsRequest,
    RequestCorrespondence,
)
from requests_app.models.visibility import Viewer
from requests_app.queries.ledger import EVENT_COLUMNS, book_of, ledger_of, ledger_of_rows

from . import deadlines, offers
from .effects import Effect, Warned, effect_of
from .event_checks import checked, clean
from .filing import uid_of
from .refusals import NotYours, Refused
from .rights import must_edit

EDITORS_ONLY = "Only an editor or an owner may record events."


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
    must_edit(viewer, records_request.organisation_id, EDITORS_ONLY)
    request = _locked(records_request)
    again = EventRow.objects.filter(request=request, once=once).first()
    if again is not None:
        return Recorded(again, None, repeated=True)
    _fresh(request, seen_version)
    event = checked(
        request, kind, once, today, _days(dated_on, sent_on, received_on), times, parts, outcome, facts,
        note=note, amount=amount, tracking_number=tracking_number,
    )  # fmt: skip
    book = book or book_of([request.agency_id])
    effect = _effect(request, event, today, book)
    row = write_event(request, event, once, actor, text=clean(text), note=clean(note), amount=amount, book=book)
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
    must_edit(viewer, records_request.organisation_id, EDITORS_ONLY)
    _fresh(records_request, seen_version)
    event = checked(
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
    must_edit(viewer, records_request.organisation_id, EDITORS_ONLY)
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
        request, retraction, once, actor, text="", note=clean(reason), amount=None, book=book, retracts=event
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
    must_edit(viewer, records_request.organisation_id, EDITORS_ONLY)
    _fresh(records_request, seen_version)
    _may_take_back(viewer, event)
    retraction = _retraction(records_request, event, once)
    return _effect(records_request, retraction, today, book or book_of([records_request.agency_id]))


def _days(
    dated_on: dt.date | None, sent_on: dt.date | None, received_on: dt.date | None
) -> dict[str, dt.date | None]:
    return {"dated_on": dated_on, "sent_on": sent_on, "received_on": received_on}


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


def standing(events: Iterable[EventRow]) -> list[Event]:
    """Of the rows of one request those that nothing standing takes back."""
    return standing_events(ledger_of(events))


def _retraction(request: RecordsRequest, event: EventRow, once: str) -> Event:
    if event.request_id != request.pk:
        raise NotYours
    if event.kind == "parts_named":
        raise Refused(
            "parts_stay", "A part is not taken back: other events may speak of it. Withdraw it instead.", status=409
        )
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
