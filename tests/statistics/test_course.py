"""How long each step took: an acknowledgment is no answer, and what the requester kept waiting is not the office's."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.statistics.course import Course, Step, Wait, spell, spells
from requests_app.statistics.lateness import days_late
from requests_app.statistics.minimum import Share
from requests_app.statistics.survival import Waited


def day(n: int) -> dt.date:
    return dt.date(2026, 3, 1) + dt.timedelta(days=n)


TODAY = day(100)


def test_acknowledged_determined_and_produced_are_three_different_days() -> None:
    one = Course(day(0), acknowledged_on=day(3), determined_on=day(20), produced_on=day(50), completed_on=day(60))
    assert {step: spell(one, step, on=TODAY) for step in Step} == {
        Step.acknowledgment: Waited(3, True),
        Step.answer: Waited(20, True),
        Step.determination: Waited(20, True),
        Step.production: Waited(50, True),
        Step.completion: Waited(60, True),
    }


def test_an_acknowledged_request_still_waits_for_its_answer() -> None:
    assert spell(Course(day(0), acknowledged_on=day(3)), Step.answer, on=TODAY) == Waited(100, False)


def test_whoever_is_answered_without_an_acknowledgment_waits_for_none_any_more() -> None:
    assert spell(Course(day(0), determined_on=day(20)), Step.acknowledgment, on=TODAY) == Waited(20, False)
    assert spell(Course(day(0), undated=True), Step.acknowledgment, on=TODAY) is None


def test_what_is_not_there_yet_on_a_day_is_not_counted_on_it() -> None:
    assert spell(Course(day(0), determined_on=day(20)), Step.answer, on=day(10)) == Waited(10, False)


def test_whoever_withdrew_leaves_the_count_on_that_day() -> None:
    assert spell(Course(day(0), ended_on=day(30)), Step.answer, on=TODAY) == Waited(30, False)
    assert spell(Course(day(0), determined_on=day(20), ended_on=day(30)), Step.answer, on=TODAY) == Waited(20, True)


def test_an_answer_without_a_day_has_no_length() -> None:
    one = Course(day(0), acknowledged_on=day(2), undated=True)
    assert spell(one, Step.answer, on=TODAY) is None
    assert spells([one, one], Step.acknowledgment, on=TODAY) == [Waited(2, True)] * 2


@pytest.mark.parametrize(
    ("waits", "took"),
    [
        ([], 40),
        ([Wait(day(5), day(10))], 35),
        # Two questions were open on the same days: each day counts once.
        ([Wait(day(5), day(10)), Wait(day(8), day(12))], 33),
        ([Wait(day(5), day(20)), Wait(day(8), day(10))], 25),
        # A question that is open when the answer comes.
        ([Wait(day(30))], 30),
        ([Wait(day(50), day(60))], 40),
        ([Wait(day(-5), day(2))], 38),
        ([Wait(day(-9), day(90))], 0),
    ],
)
def test_days_on_which_the_office_waited_for_the_requester_are_left_out(waits: list[Wait], took: int) -> None:
    one = Course(day(0), determined_on=day(40), waits=waits)
    assert spell(one, Step.answer, on=TODAY) == Waited(took, True)


@given(st.lists(st.tuples(st.integers(-5, 60), st.integers(0, 30)), max_size=6), st.integers(0, 60))
def test_waits_are_taken_out_day_by_day_whatever_their_order(pairs: list[tuple[int, int]], answered: int) -> None:
    waits = [Wait(day(start), day(start + length)) for start, length in pairs]
    waiting = {n for start, length in pairs for n in range(start, start + length)}
    expected = len([n for n in range(answered) if n not in waiting])
    for ordered in (waits, waits[::-1]):
        one = Course(day(0), determined_on=day(answered), waits=ordered)
        assert spell(one, Step.answer, on=TODAY) == Waited(expected, True)


def test_late_is_only_what_is_past_the_later_reading() -> None:
    assert days_late(latest_on=day(10), met_on=None, on=day(10)) == 0, "due today is not late"
    assert days_late(latest_on=day(10), met_on=None, on=day(13)) == 3
    assert days_late(latest_on=day(10), met_on=day(12), on=day(40)) == 2
    assert days_late(latest_on=day(10), met_on=day(8), on=day(40)) == 0
    assert days_late(latest_on=day(10), met_on=day(30), on=day(12)) == 2, "not answered yet on that day"
    assert days_late(latest_on=None, met_on=None, on=day(400)) == 0, "no number in the law, or it stands still"


def test_a_share_says_nothing_of_few_and_never_all_or_none_by_rounding() -> None:
    assert Share(3, 4).percent is None
    assert Share(3, 5).percent == 60
    assert (Share(0, 500).percent, Share(1, 500).percent) == (0, 1)
    assert (Share(499, 500).percent, Share(500, 500).percent) == (99, 100)
    with pytest.raises(ValueError, match="no more than the whole"):
        Share(6, 5)
