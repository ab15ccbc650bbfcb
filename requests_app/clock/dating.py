"""The two readings of a clock: the last day at the earliest and at the latest, with the trail of both."""

from __future__ import annotations

import datetime as dt

from .calendars import Calendar, OutsideCalendar
from .conditions import holds
from .count import Claimed, Manner, Reckoned, Stopped, reckon
from .events import Kind
from .interrupts import interruptions, recorded
from .ledger import Ledger, Line, day, overlap
from .openings import Made, Opening
from .receipt import Bounds
from .rules import (
    Chain,
    Counting,
    Effect,
    Form,
    LawVersion,
    Length,
    Owes,
    Owner,
    Roll,
    Rule,
    Unit,
)
from .segments import Segment
from .standing import Clock
from .trail import Reading, Step, StepKind
from .units import add

PROMISES = (Kind.acknowledged, Kind.extension_noticed, Kind.date_promised, Kind.instalment_promised)
PROMISED = frozenset({Owes.determination, Owes.records, Owes.decision})
ROLLED = dt.timedelta(days=5)
"""No last day moves further over closed days."""


def date(
    ledger: Ledger,
    made: Made,
    rule: Rule,
    version: LawVersion,
    segment: Segment,
    calendar: Calendar,
    doubts: list[str],
) -> None:
    clock, opening, facts = made.clock, made.opening, segment.facts
    length, counting = rule.length, rule.counting
    citation = rule.authority.citation
    for variant in rule.variants:
        if holds(variant.when, opening.line, facts):
            length, counting = variant.length, variant.counting or counting
            if variant.authority is not None:
                citation = clock.citation = variant.authority.citation
                clock.confidence = variant.authority.confidence
                clock.verified = clock.verified and variant.authority.verified
            break
    try:
        if length.count is None:
            items = interruptions(
                ledger, rule, opening.after, opening.parts, made.met_place, clock.key, facts,
                version.receipt, segment.channel,
            )  # fmt: skip
            standard(made, length, calendar, [item for item in items if isinstance(item, Stopped)])
            return
        items = interruptions(
            ledger, rule, opening.after, opening.parts, made.met_place, clock.key, facts,
            version.receipt, segment.channel,
        )  # fmt: skip
        if counting.cutoff is not None and opening.bounds.early_at is None:
            doubts.append("The hour of arrival is not recorded: early for us, late for the agency.")
        clock.promised_on = promised(ledger, rule, made)
        manner = Manner(calendar, calendar, rule.owner, length, counting, rule.chain, citation)
        early = count(manner, Reading.early, made, items)
        if _one_reading(made, manner, items, early):
            late = early
        else:
            late = count(manner, Reading.late, made, items)
        if length.or_else is not None:
            other = manner._replace(length=length.or_else)
            early = _sooner(early, count(other, Reading.early, made, items))
            late = _later(late, count(other, Reading.late, made, items))
            doubts.append("The length can be read in two ways; both are counted.")
        if early.due is not None and late.due is not None and late.due < early.due:
            early, late = late, early
    except OutsideCalendar as error:
        clock.unknown = str(error)
        return
    if early.due and late.due and _argued(calendar, rule, length, counting, opening.bounds.early, early.due, late.due):
        doubts.append("Whether a day in between is closed is argued; both are counted.")
    made.early, made.late = early, late
    clock.earliest, clock.latest = early.due, late.due
    clock.due_at = (early if rule.owner is Owner.requester else late).due_at
    clock.pauses = tuple(late.pauses)
    clock.paused_since, clock.left_when_paused = late.paused_since, late.left
    doubts += early.doubts
    if late is not early:
        doubts += late.doubts
    clock.trail = _joined(early, late)
    record_extensions(clock, items, early, late)


def standard(made: Made, length: Length, calendar: Calendar, stops: list[Stopped]) -> None:
    """A law without a number: only our own interval is counted, and it waits while the agency may."""
    clock, bounds = made.clock, made.opening.bounds
    clock.standard = length.standard or ""
    steps = [_start_step(made.opening, bounds.late, bounds.late_at, clock.citation, bounds.late_basis)]
    follow = length.follow_up
    if follow is not None and follow.count is not None and follow.unit not in (None, Unit.hours):
        assert follow.unit is not None
        asked: dt.date | None = add(bounds.late, follow.count, follow.unit, calendar)
        for item in stops:
            if (
                asked is None
                or item.on_first > asked
                or item.stop.effect not in (Effect.pause, Effect.restart)
            ):
                continue
            if item.until_last is None:
                clock.paused_since, asked = item.on_first, None
            elif item.stop.effect is Effect.restart:
                asked = add(max(item.until_last, bounds.late), follow.count, follow.unit, calendar)
            else:
                asked = calendar.check(asked + max(item.until_last - item.on_first, dt.timedelta(0)))
        clock.follow_up_on = asked
    steps.append(Step(StepKind.note, citation=clock.citation, said="standard"))
    clock.trail = tuple(steps)


def count(manner: Manner, reading: Reading, made: Made, items: list[Stopped | Claimed]) -> Reckoned:
    bounds, manner = made.opening.bounds, manner.reading(reading)
    steps: list[Step] = []
    on, at = begin(manner, reading, made, bounds, steps)
    return reckon(manner, reading, on, at, steps, items)


