"""What meets a clock, what ends it, what cures a lapse, and which date a person set instead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from . import receipt
from .conditions import Facts, holds
from .events import Kind
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
        return line.on >= opening.bounds.early
    of = text(line.event.facts, "of") if line.event.facts else None
    if of is not None and of != opening.line.uid:
        return opening.rule.scope is not Scope.event and opening.rule.owner is not Owner.requester
    return True


def meet(ledger: Ledger, made: Made, rule: Rule, version: LawVersion, segment: Segment) -> None:
    clock, opening = made.clock, made.opening
    found: list[tuple[int, Line, dt.date, Meeting]] = []
    kinds = ledger.kinds
    for meeting in rule.met_by:
        for kind in meeting.on:
            for line in kinds.get(kind, ()):
                if concerns(line, opening) and holds(meeting.when, line, segment.facts):
                    on = met_on(ledger, line, meeting, rule, version, segment)
                    if on is not None:
                        found.append((line.place, line, on, meeting))
    if not found:
        return
    found.sort(key=_by_place)
    for _, line, on, meeting in found:
        if not meeting.all_parts:
            clock.met_on, clock.met_by, made.met_place = on, line.uid, line.place
            break
    else:
        covered = covering(made, [(line, on) for _, line, on, _ in found])
        if covered is not None:
            clock.met_on, clock.met_by, made.met_place = covered[0], covered[1].uid, covered[1].place
    if opening.parts:
        met: dict[str, tuple[str, dt.date, str]] = {}
        for _, line, on, _ in found:
            for part in line.parts or opening.parts:
                if part in opening.parts:
                    met.setdefault(part, (part, on, line.uid))
        clock.met_parts = tuple(met.values())


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
    clock, opening, kinds = made.clock, made.opening, ledger.kinds
    ends: list[tuple[dt.date, str, State]] = []
    for ending in rule.ends_on:
        lines = (
            sorted(
                (line.place, line)
                for kind in ending.on
                for line in kinds.get(kind, ())
                if concerns(line, opening) and holds(ending.when, line, segment.facts)
            )
            if any(kind in kinds for kind in ending.on)
            else []
        )
        covered = covering(made, [(line, line.on) for _, line in lines])
        if covered is not None:
            ends.append((covered[0], ending.why or covered[1].kind.value, State.not_needed))
    for stop in rule.stops:
        if stop.effect is Effect.close:
            for kind in stop.on:
                for line in kinds.get(kind, ()):
                    if concerns(line, opening) and holds(stop.when, line, segment.facts):
                        ends.append((line.on, "closed by the law", State.not_needed))
    for kind, why in ((Kind.withdrawn, "withdrawn"), (Kind.closed, "closed")):
        if kind in kinds:
            covered = covering(
                made,
                [
                    (line, line.on)
                    for line in kinds[kind]
                    if line.place > opening.after and overlap(line.parts, opening.parts)
                ],
            )
            if covered is not None:
                ends.append((covered[0], why, State.not_needed))
    waiver = ledger.waived.get(clock.key)
    if waiver is not None:
        ends.append((waiver.on, text(waiver.event.facts, "reason") or "waived", State.not_needed))
    if segment.ended is not None:
        ends.append((segment.ended.on, "transferred to another agency", State.superseded))
    if opening.parts and Kind.transferred in kinds:
        moved = [
            (line, line.on)
            for line in kinds[Kind.transferred]
            if line.place > opening.after and line.parts and text(line.event.facts, "law") is not None
        ]
        covered = covering(made, moved) if moved else None
        if covered is not None:
            ends.append((covered[0], "transferred to another agency", State.superseded))
    for found in ends:
        end(clock, *found)


def end(clock: Clock, on: dt.date, why: str, state: State) -> None:
    """The first ending counts; one after the clock was met changes nothing."""
    if clock.met_on is not None and clock.met_on <= on:
        return
    if clock.ended_on is None or on < clock.ended_on:
        clock.ended_on, clock.ended_why, clock.ended_state = on, why, state


def overrule(ledger: Ledger, made: Made) -> None:
    clock = made.clock
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


def _by_place(row: tuple[int, Line, dt.date, Meeting]) -> int:
    return row[0]


def _place(line: Line) -> int:
    return line.place
