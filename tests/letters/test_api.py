"""Letters, kits and waves by program: the same acts, the same walls."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from requests_app.actions import letter_sending
from requests_app.models import RecordsRequest
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.reminders.scene import Sink, serving

from .test_drafts import client_of
from .test_waves import campaign_with

pytestmark = pytest.mark.committed
ROOT = "/api/v1"


def call(client: Client, method: str, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    said = json.dumps(body) if body is not None else ""
    return client.generic(method, f"{ROOT}{path}", said, content_type="application/json", headers=headers)


def test_a_program_drafts_saves_and_sends_a_letter_once(cast: builders.Cast, mail_server: Any) -> None:
    desk = client_of(cast.edgar)
    given = {"agency": cast.agency.slug, "law": "us-il", "kit": "plate-readers"}
    made = call(desk, "POST", "/letters/", given, key="draft-0001")
    assert made.status_code == 201, made.content
    same = call(desk, "POST", "/letters/", given, key="draft-0001").json()
    letter = made.json()
    assert same["id"] == letter["id"]
    assert letter["due_if_sent_today"]
    saved = call(
        desk, "PATCH", f"/letters/{letter['id']}/",
        {"seen_version": letter["version"], "subject": "Other", "body": letter["body"]},
    )  # fmt: skip
    assert saved.json()["version"] == letter["version"] + 1
    stale = call(
        client_of(cast.olive), "PATCH", f"/letters/{letter['id']}/",
        {"seen_version": letter["version"], "subject": "Mine", "body": "Mine"},
    )  # fmt: skip
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert stale.json()["current"]["subject"] == "Other"
    assert stale.json()["current_version"] == saved.json()["version"]
    queued = call(
        desk, "POST", f"/letters/{letter['id']}/queue/",
        {"seen_version": saved.json()["version"], "accepted": [one["code"] for one in letter["warnings"]]},
    )  # fmt: skip
    assert (queued.status_code, queued.json()["stage"]) == (200, "queued")
    with serving(Sink()) as sink:
        mail_server(sink.port)
        letter_sending.sweep(oracle=None)
    sent = call(desk, "GET", f"/letters/{letter['id']}/").json()
    assert sent["stage"] == "sent"
    assert sent["proof"]["server"] == ["250 accepted: kept"]
    assert len(sink.taken) == 1
    listed = call(desk, "GET", "/letters/?stage=sent").json()
    assert [row["id"] for row in listed["items"]] == [letter["id"]]


def test_a_program_files_a_campaign(cast: builders.Cast, mail_server: Any) -> None:
    _other, agencies = campaign_with(cast, 3)
    desk = client_of(cast.edgar)
    begun = call(
        desk,
        "POST",
        "/campaign-plans/",
        {"public_title": "By program", "kits": ["plate-readers"]},
        key="c-000001",
    )
    assert begun.status_code == 201, begun.content
    here = f"/campaigns/{begun.json()['id']}"
    told = call(
        desk, "POST", f"{here}/universe/", {"agencies": [a.slug for a in agencies] + ["nobody"]}
    ).json()
    assert told == {"agencies": 3, "changed": 3, "unknown": ["nobody"]}
    wave = call(desk, "POST", f"{here}/waves/", {"most": 2}, key="w-000001").json()
    assert wave["counts"] == {"draft": 2}
    assert call(desk, "POST", f"{here}/waves/", {"most": 2}, key="w-000001").json() == wave
    done = call(desk, "POST", f"{here}/waves/1/queue/", {}).json()
    assert (done["queued"], done["left"]) == (2, {})
    assert call(desk, "POST", f"{here}/waves/1/stop/").json()["stopped"] == 2
    assert call(desk, "POST", f"{here}/waves/1/queue/", {}).json()["queued"] == 2
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert letter_sending.sweep(oracle=None).sent == 2
    assert call(desk, "GET", f"{here}/waves/1/").json()["counts"] == {"sent": 2}
    with viewing_as(cast.edgar):
        assert RecordsRequest.objects.filter(campaign__public_id=begun.json()["id"]).count() == 2


def test_a_program_writes_a_kit_and_is_told_what_is_wrong_with_it(cast: builders.Cast) -> None:
    desk = client_of(cast.edgar)
    kit = call(desk, "POST", "/own-kits/", {"name": "Ours", "copy_from": "plate-readers"}).json()
    assert (kit["state"], kit["problems"]) == ("draft", [])
    bad = kit["text"].replace("{center}", "{centre}", 1)
    refused = call(desk, "PUT", f"/own-kits/{kit['id']}/", {"seen": kit["seen"], "text": bad, "ready": True})
    assert refused.status_code == 400
    assert "Did you mean {center}?" in refused.json()["detail"]
    ready = call(
        desk, "PUT", f"/own-kits/{kit['id']}/", {"seen": kit["seen"], "text": kit["text"], "ready": True}
    )
    assert ready.json()["state"] == "ready"


def test_strangers_find_nothing(cast: builders.Cast) -> None:
    campaign, _ = campaign_with(cast, 1)
    for path in (f"/campaigns/{campaign.public_id}/plan/", f"/campaigns/{campaign.public_id}/waves/"):
        assert call(client_of(cast.ravi), "GET", path).status_code == 404
        assert call(Client(), "GET", path).status_code == 401
    assert call(client_of(cast.vera), "POST", "/letters/", {"agency": cast.agency.slug}).status_code in (
        400,
        403,
    )
