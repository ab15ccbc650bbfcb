"""What an event changes, said before it is saved: two folds of one ledger, without and with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from requests_app.clock import words
from requests_app.clock.book import Book
from requests_app.clock.events import Event, Kind
from requests_app.clock.fold import course
from requests_app.clock.rules import Owner
from requests_app.clock.standing import Clock, Standing, State, Verdict

OURS_TO_FILE = frozenset({Kind.appeal_filed, Kind.review_filed, Kind.sued})


@dataclass(frozen=True, slots=True)
class Warned:
    """Said, and saved all the same."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ClockChange:
    """One clock before and after. what: opened, gone, met, met_late, reopened, ended, paused, resumed, moved,
    promised, changed."""

    key: str
    what: str
    before: Clock | None
    after: Clock | None

    @property
    def clock(self) -> Clock:
        found = self.after or self.before
        assert found is not None, "a change has at least one side"
        return found

    @property
    def old_due(self) -> dt.date | None:
        return self.before.due_on if self.before else None

    @property
    def new_due(self) -> dt.date | None:
        return self.after.due_on if self.after else None


@dataclass(frozen=True, slots=True)
class Effect:
    """Standing before and after on one day. `stops` and `starts`: clocks whose alarms end or begin; one whose day
    moved is in both."""

    on: dt.date
    before: Standing
    after: Standing
    clocks: tuple[ClockChange, ...]
    stops: tuple[Clock, ...]
    starts: tuple[Clock, ...]
    warnings: tuple[Warned, ...]

    @property
    def stage_changes(self) -> bool:
        return (self.before.stage, self.before.outcome) != (self.after.stage, self.after.outcome)

    @property
    def move_changes(self) -> bool:
        return self.before.whose_move is not self.after.whose_move

    @property
    def changes_nothing(self) -> bool:
        return not (self.clocks or self.stage_changes or self.move_changes)


def effect_of(ledger: Sequence[Event], event: Event, *, book: Book, on: dt.date) -> Effect:
    before, after = course(tuple(ledger), book=book), course((*ledger, event), book=book)
    old = {clock.key: clock for clock in before.clocks}
    new = {clock.key: clock for clock in after.clocks}
    stops, starts = [], []
    for key in {**old, **new}:
        was, is_ = _alarm(old.get(key)), _alarm(new.get(key))
        if was != is_:
            if was is not None:
                stops.append(old[key])
            if is_ is not None:
                starts.append(new[key])
    return Effect(
        on,
        before.on(on),
        after.on(on),
        changed_clocks(before.clocks, after.clocks),
        tuple(stops),
        tuple(starts),
        _warnings(event, after.clocks),
    )


def changed_clocks(before: Iterable[Clock], after: Iterable[Clock]) -> tuple[ClockChange, ...]:
    """Clock by clock, those of before first."""
    old, new = {clock.key: clock for clock in before}, {clock.key: clock for clock in after}
    changes = (
        ClockChange(key, _what(old.get(key), new.get(key)), old.get(key), new.get(key))
        for key in [*old, *(key for key in new if key not in old)]
    )
    return tuple(change for change in changes if change.what)


def open_windows(standing: Standing, on: dt.date) -> list[Clock]:
    """Our own windows that still run towards a day, the soonest first: a request is not closed over one."""
    running = (State.running, State.paused)
    windows = [
        clock
        for clock in standing.clocks
        if clock.owner is Owner.requester and clock.due_on and clock.state(on) in running
    ]
    return sorted(windows, key=lambda clock: clock.due_on or on)


def _what(before: Clock | None, after: Clock | None) -> str:
    if before is None:
        return "opened"
    if after is None:
        return "gone"
    if after.met_on != before.met_on:
        if after.met_on is None:
            return "reopened"
        late = after.latest is not None and after.met_on > after.latest
        return "met_late" if late else "met"
    if (after.ended_on is None) != (before.ended_on is None):
        return "reopened" if after.ended_on is None else "ended"
    if (after.paused_since is None) != (before.paused_since is None):
        return "resumed" if after.paused_since is None else "paused"
    if after.due_on != before.due_on or after.due_at != before.due_at:
        return "moved"
    if after.promised_on != before.promised_on:
        return "promised"
    return "" if after.shadow == before.shadow else "changed"


def _alarm(clock: Clock | None) -> dt.date | None:
    """The day a reminder hangs on; None where none does."""
    if clock is None or clock.met_on or clock.ended_on or clock.unknown or clock.paused_since:
        return None
    return clock.due_on


def _warnings(event: Event, clocks: Sequence[Clock]) -> tuple[Warned, ...]:
    found = []
    for clock in clocks:
        if event.kind in OURS_TO_FILE and clock.met_by == event.uid and clock.met_on and clock.due_on:
            if clock.latest is not None and clock.met_on > clock.latest:
                found.append(
                    Warned(
                        "late",
                        f"“{clock.name}” ended on {words.date(clock.latest)}; this was "
                        f"{_count(clock.met_on, clock.latest)} late. It is recorded as late.",
                    )
                )
            elif clock.met_on > clock.due_on:
                found.append(
                    Warned(
                        "arguably_late",
                        f"By the stricter reading “{clock.name}” ended on {words.date(clock.due_on)}; "
                        f"by the other it ends on {words.date(clock.latest or clock.due_on)}.",
                    )
                )
        for claim in clock.extensions:
            if claim.event == event.uid and claim.verdict in DEFECTS:
                found.append(
                    Warned(f"extension_{claim.verdict}", DEFECTS[claim.verdict].format(clock=clock.name))
                )
    return tuple(found)


DEFECTS = {
    Verdict.over_cap: "This extension is longer than the law allows for “{clock}”; "
    "only the allowed days are counted.",
    Verdict.no_reason: "The law wants a reason for an extension of “{clock}”, and none is given: "
    "it is arguable, so both dates are kept.",
    Verdict.no_date: "The law wants a date certain for an extension of “{clock}”, and none is given: "
    "it is arguable, so both dates are kept.",
    Verdict.late_notice: "This extension of “{clock}” was noticed after the deadline had passed.",
    Verdict.not_provided: "The law provides no extension of “{clock}” like this one.",
}


def _count(later: dt.date, earlier: dt.date) -> str:
    days = (later - earlier).days
    return "1 day" if days == 1 else f"{days} days"
