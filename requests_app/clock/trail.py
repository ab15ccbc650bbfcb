"""The trail: the reasoned steps from an event to a date, which can be stored, shown and counted again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .calendars import Calendar, ClosedDay
from .events import JSON
from .rules import Unit
from .units import add, add_hours

OPEN_HOURS = "closed days stand still"
"""Said of a count in hours that goes on only on open days."""


class StepKind(StrEnum):
    start = "start"
    """the day the count begins from; to_on is that day"""
    move = "move"
    """an offset or a cut-off moved the start: count in unit, or to the next open day when count is None"""
    cap = "cap"
    """the start is at the latest `count` after the first receipt"""
    counted = "count"
    """count in unit, from from_on to to_on; skipped names the days left out"""
    pause = "pause"
    """the clock stopped; count is what was left"""
    resume = "resume"
    """the clock went on; the next count is from to_on"""
    restart = "restart"
    """the whole length begins again from to_on"""
    extend = "extend"
    """an extension was noticed; the next count is what it adds"""
    named = "named"
    """a date certain replaces the count"""
    roll = "roll"
    """a last day on a closed day goes to to_on"""
    override = "override"
    """a person set the date"""
    note = "note"
    """said, and changes no date: an extension not counted, a pause begun too late"""


class Reading(StrEnum):
    both = "both"
    early = "early"
    late = "late"


@dataclass(slots=True, unsafe_hash=True)
class Step:
    """One step. `event` is the uid of the event behind it, `at` a local time for clocks in hours."""

    kind: StepKind
    from_on: dt.date | None = None
    to_on: dt.date | None = None
    count: int | None = None
    unit: Unit | None = None
    skipped: tuple[ClosedDay, ...] = ()
    citation: str = ""
    event: str | None = None
    reading: Reading = Reading.both
    said: str = ""
    from_at: dt.time | None = None
    to_at: dt.time | None = None

    def to_json(self) -> dict[str, JSON]:
        """Only what is said: absent keys are the defaults."""
        found: dict[str, JSON] = {"kind": self.kind.value}
        for name in ("from_on", "to_on", "from_at", "to_at"):
            value = getattr(self, name)
            if value is not None:
                found[name] = value.isoformat()
        if self.count is not None:
            found["count"] = self.count
        if self.unit is not None:
            found["unit"] = self.unit.value
        if self.skipped:
            found["skipped"] = [[day.on.isoformat(), day.name, day.source] for day in self.skipped]
        if self.citation:
            found["citation"] = self.citation
        if self.event is not None:
            found["event"] = self.event
        if self.reading is not Reading.both:
            found["reading"] = self.reading.value
        if self.said:
            found["said"] = self.said
        return found

    @classmethod
    def from_json(cls, row: Mapping[str, JSON]) -> Step:
        """The inverse of `to_json`. Raises KeyError or ValueError on what it did not write."""
        skipped = row.get("skipped", [])
        if not isinstance(skipped, list | tuple):
            raise ValueError("skipped must be a list")
        days = []
        for entry in skipped:
            if not isinstance(entry, list | tuple) or len(entry) != 3:
                raise ValueError("a skipped day is [day, name, source]")
            days.append(ClosedDay(dt.date.fromisoformat(str(entry[0])), str(entry[1]), str(entry[2])))
        count, unit, event = row.get("count"), row.get("unit"), row.get("event")
        return cls(
            kind=StepKind(str(row["kind"])),
            from_on=_day(row.get("from_on")),
            to_on=_day(row.get("to_on")),
            count=None if count is None else int(str(count)),
            unit=None if unit is None else Unit(str(unit)),
            skipped=tuple(days),
            citation=str(row.get("citation", "")),
            event=None if event is None else str(event),
            reading=Reading(str(row.get("reading", "both"))),
            said=str(row.get("said", "")),
            from_at=_time(row.get("from_at")),
            to_at=_time(row.get("to_at")),
        )


def _day(value: JSON) -> dt.date | None:
    return None if value is None else dt.date.fromisoformat(str(value))


def _time(value: JSON) -> dt.time | None:
    return None if value is None else dt.time.fromisoformat(str(value))


def replay(steps: Iterable[Step], calendar: Calendar, reading: Reading = Reading.late) -> dt.date | None:
    """Counts a trail again and returns its last day in one reading; None when it ends in an open pause or names none.

    Only starts, resumptions, restarts, named dates and overrides are taken from the trail: they are facts.
    Every count and every roll is made again.
    """
    here: dt.date | None = None
    clock_time: dt.time | None = None
    whole, calendar = calendar, calendar.narrow if reading is Reading.early else calendar.wide
    for step in steps:
        if step.reading is not Reading.both and step.reading is not reading:
            continue
        kind = step.kind
        if kind in (StepKind.start, StepKind.resume, StepKind.restart, StepKind.named, StepKind.override):
            here, clock_time = step.to_on, step.to_at
        elif kind is StepKind.pause:
            here = None
        elif here is None:
            continue
        elif kind is StepKind.counted or kind is StepKind.move:
            if step.count is None or step.unit is None:
                here = calendar.add_open(here, 1)
            elif step.unit is Unit.hours:
                here, clock_time = add_hours(
                    here, step.from_at or clock_time, step.count, calendar, step.said == OPEN_HOURS
                )
            else:
                here = add(here, step.count, step.unit, calendar)
        elif (
            kind is StepKind.cap
            and step.from_on is not None
            and step.count is not None
            and step.unit is not None
        ):
            here = min(here, add(step.from_on, step.count, step.unit, calendar))
        elif kind is StepKind.roll:
            forward = step.to_on is None or step.from_on is None or step.to_on >= step.from_on
            here = calendar.roll(here, True) if forward else whole.wide.roll(here, False)
    return here
