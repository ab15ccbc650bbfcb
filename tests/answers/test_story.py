"""From the mail to the answer, over a real mail server: what was answered holds what it should, and nothing else."""

from __future__ import annotations

import datetime as dt
import re
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from requests_app.actions import answers, sending
from requests_app.actions.answers import Clock
from requests_app.models import Absence, Deadline, Person, RecordsRequest, Reminder
from requests_app.models.ids import public_id
from requests_app.models.visibility import SCHEDULE, viewing, viewing_as
from tests import builders
from tests.reminders.scene import Sink, as_house, assign, plan, request_with_clock, rows, serving, today

pytestmark = pytest.mark.committed


@pytest.fixture
def sink(mail_server: Any) -> Any:
    cache.clear()
    with serving(Sink()) as one:
        mail_server(one.port)
        yield one


def window(cast: builders.Cast, days: int, who: Person) -> tuple[RecordsRequest, Deadline]:
    made = request_with_clock(
        cast, owner="requester", due_on=today() + dt.timedelta(days), opens_on=today() - dt.timedelta(20),
        clock_key="appeal-by|request|r1", name="Appeal to the counselor",
    )  # fmt: skip
    assign(made[0], who)
    plan(cast, made[0])
    return made


def make_due(**which: Any) -> None:
    with viewing(SCHEDULE):
        Reminder.objects.filter(**which).update(next_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1))


def say(name: str, who: Person, of: tuple[RecordsRequest, Deadline], **more: Any) -> None:
    request, clock = of
    with viewing_as(who) as viewer:
        getattr(answers, name)(
            viewer=viewer, actor=who, clock=Clock(request, clock.clock_key, clock.remind_on), once=public_id(),
            via="app", **more,
        )  # fmt: skip


def links(mail: EmailMessage) -> list[str]:
    found = []
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        found += re.findall(r"/r/[^\s\"<]+", part.get_content())
    return found


def test_the_mail_carries_the_link_and_its_answer_is_taken(cast: builders.Cast, sink: Sink) -> None:
    window(cast, 3, cast.edgar)
    make_due(recipient=cast.edgar)
    sending.sweep(oracle=None)
    [mail] = sink.taken
    plain, html = links(mail)
    assert plain == html
    assert Client().post(plain, {"act": "acknowledge"}).status_code == 302
    assert "Edgar has it" in " ".join(Client().get(html).content.decode().split())


@pytest.mark.parametrize("how", ["mute", "snooze", "delegate"])
def test_what_was_answered_while_a_mail_was_on_its_way_holds_it_at_the_last_look(
    cast: builders.Cast, sink: Sink, how: str
) -> None:
    """The row stays due, as if a planner had not passed since."""
    of = window(cast, 3, cast.edgar)
    more: dict[str, Any] = {}
    if how == "snooze":
        more = {"until_on": today() + dt.timedelta(2), "today": today(), "confirmed": False}
    if how == "delegate":
        more = {"to": cast.vera.pk}
    say(how, cast.edgar, of, **more)
    with viewing(SCHEDULE):
        Reminder.objects.filter(recipient=cast.edgar, offset_days=3).update(
            state="planned", next_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
        )
    sending.sweep(oracle=None)
    assert cast.edgar.email not in sink.to
    [row] = rows(recipient=cast.edgar, offset_days=3)
    assert row.state == "skipped"
    expected = {"mute": "muted by", "snooze": "snoozed until", "delegate": "handed on"}[how]
    assert row.outcome.startswith(expected)


@pytest.mark.parametrize("how", ["acknowledge", "mute", "snooze", "delegate"])
def test_the_last_day_of_our_own_window_comes_whatever_was_answered(
    cast: builders.Cast, sink: Sink, how: str
) -> None:
    of = window(cast, 0, cast.edgar)
    more: dict[str, Any] = {}
    if how == "snooze":
        more = {"until_on": today() + dt.timedelta(9), "today": today(), "confirmed": True}
    if how == "delegate":
        more = {"to": cast.vera.pk}
    say(how, cast.edgar, of, **more)
    plan(cast, of[0])
    make_due(offset_days=0)
    sending.sweep(oracle=None)
    assert cast.edgar.email in sink.to
    assert sink.ids.most_common(1)[0][1] == 1


def test_the_last_day_is_told_to_who_is_away(cast: builders.Cast, sink: Sink) -> None:
    of = window(cast, 0, cast.edgar)
    with as_house(cast.harbor):
        Absence.objects.create(
            organisation=cast.harbor, person=cast.edgar, cover=cast.vera, from_on=today(), until_on=today()
        )
    plan(cast, of[0])
    make_due(offset_days=0)
    sending.sweep(oracle=None)
    assert cast.edgar.email in sink.to
