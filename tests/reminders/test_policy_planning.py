"""What people have set decides which rows are planned, for whom and when; nothing of it holds the last day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from requests_app.actions import reminders, sending
from requests_app.actions import reminding as acts
from requests_app.actions.reminding import Subject
from requests_app.models import (
    Deadline,
    Membership,
    Person,
    PersonalReminding,
    RecordsRequest,
    Reminder,
    ReminderAnswer,
)
from requests_app.models.visibility import SCHEDULE, viewing, viewing_as
from requests_app.notices.reminding import STANDARD, Rule
from tests import builders

from .scene import Sink, as_house, assign, at, move, plan, request_with_clock, rows, serving, today

pytestmark = pytest.mark.django_db(databases=["default", "direct"])

NOW = at("2026-03-02 15:00")
DUE = dt.date(2026, 4, 30)
OURS, AGENCY = STANDARD


@pytest.fixture
def window(cast: builders.Cast) -> tuple[RecordsRequest, Deadline]:
    made = request_with_clock(cast, due_on=DUE, owner="requester", opens_on=dt.date(2026, 3, 1))
    assign(made[0], cast.edgar)
    return made


def backup(request: RecordsRequest, person: Person | None) -> None:
    with as_house(request.organisation):
        type(request.private).objects.filter(pk=request.pk).update(backup=person)


def save(cast: builders.Cast, rules: list[Rule], who: Person | None = None, version: int = 0, **of: Any) -> acts.Saved:
    who = who or cast.olive
    with viewing_as(who) as viewer:
        return acts.save(
            viewer=viewer, subject=Subject(cast.harbor, **of), rules=rules, actor=who, seen_version=version, now=NOW
        )


def open_rows(**filters: Any) -> list[tuple[str, int, str]]:
    with viewing(SCHEDULE):
        found = Reminder.objects.filter(state="planned", **filters).order_by("next_at", "recipient__name")
        return [(row.kind, row.offset_days, row.recipient.name) for row in found]


def sent(row: Reminder, when: dt.datetime) -> None:
    with viewing(SCHEDULE):
        Reminder.objects.filter(pk=row.pk).update(state="sent", handed_over_at=when, sent_at=when)


# Who holds ----------------------------------------------------------------------------------------------------------


def test_the_standard_tells_assignee_and_backup_from_the_opening_on(
    cast: builders.Cast, window: tuple[RecordsRequest, Deadline]
) -> None:
    request, _ = window
    backup(request, cast.vera)
    plan(cast, request, now=NOW)
    assert open_rows(kind="opened") == [("opened", 0, "Edgar"), ("opened", 0, "Vera")]
    assert len(open_rows(kind="closing")) == 10
    assert {tuple(row.channels) for row in rows()} == {("email", "inbox")}
    assert rows(offset_days=14)[0].stage_on == dt.date(2026, 4, 16)


def test_the_narrowest_policy_holds_and_the_next_wider_one_when_it_is_taken_away(
    cast: builders.Cast, window: tuple[RecordsRequest, Deadline]
) -> None:
    request, _ = window
    campaign = builders.campaign(cast.olive, cast.harbor)
    with as_house(cast.harbor):
        RecordsRequest.objects.filter(pk=request.pk).update(campaign=campaign)
    plan(cast, request, now=NOW)

    def numbers() -> list[int]:
        return [number for _, number, _ in open_rows(kind="closing")]

    save(cast, [Rule("ours", (-20, 0))])
    assert numbers() == [20, 0]
    save(cast, [Rule("ours", (-10, 0))], campaign=campaign)
    assert numbers() == [10, 0]
    save(cast, [Rule("ours", (-5, 0))], cast.edgar, request=request)
    assert numbers() == [5, 0]
    with viewing_as(cast.edgar) as viewer:
        acts.forget(
            viewer=viewer, subject=Subject(cast.harbor, request=request), actor=cast.edgar, seen_version=1, now=NOW
        )
    assert numbers() == [10, 0]
    assert {row.outcome for row in rows(state="cancelled")} == {"no rule asks for it now"}


def test_a_person_is_told_on_the_days_they_chose_and_others_on_theirs(
    cast: builders.Cast, window: tuple[RecordsRequest, Deadline]
) -> None:
    request, _ = window
    backup(request, cast.vera)
    save(cast, [Rule("ours", (-2,), channels=("inbox",))], cast.vera, person=cast.vera)
    plan(cast, request, now=NOW)
    assert open_rows(recipient=cast.vera) == [("closing", 2, "Vera"), ("closing", 0, "Vera")]
    assert [row.channel for row in rows(recipient=cast.vera)] == ["inbox", "email"]
    assert len(open_rows(recipient=cast.edgar)) == 6


def test_rules_name_roles(cast: builders.Cast, window: tuple[RecordsRequest, Deadline]) -> None:
    save(cast, [Rule("ours", (-3, 0), recipients=("viewers", "owners"))])
    assert open_rows(kind="closing", offset_days=3) == [("closing", 3, "Olive"), ("closing", 3, "Vera")]
    assert open_rows(recipient=cast.edgar) == []


def test_without_a_rule_for_our_windows_the_last_day_is_told(
    cast: builders.Cast, window: tuple[RecordsRequest, Deadline]
) -> None:
    save(cast, [AGENCY])
    assert open_rows() == [("closing", 0, "Edgar")]


def test_a_changed_day_keeps_what_was_sent_and_tells_nothing_twice(
    cast: builders.Cast, window: tuple[RecordsRequest, Deadline]
) -> None:
    request, _ = window
    plan(cast, request, now=NOW)
    now = at("2026-04-24 15:00")
    sent(rows(offset_days=7)[0], at("2026-04-23 12:00"))
    with viewing_as(cast.olive) as viewer:
        # Eight days before has passed, and a later stage was told: it is not caught up with.
        acts.save(
            viewer=viewer, subject=Subject(cast.harbor), rules=[Rule("ours", (-8, -2, 0))], actor=cast.olive,
            seen_version=0, now=now,
        )  # fmt: skip
    assert open_rows() == [("closing", 2, "Edgar"), ("closing", 0, "Edgar")]


# Repeats ------------------------------------------------------------------------------------------------------------


def test_a_lapse_is_told_again_every_ten_business_days_until_something_meets_it(cast: builders.Cast) -> None:
    due = dt.date(2026, 3, 9)
    request, deadline = request_with_clock(cast, due_on=due)
    assign(request, cast.olive)
    plan(cast, request, now=NOW)
    assert open_rows() == [("lapsed", -1, "Olive")]
    told, days = [], ["2026-03-10", "2026-03-24", "2026-04-07", "2026-04-21", "2026-05-05", "2026-05-19", "2026-06-03"]
    for _ in days:
        (row,) = rows(state="planned")
        told.append(f"{row.next_at:%Y-%m-%d}")
        sent(row, row.next_at)
        plan(cast, request, now=row.next_at + dt.timedelta(minutes=5))
    assert told == days, "Memorial Day counts as no business day"
    assert open_rows() == [], "six repeats, and no more"
    move(deadline, due, met_on=dt.date(2026, 6, 4))
    assert plan(cast, request, now=at("2026-06-05 15:00")) == reminders.Planned()


def test_everything_finds_the_next_repeat_of_an_old_lapse(cast: builders.Cast) -> None:
    request, _ = request_with_clock(cast, due_on=dt.date(2026, 3, 9))
    assign(request, cast.olive)
    plan(cast, request, now=NOW)
    for _ in range(3):
        (row,) = rows(state="planned")
        sent(row, row.next_at)
        reminders.plan_everything(now=row.next_at + dt.timedelta(minutes=5))
    assert open_rows() == [("lapsed", -31, "Olive")]


# Quiet ----------------------------------------------------------------------------------------------------------------


def quiet(cast: builders.Cast, person: Person, **fields: Any) -> None:
    with viewing_as(person):
        PersonalReminding.objects.create(organisation=cast.harbor, person=person, **fields)


def test_quiet_days_move_a_mail_within_the_window_and_never_the_last_day(cast: builders.Cast) -> None:
    sunday = dt.date(2026, 4, 26)
    request, _ = request_with_clock(cast, due_on=sunday, owner="requester", opens_on=dt.date(2026, 3, 1))
    assign(request, cast.edgar)
    quiet(cast, cast.edgar, quiet_weekdays=[5, 6])
    plan(cast, request, now=NOW)
    assert {row.offset_days: f"{row.next_at:%a %m-%d %H:%M}" for row in rows(kind="closing")} == {
        14: "Mon 04-13 12:00", 7: "Mon 04-20 12:00", 3: "Thu 04-23 12:00",
        # Monday would be too late.
        1: "Sat 04-25 12:00", 0: "Sun 04-26 12:00",
    }  # fmt: skip


def test_what_comes_by_night_waits_for_the_morning_and_the_last_day_does_not(
    cast: builders.Cast, mail_server: Any
) -> None:
    now = dt.datetime.now(dt.UTC)
    hour = now.hour
    lapsed, _ = request_with_clock(cast, due_on=today() - dt.timedelta(days=2))
    last, _ = request_with_clock(cast, due_on=today(), owner="requester", name="Appeal")
    Person.objects.filter(pk=cast.olive.pk).update(zone="UTC")
    for request in (lapsed, last):
        assign(request, cast.olive)
    plan(cast, lapsed, last)
    with viewing(SCHEDULE):
        Reminder.objects.update(next_at=now - dt.timedelta(minutes=1))
    # All of the day but two hours that are not now.
    quiet(cast, cast.olive, quiet_from=dt.time((hour - 6) % 24), quiet_until=dt.time((hour + 6) % 24))
    with serving(Sink()) as sink:
        mail_server(sink.port)
        sending.sweep(oracle=None)
    assert [mail["Subject"] for mail in sink.taken if "Last day today" in mail["Subject"]]
    assert len(sink.taken) == 1
    waits = rows(request=lapsed)[0]
    assert (waits.state, waits.outcome) == ("planned", "their quiet hours")
    assert waits.next_at > now + dt.timedelta(hours=4)
    plan(cast, lapsed)
    assert rows(request=lapsed)[0].next_at == waits.next_at, "the planner does not wake it"


# Answers --------------------------------------------------------------------------------------------------------------


def test_nobody_answers_and_the_owners_are_told_once(
    cast: builders.Cast, window: tuple[RecordsRequest, Deadline]
) -> None:
    request, _ = window
    plan(cast, request, now=NOW)
    seven = rows(offset_days=7)[0]
    sent(seven, at("2026-04-23 12:00"))
    plan(cast, request, now=at("2026-04-26 11:59"))
    assert rows(kind="escalated") == []
    plan(cast, request, now=at("2026-04-26 12:01"))
    plan(cast, request, now=at("2026-04-26 18:00"))
    (told,) = rows(kind="escalated")
    assert (told.recipient_id, told.offset_days, told.escalates_id) == (cast.olive.pk, 7, seven.pk)
    assert told.next_at == at("2026-04-26 12:01")


@pytest.mark.parametrize("what", ["acknowledge", "snooze"])
def test_an_answer_keeps_it_from_the_owners(
    cast: builders.Cast, window: tuple[RecordsRequest, Deadline], what: str
) -> None:
    request, _ = window
    plan(cast, request, now=NOW)
    three = rows(offset_days=3)[0]
    sent(three, at("2026-04-27 12:00"))
    with viewing_as(cast.edgar):
        ReminderAnswer.objects.create(
            organisation=cast.harbor, request=request, clock_key=three.clock_key, due_on=DUE, person=cast.edgar,
            what="acknowledged" if what == "acknowledge" else "snoozed", via="app",
            until_on=None if what == "acknowledge" else dt.date(2026, 4, 29),
        )  # fmt: skip
    plan(cast, request, now=at("2026-04-28 12:01"))
    assert rows(kind="escalated") == []


def test_whoever_snoozed_is_told_again_on_that_day_and_on_the_last(
    cast: builders.Cast, window: tuple[RecordsRequest, Deadline]
) -> None:
    request, _ = window
    plan(cast, request, now=NOW)
    with viewing_as(cast.edgar):
        ReminderAnswer.objects.create(
            organisation=cast.harbor, request=request, clock_key=rows()[0].clock_key, due_on=DUE, person=cast.edgar,
            what="snoozed", via="app", until_on=dt.date(2026, 4, 25),
        )  # fmt: skip
    plan(cast, request, now=NOW)
    assert [(kind, number) for kind, number, _ in open_rows()] == [
        ("closing", 5), ("closing", 3), ("closing", 1), ("closing", 0),
    ]  # fmt: skip
    assert {row.outcome for row in rows(state="cancelled")} == {"snoozed until 2026-04-25"}


def test_who_left_is_told_nothing_and_who_stands_in_is(
    cast: builders.Cast, window: tuple[RecordsRequest, Deadline]
) -> None:
    request, _ = window
    backup(request, cast.vera)
    plan(cast, request, now=NOW)
    with viewing_as(cast.olive):
        Membership.objects.filter(person=cast.edgar).update(ended_at=NOW)
    plan(cast, request, now=NOW)
    assert {who for _, _, who in open_rows()} == {"Vera"}
