"""What meets a clock, what ends it, what cures a lapse, and which date a person set instead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from . import receipt
from .conditions import Facts, holds
from .events import Kind, Outcome
from .ledger import Ledger, Line, day, overlap, text
from .openings import Made, Opening
from .rules import (
    Cure,
    Effect,
    LawVersion,
    Meeting,
    Owner,
    Rule,
    Scope,
)
from .segments import Segment
from .standing import Clock, Override, State
from .trail import Step, StepKind


def covering(made: Made, lines: list[tuple[Line, dt.date]]) -> tuple[dt.date, Line] | None:
    """The day and the event by which every part the clock concerns is covered; None while one is not."""
    wanted = set(made.opening.parts)
    last: dt.date | None = None
    for line, on in lines:
        last = on if last is None or on > last else last
        if not line.parts or not wanted:
            return last, line
        wanted.difference_update(line.parts)
        if not wanted:
            return last, line
    return None


def concerns(line: Line, opening: Opening) -> bool:
    if line.place <= opening.after or line.round < opening.round or not overlap(line.parts, opening.parts):
        return False
    until = opening.segment.until
    if until is not None and line.place >= until:
        return False
    if opening.line is None:
        return line.on >= (opening.since or opening.bounds.early)
    of = text(line.event.facts, "of") if line.event.facts else None
    if of is not None and of != opening.line.uid:
        return opening.rule.scope is not Scope.event and opening.rule.owner is not Owner.requester
    return True


def undoes(line: Line, opening: Opening) -> bool:
    """Whether an event that ends a clock reaches this one. Pages that follow a partial denial do not undo it: what
    was withheld can still be appealed."""
    denial = opening.line.event.outcome if opening.line is not None else None
    return concerns(line, opening) and not (line.kind is Kind.produced and denial is Outcome.denied_in_part)


class Settled(NamedTuple):
    """One event that settles some of a clock's parts, or all: it met them, or made them pointless."""

    on: dt.date
    place: int
    line: Line
    why: str | None
    state: State
    whole: bool


def conclude(ledger: Ledger, made: Made, rule: Rule, version: LawVersion, segment: Segment) -> None:
    """Meets or ends the clock on the day its last part is settled. A part that was withdrawn is not owed any more, so
    the rest alone can meet the clock."""
    clock, opening, kinds = made.clock, made.opening, ledger.kinds
    found: list[Settled] = []
    for meeting in rule.met_by:
        for kind in meeting.on:
            for line in kinds.get(kind, ()):
                if concerns(line, opening) and holds(meeting.when, line, segment.facts):
                    on = met_on(ledger, line, meeting, rule, version, segment)
                    if on is not None:
                        found.append(Settled(on, line.place, line, None, State.met, not meeting.all_parts))
    for ending in rule.ends_on:
        for kind in ending.on:
            for line in kinds.get(kind, ()):
                if undoes(line, opening) and holds(ending.when, line, segment.facts):
                    why = ending.why or kind.value.replace("_", " ")
                    found.append(Settled(line.on, line.place, line, why, State.not_needed, False))
    for kind, why, state in ENDS_ALL:
        for line in kinds.get(kind, ()):
            if line.place > opening.after and overlap(line.parts, opening.parts):
                moved = kind is Kind.transferred
                if moved and not (opening.parts and line.parts and text(line.event.facts, "law")):
                    continue
                found.append(Settled(line.on, line.place, line, why, state, False))
    if not found:
        return
    if len(found) > 1:
        found.sort(key=_when)
    wanted = set(opening.parts)
    met: list[tuple[str, dt.date, str]] = []
    gone: list[tuple[str, dt.date, str]] = []
    for each in found:
        parts = each.line.parts
        fresh = [part for part in opening.parts if part in wanted and (not parts or part in parts)]
        settled = met if each.why is None else gone
        settled += [(part, each.on, each.line.uid) for part in fresh]
        complete = each.whole or not parts or not wanted
        wanted.difference_update(fresh)
        if complete or not wanted:
            if each.why is None:
                clock.met_on, clock.met_by, made.met_place = each.on, each.line.uid, each.place
            else:
                clock.ended_on, clock.ended_why, clock.ended_state = each.on, each.why, each.state
            break
    clock.met_parts, clock.gone_parts = tuple(met), tuple(gone)


ENDS_ALL = (
    (Kind.withdrawn, "withdrawn", State.not_needed),
    (Kind.closed, "closed", State.not_needed),
    (Kind.transferred, "transferred to another agency", State.superseded),
)


