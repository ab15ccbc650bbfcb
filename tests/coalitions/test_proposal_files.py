"""A partner hands in a file: it waits for the owner's people, becomes a document of theirs, or goes for good."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.utils import DatabaseError, IntegrityError, ProgrammingError
from django.test import Client

from requests_app.actions import documents, joint_rights, legal_holds, proposal_files
from requests_app.actions import proposals as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.intake import storage
from requests_app.models import (
    CoalitionMember,
    Document,
    DocumentPrivate,
    Person,
    Proposal,
    ProposalDecision,
    RecordsRequest,
    Share,
)
from requests_app.models.ids import public_id
from requests_app.models.visibility import viewing_as
from requests_app.tasks import proposals as tasks
from tests import builders
from tests.accounts.scene import signed_in
from tests.shares.conftest import Scene, scene

from .test_proposals import TODAY, accept, decline, filed, forge, give, guest_of, share, told

__all__ = ["filed", "scene"]
pytestmark = pytest.mark.django_db
BYTES = b"%PDF-1.7 not opened by anybody"
RECEIVED = dt.date(2026, 3, 20)


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def files_in(media: Path) -> int:
    return sum(1 for path in media.rglob("*") if path.is_file())


def hand_in(who: Person, request: RecordsRequest, data: bytes = BYTES, **said: Any) -> Proposal:
    with viewing_as(who) as viewer:
        return proposal_files.propose_document(
            viewer=viewer, records_request=request, actor=who, today=TODAY, chunks=[data],
            **{
                "name": "contract.pdf", "received_on": RECEIVED, "note": "The contract; the city sent it to us.",
                "once": public_id(), **said,
            },
        )  # fmt: skip


def withdraw(who: Person, proposal: Proposal) -> None:
    with viewing_as(who) as viewer:
        acts.withdraw(viewer=viewer, proposal=proposal, actor=who)


def fetch(who: Person | None, proposal: Proposal) -> Any:
    return (signed_in(who) if who else Client()).get(f"/proposals/{proposal.public_id}/file/")


def test_a_partner_hands_in_a_file_and_accepted_it_is_a_document_that_nobody_outside_sees(
    scene: Scene, filed: RecordsRequest, media: Path
) -> None:
    builders.share_with(scene.cast.olive, scene.campaign, scene.cast.prairie, documents=True)
    with pytest.raises(Refused, match="right to hand in documents"):
        hand_in(scene.cast.ravi, filed)
    assert files_in(media) == 0
    give(scene, scene.campaign, "upload")
    made = hand_in(scene.cast.ravi, filed, name="C:\\files\\contract.pdf")
    assert (made.title, made.happened_on, made.size) == ("contract.pdf", RECEIVED, len(BYTES))
    with viewing_as(scene.cast.olive):
        assert not Document.objects.exists()
    done = accept(scene.cast.edgar, made)
    assert accept(scene.cast.olive, made).repeated and files_in(media) == 1
    with viewing_as(scene.cast.vera):
        document = Document.objects.get()
        assert (document.public_id, document.title, document.request_id) == (
            done.decision.made, "contract.pdf", filed.pk,
        )  # fmt: skip
        assert document.released_at is None and document.sha256 == made.sha256
        private = DocumentPrivate.objects.get()
        assert (private.handed_in_by, private.received_on) == ("a partner", RECEIVED)
        assert private.added_by == scene.cast.edgar
    with viewing_as(scene.cast.ravi) as viewer:
        assert not Document.objects.exists() and not Document.objects.visible_to(viewer).exists()
    assert proposal_files.drop_due() == 0 and files_in(media) == 1
    answer = signed_in(scene.cast.olive).get(f"/documents/{document.public_id}/file/")
    assert b"".join(answer.streaming_content) == BYTES


@pytest.mark.parametrize("how", ["declined", "withdrawn"])
def test_what_is_not_accepted_leaves_the_disk_and_a_killed_worker_leaves_nothing_behind(
    scene: Scene, filed: RecordsRequest, media: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(scene, filed)
    give(scene, filed, "upload")
    made, waits = hand_in(scene.cast.ravi, filed), hand_in(scene.cast.ravi, filed)
    decline(scene.cast.olive, made) if how == "declined" else withdraw(scene.cast.ravi, made)
    assert files_in(media) == 2
    for who in (scene.cast.olive, scene.cast.ravi):
        assert fetch(who, made).status_code == 404 and fetch(who, waits).status_code == 200

    def killed(name: str) -> None:
        drop(name)
        raise SystemExit

    drop = storage.drop
    monkeypatch.setattr(storage, "drop", killed)
    with pytest.raises(SystemExit):
        proposal_files.drop_due()
    monkeypatch.undo()
    with viewing_as(scene.cast.olive):
        assert ProposalDecision.objects.get().dropped_at is None
    tasks.sweep()
    tasks.sweep()
    assert files_in(media) == 1
    with viewing_as(scene.cast.olive):
        assert ProposalDecision.objects.get().dropped_at is not None


def test_a_file_that_lies_under_a_legal_hold_stays_until_that_is_lifted(
    scene: Scene, filed: RecordsRequest, media: Path
) -> None:
    share(scene, filed)
    give(scene, filed, "upload")
    made = hand_in(scene.cast.ravi, filed)
    with viewing_as(scene.cast.olive) as viewer:
        hold = legal_holds.set_hold(viewer=viewer, subject=filed, reason="A suit.", actor=scene.cast.olive)
    decline(scene.cast.olive, made)
    assert proposal_files.drop_due() == 0 and files_in(media) == 1
    with viewing_as(scene.cast.olive) as viewer:
        legal_holds.lift_hold(viewer=viewer, hold=hold, reason="Settled.", actor=scene.cast.olive)
    assert proposal_files.drop_due() == 1 and files_in(media) == 0


def test_the_same_act_twice_is_one_file(scene: Scene, filed: RecordsRequest, media: Path) -> None:
    share(scene, filed)
    give(scene, filed, "upload")
    once = public_id()
    made = hand_in(scene.cast.ravi, filed, once=once)
    assert hand_in(scene.cast.ravi, filed, once=once) == made and files_in(media) == 1


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"received_on": dt.date(2026, 4, 2)}, "has not come yet"),
        ({"note": " "}, "Say what it is"),
        ({"note": "x" * 2001}, "At most 2,000"),
        ({"data": b""}, "is empty"),
        ({"once": ""}, "lost its key"),
    ],
)
def test_what_cannot_be_is_refused_by_a_sentence_and_leaves_no_file(
    scene: Scene, filed: RecordsRequest, media: Path, said: dict[str, Any], sentence: str
) -> None:
    share(scene, filed)
    give(scene, filed, "upload")
    with pytest.raises(Refused, match=sentence):
        hand_in(scene.cast.ravi, filed, **said)
    assert files_in(media) == 0


def test_nobody_fills_the_disk_and_an_answer_makes_room(
    scene: Scene, filed: RecordsRequest, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one partner, on all requests of an owner; another's files, and another owner's, do not count."""
    monkeypatch.setattr(proposal_files, "MOST_WAITING_BYTES", 2 * len(BYTES))
    share(scene, scene.campaign)
    share(scene, scene.campaign, scene.lake)
    give(scene, scene.campaign, "upload")
    give(scene, scene.campaign, "upload", scene.key(scene.lake))
    first, second = hand_in(scene.cast.ravi, filed), hand_in(scene.cast.ravi, scene.ours)
    with pytest.raises(Refused, match="200 MB in all"):
        hand_in(scene.cast.ravi, filed, b"x")
    hand_in(scene.cast.noor, filed)
    decline(scene.cast.olive, first)
    with pytest.raises(Refused, match="200 MB in all"):
        hand_in(scene.cast.ravi, filed, b"x")
    assert proposal_files.drop_due() == 1
    hand_in(scene.cast.ravi, filed)
    accept(scene.cast.olive, second)
    hand_in(scene.cast.ravi, filed)
    assert files_in(media) == 4


