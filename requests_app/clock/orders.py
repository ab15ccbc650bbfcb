"""The dates a court sets in a suit: clocks that hang on an order and on no rule of a law.

An order says who owes what by which day, and that day stands as the order gives it: nothing is counted or rolled. A
later order that names it (`of`) moves its day; `order_met`, or a production that names it, meets it. A court sets a
day for the agency by `ordered` and for us by `ordered_us`: two kinds, because the public reads only the first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from . import ending
from .events import Kind, Outcome
from .ledger import Ledger, Line, day, text
from .rules import Confidence, Owes, Owner
from .standing import Clock, State
from .trail import Step, StepKind
from .words import date as day_words

RULE = "order"
"""What stands in a clock's `rule_id`: no law has a rule of this name."""
THINGS: Mapping[str, tuple[str, Owes]] = {
    "answer": ("Answer to the complaint", Owes.answer),
    "production": ("Production ordered by the court", Owes.records),
    "index": ("Index of what is withheld", Owes.filing),
    "status_report": ("Status report to the court", Owes.filing),
    "brief": ("Brief to the court", Owes.filing),
    "hearing": ("Hearing", Owes.filing),
    "fee_motion": ("Motion for fees", Owes.filing),
    "other": ("What the court ordered", Owes.filing),
}
OWNERS = {Kind.ordered: Owner.agency, Kind.ordered_us: Owner.requester}


def clocks(ledger: Ledger) -> tuple[Clock, ...]:
    """One clock for each order that stands, with the day of the last order that moved it."""
    lines = [line for kind in OWNERS for line in ledger.kinds.get(kind, ())]
    if not lines:
        return ()
    by_uid = {line.uid: line for line in lines}
    chains: dict[str, list[Line]] = {}
    depth: dict[str, int] = {}
    for line in lines:
        root, depth[line.uid] = _root(line, by_uid)
        chains.setdefault(root, []).append(line)
    found = []
    for root in sorted(chains, key=lambda uid: by_uid[uid].place):
        first = by_uid[root]
        # Of two orders of one day the one that names the other comes after it.
        moves = sorted(chains[root], key=lambda line: (line.on, depth[line.uid], line.uid))
        found.append(_clock(ledger, first, [first, *(line for line in moves if line is not first)]))
    return tuple(found)


def _root(line: Line, by_uid: Mapping[str, Line]) -> tuple[str, int]:
    """The first order of a chain, and how many orders lie between. Orders that name each other in a circle hang on the
    least of their uids."""
    seen = [line.uid]
    while (of := text(line.event.facts, "of")) in by_uid and of is not None:
        if of in seen:
            return min(seen[seen.index(of) :]), len(seen)
        seen.append(of)
        line = by_uid[of]
    return line.uid, len(seen)


def _clock(ledger: Ledger, first: Line, chain: list[Line]) -> Clock:
    name, owes = THINGS.get(text(first.event.facts, "what") or "", THINGS["other"])
    key = f"{RULE}|event:{first.uid}|r{first.round}"
    clock = Clock(
        key, RULE, name, OWNERS[first.kind], f"event:{first.uid}", first.round, "", "", first.on, first.uid, owes,
        first.parts,
    )  # fmt: skip
    due: dt.date | None = None
    steps: list[Step] = []
    for line in chain:
        said = day(line.event.facts, "due_on")
        if said is None:
            continue
        clock.citation = _citation(line)
        steps.append(Step(StepKind.start, None, line.on, citation=clock.citation, event=line.uid, said="dated ordered"))
        moved = "ordered" if due is None else "moved by order"
        steps.append(Step(StepKind.named, due, said, citation=clock.citation, event=line.uid, said=moved))
        due = said
    if due is None:
        clock.unknown = "the order names no day"
    clock.earliest = clock.latest = due
    clock.verified, clock.confidence, clock.trail = True, Confidence.high, tuple(steps)
    _conclude(ledger, clock, first, {line.uid for line in chain})
    ending.overrule(ledger, clock)
    return clock


def _citation(line: Line) -> str:
    entry = text(line.event.facts, "entry")
    return f"Order of {day_words(line.on)}" + (f", docket entry {entry}" if entry else "")


def _conclude(ledger: Ledger, clock: Clock, first: Line, chain: set[str]) -> None:
    met = [
        line
        for kind in (Kind.order_met, Kind.produced)
        for line in ledger.kinds.get(kind, ())
        if text(line.event.facts, "of") in chain and line.on >= first.on
    ]
    if met:
        line = min(met, key=_place)
        clock.met_on, clock.met_by = line.on, line.uid
    waiver = ledger.waived.get(clock.key)
    if waiver is not None:
        ending.end(clock, waiver.on, text(waiver.event.facts, "reason") or "waived", State.not_needed)
    for kind, why, state in ending.ENDS_ALL:
        if kind is Kind.transferred:
            continue
        for line in ledger.kinds.get(kind, ()):
            if line.place > first.place and (not line.parts or (clock.parts and set(clock.parts) <= set(line.parts))):
                ending.end(clock, line.on, why, state)
    for line in ledger.kinds.get(Kind.suit_decided, ()):
        if line.place > first.place and line.event.outcome is Outcome.withdrawn:
            ending.end(clock, line.on, "the suit was withdrawn", State.not_needed)


def _place(line: Line) -> int:
    return line.place
