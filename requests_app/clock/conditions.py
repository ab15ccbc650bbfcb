"""Whether a condition of the law holds for an event and the facts of its request."""

from __future__ import annotations

from collections.abc import Mapping

from .events import JSON
from .ledger import Line, words
from .rules import When

Facts = Mapping[str, JSON]


def holds(when: When | None, line: Line | None, facts: Facts) -> bool:
    """True when every given part holds. A fact nobody recorded never matches."""
    if when is None:
        return True
    event = line.event if line is not None else None
    if when.outcomes and (event is None or event.outcome not in when.outcomes):
        return False
    for allowed, name in (
        (when.agency_kinds, "agency_kind"),
        (when.record_types, "record_types"),
        (when.requester, "requester"),
        (when.agency_regulation, "agency_regulation"),
    ):
        if allowed and set(allowed).isdisjoint(words(facts, name)):
            return False
    if when.channels:
        own = words(event.facts, "channel") if event is not None else ()
        if set(when.channels).isdisjoint(own or words(facts, "channel")):
            return False
    if when.facts:
        for name, values in when.facts.items():
            if event is not None and name in event.facts:
                given = event.facts[name]
            elif name in facts:
                given = facts[name]
            else:
                return False
            if given not in values and not _any(given, values):
                return False
    return when.unless is None or not holds(when.unless, line, facts)


def _any(given: JSON, values: tuple[JSON, ...]) -> bool:
    return isinstance(given, list | tuple) and any(value in values for value in given)
