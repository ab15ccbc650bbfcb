"""What follows from silence: windows no answer opened, waits, and intervals of ours where the law has no number."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from requests_app.clock.events import Kind, Outcome
from requests_app.clock.rules import (
    Counting,
    DateOf,
    Effect,
    Ending,
    Lapse,
    Length,
    Meeting,
    Owes,
    Owner,
    Remedy,
    Roll,
    Start,
    StepOf,
    Stop,
)
from requests_app.clock.standing import State
from requests_app.clock.words import paragraph

from .shelf import (
    TWENTY,
    book,
    business,
    clock,
    days,
    determine,
    event,
    fold,
    rule,
    sent,
    version,
)

D = dt.date


PROMPTLY = rule(
    "produce",
    Length(standard="promptly", follow_up=business(20)),
    met_by=(Meeting((Kind.determined,)),),
)
OVER_DELAY = rule(
    "sue",
    Length(standard="no limit is stated"),
    Start(unanswered_of=("produce",)),
    owner=Owner.requester,
    remedy=Remedy(StepOf.suit),
    met_by=(Meeting((Kind.sued,)),),
)


def test_where_the_law_has_no_number_silence_opens_a_step_after_our_own_interval() -> None:
    shelf = book(PROMPTLY, OVER_DELAY)
    made = fold(shelf, sent(TWENTY))
    asked = clock(made, "produce")
    assert (asked.follow_up_on, asked.due_on) == (D(2026, 3, 3), None)
    suit = clock(made, "sue", "lapse:produce")
    assert (suit.opens_on, suit.due_on, suit.conditional) == (D(2026, 3, 4), None, True)
    assert suit.state(D(2026, 3, 3)) is State.not_open
    assert suit.state(D(2026, 3, 4)) is State.running
    assert "an interval of ours" in paragraph(suit.trail)
    answered = fold(shelf, sent(TWENTY), event("a", Kind.determined, D(2026, 2, 20), outcome=Outcome.granted))
    assert [one.rule_id for one in answered.clocks] == ["produce"]


def test_no_date_of_the_law_may_come_from_an_interval_of_ours() -> None:
    dated = replace(OVER_DELAY, length=days(30))
    assert version(PROMPTLY, dated).problems() == ("sue: a number cannot count from an interval of ours",)
    silent = replace(PROMPTLY, length=Length(standard="promptly"))
    assert "which has no interval of ours" in version(silent, OVER_DELAY).problems()[0]


NINETY_FROM_THE_REQUEST = rule(
    "appeal-by",
    days(90),
    Start(lapse_of=("determine",), counted_from=DateOf.received),
    owner=Owner.requester,
    counting=Counting(roll=Roll.none),
    remedy=Remedy(StepOf.appeal),
    met_by=(Meeting((Kind.appeal_filed,)),),
)


def test_a_window_that_opens_with_silence_may_count_from_the_request() -> None:
    shelf = book(determine(business(10), lapses_into=Lapse(starts=("appeal-by",))), NINETY_FROM_THE_REQUEST)
    made = fold(shelf, sent(TWENTY), event("old", Kind.appeal_filed, D(2026, 2, 10)))
    assert clock(made, "determine").due_on == D(2026, 2, 17)
    window = clock(made, "appeal-by", "lapse:determine")
    assert (window.opens_on, window.due_on) == (D(2026, 2, 18), D(2026, 5, 3))
    assert window.met_on is None, "an appeal before the silence began is of something else"
    assert window.state(D(2026, 2, 17)) is State.not_open
    answered = fold(shelf, sent(TWENTY), event("a", Kind.determined, D(2026, 2, 9), outcome=Outcome.granted))
    assert [one.rule_id for one in answered.clocks] == ["determine"]


def test_a_window_of_silence_that_needs_an_event_does_not_open_without_it() -> None:
    """Forty-five days from the request only where the agency had claimed more time."""
    narrow = replace(NINETY_FROM_THE_REQUEST, only_after=(Kind.extension_noticed,))
    shelf = book(determine(business(10), lapses_into=Lapse(starts=("appeal-by",))), narrow)
    assert [one.rule_id for one in fold(shelf, sent(TWENTY)).clocks] == ["determine"]
    claimed = fold(shelf, sent(TWENTY), event("more", Kind.extension_noticed, D(2026, 2, 10)))
    assert clock(claimed, "appeal-by", "lapse:determine").due_on == D(2026, 5, 3)


def test_the_days_between_a_notice_and_the_suit_only_pass() -> None:
    wait = rule(
        "wait",
        days(14),
        Start(on=(Kind.notice_sent,)),
        owner=Owner.nobody,
        counting=Counting(roll=Roll.none),
    )
    suit = replace(OVER_DELAY, starts=(Start(due_of=("wait",)),))
    shelf = book(determine(business(20)), wait, suit)
    made = fold(shelf, sent(TWENTY), event("n", Kind.notice_sent, D(2026, 3, 5), facts={"about": "suit"}))
    passing = clock(made, "wait")
    assert (passing.latest, passing.met_on) == (D(2026, 3, 19), D(2026, 3, 19))
    assert passing.state(D(2026, 3, 10)) is State.running
    assert passing.state(D(2026, 3, 20)) is State.met
    assert not passing.late(D(2026, 4, 1))
    assert all(span.next_clock_key != passing.key for span in made.spans(public=True))
    assert [one.rule_id for one in made.clocks if one.remedy] == ["sue"]


def test_the_suit_opens_the_day_after_the_wait_by_its_latest_reading_and_not_after_a_cure() -> None:
    wait = rule(
        "wait", days(3), Start(on=(Kind.notice_sent,)), owner=Owner.nobody, counting=Counting(roll=Roll.unknown),
        ends_on=(Ending((Kind.produced,), why="everything came"),),
    )  # fmt: skip
    suit = replace(OVER_DELAY, starts=(Start(due_of=("wait",)),))
    shelf = book(determine(business(20)), wait, suit)
    notice = event("n", Kind.notice_sent, D(2026, 3, 5), facts={"about": "suit"})
    made = fold(shelf, sent(TWENTY), notice)
    assert (clock(made, "wait").earliest, clock(made, "wait").latest) == (D(2026, 3, 8), D(2026, 3, 9))
    assert next(one for one in made.clocks if one.rule_id == "sue").opens_on == D(2026, 3, 10)
    cured = fold(
        shelf, sent(TWENTY), notice, event("p", Kind.produced, D(2026, 3, 6), outcome=Outcome.produced)
    )
    assert [one for one in cured.clocks if one.rule_id == "sue"] == []


def test_a_presumed_denial_opens_our_window_and_makes_nobody_late() -> None:
    presumed = rule(
        "presumed", business(5), owes=Owes.presumption, met_by=(Meeting((Kind.determined,)),),
        lapses_into=Lapse(starts=("sue",)),
    )  # fmt: skip
    suit = replace(OVER_DELAY, starts=(Start(lapse_of=("presumed",)),))
    made = fold(book(determine(business(20)), presumed, suit), sent(TWENTY))
    assert clock(made, "sue", "lapse:presumed").opens_on == D(2026, 2, 10)
    assert not any(span.late for span in made.spans() if span.until_on and span.until_on <= D(2026, 3, 3))
    assert any(span.late for span in made.spans())


def test_our_interval_for_asking_again_waits_while_the_agency_may() -> None:
    paused = replace(PROMPTLY, stops=(Stop((Kind.deposit_asked,), Effect.pause, (Kind.deposit_paid,)),))
    shelf = book(paused, OVER_DELAY)
    demand = event("d", Kind.deposit_asked, D(2026, 2, 16))
    waiting = fold(shelf, sent(TWENTY), demand)
    assert (clock(waiting, "produce").follow_up_on, clock(waiting, "produce").paused_since) == (
        None,
        D(2026, 2, 16),
    )
    assert [one.rule_id for one in waiting.clocks] == ["produce"]
    paid = fold(shelf, sent(TWENTY), demand, event("p", Kind.deposit_paid, D(2026, 2, 26)))
    assert clock(paid, "produce").follow_up_on == D(2026, 3, 13)
