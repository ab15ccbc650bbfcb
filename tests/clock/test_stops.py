"""Stops: what pauses, what restarts, and what comes too late to do either."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import pytest

from requests_app.clock.events import Event, Kind
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
    assert (public.whose_move, public.next_due_on) == (Move.nobody, None)
