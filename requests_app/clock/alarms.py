"""Days that somebody named and that no law counts: records that will be destroyed, an invoice that wants its money.

Both are ours to act on. The alarm before a destruction is strategy: it stands beside the standing, moves no word of it
and reaches nobody else.
"""

from __future__ import annotations

import datetime as dt

from . import ending
from .events import Kind, Outcome
from .ledger import Ledger, Line, day, overlap, text
from .rules import Confidence, Owes, Owner
from .standing import Clock, State
from .trail import Step, StepKind

DESTRUCTION, INVOICE = "destroys-on", "invoice-by"
"""What stands in a clock's `rule_id`: no law has rules of these names."""
APART = frozenset({DESTRUCTION})
"""Clocks that no standing counts."""
ONE_DAY = dt.timedelta(days=1)


def clocks(ledger: Ledger) -> tuple[Clock, ...]:
    scheduled, invoiced = ledger.kinds.get(Kind.destruction_scheduled), ledger.kinds.get(Kind.fee_invoiced)
    if not scheduled and not invoiced:
        return ()
    found = [_destruction(ledger, line, scheduled or []) for line in scheduled or ()]
    found += [_invoice(ledger, line) for line in invoiced or () if day(line.event.facts, "until") is not None]
    return tuple(found)


def _destruction(ledger: Ledger, line: Line, all_of_them: list[Line]) -> Clock:
    clock = _clock(line, DESTRUCTION, "Ask again before the records are destroyed", Owes.notice)
    until = day(line.event.facts, "until")
    if until is None or until <= dt.date.min + ONE_DAY:
        clock.unknown = "no day of destruction is named"
    else:
        # On the day itself nothing protects them any more.
        _named(clock, line, until, until - ONE_DAY, "before destruction")
    _met(ledger, clock, line, Kind.preservation_demanded)
    for kind, why in ((Kind.records_destroyed, "the records are gone"), (Kind.produced, "the records came")):
        for other in ledger.kinds.get(kind, ()):
            whole = kind is not Kind.produced or other.event.outcome in (None, Outcome.produced)
            # Of one day, whichever was written down first: what is here cannot be destroyed for us.
            if other.on >= line.on and whole and _covers(other, clock):
                ending.end(clock, other.on, why, State.not_needed)
    for other in all_of_them:
        # Two days noted on one day both stand: the sooner is the one to keep.
        if other.on > line.on and _covers(other, clock):
            ending.end(clock, other.on, "another day was named", State.superseded)
    _ended(ledger, clock, line)
    return clock


def _invoice(ledger: Ledger, line: Line) -> Clock:
    clock = _clock(line, INVOICE, "Pay the invoice", Owes.payment)
    until = day(line.event.facts, "until")
    assert until is not None, "an invoice without a day opens no clock"
    _named(clock, line, None, until, "invoiced")
    _met(ledger, clock, line, Kind.fee_paid)
    for other in ledger.kinds.get(Kind.fee_waiver_decided, ()):
        if other.place > line.place and other.event.facts.get("granted") is True:
            ending.end(clock, other.on, "the fees were waived", State.not_needed)
    _ended(ledger, clock, line)
    return clock


def _clock(line: Line, rule: str, name: str, owes: Owes) -> Clock:
    scope = f"event:{line.uid}"
    return Clock(
        f"{rule}|{scope}|r1", rule, name, Owner.requester, scope, 1, "", "", line.on, line.uid, owes, line.parts,
        verified=True, confidence=Confidence.high,
    )  # fmt: skip


def _named(clock: Clock, line: Line, from_on: dt.date | None, due: dt.date, said: str) -> None:
    clock.earliest = clock.latest = due
    clock.trail = (
        Step(StepKind.start, None, line.on, event=line.uid, said=f"dated {line.kind.value}"),
        Step(StepKind.named, from_on, due, event=line.uid, said=said),
    )


def _met(ledger: Ledger, clock: Clock, first: Line, kind: Kind) -> None:
    """By one act, or by several that cover its parts together."""
    wanted = set(clock.parts)
    for line in ledger.kinds.get(kind, ()):
        of = text(line.event.facts, "of")
        if line.place <= first.place or (of is not None and of != first.uid) or not overlap(line.parts, clock.parts):
            continue
        wanted.difference_update(line.parts or clock.parts)
        if (line.parts and not clock.parts) or wanted:
            continue
        clock.met_on, clock.met_by = line.on, line.uid
        return


def _covers(line: Line, clock: Clock) -> bool:
    return not line.parts or (bool(clock.parts) and set(clock.parts) <= set(line.parts))


def _ended(ledger: Ledger, clock: Clock, first: Line) -> None:
    waiver = ledger.waived.get(clock.key)
    if waiver is not None:
        ending.end(clock, waiver.on, text(waiver.event.facts, "reason") or "waived", State.not_needed)
    for kind, why, state in ending.ENDS_ALL:
        for line in ledger.kinds.get(kind, ()):
            if kind is not Kind.transferred and line.place > first.place and _covers(line, clock):
                ending.end(clock, line.on, why, state)
    ending.overrule(ledger, clock)
