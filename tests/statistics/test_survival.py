"""The curves, against examples that were published long before, and against what must hold of any."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.statistics.survival import Curve, Waited, at_risk, curve, ticks

# Freireich and others (1963): weeks in remission, 21 treated and 21 not. A minus sign: still in remission.
TREATED = [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35]
UNTREATED = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def spells(days: list[int]) -> list[Waited]:
    return [Waited(abs(day), ended=day > 0) for day in days]


def whole(days: list[int]) -> Curve:
    return curve(spells(days), fewest=1)


def test_the_treated_of_freireich_as_every_textbook_has_them() -> None:
    found = [
        (s.day, s.at_risk, s.ended, round(s.waiting, 4), round(s.low or 0, 4), round(s.high or 0, 4))
        for s in whole(TREATED).steps
        if s.ended
    ]
    assert found == [
        (6, 21, 3, 0.8571, 0.6197, 0.9516),
        (7, 17, 1, 0.8067, 0.5631, 0.9228),
        (10, 15, 1, 0.7529, 0.5032, 0.8894),
        (13, 12, 1, 0.6902, 0.4316, 0.8491),
        (16, 11, 1, 0.6275, 0.3675, 0.8049),
        (22, 7, 1, 0.5378, 0.2678, 0.7468),
        (23, 6, 1, 0.4482, 0.1881, 0.6801),
    ]


def test_its_median_has_no_upper_bound_yet_and_the_untreated_ones_has() -> None:
    treated, untreated = whole(TREATED).median, whole(UNTREATED).median
    assert treated is not None
    assert untreated is not None
    assert (treated.days, treated.low, treated.high) == (23, 13, None)
    assert (untreated.days, untreated.low, untreated.high) == (8, 4, 11)


@pytest.mark.parametrize(
    ("days", "shares"),
    [
        ([1, 2, 3, 4], [(1, 0.75), (2, 0.5), (3, 0.25), (4, 0.0)]),
        # Two of four answered on day 1, one withdrew on day 2, the last was answered on day 3.
        ([1, 1, -2, 3], [(1, 0.5), (2, 0.5), (3, 0.0)]),
        # Who leaves on the day of an answer was counted on it.
        ([5, -5, -5, 9], [(5, 0.75), (9, 0.0)]),
        ([-1, -2], [(1, 1.0), (2, 1.0)]),
    ],
)
def test_small_ones_by_hand(days: list[int], shares: list[tuple[int, float]]) -> None:
    assert [(s.day, pytest.approx(s.waiting)) for s in whole(days).steps] == shares


def test_open_requests_make_the_median_longer_and_never_vanish() -> None:
    answered = [5, 10, 20, 30, 40]
    assert whole(answered).median.days == 20  # type: ignore[union-attr]
    with_open = whole([*answered, -45, -45, -45, -45, -45])
    assert with_open.median.days == 40  # type: ignore[union-attr]
    assert (with_open.n, with_open.open) == (10, 5)


def test_less_than_half_answered_has_no_median() -> None:
    assert whole([3, -10, -10, -10]).median is None


def test_a_half_is_a_half_whatever_the_fractions_came_out_as() -> None:
    # 5/6 · 4/5 · 3/4 is a half, and floats make it a little more.
    found = whole([1, 2, 3, -4, -4, -4]).median
    assert found is not None
    assert found.days == 3


def test_the_curve_ends_where_fewer_than_five_are_counted() -> None:
    found = curve(spells([1, 2, 3, 4, 5, 6, 7]))
    assert [s.day for s in found.steps] == [1, 2, 3]
    assert found.last == 7
    assert not curve(spells([1, 2, 3, 4])).drawn
    assert curve([]).median is None


def test_no_spell_is_shorter_than_none() -> None:
    with pytest.raises(ValueError, match="less than none"):
        curve([Waited(1, True, -1)])


def test_how_many_are_counted_on_a_day_are_those_who_had_not_left_before_it() -> None:
    assert at_risk(spells([1, 2, -2, 5]), (0, 1, 2, 3, 6)) == (4, 4, 3, 1, 0)
    assert ticks(6) == (0, 5)
    assert ticks(700)[-1] == 540


SPELLS = st.lists(
    st.builds(Waited, st.integers(0, 60), st.booleans(), st.integers(1, 4)), min_size=1, max_size=40
)


@given(SPELLS)
def test_of_any_it_falls_from_all_to_no_less_than_none_and_its_interval_holds_it(given_: list[Waited]) -> None:
    found = curve(given_, fewest=1)
    shares = [1.0, *(s.waiting for s in found.steps)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] >= 0
    assert found.n == sum(w.n for w in given_) == sum(s.ended + s.left for s in found.steps)
    for step in found.steps:
        if step.low is not None and step.high is not None:
            assert 0 <= step.low <= step.waiting <= step.high <= 1
    if found.median is not None:
        assert found.median.low <= found.median.days
        assert found.median.high is None or found.median.days <= found.median.high


@given(st.lists(st.integers(0, 60), min_size=1, max_size=60))
def test_where_everything_was_answered_it_is_the_plain_share_that_took_longer(days: list[int]) -> None:
    found = curve([Waited(day, True) for day in days], fewest=1)
    for day in range(61):
        longer = Fraction(sum(1 for one in days if one > day), len(days))
        assert found.waiting_after(day) == pytest.approx(float(longer))
    assert found.median is not None
    assert found.median.days == sorted(days)[(len(days) - 1) // 2]


@given(SPELLS)
def test_rows_together_say_the_same_as_rows_apart_in_any_order(given_: list[Waited]) -> None:
    apart = [Waited(w.days, w.ended) for w in reversed(given_) for _ in range(w.n)]
    assert curve(apart) == curve(given_)


@given(SPELLS)
def test_an_open_request_more_never_makes_it_look_quicker(given_: list[Waited]) -> None:
    before, after = curve(given_, fewest=1), curve([*given_, Waited(61, False)], fewest=1)
    for day in range(61):
        assert after.waiting_after(day) >= before.waiting_after(day) - 1e-12
