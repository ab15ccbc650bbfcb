"""Counts one clock in one reading: from a day, through stops and extensions, to a last day, with every step said."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

from .calendars import ONE_DAY, Calendar
from .events import REQUESTERS_OWN
from .rules import Chain, Counting, Effect, Extension, Form, LateNotice, Length, Owner, Roll, Stop, Unit
from .standing import Left, Pause
from .trail import OPEN_HOURS, Reading, Step, StepKind
from .units import add, add_hours, elapsed

DAYS = frozenset({Unit.business_days, Unit.calendar_days})


class Stopped(NamedTuple):
    """A stop as the ledger shows it. In the earliest reading a stop is as short as arguable, in the latest as long."""

    place: int
    on_first: dt.date
    on_last: dt.date
    until_first: dt.date | None
    until_last: dt.date | None
    stop: Stop
    event: str
    resumed_by: str | None
    contested: bool


class Claimed(NamedTuple):
    """An extension as the ledger claims it; `allowed` is what the cap leaves of it, None where nothing counts."""

    place: int
    on: dt.date
    extension: Extension
    event: str
    allowed: int | None
    until: dt.date | None
    base: dt.date | None
    contested: bool
    why: str
    asked: int | None = None
    reason: str = ""


class Phase(NamedTuple):
    """A length still to be counted, and the step that explains why it is there."""

    number: int
    unit: Unit
    citation: str
    before: Step | None


@dataclass(slots=True)
class Reckoned:
    """Where one reading came out. due None: an open pause. unrolled: the last day as counted."""

    steps: list[Step]
    unrolled: dt.date | None = None
    due: dt.date | None = None
    due_at: dt.datetime | None = None
    paused_since: dt.date | None = None
    left: Left | None = None
    pauses: list[Pause] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    late_notices: list[str] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


class Manner(NamedTuple):
    """Everything about counting. `calendar` is that of one reading: the fewest closed days for the earliest, the most
    for the latest; `whole` holds both, for a last day that moves back."""

    calendar: Calendar
    whole: Calendar
    owner: Owner
    length: Length
    counting: Counting
    chain: Chain
    citation: str

    def reading(self, reading: Reading) -> Manner:
        return self._replace(calendar=self.whole.narrow if reading is Reading.early else self.whole.wide)


def unit_of(length: Length, counting: Counting) -> Unit:
    """The unit that is really counted: short lengths in calendar days may count open days only."""
    unit, upto = length.unit or Unit.calendar_days, counting.business_up_to
    if unit is Unit.calendar_days and upto is not None and length.count is not None and length.count <= upto:
        return Unit.business_days
    return unit


def rolled(day: dt.date, manner: Manner, reading: Reading) -> dt.date:
    """The last day after rolling, in one reading."""
    roll = manner.counting.roll
    if roll is Roll.forward:
        return manner.calendar.roll(day, True)
    if roll is Roll.none:
        return day
    if roll is Roll.backward:
        return manner.whole.wide.roll(day, False)
    if reading is Reading.late:
        return manner.calendar.roll(day, True)
    return manner.whole.wide.roll(day, False) if manner.owner is Owner.requester else day


def reckon(
    manner: Manner,
    reading: Reading,
    start: dt.date,
    start_at: dt.time | None,
    steps: list[Step],
    items: list[Stopped | Claimed],
) -> Reckoned:
    """Counts. Raises OutsideCalendar when a day leaves the calendar; nothing else."""
    unit = unit_of(manner.length, manner.counting)
    if unit is Unit.hours:
        return _hours(manner, reading, start, start_at, steps, items)
    calendar = manner.calendar
    count = manner.length.count or 0
    full = count
    counts_first = unit is Unit.calendar_days or (unit is Unit.business_days and calendar.is_open(start))
    if counts_first and not _excludes_first(manner, reading):
        # The first day is itself day one, so one day fewer is left; on a closed day it is no business day.
        full = max(count - 1, 0)
    done = Reckoned(steps)
    if not items:
        end = add(start, full, unit, calendar)
        skipped = calendar.skipped(start, end) if unit is Unit.business_days else ()
        steps.append(Step(StepKind.counted, start, end, full, unit, skipped, manner.citation))
        _finish(done, end, manner, reading)
        return done
    here, stopped_until = start, dt.date.min
    phases = [Phase(full, unit, manner.citation, None)]
    for item in items:
        end = _ends(here, phases, manner, reading)
        due = rolled(end, manner, reading)
        if isinstance(item, Claimed):
            here, phases = _extend(item, done, manner, reading, start, here, phases, end, due)
            continue
        early = reading is Reading.early
        on = item.on_last if early else item.on_first
        until = item.until_first if early else item.until_last
        effect, cite = item.stop.effect, _cited(item.stop, manner)
        if effect is Effect.ignore or effect is Effect.close:
            continue
        if item.contested and early:
            done.doubts.append("A stop that is contested or doubtful is not counted in the earliest reading.")
            steps.append(
                Step(StepKind.note, on, until, event=item.event, citation=cite, said="stop not counted")
            )
            continue
        if on > due:
            steps.append(
                Step(StepKind.note, on, event=item.event, citation=cite, said="stopped after the lapse")
            )
            continue
        if until is not None and (until <= on or until <= here or until <= stopped_until):
            continue
        from_on = max(on, here, stopped_until)
        restart = effect is Effect.restart
        done.pauses.append(Pause(from_on, until, item.event, restart, item.contested, _on_us(item.stop)))
        if restart:
            if until is None:
                _stay(done, from_on, Left(count, unit), item.event, cite)
                return done
            steps.append(Step(StepKind.restart, from_on, until, event=item.resumed_by, citation=cite))
            here, phases = until, [Phase(count, unit, manner.citation, None)]
            continue
        if phases and phases[0].unit not in DAYS:
            # Months are not days: what stood still is added at the end.
            if until is None:
                _stay(done, from_on, Left(max((end - from_on).days, 0), Unit.calendar_days), item.event, cite)
                return done
            days = (until - from_on).days
            said = Step(StepKind.extend, from_on, until, days, Unit.calendar_days, (), cite, item.event)
            phases.append(Phase(days, Unit.calendar_days, cite, said))
            stopped_until = until
            continue
        here, phases = _consume(from_on, here, phases, manner, reading, steps)
        left = _left(phases, unit, done)
        if until is None:
            # What is claimed while the clock stands still lengthens what is left.
            for other in items:
                if (
                    isinstance(other, Claimed)
                    and other.place > item.place
                    and other.extension.form is Form.adds
                ):
                    phases = _extend(other, done, manner, reading, start, here, phases, end, dt.date.max)[1]
            _stay(done, from_on, _left(phases, unit, done), item.event, cite)
            return done
        steps.append(Step(StepKind.pause, from_on, until, left.count, left.unit, (), cite, item.event))
        here = max(until - ONE_DAY, here) if item.stop.resume_day_counts else until
        steps.append(Step(StepKind.resume, until, here, event=item.resumed_by, citation=cite))
        stopped_until = until
    end = _consume(None, here, phases, manner, reading, steps)[0]
    _finish(done, end, manner, reading)
    return done


def _on_us(stop: Stop) -> bool:
    """Whether the clock waits for a step of the requester."""
    return not REQUESTERS_OWN.isdisjoint(stop.until)


def _excludes_first(manner: Manner, reading: Reading) -> bool:
    counting = manner.counting
    other = counting.or_exclude_first_day
    if other is None or other == counting.exclude_first_day:
        return counting.exclude_first_day
    return reading is Reading.late


def _finish(done: Reckoned, end: dt.date, manner: Manner, reading: Reading) -> None:
    done.unrolled = end
    due = rolled(end, manner, reading)
    if due != end:
        low, high = (end - ONE_DAY, due - ONE_DAY) if due > end else (due, end)
        skipped = manner.calendar.skipped(max(low, manner.calendar.first), high)
        done.steps.append(Step(StepKind.roll, end, due, skipped=skipped, citation=manner.citation))
    done.due = due


def _stay(done: Reckoned, on: dt.date, left: Left, event: str, citation: str) -> None:
    done.paused_since, done.left = on, left
    done.steps.append(Step(StepKind.pause, on, None, left.count, left.unit, (), citation, event))


def _left(phases: list[Phase], unit: Unit, done: Reckoned) -> Left:
    """What is left, in the unit that comes first; what another unit adds after it is said."""
    first = phases[0].unit if phases else unit
    count = 0
    for place, phase in enumerate(phases):
        if phase.unit is not first:
            rest = phases[place:]
            more = " and ".join(f"{each.number} {each.unit.value.replace('_', ' ')}" for each in rest)
            done.doubts.append(f"After what is left come {more} more.")
            break
        count += phase.number
    return Left(count, first)


def _cited(part: Stop | Extension, manner: Manner) -> str:
    return part.authority.citation if part.authority is not None else manner.citation


def _between(here: dt.date, manner: Manner, reading: Reading) -> dt.date:
    """The day from which a second length goes on: the first one's last day, rolled or not."""
    chain = manner.chain
    if chain is Chain.unrolled or (chain is Chain.unknown and reading is Reading.early):
        return here
    return rolled(here, manner, reading)


