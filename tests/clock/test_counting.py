"""Counting: the days that break deadline engines, each a row with a sentence for its name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from requests_app.clock.book import ShelfBook
from requests_app.clock.calendars import Calendar, OutsideCalendar
from requests_app.clock.events import Kind, Outcome
from requests_app.clock.rules import (
    Counting,
    Length,
    Meeting,
    Offset,
    Owner,
    Remedy,
    Roll,
    Start,
    StepOf,
    Unit,
    Variant,
    When,
)
from requests_app.clock.standing import State
from requests_app.clock.trail import Reading, StepKind, replay

from .shelf import (
    CALENDAR,
    DENIED,
    TWENTY,
    book,
    business,
    clock,
    days,
    determine,
    due,
    event,
    fold,
    law,
    rule,
    sent,
    version,
)

D = dt.date


class Day(NamedTuple):
    said: str
    received: D
    length: Length
    due: D


@pytest.mark.parametrize(
    "case",
    [
        Day("five business days skip a weekend", D(2026, 3, 4), business(5), D(2026, 3, 11)),
        Day("the day of receipt is not counted", D(2026, 3, 2), business(1), D(2026, 3, 3)),
        Day("received on a Saturday counts from Monday", D(2026, 3, 7), business(1), D(2026, 3, 9)),
        Day("received on a Sunday counts from Monday", D(2026, 3, 8), business(5), D(2026, 3, 13)),
        Day(
            "received on a holiday counts from the next open day", D(2026, 1, 19), business(1), D(2026, 1, 20)
        ),
        Day("received on a leap day", D(2024, 2, 29), business(5), D(2024, 3, 7)),
        Day(
            "a year from a leap day is the last of February",
            D(2024, 2, 29),
            Length(1, Unit.years),
            D(2025, 2, 28),
        ),
        Day(
            "a month from January 31 is the last of February",
            D(2025, 12, 31),
            Length(2, Unit.months),
            D(2026, 3, 2),
        ),
        Day("four months are calendar arithmetic", D(2026, 1, 30), Length(4, Unit.months), D(2026, 6, 1)),
        Day("a week in which the clocks change has as many days", D(2026, 3, 6), days(10), D(2026, 3, 16)),
        Day("ten calendar days that end on a Sunday roll to Monday", D(2026, 3, 5), days(10), D(2026, 3, 16)),
        Day("Juneteenth is open before it was a holiday", D(2019, 6, 18), business(1), D(2019, 6, 19)),
        Day("Juneteenth is closed once it is a holiday", D(2023, 6, 16), business(2), D(2023, 6, 21)),
        Day("a count over the year's end", D(2025, 12, 30), business(3), D(2026, 1, 5)),
        Day(
            "nothing is skipped twice when a holiday falls on a weekend",
            D(2026, 7, 2),
            business(2),
            D(2026, 7, 7),
        ),
    ],
    ids=lambda case: case.said,
)
def test_a_count(case: Day) -> None:
    found = due(determine(case.length), sent(case.received))
    assert (found.earliest, found.latest) == (case.due, case.due)
    assert found.state(case.due) is State.running, "due today is not late"
    assert not found.late(case.due)
    assert found.days_left(case.due) == 0
    assert found.late(case.due + dt.timedelta(days=1))
    assert found.state(case.due + dt.timedelta(days=1)) is State.lapsed


@pytest.mark.parametrize(
    ("said", "on", "name"),
    [
        ("Good Friday closes where it is a holiday", D(2026, 4, 3), "Good Friday"),
        ("Patriots' Day closes where it is a holiday", D(2026, 4, 20), "Patriots' Day"),
        ("an agency's own closure closes", D(2026, 3, 10), "Snow closure"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_local_holiday_moves_the_date_and_is_named(said: str, on: D, name: str) -> None:
    local = CALENDAR.with_closures({on: (name, "overlay")})
    before = due(determine(business(1)), sent(on - dt.timedelta(days=1)))
    after = due(determine(business(1)), sent(on - dt.timedelta(days=1)), calendar=local)
    assert before.latest == on
    assert after.latest is not None
    assert after.latest > on
    assert name in [day.name for step in after.trail for day in step.skipped]


def test_a_deleted_holiday_moves_the_date_back() -> None:
    start = D(2026, 1, 16)
    with_it = due(determine(business(1)), sent(start))
    without = due(determine(business(1)), sent(start), calendar=CALENDAR.without(D(2026, 1, 19)))
    assert (with_it.latest, without.latest) == (D(2026, 1, 20), D(2026, 1, 19))
    assert with_it.shadow != without.shadow


HOURS = Counting(cutoff=dt.time(17), roll=Roll.forward)


@pytest.mark.parametrize(
    ("said", "at", "earliest", "latest"),
    [
        ("before the cut-off it counts from that day", dt.time(16, 59), D(2026, 3, 6), D(2026, 3, 6)),
        ("after hours it counts as received the next open day", dt.time(17, 1), D(2026, 3, 9), D(2026, 3, 9)),
        ("a missing hour is early for us and late for the agency", None, D(2026, 3, 6), D(2026, 3, 9)),
    ],
)
def test_received_after_hours(said: str, at: dt.time | None, earliest: D, latest: D) -> None:
    arrived = event("sent", Kind.sent, received_on=D(2026, 3, 4), received_at=at, facts={"law": "us-x"})
    found = due(determine(business(2), counting=HOURS), arrived)
    assert (found.earliest, found.latest) == (earliest, latest), said


@pytest.mark.parametrize(
    ("said", "count", "expected"),
    [
        ("five days under the rule are five open days", 5, D(2026, 3, 11)),
        ("seven days are calendar days", 7, D(2026, 3, 11)),
        ("six days are still open days", 6, D(2026, 3, 12)),
    ],
)
def test_the_unit_changes_with_the_length(said: str, count: int, expected: D) -> None:
    counting = Counting(roll=Roll.forward, business_up_to=6)
    assert due(determine(days(count), counting=counting), sent(D(2026, 3, 4))).latest == expected, said


@pytest.mark.parametrize(
    ("said", "rolling", "earliest", "latest"),
    [
        ("forward", Roll.forward, D(2026, 3, 16), D(2026, 3, 16)),
        ("backward", Roll.backward, D(2026, 3, 13), D(2026, 3, 13)),
        ("not at all", Roll.none, D(2026, 3, 15), D(2026, 3, 15)),
        (
            "unknown is unrolled at the earliest and forward at the latest",
            Roll.unknown,
            D(2026, 3, 15),
            D(2026, 3, 16),
        ),
    ],
)
def test_the_agencys_last_day_on_a_sunday(said: str, rolling: Roll, earliest: D, latest: D) -> None:
    found = due(determine(days(10), counting=Counting(roll=rolling)), sent(D(2026, 3, 5)))
    assert (found.earliest, found.latest, found.due_on) == (earliest, latest, latest), said


def test_our_own_last_day_of_unknown_roll_goes_backward() -> None:
    letter = event("no", Kind.determined, D(2026, 3, 5), outcome=Outcome.denied)
    ours = rule(
        "appeal-by",
        days(10),
        Start(on=(Kind.determined,)),
        owner=Owner.requester,
        counting=Counting(roll=Roll.unknown),
        remedy=Remedy(StepOf.appeal),
    )
    found = due(ours, sent(D(2026, 2, 2)), letter)
    assert (found.earliest, found.latest, found.due_on) == (D(2026, 3, 13), D(2026, 3, 16), D(2026, 3, 13))
    assert found.state(D(2026, 3, 14)) is State.running, "between the readings it may still be filed"
    assert found.days_left(D(2026, 3, 14)) == -1


def test_leaving_the_calendar_gives_an_unknown_clock_with_its_reason() -> None:
    made = fold(book(determine(business(20))), sent(D(2040, 12, 20)))
    found = clock(made, "determine")
    assert found.state(D(2041, 1, 1)) is State.unknown
    assert found.unknown == "the calendar us-x is known from 2010-01-01 to 2040-12-31 only"


def test_hours_run_on_the_wall_clock_and_give_an_hour_due() -> None:
    arrest = rule("arrest", Length(72, Unit.hours), counting=Counting(roll=Roll.none))
    at = event(
        "sent", Kind.sent, received_on=D(2026, 3, 6), received_at=dt.time(15, 30), facts={"law": "us-x"}
    )
    found = due(arrest, at)
    assert (found.due_on, found.due_at) == (
        D(2026, 3, 9),
        dt.datetime.combine(D(2026, 3, 9), dt.time(15, 30)),
    )
    untimed = event("sent", Kind.sent, received_on=D(2026, 3, 6), facts={"law": "us-x"})
    found = due(arrest, untimed)
    assert found.due_at == dt.datetime.combine(D(2026, 3, 9), dt.time(23, 59)), (
        "a missing hour is late for the agency"
    )
    open_hours = rule(
        "arrest", Length(24, Unit.hours), counting=Counting(roll=Roll.none, hours_skip_closed=True)
    )
    assert due(open_hours, at).due_at == dt.datetime.combine(D(2026, 3, 9), dt.time(15, 30))


def test_a_standard_without_a_number_has_no_due_date_and_our_own_interval() -> None:
    promptly = rule("produce", Length(standard="promptly", follow_up=business(10)))
    made = fold(book(promptly), sent(TWENTY))
    found = clock(made, "produce")
    assert (found.due_on, found.standard, found.follow_up_on) == (None, "promptly", D(2026, 2, 17))
    assert not found.late(D(2030, 1, 1))
    on = made.on(TWENTY)
    assert (on.next_due_on, on.late) == (D(2026, 2, 17), False)


def test_the_next_business_day_counts_as_receipt_of_an_e_mail_only() -> None:
    offset = Offset(business(1), When(channels=("email",)))
    michigan = rule("determine", business(5), Start(on=(Kind.sent,), offsets=(offset,)))
    assert due(michigan, sent(D(2026, 3, 2))).latest == D(2026, 3, 10)
    assert due(michigan, sent(D(2026, 3, 2), channel="hand")).latest == D(2026, 3, 9)
    moved = due(michigan, sent(D(2026, 3, 6))).trail[1]
    assert (moved.kind, [day.name for day in moved.skipped]) == (StepKind.move, ["Saturday", "Sunday"])


@pytest.mark.parametrize(
    ("said", "applies", "facts", "expected"),
    [
        ("the rule's own length", When(requester=("commercial",)), {}, D(2026, 2, 9)),
        (
            "a commercial requester",
            When(requester=("commercial",)),
            {"requester": ["commercial"]},
            D(2026, 3, 4),
        ),
        ("a kind of agency", When(agency_kinds=("municipal",)), {"agency_kind": "municipal"}, D(2026, 3, 4)),
        (
            "a type of record",
            When(record_types=("video",)),
            {"record_types": ["video", "mail"]},
            D(2026, 3, 4),
        ),
        (
            "an agency's regulation",
            When(agency_regulation=("6 CFR 5",)),
            {"agency_regulation": "6 CFR 5"},
            D(2026, 3, 4),
        ),
        ("any other fact", When(facts={"voluminous": (True,)}), {"voluminous": True}, D(2026, 3, 4)),
        ("unless", When(unless=When(agency_kinds=("state",))), {"agency_kind": "state"}, D(2026, 2, 9)),
    ],
)
def test_the_length_changes_with(said: str, applies: When, facts: dict[str, Any], expected: D) -> None:
    changed = determine(business(5), variants=(Variant(applies, business(21)),))
    assert due(changed, sent(TWENTY, **facts)).latest == expected, said


def test_two_readings_of_a_length_are_both_kept() -> None:
    window = rule(
        "appeal-by",
        Length(90, Unit.calendar_days, or_else=Length(90, Unit.business_days)),
        Start(on=(Kind.determined,), when=DENIED),
        owner=Owner.requester,
        counting=Counting(roll=Roll.none),
        remedy=Remedy(StepOf.appeal),
    )
    found = due(window, sent(TWENTY), event("no", Kind.determined, D(2026, 3, 2), outcome=Outcome.denied))
    assert found.earliest == D(2026, 5, 31)
    assert found.latest == D(2026, 7, 9)
    assert found.due_on == found.earliest
    turned = replace(window, length=Length(90, Unit.business_days, or_else=Length(90, Unit.calendar_days)))
    again = due(turned, sent(TWENTY), event("no", Kind.determined, D(2026, 3, 2), outcome=Outcome.denied))
    assert (again.earliest, again.latest) == (found.earliest, found.latest), "in whichever order they stand"


def test_the_edges_of_a_calendar() -> None:
    saturday, friday = D(2026, 3, 7), D(2026, 3, 6)
    assert CALENDAR.add_open(saturday, 0) == saturday
    assert CALENDAR.add_open(CALENDAR.first, 1) == D(2010, 1, 4)
    assert CALENDAR.add_open(saturday, -1) == friday
    assert CALENDAR.add_open(friday, -1) == D(2026, 3, 5)
    assert (CALENDAR.roll(saturday), CALENDAR.roll(saturday, forward=False)) == (D(2026, 3, 9), friday)
    assert CALENDAR.roll(friday) == CALENDAR.roll(friday, forward=False) == friday
    named = CALENDAR.closed(D(2026, 1, 19))
    assert named is not None
    assert (named.name, named.source) == ("Martin Luther King Jr. Day", "5 U.S.C. 6103")
    assert CALENDAR.closed(friday) is None
    assert CALENDAR.open_days_between(friday, D(2026, 3, 9)) == 1
    outside = D(2009, 12, 31)
    asks: list[Callable[[], object]] = [
        lambda: CALENDAR.is_open(outside),
        lambda: CALENDAR.add_open(outside, 1),
        lambda: CALENDAR.add_open(outside, 0),
        lambda: CALENDAR.add_open(CALENDAR.first, -1),
        lambda: CALENDAR.add_open(CALENDAR.last, 1),
        lambda: CALENDAR.add_open_many([outside], 5),
        lambda: CALENDAR.add_open_many([outside] * 1000, 5),
        lambda: CALENDAR.roll(outside),
        lambda: CALENDAR.skipped(outside, friday),
    ]
    for ask_it in asks:
        with pytest.raises(OutsideCalendar, match="known from 2010-01-01 to 2040-12-31 only"):
            ask_it()


@pytest.mark.parametrize(
    ("said", "received", "moves", "expected"),
    [
        ("on a Saturday, it counts from the Saturday", D(2026, 3, 7), False, D(2026, 3, 9)),
        ("on a Saturday, where the law moves it to Monday", D(2026, 3, 7), True, D(2026, 3, 10)),
        ("on an open day nothing moves", D(2026, 3, 6), True, D(2026, 3, 9)),
    ],
)
def test_arrival_on_a_closed_day(said: str, received: D, moves: bool, expected: D) -> None:
    counting = Counting(roll=Roll.forward, closed_arrival_moves=moves)
    found = due(determine(business(1), counting=counting), sent(received))
    assert (found.earliest, found.latest) == (expected, expected), said


@pytest.mark.parametrize(
    ("at", "met_on"),
    [(dt.time(17), D(2026, 3, 3)), (dt.time(17, 1), D(2026, 3, 4)), (None, D(2026, 3, 3))],
)
def test_what_is_filed_after_the_cut_off_hour_counts_on_the_next_day(at: dt.time | None, met_on: D) -> None:
    late = Meeting((Kind.determined,), cutoff=dt.time(17))
    answered = event("yes", Kind.determined, sent_on=D(2026, 3, 3), sent_at=at)
    assert due(determine(business(20), met_by=(late,)), sent(D(2026, 2, 2)), answered).met_on == met_on


def test_the_first_day_counts_where_the_law_says_so_and_both_ways_where_it_does_not() -> None:
    for first, other, earliest, latest in (
        (False, None, D(2026, 3, 6), D(2026, 3, 6)),
        (True, False, D(2026, 3, 6), D(2026, 3, 9)),
        (True, None, D(2026, 3, 9), D(2026, 3, 9)),
    ):
        counting = Counting(exclude_first_day=first, or_exclude_first_day=other, roll=Roll.forward)
        found = due(determine(business(5), counting=counting), sent(D(2026, 3, 2)))
        assert (found.earliest, found.latest) == (earliest, latest)
    counting = Counting(exclude_first_day=False, roll=Roll.forward)
    closed = due(determine(business(5), counting=counting), sent(D(2026, 3, 1)))
    assert closed.latest == D(2026, 3, 6), "a Sunday is no business day, so it cannot be the first"


def test_arrival_at_the_records_officer_is_what_counts_where_the_law_says_so() -> None:
    officer = rule("determine", business(5), Start(on=(Kind.sent,), at_component=True))
    reached = event(
        "r", Kind.receipt_confirmed, received_on=D(2026, 3, 5), facts={"received_by": "component"}
    )
    assert due(officer, sent(D(2026, 3, 2))).latest == D(2026, 3, 9)
    assert due(officer, sent(D(2026, 3, 2)), reached).latest == D(2026, 3, 12)
    somewhere = event("r", Kind.receipt_confirmed, received_on=D(2026, 3, 5))
    assert due(officer, sent(D(2026, 3, 2)), somewhere).started_by == "sent"


@pytest.mark.parametrize(
    ("said", "starts", "opens", "expected"),
    [
        ("from the due day, lapsed or not", Start(due_of=("determine",)), D(2026, 3, 3), D(2026, 3, 17)),
        ("from the day it was met", Start(met_of=("determine",)), D(2026, 2, 20), D(2026, 3, 6)),
    ],
)
def test_a_second_clock_counts(said: str, starts: Start, opens: D, expected: D) -> None:
    shelf = book(determine(business(20)), rule("produce", business(10), starts))
    answered = event("yes", Kind.determined, D(2026, 2, 20))
    found = clock(fold(shelf, sent(D(2026, 2, 2)), answered), "produce")
    assert (found.opens_on, found.latest) == (opens, expected), said
    waits = fold(shelf, sent(D(2026, 2, 2))).clock("produce|request|r1")
    assert (waits is None) == bool(starts.met_of)


ARGUED = Calendar(
    "us-a",
    D(2026, 1, 1),
    D(2027, 12, 31),
    {D(2026, 6, 19): ("Juneteenth", "list"), D(2026, 7, 3): ("Independence Day (observed)", "list")},
    doubted=[D(2026, 6, 19)],
    contested={D(2026, 6, 26): ("Office Day", "order")},
)


def test_a_day_whose_closing_is_argued_makes_an_interval() -> None:
    """Whoever waits for an agency allows it every arguable closed day; whoever must act allows himself none."""
    found = due(determine(business(5)), sent(D(2026, 6, 15)), calendar=ARGUED)
    assert (found.earliest, found.latest, found.due_on) == (D(2026, 6, 22), D(2026, 6, 23), D(2026, 6, 23))
    assert not found.late(D(2026, 6, 23))
    assert "Whether a day in between is closed is argued; both are counted." in found.doubts
    assert replay(found.trail, ARGUED, Reading.early) == found.earliest
    assert replay(found.trail, ARGUED, Reading.late) == found.latest
    other = due(determine(business(5)), sent(D(2026, 6, 22)), calendar=ARGUED)
    assert (other.earliest, other.latest) == (D(2026, 6, 29), D(2026, 6, 30))
    plain = due(determine(business(3)), sent(D(2026, 6, 29)), calendar=ARGUED)
    assert plain.earliest == plain.latest == D(2026, 7, 2)


def test_our_own_window_leaves_no_argued_day_out_and_moves_back_from_each() -> None:
    ours = rule(
        "appeal-by", business(5), owner=Owner.requester, counting=Counting(roll=Roll.unknown),
        met_by=(Meeting((Kind.appeal_filed,)),),
    )  # fmt: skip
    assert due(ours, sent(D(2026, 6, 15)), calendar=ARGUED).due_on == D(2026, 6, 22)
    in_days = replace(ours, length=days(4))
    window = due(in_days, sent(D(2026, 6, 22)), calendar=ARGUED)
    assert (window.due_on, window.latest) == (D(2026, 6, 25), D(2026, 6, 29))


def test_an_offices_own_closed_days_stretch_its_own_time_only() -> None:
    ours = rule("appeal-by", business(5), owner=Owner.requester, met_by=(Meeting((Kind.appeal_filed,)),))
    shut = {"harbor-pd": {D(2026, 3, 4): ("Storm", "notice")}}
    made = version(determine(business(5)), ours)
    shelf = ShelfBook({made.law_id: law(made)}, {"us-x": CALENDAR}, closures=shut)
    asked = fold(shelf, sent(D(2026, 3, 2), agency="harbor-pd"))
    assert clock(asked, "determine").due_on == D(2026, 3, 10)
    assert clock(asked, "appeal-by").due_on == D(2026, 3, 9)
