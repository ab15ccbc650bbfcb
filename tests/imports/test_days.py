"""Days as people type them."""

from __future__ import annotations

import datetime as dt

import pytest

from requests_app.intake.days import NotADay, day, order_of

ON = dt.date(2026, 11, 20)


@pytest.mark.parametrize(
    "text",
    [
        "2017-07-03", "2017/7/3", "20170703", "7/3/2017", "07-03-2017", "7.3.2017", "7/3/17", "July 3, 2017",
        "Jul 3 2017", "Monday, July 3rd, 2017", "3 July 2017", "3-Jul-17", "2017-07-03 09:15", "7/3/2017 9:15 AM",
        "42919", "42919.4", " 2017-07-03T00:00:00Z ",
    ],
)  # fmt: skip
def test_one_day_in_many_hands(text: str) -> None:
    assert day(text, day_first=False, on=ON)[0] == dt.date(2017, 7, 3)


def test_the_day_comes_first_where_the_file_says_so() -> None:
    assert day("03/04/2017", day_first=True, on=ON)[0] == dt.date(2017, 4, 3)
    assert day("03/04/2017", day_first=False, on=ON)[0] == dt.date(2017, 3, 4)


def test_an_excel_number_is_said_and_counts_from_1904_where_the_workbook_does() -> None:
    assert (
        day("42919", day_first=False, on=ON)[1] == "42919 read as an Excel day number: Monday, July 3, 2017."
    )
    assert day("41457", day_first=False, on=ON, epoch=1904)[0] == dt.date(2017, 7, 3)


def test_two_digits_are_the_year_next_behind() -> None:
    assert day("1/2/98", day_first=False, on=ON)[0].year == 1998
    assert day("1/2/26", day_first=False, on=ON)[0].year == 2026


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0202-03-04", "The year 0202"),
        ("3/4/0202", "The year 0202"),
        ("2024-02-30", "There is no February 30 in 2024"),
        ("2/29/2023", "There is no February 29 in 2023"),
        ("25/03/2017", "no month 25"),
        ("0000-01-01", "year 0000"),
        ("soon", "is not a date"),
        ("3 Brumaire 2017", "names no month"),
        ("17", "is not a date"),
    ],
)
def test_what_is_no_day_says_why(text: str, words: str) -> None:
    with pytest.raises(NotADay, match=words):
        day(text, day_first=False, on=ON)


def column(**counts: int) -> dict[str, int]:
    return {"day_first": 0, "month_first": 0, "unclear": 0, **counts}


def test_one_impossible_month_decides_for_the_whole_file() -> None:
    assert order_of([column(unclear=9), column(day_first=1)]).day_first is True
    assert order_of([column(unclear=9, month_first=1)]).day_first is False


def test_nothing_decided_is_read_as_in_the_united_states_and_said() -> None:
    order = order_of([column(unclear=3)])
    assert (order.day_first, order.sure) == (False, False)
    assert "month/day" in order.why


def test_a_file_that_says_both_is_asked_about() -> None:
    order = order_of([column(day_first=2, month_first=3)])
    assert not order.sure
    assert "choose which" in order.why


def test_a_choice_ends_the_matter() -> None:
    assert order_of([column(month_first=3)], "day").day_first is True
