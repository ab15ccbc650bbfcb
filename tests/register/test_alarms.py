"""Records that would be destroyed: an alarm of ours stands before the day, and nobody else learns of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from requests_app.actions import correspondence, reminders
from requests_app.actions.preservation import demand_preservation, schedule_destruction
from requests_app.actions.refusals import Refused
from requests_app.models import Deadline, Event, RecordsRequest, Reminder, Retention, StandingSpan
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from tests import builders

from .conftest import TODAY, filed, happened, signed_in

GOES_ON = dt.date(2026, 4, 30)


def note(cast: builders.Cast, of: RecordsRequest, once: str = "note", **more: Any) -> Retention:
    words: dict[str, Any] = {
        "source": "canary-source", "citation": "canary-schedule", "destroys_on": GOES_ON, "today": TODAY,
    }  # fmt: skip
    with viewing_as(cast.edgar) as viewer:
        return schedule_destruction(
            viewer=viewer, records_request=of, actor=cast.edgar, once=once, **{**words, **more}
        )


def demand(cast: builders.Cast, of: RecordsRequest, day: dt.date = TODAY, **more: Any) -> Event:
    with viewing_as(cast.edgar) as viewer:
        return demand_preservation(
            viewer=viewer, records_request=of, sent_on=day, actor=cast.edgar, once=f"demand {day} {more.get('parts')}",
            today=TODAY, **more,
        )  # fmt: skip


def alarm(cast: builders.Cast, of: RecordsRequest) -> Deadline:
    with viewing_as(cast.olive):
        return Deadline.objects.standing().get(request=of, rule_id="destroys-on")


def test_the_alarm_stands_on_the_day_before_and_is_reminded_of(cast: builders.Cast, ours: RecordsRequest) -> None:
    note(cast, ours)
    row = alarm(cast, ours)
    assert (row.owner, row.due_on, row.name) == (
        "requester", dt.date(2026, 4, 29), "Ask again before the records are destroyed",
    )  # fmt: skip
    with viewing_as(cast.olive):
        reminders.plan_for_requests([ours.pk], now=dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC))
        told = Reminder.objects.filter(request=ours, clock_key=row.clock_key)
        assert told.exists()
        assert set(told.values_list("due_on", flat=True)) == {row.due_on}


@pytest.mark.parametrize(
    ("begins", "period", "unit", "goes"),
    [
        (dt.date(2026, 3, 1), 30, "days", dt.date(2026, 3, 31)),
        (dt.date(2026, 1, 31), 3, "months", dt.date(2026, 4, 30)),
        (dt.date(2024, 2, 29), 3, "years", dt.date(2027, 2, 28)),
    ],
)
def test_a_period_is_counted_by_the_calendar(
    cast: builders.Cast, ours: RecordsRequest, begins: dt.date, period: int, unit: str, goes: dt.date
) -> None:
    made = note(cast, ours, destroys_on=None, begins_on=begins, period=period, unit=unit)
    assert made.destroys_on == goes
    assert alarm(cast, ours).due_on == goes - dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"destroys_on": None}, "day_missing"),
        ({"destroys_on": None, "begins_on": TODAY, "period": 0, "unit": "days"}, "period_impossible"),
        ({"destroys_on": None, "begins_on": TODAY, "period": 5, "unit": "moons"}, "unit_unknown"),
        ({"destroys_on": None, "begins_on": dt.date(9999, 1, 1), "period": 9, "unit": "years"}, "period_impossible"),
        ({"destroys_on": TODAY}, "destroyed_by_now"),
        ({"source": " "}, "source_missing"),
        ({"source": "x" * 501}, "too_long"),
        ({"parts": ("A9",)}, "part_unknown"),
    ],
)
def test_an_impossible_day_is_refused_and_writes_nothing(
    cast: builders.Cast, ours: RecordsRequest, words: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        note(cast, ours, **words)
    assert refused.value.code == code
    with viewing_as(cast.olive):
        assert not Event.objects.filter(kind="destruction_scheduled").exists()


def test_the_same_form_sent_twice_notes_one_day(cast: builders.Cast, ours: RecordsRequest) -> None:
    assert note(cast, ours).pk == note(cast, ours).pk


def test_a_demand_for_all_its_parts_answers_the_alarm_and_one_for_some_does_not(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    note(cast, ours, parts=("A1", "A2"))
    demand(cast, ours, parts=("A1",), citation="Schedule 14-052")
    assert alarm(cast, ours).met_on is None
    demand(cast, ours, parts=("A2",))
    assert alarm(cast, ours).met_on == TODAY


def test_a_demand_of_the_day_before_the_note_does_not_answer_it(cast: builders.Cast, ours: RecordsRequest) -> None:
    demand(cast, ours, dt.date(2026, 3, 19))
    note(cast, ours)
    assert alarm(cast, ours).met_on is None


def test_a_later_day_takes_the_place_of_an_earlier_one(cast: builders.Cast, ours: RecordsRequest) -> None:
    note(cast, ours)
    note(cast, ours, once="another", destroys_on=dt.date(2026, 6, 1), today=dt.date(2026, 3, 23))
    with viewing_as(cast.olive):
        live = Deadline.objects.standing().filter(request=ours, rule_id="destroys-on", ended_on=None)
        assert [row.due_on for row in live] == [dt.date(2026, 5, 31)]


def test_of_two_days_noted_on_one_day_the_sooner_still_warns(cast: builders.Cast, ours: RecordsRequest) -> None:
    note(cast, ours)
    note(cast, ours, once="another", destroys_on=dt.date(2026, 6, 1))
    with viewing_as(cast.olive):
        live = Deadline.objects.standing().filter(request=ours, rule_id="destroys-on", ended_on=None)
        assert min(row.due_on for row in live if row.due_on) == dt.date(2026, 4, 29)


def test_records_that_came_need_no_alarm(cast: builders.Cast, ours: RecordsRequest) -> None:
    note(cast, ours, parts=("A1",))
    happened(cast, ours, "produced", day=20, outcome="produced", parts=("A1",))
    assert alarm(cast, ours).ended_on == TODAY


def test_an_alarm_may_be_let_go_set_by_hand_and_taken_back(cast: builders.Cast, ours: RecordsRequest) -> None:
    made = note(cast, ours)
    key = alarm(cast, ours).clock_key
    with viewing_as(cast.edgar) as viewer:
        said = {"viewer": viewer, "records_request": ours, "actor": cast.edgar, "today": TODAY, "dated_on": TODAY}
        correspondence.record_event(
            **said, kind="override", once="o", note="sooner", facts={"clock": key, "due_on": "2026-04-01"}
        )
    assert alarm(cast, ours).due_on == dt.date(2026, 4, 1)
    with viewing_as(cast.edgar) as viewer:
        correspondence.record_event(
            viewer=viewer, records_request=ours, actor=cast.edgar, today=TODAY, dated_on=TODAY, kind="waived",
            once="w", note="enough", facts={"clock": key},
        )  # fmt: skip
    assert alarm(cast, ours).ended_on == TODAY
    with viewing_as(cast.edgar) as viewer:
        correspondence.retract_event(
            viewer=viewer, records_request=ours, event=made.event, reason="misread", actor=cast.edgar, once="r",
            today=TODAY,
        )  # fmt: skip
        assert not Deadline.objects.standing().filter(rule_id="destroys-on").exists()
        assert not Retention.objects.standing().exists()


def test_the_alarm_moves_no_word_of_the_standing(cast: builders.Cast, ours: RecordsRequest) -> None:
    def words(day: dt.date) -> Any:
        with viewing_as(cast.olive):
            rows = StandingSpan.objects.filter(Q(until_on=None) | Q(until_on__gt=day), request=ours, from_on__lte=day)
            return rows.values_list("stage", "whose_move", "late", "next_on", "next_name", "next_clock_key").get()

    days = [TODAY, dt.date(2026, 4, 29), dt.date(2026, 4, 30), dt.date(2026, 5, 9)]
    before = [words(day) for day in days]
    note(cast, ours)
    assert [words(day) for day in days] == before


def test_neither_partner_nor_public_meets_the_alarm(cast: builders.Cast, ours: RecordsRequest) -> None:
    note(cast, ours, note="canary-note")
    builders.publish(cast.olive, ours, correspondence=True)
    builders.share_with(cast.olive, ours, cast.prairie, everything=True)
    for who in (cast.ravi, cast.noor, None):
        with viewing_as(who) if who else viewing(PUBLIC):
            assert not Event.objects.filter(kind="destruction_scheduled").exists()
            assert not Deadline.objects.filter(rule_id="destroys-on").exists()
            assert not Retention.objects.exists()
        client = signed_in(who) if who else Client()
        for address in (
            reverse("request", args=[ours.public_id]),
            f"/api/v1/requests/{ours.public_id}/",
            f"/api/v1/requests/{ours.public_id}/events/",
        ):
            body = client.get(address).content.decode()
            assert not [w for w in ("destroyed", "canary", "April 29", "2026-04-29", "2026-04-30") if w in body]


def test_a_request_is_not_closed_over_an_alarm_that_still_stands(cast: builders.Cast) -> None:
    made = filed(cast, name="Closing Bend", parts=(("A1", "Logs"),))
    happened(cast, made, "determined", day=9, outcome="no_records")
    note(cast, made)
    with viewing_as(cast.edgar) as viewer:
        close = {
            "viewer": viewer, "records_request": made, "actor": cast.edgar, "today": TODAY, "dated_on": TODAY,
        }  # fmt: skip
        for row in Deadline.objects.standing().filter(request=made, owner="requester", met_on=None, ended_on=None):
            if row.rule_id != "destroys-on":
                correspondence.record_event(
                    **close, kind="waived", once=row.clock_key[:60], note="let go", facts={"clock": row.clock_key}
                )
        with pytest.raises(Refused, match="Ask again before the records are destroyed"):
            correspondence.record_event(**close, kind="closed", once="close")
