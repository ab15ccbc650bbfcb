"""Under which law which part of a ledger lies: a request may be transferred to an agency under another law."""

from __future__ import annotations

from dataclasses import dataclass

from .conditions import Facts
from .events import Kind
from .ledger import Ledger, Line, number, text, words
from .receipt import delivered


@dataclass(slots=True)
class Segment:
    """One stretch of a ledger under one law. `until` is the place of the transfer that ended it, None while
    it lasts; `parts` () means the whole request; `scope` is what its request-wide clocks hang on."""

    law: str | None
    opened: Line
    facts: Facts
    parts: tuple[str, ...]
    scope: str
    agency: str | None
    channel: str | None
    revision: int | None
    until: int | None = None
    ended: Line | None = None


def segments(ledger: Ledger) -> list[Segment]:
    """The first sending that did not bounce opens the first segment; each transfer that names a law another."""
    found: list[Segment] = []
    sendings = ledger.kinds.get(Kind.sent)
    opened = delivered(ledger, sendings[0]) if sendings else None
    if opened is None:
        return found
    first = _segment(opened, opened.event.facts, (), "request")
    found.append(first)
    for line in ledger.kinds.get(Kind.transferred, ()):
        if line.place < opened.place or text(line.event.facts, "law") is None:
            continue
        facts = {**found[-1].facts, "revision": None, "agency": None, "basis": None, **line.event.facts}
        whole = not line.parts or (bool(ledger.parts) and set(line.parts) >= set(ledger.parts))
        if whole:
            for segment in found:
                if segment.until is None:
                    segment.until, segment.ended = line.place, line
            found.append(_segment(line, facts, (), f"event:{line.uid}"))
        else:
            found.append(_segment(line, facts, line.parts, "part:" + "+".join(line.parts)))
    return found


def _segment(opened: Line, facts: Facts, parts: tuple[str, ...], scope: str) -> Segment:
    channels = words(facts, "channel")
    return Segment(
        text(facts, "law"),
        opened,
        facts,
        parts,
        scope,
        text(facts, "agency"),
        channels[0] if channels else None,
        number(facts, "revision"),
    )
