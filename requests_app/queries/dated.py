"""A request as it stood at the end of an earlier day, out of what its reader sees of it today and of nothing else.

The ledger that the reader sees is cut at the day and folded again by the engine. Where that ledger alone does not give
a date that stands today, something that the reader does not see moved it: there the date of today is kept, and the
fold of a part of a ledger never decides who was late. So no day that is asked for tells more than today's page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from requests_app.clock.book import Book
from requests_app.clock.course import NOT_PUBLIC, Course
from requests_app.clock.events import Event
from requests_app.clock.fold import as_of, course
from requests_app.clock.ledger import read, standing_events
from requests_app.clock.standing import Clock
from requests_app.models import AgencyClosure, RecordsRequest
from requests_app.models import Event as EventRow
from requests_app.models.visibility import PUBLIC

from .groups import group_told
from .ledger import EVENT_COLUMNS, book_with, ledger_of, ledger_of_rows
from .matrix import TOLD, Line, Matrix
from .request_page import RequestPage, StandingNow, parts_told
from .spans import SPAN_COLUMNS, span_rows

MOST = 300
"""Requests that are folded for one page."""
SHAPE = ("opens_on", "earliest", "latest", "promised_on", "met_on", "unknown", "conditional", "ended_on")


@dataclass(frozen=True, slots=True)
class Day:
    """known: as it was recorded by then; else as it had happened by then, whenever it was recorded."""

    on: dt.date
    known: bool = False


@dataclass(frozen=True, slots=True)
class Then:
    """events: what the day had seen, in the order of the ledger."""

    events: tuple[Event, ...]
    clocks: tuple[Clock, ...]
    standing: StandingNow | None


def then_of(seen: Iterable[Event], stored: Sequence[Clock], *, book: Book, day: Day, zone: str) -> Then | None:
    """seen: the ledger as its reader sees it. stored: the clocks of today, as that reader is told them. None: by then
    nothing had happened, or nothing was recorded."""
    ledger = standing_events(seen)
    by_then = as_of(ledger, day.on)
    if day.known:
        by_then = [event for event in by_then if _recorded_on(event, zone) <= day.on]
    if not by_then:
        return None
    clocks = stored if len(by_then) == len(ledger) else _clocks(ledger, by_then, stored, book, day.on)
    told = tuple(_until(clock, day.on) for clock in clocks if clock.owner not in NOT_PUBLIC)
    return Then(tuple(by_then), told, _standing(by_then, told, day.on))


def _recorded_on(event: Event, zone: str) -> dt.date:
    if event.recorded_at is None:
        return dt.date.max
    return event.recorded_at.astimezone(ZoneInfo(zone)).date()


def _clocks(
    ledger: Sequence[Event], by_then: Sequence[Event], stored: Sequence[Clock], book: Book, on: dt.date
) -> list[Clock]:
    today = {clock.key: clock for clock in stored}
    whole = {clock.key: clock for clock in course(ledger, book=book).clocks}
    told = {key for key in today.keys() | whole.keys() if _same(today.get(key), whole.get(key))}
    then = {clock.key: clock for clock in course(by_then, book=book).clocks}
    found = [clock for key, clock in then.items() if key in told or (key not in today and key not in whole)]
    kept = [replace(clock, trail=()) for key, clock in today.items() if key not in told]
    return [*found, *(clock for clock in kept if clock.opens_on is None or clock.opens_on <= on)]


def _same(one: Clock | None, other: Clock | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(getattr(one, name) == getattr(other, name) for name in SHAPE)


def _until(clock: Clock, on: dt.date) -> Clock:
    """What came later is not said of it; for what waits for the requester the public has no word at all."""
    return replace(
        clock,
        follow_up_on=None,
        pauses=tuple(pause for pause in clock.pauses if not pause.on_us and pause.from_on <= on),
        extensions=tuple(claim for claim in clock.extensions if claim.noticed_on <= on),
    )


def _standing(by_then: Sequence[Event], clocks: tuple[Clock, ...], on: dt.date) -> StandingNow | None:
    rows = span_rows(Course(read(by_then), clocks, (), ()), public=True, since=on)
    if not rows or rows[0][0] > on:
        return None
    row = dict(zip(SPAN_COLUMNS, rows[0], strict=True))
    return StandingNow(
        **{name: row[name] for name in ("stage", "outcome", "whose_move", "late", "late_since", "next_on")},
        next_name=row["next_name"], next_owner=row["next_owner"],
    )  # fmt: skip


def page_on(page: RequestPage, day: Day) -> RequestPage | None:
    """The page of a request at the end of a day. What the ledger does not date is left out: letters, numbers, files."""
    closures = AgencyClosure.objects.filter(agency=page.request.agency_id, taken_back=False)
    slug = page.request.agency.slug
    book = book_with((slug, on, name, source) for on, name, source in closures.values_list("on", "name", "source"))
    seen = ledger_of(line.event for line in page.lines)
    then = then_of(seen, page.clocks, book=book, day=day, zone=page.request.zone)
    if then is None:
        return None
    by_then = {event.uid for event in then.events}
    lines = tuple(line for line in page.lines if line.event.uid in by_then)
    parts = [{"label": part.label, "title": part.title} for part in page.parts]
    return replace(
        page, today=day.on, earlier=True, lines=lines, clocks=then.clocks, superseded=(),
        standing=then.standing, parts=parts_told(parts, lines), numbers=(), files=(), correspondence=None,
    )  # fmt: skip


def matrix_on(found: Matrix, day: Day) -> Matrix:
    """The matrix of a campaign at the end of a day; requests of which there was nothing yet are left out."""
    lines = tuple(lines_on(found.lines, day))
    counts: dict[str, int] = {}
    moves: dict[str, int] = {}
    for line in lines:
        counts[line.group] = counts.get(line.group, 0) + 1
        moves[line.whose_move] = moves.get(line.whose_move, 0) + 1
    days = [line.filed_on for line in lines]
    return replace(
        found, counts=counts, moves=moves, agencies=len({line.agency_slug for line in lines}),
        first_on=min(days, default=None), last_on=max(days, default=None), lines=lines,
    )  # fmt: skip


def lines_on(lines: Sequence[Line], day: Day) -> list[Line]:
    """Three queries, whatever the number of requests. Their clocks have been read."""
    ids = [line.pk for line in lines]
    ledgers: dict[int, list[tuple[object, ...]]] = {}
    for row in EventRow.objects.visible_to(PUBLIC).filter(request__in=ids).in_order().values_list(*EVENT_COLUMNS):
        ledgers.setdefault(row[0], []).append(row)
    zones = dict(RecordsRequest.objects.visible_to(PUBLIC).filter(pk__in=ids).values_list("pk", "zone"))
    book = _book({line.agency_slug for line in lines})
    found = []
    for line in lines:
        seen = ledger_of_rows(ledgers.get(line.pk, ()))
        then = then_of(seen, line.clocks, book=book, day=day, zone=zones.get(line.pk, "UTC"))
        if then is not None and then.standing is not None:
            found.append(_line(line, then, then.standing, day.on))
    return found


def _book(slugs: Iterable[str]) -> Book:
    rows = AgencyClosure.objects.filter(agency__slug__in=slugs, taken_back=False)
    return book_with(rows.values_list("agency__slug", "on", "name", "source"))


def _line(line: Line, then: Then, standing: StandingNow, on: dt.date) -> Line:
    told = _told(then.events)
    group = group_told(standing.stage, standing.outcome, late=standing.late, came="produced" in told)
    return replace(
        line, today=on, group=group.value, stage=standing.stage, outcome=standing.outcome,
        whose_move=standing.whose_move, late=standing.late, late_since=standing.late_since, next_on=standing.next_on,
        next_name=standing.next_name, next_owner=standing.next_owner, clocks=list(then.clocks), told=dict(told),
    )  # fmt: skip


def _told(events: Iterable[Event]) -> Mapping[str, tuple[dt.date, str]]:
    """The last event of each kind, with its day and outcome."""
    dated = [(event.received_on or event.sent_on or event.dated_on, event) for event in events]
    kept = sorted(((on, event) for on, event in dated if on is not None), key=lambda pair: pair[0])
    return {e.kind.value: (on, e.outcome.value if e.outcome else "") for on, e in kept if e.kind.value in TOLD}
