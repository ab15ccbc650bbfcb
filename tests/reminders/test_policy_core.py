"""From a policy to days, without a database: tables of cases, counted by the calendars of real laws."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from requests_app.clock.calendars import Calendar
from requests_app.laws.registry import library
from requests_app.notices import reminding
from requests_app.notices.reminding import STANDARD, ClockDates, Member, Quiet, Rule, Stage

OURS, AGENCY = STANDARD


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


def ours(due: str, opens: str | None = None, last: str | None = None, **more: dt.date) -> ClockDates:
    return ClockDates("requester", day(due), day(last or due), day(opens) if opens else None, **more)


def agency(due: str, opens: str | None = None, owner: str = "agency", **more: dt.date) -> ClockDates:
    return ClockDates(owner, day(due), day(due), day(opens) if opens else None, **more)


def told(stages: list[Stage]) -> list[str]:
    """kind number day, in order."""
    return [f"{stage.kind} {stage.number} {stage.on:%m-%d}" for stage in stages]


def law(name: str) -> Calendar:
    return library().calendar(name)


# Which days --------------------------------------------------------------------------------------------------------


def test_our_own_window_is_told_on_its_opening_and_at_each_stage() -> None:
    found = reminding.stages(STANDARD, ours("04-30", opens="03-01"), law("us-il"))
    assert told(found) == [
        "opened 0 03-01", "closing 14 04-16", "closing 7 04-23", "closing 3 04-27", "closing 1 04-29",
        "closing 0 04-30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("opens", "expected"),
    [
        # Five days: what lies before the opening is left out.
        ("03-05", ["opened 0 03-05", "closing 3 03-06", "closing 1 03-08", "closing 0 03-09"]),
        # One day has one mail, and on the last day it is the last day's.
        ("03-09", ["closing 0 03-09"]),
        ("03-08", ["opened 0 03-08", "closing 0 03-09"]),
        # A window that opens after it ends is a mistake of a ledger; its last day is told all the same.
        ("03-20", ["closing 0 03-09"]),
        (None, ["closing 14 02-23", "closing 7 03-02", "closing 3 03-06", "closing 1 03-08", "closing 0 03-09"]),
    ],
)  # fmt: skip
def test_a_short_window_has_fewer_stages_and_one_a_day(opens: str | None, expected: list[str]) -> None:
    assert told(reminding.stages(STANDARD, ours("03-09", opens=opens))) == expected


@pytest.mark.parametrize(
    ("name", "due", "expected"),
    [
        # Veterans Day, Thanksgiving and Christmas rest everywhere; the Friday after Thanksgiving not in New York.
        ("us-il", "11-02", ["11-03", "11-18", "12-04", "12-18"]),
        ("us-ny", "11-02", ["11-03", "11-18", "12-03", "12-17"]),
        ("us-tx", "11-02", ["11-03", "11-18", "12-04", "12-18"]),
        ("us-ca", "11-02", ["11-03", "11-18", "12-04", "12-18"]),
        # Independence Day falls on a Saturday and rests on Friday, July 3.
        ("us", "06-26", ["06-27", "07-13", "07-27", "08-10"]),
    ],
)
def test_a_lapse_is_told_the_morning_after_and_every_ten_business_days_of_that_law(
    name: str, due: str, expected: list[str]
) -> None:
    found = reminding.stages(STANDARD, agency(due), law(name))
    assert len(found) == 7
    assert [f"{stage.on:%m-%d}" for stage in found[:4]] == expected
    assert [stage.number for stage in found] == [-1, -11, -21, -31, -41, -51, -61]


def test_an_agencys_own_closed_days_move_the_repeats() -> None:
    flood = {day("11-17"): ("Flood", "city"), day("11-18"): ("Flood", "city")}
    calendar = law("us-il").with_closures(flood)
    plain = reminding.stages(STANDARD, agency("11-02"), law("us-il"))
    moved = reminding.stages(STANDARD, agency("11-02"), calendar)
    assert moved[1].on > plain[1].on
    assert [stage.number for stage in moved] == [stage.number for stage in plain], "the rows keep their numbers"


def test_business_days_before_a_date_are_the_laws() -> None:
    rule = Rule("ours", (-3, 0), unit="business")
    # Monday, January 19 is a holiday in Illinois: three business days before Wednesday the 21st is the 15th.
    assert told(reminding.stages([rule], ours("01-21"), law("us-il"))) == ["closing 3 01-15", "closing 0 01-21"]
    assert told(reminding.stages([rule], ours("01-21"))) == ["closing 3 01-16", "closing 0 01-21"]


def test_beyond_the_calendar_the_week_alone_is_counted() -> None:
    rule = Rule("agency", (1,), repeat_every=10, repeat_until=1)
    far = dt.date(2090, 3, 1)
    found = reminding.stages([rule], ClockDates("agency", far, far), law("us-il"))
    assert [stage.on for stage in found] == [dt.date(2090, 3, 2), dt.date(2090, 3, 16)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule("agency", (-2, 0)), ["awaited 2 03-07", "awaited 0 03-09"]),
        (Rule("agency", (-20,)), []),
        (Rule("agency", (5, 1)), ["lapsed -1 03-10", "lapsed -5 03-14"]),
        (Rule("agency", (2,), repeat_every=3, repeat_unit="calendar", repeat_until=2),
         ["lapsed -2 03-11", "lapsed -5 03-14", "lapsed -8 03-17"]),
        (Rule("agency", (), repeat_every=7, repeat_unit="calendar", repeat_until=1), ["lapsed -7 03-16"]),
        (Rule("agency", ()), []),
    ],
)  # fmt: skip
def test_before_on_and_after_an_agencys_day(rule: Rule, expected: list[str]) -> None:
    assert told(reminding.stages([rule], agency("03-09", opens="03-02"))) == expected


def test_a_long_window_is_told_again_and_again_until_it_ends() -> None:
    rule = Rule("ours", (-1, 0), on_opening=True, repeat_every=30, repeat_unit="calendar", repeat_until=9)
    assert told(reminding.stages([rule], ours("04-30", opens="03-01"))) == [
        "opened 0 03-01", "opened -1 03-31", "closing 1 04-29", "closing 0 04-30",
    ]  # fmt: skip


def test_an_alarm_after_our_own_last_day_says_so() -> None:
    assert told(reminding.stages([Rule("ours", (0, 2))], ours("03-09"))) == ["closing 0 03-09", "closing -2 03-11"]


@pytest.mark.parametrize("owner", ["court", "third_party", "counsel"])
def test_a_clock_that_is_nobodys_here_earns_nothing(owner: str) -> None:
    assert reminding.stages(STANDARD, agency("03-09", owner=owner)) == []


def test_a_reviewers_clock_goes_by_the_rules_for_agencies() -> None:
    assert reminding.stages(STANDARD, agency("03-09", owner="reviewer"))[0].kind == "lapsed"


def test_what_ended_before_a_stage_has_no_such_stage() -> None:
    clock = ours("03-09", opens="02-01", ended_on=day("03-04"))
    assert told(reminding.stages(STANDARD, clock)) == ["opened 0 02-01", "closing 14 02-23", "closing 7 03-02"]


# What no policy takes away --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [AGENCY],
        [Rule("ours", (-7,), channels=("inbox",))],
        [Rule("ours", (0,), channels=("inbox",))],
        [Rule("ours", (), on_opening=True, channels=("webhook",), recipients=("viewers",))],
    ],
)
def test_the_last_day_of_our_own_window_is_mailed_whatever_a_policy_says(rules: list[Rule]) -> None:
    last = reminding.stages(rules, ours("03-09", opens="02-01"))[-1]
    assert (last.kind, last.number, last.on, last.channel) == ("closing", 0, day("03-09"), "email")
    assert last.is_last_day


CREW = {
    1: Member(1, "owner", None),
    2: Member(2, "editor", None),
    3: Member(3, "editor", None),
    4: Member(4, "viewer", None),
}


@pytest.mark.parametrize(
    ("wanted", "assignee", "backup", "expected"),
    [
        (("assignee", "backup"), 2, 3, {2, 3}),
        (("assignee",), 2, 3, {2}),
        # Who left is not told, and who stands in is.
        (("assignee",), 9, 3, {3}),
        (("assignee",), None, 3, {3}),
        (("backup",), 2, None, {2}),
        (("backup",), 2, 9, {2}),
        # Nobody is named, or nobody of those is here any more: every editor and owner.
        (("assignee", "backup"), None, None, {1, 2, 3}),
        (("assignee",), 9, 8, {1, 2, 3}),
        (("owners",), 2, 3, {1}),
        (("editors",), None, None, {2, 3}),
        (("viewers", "owners"), 2, 3, {1, 4}),
        ((), None, None, {1, 2, 3}),
    ],
)
def test_somebody_is_always_told(
    wanted: tuple[str, ...], assignee: int | None, backup: int | None, expected: set[int]
) -> None:
    assert reminding.people(wanted, CREW, assignee=assignee, backup=backup) == expected


def test_where_the_named_role_has_nobody_the_assignee_is_told() -> None:
    crew = {number: who for number, who in CREW.items() if who.role != "viewer"}
    assert reminding.people(("viewers",), crew, assignee=2, backup=None) == {2}
    assert reminding.people(("viewers",), crew, assignee=None, backup=None) == {1, 2, 3}


# Two rules, one day ---------------------------------------------------------------------------------------------------


def test_two_rules_that_meet_on_a_day_make_one_reminder_for_all_of_them() -> None:
    rules = [
        Rule("ours", (-7, 0), recipients=("assignee",), channels=("email",)),
        Rule("ours", (-7,), recipients=("owners",), channels=("inbox", "webhook")),
    ]
    seven, _ = reminding.stages(rules, ours("03-09"))
    assert seven.recipients == {"assignee", "owners"}
    assert seven.channels == ("email", "inbox", "webhook")


def test_one_number_in_two_units_keeps_the_earlier_day() -> None:
    rules = [Rule("ours", (-5, 0)), Rule("ours", (-5,), unit="business")]
    assert told(reminding.stages(rules, ours("03-09"))) == ["closing 5 03-02", "closing 0 03-09"]


# What stands as rows on a day -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("02-20", ["opened 0", "closing 14", "closing 7", "closing 3", "closing 1", "closing 0"]),
        ("03-01", ["opened 0", "closing 14", "closing 7", "closing 3", "closing 1", "closing 0"]),
        ("03-08", ["opened 0", "closing 14", "closing 7", "closing 3", "closing 1", "closing 0"]),
        # An opening that is found after more than a week is no news; the days that follow tell of the window.
        ("03-09", ["closing 14", "closing 7", "closing 3", "closing 1", "closing 0"]),
        ("04-25", ["closing 7", "closing 3", "closing 1", "closing 0"]),
        ("04-30", ["closing 0"]),
        ("05-01", []),
    ],
)
def test_of_what_has_come_only_the_latest_stands(today: str, expected: list[str]) -> None:
    clock = ours("04-30", opens="03-01")
    kept = reminding.to_plan(reminding.stages(STANDARD, clock), clock, day(today))
    assert [f"{stage.kind} {stage.number}" for stage in kept] == expected


def test_a_window_is_told_of_as_long_as_it_is_open_by_the_latest_reading() -> None:
    clock = ours("04-30", opens="03-01", last="05-04")
    found = reminding.stages(STANDARD, clock)
    assert [s.number for s in reminding.to_plan(found, clock, day("05-04"))] == [0]
    assert reminding.to_plan(found, clock, day("05-05")) == []


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("03-01", [-1]),
        ("03-10", [-1, -11]),
        ("03-23", [-1, -11]),
        ("03-24", [-11, -21]),
        ("06-05", [-61]),
        ("12-31", []),
    ],
)
def test_a_repeat_is_written_down_when_the_one_before_it_has_come(today: str, expected: list[int]) -> None:
    clock = agency("03-09")
    kept = reminding.to_plan(reminding.stages(STANDARD, clock), clock, day(today))
    assert [stage.number for stage in kept] == expected


def test_a_clock_that_has_ended_plans_nothing_more() -> None:
    clock = agency("03-09", ended_on=day("03-20"))
    found = reminding.stages(STANDARD, clock)
    assert [s.number for s in reminding.to_plan(found, clock, day("03-19"))] == [-1]
    assert reminding.to_plan(found, clock, day("03-20")) == []


# When ---------------------------------------------------------------------------------------------------------------


def at(stage: Stage, clock: ClockDates, reader: str = "America/New_York", zone: str = "America/Chicago",
       quiet: Quiet = reminding.NEVER_QUIET) -> str:  # fmt: skip
    """In the reader's own time."""
    sent = reminding.send_at(stage, clock, zone=zone, reader=reader, quiet=quiet)
    return f"{sent.astimezone(ZoneInfo(reader)):%a %m-%d %H:%M}"


