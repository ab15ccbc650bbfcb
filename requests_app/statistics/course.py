"""The days of one request, and how long each step of it took.

Three steps, never one for the other: an acknowledgment says that it came in, a determination decides, a production
brings records. A first answer is a determination or a production, whichever came first.

Days on which the office waited for the requester are not the office's: `waits` takes them out. Whoever may not be told
of them (the public: they are the requester's own) counts without, and says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .survival import Waited


class Step(StrEnum):
    acknowledgment = "acknowledgment"
    answer = "answer"
    determination = "determination"
    production = "production"
    completion = "completion"


@dataclass(frozen=True, slots=True)
class Wait:
    """Days on which the office waited for the requester; until_on is the first day on which it no longer did."""

    from_on: dt.date
    until_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """undated: it was answered on a day that nobody wrote down, so no step of an answer has a length.
    ended_on: it was withdrawn, or its log ends, without that step."""

    filed_on: dt.date
    acknowledged_on: dt.date | None = None
    determined_on: dt.date | None = None
    produced_on: dt.date | None = None
    completed_on: dt.date | None = None
    ended_on: dt.date | None = None
    undated: bool = False
    waits: Sequence[Wait] = ()

    def day_of(self, step: Step) -> dt.date | None:
        match step:
            case Step.acknowledgment:
                return self.acknowledged_on
            case Step.determination:
                return self.determined_on
            case Step.production:
                return self.produced_on
            case Step.completion:
                return self.completed_on
        return min((day for day in (self.determined_on, self.produced_on) if day is not None), default=None)


def spell(course: Course, step: Step, *, on: dt.date) -> Waited | None:
    """How long this step took by this day, or how long it has not come. None: nobody knows."""
    came = course.day_of(step)
    if came is not None and came <= on:
        return Waited(_days(course, came), ended=True)
    if course.undated and course.day_of(Step.answer) is None:
        return None
    ends = [course.ended_on]
    if step is Step.acknowledgment:
        # Answered without one: nobody waits for it any more.
        ends.append(course.day_of(Step.answer))
    last = min((day for day in ends if day is not None), default=on)
    return Waited(_days(course, min(on, last)), ended=False)


def spells(courses: Iterable[Course], step: Step, *, on: dt.date) -> list[Waited]:
    found = (spell(course, step, on=on) for course in courses)
    return [one for one in found if one is not None]


def _days(course: Course, until: dt.date) -> int:
    """Whole days from filing, without those that the office waited for the requester; each day once, however many
    questions were open on it."""
    days = (until - course.filed_on).days
    begun = course.filed_on
    for wait in sorted(course.waits, key=lambda one: one.from_on):
        first = max(begun, wait.from_on)
        last = until if wait.until_on is None else min(until, wait.until_on)
        if last > first:
            days -= (last - first).days
            begun = last
    return max(0, days)
