"""The laws side by side: what a row says is what the law file says, and sorting and filtering keep every row."""

from __future__ import annotations

import datetime as dt

import pytest

from requests_app.clock.rules import Consequence, Owner, StepOf
from requests_app.laws.choice import CHOICES, SORTS, Asked, select, totals
from requests_app.laws.errors import Refused
from requests_app.laws.registry import library
from requests_app.laws.summary import LawRow, rows

ROWS = rows(library())


def row(law_id: str) -> LawRow:
    return next(one for one in ROWS if one.id == law_id)


def test_every_law_is_a_row_and_is_made_once() -> None:
    assert [one.id for one in ROWS] == [entry.id for entry in library().laws]
    assert rows(library()) is ROWS


def test_the_row_of_illinois_says_what_its_statute_says() -> None:
    one = row("us-il")
    assert (one.answer.words, one.owes, one.then) == ("5 business days", "a decision", "")
    assert one.extension.words == "5 business days more"
    assert one.silence_words == "denied"
    assert (one.window.words, one.window_rule) == ("60 calendar days", "review-by")
    assert "Public Access Counselor" in one.window_to
    assert [reviewer.binding for reviewer in one.review] == [True]
    assert (one.court.words, one.court.days) == ("no limit stated", None)
    assert (one.who, one.restricted, one.fees_forfeited) == ("Anyone", False, True)


def test_an_acknowledgment_is_not_shown_as_an_answer() -> None:
    one = row("us-ny")
    assert one.owes == "an acknowledgment"
    assert one.then == "then 20 business days for a decision"


def test_where_the_acknowledgment_has_no_number_the_answer_is_what_counts_from_it() -> None:
    one = row("us-wy")
    assert (one.answer.words, one.owes, one.answer_rule) == ("30 calendar days", "the records", "produce")


def test_the_way_to_court_is_the_one_a_refusal_opens_and_the_others_are_named() -> None:
    one = row("us-mi")
    assert (one.court.words, one.court_rule) == ("180 calendar days", "sue")
    assert one.court_also == "45 calendar days to file suit over a fee"
    assert row("us-ny").court_also == ""


def test_that_a_step_has_no_limit_is_said_in_three_words() -> None:
    said = {one.court.words for one in ROWS} | {one.window.words for one in ROWS}
    assert {"no limit stated", "no limit found"} <= said
    assert not [words for words in said if words.startswith(("The Act states", "No time limit"))]


def test_a_window_that_leaves_some_requesters_out_is_still_our_window() -> None:
    """Review in Illinois is not open to commercial requesters; it is everybody else's."""
    assert library().law("us-il").current.by_id["review-by"].applies_when is not None
    assert row("us-il").window_rule == "review-by"


@pytest.mark.parametrize("law_id", [one.id for one in ROWS])
def test_what_a_row_points_to_is_a_clock_of_that_law(law_id: str) -> None:
    one, version = row(law_id), library().law(law_id).current
    answer = version.by_id[one.answer_rule]
    assert answer.owner is Owner.agency
    assert (one.answer.days is None) == (answer.length.count is None)
    if one.window_rule:
        assert version.by_id[one.window_rule].owner is Owner.requester
    suits = [rule for rule in version.rules if rule.remedy and rule.remedy.step is StepOf.suit]
    assert bool(one.court_rule) == bool(suits)
    forfeits = [
        rule
        for rule in version.rules
        if rule.lapses_into and Consequence.fee_forfeited in rule.lapses_into.consequences
    ]
    assert not one.fees_forfeited or forfeits
    assert 0 <= one.verified <= one.rules == len(version.rules)
    assert one.answer.words
    assert one.window.words
    assert one.court.words


@pytest.mark.parametrize("name", SORTS)
def test_sorting_loses_no_row_and_puts_what_has_no_figure_last_both_ways(name: str) -> None:
    up, down = select(ROWS, Asked(sort=name)), select(ROWS, Asked(sort=f"-{name}"))
    assert {one.id for one in up} == {one.id for one in down} == {one.id for one in ROWS}
    if name in ("answer", "extension", "window", "court"):
        for found, turned in ((up, False), (down, True)):
            days = [getattr(one, name).days for one in found]
            known = [day for day in days if day is not None]
            assert days[: len(known)] == known
            assert known == sorted(known, reverse=turned)


def test_units_are_sorted_by_about_how_many_days_they_are() -> None:
    order = [one.id for one in select(ROWS, Asked(sort="answer"))]
    # 5 business days are about a week, 10 calendar days more, 10 business days two weeks, 20 business days four.
    assert order.index("us-il") < order.index("us-ca") < order.index("us-tx") < order.index("us")


@pytest.mark.parametrize("name", CHOICES)
def test_the_values_of_a_filter_part_the_rows(name: str) -> None:
    found = [{one.id for one in select(ROWS, Asked(**{name: value}))} for value in CHOICES[name]]
    if name in ("number", "who", "verified"):
        assert set.union(*found) == {one.id for one in ROWS}
        assert not set.intersection(*found)
    assert any(found)


def test_words_are_found_in_any_order_and_case() -> None:
    assert [one.id for one in select(ROWS, Asked(q="COUNSELOR illinois"))] == ["us-il"]
    assert select(ROWS, Asked(q="zebra illinois")) == ()


def test_a_value_nobody_offered_matches_nothing_and_is_refused_by_name() -> None:
    assert select(ROWS, Asked(silence="maybe")) == ()
    with pytest.raises(Refused, match="silence"):
        Asked(silence="maybe").check()
    with pytest.raises(Refused, match="no column"):
        Asked(sort="color").check()
    Asked(silence="denied", sort="-court").check()


def test_totals_are_counted_from_the_rows() -> None:
    said = totals(ROWS)
    assert said.laws == len(ROWS)
    assert said.jurisdictions == len(library().codes)
    assert said.with_number == sum(one.answer.days is not None for one in ROWS)
    assert said.verified <= said.clocks == sum(len(e.current.rules) for e in library().laws)


def test_a_row_is_stale_a_year_after_its_oldest_check() -> None:
    one = row("us-il")
    assert one.checked_on is not None
    assert not one.stale(one.checked_on + dt.timedelta(days=360))
    assert one.stale(one.checked_on + dt.timedelta(days=370))


DENIED_BY_SILENCE = "ct dc il in la md mi nj pa ri tn ut va vt id ny sd az pr"
MAY_BE_TREATED_AS_DENIED = "al hi me nm or"


@pytest.mark.parametrize(
    ("silence", "places"),
    [
        ("denied", DENIED_BY_SILENCE),
        ("may be treated as denied", MAY_BE_TREATED_AS_DENIED),
        ("approved", "sc"),
        ("records presumed public", "tx"),
        ("nothing in the law", "fl nc oh wi mn ok"),
    ],
)
def test_the_table_says_what_silence_means_in_each_state(silence: str, places: str) -> None:
    said = {row.id: row.silence_words for row in ROWS}
    for place in places.split():
        assert silence in said[f"us-{place}"], (place, said[f"us-{place}"])
