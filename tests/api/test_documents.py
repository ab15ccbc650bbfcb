"""Documents for programs: kept once, checked at each fetch, released by owners alone."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from requests_app.models import Document, Person, RecordsRequest
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.accounts.scene import signed_in

pytestmark = pytest.mark.django_db
BYTES = b"not opened by anybody"


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


@pytest.fixture
def ours(cast: builders.Cast) -> RecordsRequest:
    return builders.bare_request(cast.olive, cast.harbor, cast.agency)


def client(who: Person) -> Client:
    made = Client()
    made.force_login(who, backend=project.AUTHENTICATION_BACKENDS[0])
    return made


def upload(who: Person, of: RecordsRequest, key: str = "upload-key-1", **more: Any) -> Any:
    return client(who).post(
        f"/api/v1/requests/{of.public_id}/documents/",
        {"file": SimpleUploadedFile("Response.pdf", BYTES), **more},
        headers={"Idempotency-Key": key},
    )


def test_a_file_sent_twice_with_one_key_is_kept_once(cast: builders.Cast, ours: RecordsRequest) -> None:
    first, again = upload(cast.edgar, ours), upload(cast.edgar, ours)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    told = first.json()
    assert told["sha256"] == hashlib.sha256(BYTES).hexdigest()
    assert told["state"] == "unreleased"
    with viewing_as(cast.olive):
        assert Document.objects.count() == 1
    assert b"".join(client(cast.vera).get(told["file"]).streaming_content) == BYTES
    assert client(cast.ravi).get(told["file"]).status_code == 404


def test_who_may_not_write_is_told_and_nothing_is_kept(cast: builders.Cast, ours: RecordsRequest) -> None:
    assert upload(cast.vera, ours).status_code == 403
    assert upload(cast.ravi, ours).status_code == 404
    wrong = upload(cast.edgar, ours, event="zzzzzzzzzzzz")
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["field"] == "event"
    with viewing_as(cast.olive):
        assert Document.objects.count() == 0


def test_release_is_an_owners_and_shows_what_is_ours_to_nobody_else(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    pid = upload(cast.edgar, ours).json()["id"]
    address = f"/api/v1/documents/{pid}/act/"
    builders.publish(cast.olive, ours, documents=True)

    def act(who: Person, **words: Any) -> Any:
        return signed_in(who).post(address, words, content_type="application/json")

    assert act(cast.edgar, act="release", looked_through=True).status_code == 403
    assert act(cast.olive, act="release").json()["errors"][0]["field"] == "looked_through"
    assert act(cast.olive, act="sing").status_code == 400
    assert act(cast.ravi, act="hold_back").status_code == 404
    assert act(cast.olive, act="release", looked_through=True).json()["state"] == "released"
    seen = Client().get(f"/api/v1/requests/{ours.public_id}/documents/").json()
    assert [one["id"] for bundle in seen["bundles"] for one in bundle["documents"]] == [pid]
    assert "original_name" not in str(seen)
    assert act(cast.edgar, act="withdraw", reason="").json()["errors"][0]["field"] == "reason"
    assert act(cast.edgar, act="withdraw", reason="wrong file").json()["note"] == "wrong file"
    assert Client().get(f"/api/v1/documents/{pid}/").status_code == 404


def test_it_is_named_and_put_beside_what_it_came_with(cast: builders.Cast, ours: RecordsRequest) -> None:
    with viewing_as(cast.olive):
        produced = builders.event(ours, "produced", received_on=dt.date(2026, 3, 4), outcome="produced")
    pid = upload(cast.edgar, ours).json()["id"]
    words = {"title": "First part.pdf", "event": produced.uid}
    named = client(cast.edgar).patch(f"/api/v1/documents/{pid}/", words, content_type="application/json")
    assert (named.json()["title"], named.json()["event"]) == ("First part.pdf", produced.uid)
    address = f"/api/v1/requests/{ours.public_id}/productions/{produced.uid}/"
    stated = client(cast.edgar).put(address, {"pages": 340}, content_type="application/json")
    assert stated.json()["bundles"][0]["pages_stated"] == 340
    assert client(cast.edgar).put(address, {"pages": -1}, content_type="application/json").status_code == 400
