"""What a fold hands back: every clock, whatever the day, and the standing on any day asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from .alarms import APART
from .calendars import ONE_DAY
from .events import REACTIONS, Kind, Outcome
from .ledger import Ledger, Line
from .rules import Owes, Owner, StepOf
from .standing import Clock, Extended, Move, PartStanding, Stage, Standing, StandingSpan, State

LATE_FOR = frozenset({Owner.agency, Owner.reviewer})
NOT_PUBLIC = frozenset({Owner.requester, Owner.nobody})
"""Windows of ours, and the days that must pass after a notice of ours."""
NEVER_LATE = frozenset({Owes.ruling_request, Owes.brief, Owes.presumption})
"""Owed only by a body that means to withhold, or by nobody: a lapse has its consequences and makes no request late."""
WINDOWS = frozenset({StepOf.appeal, StepOf.review, StepOf.notice})
WHOLE_ANSWER = frozenset({None, Outcome.produced, Outcome.granted})
REFUSALS = frozenset(
    {
        Outcome.denied, Outcome.denied_in_part, Outcome.neither_confirms_nor_denies, Outcome.not_a_public_body,
        Outcome.not_subject,
    }
)  # fmt: skip
GIVEN = frozenset({Outcome.produced, Outcome.produced_in_part, Outcome.granted, Outcome.directed_to_web})
REVIEWS = frozenset({Kind.appeal_decided, Kind.review_decided})
OPENED = frozenset({Outcome.granted, Outcome.reversed})
"""Decided for us: the agency has to act next."""
WITHHELD = frozenset({Outcome.denied, Outcome.upheld})
OF_A_REVIEW = frozenset({Outcome.upheld, Outcome.reversed, Outcome.withdrawn})


class View(NamedTuple):
    """A standing without its clocks."""

    stage: Stage
    outcome: Outcome | None
    whose_move: Move
    late: bool
    next_due_on: dt.date | None
    next_clock_key: str | None


class Course:
    """The whole course of a request as far as its ledger and the law tell it, independent of the day."""

    __slots__ = ("_ledger", "clocks", "doubts", "extensions", "parts")

    def __init__(
        self,
        ledger: Ledger,
        clocks: tuple[Clock, ...],
        extensions: tuple[Extended, ...],
        doubts: tuple[str, ...],
    ) -> None:
        self._ledger, self.clocks, self.extensions, self.doubts = ledger, clocks, extensions, doubts
        self.parts = ledger.parts

    @property
    def first_on(self) -> dt.date | None:
        """The day of the first event; None for an empty ledger."""
        return self._ledger.lines[0].on if self._ledger.lines else None

    @property
    def horizon(self) -> dt.date | None:
        """The day of the last event; after it, only time changes anything."""
        return self._ledger.lines[-1].on if self._ledger.lines else None

    @property
    def produced(self) -> bool:
        """Whether records came, on whatever day."""
        said = self._ledger
        return Kind.produced in said.kinds or any(event.kind is Kind.produced for event in said.undated)

    def clock(self, key: str) -> Clock | None:
        return next((clock for clock in self.clocks if clock.key == key), None)

    def on(self, day: dt.date) -> Standing:
        """The standing on a day. A day before the last event sees only what had happened by then, with the
        dates the whole ledger gives; for what was known then, fold `as_of(ledger, day)`."""
        view = _view(self._ledger, self.clocks, day, None, public=False)
        parts = tuple(self._part(part, day) for part in self.parts)
        return Standing(day, *view, self.clocks, parts, self.extensions, self.doubts)

    def _part(self, part: str, day: dt.date) -> PartStanding:
        clocks = [clock for clock in self.clocks if not clock.parts or part in clock.parts]
        view = _view(self._ledger, clocks, day, part, public=False)
        keys = tuple(clock.key for clock in clocks)
        return PartStanding(part, view.stage, view.outcome, view.whose_move, view.late, keys)

    def spans(self, *, public: bool = False, since: dt.date | None = None) -> tuple[StandingSpan, ...]:
        """The standing as a step function of the day, from the first event (or `since`) for ever, without gaps.

        With `since=course.horizon` it breaks only where time alone changes something. `public` leaves out
        every clock of the requester, what a notice of theirs opened, and every word of "our move".
        """
        first = self.first_on
        if first is None:
            return ()
        begin = max(first, since) if since is not None else first
        clocks = self._public() if public else self.clocks
        breaks = {begin}
        for line in self._ledger.lines:
            breaks.add(line.on)
            if line.kind is Kind.sent and line.event.received_on is not None:
                breaks.add(line.event.received_on)
        for clock in clocks:
            if clock.rule_id not in APART:
                breaks.update(_turns(clock))
        found: list[tuple[dt.date, View]] = []
        for day in sorted(breaks):
            if day < begin:
                continue
            view = _view(self._ledger, clocks, day, None, public=public)
            if not found or found[-1][1] != view:
                found.append((day, view))
        ends: list[dt.date | None] = [day for day, _ in found[1:]]
        return tuple(
            StandingSpan(day, until, *view) for (day, view), until in zip(found, [*ends, None], strict=True)
        )

    def _public(self) -> list[Clock]:
        notices = {f"event:{line.uid}" for line in self._ledger.kinds.get(Kind.notice_sent, ())}
        return [c for c in self.clocks if c.owner not in NOT_PUBLIC and c.scope not in notices]


def _turns(clock: Clock) -> list[dt.date]:
    """The days on which a clock changes by itself."""
    turns = [day for day in (clock.opens_on, clock.met_on, clock.ended_on) if day is not None]
    for last in (clock.earliest, clock.latest, clock.follow_up_on):
        if last is not None and last < dt.date.max:
            turns.append(last + ONE_DAY)
    for pause in clock.pauses:
        turns.append(pause.from_on)
        if pause.until_on is not None:
            turns.append(pause.until_on)
    for _, on, _ in (*clock.met_parts, *clock.gone_parts):
        turns.append(on)
    return turns


def _view(ledger: Ledger, clocks: Sequence[Clock], day: dt.date, part: str | None, *, public: bool) -> View:
    told = _told(ledger, day, part)
    late = False
    asked = window = suit_window = paused = False
    live: set[Owner] = set()
    owes_decision = False
    next_due: dt.date | None = None
    next_key: str | None = None
    ask_on: dt.date | None = None
    ask_key: str | None = None
    for clock in clocks:
        opens = clock.opens_on
        if (opens is not None and opens > day) or clock.rule_id in APART:
            continue
        state = clock.state(day)
        if state is State.running:
            due = clock.due_on
            if due is not None and due < day and clock.latest is not None:
                # Our own day has passed, and the later reading may still be used.
                due = clock.latest
            if due is not None:
                if due >= day and (next_due is None or (due, clock.key) < (next_due, next_key or "")):
                    next_due, next_key = due, clock.key
            elif (
                not public
                and (ask := clock.follow_up_on) is not None
                and ask >= day
                and (ask_on is None or ask < ask_on)
            ):
                ask_on, ask_key = ask, clock.key
        elif state is State.paused:
            # In public the wait for us moves no word: whoever owes the answer owes it still.
            paused = paused or (not public and clock.waits_for_us(day))
        elif state is not State.lapsed or clock.owes in NEVER_LATE:
            continue
        owner = clock.owner
        if part is not None and any(
            settled == part and on <= day for settled, on, _ in (*clock.met_parts, *clock.gone_parts)
        ):
            continue
        if owner is Owner.requester:
            if state is State.lapsed:
                continue
            remedy = clock.remedy
            if remedy is None:
                asked = True
            elif remedy in WINDOWS:
                window = True
            else:
                suit_window = True
            continue
        if owner is not Owner.nobody:
            live.add(owner)
        owes_decision = owes_decision or clock.owes is Owes.decision
        if state is State.lapsed and owner in LATE_FOR:
            late = True
    if next_due is None:
        next_due, next_key = ask_on, ask_key
    stage = told.stage(window and not public)
    if stage is Stage.closed:
        move = Move.nobody
    elif asked or paused:
        move = Move.nobody if public else Move.requester
    elif told.suit:
        move = Move.court
    elif window and not public:
        move = Move.requester
    elif Owner.reviewer in live:
        move = Move.reviewer
    elif told.appeal or told.review:
        move = Move.agency if owes_decision else Move.reviewer
    elif Owner.court in live:
        move = Move.court
    elif Owner.third_party in live:
        move = Move.third_party
    elif Owner.agency in live or not told.answered or told.owed:
        move = Move.agency
    elif suit_window and not public:
        move = Move.requester
    else:
        move = Move.nobody
    if stage is Stage.closed:
        late = False
    return View(stage, told.outcome, move, late, next_due, next_key)


def outcome_of(ledger: Ledger, day: dt.date, part: str) -> Outcome | None:
    """How one part stands on a day, by its events alone: no law is read, so that hundreds can be compared."""
    return _told(ledger, day, part).outcome


class _Told:
    """What the events up to a day tell: how far it came and how each part came out."""

    __slots__ = (
        "acknowledged",
        "answered",
        "appeal",
        "appeal_decided",
        "closed",
        "in_part",
        "outcome",
        "owed",
        "received",
        "review",
        "sued",
        "suit",
    )  # fmt: skip

    def __init__(self) -> None:
        self.received = self.acknowledged = self.in_part = self.answered = self.owed = False
        self.appeal = self.appeal_decided = self.review = self.suit = self.sued = self.closed = False
        self.outcome: Outcome | None = None

    def stage(self, window: bool) -> Stage:
        if self.closed:
            return Stage.closed
        if self.sued:
            return Stage.suit
        if self.review:
            return Stage.review
        if self.appeal:
            return Stage.appeal_pending
        if window:
            return Stage.appeal_open
        if self.appeal_decided:
            return Stage.appeal_decided
        if self.answered:
            return Stage.answered
        if self.in_part:
            return Stage.answered_in_part
        if self.acknowledged:
            return Stage.acknowledged
        return Stage.received if self.received else Stage.sent


def _told(ledger: Ledger, day: dt.date, part: str | None) -> _Told:
    told = _Told()
    universe = (part,) if part is not None else ledger.parts or ("",)
    outcomes: dict[str, Outcome | None] = {}
    answered: set[str] = set()
    owed: set[str] = set()
    gone: set[str] = set()
    for line in ledger.lines:
        if line.on > day:
            break
        kind = line.kind
        if line.parts and part is not None and part not in line.parts:
            continue
        touched = [one for one in universe if not line.parts or not one or one in line.parts]
        if kind is Kind.sent:
            told.received = told.received or (line.event.received_on or dt.date.max) <= day
            gone.clear()
        elif kind is Kind.bounced:
            told.received = False
        elif kind is Kind.acknowledged:
            told.acknowledged = True
        elif kind is Kind.determined or kind is Kind.produced:
            _answered(line, kind, touched, outcomes, answered, owed, told)
        elif kind is Kind.ruling_issued:
            _ruled(line.event.outcome, touched, outcomes, answered, owed)
            told.received = True
        elif kind is Kind.records_destroyed:
            outcomes.update(dict.fromkeys(touched, Outcome.destroyed))
        elif kind is Kind.remanded:
            answered.difference_update(touched)
            told.appeal = told.review = told.suit = told.sued = told.appeal_decided = False
        elif kind in _STEPS:
            _step(line, kind, told, outcomes, touched)
            if kind in REVIEWS and line.event.outcome in OPENED:
                owed.update(touched)
        elif kind is Kind.withdrawn:
            outcomes.update(dict.fromkeys(touched, Outcome.withdrawn))
            owed.difference_update(touched)
            gone.update(touched)
        elif kind is Kind.closed:
            gone.update(touched)
        elif kind in REACTIONS:
            told.received = True
    told.closed = len(gone) == len(universe)
    told.answered = len(answered) == len(universe)
    told.in_part = told.in_part or bool(answered)
    told.outcome = _together([outcomes.get(one) for one in universe])
    told.owed = bool(owed)
    return told


def _answered(
    line: Line,
    kind: Kind,
    touched: list[str],
    outcomes: dict[str, Outcome | None],
    answered: set[str],
    owed: set[str],
    told: _Told,
) -> None:
    outcome = line.event.outcome
    told.received = True
    whole = outcome in WHOLE_ANSWER
    if kind is Kind.determined or whole:
        answered.update(touched)
        owed.difference_update(touched)
    else:
        told.in_part = True
    if outcome is None and kind is Kind.produced:
        outcome = Outcome.produced
    if outcome is None:
        return
    for one in touched:
        before = outcomes.get(one)
        if outcome is Outcome.granted and kind is Kind.determined:
            # A letter that grants what has already come takes nothing back and owes nothing more.
            if before is Outcome.produced:
                continue
            owed.add(one)
        # Pages that follow a partial denial do not undo it.
        if not (before is Outcome.denied_in_part and kind is Kind.produced):
            outcomes[one] = outcome


def _ruled(
    outcome: Outcome | None,
    touched: list[str],
    outcomes: dict[str, Outcome | None],
    answered: set[str],
    owed: set[str],
) -> None:
    """A ruling that lets the body withhold is the answer to what it was asked about; any other leaves it owing."""
    if outcome in WITHHELD:
        answered.update(touched)
        outcomes.update(dict.fromkeys(touched, Outcome.denied))
    elif outcome is Outcome.denied_in_part:
        outcomes.update(dict.fromkeys(touched, outcome))
        owed.update(touched)
    elif outcome in OPENED:
        owed.update(touched)


_STEPS = frozenset(
    {
        Kind.appeal_filed, Kind.appeal_decided, Kind.review_filed, Kind.review_decided, Kind.sued,
        Kind.suit_decided,
    }
)  # fmt: skip


def _step(
    line: Line, kind: Kind, told: _Told, outcomes: dict[str, Outcome | None], touched: list[str]
) -> None:
    if kind is Kind.appeal_filed:
        told.appeal, told.appeal_decided = True, False
    elif kind is Kind.appeal_decided:
        told.appeal, told.appeal_decided = False, True
    elif kind is Kind.review_filed:
        told.review = True
    elif kind is Kind.review_decided:
        told.review, told.appeal_decided = False, True
    elif kind is Kind.sued:
        told.suit = told.sued = True
    else:
        told.suit = False
    outcome = line.event.outcome
    if outcome is not None and outcome not in OF_A_REVIEW and kind is not Kind.sued:
        outcomes.update(dict.fromkeys(touched, outcome))


def _together(outcomes: list[Outcome | None]) -> Outcome | None:
    """One word for several parts; a part without an outcome is pending, never refused."""
    known = {outcome for outcome in outcomes if outcome is not None}
    if not known:
        return None
    if len(known) == 1:
        only = known.pop()
        if None not in outcomes:
            return only
        return {Outcome.produced: Outcome.produced_in_part, Outcome.denied: Outcome.denied_in_part}.get(
            only, only
        )
    if known & REFUSALS:
        return (
            Outcome.denied_in_part
            if known & GIVEN or None in outcomes or known - REFUSALS
            else Outcome.denied
        )
    return Outcome.produced_in_part if known & GIVEN else Outcome.no_records
