"""While a newer reading waits, our last day is the earlier one: told once, and corrected once when it is decided."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from requests_app.actions import sending
from requests_app.models import Deadline, RecordsRequest, Reminder
from requests_app.models.visibility import SCHEDULE, viewing
from tests import builders

from .scene import Sink, as_house, assign, move, plan, request_with_clock, serving, today

pytestmark = pytest.mark.django_db(databases=["default", "direct"])
LATER = dt.timedelta(days=20)


@pytest.fixture
def window(cast: builders.Cast) -> tuple[RecordsRequest, Deadline]:
    """It stands for twenty days from today, before any stage of it has come; Olive alone is told."""
    request, deadline = request_with_clock(cast, due_on=today() + LATER, owner="requester")
    assign(request, cast.olive)
    plan(cast, request)
    return request, deadline


def propose(cast: builders.Cast, deadline: Deadline, on: dt.date | None) -> None:
    with as_house(cast.harbor):
        Deadline.objects.filter(pk=deadline.pk).update(proposed_on=on)
    plan(cast, deadline.request)
    plan(cast, deadline.request)


def all_go_out(mail_server: Any, *, due_on: dt.date | None = None) -> list[str]:
    """What is planned up to today, and for that date even what is to come: the row's day is moved, never the clock."""
    with viewing(SCHEDULE):
        late = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
        waits = Reminder.objects.filter(state="planned")
        waits = waits.filter(due_on=due_on) if due_on else waits.filter(next_at__lte=dt.datetime.now(dt.UTC))
        waits.update(next_at=late)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        sending.sweep(oracle=None)
        sending.sweep(oracle=None)
    return [
        f"{mail['Subject']}\n{mail.get_body(('plain',)).get_content()}"  # type: ignore[union-attr]
        for mail in sink.taken
    ]


def test_the_last_day_of_the_earlier_date_is_told_with_the_date_that_stands(
    cast: builders.Cast, window: tuple[RecordsRequest, Deadline], mail_server: Any
) -> None:
    _, deadline = window
    propose(cast, deadline, today())
    (told,) = all_go_out(mail_server, due_on=today())
    assert "newer reading of the law" in told
    stands = today() + LATER
    assert f"{stands:%A, %B} {stands.day}, {stands.year}" in told
    plan(cast, deadline.request)
    assert all_go_out(mail_server) == [], "nothing is told twice"


@pytest.mark.parametrize("decided", ["declined", "applied", "applied later"])
def test_a_decision_is_corrected_once_and_only_where_the_date_told_is_no_more(
    cast: builders.Cast, window: tuple[RecordsRequest, Deadline], mail_server: Any, decided: str
) -> None:
    _, deadline = window
    early, later = today() + dt.timedelta(days=2), today() + dt.timedelta(days=40)
    propose(cast, deadline, early)
    assert len(all_go_out(mail_server, due_on=early)) >= 1
    if decided == "declined":
        propose(cast, deadline, None)
    else:
        move(deadline, early if decided == "applied" else later)
        plan(cast, deadline.request)
        plan(cast, deadline.request)
    corrections = all_go_out(mail_server)
    assert ["A date moved" in mail for mail in corrections] == ([] if decided == "applied" else [True])
    plan(cast, deadline.request)
    assert all_go_out(mail_server) == []
    with as_house(cast.harbor):
        standing = Deadline.objects.standing().get(request=deadline.request)
        open_rows = Reminder.objects.filter(request=deadline.request, state="planned", kind="closing")
        assert {row.due_on for row in open_rows} <= {standing.remind_on}
        if decided != "applied":
            assert open_rows.filter(offset_days=0).exists(), "the last day that stands has its alarm"
