"""Windows of ours: what opens them, which date they count from, and what follows from silence."""

from __future__ import annotations

import datetime as dt

import pytest

from requests_app.clock.events import Kind, Outcome
from requests_app.clock.rules import (
    Chain,
    Counting,
    DateOf,
    Lapse,
    Meeting,
    Owner,
    Remedy,
    Roll,
    Scope,
    Start,
    StepOf,
)
from requests_app.clock.standing import Move, Stage, State

from .shelf import (
    APPEAL_ONLY,
    DENIED,
    FULL,
    TWENTY,
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


@pytest.mark.parametrize(
    ("said", "date", "other", "earliest", "latest"),
    [
        ("counted from receipt", DateOf.received, None, D(2026, 4, 12), D(2026, 4, 12)),
        ("counted from the letter's date", DateOf.dated, None, D(2026, 4, 8), D(2026, 4, 8)),
        ("counted from mailing", DateOf.sent, None, D(2026, 4, 9), D(2026, 4, 9)),
        ("doubtful: the earlier for us", DateOf.received, DateOf.dated, D(2026, 4, 8), D(2026, 4, 12)),
    ],
)
def test_a_denial_dated_monday_and_received_friday(
    said: str, date: DateOf, other: DateOf | None, earliest: D, latest: D
) -> None:
    window = rule(
        "appeal-by",
        days(30),
        Start(on=(Kind.determined,), date=date, or_date=other, when=DENIED),
        owner=Owner.requester,
        counting=Counting(roll=Roll.none),
        remedy=Remedy(StepOf.appeal),
    )
    letter = event(
        "no",
        Kind.determined,
        dated_on=D(2026, 3, 9),
        sent_on=D(2026, 3, 10),
        received_on=D(2026, 3, 13),
        outcome=Outcome.denied,
    )
    found = due(window, sent(D(2026, 2, 2)), letter)
    assert (found.earliest, found.latest, found.due_on) == (earliest, latest, earliest), said


def test_after_a_partial_denial_production_goes_on_while_the_appeal_window_runs() -> None:
    produce = rule(
        "produce",
        days(30),
        Start(on=(Kind.determined,)),
        met_by=(Meeting((Kind.produced,)),),
        scope=Scope.request,
    )
    shelf = book(determine(business(20)), produce, APPEAL_ONLY)
    made = fold(
        shelf,
        sent(TWENTY, parts=["A1", "A2", "A3"]),
        event("some", Kind.determined, D(2026, 2, 20), parts=("A2",), outcome=Outcome.denied),
        event("rest", Kind.determined, D(2026, 2, 20), parts=("A1", "A3"), outcome=Outcome.granted),
        event("pages", Kind.produced, D(2026, 3, 6), parts=("A1",), outcome=Outcome.produced),
    )
    on = made.on(D(2026, 3, 10))
    assert clock(made, "appeal-by", "part:A2").state(on.on) is State.running
    assert clock(made, "produce").state(on.on) is State.running, "A3 has not come"
    assert clock(made, "determine").state(on.on) is State.met
    assert on.outcome is Outcome.denied_in_part
    assert (on.stage, on.whose_move) == (Stage.appeal_open, Move.requester)
    assert [(part.part, part.outcome) for part in on.parts] == [
        ("A1", Outcome.produced),
        ("A2", Outcome.denied),
        ("A3", Outcome.granted),
    ]
    assert made.clock("appeal-by|part:A1|r1") is None


def test_two_denied_parts_open_two_windows_and_one_letter_meets_only_its_own() -> None:
    made = fold(
        book(determine(business(20)), APPEAL_ONLY),
        sent(TWENTY, parts=["A1", "A2"]),
        event("no", Kind.determined, D(2026, 2, 20), parts=("A1", "A2"), outcome=Outcome.denied),
        event("appeal", Kind.appeal_filed, D(2026, 3, 2), parts=("A1",)),
    )
    assert clock(made, "appeal-by", "part:A1").state(D(2026, 3, 5)) is State.met
    assert clock(made, "appeal-by", "part:A2").state(D(2026, 3, 5)) is State.running


def test_silence_opens_the_appeal_window_from_the_missed_day_and_is_known_beforehand() -> None:
    made = fold(FULL, sent(TWENTY))
    window = clock(made, "appeal-by", "lapse:determine")
    assert (window.opens_on, window.earliest) == (D(2026, 3, 4), D(2026, 4, 2))
    assert window.conditional
    assert window.state(D(2026, 3, 3)) is State.not_open
    assert window.state(D(2026, 3, 4)) is State.running
    before, after = made.on(D(2026, 3, 3)), made.on(D(2026, 3, 4))
    assert (before.late, before.whose_move, before.next_clock_key) == (
        False,
        Move.agency,
        "determine|request|r1",
    )
    assert (after.late, after.whose_move, after.stage) == (True, Move.requester, Stage.appeal_open)
    assert after.next_due_on == window.due_on


def test_only_the_silent_part_is_deemed_denied() -> None:
    made = fold(
        FULL,
        sent(TWENTY, parts=["A1", "A2", "A3"]),
        event("some", Kind.determined, D(2026, 2, 20), parts=("A1", "A2"), outcome=Outcome.granted),
    )
    window = clock(made, "appeal-by", "lapse:determine")
    assert window.parts == ("A3",)
    parts = {part.part: part for part in made.on(D(2026, 3, 10)).parts}
    assert [parts[name].late for name in ("A1", "A2", "A3")] == [False, False, True]


def test_a_late_answer_before_suit_cures_the_lapse_and_one_after_suit_does_not() -> None:
    late = event("late", Kind.determined, D(2026, 3, 16), outcome=Outcome.denied)
    cured = clock(fold(FULL, sent(TWENTY), late), "appeal-by", "lapse:determine")
    assert (cured.state(D(2026, 3, 15)), cured.state(D(2026, 3, 16))) == (State.running, State.superseded)
    assert cured.ended_why == "a late answer came"
    sued = event("suit", Kind.sued, D(2026, 3, 10))
    kept = clock(fold(FULL, sent(TWENTY), sued, late), "appeal-by", "lapse:determine")
    assert kept.state(D(2026, 3, 20)) is State.running


def test_our_window_on_silence_is_counted_from_the_earliest_arguable_lapse() -> None:
    """The fee pause is doubtful: our window counts without it, and nobody is late before the later reading."""
    made = fold(
        FULL,
        sent(TWENTY),
        event("fee", Kind.fee_estimated, D(2026, 2, 4)),
        event("paid", Kind.fee_paid, D(2026, 2, 11)),
    )
    owed, window = clock(made, "determine"), clock(made, "appeal-by", "lapse:determine")
    assert (owed.earliest, owed.latest) == (D(2026, 3, 3), D(2026, 3, 10))
    assert not made.on(D(2026, 3, 10)).late
    assert made.on(D(2026, 3, 11)).late
    assert window.opens_on == D(2026, 3, 4)
    assert (window.earliest, window.latest) == (D(2026, 4, 2), D(2026, 4, 9))


def test_a_chain_counted_unrolled_ends_earlier_than_one_counted_rolled() -> None:
    """Ten calendar days end on Sunday, March 15, and roll to Monday; the window counts from one or the other."""
    ends = {}
    for chain in Chain:
        window = rule(
            "appeal-by",
            days(10),
            Start(lapse_of=("determine",)),
            owner=Owner.requester,
            chain=chain,
            counting=Counting(roll=Roll.none),
            remedy=Remedy(StepOf.appeal),
        )
        parent = determine(days(10), lapses_into=Lapse((), ("appeal-by",)))
        made = fold(book(parent, window), sent(D(2026, 3, 5)))
        found = clock(made, "appeal-by", "lapse:determine")
        ends[chain] = (found.earliest, found.latest)
    assert ends[Chain.unrolled] == (D(2026, 3, 25), D(2026, 3, 25))
    assert ends[Chain.rolled] == (D(2026, 3, 26), D(2026, 3, 26))
    assert ends[Chain.unknown] == (D(2026, 3, 25), D(2026, 3, 26))


def test_an_appeal_opens_the_reviewers_clock_and_its_silence_the_courthouse() -> None:
    made = fold(
        FULL,
        sent(TWENTY),
        event("no", Kind.determined, D(2026, 2, 20), outcome=Outcome.denied),
        event("appeal", Kind.appeal_filed, D(2026, 3, 2)),
    )
    decision = clock(made, "appeal-decision", "event:appeal")
    suit = clock(made, "sue-by", "lapse:appeal-decision:event:appeal")
    assert decision.due_on == D(2026, 3, 16)
    assert (suit.opens_on, suit.due_on) == (D(2026, 3, 17), D(2026, 7, 16))
    on = made.on(D(2026, 3, 10))
    assert (on.stage, on.whose_move, on.late) == (Stage.appeal_pending, Move.reviewer, False)
    assert made.on(D(2026, 3, 17)).late


def test_an_appeal_a_day_late_is_recorded_and_late() -> None:
    made = fold(
        FULL,
        sent(TWENTY),
        event("no", Kind.determined, D(2026, 2, 20), outcome=Outcome.denied),
        event("appeal", Kind.appeal_filed, D(2026, 3, 24)),
    )
    window = clock(made, "appeal-by")
    assert window.latest == D(2026, 3, 23), "Sunday, March 22 rolls at the latest"
    assert window.due_on == D(2026, 3, 20), "and backward for us"
    assert window.state(D(2026, 3, 24)) is State.met_late


def test_a_remand_opens_round_two_with_its_own_clocks_and_round_one_stays() -> None:
    shelf = book(
        rule(
            "determine",
            business(20),
            Start(on=(Kind.sent,)),
            Start(on=(Kind.remanded,)),
            met_by=(Meeting((Kind.determined,)),),
        ),
        APPEAL_ONLY,
    )
    made = fold(
        shelf,
        sent(TWENTY),
        event("no", Kind.determined, D(2026, 2, 20), outcome=Outcome.denied),
        event("appeal", Kind.appeal_filed, D(2026, 3, 2)),
        event("back", Kind.remanded, D(2026, 3, 16)),
        event("no2", Kind.determined, D(2026, 4, 1), outcome=Outcome.denied),
    )
    assert clock(made, "determine").met_on == D(2026, 2, 20)
    second = clock(made, "determine", number=2)
    assert (second.opens_on, second.due_on, second.met_on) == (D(2026, 3, 16), D(2026, 4, 13), D(2026, 4, 1))
    assert clock(made, "appeal-by").state(D(2026, 4, 10)) is State.met
    assert clock(made, "appeal-by", number=2).state(D(2026, 4, 10)) is State.running


def test_choosing_the_commission_closes_the_court_where_the_law_says_choose() -> None:
    court = rule(
        "sue-by",
        days(60),
        Start(on=(Kind.determined,), when=DENIED),
        owner=Owner.requester,
        remedy=Remedy(StepOf.suit),
        met_by=(Meeting((Kind.sued,)),),
    )
    commission = rule(
        "review-by",
        days(30),
        Start(on=(Kind.determined,), when=DENIED),
        owner=Owner.requester,
        remedy=Remedy(StepOf.review, excludes=("sue-by",)),
        met_by=(Meeting((Kind.review_filed,)),),
    )
    made = fold(
        book(court, commission),
        sent(TWENTY),
        event("no", Kind.determined, D(2026, 3, 2), outcome=Outcome.denied),
        event("review", Kind.review_filed, D(2026, 3, 10)),
    )
    assert clock(made, "sue-by").state(D(2026, 3, 10)) is State.not_needed
    assert made.on(D(2026, 3, 11)).stage is Stage.review