EVENINGS = Quiet(dt.time(18), dt.time(9, 30))
WEEKENDS = Quiet(weekdays=frozenset({5, 6}))


@pytest.mark.parametrize(
    ("clock", "number", "quiet", "expected"),
    [
        (agency("03-06"), -1, reminding.NEVER_QUIET, "Sat 03-07 08:00"),
        (agency("03-06"), -1, WEEKENDS, "Mon 03-09 08:00"),
        (agency("03-06"), -1, EVENINGS, "Sat 03-07 09:30"),
        (agency("03-06"), -1, replace(EVENINGS, weekdays=WEEKENDS.weekdays), "Mon 03-09 09:30"),
        (ours("03-10"), 3, WEEKENDS, "Mon 03-09 08:00"),
        # Monday morning would come too late for a window that ends on Sunday.
        (ours("03-08"), 1, WEEKENDS, "Sat 03-07 08:00"),
        # And the last day waits for nobody's morning.
        (ours("03-08"), 0, WEEKENDS, "Sun 03-08 08:00"),
        (ours("03-09"), 0, EVENINGS, "Mon 03-09 08:00"),
        (ours("03-09"), 3, Quiet(dt.time(7), dt.time(6, 59)), "Sat 03-07 06:59"),
    ],
)
def test_quiet_hours_hold_what_may_be_held(clock: ClockDates, number: int, quiet: Quiet, expected: str) -> None:
    stage = next(s for s in reminding.stages(STANDARD, clock) if s.number == number)
    assert at(stage, clock, quiet=quiet) == expected


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        ("America/Chicago", "Mon 03-09 08:00"),
        # Eight in Honolulu is one in the afternoon in Chicago in summer: noon there comes first.
        ("Pacific/Honolulu", "Mon 03-09 07:00"),
        ("Asia/Tokyo", "Mon 03-09 08:00"),
    ],
)
def test_the_last_day_is_told_before_noon_at_the_agency(reader: str, expected: str) -> None:
    clock = ours("03-09")
    last = reminding.stages(STANDARD, clock)[-1]
    assert at(last, clock, reader=reader) == expected


