"""Stored deadlines: the fold's shadow in the database. Same stays, changed is superseded and kept, new is added.

One path serves the single act and the hundred thousand: read the ledgers of some requests, fold them, compare with
what is stored, write the difference. Passing time needs no write: spans say from when to when each standing holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models.functions import Now

from requests_app.clock import codec
from requests_app.clock.book import Book
from requests_app.clock.events import Event
from requests_app.clock.fold import course
from requests_app.clock.standing import Clock
from requests_app.models import Deadline, PublicStandingSpan, RecordsRequest, StandingSpan
from requests_app.models import Event as EventRow
from requests_app.queries.ledger import EVENT_COLUMNS, book_of, ledger_of_rows
from requests_app.queries.spans import SPAN_COLUMNS, SpanRow, span_rows

from . import offers, reminders


@dataclass(slots=True)
class Written:
    """What a derivation wrote. `moved`: ids of requests of which any row changed."""

    requests: int = 0
    added: int = 0
    superseded: int = 0
    spans: int = 0
    moved: list[int] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.added + self.superseded + self.spans

    def add(self, other: Written) -> None:
        self.requests += other.requests
        self.added += other.added
        self.superseded += other.superseded
        self.spans += other.spans
        self.moved += other.moved


def derive(records_request: RecordsRequest, *, book: Book | None = None) -> Written:
    """The dates of one request, in the transaction of the act that changed its ledger."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.add(records_request.pk)
        return Written()
    return derive_requests([records_request.pk], book=book or book_of([records_request.agency_id]))


@contextmanager
def together() -> Iterator[None]:
    """Several acts of one transaction, their dates derived once at its end: no date in between was ever shown."""
    token = _waiting.set(set())
    try:
        yield
        ids = sorted(_waiting.get() or ())
    finally:
        _waiting.reset(token)
    if ids:
        agencies = RecordsRequest.objects.filter(pk__in=ids).values_list("agency_id", flat=True)
        derive_requests(ids, book=book_of(set(agencies)))


_waiting: ContextVar[set[int] | None] = ContextVar("waiting", default=None)


def derive_requests(ids: Sequence[int], *, book: Book, hurry: bool = True) -> Written:
    """The dates of some requests of one organization. Only differences are written.

    hurry: let a worker look at once for what is due; without it the next sweep does.
    Rows are locked only where something differs: then the ledger is read again under the lock, since an act may
    have written in between.
    """
    first = _Chunk(ids, book)
    if first.differing:
        locked = list(
            RecordsRequest.objects.select_for_update(of=("self",))
            .filter(pk__in=first.differing)
            .order_by("pk")
            .values_list("pk", "ledger_version")
        )
        stale = [pk for pk, version in locked if first.versions[pk] != version]
        if stale:
            first.replace(_Chunk(stale, book))
        first.write()
        offers.refresh(first.written.moved, book=book)
        reminders.plan_for_requests(first.written.moved, now=database_now(), hurry=hurry)
    return first.written


