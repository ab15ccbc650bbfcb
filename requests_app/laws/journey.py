"""A request walked from filing to the requester's last remedy, as a law's page draws it and the tests prove it.

`refused`: the agency takes every step on its last day and denies. `silent`: it never answers. Reviewers decide on
their last day and side with the agency; the requester takes each remedy in its order, ten days after it opens.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from requests_app.clock.events import JSON, Event, Kind, Outcome
from requests_app.clock.fold import course
from requests_app.clock.rules import LawVersion, Meeting, Owner, Rule, StepOf
from requests_app.clock.standing import Clock
from requests_app.laws.registry import Library
from requests_app.laws.shapes import Entry

PATHS = ("refused", "silent")
RECEIVED = dt.date(2026, 3, 2)
"""A Monday with no closed day near it anywhere."""
OUR_DAYS = dt.timedelta(days=10)
NO_NUMBER = dt.timedelta(days=30)
"""After which the walk goes on where the law has no number and the file no interval of ours."""
MOST_STEPS = 30
LADDER = (StepOf.appeal, StepOf.review, StepOf.notice, StepOf.suit)
# In the order of choice where one clock can be met in several ways; the outcome is always against us.
AGAINST = {
    Kind.acknowledged: None,
    Kind.ruling_requested: None,
    Kind.ruling_brief_sent: None,
    Kind.ruling_issued: Outcome.upheld,
    Kind.determined: Outcome.denied,
    Kind.appeal_decided: Outcome.upheld,
    Kind.review_decided: Outcome.upheld,
    Kind.suit_decided: Outcome.upheld,
}
OURS = (Kind.appeal_filed, Kind.review_filed, Kind.notice_sent, Kind.sued)
FACTS: Mapping[Kind, Mapping[str, JSON]] = {Kind.notice_sent: {"about": "suit"}}


@dataclass(frozen=True, slots=True)
class Step:
    """One step that was taken: by which event, on which day, for which rule."""

    rule_id: str
    name: str
    owner: Owner
    kind: Kind
    on: dt.date
    remedy: StepOf | None


@dataclass(frozen=True, slots=True)
class Journey:
    """`steps` in the order they were taken. `unknown`: clocks the engine could not count.

    `reached`: the last remedy that was taken, None where the law opened none on this path."""

    law_ref: str
    path: str
    steps: tuple[Step, ...]
    clocks: tuple[Clock, ...]

    @property
    def unknown(self) -> tuple[Clock, ...]:
        return tuple(clock for clock in self.clocks if clock.unknown)

    @property
    def reached(self) -> StepOf | None:
        return next((step.remedy for step in reversed(self.steps) if step.remedy), None)


def journey(
    library: Library, entry: Entry, version: LawVersion, path: str, received: dt.date = RECEIVED
) -> Journey:
    """Walks one of `PATHS`. `received` moves to the first Monday under the version where it is too early."""
    received = _monday_of(version, received)
    facts: dict[str, JSON] = {
        "law": entry.id,
        "revision": version.revision,
        "zone": library.place_of(entry.id).zone,
        "received_by": "component",
    }
    events = [Event("sent", Kind.sent, sent_on=received, received_on=received, facts=facts)]
    book, steps, today = library.book(), list[Step](), received
    clocks = course(tuple(events), book=book).clocks
    for number in range(MOST_STEPS):
        step = _next(version, clocks, path, today)
        if step is None:
            break
        today = max(today, step.on)
        steps.append(step)
        outcome = AGAINST.get(step.kind)
        said = FACTS.get(step.kind, {})
        events.append(Event(f"step-{number}", step.kind, today, today, today, outcome=outcome, facts=said))
        clocks = course(tuple(events), book=book).clocks
    return Journey(version.ref, path, tuple(steps), clocks)


def _monday_of(version: LawVersion, received: dt.date) -> dt.date:
    since = max(received, version.effective_from or received)
    if version.effective_until is not None and since >= version.effective_until:
        since = version.effective_from or version.effective_until - dt.timedelta(days=60)
    return since + dt.timedelta(days=-since.weekday() % 7)


def _next(version: LawVersion, clocks: Iterable[Clock], path: str, today: dt.date) -> Step | None:
    """What happens next: the soonest step of the others; when they owe nothing more, our next remedy."""
    clocks = tuple(clocks)
    theirs = [step for clock in clocks if (step := _their_step(version, clock, path, today))]
    if theirs:
        return min(theirs, key=lambda step: (step.on, step.rule_id))
    ours = [step for clock in clocks if (step := _our_step(version, clock, clocks, today))]
    return min(ours, key=lambda step: (LADDER.index(step.remedy or StepOf.suit), step.on), default=None)


def _open(clock: Clock) -> bool:
    return clock.unknown is None and clock.met_on is None and clock.ended_on is None


def _their_step(version: LawVersion, clock: Clock, path: str, today: dt.date) -> Step | None:
    silent = path == "silent" and clock.owner is not Owner.reviewer
    waits = clock.opens_on is None or (clock.conditional and clock.opens_on > today)
    if clock.owner is Owner.requester or not _open(clock) or silent or waits:
        return None
    rule = version.by_id[clock.rule_id]
    kind = next((kind for kind in AGAINST if _meets(rule.met_by, kind)), None)
    if kind is None:
        return None
    on = clock.latest or clock.follow_up_on or (clock.opens_on or today) + NO_NUMBER
    return (
        None
        if on < today and clock.latest
        else Step(rule.id, rule.name, rule.owner, kind, max(on, today), None)
    )


def _our_step(version: LawVersion, clock: Clock, clocks: tuple[Clock, ...], today: dt.date) -> Step | None:
    rule = version.by_id[clock.rule_id]
    if rule.remedy is None or not _open(clock) or clock.opens_on is None or not _allowed(rule, clocks):
        return None
    kind = next((kind for kind in OURS if _meets(rule.met_by, kind)), None)
    if kind is None:
        return None
    on = max(today, clock.opens_on + OUR_DAYS)
    if rule.remedy.step is StepOf.suit:
        # The days that must pass after a notice come first.
        waits = (
            one.latest for one in clocks if one.owner is Owner.nobody and one.latest and one.ended_on is None
        )
        on = max((on, *(latest + dt.timedelta(days=1) for latest in waits)))
    if clock.due_on is not None:
        on = max(today, min(on, clock.due_on))
        if clock.latest is not None and on > clock.latest:
            return None
    return Step(rule.id, rule.name, rule.owner, kind, on, rule.remedy.step)


def _allowed(rule: Rule, clocks: tuple[Clock, ...]) -> bool:
    """Every remedy that must come first was taken, as far as one of its kind ever opened."""
    required = rule.remedy.requires_first if rule.remedy else ()
    return all(
        any(clock.met_on for clock in clocks if clock.rule_id == other)
        for other in required
        if any(clock.rule_id == other and (_open(clock) or clock.met_on) for clock in clocks)
    )


def _meets(meetings: Iterable[Meeting], kind: Kind) -> bool:
    """An event of this kind, with the outcome it brings here, meets the rule."""
    for meeting in meetings:
        when, outcome = meeting.when, AGAINST.get(kind)
        if kind not in meeting.on:
            continue
        if when is None or (
            (not when.outcomes or outcome in when.outcomes)
            and all(FACTS.get(kind, {}).get(name) in among for name, among in (when.facts or {}).items())
            and not (when.unless and outcome in when.unless.outcomes)
        ):
            return True
    return False


def tell(walked: Journey) -> str:
    """The walk as lines, for a person who checks a law file."""
    lines = [f"{walked.law_ref}, {walked.path}: last remedy {walked.reached or 'none'}"]
    lines += [f"  {step.on}  {step.owner}: {step.kind} ({step.rule_id})" for step in walked.steps]
    lines += [f"  UNKNOWN {clock.key}: {clock.unknown}" for clock in walked.unknown]
    return "\n".join(lines)
