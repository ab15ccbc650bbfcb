"""/healthz says whether work is done. Machines read it without a sign-in, so it names nobody and counts nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from requests_app.actions import jobs
from requests_app.models import Deadline, JobRun, Reminder, SendingHold
from requests_app.models.visibility import SCHEDULE, organisation_viewer, viewing
from tests import builders

from .scene import assign, plan, request_with_clock, rows, today

pytestmark = pytest.mark.django_db

LONG_AGO = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)


def ask(path: str = "/healthz/reminders") -> tuple[int, dict[str, Any]]:
    response = Client().get(path)
    return response.status_code, response.json()


def wait(minutes: int, **changes: Any) -> None:
    before = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)
    with viewing(SCHEDULE):
        Reminder.objects.update(next_at=before, created_at=before, **changes)


@pytest.fixture
def lapsed(cast: builders.Cast) -> Deadline:
    request, deadline = request_with_clock(cast, due_on=today() - dt.timedelta(days=5))
    assign(request, cast.olive)
    return deadline


def test_nothing_to_do_is_well(cast: builders.Cast) -> None:
    code, body = ask("/healthz")
    assert (code, body["status"]) == (200, "green")
    assert body["reminders"]["jobs"]["reminders.sweep"] == {"last_success": None}


@pytest.mark.parametrize("state", ["planned", "claimed"])
def test_a_row_that_waits_over_ten_minutes_is_red(cast: builders.Cast, lapsed: Deadline, state: str) -> None:
    plan(cast, lapsed.request)
    assert ask()[0] == 200, "a row planned a moment ago for a time long past is not late yet"
    wait(9, state=state)
    assert ask()[0] == 200
    wait(11, state=state)
    code, body = ask()
    assert (code, body["status"]) == (503, "red")
    assert body["late_since"] is not None
    wait(11, state="sent")
    assert ask()[0] == 200


def test_an_unknown_row_has_its_time_to_be_settled(cast: builders.Cast, lapsed: Deadline) -> None:
    plan(cast, lapsed.request)
    wait(30, state="unknown", handed_over_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=12))
    assert ask()[0] == 200
    wait(30, handed_over_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=21))
    assert ask()[0] == 503


def test_a_due_deadline_without_a_row_is_red_until_it_is_planned(cast: builders.Cast) -> None:
    request, _ = request_with_clock(cast, due_on=today() - dt.timedelta(days=5), derived_at=LONG_AGO)
    code, body = ask()
    assert (code, body["due_without_row"]) == (503, True)
    plan(cast, request)
    assert ask()[1]["due_without_row"] is False


def test_a_window_of_ours_on_its_last_days_without_a_row_is_red(cast: builders.Cast) -> None:
    request_with_clock(cast, due_on=dt.datetime.now(dt.UTC).date(), owner="requester", derived_at=LONG_AGO)
    assert ask()[1]["due_without_row"] is True


@pytest.mark.parametrize(
    "fields",
    [
        {"met_on": dt.date(2026, 1, 5)},
        {"superseded_at": LONG_AGO},
        {"owner": "court"},
        {"derived_at": dt.datetime.now(dt.UTC)},
        {"due_on": today() - dt.timedelta(days=60)},
    ],
)
def test_what_earns_no_reminder_is_not_missed(cast: builders.Cast, fields: dict[str, Any]) -> None:
    request_with_clock(cast, **{"due_on": today() - dt.timedelta(days=5), "derived_at": LONG_AGO, **fields})
    assert ask()[0] == 200


def test_a_job_that_stopped_is_red_and_its_last_success_is_told(cast: builders.Cast) -> None:
    jobs.finished("reminders.sweep", {"sent": 3})
    code, body = ask()
    assert code == 200
    assert set(body["jobs"]["reminders.sweep"]) == {"last_success"}, (
        "how many went out is nobody's business here"
    )
    JobRun.objects.update(finished_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=11))
    code, body = ask()
    assert (code, body["stopped"]) == (503, ["reminders.sweep"])


def test_a_hold_and_an_open_mail_circuit_are_shown(cast: builders.Cast) -> None:
    SendingHold.objects.create(reason="restored: secret words")
    jobs.note_mail("down: 535 secret words", asked=True)
    body = ask()[1]
    assert body["sending_hold"] is True
    assert body["jobs"]["mail.circuit"]["open"] is True
    assert "secret" not in str(body)


def test_without_a_database_it_is_alive_and_not_ready(monkeypatch: Any) -> None:
    def gone(*_: Any) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr("requests_app.queries.health.connection.cursor", gone)
    monkeypatch.setattr("requests_app.queries.health.viewing", gone)
    assert ask("/healthz/live") == (200, {"status": "green"})
    assert ask("/healthz/ready")[0] == 503
    assert ask("/healthz/reminders")[0] == 503
    code, body = ask("/healthz")
    assert (code, body["status"], body["ready"]["database"]) == (503, "red", False)


def test_only_the_schedule_may_ask_the_database_how_it_is(cast: builders.Cast) -> None:
    from django.db import ProgrammingError, connection

    with (
        pytest.raises(ProgrammingError, match="only the schedule"),
        viewing(organisation_viewer(cast.harbor.pk)),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT * FROM app_schedule_health()")
    assert rows() == []
