"""Reads a ledger: what still stands of it, in which order, and what it says about the request itself.

Nothing here knows a law. Every function is total: a ledger of nonsense gives an empty reading, never an error.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from .events import JSON, PRECEDENCE, Event, Kind


@dataclass(slots=True)
class Line:
    """One event that stands, with its day, its place in the order and its round."""

    event: Event
    kind: Kind
    on: dt.date
    place: int
    round: int
    uid: str
    parts: tuple[str, ...]


@dataclass(slots=True)
class Ledger:
    """What a ledger says once retractions are carried out and it is put in order."""

    lines: list[Line] = field(default_factory=list)
    kinds: dict[Kind, list[Line]] = field(default_factory=dict)
    undated: list[Event] = field(default_factory=list)
    parts: tuple[str, ...] = ()
    disputed: frozenset[str] = frozenset()
    overrides: dict[str, Line] = field(default_factory=dict)
    waived: dict[str, Line] = field(default_factory=dict)
    revisions: dict[tuple[str, str], int] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


def standing_events(events: Iterable[Event]) -> list[Event]:
    """The events no standing event retracts. A retraction of a retraction restores; a circle retracts nothing.

    Two events of one uid are one event recorded twice; which copy is read does not depend on the order.
    """
    found = list(events)
    by_uid = {event.uid: event for event in found}
    if len(by_uid) != len(found):
        by_uid = {event.uid: event for event in sorted(found, key=repr, reverse=True)}
        found = list(by_uid.values())
    against: dict[str, list[str]] = {}
    for event in found:
        if event.retracts is not None and event.retracts in by_uid:
            against.setdefault(event.retracts, []).append(event.uid)
    if not against:
        return found
    stands: dict[str, bool] = {}
    settled = True
    while settled:
        settled = False
        for uid in by_uid:
            if uid in stands:
                continue
            attackers = against.get(uid, ())
            if any(stands.get(attacker) for attacker in attackers):
                stands[uid], settled = False, True
            elif all(stands.get(attacker) is False for attacker in attackers):
                stands[uid], settled = True, True
    # What is still open hangs on a circle; nobody outside it says it is wrong, so it stands.
    return [event for event in found if stands.get(event.uid, True)]


def read(events: Iterable[Event]) -> Ledger:
    """Puts a ledger in order: by day, then by precedence of kinds, then by uid; never by recording."""
    ledger = Ledger()
    rows: list[tuple[dt.date, int, str, Event]] = []
    standing = standing_events(events)
    more = split(standing)
    for event in standing:
        if event.uid in more:
            event = replace(event, parts=more[event.uid])
        on = event.on
        if on is None:
            if event.kind is not Kind.retracted:
                ledger.undated.append(event)
            continue
        rows.append((on, PRECEDENCE[event.kind], event.uid, event))
    rows.sort(key=_order)
    ledger.undated.sort(key=_undated_order)
    lines, kinds = ledger.lines, ledger.kinds
    remands: list[tuple[str, ...]] = []
    mentioned: dict[str, None] = {}
    disputes: dict[str, bool] = {}
    for place, (on, _, uid, event) in enumerate(rows):
        kind, parts = event.kind, event.parts
        if kind is Kind.remanded:
            remands.append(parts)
        number = 1
        for remand in remands:
            if not remand or not parts or not set(remand).isdisjoint(parts):
                number += 1
        line = Line(event, kind, on, place, number, uid, parts)
        lines.append(line)
        known = kinds.get(kind)
        if known is None:
            kinds[kind] = [line]
        else:
            known.append(line)
        if parts:
            mentioned.update(dict.fromkeys(parts))
        if kind in SAID:
            _say(ledger, line, disputes)
        if kind is Kind.sent or kind is Kind.transferred:
            mentioned.update(dict.fromkeys(words(event.facts, "parts")))
    ledger.parts = tuple(mentioned)
    ledger.disputed = frozenset(uid for uid, open_ in disputes.items() if open_)
    return ledger


def split(standing: Iterable[Event]) -> dict[str, tuple[str, ...]]:
    """What events said of a part before it was split, they say of each part it became: uid to all its parts.

    A split names the events it reaches: the day on which something was recorded decides nothing here, and what is
    recorded later may speak of one half alone.
    """
    found = list(standing)
    splits = [e for e in found if e.kind is Kind.parts_named and e.parts and text(e.facts, "of")]
    if not splits:
        return {}
    parts = {event.uid: event.parts for event in found}
    more: dict[str, tuple[str, ...]] = {}
    changed = True
    while changed:
        changed = False
        for event in splits:
            for uid in words(event.facts, "also"):
                before = parts.get(uid, ())
                new = tuple(part for part in event.parts if part not in before)
                if new and text(event.facts, "of") in before:
                    parts[uid] = more[uid] = (*before, *new)
                    changed = True
    return more


SAID = frozenset({Kind.disputed, Kind.override, Kind.override_released, Kind.waived, Kind.law_applied})


def _order(row: tuple[dt.date, int, str, Event]) -> tuple[dt.date, int, str]:
    return row[:3]


def _undated_order(event: Event) -> tuple[int, str]:
    return PRECEDENCE[event.kind], event.uid


def _say(ledger: Ledger, line: Line, disputes: dict[str, bool]) -> None:
    facts = line.event.facts
    clock = text(facts, "clock")
    if line.kind is Kind.disputed:
        contested = text(facts, "event")
        if contested is not None:
            disputes[contested] = facts.get("accepted") is not True
    elif line.kind is Kind.law_applied:
        law, revision = text(facts, "law"), facts.get("revision")
        if law is not None and isinstance(revision, int):
            for rule in words(facts, "rules") or ("*",):
                ledger.revisions[law, rule] = revision
    elif clock is None:
        return
    elif line.kind is Kind.override:
        if day(facts, "due_on") is None:
            ledger.doubts.append("An override names no date and is not applied.")
        else:
            ledger.overrides[clock] = line
    elif line.kind is Kind.override_released:
        ledger.overrides.pop(clock, None)
    else:
        ledger.waived[clock] = line


def text(facts: Mapping[str, JSON], name: str) -> str | None:
    value = facts.get(name)
    return value if isinstance(value, str) and value else None


def words(facts: Mapping[str, JSON], name: str) -> tuple[str, ...]:
    """A fact that is one word or a list of words."""
    value = facts.get(name)
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple):
        return tuple(word for word in value if isinstance(word, str))
    return ()


def day(facts: Mapping[str, JSON], name: str) -> dt.date | None:
    value = facts.get(name)
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return None
    return None


def number(facts: Mapping[str, JSON], name: str) -> int | None:
    value = facts.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 36_600:
        return value
    return None


def overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two sets of parts concern each other; () is the whole request."""
    return not one or not other or not set(one).isdisjoint(other)
