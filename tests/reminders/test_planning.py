"""Which reminders a clock earns, for whom and when."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from requests_app.actions import reminders
from requests_app.actions.reminder_policy import ANCIENT_DAYS, STANDARD, STANDARD_TIMING
from requests_app.models import Membership, Person, Reminder
from requests_app.models.visibility import SCHEDULE, organisation_viewer, viewing, viewing_as
from tests import builders

from .scene import as_house, assign, at, move, plan, request_with_clock, rows

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 3, 9)
EARLY = at("2026-03-02 15:00")


def told(kind: str) -> list[tuple[int, str, str]]:
    """(days before, recipient, instant) of each open row of a kind."""
    with viewing(SCHEDULE):
        found = Reminder.objects.filter(kind=kind, state="planned").order_by("next_at", "recipient__name")
        return [(r.offset_days, r.recipient.name, f"{r.next_at:%Y-%m-%d %H:%M}") for r in found]


def test_a_lapse_is_told_to_editors_and_owners_the_morning_after(cast: builders.Cast) -> None:
    request, _ = request_with_clock(cast, due_on=MONDAY)
    assert plan(cast, request, now=EARLY).added == 2
    # Eight in New York on the 10th is 12:00 UTC: summer time began on the 8th.
    assert told("lapsed") == [(-1, "Edgar", "2026-03-10 12:00"), (-1, "Olive", "2026-03-10 12:00")]


def test_the_assignee_alone_is_told_while_a_member(cast: builders.Cast) -> None:
    request, _ = request_with_clock(cast, due_on=MONDAY)
    assign(request, cast.vera)
    plan(cast, request, now=EARLY)
    assert [who for _, who, _ in told("lapsed")] == ["Vera"]
    with viewing_as(cast.olive):
        Membership.objects.filter(person=cast.vera).update(ended_at=EARLY)
    plan(cast, request, now=EARLY)
    assert [who for _, who, _ in told("lapsed")] == ["Edgar", "Olive"]
    assert [r.outcome for r in rows(state="cancelled")] == ["somebody else is told now"]


def test_a_stranger_assigned_by_mistake_is_never_told(cast: builders.Cast) -> None:
    request, _ = request_with_clock(cast, due_on=MONDAY)
    assign(request, cast.ravi)
    plan(cast, request, now=EARLY)
    assert [who for _, who, _ in told("lapsed")] == ["Edgar", "Olive"]


@pytest.mark.parametrize(
    ("reader", "agency", "expected"),
    [
        ("America/New_York", "America/Chicago", "2026-03-10 12:00"),
        ("America/Los_Angeles", "America/New_York", "2026-03-10 15:00"),
        # In Honolulu the 9th lasts until 10:00 UTC, two hours before eight in New York.
        ("America/New_York", "Pacific/Honolulu", "2026-03-10 12:00"),
        # Eight in Guam is 22:00 UTC on the 9th, when New York's day still runs: midnight there it is.
        ("Pacific/Guam", "America/New_York", "2026-03-10 04:00"),
        # A mistyped zone falls back to the agency's.
        ("Europe/Atlantis", "America/Chicago", "2026-03-10 13:00"),
    ],
)
def test_a_lapse_waits_for_the_readers_morning_and_the_agencys_midnight(
    cast: builders.Cast, reader: str, agency: str, expected: str
) -> None:
    request, _ = request_with_clock(cast, request_fields={"zone": agency}, due_on=MONDAY)
    Person.objects.filter(pk=cast.olive.pk).update(zone=reader)
    assign(request, cast.olive)
    plan(cast, request, now=EARLY)
    assert told("lapsed") == [(-1, "Olive", expected)]


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (dt.date(2026, 3, 7), "2026-03-08 12:00"),  # the night that loses an hour
        (dt.date(2026, 10, 31), "2026-11-01 13:00"),  # the night that has one twice
        (dt.date(2028, 2, 28), "2028-02-29 13:00"),
        (dt.date(2026, 12, 31), "2027-01-01 13:00"),
    ],
)
def test_eight_in_the_morning_is_eight_on_every_day_of_the_calendar(
    cast: builders.Cast, due: dt.date, expected: str
) -> None:
    request, _ = request_with_clock(cast, due_on=due)
    assign(request, cast.olive)
    plan(cast, request, now=at(f"{due - dt.timedelta(days=3)} 15:00"))
    assert told("lapsed") == [(-1, "Olive", expected)]


@pytest.mark.parametrize("hours", [-25, 0, 25])
def test_a_planner_whose_clock_is_wrong_by_a_day_plans_the_same_instants(
    cast: builders.Cast, hours: int
) -> None:
    window, _ = request_with_clock(
        cast, due_on=dt.date(2026, 4, 30), owner="requester", opens_on=dt.date(2026, 3, 1)
    )
    clock, _ = request_with_clock(cast, due_on=MONDAY)
    assign(window, cast.edgar)
    assign(clock, cast.edgar)
    plan(cast, window, clock, now=at("2026-03-09 15:00") + dt.timedelta(hours=hours))
    assert [before for before, _, _ in told("closing")] == [14, 7, 3, 1, 0]
    assert told("lapsed") == [(-1, "Edgar", "2026-03-10 12:00")]


def test_a_reader_who_moves_to_another_zone_takes_the_morning_along(cast: builders.Cast) -> None:
    request, _ = request_with_clock(cast, due_on=MONDAY)
    assign(request, cast.olive)
    plan(cast, request, now=EARLY)
    Person.objects.filter(pk=cast.olive.pk).update(zone="America/Los_Angeles")
    plan(cast, request, now=EARLY)
    assert told("lapsed") == [(-1, "Olive", "2026-03-10 15:00")]
    # Once it has been tried, its next time is the mail server's to say.
    with viewing(SCHEDULE):
        Reminder.objects.update(attempts=1)
    Person.objects.filter(pk=cast.olive.pk).update(zone="America/New_York")
    plan(cast, request, now=EARLY)
    assert told("lapsed") == [(-1, "Olive", "2026-03-10 15:00")]


def test_our_own_window_is_told_at_each_stage_and_on_the_last_day(cast: builders.Cast) -> None:
    request, _ = request_with_clock(
        cast, due_on=dt.date(2026, 4, 30), owner="requester", opens_on=dt.date(2026, 3, 1)
    )
    assign(request, cast.edgar)
    plan(cast, request, now=EARLY)
    assert told("closing") == [
        (14, "Edgar", "2026-04-16 12:00"),
        (7, "Edgar", "2026-04-23 12:00"),
        (3, "Edgar", "2026-04-27 12:00"),
        (1, "Edgar", "2026-04-29 12:00"),
        (0, "Edgar", "2026-04-30 12:00"),
    ]


def test_our_own_window_is_told_before_noon_at_an_agency_far_ahead(cast: builders.Cast) -> None:
    request, _ = request_with_clock(
        cast, request_fields={"zone": "Pacific/Guam"}, due_on=dt.date(2026, 4, 30), owner="requester"
    )
    assign(request, cast.edgar)
    plan(cast, request, now=at("2026-04-29 12:00"))
    assert (0, "Edgar", "2026-04-30 02:00") in told("closing")


def test_a_window_that_is_found_late_is_told_once_now_and_then_on_its_days(cast: builders.Cast) -> None:
    request, _ = request_with_clock(cast, due_on=MONDAY, owner="requester", opens_on=dt.date(2026, 2, 1))
    assign(request, cast.edgar)
    plan(cast, request, now=at("2026-03-04 15:00"))
    assert [before for before, _, _ in told("closing")] == [7, 3, 1, 0]


def test_a_short_window_has_no_stage_before_it_opened(cast: builders.Cast) -> None:
    request, _ = request_with_clock(cast, due_on=MONDAY, owner="requester", opens_on=dt.date(2026, 3, 5))
    assign(request, cast.edgar)
    plan(cast, request, now=at("2026-03-05 15:00"))
    assert [before for before, _, _ in told("closing")] == [3, 1, 0]


def test_a_window_counts_back_from_the_earliest_reading_while_the_latest_is_open(cast: builders.Cast) -> None:
    request, _ = request_with_clock(
        cast, due_on=MONDAY, owner="requester", earliest_on=MONDAY, latest_on=dt.date(2026, 3, 13)
    )
    assign(request, cast.edgar)
    plan(cast, request, now=at("2026-03-11 15:00"))
    assert told("closing") == [(0, "Edgar", "2026-03-09 12:00")]
    plan(cast, request, now=at("2026-03-15 15:00"))
    assert len(rows()) == 1


@pytest.mark.parametrize(
    ("owner", "fields"),
    [
        ("court", {}),
        ("third_party", {}),
        ("agency", {"met_on": dt.date(2026, 3, 4)}),
        ("agency", {"ended_on": dt.date(2026, 3, 4)}),
        ("agency", {"due_on": None, "earliest_on": None, "latest_on": None}),
        ("requester", {"met_on": dt.date(2026, 3, 4)}),
    ],
)
def test_a_clock_that_asks_nothing_earns_nothing(
    cast: builders.Cast, owner: str, fields: dict[str, Any]
) -> None:
    request, _ = request_with_clock(cast, **{"due_on": MONDAY, "owner": owner, **fields})
    assert plan(cast, request, now=EARLY) == reminders.Planned()


def test_ancient_lapses_and_imported_history_alarm_nobody(cast: builders.Cast) -> None:
    ancient = MONDAY - dt.timedelta(days=ANCIENT_DAYS)
    old, _ = request_with_clock(cast, due_on=ancient)
    edge, _ = request_with_clock(cast, due_on=ancient + dt.timedelta(days=1))
    imported, _ = request_with_clock(cast, request_fields={"alarms_from": MONDAY}, due_on=dt.date(2026, 3, 6))
    plan(cast, old, edge, imported, now=at("2026-03-10 15:00"))
    assert {row.request_id for row in rows()} == {edge.pk}


def test_planning_twice_changes_nothing(cast: builders.Cast) -> None:
    request, _ = request_with_clock(cast, due_on=MONDAY)
    window, _ = request_with_clock(cast, due_on=dt.date(2026, 4, 30), owner="requester")
    plan(cast, request, window, now=EARLY)
    before = [(r.pk, r.state, r.next_at) for r in rows()]
    assert plan(cast, request, window, now=EARLY) == reminders.Planned()
    assert [(r.pk, r.state, r.next_at) for r in rows()] == before


def test_a_moved_date_cancels_its_open_rows_and_earns_its_own(cast: builders.Cast) -> None:
    request, old = request_with_clock(cast, due_on=MONDAY)
    plan(cast, request, now=EARLY)
    move(old, dt.date(2026, 3, 23))
    assert plan(cast, request, now=EARLY) == reminders.Planned(added=2, moved=0, cancelled=2)
    assert {r.outcome for r in rows(state="cancelled")} == {"the date moved to 2026-03-23"}
    assert {r.due_on for r in rows(state="planned")} == {dt.date(2026, 3, 23)}


def test_a_date_that_moves_back_is_planned_again_in_the_same_row(cast: builders.Cast) -> None:
    request, old = request_with_clock(cast, due_on=MONDAY)
    plan(cast, request, now=EARLY)
    later = move(old, dt.date(2026, 3, 23))
    plan(cast, request, now=EARLY)
    assert later is not None
    move(later, MONDAY)
    plan(cast, request, now=EARLY)
    assert [(r.due_on, r.state) for r in rows(due_on=MONDAY)] == [(MONDAY, "planned")] * 2
    assert {r.state for r in rows(due_on=dt.date(2026, 3, 23))} == {"cancelled"}


def test_the_same_date_from_a_new_derivation_keeps_its_row(cast: builders.Cast) -> None:
    request, old = request_with_clock(cast, due_on=MONDAY)
    plan(cast, request, now=EARLY)
    new = move(old, MONDAY, law_ref="us-il@2010-01-01.r2")
    assert plan(cast, request, now=EARLY) == reminders.Planned()
    assert new is not None
    assert {r.deadline_id for r in rows()} == {new.pk}


def test_a_met_clock_cancels_its_open_rows(cast: builders.Cast) -> None:
    request, old = request_with_clock(cast, due_on=MONDAY)
    plan(cast, request, now=EARLY)
    move(old, MONDAY, met_on=dt.date(2026, 3, 5))
    assert plan(cast, request, now=EARLY).cancelled == 2
    assert {r.outcome for r in rows()} == {"met on 2026-03-05"}


def _was_told(row: Reminder) -> None:
    with viewing(SCHEDULE):
        Reminder.objects.filter(pk=row.pk).update(state="sent", handed_over_at=EARLY, sent_at=EARLY)


def test_who_was_told_gets_one_correction_when_the_date_moves(cast: builders.Cast) -> None:
    request, old = request_with_clock(cast, due_on=MONDAY)
    plan(cast, request, now=EARLY)
    _was_told(rows(recipient=cast.olive)[0])
    new = move(old, dt.date(2026, 3, 23))
    assert plan(cast, request, now=EARLY).moved == 1
    assert [(r.recipient_id, r.due_on) for r in rows(kind="moved")] == [(cast.olive.pk, dt.date(2026, 3, 23))]
    assert plan(cast, request, now=EARLY).moved == 0
    # Back again before the correction went out: nobody needs to hear of it.
    assert new is not None
    move(new, MONDAY)
    plan(cast, request, now=EARLY)
    assert [r.state for r in rows(kind="moved")] == ["cancelled"]


def test_a_date_that_moves_to_and_fro_is_corrected_each_time(cast: builders.Cast) -> None:
    request, deadline = request_with_clock(cast, due_on=MONDAY)
    assign(request, cast.olive)
    plan(cast, request, now=EARLY)
    _was_told(rows()[0])
    for n, to in enumerate((dt.date(2026, 3, 23), MONDAY, dt.date(2026, 3, 23))):
        moved = move(deadline, to)
        assert moved is not None
        deadline = moved
        plan(cast, request, now=EARLY)
        correction = rows(kind="moved", offset_days=n, due_on=to)
        assert len(correction) == 1
        with viewing(SCHEDULE):
            later = EARLY + dt.timedelta(minutes=n + 1)
            Reminder.objects.filter(pk=correction[0].pk).update(
                state="sent", handed_over_at=later, sent_at=later
            )


def test_who_was_told_of_a_clock_that_vanishes_hears_so_once(cast: builders.Cast) -> None:
    request, old = request_with_clock(cast, due_on=MONDAY)
    assign(request, cast.olive)
    plan(cast, request, now=EARLY)
    _was_told(rows()[0])
    move(old, None)
    assert plan(cast, request, now=EARLY).moved == 1
    gone = rows(kind="gone")
    assert [r.due_on for r in gone] == [MONDAY]
    with viewing(SCHEDULE):
        Reminder.objects.filter(pk=gone[0].pk).update(
            state="sent", handed_over_at=EARLY + dt.timedelta(minutes=1)
        )
    assert plan(cast, request, now=EARLY).moved == 0


def test_a_row_handed_to_the_mail_server_is_not_cancelled(cast: builders.Cast) -> None:
    request, old = request_with_clock(cast, due_on=MONDAY)
    plan(cast, request, now=EARLY)
    with viewing(SCHEDULE):
        Reminder.objects.filter(recipient=cast.olive).update(state="claimed", handed_over_at=EARLY)
    move(old, dt.date(2026, 3, 23))
    plan(cast, request, now=EARLY)
    assert [r.state for r in rows(recipient=cast.olive, kind="lapsed", due_on=MONDAY)] == ["claimed"]
    assert len(rows(kind="moved", recipient=cast.olive)) == 1


def test_a_late_comer_is_not_told_what_the_house_knows_already(cast: builders.Cast) -> None:
    request, _ = request_with_clock(cast, due_on=MONDAY)
    now = at("2026-03-11 15:00")
    plan(cast, request, now=now)
    for row in rows():
        _was_told(row)
    newcomer = builders.person("Nia")
    with viewing_as(cast.olive):
        Membership.objects.create(organisation=cast.harbor, person=newcomer, role="editor")
    plan(cast, request, now=now)
    theirs = rows(recipient=newcomer)
    assert [row.offset_days for row in theirs] == [-11], "what is to come is told to them as to everybody"


def test_everything_is_planned_for_every_organization_as_itself(cast: builders.Cast) -> None:
    request_with_clock(cast, due_on=MONDAY)
    theirs = builders.bare_request(cast.ravi, cast.prairie, cast.agency)
    with as_house(cast.prairie):
        builders.deadline(theirs, due_on=MONDAY)
    assert reminders.plan_everything(now=EARLY).added == 3
    assert reminders.plan_everything(now=EARLY) == reminders.Planned()
    with viewing(organisation_viewer(cast.prairie.pk)):
        assert {r.recipient_id for r in Reminder.objects.all()} == {cast.ravi.pk}


def test_each_row_has_a_message_id_of_its_own_that_tells_nothing(cast: builders.Cast) -> None:
    request, _ = request_with_clock(cast, due_on=MONDAY)
    plan(cast, request, now=EARLY)
    ids = {row.message_id for row in rows()}
    assert len(ids) == 2
    for one in ids:
        left, _, domain = one.partition("@")
        assert len(left) == 40
        assert domain == "localhost.localdomain"


def test_the_standard_policy_and_intervals_are_these() -> None:
    ours, agency = STANDARD
    assert (ours.clocks, ours.days, ours.unit, ours.on_opening) == ("ours", (-14, -7, -3, -1, 0), "calendar", True)
    assert (ours.recipients, ours.channels) == (("assignee", "backup"), ("email", "inbox"))
    assert (ours.escalate_after, ours.escalate_to, ours.repeat_every) == (3, "owners", None)
    assert (agency.clocks, agency.days, agency.recipients) == ("agency", (1,), ("assignee",))
    assert (agency.repeat_every, agency.repeat_unit, agency.repeat_until) == (10, "business", 6)
    assert agency.escalate_after is None
    assert ANCIENT_DAYS == 30
    timing = STANDARD_TIMING
    assert [step.total_seconds() / 60 for step in timing.back_off] == [1, 5, 15, 60]
    assert timing.send_again_after == dt.timedelta(minutes=10)
    assert timing.oracle_patience == dt.timedelta(seconds=10)
    assert (timing.batch, timing.refusals, timing.deaths, timing.most_tries, timing.lost_in_a_row) == (
        10,
        5,
        3,
        125,
        3,
    )
    assert timing.sweep_seconds == 60
