"""Drafts: shared within the organization, saved upon what was seen, and nothing typed is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from requests_app.actions import letters
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import Letter, LetterAside, Person
from requests_app.models.visibility import viewing_as
from tests import builders

from .scene import again, draft

pytestmark = pytest.mark.django_db


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    return client


def words(letter: Letter, **more: Any) -> dict[str, Any]:
    said = {
        name: getattr(letter, name)
        for name in ("subject", "body", "channel", "recipient", "address", "public_title")
    }
    return {**said, "version": letter.version, "step": "save", **more}


def test_a_draft_knows_where_it_goes_and_who_asks(cast: builders.Cast) -> None:
    made = draft(cast)
    assert (made.channel, made.address) == ("email", "records@sangamon-bend.example")
    assert made.requester["organisation"] == "Harbor Rights Clinic"
    assert made.stage == "draft"


def test_the_same_form_sent_twice_is_one_draft(cast: builders.Cast) -> None:
    assert draft(cast, once="one").pk == draft(cast, once="one").pk


def test_an_editor_saves_and_a_colleague_reads_who_wrote(cast: builders.Cast) -> None:
    made = draft(cast)
    answer = client_of(cast.edgar).post(
        reverse("letter", args=[made.public_id]), words(made, body="Other words.")
    )
    assert answer.status_code == 302
    page = client_of(cast.olive).get(reverse("letter", args=[made.public_id])).content.decode()
    assert "Other words." in page
    assert "Edgar is writing." in page


def test_the_second_save_upon_an_old_version_shows_both_and_keeps_both(cast: builders.Cast) -> None:
    made = draft(cast)
    address = reverse("letter", args=[made.public_id])
    client_of(cast.olive).post(address, words(made, body="Olive's words."))
    refused = client_of(cast.edgar).post(address, words(made, body="Edgar's words."))
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Olive&#x27;s words." in page
    assert "Edgar&#x27;s words." in page
    with viewing_as(cast.olive):
        assert Letter.objects.get(pk=made.pk).body == "Olive's words."
        assert LetterAside.objects.get(letter=made).body == "Edgar's words."
    shown = client_of(cast.olive).get(address).content.decode()
    assert "Typed upon an older version" in shown
    on_top = client_of(cast.edgar).post(address, words(again(made, cast), body="Edgar's words."))
    assert on_top.status_code == 302
    assert again(made, cast).body == "Edgar's words."


def test_the_script_saves_by_the_same_act(cast: builders.Cast) -> None:
    made = draft(cast)
    address = reverse("letter", args=[made.public_id])
    said = {"version": 1, "subject": made.subject, "body": "Typed."}
    saved = client_of(cast.edgar).post(address, json.dumps(said), content_type="application/json")
    assert (saved.status_code, saved.json()["version"]) == (200, 2)
    assert saved.json()["said"].startswith("Saved at ")
    late = client_of(cast.olive).post(
        address, json.dumps({**said, "body": "Mine."}), content_type="application/json"
    )
    assert late.status_code == 409
    assert late.json()["body"] == "Typed."
    with viewing_as(cast.olive):
        assert LetterAside.objects.filter(letter=made, body="Mine.").count() == 1
    unread = client_of(cast.edgar).post(address, "[1]", content_type="application/json")
    assert unread.status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"body": "\ud83d"}, {"address": "\ud83d"}, {"version": 10**30}, {"version": -(10**30)}, {"version": 1e400},
        {"version": None}, {"version": []},
    ],
    ids=repr,
)  # fmt: skip
def test_a_save_that_no_row_can_hold_is_refused_in_words(cast: builders.Cast, change: dict[str, Any]) -> None:
    made = draft(cast)
    said = json.dumps({"version": 1, "subject": "Other", "body": "Typed.", **change})
    address = reverse("letter", args=[made.public_id])
    answer = client_of(cast.edgar).post(address, said, content_type="application/json")
    assert (answer.status_code, answer.json()["problem"]) == (400, "This save could not be read.")
    deep = client_of(cast.edgar).post(address, "[" * 200_000, content_type="application/json")
    assert deep.status_code == 400
    assert again(made, cast).version == 1


def test_a_program_that_saw_a_version_no_row_has_is_refused_in_words(cast: builders.Cast) -> None:
    made = draft(cast)
    said = json.dumps({"seen_version": 10**30, "subject": "Other", "body": "Typed."})
    address = f"/api/v1/letters/{made.public_id}/"
    answer = client_of(cast.edgar).patch(address, said, content_type="application/json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "seen_version")


def test_a_save_that_changes_nothing_is_no_new_version(cast: builders.Cast) -> None:
    made = draft(cast)
    client_of(cast.edgar).post(reverse("letter", args=[made.public_id]), words(made))
    assert again(made, cast).version == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"subject": ""}, "Give the letter a subject."),
        ({"subject": "x" * 3000}, "A subject has at most 300 characters"),
        ({"body": "  "}, "The letter says nothing yet."),
        ({"address": "not an address"}, "This is not one e-mail address."),
        ({"address": "a@b.example, c@d.example"}, "This is not one e-mail address."),
        ({"channel": "pigeon"}, "pigeon"),
    ],
)
def test_bad_words_are_refused_beside_their_field(
    cast: builders.Cast, change: dict[str, str], sentence: str
) -> None:
    made = draft(cast)
    refused = client_of(cast.edgar).post(reverse("letter", args=[made.public_id]), words(made, **change))
    assert refused.status_code == 400
    assert sentence in refused.content.decode()
    assert again(made, cast).version == 1


def test_a_subject_never_becomes_two_headers(cast: builders.Cast) -> None:
    made = draft(cast, subject="Records\r\nBcc: someone@else.example")
    assert made.subject == "Records Bcc: someone@else.example"


def test_letters_in_any_script_are_kept_as_written(cast: builders.Cast) -> None:
    body = "שלום 🌊 Łódź\x00 مرحبا"
    assert draft(cast, body=body).body == body.replace("\x00", "")


def test_readers_read_and_strangers_learn_nothing(cast: builders.Cast) -> None:
    made = draft(cast)
    address = reverse("letter", args=[made.public_id])
    assert client_of(cast.vera).get(address).status_code == 200
    assert client_of(cast.vera).post(address, words(made, body="x")).status_code == 404
    assert client_of(cast.ravi).post(address, words(made, body="x")).status_code == 404
    with viewing_as(cast.vera) as viewer, pytest.raises(Refused, match="Only an editor"):
        letters.save(viewer=viewer, letter=made, actor=cast.vera, seen_version=1, subject="a", body="b")
    with viewing_as(cast.ravi) as viewer, pytest.raises(NotYours):
        letters.save(viewer=viewer, letter=made, actor=cast.ravi, seen_version=1, subject="a", body="b")
    assert again(made, cast).version == 1


def test_a_draft_of_a_request_is_put_once_and_records_nothing_yet(cast: builders.Cast) -> None:
    asked = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    act = {"kind": "appeal", "subject": "Appeal", "body": "We appeal.", "once": "appeal-1", "parts": ["A2"]}
    with viewing_as(cast.edgar) as viewer:
        first = letters.put_draft(viewer=viewer, records_request=asked, actor=cast.edgar, **act)
        second = letters.put_draft(viewer=viewer, records_request=asked, actor=cast.edgar, **act)
        assert first.pk == second.pk
        assert first.event_kind == "appeal_filed"
        assert list(asked.events.values_list("kind", flat=True)) == ["sent"]
    page = client_of(cast.edgar).get(reverse("request-letters", args=[asked.public_id])).content.decode()
    assert "Appeal" in page


def test_a_draft_thrown_away_can_be_taken_out_again(cast: builders.Cast) -> None:
    made = draft(cast)
    desk, address = client_of(cast.edgar), reverse("letter", args=[made.public_id])
    desk.post(address, {"step": "discard"})
    assert again(made, cast).stage == "discarded"
    assert made.subject not in desk.get(reverse("letters")).content.decode()
    desk.post(address, {"step": "out"})
    assert again(made, cast).stage == "draft"