@pytest.mark.parametrize("week", range(53))
@pytest.mark.parametrize("reader", ["America/New_York", "Pacific/Auckland", "Pacific/Honolulu", "Asia/Kolkata"])
def test_no_quiet_moves_an_alarm_of_our_own_window_past_its_date(week: int, reader: str) -> None:
    due = dt.date(2026, 1, 1) + dt.timedelta(days=7 * week + week % 7)
    clock = ClockDates("requester", due, due, due - dt.timedelta(days=40))
    quiet = Quiet(dt.time(6), dt.time(5), frozenset({0, 2, 3, 4, 5, 6}))
    ends = dt.datetime.combine(due + dt.timedelta(days=1), dt.time(0), tzinfo=ZoneInfo("America/Denver"))
    for stage in reminding.stages(STANDARD, clock):
        held = reminding.send_at(stage, clock, zone="America/Denver", reader=reader, quiet=quiet)
        loud = reminding.send_at(stage, clock, zone="America/Denver", reader=reader, quiet=reminding.NEVER_QUIET)
        assert held < ends
        assert held >= loud
        if stage.is_last_day:
            assert held == loud


# Escalation -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "days"), [(14, 3), (7, 3), (3, 1), (1, 1), (0, 1)]
)  # fmt: skip
def test_in_the_last_three_days_of_a_window_one_day_without_an_answer_is_enough(number: int, days: int) -> None:
    clock = ours("04-30")
    stage = next(s for s in reminding.stages(STANDARD, clock) if s.number == number)
    assert stage.escalates(clock.due_on) == (days, frozenset({"owners"}))


def test_a_lapse_escalates_to_nobody_unless_a_rule_says_so() -> None:
    first = reminding.stages(STANDARD, agency("03-09"))[0]
    assert first.escalates(day("03-09")) is None
    asked = reminding.stages([replace(AGENCY, escalate_after=5, escalate_to="editors")], agency("03-09"))[0]
    assert asked.escalates(day("03-09")) == (5, frozenset({"editors"}))


def test_the_escalation_of_an_opening_is_no_other_stages() -> None:
    found = reminding.stages(STANDARD, ours("04-30", opens="03-01"))
    assert len({stage.escalation for stage in found}) == len(found)
