"""Logging what happened: the effect before the button, once however often it is sent, nothing lost on wrong input."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from requests_app.actions.filing import file_request
from requests_app.models import Event, Person, RecordsRequest
from requests_app.models.visibility import viewing_as
from requests_app.web.event_specs import OTHER_KINDS, OUTCOME_WORDS, SPECS, kind_words
from tests import builders

pytestmark = pytest.mark.django_db
SENT = dt.date(2026, 3, 2)


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


@pytest.fixture
def ours(cast: builders.Cast) -> RecordsRequest:
    """Filed on Monday, March 2, 2026 in Illinois: an answer is due on Monday, March 9."""
    with viewing_as(cast.olive) as viewer:
        return file_request(
            viewer=viewer, organisation=cast.harbor, agency=cast.agency, law_id="us-il", public_title="Sharing lists",
            parts=(("A1", "Contracts"), ("A2", "Lists")), sent_on=SENT, received_on=SENT, channel="portal",
            receipt_basis="portal", actor=cast.olive, once="filed", today=SENT,
        )  # fmt: skip


@pytest.fixture
def desk(cast: builders.Cast) -> Client:
    client = Client()
    client.force_login(cast.edgar, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def form_of(page: str) -> dict[str, str]:
    return {
        name: re.search(rf'name="{name}" value="([^"]+)"', page)[1]  # type: ignore[index]
        for name in ("once", "seen_version")
    }


def kinds(cast: builders.Cast, of: RecordsRequest) -> list[str]:
    with viewing_as(cast.olive):
        return list(Event.objects.filter(request=of).order_by("pk").values_list("kind", flat=True))


def log(desk: Client, of: RecordsRequest, kind: str, step: str, **words: Any) -> Any:
    address = reverse("event-new", args=[of.public_id, kind])
    hidden = words.pop("hidden", None) or form_of(desk.get(address).content.decode())
    return desk.post(address, {**hidden, **words, "step": step})


def test_an_extension_shows_old_and_new_date_before_it_is_saved(
    cast: builders.Cast, ours: RecordsRequest, desk: Client
) -> None:
    words = {
        "sent_on": "2026-03-06",
        "days": "5",
        "unit": "business_days",
        "until": "2026-03-16",
        "reason": "search",
    }
    page = log(desk, ours, "extension_noticed", "preview", **words)
    assert page.status_code == 200
    said = page.content.decode()
    assert "If you save this" in said
    assert '<s><time datetime="2026-03-09">' in said
    assert '<time datetime="2026-03-16">' in said
    assert kinds(cast, ours) == ["sent"], "a preview writes nothing"
    saved = log(desk, ours, "extension_noticed", "save", hidden=form_of(said), **words)
    assert saved.status_code == 302
    assert kinds(cast, ours) == ["sent", "extension_noticed"]
    assert '<time datetime="2026-03-16">' in desk.get(saved.headers["Location"]).content.decode()


def test_the_same_form_sent_twice_writes_one_event(
    cast: builders.Cast, ours: RecordsRequest, desk: Client
) -> None:
    hidden = form_of(desk.get(reverse("event-new", args=[ours.public_id, "acknowledged"])).content.decode())
    for _again in range(2):
        response = log(desk, ours, "acknowledged", "save", hidden=hidden, received_on="2026-03-04")
        assert response.status_code == 302
    assert kinds(cast, ours) == ["sent", "acknowledged"]


def test_a_stale_form_is_refused_and_says_what_was_recorded_since(
    cast: builders.Cast, ours: RecordsRequest, desk: Client
) -> None:
    old = form_of(desk.get(reverse("event-new", args=[ours.public_id, "determined"])).content.decode())
    log(desk, ours, "acknowledged", "save", received_on="2026-03-04")
    response = log(desk, ours, "determined", "save", hidden=old, dated_on="2026-03-05", outcome="denied")
    assert response.status_code == 409
    assert "acknowledged" in response.content.decode()
    assert kinds(cast, ours) == ["sent", "acknowledged"]


@pytest.mark.parametrize(
    ("kind", "words", "sentence"),
    [
        ("acknowledged", {}, "Enter the day"),
        ("acknowledged", {"received_on": "2026-02-30"}, "not a day of the calendar"),
        ("acknowledged", {"received_on": "0202-03-04"}, "The request was sent on Monday, March 2, 2026"),
        ("acknowledged", {"received_on": "2026-02-01"}, "The request was sent on Monday, March 2, 2026"),
        ("acknowledged", {"received_on": "2999-01-04"}, "has not come yet"),
        ("determined", {"dated_on": "2026-03-05", "received_on": "2026-03-04", "outcome": "denied"},
         "One of the two is wrong"),
        ("determined", {"dated_on": "2026-03-05"}, "Outcome"),
        ("determined", {"dated_on": "2026-03-05", "outcome": "maybe"}, "maybe"),
        ("determined", {"dated_on": "2026-03-05", "outcome": "denied", "parts": "A9"}, "A9"),
        ("extension_noticed", {"sent_on": "2026-03-05"}, "how many days"),
        ("fee_estimated", {"received_on": "2026-03-05", "amount": "12,x"}, "Amount"),
        ("waived", {"dated_on": "2026-03-05"}, "Which date"),
    ],
)  # fmt: skip
def test_wrong_input_gets_a_sentence_beside_its_field_and_loses_nothing(
    cast: builders.Cast, ours: RecordsRequest, desk: Client, kind: str, words: dict[str, str], sentence: str
) -> None:
    response = log(desk, ours, kind, "save", note="what I typed", **words)
    page = response.content.decode()
    assert response.status_code == 400
    assert sentence in page
    assert "There is a problem" in page
    assert "what I typed" in page, "the rest of the form is still there"
    assert kinds(cast, ours) == ["sent"]


def test_taking_an_event_back_shows_what_returns_and_keeps_it_struck_through(
    cast: builders.Cast, ours: RecordsRequest, desk: Client
) -> None:
    log(desk, ours, "determined", "save", dated_on="2026-03-05", outcome="denied")
    with viewing_as(cast.olive):
        denial = Event.objects.get(request=ours, kind="determined")
    address = reverse("event-retract", args=[ours.public_id, denial.uid])
    page = desk.get(address).content.decode()
    assert "If you save this" in page
    assert desk.post(address, {**form_of(page), "reason": ""}).status_code == 400
    assert desk.post(address, {**form_of(page), "reason": "wrong request"}).status_code == 302
    assert kinds(cast, ours) == ["sent", "determined", "retracted"]
    shown = desk.get(reverse("request", args=[ours.public_id])).content.decode()
    assert "<s>Decision</s>" in shown
    assert "Taken back: wrong request" in shown


def test_a_request_is_never_closed_over_an_open_window(
    cast: builders.Cast, ours: RecordsRequest, desk: Client
) -> None:
    log(desk, ours, "determined", "save", dated_on="2026-11-02", outcome="denied")
    hidden = {"once": "closing", "seen_version": "2"}
    closing = log(desk, ours, "closed", "save", hidden=hidden, dated_on="2026-11-03")
    assert closing.status_code == 409
    assert "still open" in closing.content.decode()
    assert kinds(cast, ours) == ["sent", "determined"]


def test_every_kind_and_outcome_has_words() -> None:
    from requests_app.clock.events import Kind, Outcome

    assert {str(kind) for kind in Kind} == set(SPECS) | set(OTHER_KINDS)
    assert {str(outcome) for outcome in Outcome} == set(OUTCOME_WORDS)
    assert all(str(kind_words(kind)) for kind in Kind)


@pytest.mark.parametrize("kind", sorted(set(SPECS) - {"closed"}))
def test_every_form_opens(ours: RecordsRequest, desk: Client, kind: str) -> None:
    page = desk.get(reverse("event-new", args=[ours.public_id, kind]))
    assert page.status_code == 200
    assert str(SPECS[kind].words) in page.content.decode()


def test_an_unknown_kind_is_not_found(ours: RecordsRequest, desk: Client) -> None:
    assert desk.get(f"/requests/{ours.public_id}/log/nonsense/").status_code == 404


def test_an_event_asks_what_this_law_hangs_on_it(ours: RecordsRequest, desk: Client) -> None:
    """Illinois counts otherwise for a request that is called voluminous."""
    address = reverse("event-new", args=[ours.public_id, "category_decided"])
    page = desk.get(address).content.decode()
    assert "Voluminous" in page
    form = form_of(page) | {
        "sent_on": "2026-03-06", "law_category": "voluminous", "step": "save",
    }  # fmt: skip
    assert desk.post(address, form).status_code == 302
    with viewing_as(Person.objects.get(name="Edgar")):
        assert ours.events.get(kind="category_decided").facts == {"category": "voluminous"}
        assert ours.deadlines.standing().get(rule_id="voluminous-amend-by").due_on is not None
