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
from requests_app.laws.errors import Refused as NoAnswer
from requests_app.laws.registry import library
from requests_app.models import Deadline, OfferedMove, RecordsRequest, RevisionOffer
from requests_app.models import Event as EventRow
from requests_app.queries.ledger import EVENT_COLUMNS, ledger_of_rows

from .effects import ClockChange, changed_clocks

Decision = OfferedMove.Decision
# Nobody has decided, or a worker is on its way: what would move is kept up to date.
OPEN = frozenset({Decision.WAITING, Decision.CHOSEN, Decision.MOOT})
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


def holds(offer: RevisionOffer) -> bool:
    """This release knows the offered publication. An older release does not: its dates would all read as unknown."""
    try:
        return library().law(offer.law_id).newest >= offer.revision
    except NoAnswer:
        return False


def count(offer: RevisionOffer, ids: Sequence[int], *, book: Book) -> int:
    """Write what the offer would move in these requests of its organization; the number of requests moved.

    The requests are locked only to write: where an act wrote meanwhile, its ledger is read again under the lock, or a
    date it moved would keep the old one's proposal.
    """
    versions, found = _versions(ids), _what_moves(offer, ids, book)
    locked = _versions(ids, lock=True)
    stale = [pk for pk, version in locked.items() if versions.get(pk) != version]
    found.update(_what_moves(offer, stale, book))
    known = {move.request_id: move for move in OfferedMove.objects.filter(offer=offer, request__in=locked)}
    # A later publication says all that an earlier one would have.
    OfferedMove.objects.filter(
        request__in=locked, decision=Decision.WAITING, offer__law_id=offer.law_id,
        offer__revision__lt=offer.revision,
    ).update(decision=Decision.REPLACED)  # fmt: skip
    moved = 0
    for request_id in locked:
        was, changes = found[request_id]
        move = known.get(request_id)
        if move is not None and move.decision not in OPEN:
            continue
        if changes and was is not None:
            moved += 1
            _put(offer, request_id, was, changes, move)
        elif move is not None and move.decision == Decision.WAITING:
            OfferedMove.objects.filter(pk=move.pk).update(decision=Decision.MOOT)
    propose(locked)
    return moved


def refresh(ids: Sequence[int], *, book: Book) -> None:
    """After the dates of some requests were derived again: what is offered for them is counted again, also where
    nothing moved before. An event may have opened a window that the newer reading closes earlier."""
    if not ids:
        return
    homes = RecordsRequest.objects.filter(pk__in=ids).values("organisation")
    latest: dict[tuple[int, str], RevisionOffer] = {}
    for offer in RevisionOffer.objects.filter(organisation__in=homes).order_by("revision"):
        latest[offer.organisation_id, offer.law_id] = offer
    for offer in latest.values():
        if holds(offer):
            theirs = requests_under(offer).filter(pk__in=ids).values_list("pk", flat=True)
            count(offer, list(theirs), book=book)
    if latest:
        propose(ids)


def follow_pin(request: RecordsRequest) -> None:
    """After an applied reading was taken back, or that was: request and offer say what the ledger says."""
    ledger = ledger_of_rows(EventRow.objects.filter(request=request).values_list(*EVENT_COLUMNS))
    RecordsRequest.objects.filter(pk=request.pk).update(law_revision=pinned(ledger, request.law_id) or 1)
    standing = {event.uid for event in standing_events(ledger)}
    for move in OfferedMove.objects.filter(request=request, event__isnull=False).select_related("event"):
        taken = move.event is None or move.event.uid not in standing
        decision = Decision.DECLINED if taken else Decision.APPLIED
        if move.decision != decision:
            OfferedMove.objects.filter(pk=move.pk).update(decision=decision)


def propose(ids: Iterable[int]) -> None:
    """Alarms go by the earliest date that any open offer names, of whichever law; else by the date that stands."""
    asked = list(ids)
    wanted: dict[int, dict[str, dt.date]] = defaultdict(dict)
    undecided = OfferedMove.objects.filter(
        request__in=asked, decision__in=[Decision.WAITING, Decision.CHOSEN]
    )
    for request_id, changes in undecided.values_list("request_id", "changes"):
        dates = wanted[request_id]
        for change in changes:
            if day := change.get("earlier"):
                new, key = dt.date.fromisoformat(day), change["key"]
                dates[key] = min(new, dates.get(key, new))
    standing = Deadline.objects.standing().filter(request__in=asked, owner=Owner.requester)
    if not wanted:
        standing = standing.filter(proposed_on__isnull=False)
    changed = []
    for deadline in standing.only("pk", "request_id", "clock_key", "proposed_on"):
        proposed = wanted[deadline.request_id].get(deadline.clock_key)
        if proposed != deadline.proposed_on:
            deadline.proposed_on = proposed
            changed.append(deadline)
    Deadline.objects.bulk_update(changed, ["proposed_on"], batch_size=500)


def _versions(ids: Sequence[int], *, lock: bool = False) -> dict[int, int]:
    rows = RecordsRequest.objects.filter(pk__in=ids).order_by("pk")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    return dict(rows.values_list("pk", "ledger_version"))


def _what_moves(
    offer: RevisionOffer, ids: Sequence[int], book: Book
) -> dict[int, tuple[int | None, tuple[ClockChange, ...]]]:
    found = {}
    for request_id, ledger in _ledgers(ids):
        was = pinned(ledger, offer.law_id)
        moves = was is not None and was < offer.revision
        found[request_id] = was, _changes(ledger, offer, book) if moves else ()
    return found


def _ledgers(ids: Sequence[int]) -> Iterator[tuple[int, tuple[Event, ...]]]:
    if not ids:
        return
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


def _put(
    offer: RevisionOffer, request_id: int, was: int, changes: Sequence[ClockChange], known: OfferedMove | None
) -> None:
    told = [
        {
            "key": change.key, "name": change.clock.name, "owner": change.clock.owner.value, "what": change.what,
            "parts": list(change.clock.parts),
            "old": _dates(change.before), "new": _dates(change.after),
            "old_name": change.before.name if change.before else "",
            "earlier": _earlier(change),
        }
        for change in changes
    ]  # fmt: skip
    ours = any(change.clock.owner is Owner.requester for change in changes)
    says: dict[str, Any] = {"from_revision": was, "changes": told, "ours": ours}
    if known is not None:
        # What an owner chose stays chosen, by what it would move now.
        decision = Decision.CHOSEN if known.decision == Decision.CHOSEN else Decision.WAITING
        OfferedMove.objects.filter(pk=known.pk).update(decision=decision, **says)
    else:
        OfferedMove.objects.create(
            offer=offer, request_id=request_id, organisation_id=offer.organisation_id, **says
        )


def _earlier(change: ClockChange) -> str | None:
    """The day, where the newer reading closes a standing window of ours earlier."""
    new, old = change.new_due, change.old_due
    if change.before is None or change.after is None or change.after.owner is not Owner.requester:
        return None
    if new is None or not _live(change.after) or (old is not None and new >= old):
        return None
    return new.isoformat()


def requests_under(offer: RevisionOffer) -> Any:
    """The requests of the offer's organization that the law governs, by id."""
    return RecordsRequest.objects.filter(under(offer.law_id), organisation=offer.organisation_id).order_by(
        "pk"
    )
