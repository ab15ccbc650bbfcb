"""Windows of ours: what opens them, which date they count from, and what they lead to."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

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
from requests_app.clock.trail import Reading
from requests_app.clock.words import paragraph

from .shelf import (
    APPEAL,
    APPEAL_ONLY,
    DECISION,
    DENIED,
    FULL,
    HIGH,
    SILENCE,
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


def test_a_clock_that_hangs_on_an_event_concerns_its_parts_only() -> None:
    made = fold(
        FULL,
        sent(TWENTY, parts=["A1", "A2"]),
        event("no", Kind.determined, D(2026, 2, 20), outcome=Outcome.denied),
        event("appeal", Kind.appeal_filed, D(2026, 3, 2), parts=("A2",)),
        event("other", Kind.appeal_decided, D(2026, 3, 5), parts=("A1",)),
    )
    decision = clock(made, "appeal-decision", "event:appeal")
    assert decision.parts == ("A2",)
    assert decision.met_on is None


def test_an_appeal_that_names_what_it_appeals_meets_only_that() -> None:
    letters = [
        event("first", Kind.determined, D(2026, 2, 20), outcome=Outcome.denied),
        event("other", Kind.fee_waiver_decided, D(2026, 2, 20)),
    ]
    for of, state in (("first", State.met), ("other", State.running)):
        appeal = event("appeal", Kind.appeal_filed, D(2026, 3, 2), facts={"of": of})
        assert clock(fold(FULL, sent(TWENTY), *letters, appeal), "appeal-by").state(D(2026, 3, 3)) is state


def test_while_an_appeal_is_undecided_the_move_is_of_whoever_owes_the_decision() -> None:
    steps = [
        sent(TWENTY),
        event("no", Kind.determined, D(2026, 2, 20), outcome=Outcome.denied),
        event("appeal", Kind.appeal_filed, D(2026, 3, 2)),
    ]
    own = replace(DECISION, owner=Owner.agency, lapses_into=None)
    day = D(2026, 3, 5)
    assert fold(FULL, *steps).on(day).whose_move is Move.reviewer
    assert fold(book(SILENCE, APPEAL, own), *steps).on(day).whose_move is Move.agency
    assert fold(book(SILENCE, APPEAL), *steps).on(day).whose_move is Move.reviewer


def test_stages_from_sending_to_suit() -> None:
    partly, refused, upheld = Outcome.produced_in_part, Outcome.denied_in_part, Outcome.upheld
    steps = [
        (event("k", Kind.acknowledged, D(2026, 2, 4)), Stage.acknowledged, Move.agency),
        (event("some", Kind.produced, D(2026, 2, 10), outcome=partly), Stage.answered_in_part, Move.agency),
        (event("no", Kind.determined, D(2026, 2, 20), outcome=refused), Stage.appeal_open, Move.requester),
        (event("appeal", Kind.appeal_filed, D(2026, 3, 2)), Stage.appeal_pending, Move.reviewer),
        (event("up", Kind.appeal_decided, D(2026, 3, 10), outcome=upheld), Stage.appeal_decided, Move.requester),
        (event("suit", Kind.sued, D(2026, 4, 10)), Stage.suit, Move.court),
        (event("won", Kind.suit_decided, D(2026, 9, 10), outcome=Outcome.reversed), Stage.suit, Move.nobody),
        (event("end", Kind.closed, D(2026, 9, 20)), Stage.closed, Move.nobody),
    ]  # fmt: skip
    ledger = [event("sent", Kind.sent, sent_on=TWENTY, facts={"law": "us-x", "channel": "email"})]
    assert fold(FULL, *ledger).on(TWENTY).stage is Stage.sent
    for step, stage, move in steps:
        ledger.append(step)
        assert step.on is not None
        on = fold(FULL, *ledger).on(step.on)
        assert (on.stage, on.whose_move) == (stage, move), step.uid
        assert on.outcome in (None, Outcome.produced_in_part, Outcome.denied_in_part)
    public = fold(FULL, *ledger).spans(public=True)
    assert Stage.appeal_open not in {span.stage for span in public}
    assert Move.requester not in {span.whose_move for span in public}


@pytest.mark.parametrize(
    ("said", "outcomes", "together"),
    [
        ("all the same", ["no_records", "no_records"], "no_records"),
        ("one still pending is never a refusal of it", ["denied", None], "denied_in_part"),
        ("given and pending", ["produced", None], "produced_in_part"),
        ("given and refused", ["produced", "denied"], "denied_in_part"),
        ("given and none found", ["produced", "no_records"], "produced_in_part"),
        ("refused in two ways", ["denied", "neither_confirms_nor_denies"], "denied"),
        ("none found and not theirs", ["no_records", "not_ours"], "no_records"),
        ("nothing yet", [None, None], None),
    ],
)
def test_the_outcomes_of_two_parts_together(
    said: str, outcomes: list[str | None], together: str | None
) -> None:
    ledger = [sent(TWENTY, parts=["A1", "A2"])]
    for part, outcome in zip(("A1", "A2"), outcomes, strict=True):
        if outcome is not None:
            ledger.append(
                event(part, Kind.determined, D(2026, 2, 9), parts=(part,), outcome=Outcome(outcome))
            )
    assert fold(FULL, *ledger).on(D(2026, 2, 10)).outcome == together, said


def test_an_answer_between_the_readings_leaves_the_window_that_the_earlier_one_opened() -> None:
    made = fold(
        book(replace(SILENCE, lapses_into=Lapse((), ("appeal-by",))), APPEAL),
        sent(TWENTY),
        event("fee", Kind.fee_estimated, D(2026, 2, 4)),
        event("paid", Kind.fee_paid, D(2026, 2, 11)),
        event("yes", Kind.determined, D(2026, 3, 6), outcome=Outcome.granted),
    )
    assert clock(made, "determine").state(D(2026, 3, 6)) is State.met, "in time on the later reading"
    window = clock(made, "appeal-by", "lapse:determine")
    assert (window.earliest, window.latest) == (D(2026, 4, 2), D(2026, 4, 2))
    assert not window.conditional


def test_granted_and_not_yet_produced_is_the_agencys_move_though_no_clock_runs() -> None:
    granted = event("yes", Kind.determined, D(2026, 2, 20), outcome=Outcome.granted)
    pages = event("pages", Kind.produced, D(2026, 2, 27), outcome=Outcome.produced)
    assert fold(FULL, sent(TWENTY), granted).on(D(2026, 2, 26)).whose_move is Move.agency
    done = fold(FULL, sent(TWENTY), granted, pages).on(D(2026, 2, 27))
    assert (done.whose_move, done.outcome, done.stage) == (Move.nobody, Outcome.produced, Stage.answered)


def test_a_request_is_withdrawn_when_each_part_is() -> None:
    first = event("w1", Kind.withdrawn, D(2026, 2, 9), parts=("A1",))
    second = event("w2", Kind.withdrawn, D(2026, 2, 12), parts=("A2",))
    ledger = [sent(TWENTY, parts=["A1", "A2"]), first]
    half = fold(FULL, *ledger)
    assert half.on(D(2026, 2, 20)).stage is Stage.received
    assert clock(half, "determine").state(D(2026, 2, 20)) is State.running
    whole = fold(FULL, *ledger, second)
    assert whole.on(D(2026, 2, 20)).stage is Stage.closed
    assert whole.on(D(2026, 2, 20)).outcome is Outcome.withdrawn
    assert clock(whole, "determine").ended_on == D(2026, 2, 12)


def test_a_denial_that_comes_after_our_closing_still_opens_its_window() -> None:
    closed = event("c", Kind.closed, D(2026, 2, 10))
    late = event("no", Kind.determined, D(2026, 2, 20), outcome=Outcome.denied)
    made = fold(FULL, sent(TWENTY), closed, late)
    assert clock(made, "appeal-by").state(D(2026, 2, 21)) is State.running


def test_it_is_received_from_the_day_it_is_known_to_have_come() -> None:
    posted = event("sent", Kind.sent, sent_on=TWENTY, received_on=D(2026, 2, 5), facts={"law": "us-x"})
    made = fold(FULL, posted)
    assert made.on(D(2026, 2, 4)).stage is Stage.sent
    assert made.on(D(2026, 2, 5)).stage is Stage.received


def test_what_is_withdrawn_is_not_owed_and_the_rest_alone_meets_the_clock() -> None:
    asked = sent(TWENTY, parts=["A1", "A2"])
    dropped = event("w", Kind.withdrawn, D(2026, 2, 9), parts=("A2",))
    given = event("yes", Kind.determined, D(2026, 2, 16), parts=("A1",), outcome=Outcome.granted)
    made = fold(FULL, asked, dropped, given)
    found = clock(made, "determine")
    assert (found.met_on, found.met_by, found.ended_on) == (D(2026, 2, 16), "yes", None)
    assert found.met_parts == (("A1", D(2026, 2, 16), "yes"),)
    assert found.gone_parts == (("A2", D(2026, 2, 9), "w"),)
    assert made.clock("appeal-by|lapse:determine|r1") is None


def test_the_last_part_withdrawn_after_the_rest_was_answered_ends_the_clock() -> None:
    asked = sent(TWENTY, parts=["A1", "A2"])
    given = event("yes", Kind.determined, D(2026, 2, 16), parts=("A1",), outcome=Outcome.granted)
    dropped = event("w", Kind.withdrawn, D(2026, 3, 10), parts=("A2",))
    found = clock(fold(FULL, asked, given, dropped), "determine")
    assert (found.met_on, found.ended_on, found.ended_why) == (None, D(2026, 3, 10), "withdrawn")
    assert [found.state(on) for on in (D(2026, 3, 9), D(2026, 3, 10))] == [State.lapsed, State.not_needed]


def test_only_what_is_still_owed_at_the_lapse_is_deemed_denied() -> None:
    made = fold(
        FULL,
        sent(TWENTY, parts=["A1", "A2", "A3"]),
        event("yes", Kind.determined, D(2026, 2, 16), parts=("A1",), outcome=Outcome.granted),
        event("w", Kind.withdrawn, D(2026, 2, 17), parts=("A2",)),
    )
    assert clock(made, "appeal-by", "lapse:determine").parts == ("A3",)
    parts = {part.part: part for part in made.on(D(2026, 3, 10)).parts}
    assert [parts[name].late for name in ("A1", "A2", "A3")] == [False, False, True]


def test_the_same_part_denied_twice_keeps_the_first_for_us_and_the_last_for_lateness() -> None:
    first = event("no", Kind.determined, D(2026, 2, 20), outcome=Outcome.denied)
    again = event("no2", Kind.determined, D(2026, 3, 2), outcome=Outcome.denied)
    found = clock(fold(book(determine(business(20)), APPEAL_ONLY), sent(TWENTY), first, again), "appeal-by")
    assert (found.earliest, found.latest) == (D(2026, 3, 20), D(2026, 4, 1))
    assert found.due_on == found.earliest


def test_closing_on_the_last_day_leaves_no_lapse_and_closing_after_it_does() -> None:
    for on, there in ((D(2026, 3, 3), False), (D(2026, 3, 4), True)):
        made = fold(FULL, sent(TWENTY), event("c", Kind.closed, on))
        assert (made.clock("appeal-by|lapse:determine|r1") is not None) is there


def test_the_later_reading_names_its_own_date() -> None:
    window = replace(
        APPEAL_ONLY, starts=(replace(APPEAL_ONLY.starts[0], date=DateOf.dated, or_date=DateOf.received),)
    )
    letter = event(
        "d", Kind.determined, dated_on=D(2026, 3, 9), received_on=D(2026, 3, 13), outcome=Outcome.denied
    )
    found = due(window, sent(TWENTY), letter)
    assert "is dated Monday, March 9, 2026" in paragraph(found.trail, Reading.early)
    assert "received on Friday, March 13, 2026" in paragraph(found.trail, Reading.late)


def test_a_date_is_verified_only_as_far_as_the_readings_vouch() -> None:
    vouched = replace(
        determine(business(10)), authority=replace(HIGH, sure_until=D(2026, 12, 31))
    )  # fmt: skip
    assert due(vouched, sent(D(2026, 12, 31))).verified
    later = due(vouched, sent(D(2027, 1, 4)))
    assert not later.verified
    assert "The text was not read for what begins after Thursday, December 31, 2026." in later.doubts