def met_on(
    ledger: Ledger, line: Line, meeting: Meeting, rule: Rule, version: LawVersion, segment: Segment
) -> dt.date | None:
    """The day that counts. Where it is doubtful: the kindest to the agency, the harshest to us."""
    bounds = receipt.of_event(ledger, line, meeting.date, version.receipt, segment.channel)
    if bounds is None:
        return None
    ours = rule.owner is Owner.requester
    on, at = (bounds.late, bounds.late_at) if ours else (bounds.early, bounds.early_at)
    if meeting.cutoff is not None and at is not None and at > meeting.cutoff:
        return receipt.later(on, 1)
    return on


def finish(ledger: Ledger, made: Made, rule: Rule, segment: Segment) -> None:
    """What ends it besides: a stop that closes, a waiver that names it, a transfer of the whole request."""
    clock, opening = made.clock, made.opening
    for stop in rule.stops:
        if stop.effect is Effect.close:
            for kind in stop.on:
                for line in ledger.kinds.get(kind, ()):
                    if concerns(line, opening) and holds(stop.when, line, segment.facts):
                        end(clock, line.on, "closed by the law", State.not_needed)
    waiver = ledger.waived.get(clock.key)
    if waiver is not None:
        why = text(waiver.event.facts, "reason") or "waived"
        end(clock, waiver.on, why, State.not_needed)
    if segment.ended is not None:
        end(clock, segment.ended.on, "transferred to another agency", State.superseded)


def end(clock: Clock, on: dt.date, why: str, state: State) -> None:
    """The first ending counts; one after the clock was met changes nothing."""
    if clock.met_on is not None and clock.met_on <= on:
        return
    if clock.ended_on is None or on < clock.ended_on:
        clock.ended_on, clock.ended_why, clock.ended_state = on, why, state


def overrule(ledger: Ledger, clock: Clock) -> None:
    line = ledger.overrides.get(clock.key)
    if line is None:
        return
    facts = line.event.facts
    due = day(facts, "due_on")
    assert due is not None, "the ledger keeps only overrides that name a day"
    reason, by = text(facts, "reason") or "", text(facts, "by") or ""
    clock.override = Override(due, clock.earliest, clock.latest, reason, by, line.uid)
    clock.earliest = clock.latest = due
    clock.unknown, clock.paused_since, clock.left_when_paused = None, None, None
    clock.pauses = tuple(pause for pause in clock.pauses if pause.until_on is not None)
    clock.trail = (*clock.trail, Step(StepKind.override, None, due, event=line.uid, said=reason))


def cure(ledger: Ledger, born: Made, parent: Made, cure: Cure, lapsed: dt.date, facts: Facts) -> None:
    kinds = ledger.kinds
    shut = min((line.place for kind in cure.before for line in kinds.get(kind, ())), default=None)
    lines = [
        line
        for kind in cure.on
        for line in kinds.get(kind, ())
        if line.on > lapsed
        and line.place > parent.opening.after
        and (shut is None or line.place < shut)
        and overlap(line.parts, born.opening.parts)
        and holds(cure.when, line, facts)
    ]
    covered = covering(born, [(line, line.on) for line in sorted(lines, key=_place)])
    if covered is not None:
        end(born.clock, covered[0], cure.note or "cured by a late answer", State.superseded)


def settle(made_clocks: Collection[Made]) -> None:
    """Choices between remedies, and first rounds overtaken by second ones."""
    for made in made_clocks:
        rule, clock = made.opening.rule, made.clock
        if rule.remedy is not None and rule.remedy.excludes and clock.met_on is not None:
            for other in made_clocks:
                if other.clock.rule_id in rule.remedy.excludes and overlap(
                    other.opening.parts, made.opening.parts
                ):
                    end(other.clock, clock.met_on, f"{rule.name} was chosen instead", State.not_needed)
        if made.opening.round > 1 and made.opening.line is not None:
            for other in made_clocks:
                if (
                    other.clock.rule_id == clock.rule_id
                    and other.opening.round < made.opening.round
                    and set(other.opening.parts) <= set(made.opening.parts)
                ):
                    why = f"round {made.opening.round} began"
                    end(other.clock, made.opening.line.on, why, State.superseded)


def _when(row: Settled) -> tuple[dt.date, int]:
    return row.on, row.place


def _place(line: Line) -> int:
    return line.place
