"""A newer publication of a law: found, counted, and applied to all, some or none of an organization's requests.

Counting runs in chunks of its own transactions and locks requests only to write, so that readers never wait. A killed
worker loses one chunk. An offer is locked without its key: an event that is recorded meanwhile may add a move to it.
Each applied move is an event in the request's ledger; the dates, and the corrections to people who were told the old
ones, follow from it as from any other event.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models.functions import Now

from requests_app.clock.book import Book
from requests_app.clock.events import Event, Kind
from requests_app.laws.errors import Refused as NoAnswer
from requests_app.laws.registry import library
from requests_app.models import Event as EventRow
from requests_app.models import Membership, OfferedMove, Person, RecordsRequest, RevisionOffer, Role
from requests_app.models.visibility import Viewer, organisation_viewer, viewing, viewing_as
from requests_app.queries.ledger import EVENT_COLUMNS, book_of, ledger_of_rows

from . import audit, deadlines, inbox, jobs, nudge, offers, reminders
from .correspondence import write_event
from .filing import uid_of
from .refusals import Refused
from .rights import must_own

COUNTED_AT_ONCE = 200
APPLIED_AT_ONCE = 50
WORK = "requests_app.tasks.revisions.work"
State, Decision = RevisionOffer.State, OfferedMove.Decision


@dataclass(frozen=True, slots=True)
class Decided:
    """How many requests a button concerned, and how many of them a worker still has to apply."""

    requests: int
    left: int


def find(*, progress: Callable[[RevisionOffer], None] | None = None) -> list[tuple[int, int]]:
    """Offers that are to be counted, as (organization, offer): new publications since the last look, and what a
    killed worker left. As often as one likes; an offer exists once."""
    found = []
    for organisation_id in jobs.organisations():
        with viewing(organisation_viewer(organisation_id)):
            for offer in _offers(organisation_id):
                found.append((organisation_id, offer.pk))
                if progress is not None:
                    progress(offer)
    return found


def _offers(organisation_id: int) -> list[RevisionOffer]:
    ours = RecordsRequest.objects.filter(organisation=organisation_id)
    pins = set(ours.order_by().values_list("law_id", "law_revision").distinct())
    moved = EventRow.objects.filter(organisation=organisation_id, kind=Kind.transferred, facts__has_key="law")
    pins |= {
        (law, revision or 1)
        for law, revision in moved.order_by().values_list("facts__law", "facts__revision").distinct()
    }
    for law_id, revision in sorted(pins):
        newest = _newest(law_id)
        if newest is not None and revision < newest:
            RevisionOffer.objects.bulk_create(
                [RevisionOffer(organisation_id=organisation_id, law_id=law_id, revision=newest)],
                ignore_conflicts=True,
            )
    unfinished = RevisionOffer.objects.filter(
        organisation=organisation_id, state__in=[State.COUNTING, State.APPLYING]
    )
    return list(unfinished.order_by("pk"))


def _newest(law_id: str) -> int | None:
    """None: a law this library does not hold any more; its requests say so themselves."""
    try:
        return library().law(law_id).newest
    except NoAnswer:
        return None


def work(*, organisation_id: int, offer_id: int) -> bool:
    """One bounded step of counting or applying; whether another is left. Of two workers one steps back."""
    with viewing(organisation_viewer(organisation_id)):
        offer = (
            RevisionOffer.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            .filter(pk=offer_id)
            .first()
        )
        if offer is None or offer.state == State.READY:
            return False
        if offer.state == State.COUNTING:
            return _count_step(offer)
        person = _who_acts(offer)
        if person is None:
            _leave(offer)
            return False
    with viewing_as(person) as viewer:
        return _apply_step(viewer, offer_id, person, APPLIED_AT_ONCE)


def _count_step(offer: RevisionOffer) -> bool:
    if not offers.holds(offer):
        return False
    under = offers.requests_under(offer)
    if offer.total == 0:
        offer.total = under.count()
    ids = list(under.filter(pk__gt=offer.counted_to).values_list("pk", flat=True)[:COUNTED_AT_ONCE])
    if ids:
        offers.count(offer, ids, book=book_of(_agencies(ids)))
        reminders.plan_for_requests(ids, hurry=False)
        offer.counted, offer.counted_to = offer.counted + len(ids), ids[-1]
    if len(ids) < COUNTED_AT_ONCE:
        offer.state, offer.ready_at = State.READY, Now()
        _tell_owners(offer)
    offer.save(update_fields=["total", "counted", "counted_to", "state", "ready_at"])
    return len(ids) == COUNTED_AT_ONCE


def _tell_owners(offer: RevisionOffer) -> None:
    """A line in the inbox of each, once, where anything would move."""
    if not OfferedMove.objects.filter(offer=offer, decision=OfferedMove.Decision.WAITING).exists():
        return
    owners = Membership.objects.filter(organisation=offer.organisation_id, role=Role.OWNER, ended_at=None)
    inbox.put_in(
        organisation_id=offer.organisation_id, people=owners.values_list("person", flat=True), kind="offer",
        source=f"offer:{offer.pk}", request_id=None,
    )  # fmt: skip


def _agencies(ids: Sequence[int]) -> set[int]:
    return set(RecordsRequest.objects.filter(pk__in=ids).values_list("agency_id", flat=True))


def decide(
    *,
    viewer: Viewer,
    offer: RevisionOffer,
    actor: Person,
    accept: bool,
    requests: Iterable[str] | None = None,
    now: dt.datetime,
) -> Decided:
    """Apply the publication to some waiting requests (by public id) or decline it for them; None: all that wait.

    A few are applied at once; the rest by a worker. Raises Refused for requests that do not wait here.
    """
    must_own(viewer, offer.organisation_id, "Only an owner decides about a newer reading of a law.")
    locked = RevisionOffer.objects.select_for_update(of=("self",), no_key=True).get(pk=offer.pk)
    if locked.state == State.COUNTING:
        raise Refused("counting", "The requests are still being counted. Try again in a moment.", status=409)
    if accept and not offers.holds(locked):
        says = f"This release does not hold publication {locked.revision} of {locked.law_id}; nothing can be applied."
        raise Refused("reading_unknown", says, status=409)
    waiting = locked.moves.filter(decision=Decision.WAITING)
    if requests is not None:
        wanted = set(requests)
        if not wanted:
            raise Refused("none_chosen", "Choose at least one request.", field="requests")
        waiting = waiting.filter(request__public_id__in=wanted)
    ids = list(waiting.order_by("pk").values_list("request_id", flat=True))
    if not ids:
        return Decided(0, 0)
    # Requests before their moves, as every act that records an event: the other way round the two lock each other out.
    list(
        RecordsRequest.objects.select_for_update(of=("self",))
        .filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk")
    )
    decision = Decision.CHOSEN if accept else Decision.DECLINED
    done = locked.moves.filter(request__in=ids, decision=Decision.WAITING).update(
        decision=decision, decided_by=actor, decided_at=Now()
    )
    audit.record(
        act="revision_applied" if accept else "revision_declined",
        subject=f"law:{locked.law_id}.r{locked.revision}",
        organisation=locked.organisation,
        actor=actor,
        detail={"requests": done},
    )
    if not accept:
        offers.propose(ids)
        reminders.plan_for_requests(ids, now=now)
        return Decided(done, 0)
    locked.state, locked.acting = State.APPLYING, actor
    locked.save(update_fields=["state", "acting"])
    left = done - APPLIED_AT_ONCE
    if _apply_step(viewer, locked.pk, actor, APPLIED_AT_ONCE):
        nudge.worker_should_look(WORK, locked.organisation_id, locked.pk)
    return Decided(done, max(left, 0))


def _apply_step(viewer: Viewer, offer_id: int, actor: Person, most: int) -> bool:
    """Apply to the next chosen requests, as the person who chose. The caller is in a transaction."""
    offer = RevisionOffer.objects.select_for_update(of=("self",), no_key=True).get(pk=offer_id)
    if not viewer.may_own(offer.organisation_id):
        _leave(offer)
        return False
    if not offers.holds(offer):
        return False
    chosen = list(
        offer.moves.filter(decision=Decision.CHOSEN).order_by("pk").values_list("pk", "request_id")[:most]
    )
    requests = (
        RecordsRequest.objects.select_for_update(of=("self",))
        .filter(pk__in=[request_id for _, request_id in chosen])
        .order_by("pk")
        .in_bulk()
    )
    book = book_of({request.agency_id for request in requests.values()})
    with deadlines.together():
        for move_id, request_id in chosen:
            if request_id not in requests:  # its import was undone between the two looks
                continue
            event = _apply(offer, requests[request_id], actor, book)
            OfferedMove.objects.filter(pk=move_id).update(
                decision=Decision.APPLIED if event else Decision.MOOT, event=event
            )
    offers.propose(requests)
    reminders.plan_for_requests(requests)
    if len(chosen) < most:
        offer.state = State.READY
        offer.save(update_fields=["state"])
        return False
    return True


def _apply(offer: RevisionOffer, request: RecordsRequest, actor: Person, book: Book) -> EventRow | None:
    """The event that pins the request to the offered publication; None where it is already there or beyond."""
    once = f"law:{offer.law_id}:r{offer.revision}"[:64]
    ledger = ledger_of_rows(EventRow.objects.filter(request=request).values_list(*EVENT_COLUMNS))
    was = offers.pinned(ledger, offer.law_id)
    if was is None or was >= offer.revision:
        return None
    today = deadlines.database_now().astimezone(ZoneInfo(request.zone)).date()
    tries = EventRow.objects.filter(request=request, once__startswith=once).count()
    key = f"{once}:{tries}" if tries else once
    event = Event(
        uid_of(request.public_id, key),
        Kind.law_applied,
        sent_on=max(today, request.filed_on),
        facts={"law": offer.law_id, "revision": offer.revision},
    )
    if request.law_id == offer.law_id:
        RecordsRequest.objects.filter(pk=request.pk).update(law_revision=offer.revision)
    return write_event(request, event, key, actor, text="", note="", amount=None, book=book)


def _who_acts(offer: RevisionOffer) -> Person | None:
    person: Person | None = offer.acting
    if person is None or not person.is_active:
        return None
    owns = Membership.objects.filter(
        organisation=offer.organisation_id, person=person, ended_at=None, role="owner"
    )
    return person if owns.exists() else None


def _leave(offer: RevisionOffer) -> None:
    """Who chose may no longer decide here: what was not applied waits for another owner."""
    offer.moves.filter(decision=Decision.CHOSEN).update(
        decision=Decision.WAITING, decided_by=None, decided_at=None
    )
    offer.state = State.READY
    offer.save(update_fields=["state"])
