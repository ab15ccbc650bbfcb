"""What pages of the desk show and do, a program does too: beginnings, windows, previews, newer readings, sums."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings

from requests_app.actions import remedies as acting
from requests_app.models import (
    Event,
    Membership,
    OfferedMove,
    RecordsRequest,
    Remedy,
    RevisionOffer,
    SavedView,
)
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.accounts.scene import signed_in
from tests.remedies.scene import at, filed, happens

from .conftest import Program, token_of

pytestmark = pytest.mark.django_db
SENT = dt.date(2026, 11, 2)
DENIED = dt.date(2026, 11, 12)


def person(who: Any) -> Program:
    return Program(client=signed_in(who))


@pytest.fixture
def denied(cast: builders.Cast) -> RecordsRequest:
    """New York, part A1 denied: a window for an appeal is open."""
    made = filed(cast, "us-ny", sent=SENT)
    happens(cast, made, "determined", DENIED, outcome="denied", parts=("A1",))
    return made


@pytest.fixture
def appeal(cast: builders.Cast, denied: RecordsRequest) -> Remedy:
    with viewing_as(cast.olive) as viewer:
        return acting.open_remedy(
            viewer=viewer, records_request=denied, kind="appeal", actor=cast.olive, once="appeal",
            now=at(dt.date(2026, 11, 20)), parts=("A1",),
        )  # fmt: skip


def ledger(cast: builders.Cast, made: RecordsRequest) -> tuple[int, int]:
    """Its version, and how many events it has."""
    with viewing_as(cast.olive):
        made.refresh_from_db()
        return made.ledger_version, Event.objects.filter(request=made).count()


def test_a_person_starts_an_organization_and_owns_it(cast: builders.Cast) -> None:
    noor = person(cast.noor)
    answer = noor.post("/organisations/", {"name": "River Desk"})
    assert answer.status_code == 201, answer.content
    assert answer.json() | {"name": "River Desk", "role": "owner", "requires_second_factor": True} == answer.json()
    # A second factor is asked for before the founder writes more; until then there is the reading of it.
    assert noor.get(f"/organisations/{answer.json()['id']}/").status_code == 200
    empty = noor.post("/organisations/", {"name": "  "})
    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (400, "name")


def test_a_token_and_a_stranger_start_none(cast: builders.Cast, writer: Program, anybody: Program) -> None:
    assert writer.post("/organisations/", {"name": "River Desk"}).json()["code"] == "people_only"
    assert anybody.post("/organisations/", {"name": "River Desk"}).status_code == 401
    with override_settings(SIGNUP_OPEN=False):
        assert person(cast.noor).post("/organisations/", {"name": "River Desk"}).status_code == 403
    with viewing_as(cast.noor) as viewer:
        assert not viewer.roles


def test_a_member_has_an_id_that_is_no_number_and_is_named_by_it(cast: builders.Cast) -> None:
    here, olive = f"/organisations/{cast.harbor.public_id}/members", person(cast.olive)
    listed = {row["email"]: row["id"] for row in olive.get(f"{here}/").json()["items"]}
    vera = listed[cast.vera.email]
    assert len(vera) == 12
    assert len(set(listed.values())) == len(listed)
    assert olive.get(f"{here}/{vera}/").json()["email"] == cast.vera.email
    with viewing_as(cast.olive):
        number = Membership.objects.get(organisation=cast.harbor, person=cast.vera).pk
    assert olive.get(f"{here}/{number}/").status_code == 404
    assert person(cast.ravi).get(f"{here}/{vera}/").status_code == 404
    changed = olive.post(f"{here}/role/", {"member": vera, "role": "editor", "seen_role": "viewer"})
    assert (changed.status_code, changed.json()["role"]) == (200, "editor")


def test_open_windows_are_listed_page_by_page(
    cast: builders.Cast, denied: RecordsRequest, reader: Program
) -> None:
    happens(cast, denied, "determined", DENIED, outcome="denied", parts=("A2",))
    first = reader.get("/windows/?limit=1").json()
    assert len(first["items"]) == 1
    second = reader.client.get(first["next"], headers=reader.headers).json()
    rows = [*first["items"], *second["items"]]
    assert {row["request"] for row in rows} == {denied.public_id}
    assert {row["kind"] for row in rows} == {"appeal"}
    assert [row["due_on"] for row in rows] == sorted(row["due_on"] for row in rows)
    assert reader.get("/windows/?kind=suit").json()["items"] == []
    assert reader.get("/windows/?kind=nothing").json()["errors"][0]["field"] == "kind"
    other = Program(token_of(cast.ravi, cast.prairie)[1])
    assert other.get("/windows/").json()["items"] == []


def test_a_decision_and_an_order_are_shown_before_they_are_written(
    cast: builders.Cast, denied: RecordsRequest, appeal: Remedy, writer: Program
) -> None:
    at_ = f"/remedies/{appeal.public_id}"
    filing = writer.post(f"{at_}/file/", {"sent_on": "2026-11-16", "seen_version": ledger(cast, denied)[0]})
    assert filing.status_code == 201, filing.content
    stands = ledger(cast, denied)
    words = {"outcome": "upheld", "dated_on": "2026-11-18", "received_on": "2026-11-18", "seen_version": stands[0]}
    shown = writer.post(f"{at_}/decide/preview/", words)
    assert shown.status_code == 200, shown.content
    assert not shown.json()["changes_nothing"]
    order = {
        "what": "production", "owes": "agency", "due_on": "2026-12-01", "dated_on": "2026-11-18",
        "seen_version": stands[0],
    }  # fmt: skip
    told = writer.post(f"{at_}/orders/preview/", order)
    assert (told.status_code, told.json()["code"]) == (409, "no_orders"), "an appeal inside the agency knows none"
    assert ledger(cast, denied) == stands, "nothing is written by looking"
    wrong = writer.post(f"{at_}/decide/preview/", words | {"dated_on": "2026-10-01"})
    assert wrong.status_code == 400
    assert wrong.json()["detail"]


def test_a_letter_is_drafted_anew_upon_what_was_read(appeal: Remedy, writer: Program) -> None:
    at_ = f"/remedies/{appeal.public_id}"
    read = writer.get(f"{at_}/").json()
    changed = writer.client.patch(
        f"/api/v1{at_}/", {"seen_version": read["version"], "letter": "Mine."}, content_type="application/json",
        headers=writer.headers,
    ).json()  # fmt: skip
    assert writer.post(f"{at_}/redraft/", {"seen_version": read["version"]}).status_code == 409
    again = writer.post(f"{at_}/redraft/", {"seen_version": changed["version"]})
    assert again.status_code == 200, again.content
    assert "This is an appeal under the New York Freedom of Information Law" in again.json()["letter"]


def test_owners_decide_about_a_newer_reading_and_tokens_read_it(
    cast: builders.Cast, ours: RecordsRequest, writer: Program
) -> None:
    with viewing_as(cast.olive):
        offer = RevisionOffer.objects.create(
            organisation=cast.harbor, law_id="us-il", revision=2, state="ready"
        )
        OfferedMove.objects.create(
            offer=offer, organisation=cast.harbor, request=ours, from_revision=1, changes=[], ours=True
        )
    here = f"/law-changes/{offer.public_id}"
    assert [row["waiting"] for row in writer.get("/law-changes/").json()["items"]] == [1]
    assert [row["request"] for row in writer.get(f"{here}/moves/").json()["items"]] == [ours.public_id]
    assert writer.post(f"{here}/decision/", {"accept": False}).json()["code"] == "people_only"
    assert person(cast.edgar).post(f"{here}/decision/", {"accept": False}).status_code == 403
    assert person(cast.ravi).get(f"{here}/").status_code == 404
    done = person(cast.olive).post(f"{here}/decision/", {"accept": False})
    assert (done.status_code, done.json()["requests"], done.json()["law_change"]["waiting"]) == (200, 1, 0)
    assert [row["decision"] for row in writer.get(f"{here}/moves/?decision=all").json()["items"]] == ["declined"]


def test_money_and_the_same_part_elsewhere_are_told(
    cast: builders.Cast, denied: RecordsRequest, reader: Program
) -> None:
    happens(cast, denied, "fee_estimated", DENIED, amount=Decimal("480.00"))
    sums = reader.get("/fees/").json()
    assert (sums["whole"]["requests"], sums["whole"]["estimated"]) == (1, "480.00")
    compared = reader.get(f"/requests/{denied.public_id}/withholdings/compare/?part=A1")
    assert compared.json() == {"items": []}, "no kit and no campaign joins it with another"
    assert reader.get(f"/requests/{denied.public_id}/withholdings/compare/?part=Z9").status_code == 404


def test_a_view_is_dropped_by_its_owner_alone(cast: builders.Cast) -> None:
    olive, edgar = person(cast.olive), person(cast.edgar)
    body = {"name": "Late ones", "query": "late=1", "shared": True, "organisation": cast.harbor.public_id}
    made = olive.post("/views/", body).json()
    gone = f"/api/v1/views/{made['id']}/"
    assert edgar.client.delete(gone).status_code in (403, 404)
    assert olive.client.delete(gone).json() == {"done": True}
    assert olive.client.delete(gone).status_code == 404
    with viewing_as(cast.olive):
        assert not SavedView.objects.filter(public_id=made["id"]).exists()
