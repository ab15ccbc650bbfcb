"""Counting what a newer publication of a law would move, request by request: two folds of one ledger, compared.

Until somebody decides, nothing moves; but alarms about our own windows go by the earlier of the two dates.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q

from requests_app.clock.book import Book
from requests_app.clock.events import Event, Kind
from requests_app.clock.fold import course
from requests_app.clock.ledger import read, standing_events
from requests_app.clock.rules import Owner
from requests_app.clock.segments import segments
from requests_app.clock.standing import Clock
from requests_app.models import Deadline, OfferedMove, RecordsRequest, RevisionOffer
from requests_app.models import Event as EventRow
from requests_app.queries.ledger import EVENT_COLUMNS, ledger_of_rows

from .effects import ClockChange, changed_clocks

Decision = OfferedMove.Decision
# Read as if applied on the last day of the ledger; the day of an applied reading moves nothing itself.
WHAT_IF = "offered"


def under(law_id: str) -> Q:
    """Requests that this law governs, from the start or since a transfer."""
    moved = EventRow.objects.filter(kind=Kind.transferred, facts__law=law_id).values("request_id")
    return Q(law_id=law_id) | Q(pk__in=moved)


def pinned(events: Iterable[Event], law_id: str) -> int | None:
    """The publication of a law that a ledger is counted by; None: the law does not govern it."""
    ledger = read(events)
    applied = ledger.revisions.get((law_id, "*"))
    pins = [segment.revision or 1 for segment in segments(ledger) if segment.law == law_id]
    return (applied or max(pins)) if pins else None


def count(offer: RevisionOffer, ids: Sequence[int], *, book: Book) -> int:
    """Write what the offer would move in these requests of its organization; the number of requests moved."""
    known = {
        move.request_id: move
        for move in OfferedMove.objects.filter(offer=offer, request__in=ids).order_by("pk")
    }
    moved, propose = 0, dict[int, dict[str, dt.date]]()
    for request_id, ledger in _ledgers(ids):
        move = known.get(request_id)
        if move is not None and move.decision != Decision.WAITING:
            continue
        was = pinned(ledger, offer.law_id)
        changes = _changes(ledger, offer, book) if was is not None and was < offer.revision else ()
        if changes and was is not None:
            moved += 1
            _put(offer, request_id, was, changes)
        elif move is not None:
            OfferedMove.objects.filter(pk=move.pk).update(decision=Decision.MOOT)
        propose[request_id] = _earlier(changes)
    _propose(propose)
    return moved


def refresh(ids: Sequence[int], *, book: Book) -> None:
    """After the dates of some requests were derived again: what still waits for them is counted again."""
    waiting = OfferedMove.objects.filter(request__in=ids, decision=Decision.WAITING).select_related("offer")
    by_offer: dict[RevisionOffer, list[int]] = defaultdict(list)
    for move in waiting.order_by("pk"):
        by_offer[move.offer].append(move.request_id)
    for offer, requests in by_offer.items():
        count(offer, requests, book=book)


def follow_pin(request: RecordsRequest) -> None:
    """After an applied reading was taken back, or that was: request and offer say what the ledger says."""
    ledger = ledger_of_rows(EventRow.objects.filter(request=request).values_list(*EVENT_COLUMNS))
    RecordsRequest.objects.filter(pk=request.pk).update(law_revision=pinned(ledger, request.law_id) or 1)
    standing = {event.uid for event in standing_events(ledger)}
    for move in OfferedMove.objects.filter(request=request, event__isnull=False).select_related("event"):
        taken = move.event is None or move.event.uid not in standing
        decision = Decision.DECLINED if taken else Decision.APPLIED
        OfferedMove.objects.filter(pk=move.pk).update(decision=decision)


def withdraw(ids: Iterable[int]) -> None:
    """Nothing is proposed for these requests any more: their alarms go by the dates that stand."""
    Deadline.objects.filter(request__in=list(ids), proposed_on__isnull=False).update(proposed_on=None)


def _ledgers(ids: Sequence[int]) -> Iterator[tuple[int, tuple[Event, ...]]]:
    rows: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in EventRow.objects.filter(request__in=ids).values_list(*EVENT_COLUMNS):
        rows[row[0]].append(row)
    for request_id in ids:
        yield request_id, ledger_of_rows(rows[request_id])


def _changes(ledger: tuple[Event, ...], offer: RevisionOffer, book: Book) -> tuple[ClockChange, ...]:
    before = course(ledger, book=book)
    if not any(_live(clock) for clock in before.clocks):
        return ()
    on = before.horizon
    applied = Event(
        WHAT_IF, Kind.law_applied, sent_on=on, facts={"law": offer.law_id, "revision": offer.revision}
    )
    after = course((*ledger, applied), book=book)
    found = [change for change in changed_clocks(before.clocks, after.clocks) if matters(change)]
    return tuple(
        sorted(found, key=lambda change: (change.new_due or change.old_due or dt.date.max, change.key))
    )


def _live(clock: Clock) -> bool:
    return clock.met_on is None and clock.ended_on is None


def matters(change: ClockChange) -> bool:
    """A date of a clock that still runs, or whether it runs at all; a better citation alone moves nothing."""
    if not any(_live(clock) for clock in (change.before, change.after) if clock is not None):
        return False
    return _dates(change.before) != _dates(change.after)


def _dates(clock: Clock | None) -> dict[str, str | None]:
    """What an owner compares."""
    if clock is None:
        return {}
    days = {"earliest": clock.earliest, "latest": clock.latest, "due": clock.due_on, "opens": clock.opens_on}
    told = {name: day.isoformat() if day else None for name, day in days.items()}
    return told | {
        "at": clock.due_at.isoformat() if clock.due_at else None,
        "standard": clock.standard,
        "unknown": clock.unknown,
        "ended": clock.ended_on.isoformat() if clock.ended_on else None,
    }


def _put(offer: RevisionOffer, request_id: int, was: int, changes: Sequence[ClockChange]) -> None:
    told = [
        {
            "key": change.key, "name": change.clock.name, "parts": list(change.clock.parts),
            "owner": change.clock.owner.value, "what": change.what,
            "old": _dates(change.before), "new": _dates(change.after),
            "old_name": change.before.name if change.before else "",
        }
        for change in changes
    ]  # fmt: skip
    ours = any(change.clock.owner is Owner.requester for change in changes)
    OfferedMove.objects.update_or_create(
        offer=offer,
        request_id=request_id,
        defaults={
            "organisation_id": offer.organisation_id, "from_revision": was, "changes": told, "ours": ours,
            "decision": Decision.WAITING,
        },
    )  # fmt: skip
    # A later publication says all that an earlier one would have.
    OfferedMove.objects.filter(
        request_id=request_id, decision=Decision.WAITING, offer__law_id=offer.law_id,
        offer__revision__lt=offer.revision,
    ).update(decision=Decision.REPLACED)  # fmt: skip


def _earlier(changes: Iterable[ClockChange]) -> dict[str, dt.date]:
    """Windows of ours that the newer reading closes earlier than the standing date."""
    found = {}
    for change in changes:
        new, old = change.new_due, change.old_due
        if change.after is None or change.after.owner is not Owner.requester or not _live(change.after):
            continue
        if change.before is not None and new is not None and (old is None or new < old):
            found[change.key] = new
    return found


def _propose(wanted: dict[int, dict[str, dt.date]]) -> None:
    standing = Deadline.objects.standing().filter(request__in=list(wanted), owner=Owner.requester)
    changed = []
    for deadline in standing.only("pk", "request_id", "clock_key", "proposed_on"):
        proposed = wanted[deadline.request_id].get(deadline.clock_key)
        if proposed != deadline.proposed_on:
            deadline.proposed_on = proposed
            changed.append(deadline)
    Deadline.objects.bulk_update(changed, ["proposed_on"], batch_size=500)


def requests_under(offer: RevisionOffer) -> Any:
    """The requests of the offer's organization that the law governs, by id."""
    return RecordsRequest.objects.filter(under(offer.law_id), organisation=offer.organisation_id).order_by(
        "pk"
    )
