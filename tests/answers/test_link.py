"""The link in a reminder's mail: for its recipient, once, for a while; whatever else is one 404."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from requests_app.models import Deadline, Membership, Person, RecordsRequest, Reminder, ReminderAnswer
from requests_app.models.visibility import viewing_as
from requests_app.notices import reminder_links
from requests_app.web import reminder_link as door
from tests import builders
from tests.reminders.scene import as_house, assign, plan, request_with_clock, rows, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(cast: builders.Cast) -> Reminder:
    """To Edgar, about a window of ours with ten days left."""
    cache.clear()
    request, _ = request_with_clock(
        cast, owner="requester", due_on=today() + dt.timedelta(10), opens_on=today() - dt.timedelta(5),
        clock_key="appeal-by|request|r1", name="Appeal to the counselor",
    )  # fmt: skip
    assign(request, cast.edgar)
    plan(cast, request)
    return rows(recipient=cast.edgar)[0]


def url(of: Reminder, turn: int = 0) -> str:
    return reverse("reminder-link", args=[reminder_links.token_of(of.pk, turn)])


def answers(cast: builders.Cast) -> list[tuple[str, str, str]]:
    with viewing_as(cast.olive):
        return [(one.person.name, one.what, one.via) for one in ReminderAnswer.objects.order_by("pk")]


def test_looking_at_the_link_changes_nothing_and_asks_for_no_sign_in(
    cast: builders.Cast, sent: Reminder
) -> None:
    client = Client()
    for _ in range(3):
        assert client.get(url(sent)).status_code == client.head(url(sent)).status_code == 200
    page = client.get(url(sent)).content.decode()
    assert "Appeal to the counselor" in page and "Sangamon Bend Fusion Center" in page
    assert answers(cast) == []


def test_the_page_says_nothing_that_the_mail_has_not_said(cast: builders.Cast, sent: Reminder) -> None:
    page = Client().get(url(sent)).content.decode()
    for secret in ("Sharing lists", "working", "Vera", "Olive", cast.edgar.email):
        assert secret not in page, secret


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"act": "acknowledge"}, "acknowledged"),
        ({"act": "snooze", "until_on": "+4"}, "snoozed"),
        ({"act": "hand-on", "to": "vera"}, "delegated"),
        ({"act": "mute"}, "muted"),
    ],
)
def test_each_answer_is_given_in_the_name_of_the_recipient_whoever_is_signed_in(
    cast: builders.Cast, sent: Reminder, form: dict[str, str], expected: str
) -> None:
    form = {k: str(today() + dt.timedelta(int(v))) if v.startswith("+") else v for k, v in form.items()}
    client = Client()
    client.force_login(cast.ravi, backend=settings.AUTHENTICATION_BACKENDS[0])
    address = url(sent)
    answer = client.post(address, form)
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert answers(cast) == [("Edgar", expected, "mail")]


def test_a_second_use_says_what_was_answered_and_changes_nothing(cast: builders.Cast, sent: Reminder) -> None:
    client = Client()
    client.post(url(sent), {"act": "acknowledge"})
    again = client.post(url(sent), {"act": "mute"})
    assert again.status_code == 200
    assert "Edgar has it" in " ".join(again.content.decode().split())
    assert (
        '<form method="post" action'
        not in again.content.decode().partition("<main")[2].partition("</main")[0]
    )
    assert answers(cast) == [("Edgar", "acknowledged", "mail")]


def test_a_snooze_past_the_date_asks_twice(cast: builders.Cast, sent: Reminder) -> None:
    day = str(today() + dt.timedelta(12))
    client = Client()
    first = client.post(url(sent), {"act": "snooze", "until_on": day})
    assert first.status_code == 400
    page = first.content.decode()
    assert "after the date itself" in page and 'name="confirmed"' in page and f'value="{day}"' in page
    assert client.post(url(sent), {"act": "snooze", "until_on": day, "confirmed": "on"}).status_code == 302
    assert answers(cast) == [("Edgar", "snoozed", "mail")]


@pytest.mark.parametrize("named", ["", "Nobody", "ravi", "ol", "Noor"])
def test_a_name_that_is_no_members_is_refused_beside_its_field(
    cast: builders.Cast, sent: Reminder, named: str
) -> None:
    answer = Client().post(url(sent), {"act": "hand-on", "to": named})
    assert answer.status_code == 400
    assert 'id="id_to_error"' in answer.content.decode()
    assert answers(cast) == []


def body(client: Client, address: str, method: str = "get") -> tuple[int, str]:
    response = getattr(client, method)(address)
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    return response.status_code, text.replace(address, "")


def test_forged_expired_revoked_and_removed_are_one_404(
    cast: builders.Cast, sent: Reminder, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    nothing = body(client, "/nowhere/")
    assert nothing[0] == 404
    good = reminder_links.token_of(sent.pk, 0)
    long_ago = dt.datetime.now(dt.UTC).timestamp() - reminder_links.LASTS.total_seconds() - 60
    with monkeypatch.context() as then:
        then.setattr(signing.time, "time", lambda: long_ago)
        expired = reminder_links.token_of(sent.pk, 0)
    other = signing.TimestampSigner(salt="another", sep=".").sign("1-0")
    bad = [
        good[:-1] + ("A" if good[-1] != "A" else "B"), expired, other, "x", "..", "a.b.c", "9" * 500,
        reminder_links.token_of(sent.pk, 7), reminder_links.token_of(10**9, 0),
    ]  # fmt: skip
    for token in bad:
        for method in ("get", "post"):
            assert body(client, reverse("reminder-link", args=[token]), method) == nothing, token
    with viewing_as(cast.olive):
        Membership.objects.filter(person=cast.edgar).update(ended_at=dt.datetime.now(dt.UTC))
    assert body(client, url(sent)) == body(client, url(sent), "post") == nothing


def test_ending_all_sessions_ends_the_links_and_coming_back_does_not_bring_them_back(
    cast: builders.Cast, sent: Reminder
) -> None:
    client = Client()
    Person.objects.filter(pk=cast.edgar.pk).update(session_turn=1)
    assert client.get(url(sent)).status_code == 404
    assert client.get(url(sent, turn=1)).status_code == 200
    with viewing_as(cast.olive):
        Membership.objects.filter(person=cast.edgar).update(
            since=dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
        )
    assert client.get(url(sent, turn=1)).status_code == 404


def test_an_address_that_asks_too_often_is_told_to_wait(
    cast: builders.Cast, sent: Reminder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "TRIES", 3)
    client = Client()
    assert [client.get(url(sent)).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert client.get(url(sent), REMOTE_ADDR="198.51.100.7").status_code == 200


def test_the_answer_of_a_moved_date_is_taken_and_holds_nothing_new(
    cast: builders.Cast, sent: Reminder
) -> None:
    with as_house(cast.harbor):
        Deadline.objects.filter(pk=sent.deadline_id).update(superseded_at=dt.datetime.now(dt.UTC))
        builders.deadline(
            RecordsRequest.objects.get(pk=sent.request_id), owner="requester", clock_key=sent.clock_key,
            due_on=today() + dt.timedelta(40), opens_on=today(),
        )  # fmt: skip
    page = Client().get(url(sent)).content.decode()
    assert str((today() + dt.timedelta(40)).year) in page
    assert Client().post(url(sent), {"act": "acknowledge"}).status_code == 302
    with viewing_as(cast.olive):
        assert ReminderAnswer.objects.get().due_on == sent.due_on