def _ends(here: dt.date, phases: list[Phase], manner: Manner, reading: Reading) -> dt.date:
    last = len(phases) - 1
    for place, phase in enumerate(phases):
        here = add(here, phase.number, phase.unit, manner.calendar)
        if place < last:
            here = _between(here, manner, reading)
    return here


def _consume(
    through: dt.date | None,
    here: dt.date,
    phases: list[Phase],
    manner: Manner,
    reading: Reading,
    steps: list[Step],
) -> tuple[dt.date, list[Phase]]:
    """Counts the phases that end by `through` (all, for None), and of the next one what is used by then."""
    calendar, rest = manner.calendar, list(phases)
    while rest:
        phase = rest[0]
        end = add(here, phase.number, phase.unit, calendar)
        used = phase.number
        if through is not None and end > through:
            if phase.unit not in DAYS:
                break
            used = elapsed(here, through, phase.unit, calendar)
            end = add(here, used, phase.unit, calendar)
        if phase.before is not None and (used or used == phase.number):
            steps.append(phase.before)
            rest[0] = phase = phase._replace(before=None)
        if used or used == phase.number:
            skipped = calendar.skipped(here, end) if phase.unit is Unit.business_days else ()
            steps.append(Step(StepKind.counted, here, end, used, phase.unit, skipped, phase.citation))
        here = end
        if used < phase.number:
            rest[0] = phase._replace(number=phase.number - used)
            break
        rest.pop(0)
        if rest:
            went = _between(here, manner, reading)
            if went != here:
                steps.append(Step(StepKind.roll, here, went, citation=manner.citation))
                here = went
    return here, rest


