"""The acts of answering: who may, what is written, and that the request is planned anew before they end."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError

from requests_app.actions import answers
from requests_app.actions.answers import Clock
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import AuditEntry, Deadline, InboxItem, RecordsRequest, ReminderAnswer
from requests_app.models.ids import public_id
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.reminders.scene import as_house, assign, plan, request_with_clock, rows, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def window(cast: builders.Cast) -> tuple[RecordsRequest, Deadline]:
    """A window of ours with ten days left, of a request assigned to Vera, who otherwise only reads."""
    made = request_with_clock(
        cast,
        owner="requester",
        due_on=today() + dt.timedelta(10),
        opens_on=today(),
        clock_key="appeal-by|request|r1",
    )
    assign(made[0], cast.vera)
    plan(cast, made[0])
    return made


def act(name: str, who: Any, of: tuple[RecordsRequest, Deadline], **more: Any) -> ReminderAnswer:
    request, deadline = of
    with viewing_as(who) as viewer:
        return getattr(answers, name)(
            viewer=viewer, actor=who, clock=Clock(request, deadline.clock_key, more.pop("due_on", deadline.remind_on)),
            once=more.pop("once", public_id()), via="app", **more,
        )  # fmt: skip


def snooze(who: Any, of: tuple[RecordsRequest, Deadline], days: int, **more: Any) -> ReminderAnswer:
    more = {"confirmed": False, "today": today(), **more}
    return act("snooze", who, of, until_on=today() + dt.timedelta(days), **more)


def test_whoever_is_told_takes_it_on_also_who_otherwise_only_reads(cast: builders.Cast, window: Any) -> None:
    answer = act("acknowledge", cast.vera, window)
    assert (answer.what, answer.person, answer.due_on) == ("acknowledged", cast.vera, window[1].due_on)


def test_a_reader_who_is_not_told_takes_on_nothing(cast: builders.Cast, window: Any) -> None:
    assign(window[0], cast.edgar)
    with as_house(cast.harbor):
        type(rows()[0]).objects.filter(recipient=cast.vera).update(recipient=cast.edgar)
    with pytest.raises(Refused, match="Only an editor, or whoever is told"):
        act("acknowledge", cast.vera, window)
    assert act("acknowledge", cast.olive, window).what == "acknowledged"


@pytest.mark.parametrize("name", ["acknowledge", "mute", "unmute"])
def test_to_a_stranger_there_is_nothing_to_answer(cast: builders.Cast, window: Any, name: str) -> None:
    for stranger in (cast.ravi, cast.noor, cast.omar):
        with pytest.raises(NotYours):
            act(name, stranger, window)
    with viewing_as(cast.olive):
        assert not ReminderAnswer.objects.exists()


def test_one_act_pressed_twice_is_one_answer(cast: builders.Cast, window: Any) -> None:
    first = act("mute", cast.vera, window, once="same")
    assert act("mute", cast.vera, window, once="same") == first
    with viewing_as(cast.olive):
        assert ReminderAnswer.objects.count() == 1


def test_an_answer_to_a_date_that_moved_meanwhile_is_refused(cast: builders.Cast, window: Any) -> None:
    with pytest.raises(Refused, match="moved since you opened") as refused:
        act("acknowledge", cast.vera, window, due_on=today() + dt.timedelta(3))
    assert refused.value.status == 409


def test_a_snooze_past_the_date_asks_twice(cast: builders.Cast, window: Any) -> None:
    with pytest.raises(Refused, match="after the date itself") as refused:
        snooze(cast.vera, window, 11)
    assert refused.value.field == "until_on"
    assert snooze(cast.vera, window, 11, confirmed=True).until_on == today() + dt.timedelta(11)
    assert snooze(cast.vera, window, 10).until_on == today() + dt.timedelta(10)


@pytest.mark.parametrize(("days", "words"), [(-1, "still to come"), (400, "a year at most")])
def test_a_snooze_ends_on_a_day_to_come_within_a_year(
    cast: builders.Cast, window: Any, days: int, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        snooze(cast.vera, window, days, confirmed=True)


def test_handing_on_names_a_member_and_puts_a_line_into_their_inbox(cast: builders.Cast, window: Any) -> None:
    with pytest.raises(Refused, match="belongs to your organization"):
        act("delegate", cast.vera, window, to=cast.ravi.pk)
    act("delegate", cast.vera, window, to=cast.edgar.pk)
    with viewing_as(cast.edgar):
        assert [(one.kind, one.request) for one in InboxItem.objects.all()] == [("assigned", window[0])]
    with viewing_as(cast.olive):
        entry = AuditEntry.objects.get(act="reminders.delegated")
    assert (entry.actor, entry.detail["to"]) == (cast.vera, str(cast.edgar.pk))


def test_handing_on_to_somebody_who_muted_or_handed_it_on_is_refused(
    cast: builders.Cast, window: Any
) -> None:
    act("mute", cast.edgar, window)
    with pytest.raises(Refused, match="has muted these reminders"):
        act("delegate", cast.vera, window, to=cast.edgar.pk)
    act("unmute", cast.edgar, window)
    act("delegate", cast.edgar, window, to=cast.olive.pk)
    with pytest.raises(Refused, match="handed this on to somebody else"):
        act("delegate", cast.vera, window, to=cast.edgar.pk)


def test_what_was_handed_to_me_goes_back(cast: builders.Cast, window: Any) -> None:
    act("delegate", cast.vera, window, to=cast.edgar.pk)
    assert act("delegate", cast.edgar, window, to=cast.vera.pk).to_person == cast.vera
    assert act("delegate", cast.vera, window, to=cast.vera.pk).to_person == cast.vera


def test_answers_are_append_only_and_said_for_oneself_alone(cast: builders.Cast, window: Any) -> None:
    act("mute", cast.vera, window)
    with viewing_as(cast.vera):
        for wrong in (
            lambda: ReminderAnswer.objects.update(what="unmuted"),
            lambda: ReminderAnswer.objects.all().delete(),
            lambda: ReminderAnswer.objects.create(
                organisation=cast.harbor, request=window[0], clock_key="x", due_on=today(), person=cast.olive,
                what="muted", via="app",
            ),
        ):  # fmt: skip
            with pytest.raises(ProgrammingError), transaction.atomic():
                wrong()
