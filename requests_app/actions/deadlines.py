"""Stored deadlines: the fold's shadow in the database. Same stays, changed is superseded and kept, new is
added.

One path serves the single act and the hundred thousand: read the ledgers of some requests, fold them, compare
with
what is stored, write the difference. Passing time needs no write: spans say from when to when each standing
holds.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models.functions import Now

from requests_app.clock import codec
from requests_app.clock.events import NO_FACTS, Event, Kind, Outcome
from requests_app.clock.fold import Course, course
from requests_app.clock.standing import Clock
from requests_app.laws.registry import library
from requests_app.models import AgencyClosure, Deadline, PublicStandingSpan, RecordsRequest, StandingSpan
from requests_app.models import Event as EventRow

KINDS = {kind.value: kind for kind in Kind}
OUTCOMES: dict[str, Outcome | None] = {"": None} | {outcome.value: outcome for outcome in Outcome}
EVENT_COLUMNS = (
    "request_id", "uid", "kind", "dated_on", "sent_on", "received_on", "dated_at", "sent_at", "received_at",
    "recorded_at", "parts", "outcome", "facts", "retracts__uid",
)  # fmt: skip
SPAN_COLUMNS = (
    "from_on", "until_on", "stage", "outcome", "whose_move", "late", "late_since", "next_on", "next_name",
    "next_owner", "next_clock_key",
)  # fmt: skip
SpanRow = tuple[Any, ...]


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


def ledger_of(events: Iterable[EventRow]) -> tuple[Event, ...]:
    """The rows of one request as the clock reads them."""
    rows = list(events)
    uids = {row.pk: row.uid for row in rows}
    return tuple(
        _event(
            (
                row.request_id,
                row.uid,
                row.kind,
                row.dated_on,
                row.sent_on,
                row.received_on,
                row.dated_at,
                row.sent_at,
                row.received_at,
                row.recorded_at,
                row.parts,
                row.outcome,
                row.facts,
                None if row.retracts_id is None else uids[row.retracts_id],
            )
        )
        for row in rows
    )


def ledger_of_rows(rows: Iterable[tuple[Any, ...]]) -> tuple[Event, ...]:
    """The same from rows of EVENT_COLUMNS."""
    return tuple(map(_event, rows))


def _event(row: tuple[Any, ...]) -> Event:
    return Event(
        row[1], KINDS[row[2]], row[3], row[4], row[5], row[6], row[7], row[8], row[9],
        tuple(row[10]), OUTCOMES[row[11]], row[12] or NO_FACTS, row[13],
    )  # fmt: skip


def book_of(agency_ids: Iterable[int] | None = None) -> Any:
    """The laws, with the days on which single offices were closed. None: every office's."""
    closures: dict[str, dict[dt.date, tuple[str, str]]] = defaultdict(dict)
    rows = (
        AgencyClosure.objects.all()
        if agency_ids is None
        else AgencyClosure.objects.filter(agency__in=agency_ids)
    )
    for slug, on, name, source in rows.values_list("agency__slug", "on", "name", "source"):
        closures[slug][on] = (name, source)
    return library().book(closures=closures)


def course_of(records_request: RecordsRequest, *more: Event, book: Any = None) -> Course:
    """The course of a stored ledger, with events that are not written: the fold's what-if."""
    rows = EventRow.objects.filter(request=records_request).values_list(*EVENT_COLUMNS)
    return course((*ledger_of_rows(rows), *more), book=book or book_of([records_request.agency_id]))


def derive(records_request: RecordsRequest, *, book: Any = None) -> Written:
    """The dates of one request, in the transaction of the act that changed its ledger."""
    return derive_requests([records_request.pk], book=book or book_of([records_request.agency_id]))


def derive_requests(ids: Sequence[int], *, book: Any) -> Written:
    """The dates of some requests of one organization. Only differences are written.

    Rows are locked only where something differs: then the ledger is read again under the lock, since an act
    may have
    written in between.
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
    return first.written


class _Chunk:
    """Some requests: what their ledgers say against what is stored."""

    def __init__(self, ids: Sequence[int], book: Any) -> None:
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

    def _compare(self, book: Any) -> None:
        ids = list(self.versions)
        ledgers = _by_request(EventRow, ids, EVENT_COLUMNS)
        stored = _by_request(
            Deadline, ids, ("request_id", "clock_key", "fingerprint", "pk"), superseded_at=None
        )
        spans = {
            table: _by_request(table, ids, ("request_id", "pk", *SPAN_COLUMNS)) for table in self.span_changes
        }
        for pk in ids:
            whole = course(tuple(map(_event, ledgers.get(pk, ()))), book=book)
            self._compare_clocks(pk, whole.clocks, stored.get(pk, ()))
            named = {clock.key: clock for clock in whole.clocks}
            for table, rows in spans.items():
                wanted = span_rows(whole.spans(public=table is PublicStandingSpan), named)
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


def span_rows(spans: Iterable[Any], clocks: Mapping[str, Clock]) -> list[SpanRow]:
    """Spans of the fold as columns of the table; `late_since` is the first day of an unbroken lateness."""
    rows: list[SpanRow] = []
    late_since = None
    for span in spans:
        late_since = (late_since or span.from_on) if span.late else None
        clock = clocks.get(span.next_clock_key or "")
        rows.append(
            (
                span.from_on,
                span.until_on,
                str(span.stage),
                str(span.outcome or ""),
                str(span.whose_move),
                span.late,
                late_since,
                span.next_due_on,
                clock.name if clock else "",
                str(clock.owner) if clock else "",
                span.next_clock_key or "",
            )
        )
    return rows


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