def counts(item: Claimed, due: dt.date, reading: Reading, done: Reckoned) -> str | None:
    """Why an extension does not count in this reading; None when it does."""
    extension = item.extension
    if item.allowed is None:
        return item.why
    if extension.notice_before_lapse and item.on > due:
        done.late_notices.append(item.event)
        if extension.late_notice is LateNotice.void:
            return "noticed after the lapse"
        if extension.late_notice is LateNotice.arguable and reading is not Reading.late:
            return "noticed after the lapse"
    if item.contested and reading is not Reading.late:
        return item.why or "contested"
    return None


def _extend(
    item: Claimed,
    done: Reckoned,
    manner: Manner,
    reading: Reading,
    start: dt.date,
    here: dt.date,
    phases: list[Phase],
    end: dt.date,
    due: dt.date,
) -> tuple[dt.date, list[Phase]]:
    extension, cite = item.extension, _cited(item.extension, manner)
    refused = counts(item, due, reading, done)
    if refused is not None:
        said = f"extension not counted: {refused}"
        done.steps.append(Step(StepKind.note, item.on, event=item.event, citation=cite, said=said))
        return here, phases
    unit = extension.length.unit if extension.length is not None else None
    if extension.form is Form.date_certain or unit is None:
        return _named(item, done, manner, reading, here, phases, end)
    allowed = item.allowed or 0
    said_step = Step(StepKind.extend, item.on, None, allowed, unit, (), cite, item.event)
    if extension.form is Form.adds:
        longer = [*phases, Phase(allowed, unit, cite, said_step)]
        if item.asked is None and item.until is not None and due != dt.date.max:
            longest = _ends(here, longer, manner, reading)
            if item.until > rolled(longest, manner, Reading.late):
                done.beyond.append(item.event)
            elif reading is Reading.early and item.until < longest:
                # A notice that names only a day takes no more than that day; the rest of what the law allows is
                # arguable.
                return _named(item, done, manner, reading, here, phases, end)
        done.counted.append(item.event)
        return here, longer
    if extension.form is Form.total:
        used = elapsed(start, here, unit, manner.calendar) if unit in DAYS else 0
        stopped = sum(_stood(pause, unit, manner.calendar) for pause in done.pauses)
        left = max(allowed - max(used - stopped, 0), 0) if here != start else allowed
        if add(here, left, unit, manner.calendar) <= end:
            return here, phases
        done.counted.append(item.event)
        return here, [Phase(left, unit, cite, said_step)]
    base = item.base or item.on
    if add(base, allowed, unit, manner.calendar) <= end:
        return here, phases
    done.counted.append(item.event)
    done.steps.append(
        Step(StepKind.restart, here, base, event=item.event, citation=cite, said="counted from")
    )
    return base, [Phase(allowed, unit, cite, said_step)]


