"""What a fold hands back: clocks, and the standing of a request on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from .events import Outcome
from .rules import Confidence, Consequence, Owes, Owner, StepOf, Unit
from .trail import Step


class Stage(StrEnum):
    """How far a request has come; the stage bar shows them in this order. See docs/clock.md for each word."""

    sent = "sent"
    received = "received"
    acknowledged = "acknowledged"
    answered_in_part = "answered_in_part"
    answered = "answered"
    appeal_open = "appeal_open"
    appeal_pending = "appeal_pending"
    appeal_decided = "appeal_decided"
    review = "review"
    suit = "suit"
    closed = "closed"


class State(StrEnum):
    """The state of one clock on one day."""

    not_open = "not_open"
    running = "running"
    paused = "paused"
    met = "met"
    met_late = "met_late"
    lapsed = "lapsed"
    superseded = "superseded"
    not_needed = "not_needed"
    unknown = "unknown"


class Move(StrEnum):
    """Whose move it is. `requester` never appears in a public span."""

    agency = "agency"
    requester = "requester"
    reviewer = "reviewer"
    court = "court"
    third_party = "third_party"
    nobody = "nobody"


class Verdict(StrEnum):
    """What an extension was worth under the rule."""

    allowed = "allowed"
    over_cap = "over_cap"
    no_reason = "no_reason"
    no_date = "no_date"
    late_notice = "late_notice"
    disputed = "disputed"
    not_provided = "not_provided"
    moot = "moot"


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a paused clock: "6 business days left once answered"."""

    count: int
    unit: Unit


class Pause(NamedTuple):
    """One stop of a clock; until_on None while it lasts. restart: the whole length begins again afterwards."""

    from_on: dt.date
    until_on: dt.date | None
    event: str
    restart: bool = False
    disputed: bool = False
    on_us: bool = True


class Extended(NamedTuple):
    """One claim of more time: what was claimed, what the rule allowed, and what it moved in each reading."""

    event: str
    clock_key: str
    noticed_on: dt.date
    verdict: Verdict
    claimed: int | None
    allowed: int
    unit: Unit | None
    promised_on: dt.date | None
    reason: str
    moves_earliest: bool
    moves_latest: bool
    citation: str = ""


class Override(NamedTuple):
    """A date a person set, with the computed dates beside it. Survives every fold until released."""

    due_on: dt.date
    computed_earliest: dt.date | None
    computed_latest: dt.date | None
    reason: str
    by: str
    event: str


