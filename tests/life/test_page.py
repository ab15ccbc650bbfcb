"""The page of a request: what it carries, for whom, and how much it asks of the database."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_app.models import LoggedContact, RequestNote, RequestTag, Tag, TrackingNumber
from requests_app.models.visibility import viewing_as
from requests_app.queries.request_page import load
from requests_app.web.next_steps import next_of
from tests import builders

from .conftest import TODAY, lately

DENIED = dt.date(2026, 11, 6)


def fill(cast: builders.Cast, of: Any, word: str) -> None:
    with viewing_as(cast.edgar):
        belongs = {"organisation": cast.harbor, "request": of}
        RequestNote.objects.create(**belongs, text=f"{word} note", author=cast.edgar)
        LoggedContact.objects.create(**belongs, way="call", on=TODAY, said=f"{word} said", author=cast.edgar)
        RequestTag.objects.create(**belongs, tag=Tag.objects.create(organisation=cast.harbor, name=word))
        TrackingNumber.objects.create(**belongs, kind="portal", number=word)


def test_it_asks_at_most_twenty_queries_whatever_lies_on_it(
    cast: builders.Cast, file: Any, record: Any, desk: Any
) -> None:
    ours = file()
    record(ours, "determined", parts=("A2",), outcome="denied", dated_on=DENIED)
    fill(cast, ours, "word")
    client = desk()
    address = reverse("request", args=[ours.public_id])
    client.get(address)
    with CaptureQueriesContext(connection) as first:
        assert client.get(address).status_code == 200
    for n in range(6):
        fill(cast, ours, f"word{n}")
    with CaptureQueriesContext(connection) as second:
        assert client.get(address).status_code == 200
    assert len(second) == len(first)
    assert len(second) <= 20


def test_its_public_face_knows_no_call_no_tag_and_no_step_of_ours(
    cast: builders.Cast, file: Any, record: Any, desk: Any
) -> None:
    ours = file()
    record(ours, "determined", parts=("A2",), outcome="denied", dated_on=DENIED)
    fill(cast, ours, "canary")
    builders.publish(cast.olive, ours)
    page = desk(cast.noor).get(reverse("request", args=[ours.public_id])).content.decode()
    assert "A2" in page
    assert "Denied" in page
    for hidden in ("canary", "Our move", "Next lawful step", "Responsible", "Let it go"):
        assert hidden not in page


def test_parts_that_stand_alike_share_one_row_and_one_step(
    cast: builders.Cast, file: Any, record: Any, desk: Any
) -> None:
    many = tuple((f"A{n}", f"Thing {n}") for n in range(1, 9))
    ours = file(parts=many, sent_on=lately(30), received_on=lately(30), today=lately(0))
    said = {"received_on": lately(25), "today": lately(0)}
    record(ours, "produced", parts=("A1",), outcome="produced", **said)
    rest = tuple(f"A{n}" for n in range(2, 9))
    record(ours, "determined", parts=rest, outcome="denied", dated_on=lately(25), sent_on=lately(25), **said)
    page = desk().get(reverse("request", args=[ours.public_id])).content.decode()
    parts = page[page.index('class="parts') : page.index('id="call"')]
    assert parts.count("<article>") == 2
    assert "A2, A3, A4, A5, A6, A7, A8" in parts
    assert parts.count("Draft the request for review") == 1


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (dt.date(2026, 2, 10), "; 27 days left, until Monday, March 9, 2026."),
        (dt.date(2026, 3, 8), "; 1 day left, until Monday, March 9, 2026."),
        (dt.date(2026, 3, 9), "; today is the last day."),
    ],
)
def test_silence_is_named_for_what_it_is_with_the_days_left(
    cast: builders.Cast, file: Any, record: Any, day: dt.date, words: str
) -> None:
    to = builders.agency("Albany", "us-ny", "America/New_York")
    filed, seen = dt.date(2026, 1, 5), dt.date(2026, 1, 7)
    ours = file(agency=to, law_id="us-ny", sent_on=filed, received_on=filed, parts=())
    record(ours, "acknowledged", sent_on=seen, received_on=seen)
    with viewing_as(cast.edgar) as viewer:
        page = load(viewer, ours.public_id, now=dt.datetime.combine(day, dt.time(18, tzinfo=dt.UTC)))
    assert page is not None
    shown = next_of(page, [])
    assert shown is not None
    said = "Silence is a constructive denial since Friday, February 6, 2026: draft the appeal"
    assert shown["text"].startswith(said)
    assert shown["text"].endswith(words)
    assert [str(act["words"]) for act in shown["acts"]] == ["Draft the appeal", "Log the appeal", "Let it go"]
