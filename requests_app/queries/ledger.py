"""Ledgers as the clock reads them, and the book it reads them with."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from requests_app.clock.book import Book
from requests_app.clock.course import Course
from requests_app.clock.events import NO_FACTS, Event, Kind, Outcome
from requests_app.clock.fold import course
from requests_app.laws.registry import library
from requests_app.models import AgencyClosure, RecordsRequest
from requests_app.models import Event as EventRow

KINDS = {kind.value: kind for kind in Kind}
OUTCOMES: dict[str, Outcome | None] = {"": None} | {outcome.value: outcome for outcome in Outcome}
EVENT_COLUMNS = (
    "request_id", "uid", "kind", "dated_on", "sent_on", "received_on", "dated_at", "sent_at", "received_at",
    "recorded_at", "parts", "outcome", "facts", "retracts__uid",
)  # fmt: skip


def ledger_of(events: Iterable[EventRow]) -> tuple[Event, ...]:
    """The rows of one request. Its whole ledger: a part of it would be a ledger of something else."""
    rows = list(events)
    uids = {row.pk: row.uid for row in rows}
    return tuple(
        Event(
            row.uid, KINDS[row.kind], row.dated_on, row.sent_on, row.received_on, row.dated_at, row.sent_at,
            row.received_at, row.recorded_at, tuple(row.parts), OUTCOMES[row.outcome], row.facts or NO_FACTS,
            # "" for a reader who may not see what was taken back: it names no event, and so takes back none.
            None if row.retracts_id is None else uids.get(row.retracts_id, ""),
        )
        for row in rows
    )  # fmt: skip


def ledger_of_rows(rows: Iterable[tuple[Any, ...]]) -> tuple[Event, ...]:
    """The same from rows of EVENT_COLUMNS: for the hundred thousand."""
    return tuple(
        Event(
            row[1], KINDS[row[2]], row[3], row[4], row[5], row[6], row[7], row[8], row[9],
            tuple(row[10]), OUTCOMES[row[11]], row[12] or NO_FACTS, row[13],
        )
        for row in rows
    )  # fmt: skip


def book_of(agency_ids: Iterable[int] | None = None) -> Book:
    """The laws, with the days on which single offices were closed. None: every office's."""
    return book_with(closures_of(agency_ids))


def closures_of(agency_ids: Iterable[int] | None = None) -> Iterable[tuple[str, dt.date, str, str]]:
    """Days on which single offices were closed, as (slug, day, name, source)."""
    rows = AgencyClosure.objects.filter(taken_back=False)
    if agency_ids is not None:
        rows = rows.filter(agency__in=list(agency_ids))
    return rows.values_list("agency__slug", "on", "name", "source")


def book_with(closures: Iterable[tuple[str, dt.date, str, str]]) -> Book:
    found: dict[str, dict[dt.date, tuple[str, str]]] = defaultdict(dict)
    for slug, on, name, source in closures:
        found[slug][on] = (name, source)
    return library().book(closures=found)


def course_of(records_request: RecordsRequest, *more: Event, book: Book | None = None) -> Course:
    """The course of a stored ledger, with events that are not written: the fold's what-if."""
    rows = EventRow.objects.filter(request=records_request).values_list(*EVENT_COLUMNS)
    return course((*ledger_of_rows(rows), *more), book=book or book_of([records_request.agency_id]))
