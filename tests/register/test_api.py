"""A program keeps the register by the same acts: once, on what it read, never as an owner."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from requests_app.models import LegalHold, RecordsRequest, Withholding
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.api.conftest import Program, token_of

from .conftest import denied, filed, signed_in

KEY = {"Idempotency-Key": "the-first-act"}


@pytest.fixture
def writer(cast: builders.Cast) -> Program:
    return Program(token_of(cast.olive, cast.harbor, "write")[1])


@pytest.fixture
def stranger(cast: builders.Cast) -> Program:
    return Program(token_of(cast.ravi, cast.prairie, "write")[1])


def grounds(cast: builders.Cast, of: RecordsRequest) -> dict[str, Any]:
    return {
        "event": denied(cast, of).uid,
        "grounds": [
            {"part": "A2", "code": "7(1)(d)", "pages_full": 12},
            {"part": "A2", "section": "LES", "ground": "marking", "our_view": "wrong", "notes": "no basis"},
        ],
    }


def test_grounds_are_recorded_once_read_changed_and_taken_back(
    cast: builders.Cast, ours: RecordsRequest, writer: Program
) -> None:
    here = f"/requests/{ours.public_id}/withholdings/"
    words = grounds(cast, ours)
    told = writer.post(here, words, **KEY)
    assert told.status_code == 201
    assert writer.post(here, words, **KEY).json() == told.json()
    first, second = told.json()["items"]
    assert (first["citation"], second["our_view"]) == ("5 ILCS 140/7(1)(d)", "wrong")
    one = f"{here}{first['id']}/"
    changed = {"part": "A2", "code": "7(1)(c)", "our_view": "doubtful", "seen_version": 1}
    assert put(writer, one, changed).json()["section"] == "7(1)(c)"
    stale = put(writer, one, changed)
    assert stale.status_code == 409
    assert (stale.json()["current_version"], stale.json()["current"]["section"]) == (2, "7(1)(c)")
    back = writer.post(f"{one}retract/", {"reason": "misread", "seen_version": 2})
    assert (back.status_code, back.json()["retracted"]) == (200, True)
    assert [row["retracted"] for row in writer.get(here).json()["items"]] == [True, False]
    assert [row["section"] for row in writer.get("/withholdings/?ground=marking").json()["items"]] == ["LES"]


def put(program: Program, path: str, body: Any) -> Any:
    return program.client.put(f"/api/v1{path}", body, content_type="application/json", headers=program.headers)


def test_a_wrong_ground_is_named_by_its_place(cast: builders.Cast, ours: RecordsRequest, writer: Program) -> None:
    words = grounds(cast, ours)
    words["grounds"][1] = {"section": "NDA"}
    refused = writer.post(f"/requests/{ours.public_id}/withholdings/", words)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "1-ground"
    with viewing_as(cast.olive):
        assert not Withholding.objects.exists()


def test_the_list_comes_in_pages(cast: builders.Cast, ours: RecordsRequest, writer: Program) -> None:
    writer.post(f"/requests/{ours.public_id}/withholdings/", grounds(cast, ours))
    page = writer.get("/withholdings/?limit=1").json()
    rest = writer.client.get(page["next"], headers=writer.headers).json()
    assert [row["section"] for row in (*page["items"], *rest["items"])] == ["LES", "7(1)(d)"]
    assert rest["next"] is None


def test_a_fee_is_recorded_and_the_account_told(cast: builders.Cast, ours: RecordsRequest, writer: Program) -> None:
    here = f"/requests/{ours.public_id}/fees/"
    told = writer.post(
        here, {"line": "estimate", "on": "2026-03-12", "seen_version": 1, "hours": "2.5", "hourly": "31.00"}
    )
    assert told.status_code == 201
    assert told.json()["account"]["estimate"] == "77.50"
    due = {"line": "invoice", "on": "2026-03-13", "seen_version": 2, "amount": "80.00", "due_on": "2026-04-03"}
    account = writer.post(here, due).json()["account"]
    assert (account["balance"], account["due"]) == ("80.00", [{"on": "2026-04-03", "name": "Pay the invoice"}])
    assert writer.post(here, due).status_code == 409
    for amount in ("-1", "NaN", "1.005", "1e12"):
        assert writer.post(here, {**due, "seen_version": 3, "amount": amount}).status_code == 400, amount
    assert writer.get(here).json()["version"] == 3


def test_days_of_destruction_and_demands_are_kept(cast: builders.Cast, ours: RecordsRequest, writer: Program) -> None:
    here = f"/requests/{ours.public_id}/preservation/"
    today = timezone.now().date() - dt.timedelta(days=1)
    goes = (today + dt.timedelta(days=90)).isoformat()
    noted = writer.post(f"{here}dates/", {"seen_version": 1, "source": "the schedule", "destroys_on": goes})
    assert noted.status_code == 201
    assert noted.json()["alarms"][0]["state"] == "ahead"
    day = noted.json()["alarms"][0]["noted_on"]
    asked = writer.post(f"{here}demands/", {"seen_version": 2, "sent_on": day, "text": "Keep it."})
    assert asked.status_code == 201
    assert asked.json()["alarms"][0]["state"] == "met"
    assert writer.get(here).json()["demands"][0]["text"] == "Keep it."


def test_a_program_sets_a_hold_and_only_an_owner_lifts_it(
    cast: builders.Cast, ours: RecordsRequest, writer: Program
) -> None:
    here = f"/requests/{ours.public_id}/hold/"
    assert writer.post(here, {"reason": "the suit"}).status_code == 200
    assert writer.post(here, {"reason": "the suit"}).status_code == 409
    assert writer.post(here, {"reason": "over", "lift": True}).status_code == 403, "a token is no owner"
    olive = signed_in(cast.olive)
    lifted = olive.post(f"/api/v1{here}", {"reason": "over", "lift": True}, content_type="application/json")
    assert (lifted.status_code, lifted.json()["lifted_at"] is not None) == (200, True)
    with viewing_as(cast.olive):
        assert not LegalHold.objects.filter(lifted_at=None).exists()


def test_a_stranger_reads_and_writes_nothing_of_it(
    cast: builders.Cast, ours: RecordsRequest, writer: Program, stranger: Program
) -> None:
    made = writer.post(f"/requests/{ours.public_id}/withholdings/", grounds(cast, ours)).json()["items"][0]
    builders.publish(cast.olive, ours)
    here = f"/requests/{ours.public_id}"
    for path in ("withholdings", "fees", "preservation"):
        assert stranger.get(f"{here}/{path}/").status_code == 404
    assert stranger.get("/withholdings/").json()["items"] == []
    one = f"{here}/withholdings/{made['id']}/"
    assert put(stranger, one, {"ground": "none_cited", "seen_version": 1}).status_code == 404
    assert stranger.post(f"{here}/hold/", {"reason": "x"}).status_code == 404
    paid = {"line": "paid", "on": "2026-03-12", "seen_version": 1, "amount": "1"}
    assert stranger.post(f"{here}/fees/", paid).status_code == 404


def test_a_campaign_is_held_whole(cast: builders.Cast, writer: Program) -> None:
    campaign = builders.campaign(cast.olive, cast.harbor)
    made = filed(cast, campaign=campaign)
    assert writer.post(f"/campaigns/{campaign.public_id}/hold/", {"reason": "the suit"}).json()["of"] == "campaign"
    kept = writer.get(f"/requests/{made.public_id}/preservation/").json()
    assert [hold["of"] for hold in kept["holds"]] == ["campaign"]
