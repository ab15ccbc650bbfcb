"""Runs the worked examples of a law file through the engine."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from requests_app.clock import words
from requests_app.clock.book import Book
from requests_app.clock.events import Event, Kind
from requests_app.clock.fold import course
from requests_app.clock.rules import LawVersion
from requests_app.clock.standing import Clock
from requests_app.laws.registry import Library
from requests_app.laws.shapes import Bound, Due, Entry, Example, Jurisdiction


@dataclass(frozen=True, slots=True)
class Result:
    """One expected date beside what the engine says. `wrong` is empty when they agree."""

    law_ref: str
    example: Example
    due: Due | None
    got: dt.date | None
    wrong: str
    clock: Clock | None = None

    @property
    def ok(self) -> bool:
        return not self.wrong


def ledger(place: Jurisdiction, version: LawVersion, example: Example) -> tuple[Event, ...]:
    """The events of an example; the first is the request itself."""
    facts = {
        "law": version.law_id,
        "revision": version.revision,
        "zone": place.zone,
        "channel": "email",
        **(example.facts or {}),
    }
    sent = Event(
        uid="request",
        kind=Kind.sent,
        sent_on=example.sent or example.received,
        received_on=example.received,
        facts=facts,
    )
    steps = (
        Event(
            uid=step.id or f"step-{number}",
            kind=step.kind,
            dated_on=step.dated or step.on,
            sent_on=step.sent or step.on,
            received_on=step.received or step.on,
            received_at=step.at,
            outcome=step.outcome,
            parts=step.parts,
            facts=step.facts or {},
        )
        for number, step in enumerate(example.events, 1)
    )
    return (sent, *steps)


def walk(library: Library, entry: Entry, version: LawVersion, example: Example) -> tuple[Clock, ...]:
    """The clocks of an example as the engine counts them."""
    book: Book = library.book()
    return course(ledger(library.place_of(entry.id), version, example), book=book).clocks


def run(library: Library, entry: Entry, version: LawVersion, example: Example) -> tuple[Result, ...]:
    """Every date the example states, each with what the engine computes."""
    clocks = walk(library, entry, version, example)
    results = [_compare(version, example, due, clocks) for due in example.due]
    for rule_id in example.absent:
        found = [clock for clock in clocks if clock.rule_id == rule_id]
        wrong = f"the clock {rule_id} should not exist" if found else ""
        results.append(Result(version.ref, example, None, None, wrong))
    for rule_id in example.present:
        running = [clock for clock in clocks if clock.rule_id == rule_id and clock.unknown is None]
        wrong = "" if running else f"the clock {rule_id} should run"
        results.append(Result(version.ref, example, None, None, wrong))
    return tuple(results)


def _compare(version: LawVersion, example: Example, due: Due, clocks: tuple[Clock, ...]) -> Result:
    found = [
        clock for clock in clocks if clock.rule_id == due.clock and (not due.of or clock.started_by == due.of)
    ]
    if not due.of and len(found) > 1:
        found = [clock for clock in found if clock.ended_on is None] or found
    if len(found) != 1:
        keys = ", ".join(clock.key for clock in found) or "none"
        return Result(version.ref, example, due, None, f"one clock {due.clock} was expected, found {keys}")
    clock = found[0]
    got = {Bound.due: clock.due_on, Bound.earliest: clock.earliest, Bound.latest: clock.latest}[due.bound]
    wrong = ""
    if got != due.due:
        reason = f" ({clock.unknown})" if clock.unknown else ""
        says = words.date(got) if got else "nothing"
        wrong = f"{due.clock} {due.bound}: expected {words.date(due.due)}, the engine says {says}{reason}"
    elif due.state and due.state_on and clock.state(due.state_on) != due.state:
        state = clock.state(due.state_on)
        wrong = f"{due.clock} on {words.date(due.state_on)}: expected {due.state}, the engine says {state}"
    return Result(version.ref, example, due, got, wrong, clock)
