"""The inbox as people and programs see it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_app.actions import inbox, notes
from requests_app.models import Deadline, InboxItem, Person, RequestNote
from requests_app.models.visibility import viewing_as
from tests import builders

from .test_putting import lines, make_due, window

pytestmark = pytest.mark.django_db


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def filled(cast: builders.Cast) -> builders.Cast:
    """Edgar: a reminder and a mention."""
    request = window(cast)
    make_due(channels=["email", "inbox"])
    inbox.put()
    with viewing_as(cast.olive) as viewer:
        notes.write_note(
            viewer=viewer, records_request=request, text="@Edgar look", actor=cast.olive, once="n"
        )
    return cast


def words(page: Any) -> str:
    return " ".join(page.content.decode().split())


def item(who: Person, kind: str) -> UUID:
    with viewing_as(who):
        return InboxItem.objects.get(kind=kind).public_id


def test_the_page_names_what_waits_and_every_page_counts_it(filled: builders.Cast) -> None:
    client = client_of(filled.edgar)
    page = words(client.get(reverse("inbox")))
    assert "Our own time ends on" in page and "Olive mentions you in a note" in page
    assert "2 lines are unread." in page
    assert '<b class="unread">2<span' in words(client.get(reverse("today")))
    assert 'class="unread"' not in words(client_of(filled.olive).get(reverse("today")))


def test_looking_reads_nothing_and_opening_does(filled: builders.Cast) -> None:
    client = client_of(filled.edgar)
    client.get(reverse("inbox"))
    assert lines(filled.edgar) == [("reminder", True), ("mention", True)]
    opened = client.post(reverse("inbox"), {"act": "open", "item": item(filled.edgar, "mention")})
    assert opened.status_code == 303 and "#note-" in opened["Location"]
    assert lines(filled.edgar) == [("reminder", True), ("mention", False)]


def test_read_unread_and_all(filled: builders.Cast) -> None:
    client = client_of(filled.edgar)
    mention = item(filled.edgar, "mention")
    for act, expected in (("read", False), ("unread", True)):
        client.post(reverse("inbox"), {"act": act, "item": mention})
        assert lines(filled.edgar)[1] == ("mention", expected)
    reminder = item(filled.edgar, "reminder")
    client.post(reverse("inbox"), {"act": "all", "upto": reminder})
    assert lines(filled.edgar) == [("reminder", False), ("mention", True)]
    client.post(reverse("inbox"), {"act": "all", "upto": mention})
    assert lines(filled.edgar) == [("reminder", False), ("mention", False)]


@pytest.mark.parametrize(
    "form",
    [{}, {"act": "open"}, {"act": "open", "item": "x"}, {"act": "read", "item": "9" * 30}, {"act": "sell"}],
)
def test_an_act_that_is_none_is_not_found(filled: builders.Cast, form: dict[str, str]) -> None:
    assert client_of(filled.edgar).post(reverse("inbox"), form).status_code == 404


def test_anothers_line_is_not_found(filled: builders.Cast) -> None:
    reminder = item(filled.edgar, "reminder")
    for other in (filled.olive, filled.ravi):
        assert client_of(other).post(reverse("inbox"), {"act": "open", "item": reminder}).status_code == 404


def test_filters_by_kind_and_unread(filled: builders.Cast) -> None:
    client = client_of(filled.edgar)
    page = words(client.get(reverse("inbox"), {"kind": "mention"}))
    assert "mentions you" in page and "Our own time ends" not in page
    client.post(reverse("inbox"), {"act": "read", "item": item(filled.edgar, "mention")})
    page = words(client.get(reverse("inbox"), {"show": "unread"}))
    assert "mentions you" not in page and "Our own time ends" in page


def test_a_line_about_a_note_that_is_gone_stays_and_says_so(filled: builders.Cast) -> None:
    with viewing_as(filled.olive) as viewer:
        note = RequestNote.objects.get()
        notes.delete_note(viewer=viewer, note=note, actor=filled.olive)
    page = words(client_of(filled.edgar).get(reverse("inbox")))
    assert "a note that is gone" in page and "2 lines are unread." in page


def test_the_page_asks_as_much_of_the_database_for_fifty_lines_as_for_two(filled: builders.Cast) -> None:
    client = client_of(filled.edgar)
    client.get(reverse("inbox"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("inbox"))
    for _ in range(12):
        window(filled)
    make_due(channels=["email", "inbox"])
    inbox.put()
    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse("inbox"))
    assert page.content.count(b"Our own time ends") >= 13
    assert len(many) == len(few)


def test_a_program_reads_and_marks_it(filled: builders.Cast) -> None:
    client = client_of(filled.edgar)
    told = client.get(reverse("api-inbox"), {"limit": 1}).json()
    assert (told["unread"], told["items"][0]["kind"], len(told["items"])) == (2, "mention", 1)
    more = client.get(told["next"]).json()
    assert more["items"][0]["clock"] == "appeal-by|request|r1"
    done = client.post(
        reverse("api-inbox-read"), {"ids": [more["items"][0]["id"]]}, content_type="application/json"
    )
    assert done.json() == {"changed": 1}
    assert client.get(reverse("api-inbox"), {"unread": "true"}).json()["unread"] == 1
    assert Client().get(reverse("api-inbox")).status_code == 401


def test_a_date_that_moved_since_says_so_and_offers_no_answer(filled: builders.Cast) -> None:
    with viewing_as(filled.olive):
        Deadline.objects.update(superseded_at=dt.datetime.now(dt.UTC))
    page = words(client_of(filled.edgar).get(reverse("inbox")))
    assert "This date has changed since." in page and "/reminder-answers/" not in page
