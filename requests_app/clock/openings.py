"""Why a clock opens, and a clock while it is made: what the parts of the fold hand to each other."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from . import receipt
from .calendars import Calendar, OutsideCalendar
from .count import Reckoned
from .ledger import Line
from .receipt import Bounds
from .rules import (
    LawVersion,
    Rule,
    Start,
)
from .segments import Segment
from .standing import Clock
from .units import add


class Opening(NamedTuple):
    """Why a clock opens: where it counts from in both readings, and on what it hangs."""

    rule: Rule
    start: Start
    scope: str
    round: int
    parts: tuple[str, ...]
    bounds: Bounds
    after: int
    line: Line | None
    parent: Made | None
    verified: bool
    segment: Segment
    since: dt.date | None = None
    """The day it opens, where that is not the day it counts from."""


class Made:
    """A clock with what its children need of it."""

    __slots__ = ("clock", "early", "late", "met_place", "opening", "version")

    def __init__(
        self,
        clock: Clock,
        opening: Opening,
        version: LawVersion,
        early: Reckoned | None,
        late: Reckoned | None,
    ) -> None:
        self.clock, self.opening, self.version = clock, opening, version
        self.early, self.late = early, late
        self.met_place: int | None = None


def arrived(arrival: receipt.Arrival, start: Start, calendar: Calendar | None) -> Bounds:
    """Which arrival a start means, with the routing cap counted."""
    cap = start.routing_cap
    if cap is None or cap.count is None or cap.unit is None or calendar is None:
        return arrival.office or arrival.best if start.at_component else arrival.best
    first, office = arrival.first, arrival.office
    try:
        by_early = add(first.early, cap.count, cap.unit, calendar)
        by_late = add(first.late, cap.count, cap.unit, calendar)
    except OutsideCalendar:
        return office or arrival.best
    if office is None:
        return first._replace(
            late=by_late, late_at=None, capped_from=first.late, capped_by=cap,
            doubt="Arrival at the office that must answer is not proved; both bounds are counted.",
        )  # fmt: skip
    if office.late <= by_early:
        return office
    early, late = min(office.early, by_early), min(office.late, by_late)
    if late != by_late:
        return office._replace(early=early, late=late)
    return first._replace(early=early, late=late, late_at=None, capped_from=first.late, capped_by=cap)


def wider(one: Bounds, other: Bounds) -> Bounds:
    early = one if one.early <= other.early else other
    late = one if one.late >= other.late else other
    if early.early == late.late:
        return one
    return Bounds(
        early.early, late.late, early.early_at, late.late_at, early.basis, early.event,
        "It may count from either of two days; both are counted.", late_basis=late.basis,
    )  # fmt: skip