def _named(
    item: Claimed,
    done: Reckoned,
    manner: Manner,
    reading: Reading,
    here: dt.date,
    phases: list[Phase],
    end: dt.date,
) -> tuple[dt.date, list[Phase]]:
    """The day the notice names stands in place of the counted one, when it is later."""
    if item.until is None or item.until <= end:
        return here, phases
    here, phases = _consume(None, here, phases, manner, reading, done.steps)
    cite = _cited(item.extension, manner)
    named = manner.calendar.check(item.until)
    done.steps.append(Step(StepKind.named, here, named, event=item.event, citation=cite))
    done.counted.append(item.event)
    return named, []


def _stood(pause: Pause, unit: Unit, calendar: Calendar) -> int:
    return 0 if pause.until_on is None else elapsed(pause.from_on, pause.until_on, unit, calendar)


def _hours(
    manner: Manner,
    reading: Reading,
    start: dt.date,
    start_at: dt.time | None,
    steps: list[Step],
    items: list[Stopped | Claimed],
) -> Reckoned:
    """Hours on the wall. A missing time is read as the first minute for the earliest, the last for the latest."""
    calendar, counting = manner.calendar, manner.counting
    done = Reckoned(steps)
    at = start_at if start_at is not None else (dt.time() if reading is Reading.early else dt.time(23, 59))
    if start_at is None:
        done.doubts.append("The hour of the start is not recorded; both ends of the day are counted.")
    count = manner.length.count or 0
    said = OPEN_HOURS if counting.hours_skip_closed else ""
    here, time = add_hours(start, at, count, calendar, counting.hours_skip_closed)
    skipped = calendar.skipped(start, here) if counting.hours_skip_closed else ()
    steps.append(
        Step(
            StepKind.counted,
            start,
            here,
            count,
            Unit.hours,
            skipped,
            manner.citation,
            said=said,
            from_at=at,
            to_at=time,
        )
    )
    for item in items:
        if isinstance(item, Claimed):
            unit = item.extension.length.unit if item.extension.length is not None else None
            if unit is None or counts(item, here, reading, done) is not None or item.allowed is None:
                continue
            before, cite = here, _cited(item.extension, manner)
            if unit is Unit.hours:
                here, time = add_hours(here, time, item.allowed, calendar, counting.hours_skip_closed)
            else:
                here = add(here, item.allowed, unit, calendar)
            skipped = calendar.skipped(before, here) if counting.hours_skip_closed else ()
            steps.append(Step(StepKind.extend, item.on, None, item.allowed, unit, (), cite, item.event))
            steps.append(Step(StepKind.counted, before, here, item.allowed, unit, skipped, cite, said=said))
            done.counted.append(item.event)
            continue
        early = reading is Reading.early
        on = max(item.on_last if early else item.on_first, start)
        until = item.until_first if early else item.until_last
        cite = _cited(item.stop, manner)
        if item.stop.effect not in (Effect.pause, Effect.restart) or (item.contested and early) or on > here:
            continue
        if until is not None and until <= on:
            continue
        restart = item.stop.effect is Effect.restart
        done.pauses.append(Pause(on, until, item.event, restart, item.contested, _on_us(item.stop)))
        if until is None:
            left = dt.datetime.combine(here, time) - dt.datetime.combine(on, dt.time())
            whole = count if restart else int(left.total_seconds() // 3600)
            _stay(done, on, Left(whole, Unit.hours), item.event, cite)
            return done
        before = here
        if restart:
            here, time = add_hours(until, at, count, calendar, counting.hours_skip_closed)
            skipped = calendar.skipped(until, here) if counting.hours_skip_closed else ()
            steps.append(Step(StepKind.restart, on, until, event=item.resumed_by, citation=cite, to_at=at))
            steps.append(
                Step(
                    StepKind.counted,
                    until,
                    here,
                    count,
                    Unit.hours,
                    skipped,
                    cite,
                    said=said,
                    from_at=at,
                    to_at=time,
                )
            )
        else:
            days = (until - on).days
            here = add(here, days, Unit.calendar_days, calendar)
            steps.append(Step(StepKind.extend, on, until, days, Unit.calendar_days, (), cite, item.event))
            steps.append(Step(StepKind.counted, before, here, days, Unit.calendar_days, (), cite))
    before_roll = here
    _finish(done, here, manner, reading)
    if done.due is not None:
        done.due_at = dt.datetime.combine(done.due, time if done.due == before_roll else dt.time(23, 59))
    return done
