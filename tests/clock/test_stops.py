"""Stops: what pauses, what restarts, and what comes too late to do either."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import pytest

from requests_app.clock.events import Event, Kind, Outcome
from requests_app.clock.rules import (
    Counting,
    DateOf,
    Effect,
    Length,
    Meeting,
    Owner,
    Roll,
    Scope,
    Start,
    Stop,
    Unit,
)
from requests_app.clock.standing import Left, Move, State
from requests_app.clock.trail import StepKind

from .shelf import (
    ANSWERED,
    ASKED,
    PAUSE,
    RESTART,
    TWENTY,
    answer,
    ask,
    book,
    business,
    clock,
    days,
    determine,
    due,
    event,
    fold,
    rule,
    sent,
)

D = dt.date


class Stopping(NamedTuple):
    said: str
    stop: Stop
    events: list[Event]
    due: D | None
    left: Left | None = None


@pytest.mark.parametrize(
    "case",
    [
        Stopping("nothing asked", PAUSE, [], D(2026, 3, 3)),
        Stopping(
            "asked on the 4th, answered on the 11th: 18 left",
            PAUSE,
            [ask(D(2026, 2, 4)), answer(D(2026, 2, 11))],
            D(2026, 3, 10),
        ),
        Stopping(
            "a pause across a holiday does not count the holiday twice",
            PAUSE,
            [ask(D(2026, 2, 12)), answer(D(2026, 2, 18))],
            D(2026, 3, 6),
        ),
        Stopping("answered the same day", PAUSE, [ask(D(2026, 2, 4)), answer(D(2026, 2, 4))], D(2026, 3, 3)),
        Stopping(
            "two overlapping pauses stop it once",
            PAUSE,
            [
                ask(D(2026, 2, 4), "q1"),
                ask(D(2026, 2, 6), "q2"),
                answer(D(2026, 2, 9), "a1", of="q1"),
                answer(D(2026, 2, 11), "a2", of="q2"),
            ],
            D(2026, 3, 10),
        ),
        Stopping(
            "two pauses apart stop it twice",
            PAUSE,
            [
                ask(D(2026, 2, 4), "q1"),
                answer(D(2026, 2, 6), "a1"),
                ask(D(2026, 2, 9), "q2"),
                answer(D(2026, 2, 11), "a2"),
            ],
            D(2026, 3, 9),
        ),
        Stopping(
            "an open pause holds what is left",
            PAUSE,
            [ask(D(2026, 2, 4))],
            None,
            Left(18, Unit.business_days),
        ),
        Stopping(
            "a pause begun after the lapse changes nothing",
            PAUSE,
            [ask(D(2026, 3, 4)), answer(D(2026, 3, 11))],
            D(2026, 3, 3),
        ),
        Stopping(
            "a pause begun on the last day leaves nothing but the answer's day",
            PAUSE,
            [ask(D(2026, 3, 3)), answer(D(2026, 3, 11))],
            D(2026, 3, 11),
        ),
        Stopping(
            "only the first question stops it where one is allowed",
            Stop((ASKED,), Effect.pause, (ANSWERED,), times=1),
            [
                ask(D(2026, 2, 4), "q1"),
                answer(D(2026, 2, 11), "a1"),
                ask(D(2026, 2, 12), "q2"),
                answer(D(2026, 2, 19), "a2"),
            ],
            D(2026, 3, 10),
        ),
        Stopping(
            "the day of resuming counts where the law says so",
            Stop((ASKED,), Effect.pause, (ANSWERED,), resume_day_counts=True),
            [ask(D(2026, 2, 4)), answer(D(2026, 2, 11))],
            D(2026, 3, 9),
        ),
        Stopping(
            "where clarification restarts, all of it runs again",
            RESTART,
            [ask(D(2026, 2, 4)), answer(D(2026, 2, 11))],
            D(2026, 3, 12),
        ),
        Stopping(
            "while a restart waits, the whole is left",
            RESTART,
            [ask(D(2026, 2, 4))],
            None,
            Left(20, Unit.business_days),
        ),
        Stopping(
            "a restart asked for after the lapse changes nothing",
            RESTART,
            [ask(D(2026, 3, 4)), answer(D(2026, 3, 11))],
            D(2026, 3, 3),
        ),
        Stopping(
            "where the law ignores it, nothing happens",
            Stop((ASKED,), Effect.ignore, (ANSWERED,)),
            [ask(D(2026, 2, 4)), answer(D(2026, 2, 11))],
            D(2026, 3, 3),
        ),
    ],
    ids=lambda case: case.said,
)
def test_a_stop(case: Stopping) -> None:
    found = due(determine(business(20), stops=(case.stop,)), sent(TWENTY), *case.events)
    assert (found.earliest, found.latest) == (case.due, case.due)
    assert found.left_when_paused == case.left
    if case.left is not None:
        assert found.state(D(2026, 12, 1)) is State.paused
        assert not found.late(D(2026, 12, 1))


def test_a_pause_begun_after_the_lapse_leaves_it_late_meanwhile() -> None:
    found = due(determine(business(20), stops=(PAUSE,)), sent(TWENTY), ask(D(2026, 3, 4)))
    assert found.state(D(2026, 3, 10)) is State.lapsed
    assert found.late(D(2026, 3, 10))


def test_a_contested_pause_moves_only_the_latest_reading() -> None:
    events = [
        ask(D(2026, 2, 4)),
        answer(D(2026, 2, 11)),
        event("no", Kind.disputed, D(2026, 2, 5), facts={"event": "q"}),
    ]
    found = due(determine(business(20), stops=(PAUSE,)), sent(TWENTY), *events)
    assert (found.earliest, found.latest) == (D(2026, 3, 3), D(2026, 3, 10))
    withdrawn = event("yes", Kind.disputed, D(2026, 2, 6), facts={"event": "q", "accepted": True})
    found = due(determine(business(20), stops=(PAUSE,)), sent(TWENTY), *events, withdrawn)
    assert (found.earliest, found.latest) == (D(2026, 3, 10), D(2026, 3, 10))


def test_months_that_stood_still_get_the_days_back() -> None:
    found = due(
        determine(Length(2, Unit.months), stops=(PAUSE,)),
        sent(TWENTY),
        ask(D(2026, 3, 2)),
        answer(D(2026, 3, 12)),
    )
    assert found.latest == D(2026, 4, 13), "April 2 and ten days is a Sunday"


def test_our_silence_after_a_question_is_a_clock_on_us() -> None:
    ours = rule(
        "clarify-by",
        days(61),
        Start(on=(ASKED,), date=DateOf.sent),
        owner=Owner.requester,
        scope=Scope.event,
        counting=Counting(roll=Roll.none),
        met_by=(Meeting((ANSWERED,)),),
    )
    made = fold(book(determine(business(10), stops=(RESTART,)), ours), sent(TWENTY), ask(D(2026, 2, 4)))
    assert clock(made, "clarify-by", "event:q").due_on == D(2026, 4, 6)
    on = made.on(D(2026, 2, 10))
    assert (on.whose_move, on.next_clock_key) == (Move.requester, "clarify-by|event:q|r1")
    public = [span for span in made.spans(public=True) if span.from_on <= D(2026, 2, 10)][-1]
    assert (public.whose_move, public.next_due_on) == (Move.agency, None), (
        "that they wait for us is ours to tell"
    )


def test_each_leg_of_a_stopped_count_names_the_days_it_left_out() -> None:
    legs = [(ask(D(2026, 2, 10)), answer(D(2026, 2, 12)))]
    for length, names in ((business(20), ["Saturday", "Sunday"]), (days(20), [])):
        found = due(determine(length, stops=(PAUSE,)), sent(TWENTY), *legs[0])
        first = next(step for step in found.trail if step.kind is StepKind.counted)
        assert (first.from_on, first.to_on) == (TWENTY, D(2026, 2, 10))
        assert [day.name for day in first.skipped] == names


def test_it_is_paused_from_the_day_of_the_question_until_the_day_of_the_answer() -> None:
    found = due(
        determine(business(20), stops=(PAUSE,)), sent(TWENTY), ask(D(2026, 2, 4)), answer(D(2026, 2, 11))
    )
    days_of = [D(2026, 2, 3), D(2026, 2, 4), D(2026, 2, 10), D(2026, 2, 11)]
    assert [found.state(on).value for on in days_of] == ["running", "paused", "paused", "running"]


def test_answered_on_the_last_day_is_met_and_a_day_after_it_met_late() -> None:
    for on, state in ((D(2026, 3, 3), State.met), (D(2026, 3, 4), State.met_late)):
        found = due(determine(business(20)), sent(TWENTY), event("yes", Kind.determined, on))
        assert found.state(on) is state
        assert not found.late(on)


@pytest.mark.parametrize(
    ("said", "effect", "expected"),
    [
        ("a pause adds the days it lasted", Effect.pause, D(2026, 3, 14)),
        ("a restart runs all hours from the answer", Effect.restart, D(2026, 3, 15)),
        ("ignored", Effect.ignore, D(2026, 3, 9)),
    ],
)
def test_hours_stop_too(said: str, effect: Effect, expected: D) -> None:
    at = event("sent", Kind.sent, received_on=D(2026, 3, 6), received_at=dt.time(9), facts={"law": "us-x"})
    arrest = rule(
        "arrest", Length(72, Unit.hours), counting=Counting(roll=Roll.none),
        stops=(Stop((ASKED,), effect, (ANSWERED,)),),
    )  # fmt: skip
    assert due(arrest, at, ask(D(2026, 3, 7)), answer(D(2026, 3, 12))).due_at == dt.datetime.combine(
        expected, dt.time(9)
    ), said
    assert due(arrest, at, ask(D(2026, 3, 10)), answer(D(2026, 3, 12))).due_on == D(2026, 3, 9)
    assert due(arrest, at, ask(D(2026, 3, 7)), answer(D(2026, 3, 7))).due_on == D(2026, 3, 9)
    waits = due(arrest, at, ask(D(2026, 3, 7)))
    if effect is Effect.pause:
        assert waits.left_when_paused == Left(57, Unit.hours)
    elif effect is Effect.restart:
        assert waits.left_when_paused == Left(72, Unit.hours)


def test_a_deposit_asked_in_the_letter_that_grants_holds_the_production() -> None:
    produce = rule(
        "produce",
        business(5),
        Start(on=(Kind.determined,)),
        stops=(Stop((Kind.deposit_asked,), Effect.restart, (Kind.deposit_paid,)),),
        met_by=(Meeting((Kind.produced,)),),
    )
    grant = event("g", Kind.determined, D(2026, 8, 14), outcome=Outcome.granted)
    demand = event("d", Kind.deposit_asked, D(2026, 8, 14))
    paid = event("p", Kind.deposit_paid, D(2026, 8, 27))
    before = event("b", Kind.deposit_asked, D(2026, 8, 10))
    assert due(produce, sent(D(2026, 8, 3)), grant).due_on == D(2026, 8, 21)
    assert due(produce, sent(D(2026, 8, 3)), demand, grant).paused_since == D(2026, 8, 14)
    assert due(produce, sent(D(2026, 8, 3)), demand, grant, paid).due_on == D(2026, 9, 3)
    assert due(produce, sent(D(2026, 8, 3)), before, grant).due_on == D(2026, 8, 21)