@dataclass(slots=True)
class Clock:
    """One clock. It does not know what day it is: `state(on)`, `late(on)` and `days_left(on)` do.

    `earliest` and `latest` are the two readings of the last day; equal where nothing is doubtful, None where
    a pause is open or the law has no number. `due_on` is the one to act by: the earliest for the requester,
    the latest for others.

    `met_parts` were done, `gone_parts` are not owed any more (withdrawn, moved): (part, day, event) each.
    A clock that stands on a lapse is `conditional`, before and after its `opens_on`: the state tells whether it is
    open. `latest` decides lateness for everybody; between the two readings a window of ours may still be used.
    """

    key: str
    rule_id: str
    name: str
    owner: Owner
    scope: str
    round: int
    law_ref: str
    calendar_ref: str
    opens_on: dt.date | None
    started_by: str | None
    owes: Owes = Owes.determination
    parts: tuple[str, ...] = ()
    remedy: StepOf | None = None
    parent: str | None = None
    earliest: dt.date | None = None
    latest: dt.date | None = None
    due_at: dt.datetime | None = None
    promised_on: dt.date | None = None
    met_on: dt.date | None = None
    met_by: str | None = None
    met_parts: tuple[tuple[str, dt.date, str], ...] = ()
    gone_parts: tuple[tuple[str, dt.date, str], ...] = ()
    paused_since: dt.date | None = None
    left_when_paused: Left | None = None
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extended, ...] = ()
    standard: str | None = None
    follow_up_on: dt.date | None = None
    unknown: str | None = None
    conditional: bool = False
    ended_on: dt.date | None = None
    ended_why: str | None = None
    ended_state: State = State.not_needed
    override: Override | None = None
    consequences: tuple[Consequence, ...] = ()
    verified: bool = False
    confidence: Confidence = Confidence.low
    citation: str = ""
    doubts: tuple[str, ...] = ()
    trail: tuple[Step, ...] = ()

    @property
    def due_on(self) -> dt.date | None:
        """The day to act by. A requester acts by the earliest reading; nobody else is held to it."""
        return self.earliest if self.owner is Owner.requester else self.latest

    def state(self, on: dt.date) -> State:
        if self.unknown is not None:
            return State.unknown
        if self.opens_on is not None and on < self.opens_on:
            return State.not_open
        met, ended = self.met_on, self.ended_on
        if met is not None and met <= on and (ended is None or met <= ended):
            return State.met_late if self.latest is not None and met > self.latest else State.met
        if ended is not None and ended <= on:
            return self.ended_state
        if self.latest is not None and on > self.latest:
            return State.lapsed
        for pause in self.pauses:
            if pause.from_on <= on and (pause.until_on is None or on < pause.until_on):
                return State.paused
        return State.running

    def waits_for_us(self, on: dt.date) -> bool:
        """Paused, and it is a step of the requester that ends the pause."""
        return any(
            pause.on_us and pause.from_on <= on and (pause.until_on is None or on < pause.until_on)
            for pause in self.pauses
        )

    def live(self, on: dt.date) -> bool:
        """Still asks for something of its owner: running, paused or lapsed."""
        return self.state(on) in LIVE

    def late(self, on: dt.date) -> bool:
        """The latest reading has passed and nobody met it. Due today is not late."""
        return self.state(on) is State.lapsed

    def days_left(self, on: dt.date) -> int | None:
        """Calendar days to the day to act by, 0 on the day, negative after it; None without one."""
        due = self.due_on
        return None if due is None else (due - on).days

    @property
    def shadow(self) -> tuple[object, ...]:
        """What a stored deadline must share with this clock to stay; anything else changed means superseded."""
        return (
            self.key, self.law_ref, self.calendar_ref, self.opens_on, self.earliest, self.latest, self.due_at,
            self.promised_on, self.met_on, self.met_by, self.paused_since, self.left_when_paused, self.follow_up_on,
            self.unknown, self.conditional, self.ended_on, self.ended_why, self.override,
        )  # fmt: skip


LIVE = frozenset({State.running, State.paused, State.lapsed})


class PartStanding(NamedTuple):
    """How one part stands."""

    part: str
    stage: Stage
    outcome: Outcome | None
    whose_move: Move
    late: bool
    clocks: tuple[str, ...]


class StandingSpan(NamedTuple):
    """The standing between two days; until_on is exclusive, None for ever."""

    from_on: dt.date
    until_on: dt.date | None
    stage: Stage
    outcome: Outcome | None
    whose_move: Move
    late: bool
    next_due_on: dt.date | None
    next_clock_key: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A request on a day."""

    on: dt.date
    stage: Stage
    outcome: Outcome | None
    whose_move: Move
    late: bool
    next_due_on: dt.date | None
    next_clock_key: str | None
    clocks: tuple[Clock, ...]
    parts: tuple[PartStanding, ...]
    extensions: tuple[Extended, ...]
    doubts: tuple[str, ...]


def days_taken(extensions: Iterable[Extended]) -> Mapping[Unit, int]:
    """How much time extensions took in all, by unit: of one request, or of all requests to an agency."""
    taken: dict[Unit, int] = {}
    for claim in extensions:
        if claim.moves_latest and claim.unit is not None:
            taken[claim.unit] = taken.get(claim.unit, 0) + claim.allowed
    return taken
