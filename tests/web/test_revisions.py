"""The page of a newer reading: old and new date, the owner's buttons, and who may not press them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from requests_app.actions import revisions
from requests_app.actions.correspondence import record_event
from requests_app.actions.filing import file_request
from requests_app.laws.registry import library
from requests_app.models import Person, RecordsRequest, RevisionOffer
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.revised import revised

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date() - dt.timedelta(days=1)
DENIED = TODAY - dt.timedelta(days=3)
SENT = DENIED - dt.timedelta(days=7)


@pytest.fixture
def cast(db: None) -> builders.Cast:
    return builders.cast()


@pytest.fixture
def offered(
    cast: builders.Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[int], RevisionOffer]]:
    """So many denied requests, and a release that reads sixty days as thirty."""

    def act(requests: int) -> RevisionOffer:
        for number in range(requests):
            _denied(cast, number)
        monkeypatch.setenv(
            "FOIA_LAWS_DIR",
            str(revised(tmp_path, "us-il", ("length: 60 calendar days", "length: 30 calendar days"))),
        )
        library.cache_clear()
        for organisation_id, offer_id in revisions.find():
            while revisions.work(organisation_id=organisation_id, offer_id=offer_id):
                pass
        with viewing_as(cast.olive):
            return RevisionOffer.objects.get()

    yield act
    monkeypatch.delenv("FOIA_LAWS_DIR", raising=False)
    library.cache_clear()


def _denied(cast: builders.Cast, number: int) -> RecordsRequest:
    with viewing_as(cast.olive) as viewer:
        made = file_request(
            viewer=viewer, organisation=cast.harbor, agency=cast.agency, law_id="us-il", channel="email",
            public_title=f"Sharing lists {number}", sent_on=SENT, received_on=SENT, actor=cast.olive,
            once=f"form {number}", today=TODAY,
        )  # fmt: skip
        record_event(
            viewer=viewer, records_request=made, kind="determined", actor=cast.olive, once=f"denied {number}",
            today=TODAY, sent_on=DENIED, dated_on=DENIED, received_on=DENIED, outcome="denied",
        )  # fmt: skip
    return made


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def after(days: int) -> dt.date:
    """The day to keep of so many calendar days after the denial: the open day before a closed one."""
    return library().calendar("us-il").wide.roll(DENIED + dt.timedelta(days=days), forward=False)


def day(on: dt.date) -> str:
    return f"{on:%A, %B} {on.day}, {on.year}"


def test_the_page_says_what_reads_otherwise_and_shows_both_dates(
    cast: builders.Cast, offered: Callable[[int], RevisionOffer]
) -> None:
    offer = offered(2)
    page = signed_in(cast.vera).get(reverse("revision", args=[offer.public_id])).content.decode()
    assert "Illinois: a newer reading of the law" in page
    assert "2 open requests would get other dates. Nothing has moved yet." in page
    assert "We have 60 calendar days from" in page
    assert "→ We have 30 calendar days from" in page
    assert day(after(60)) in page
    assert day(after(30)) in page
    assert f"{(after(60) - after(30)).days} days earlier" in page
    assert "Only an owner of the organization decides." in page
    assert 'name="act"' not in page


def test_the_list_and_the_request_lead_there(
    cast: builders.Cast, offered: Callable[[int], RevisionOffer]
) -> None:
    offer = offered(1)
    client, address = signed_in(cast.edgar), reverse("revision", args=[offer.public_id])
    assert address in client.get(reverse("requests")).content.decode()
    assert address in client.get(reverse("revisions")).content.decode()
    with viewing_as(cast.edgar):
        made = RecordsRequest.objects.get()
    page = client.get(reverse("request", args=[made.public_id])).content.decode()
    assert address in page
    assert "Until an owner decides, we announce our own windows by the earlier date." in page
    assert "law-changes" not in Client().get(reverse("requests")).content.decode()


def test_the_owner_applies_it_to_the_chosen_and_leaves_the_rest(
    cast: builders.Cast, offered: Callable[[int], RevisionOffer]
) -> None:
    offer = offered(3)
    client, address = signed_in(cast.olive), reverse("revision", args=[offer.public_id])
    with viewing_as(cast.olive):
        first, *_rest = RecordsRequest.objects.order_by("pk")
    said = client.post(address, {"act": "apply", "request": [first.public_id]}, follow=True)
    assert "1 request is counted by the newer reading." in said.content.decode()
    said = client.post(address, {"act": "leave-all"}, follow=True)
    assert "2 requests keep their dates." in said.content.decode()
    with viewing_as(cast.olive):
        assert list(RecordsRequest.objects.order_by("pk").values_list("law_revision", flat=True)) == [2, 1, 1]
        assert first.deadlines.standing().get(rule_id="review-by").due_on == after(30)
    again = client.post(address, {"act": "apply-all"}, follow=True)
    assert "0 requests" in again.content.decode()


def test_what_cannot_be_is_said_and_nothing_is_written(
    cast: builders.Cast, offered: Callable[[int], RevisionOffer]
) -> None:
    address = reverse("revision", args=[offered(1).public_id])
    owner = signed_in(cast.olive)
    nothing = owner.post(address, {"act": "apply"})
    assert (nothing.status_code, "Choose at least one request." in nothing.content.decode()) == (400, True)
    assert owner.post(address, {"act": "explode"}).status_code == 400
    editor = signed_in(cast.edgar).post(address, {"act": "apply-all"})
    assert (editor.status_code, "Only an owner decides" in editor.content.decode()) == (403, True)
    assert signed_in(cast.ravi).post(address, {"act": "apply-all"}).status_code == 404
    with viewing_as(cast.olive):
        assert RecordsRequest.objects.get().law_revision == 1


def test_the_csv_has_a_line_for_each_date_that_moves(
    cast: builders.Cast, offered: Callable[[int], RevisionOffer]
) -> None:
    offer = offered(2)
    response = signed_in(cast.vera).get(reverse("revision-csv", args=[offer.public_id]))
    lines = response.content.decode().splitlines()
    assert len(lines) == 3
    assert after(30).isoformat() in lines[1]


def test_the_pages_ask_as_often_for_thirty_requests_as_for_one(
    cast: builders.Cast, offered: Callable[[int], RevisionOffer]
) -> None:
    offer = offered(30)
    client = signed_in(cast.olive)
    for address, most in (
        (reverse("revision", args=[offer.public_id]), 9),
        (reverse("revisions"), 7),
        (reverse("requests"), 13),
    ):
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        assert len(asked) <= most, (address, [query["sql"][:90] for query in asked])
