"""Spans of the fold as columns of their tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from requests_app.clock.calendars import ONE_DAY
from requests_app.clock.course import LATE_FOR, NEVER_LATE, Course
from requests_app.clock.standing import Clock

SPAN_COLUMNS = (
    "from_on", "until_on", "stage", "outcome", "whose_move", "late", "late_since", "next_on", "next_name",
    "next_owner", "next_clock_key", "produced",
)  # fmt: skip
SpanRow = tuple[Any, ...]


def span_rows(course: Course, *, public: bool, since: dt.date | None) -> list[SpanRow]:
    """Spans of the fold as columns of the table. `late_since`: the day after the oldest last day that is unmet."""
    clocks, produced = course.clocks, course.produced
    named = {clock.key: clock for clock in clocks}
    rows: list[SpanRow] = []
    for span in course.spans(public=public, since=since):
        clock = named.get(span.next_clock_key or "")
        rows.append(
            (
                span.from_on,
                span.until_on,
                span.stage.value,
                span.outcome.value if span.outcome else "",
                span.whose_move.value,
                span.late,
                _late_since(clocks, span.from_on) if span.late else None,
                span.next_due_on,
                clock.name if clock else "",
                clock.owner.value if clock else "",
                span.next_clock_key or "",
                produced,
            )
        )
    return rows


def _late_since(clocks: Iterable[Clock], on: dt.date) -> dt.date | None:
    lapsed = [
        clock.latest
        for clock in clocks
        if clock.latest and clock.owner in LATE_FOR and clock.owes not in NEVER_LATE and clock.late(on)
    ]
    return min(lapsed) + ONE_DAY if lapsed else None
