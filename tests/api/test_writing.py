"""A program writes once, from what it has read, and is told what changed."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from requests_app.models import Event, IdempotencyKey, Membership, RecordsRequest
from requests_app.models.visibility import viewing_as
from tests import builders

from .conftest import Program, token_of

pytestmark = pytest.mark.django_db
KEY = "my-first-act"


def acknowledged(**more: Any) -> dict[str, Any]:
    return {"kind": "acknowledged", "seen_version": 1, "received_on": "2026-03-04", **more}


def events_of(cast: builders.Cast, request: RecordsRequest) -> list[str]:
    with viewing_as(cast.olive):
        return list(Event.objects.filter(request=request).in_order().values_list("kind", flat=True))


def test_an_event_is_recorded_and_its_effect_told(
    cast: builders.Cast, writer: Program, ours: RecordsRequest
) -> None:
    words = acknowledged(kind="determined", outcome="denied", parts=["A1"], text="No.", note="Appeal it.")
    key = {"Idempotency-Key": KEY}
    effect = writer.post(f"/requests/{ours.public_id}/events/preview/", words, **key)
    assert effect.status_code == 200
    assert events_of(cast, ours) == ["sent"], "a preview writes nothing"
    told = writer.post(f"/requests/{ours.public_id}/events/", words, **key)
    assert told.status_code == 201
    assert told.json()["version"] == 2
    assert told.json()["effect"] == effect.json()
    assert any(c["what"] == "opened" and c["owner"] == "requester" for c in effect.json()["clocks"])
    [_sent, line] = writer.get(f"/requests/{ours.public_id}/events/").json()["items"]
    assert (line["id"], line["text"], line["note"], line["recorded_by"]) == (
        told.json()["event"], "No.", "Appeal it.", "Olive",
    )  # fmt: skip


def test_an_old_version_is_refused_with_both_shown(
    cast: builders.Cast, writer: Program, ours: RecordsRequest
) -> None:
    assert writer.post(f"/requests/{ours.public_id}/events/", acknowledged()).status_code == 201
    for path in ("events/", "events/preview/"):
        late = writer.post(f"/requests/{ours.public_id}/{path}", acknowledged(received_on="2026-03-05"))
        assert late.status_code == 409
        told = late.json()
        assert (told["code"], told["seen_version"], told["current_version"]) == ("stale", 1, 2)
        assert [line["received_on"] for line in told["current"]["since"]] == ["2026-03-04"]
    assert events_of(cast, ours) == ["sent", "acknowledged"]


def test_an_event_is_taken_back(cast: builders.Cast, writer: Program, ours: RecordsRequest) -> None:
    told = writer.post(f"/requests/{ours.public_id}/events/", acknowledged()).json()
    path = f"/requests/{ours.public_id}/events/{told['event']}/retract/"
    assert writer.post(path, {"seen_version": 2}).json()["errors"][0]["field"] == "reason"
    back = writer.post(path, {"seen_version": 2, "reason": "Of another request."})
    assert back.status_code == 201
    lines = writer.get(f"/requests/{ours.public_id}/events/").json()["items"]
    assert lines[1]["retracted_by"] == back.json()["event"]


def test_the_same_key_is_done_once_and_told_the_same(
    cast: builders.Cast, writer: Program, ours: RecordsRequest
) -> None:
    path = f"/requests/{ours.public_id}/events/"
    first = writer.post(path, acknowledged(), **{"Idempotency-Key": KEY})
    again = writer.post(path, dict(reversed(acknowledged().items())), **{"Idempotency-Key": KEY})
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert events_of(cast, ours) == ["sent", "acknowledged"]


def test_a_key_belongs_to_one_act(cast: builders.Cast, writer: Program, ours: RecordsRequest) -> None:
    path = f"/requests/{ours.public_id}/events/"
    event = writer.post(path, acknowledged(), **{"Idempotency-Key": KEY}).json()["event"]
    other = writer.post(path, acknowledged(note="more"), **{"Idempotency-Key": KEY})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    elsewhere = writer.post(
        f"{path}{event}/retract/", {"seen_version": 2, "reason": "x"}, **{"Idempotency-Key": KEY}
    )
    assert elsewhere.status_code == 422
    assert events_of(cast, ours) == ["sent", "acknowledged"]


@pytest.mark.parametrize("key", ["short", "x" * 101, "löwe-und-bär"])
def test_a_key_is_a_few_plain_characters(writer: Program, ours: RecordsRequest, key: str) -> None:
    answer = writer.post(f"/requests/{ours.public_id}/events/", acknowledged(), **{"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")


def test_a_failed_act_leaves_its_key_free(cast: builders.Cast, writer: Program, ours: RecordsRequest) -> None:
    path = f"/requests/{ours.public_id}/events/"
    assert writer.post(path, acknowledged(seen_version=9), **{"Idempotency-Key": KEY}).status_code == 409
    assert writer.post(path, acknowledged(), **{"Idempotency-Key": KEY}).status_code == 201


def test_keys_of_two_programs_are_two_keys(
    cast: builders.Cast, writer: Program, ours: RecordsRequest
) -> None:
    other = Program(token_of(cast.olive, cast.harbor, "write")[1])
    path = f"/requests/{ours.public_id}/events/"
    assert writer.post(path, acknowledged(), **{"Idempotency-Key": KEY}).status_code == 201
    assert other.post(path, acknowledged(seen_version=2), **{"Idempotency-Key": KEY}).status_code == 201
    assert events_of(cast, ours) == ["sent", "acknowledged", "acknowledged"]


def test_who_may_write_no_more_is_not_told_the_stored_answer(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    client = Client()
    client.force_login(cast.edgar)
    program = Program("", client)
    path = f"/requests/{ours.public_id}/events/"
    assert program.post(path, acknowledged(), **{"Idempotency-Key": KEY}).status_code == 201
    with viewing_as(cast.ravi):
        Membership.objects.create(organisation=cast.prairie, person=cast.edgar, role="editor")
    with viewing_as(cast.olive):
        Membership.objects.filter(person=cast.edgar, organisation=cast.harbor).update(role="viewer")
    again = program.post(path, acknowledged(), **{"Idempotency-Key": KEY})
    assert (again.status_code, again.json()["code"]) == (409, "key_unusable")
    with viewing_as(cast.edgar):
        assert IdempotencyKey.objects.count() == 0, "the second wall by itself"


def test_a_stored_answer_ends_with_its_day(
    cast: builders.Cast, writer: Program, ours: RecordsRequest
) -> None:
    path = f"/requests/{ours.public_id}/events/"
    assert writer.post(path, acknowledged(), **{"Idempotency-Key": KEY}).status_code == 201
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_policies WHERE tablename = 'requests_app_idempotencykey'")
        assert cursor.fetchone()[0] == 3


def test_a_reading_token_writes_nothing(cast: builders.Cast, reader: Program, ours: RecordsRequest) -> None:
    for path in (f"/requests/{ours.public_id}/events/", "/requests/zzzzzzzzzzzz/events/", "/requests/"):
        answer = reader.post(path, acknowledged())
        assert (answer.status_code, answer.json()["code"]) == (403, "read_only")
    assert events_of(cast, ours) == ["sent"]


def test_nobody_writes_without_being_known(
    cast: builders.Cast, anybody: Program, ours: RecordsRequest
) -> None:
    answer = anybody.post(f"/requests/{ours.public_id}/events/", acknowledged())
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert events_of(cast, ours) == ["sent"]


def filing(cast: builders.Cast, **more: Any) -> dict[str, Any]:
    return {
        "agency": cast.agency.slug, "law": "us-il", "public_title": "Cameras 📷 مرحبا", "sent_on": "2026-03-02",
        "channel": "email", "parts": [{"label": "A1", "title": "Contracts"}], **more,
    }  # fmt: skip


def test_a_request_is_filed_once(cast: builders.Cast, writer: Program) -> None:
    first = writer.post("/requests/", filing(cast), **{"Idempotency-Key": KEY})
    again = writer.post("/requests/", filing(cast), **{"Idempotency-Key": KEY})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["title"] == "Cameras 📷 مرحبا"
    assert first.json()["clocks"][0]["due_on"] == "2026-03-09"
    assert len(writer.get("/requests/").json()["items"]) == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"agency": "nobody"}, "agency"), ({"campaign": "zzzzzzzzzzzz"}, "campaign"),
        ({"organisation": "zzzzzzzzzzzz"}, "organisation"), ({"custodian": "Nobody"}, "custodian"),
        ({"law": "us-zz"}, "law_id"), ({"law": None}, "law"), ({"sent_on": "soon"}, "sent_on"),
        ({"sent_on": 5}, "sent_on"), ({"channel": "pigeon"}, "channel"), ({"colour": "red"}, "colour"),
        ({"public_title": "x" * 301}, "public_title"), ({"public_title": "a\x00b"}, "public_title"),
        ({"public_title": 5}, "public_title"), ({"public_title": ["x"]}, "public_title"),
        ({"parts": [{"label": "A1", "size": 3}]}, "parts.0.size"), ({"parts": "A1"}, "parts"),
        ({"law_facts": {"moon": "full"}}, "law_facts.moon"),
        ({"law_facts": {"requester": ["martian"]}}, "law_facts.requester"),
        ({"law_facts": {"requester": {"a": 1}}}, "law_facts.requester"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(
    cast: builders.Cast, writer: Program, more: dict[str, Any], field: str
) -> None:
    answer = writer.post("/requests/", filing(cast, **more))
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert writer.get("/requests/").json()["items"] == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "direct"])
def test_two_senders_of_one_key_at_one_time_do_it_once(cast: builders.Cast, ours: RecordsRequest) -> None:
    _token, secret = token_of(cast.olive, cast.harbor, "write")
    told: list[Any] = []

    def send() -> None:
        answer = Program(secret).post(
            f"/requests/{ours.public_id}/events/", acknowledged(), **{"Idempotency-Key": KEY}
        )
        told.append((answer.status_code, answer.json()))
        connection.close()

    threads = [threading.Thread(target=send) for _one in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [status for status, _words in told] == [201] * 4
    assert all(words == told[0][1] for _status, words in told)
    assert events_of(cast, ours) == ["sent", "acknowledged"]