def begin(
    manner: Manner, reading: Reading, made: Made, bounds: Bounds, steps: list[Step]
) -> tuple[dt.date, dt.time | None]:
    """The day the count starts from, after cut-off hours and offsets."""
    early = reading is Reading.early
    on, at = (bounds.early, bounds.early_at) if early else (bounds.late, bounds.late_at)
    counting, calendar = manner.counting, manner.calendar
    by = bounds.capped_by
    if by is not None and bounds.capped_from is not None and on == bounds.late:
        went = bounds.capped_from
        steps.append(_start_step(made.opening, went, None, manner.citation))
        steps.append(
            Step(StepKind.move, went, on, by.count, by.unit, (), manner.citation, said="not later than")
        )
    else:
        basis = None if early else bounds.late_basis
        steps.append(_start_step(made.opening, on, at, manner.citation, basis))
    if counting.cutoff is not None and (at > counting.cutoff if at is not None else not early):
        went = calendar.add_open(on, 1)
        steps.append(Step(StepKind.move, on, went, citation=manner.citation, said="after hours"))
        on, at = went, dt.time()
    elif counting.closed_arrival_moves and not calendar.is_open(on):
        went = calendar.roll(on)
        steps.append(Step(StepKind.move, on, went, citation=manner.citation, said="closed on arrival"))
        on, at = went, dt.time()
    for offset in made.opening.start.offsets:
        if offset.length.count is None or offset.length.unit is None or offset.length.unit is Unit.hours:
            continue
        if holds(offset.when, made.opening.line, made.opening.segment.facts):
            length = offset.length
            assert length.count is not None
            assert length.unit is not None
            went = add(on, length.count, length.unit, calendar)
            skipped = calendar.skipped(on, went) if length.unit is Unit.business_days else ()
            steps.append(Step(StepKind.move, on, went, length.count, length.unit, skipped, manner.citation))
            on = went
            break
    return on, at


def _argued(
    calendar: Calendar, rule: Rule, length: Length, counting: Counting, start: dt.date, early: dt.date, late: dt.date,
) -> bool:
    """Whether the two ends may differ because a closed day is argued. A count in open days meets every day on its
    way; any other length meets only those it would roll over."""
    if early == late:
        return False
    lengths = (length, length.or_else, *(extension.length for extension in rule.extensions))
    units = {one.unit for one in lengths if one is not None}
    if Unit.business_days in units or counting.business_up_to is not None or counting.hours_skip_closed:
        return calendar.argued(start, late)
    return any(calendar.argued(end - ROLLED, end + ROLLED) for end in (early, late))


def record_extensions(clock: Clock, items: list[Stopped | Claimed], early: Reckoned, late: Reckoned) -> None:
    found = [
        recorded(
            item, clock.key, item.event in late.late_notices, item.event in early.counted,
            item.event in late.counted, item.event in late.beyond,
        )
        for item in items if isinstance(item, Claimed)
    ]  # fmt: skip
    if found:
        clock.extensions = tuple(found)


def _start_step(
    opening: Opening, on: dt.date, at: dt.time | None, citation: str, basis: str | None = None
) -> Step:
    """Its `said` is the basis and the kind of event, for the words: "received determined"."""
    bounds, line = opening.bounds, opening.line
    basis = basis or bounds.basis
    said = basis if line is None else f"{basis} {line.kind.value}"
    return Step(StepKind.start, None, on, citation=citation, event=bounds.event, said=said, to_at=at)


def _one_reading(made: Made, manner: Manner, items: list[Stopped | Claimed], early: Reckoned) -> bool:
    """Whether the latest reading must come out as the earliest did, so that it need not be counted."""
    bounds, counting = made.opening.bounds, manner.counting
    until = early.due or early.paused_since
    if until is None or manner.whole.argued(min(bounds.early, until), until):
        return False
    if bounds.early != bounds.late or bounds.early_at != bounds.late_at or bounds.capped_by is not None:
        return False
    if counting.or_exclude_first_day is not None:
        return False
    if bounds.early_at is None and (counting.cutoff is not None or manner.length.unit is Unit.hours):
        return False
    if counting.roll is Roll.unknown and (items or early.unrolled != early.due or early.unrolled is None):
        return False
    if (
        counting.roll is Roll.unknown
        and early.unrolled is not None
        and not manner.calendar.is_open(early.unrolled)
    ):
        return False
    for item in items:
        if item.contested:
            return False
        if isinstance(item, Stopped):
            if item.on_first != item.on_last or item.until_first != item.until_last:
                return False
        elif (
            manner.chain is Chain.unknown
            or item.event in early.late_notices
            or (item.asked is None and item.until is not None and item.extension.form is Form.adds)
        ):
            return False
    return True


def _joined(early: Reckoned, late: Reckoned) -> tuple[Step, ...]:
    """One trail of both readings: what they share first, then each one's own steps."""
    if late is early:
        return tuple(early.steps)
    shared = 0
    for one, other in zip(early.steps, late.steps, strict=False):
        if one != other:
            break
        shared += 1
    if shared == len(early.steps) == len(late.steps):
        return tuple(early.steps)
    for step in early.steps[shared:]:
        step.reading = Reading.early
    for step in late.steps[shared:]:
        step.reading = Reading.late
    return (*early.steps, *late.steps[shared:])


def _sooner(one: Reckoned, other: Reckoned) -> Reckoned:
    if one.due is None or (other.due is not None and other.due < one.due):
        return other if other.due is not None else one
    return one


def _later(one: Reckoned, other: Reckoned) -> Reckoned:
    if one.due is None:
        return one
    return other if other.due is None or other.due > one.due else one


def promised(ledger: Ledger, rule: Rule, made: Made) -> dt.date | None:
    """The last day the agency itself named for what this clock owes; never a statutory day."""
    if rule.owner is not Owner.agency or rule.owes not in PROMISED:
        return None
    last: Line | None = None
    for kind in PROMISES:
        for line in ledger.kinds.get(kind, ()):
            newer = line.place > (made.opening.after if last is None else last.place)
            if newer and overlap(line.parts, made.opening.parts) and day(line.event.facts, "until"):
                last = line
    return day(last.event.facts, "until") if last is not None else None