def test_an_owner_without_room_cannot_accept_and_the_file_waits_on(
    scene: Scene, filed: RecordsRequest, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(scene, filed)
    give(scene, filed, "upload")
    made = hand_in(scene.cast.ravi, filed)
    monkeypatch.setattr(documents, "MOST_A_REQUEST", 1)
    with pytest.raises(Refused, match="200 MB in all"):
        accept(scene.cast.olive, made)
    assert told(scene.cast.olive)[0][0] == "waiting" and files_in(media) == 1


@pytest.mark.parametrize("how", ["share", "stay", "right"])
def test_when_right_or_stay_end_the_owner_keeps_what_waits_and_may_accept_it(
    scene: Scene, filed: RecordsRequest, how: str
) -> None:
    share(scene, scene.campaign)
    right = give(scene, scene.campaign, "upload")
    made = hand_in(scene.cast.ravi, filed)
    with viewing_as(scene.cast.olive) as viewer:
        if how == "right":
            joint_rights.revoke_right(viewer=viewer, right=right, actor=scene.cast.olive)
        elif how == "stay":
            stay = CoalitionMember.objects.live().get(organisation=scene.cast.prairie)
            with connection.cursor() as cursor:
                cursor.execute("SELECT app_end_stay(%s)::text", [stay.pk])
        if how != "right":
            Share.objects.update(revoked_at=dt.datetime.now(dt.UTC))
    with pytest.raises((NotYours, Refused)):
        hand_in(scene.cast.ravi, filed)
    assert fetch(scene.cast.ravi, made).status_code == (200 if how == "right" else 404)
    assert fetch(scene.cast.vera, made).status_code == 200
    accept(scene.cast.olive, made)
    with viewing_as(scene.cast.olive):
        assert DocumentPrivate.objects.get().handed_in_by == "a partner"


def test_a_guest_is_not_named_by_the_address_where_partners_may_read_it(scene: Scene, filed: RecordsRequest) -> None:
    guest = guest_of(scene, scene.stan, scene.campaign)
    give(scene, scene.campaign, "upload", f"g-{guest.public_id}")
    accept(scene.cast.olive, hand_in(scene.stan, filed))
    with viewing_as(scene.cast.olive):
        assert DocumentPrivate.objects.get().handed_in_by == "a guest"


def test_its_bytes_reach_the_owners_people_and_who_handed_it_in_and_nobody_else(
    scene: Scene, filed: RecordsRequest
) -> None:
    builders.share_with(scene.cast.olive, scene.campaign, scene.cast.prairie, documents=True)
    builders.share_with(scene.cast.olive, scene.campaign, scene.lake, everything=True)
    builders.publish(scene.cast.olive, scene.campaign)
    give(scene, scene.campaign, "upload")
    made = hand_in(scene.cast.ravi, filed)
    for who in (scene.cast.olive, scene.cast.edgar, scene.cast.vera, scene.cast.ravi):
        answer = fetch(who, made)
        assert b"".join(answer.streaming_content) == BYTES
        assert answer["Content-Disposition"] == 'attachment; filename="contract.pdf"'
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Cache-Control"] == "private, no-store"
    for stranger in (scene.cast.noor, scene.stan, scene.cast.omar):
        assert fetch(stranger, made).status_code == 404
        assert told(stranger) == []
    assert fetch(None, made).status_code == 302
    assert Client().get(f"/api/v1/proposals/{made.public_id}/file/").status_code in (401, 404)


def test_the_database_refuses_forged_files_and_asks_of_others(scene: Scene, filed: RecordsRequest) -> None:
    share(scene, scene.campaign)
    right, other = give(scene, scene.campaign, "upload"), give(scene, scene.campaign, "draft")
    made = hand_in(scene.cast.ravi, filed)
    fields = {
        "organisation": scene.cast.harbor, "request": filed, "kind": "document", "happened_on": TODAY, "title": "a.pdf",
        "right": right, "partner": scene.cast.prairie, "stay_id": right.stay_id, "blob": "other", "size": 1,
    }  # fmt: skip
    for who, changed in (
        (scene.cast.ravi, {"right": other}),
        (scene.cast.ravi, {"blob": made.blob}),
        (scene.cast.ravi, {"blob": ""}),
        (scene.cast.ravi, {"in_advance": True}),
        (scene.cast.noor, {}),
    ):
        with pytest.raises((IntegrityError, ProgrammingError)):
            forge(who, fields | changed)
    forge(scene.cast.ravi, fields)
    decline(scene.cast.olive, made)
    with viewing_as(scene.cast.ravi):
        assert ProposalDecision.objects.update(dropped_at=dt.datetime.now(dt.UTC)) == 0
    for who in (scene.cast.olive, scene.cast.noor, scene.cast.omar):
        with pytest.raises(DatabaseError), viewing_as(who), connection.cursor() as cursor:
            cursor.execute("SELECT app_proposed_bytes(%s, %s, NULL)", [scene.cast.harbor.pk, scene.cast.prairie.pk])


def test_the_pages_hand_in_look_decide_and_tell(
    scene: Scene, filed: RecordsRequest, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(scene, scene.campaign)
    ravi, olive, vera = (signed_in(one) for one in (scene.cast.ravi, scene.cast.olive, scene.cast.vera))
    form, here = f"/requests/{filed.public_id}/propose/document/", f"/requests/{filed.public_id}/"

    def said(**changed: Any) -> dict[str, Any]:
        file = SimpleUploadedFile("plan <b>.pdf", BYTES, content_type="application/pdf")
        return {
            "once": public_id(), "file": file, "received_on": "2026-03-20", "note": "From <b>them</b>.", **changed,
        }  # fmt: skip

    assert ravi.get(form).status_code == 404 and ravi.post(form, said()).status_code == 404
    give(scene, scene.campaign, "upload")
    assert form in ravi.get(here).content.decode() and form not in olive.get(here).content.decode()
    assert 'enctype="multipart/form-data"' in ravi.get(form).content.decode()
    for changed, sentence in (
        ({"received_on": ""}, "Enter the day"), ({"note": ""}, "Say what it is"),
        ({"received_on": "2126-01-01"}, "not come yet"),
        ({"file": ""}, "Choose a file"), ({"file": SimpleUploadedFile("a.pdf", b"")}, "is empty"),
    ):  # fmt: skip
        wrong = ravi.post(form, said(**changed))
        assert wrong.status_code == 400 and sentence in wrong.content.decode(), changed
    assert files_in(media) == 0
    assert Client(enforce_csrf_checks=True).post(form, said()).status_code in (302, 403)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = ravi.cookies
    assert strict.post(form, said()).status_code == 403
    monkeypatch.setattr(storage, "MOST", 10)
    large = ravi.post(form, said())
    assert large.status_code == 413 and "larger than 50 MB" in large.content.decode()
    monkeypatch.undo()
    assert ravi.post(form, said()).status_code == 303
    with viewing_as(scene.cast.olive):
        made = Proposal.objects.get()
    assert "Document: plan &lt;b&gt;.pdf" in olive.get("/inbox/").content.decode()
    shelf = olive.get(f"{here}documents/").content.decode()
    assert "Handed in, and waiting for you" in shelf and "Prairie Watch" in shelf
    page = f"/proposals/{made.public_id}/"
    shown = olive.get(page).content.decode()
    assert "From &lt;b&gt;them" in shown and made.sha256 in shown and f"{page}file/" in shown
    assert f"{page}file/" in vera.get(page).content.decode() and "Decline" not in vera.get(page).content.decode()
    for _click in range(2):
        assert olive.post(page, {"act": "accept", "seen_version": 1}).status_code == 303
    with viewing_as(scene.cast.olive):
        document = Document.objects.get()
    told_us = olive.get(f"/documents/{document.public_id}/").content.decode()
    assert "Handed in by a partner" in told_us and page in told_us
    assert "waiting for you" not in olive.get(f"{here}documents/").content.decode()
    assert "Accepted" in ravi.get(page).content.decode()


def test_programs_hand_in_fetch_and_decide(scene: Scene, filed: RecordsRequest, media: Path) -> None:
    share(scene, filed)
    ravi, olive = signed_in(scene.cast.ravi), signed_in(scene.cast.olive)
    offer = f"/api/v1/requests/{filed.public_id}/proposals/documents/"

    def said() -> dict[str, Any]:
        return {"file": SimpleUploadedFile("a.pdf", BYTES), "received_on": "2026-03-20", "note": "Theirs."}

    assert ravi.post(offer, said()).status_code == 403
    give(scene, filed, "upload")
    assert signed_in(scene.stan).post(offer, said()).status_code == 404
    answer = ravi.post(offer, said())
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["kind"], made["subject"], made["size"], made["state"]) == ("document", "a.pdf", len(BYTES), "waiting")
    for who in (ravi, olive):
        assert b"".join(who.get(made["file"]).streaming_content) == BYTES  # type: ignore[attr-defined]
    assert signed_in(scene.cast.noor).get(made["file"]).status_code == 404
    shelf = olive.get(f"/api/v1/requests/{filed.public_id}/documents/").json()
    assert shelf["proposals"] == [made["id"]] and shelf["files"] == 0
    here = f"/api/v1/proposals/{made['id']}/"
    given = {"state": "accepted", "seen_version": olive.get(here).json()["version"]}
    done = olive.post(here, given, content_type="application/json")
    assert done.status_code == 200 and done.json()["file"] is None
    [bundle] = olive.get(f"/api/v1/requests/{filed.public_id}/documents/").json()["bundles"]
    [row] = bundle["documents"]
    assert (row["handed_in_by"], row["received_on"], row["state"]) == ("a partner", "2026-03-20", "unreleased")
    assert ravi.get(made["file"]).status_code == 404