def database_now() -> dt.datetime:
    """The instant for leases and alarms is the database's, so that two machines agree on it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        found: dt.datetime = cursor.fetchone()[0]
    return found


class _Chunk:
    """Some requests: what their ledgers say against what is stored."""

    def __init__(self, ids: Sequence[int], book: Book) -> None:
        self.versions: dict[int, int] = {}
        self.owners: dict[int, int] = {}
        self.zones: dict[int, str] = {}
        columns = ("pk", "organisation_id", "zone", "ledger_version")
        for pk, organisation_id, zone, version in RecordsRequest.objects.filter(pk__in=ids).values_list(
            *columns
        ):
            self.versions[pk], self.owners[pk], self.zones[pk] = version, organisation_id, zone
        self.written = Written(requests=len(self.versions))
        self.new: dict[int, list[Clock]] = {}
        self.gone: dict[int, list[int]] = {}
        self.span_changes: dict[type[Any], dict[int, tuple[list[int], list[SpanRow]]]] = {
            StandingSpan: {},
            PublicStandingSpan: {},
        }
        self._compare(book)

    @property
    def differing(self) -> list[int]:
        found = {*self.new, *self.gone}
        for changes in self.span_changes.values():
            found.update(changes)
        return sorted(found)

    def _compare(self, book: Book) -> None:
        ids = list(self.versions)
        ledgers = _by_request(EventRow, ids, EVENT_COLUMNS)
        stored = _by_request(
            Deadline, ids, ("request_id", "clock_key", "fingerprint", "pk"), superseded_at=None
        )
        spans = {
            table: _by_request(table, ids, ("request_id", "pk", *SPAN_COLUMNS)) for table in self.span_changes
        }
        for pk in ids:
            ledger = ledger_of_rows(ledgers.get(pk, ()))
            whole, since = course(ledger, book=book), _last_day(ledger)
            self._compare_clocks(pk, whole.clocks, stored.get(pk, ()))
            for table, rows in spans.items():
                # From the last event on: what an earlier day looked like is asked of the ledger.
                wanted = span_rows(whole, public=table is PublicStandingSpan, since=since)
                _compare_spans(self.span_changes[table], pk, wanted, rows.get(pk, ()))

    def _compare_clocks(self, pk: int, clocks: Iterable[Clock], stored: Iterable[tuple[Any, ...]]) -> None:
        standing = {key: (mark, row) for _, key, mark, row in stored}
        for clock in clocks:
            mark, row = standing.pop(clock.key, (None, None))
            if mark == codec.fingerprint(clock):
                continue
            if row is not None:
                self.gone.setdefault(pk, []).append(row)
            self.new.setdefault(pk, []).append(clock)
        for _, row in standing.values():
            self.gone.setdefault(pk, []).append(row)

    def replace(self, other: _Chunk) -> None:
        for pk in other.versions:
            self.new.pop(pk, None)
            self.gone.pop(pk, None)
            for changes in self.span_changes.values():
                changes.pop(pk, None)
        self.new |= other.new
        self.gone |= other.gone
        for table, changes in self.span_changes.items():
            changes |= other.span_changes[table]

    def write(self) -> None:
        written = self.written
        written.moved = self.differing
        gone = [row for rows in self.gone.values() for row in rows]
        if gone:
            written.superseded = Deadline.objects.filter(pk__in=gone).update(superseded_at=Now())
        rows = [
            _deadline(clock, pk, self.owners[pk], self.zones[pk])
            for pk, clocks in self.new.items()
            for clock in clocks
        ]
        Deadline.objects.bulk_create(rows, batch_size=500)
        written.added = len(rows)
        for table, changes in self.span_changes.items():
            dropped = [row for rows, _ in changes.values() for row in rows]
            if dropped:
                table.objects.filter(pk__in=dropped).delete()
            made = [
                table(
                    request_id=pk,
                    organisation_id=self.owners[pk],
                    **dict(zip(SPAN_COLUMNS, row, strict=True)),
                )
                for pk, (_, rows) in changes.items()
                for row in rows
            ]
            table.objects.bulk_create(made, batch_size=500)
            written.spans += len(made) + len(dropped)


def _by_request(
    table: type[Any], ids: Sequence[int], columns: Sequence[str], **only: Any
) -> Mapping[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    for row in table.objects.filter(request__in=ids, **only).values_list(*columns):
        found.setdefault(row[0], []).append(row)
    return found


def _last_day(ledger: Iterable[Event]) -> dt.date | None:
    """The last day an event names. Never the day of recording, which west of Greenwich may be tomorrow's."""
    days = (event.received_on or event.sent_on or event.dated_on for event in ledger)
    return max((day for day in days if day is not None), default=None)


def _compare_spans(
    changes: dict[int, tuple[list[int], list[SpanRow]]],
    pk: int,
    wanted: list[SpanRow],
    stored: Iterable[tuple[Any, ...]],
) -> None:
    there = {row[2:]: row[1] for row in stored}
    made = [row for row in wanted if there.pop(row, None) is None]
    if made or there:
        changes[pk] = (list(there.values()), made)


def _deadline(clock: Clock, request_id: int, organisation_id: int, zone: str) -> Deadline:
    due_at = clock.due_at
    if due_at is not None and due_at.tzinfo is None:
        due_at = due_at.replace(tzinfo=ZoneInfo(zone))
    return Deadline(
        organisation_id=organisation_id,
        request_id=request_id,
        clock_key=clock.key,
        rule_id=clock.rule_id,
        name=clock.name,
        owner=clock.owner.value,
        scope=clock.scope,
        round=clock.round,
        law_ref=clock.law_ref,
        calendar_ref=clock.calendar_ref,
        opens_on=clock.opens_on,
        earliest_on=clock.earliest,
        latest_on=clock.latest,
        due_on=clock.due_on,
        due_at=due_at,
        met_on=clock.met_on,
        paused_since=clock.paused_since,
        ended_on=clock.ended_on,
        conditional=clock.conditional,
        clock=codec.to_json(clock),
        fingerprint=codec.fingerprint(clock),
    )
