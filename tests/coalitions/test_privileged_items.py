"""A privileged document or note reaches owners, who marked or wrote it, and who is named; by either wall, and nobody
else: no share, no program, no page, no count."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.utils import DatabaseError, IntegrityError
from django.test import Client
from django.utils import timezone

from requests_app.actions import documents, letter_attachments, letters, notes, privilege, privileged
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import (
    ApiToken,
    AuditEntry,
    CircleMember,
    Document,
    DocumentPrivate,
    InboxItem,
    LetterKind,
    Membership,
    NoteMention,
    NoteVersion,
    Person,
    PrivilegedCircle,
    RequestNote,
    Share,
)
from requests_app.models.ids import public_id
from requests_app.models.visibility import (
    PUBLIC,
    SCHEDULE,
    AsIf,
    look_by_token,
    looking_as_if,
    organisation_viewer,
    viewing,
    viewing_as,
)
from requests_app.queries.archives import blobs_of, rows_of
from requests_app.queries.documents import shelf_of
from requests_app.queries.privileged import Item
from requests_app.queries.request_page import load
from tests import builders
from tests.accounts.scene import signed_in
from tests.shares.conftest import Scene, scene

from .test_privilege import circle

__all__ = ["scene"]
pytestmark = pytest.mark.django_db
CANARY = "privileged-77c1"
JSON = "application/json"
TABLES = (Document, DocumentPrivate, RequestNote, NoteVersion, NoteMention)
KINDS = ("document", "note")


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def write(who: Person, scene: Scene, kind: str, to: PrivilegedCircle | None = None, *, secret: bool = True) -> Item:
    more: dict[str, Any] = {"privileged": True, "circle": to.public_id if to else ""} if secret else {}
    with viewing_as(who) as viewer:
        if kind == "document":
            return documents.add_document(
                viewer=viewer, records_request=scene.ours, actor=who, name=f"{CANARY}.pdf", chunks=[CANARY.encode()],
                once=public_id(), **more,
            ).document  # fmt: skip
        return notes.write_note(
            viewer=viewer, records_request=scene.ours, text=CANARY, actor=who, once=public_id(), **more
        )


def mark(who: Person, item: Item, to: PrivilegedCircle | None = None) -> None:
    with viewing_as(who) as viewer:
        privileged.mark(viewer=viewer, item=fresh(item), circle=to.public_id if to else "", actor=who)


def end(who: Person, item: Item, reason: str = "The suit is over.") -> None:
    with viewing_as(who) as viewer:
        privileged.end(viewer=viewer, item=fresh(item), reason=reason, actor=who)


def fresh(item: Item) -> Item:
    return type(item).objects.filter(pk=item.pk).first() or item


def sees(look: AbstractContextManager[Any], item: Item) -> bool:
    """By the wall; the policy must show the same rows of every table."""
    with look as viewer:
        for table in TABLES:
            by_policy = set(table.objects.visible_to(viewer).values_list("pk", flat=True))
            assert by_policy == set(table.objects.values_list("pk", flat=True)), table
            if hasattr(table.objects.all(), "editable_by"):
                assert set(table.objects.editable_by(viewer).values_list("pk", flat=True)) <= by_policy
        return type(item).objects.filter(pk=item.pk).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_it_reaches_owners_who_made_it_and_who_is_named_and_nobody_else(scene: Scene, kind: str) -> None:
    item = write(scene.cast.edgar, scene, kind, circle(scene, scene.stan))
    for who in (scene.cast.olive, scene.cast.edgar, scene.stan):
        assert sees(viewing_as(who), item)
    assert not sees(viewing_as(scene.cast.vera), item), "a member who is not named does not"
    for level in ({}, {"correspondence": True, "documents": True}, {"everything": True}):
        share = builders.share_with(scene.cast.olive, scene.ours, scene.cast.prairie, **level)
        assert not sees(viewing_as(scene.cast.ravi), item)
        with viewing_as(scene.cast.olive):
            Share.objects.filter(pk=share.pk).update(revoked_at=dt.datetime.now(dt.UTC))
    builders.share_with(scene.cast.olive, scene.campaign, scene.lake, everything=True)
    builders.publish(scene.cast.olive, scene.campaign)
    for look in (viewing(PUBLIC), viewing(SCHEDULE), viewing_as(scene.cast.noor), viewing_as(scene.cast.omar)):
        assert not sees(look, item)
    with viewing_as(scene.cast.olive) as viewer:
        as_lake = AsIf(scene.cast.harbor.pk, "organisation", scene.lake.pk)
        assert not sees(looking_as_if(viewer, scene.cast.harbor.pk, as_lake), item)


@pytest.mark.parametrize("kind", KINDS)
def test_no_token_reads_or_writes_it_whoever_it_acts_for(scene: Scene, kind: str) -> None:
    item = write(scene.cast.olive, scene, kind, circle(scene, scene.cast.olive))
    secret = b"a secret of Olive's"
    with viewing_as(scene.cast.olive):
        ApiToken.objects.create(
            organisation=scene.cast.harbor, person=scene.cast.olive, name="t", start="s", scope="write",
            digest=hashlib.sha256(secret).digest(), expires_at=timezone.now() + dt.timedelta(days=9),
        )  # fmt: skip
    with viewing(PUBLIC):
        found = look_by_token(hashlib.sha256(secret).digest())
        assert found is not None
        viewer, _person = found
        assert viewer.may_edit(scene.cast.harbor.pk)
        for table in (Document, RequestNote, NoteVersion):
            assert not table.objects.exists() and not table.objects.visible_to(viewer).exists()
        with pytest.raises(Refused, match="Programs neither read"):
            notes.write_note(
                viewer=viewer, records_request=scene.ours, text="x", actor=scene.cast.olive, once="k", privileged=True
            )
        with pytest.raises(Refused, match="Programs neither read"):
            privileged.mark(viewer=viewer, item=item, circle="", actor=scene.cast.olive)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_marked_is_gone_at_once_and_only_an_owner_ends_that_with_a_reason(scene: Scene, kind: str) -> None:
    item = write(scene.cast.edgar, scene, kind, secret=False)
    assert sees(viewing_as(scene.cast.vera), item)
    mark(scene.cast.edgar, item)
    mark(scene.cast.edgar, item)
    assert not sees(viewing_as(scene.cast.vera), item) and sees(viewing_as(scene.cast.edgar), item)
    counsel = circle(scene, scene.cast.vera)
    with pytest.raises(Refused, match="Only an owner"):
        mark(scene.cast.edgar, item, counsel)
    mark(scene.cast.olive, item, counsel)
    assert sees(viewing_as(scene.cast.vera), item) and sees(viewing_as(scene.cast.edgar), item)
    with pytest.raises(Refused, match="Only an owner"):
        end(scene.cast.edgar, item)
    with pytest.raises(NotYours):
        end(scene.cast.ravi, item)
    with pytest.raises(Refused, match="Say why"):
        end(scene.cast.olive, item, " ")
    end(scene.cast.olive, item)
    with pytest.raises(Refused, match="not privileged any more"):
        end(scene.cast.olive, item)
    assert sees(viewing_as(scene.cast.vera), item)
    with viewing_as(scene.cast.olive):
        entries = list(AuditEntry.objects.filter(act__startswith="privilege.").order_by("pk"))
        assert [entry.act for entry in entries] == ["privilege.marked"] * 2 + ["privilege.ended"]
        assert entries[-1].detail == {"what": kind, "item": item.public_id, "reason": "The suit is over."}
        assert entries[-1].actor == scene.cast.olive and CANARY not in str([entry.detail for entry in entries])


def test_a_released_document_is_held_back_by_it_and_none_is_released_or_sent(scene: Scene) -> None:
    item = write(scene.cast.edgar, scene, "document", secret=False)
    builders.share_with(scene.cast.olive, scene.ours, scene.cast.prairie, documents=True)
    with viewing_as(scene.cast.olive) as viewer:
        documents.release(viewer=viewer, document=item, actor=scene.cast.olive, looked_through=True)  # type: ignore[arg-type]
    assert sees(viewing_as(scene.cast.ravi), item)
    mark(scene.cast.edgar, item)
    assert not sees(viewing_as(scene.cast.ravi), item)
    with viewing_as(scene.cast.olive) as viewer:
        with pytest.raises(Refused, match="is privileged"):
            documents.release(viewer=viewer, document=item, actor=scene.cast.olive, looked_through=True)  # type: ignore[arg-type]
        letter = letters.put_draft(
            viewer=viewer, records_request=scene.ours, kind=LetterKind.FOLLOW_UP, subject="a", body="b",
            actor=scene.cast.olive, once=public_id(),
        )  # fmt: skip
        with pytest.raises(Refused, match="goes out with no letter"):
            letter_attachments.enclose_documents(
                viewer=viewer, letter=letter, actor=scene.cast.olive, documents=[item.public_id]
            )
    end(scene.cast.olive, item)
    assert not sees(viewing_as(scene.cast.ravi), item), "unreleased"
    with viewing_as(scene.cast.olive) as viewer:
        letter_attachments.enclose_documents(
            viewer=viewer, letter=letter, actor=scene.cast.olive, documents=[item.public_id]
        )
    with pytest.raises(Refused, match="attached to a letter"):
        mark(scene.cast.olive, item)


def test_a_note_is_marked_by_its_author_or_an_owner_and_meant_for_nobody_who_may_not_read_it(scene: Scene) -> None:
    with viewing_as(scene.cast.edgar) as viewer:
        note = notes.write_note(
            viewer=viewer, records_request=scene.ours, text="before", actor=scene.cast.edgar, once="k",
            mention=[scene.cast.vera.pk, scene.cast.olive.pk],
        )  # fmt: skip
        notes.edit_note(viewer=viewer, note=note, text=CANARY, actor=scene.cast.edgar, seen_version=1,
                        mention=[scene.cast.vera.pk, scene.cast.olive.pk])  # fmt: skip
    ed = builders.person("Ed")
    with viewing_as(scene.cast.olive):
        Membership.objects.create(organisation=scene.cast.harbor, person=ed, role="editor")
    with pytest.raises(Refused, match="Only its author"):
        mark(ed, note)
    mark(scene.cast.olive, note)
    assert not sees(viewing_as(scene.cast.vera), note) and not sees(viewing_as(ed), note)
    with viewing_as(scene.cast.vera):
        assert not NoteVersion.objects.exists() and not NoteMention.objects.exists()
        assert InboxItem.objects.filter(kind="mention").count() == 1
    assert CANARY not in signed_in(scene.cast.vera).get("/inbox/").content.decode()
    with viewing_as(scene.cast.edgar) as viewer:
        assert NoteVersion.objects.count() == 1
        again = RequestNote.objects.get(pk=note.pk)
        notes.edit_note(viewer=viewer, note=again, text="more", actor=scene.cast.edgar, seen_version=2,
                        mention=[scene.cast.vera.pk])  # fmt: skip
        assert [one.person for one in NoteMention.objects.all()] == []


@pytest.mark.parametrize("kind", KINDS)
def test_counts_lists_and_pages_of_others_leave_it_out(scene: Scene, kind: str) -> None:
    builders.share_with(scene.cast.olive, scene.ours, scene.cast.prairie, everything=True)
    item = write(scene.cast.olive, scene, kind)
    now = timezone.now()
    for who, count in ((scene.cast.vera, 0), (scene.cast.edgar, 0), (scene.cast.olive, 1)):
        with viewing_as(who) as viewer:
            page = load(viewer, scene.ours.public_id, now=now)
            assert page is not None and page.counts[f"{kind}s"] == count
            shelf = shelf_of(viewer, scene.ours.public_id)
            assert shelf is not None and shelf.files == (count if kind == "document" else 0)
    here = f"/requests/{scene.ours.public_id}/"
    api = f"/api/v1{here}"
    asked = [
        here, f"{here}documents/", f"{here}people/", f"{here}privileged/", f"{here}comments/", "/inbox/", "/",
        f"/organizations/{scene.cast.harbor.public_id}/audit/",
        f"/documents/{item.public_id}/", f"/documents/{item.public_id}/file/", f"{here}notes/{item.public_id}/",
        f"/search/?q={CANARY}", f"/requests/?q={CANARY}", api, f"{api}documents/", f"{api}notes/", f"{api}privileged/",
        f"{api}notes/{item.public_id}/", f"/api/v1/documents/{item.public_id}/",
        f"/api/v1/documents/{item.public_id}/file/",
    ]  # fmt: skip
    for other in (None, scene.cast.vera, scene.cast.edgar, scene.cast.ravi, scene.cast.noor, scene.cast.omar):
        client = signed_in(other) if other else Client()
        for address in asked:
            answer = client.get(address)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
            if "q=" not in address:
                assert CANARY not in body.decode() + str(answer.headers), (other, address)
            else:
                assert item.public_id not in body.decode()
            if item.public_id in address:
                assert answer.status_code in (302, 401, 404), (other, address)
    mine = signed_in(scene.cast.olive).get(f"{here}privileged/").content.decode()
    assert CANARY in mine


def test_counsel_from_outside_reads_on_one_page_what_they_are_shown_and_each_fetch_is_told(scene: Scene) -> None:
    counsel = circle(scene, scene.stan)
    item = write(scene.cast.edgar, scene, "document", counsel)
    write(scene.cast.edgar, scene, "note", counsel)
    write(scene.cast.olive, scene, "note")
    stan = signed_in(scene.stan)
    here = f"/requests/{scene.ours.public_id}/"
    assert stan.get(f"{here}privileged/").status_code == 404, "being named shows no request"
    assert stan.get(f"/documents/{item.public_id}/file/").status_code == 404
    builders.share_with(scene.cast.olive, scene.ours, scene.stan)
    assert f"{here}privileged/" in stan.get(here).content.decode()
    page = stan.get(f"{here}privileged/").content.decode()
    assert page.count(CANARY) == 2 and "Edgar" not in page and "<textarea" not in page
    told = stan.get(f"/api/v1{here}privileged/").json()
    assert len(told["items"]) == len(told["documents"]) == 1 and told["items"][0]["author"] is None
    for address in (f"/documents/{item.public_id}/file/", told["documents"][0]["file"]):
        answer = stan.get(address)
        assert b"".join(answer.streaming_content) == CANARY.encode()  # type: ignore[attr-defined]
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert stan.get(f"/documents/{item.public_id}/").status_code == 404
    with viewing_as(scene.cast.olive) as viewer:
        documents.withdraw(viewer=viewer, document=fresh(item), actor=scene.cast.olive, reason="Sent to us by mistake.")
    assert not sees(viewing_as(scene.stan), item) and sees(viewing_as(scene.cast.edgar), item)
    assert stan.get(f"/documents/{item.public_id}/file/").status_code == 404, "withdrawn, it is its own people's alone"
    with viewing_as(scene.cast.olive) as viewer:
        assert AuditEntry.objects.filter(act="share.downloaded", detail__document=item.public_id).count() == 2
        named = CircleMember.objects.select_related("circle__organisation").get()
        privilege.end_in_circle(viewer=viewer, member=named, actor=scene.cast.olive)
    assert stan.get(f"{here}privileged/").status_code == 404
    assert stan.get(f"/documents/{item.public_id}/file/").status_code == 404
    ravi = signed_in(scene.cast.ravi)
    builders.share_with(scene.cast.olive, scene.ours, scene.cast.prairie, everything=True)
    assert ravi.get(f"{here}privileged/").status_code == ravi.get(f"/api/v1{here}privileged/").status_code == 404
    assert Client().get(f"/api/v1{here}privileged/").status_code == 401


def test_the_full_copy_holds_it_and_owners_alone_take_that(scene: Scene) -> None:
    item = write(scene.cast.edgar, scene, "document")
    write(scene.cast.edgar, scene, "note")
    with viewing(organisation_viewer(scene.cast.harbor.pk)) as viewer:
        assert [row["text"] for row in rows_of(RequestNote, viewer, scene.cast.harbor.pk)] == [CANARY]
        assert [blob.name for blob in blobs_of(viewer, scene.cast.harbor.pk)] == [item.blob]  # type: ignore[union-attr]
    with viewing(organisation_viewer(scene.cast.prairie.pk)) as viewer:
        assert not list(rows_of(RequestNote, viewer, scene.cast.harbor.pk))


def refused(who: Person, act: Callable[[], Any]) -> bool:
    try:
        with viewing_as(who):
            done = act()
            connection.check_constraints()
            return done == 0
    except (DatabaseError, IntegrityError):
        return True


def test_the_database_refuses_what_the_acts_refuse(scene: Scene) -> None:
    """Past the actions: ended by an editor, given to others, released, of another's circle, marked for another."""
    rows = [write(scene.cast.edgar, scene, kind) for kind in KINDS]
    counsel = circle(scene, scene.cast.vera)
    with viewing_as(scene.cast.ravi) as viewer:
        theirs = privilege.make_circle(
            viewer=viewer, organisation=scene.cast.prairie, kind="counsel", name="Theirs", agreed_on=None,
            actor=scene.cast.ravi, today=dt.date(2026, 11, 23),
        )  # fmt: skip
    for row in rows:
        table = type(row)
        ends: dict[str, Any] = {"privileged": False} | ({"privileged_by": None} if table is Document else {})
        assert refused(scene.cast.edgar, lambda t=table, e=ends: t.objects.update(**e))
        assert refused(scene.cast.edgar, lambda t=table: t.objects.update(circle=counsel))
        assert refused(scene.cast.vera, lambda t=table, e=ends: t.objects.update(**e))
        assert refused(scene.cast.olive, lambda t=table: t.objects.update(circle=theirs))
        assert not refused(scene.cast.olive, lambda t=table: t.objects.update(circle=counsel))
    assert refused(scene.cast.olive, lambda: Document.objects.update(released_at=timezone.now()))
    assert refused(scene.cast.edgar, lambda: RequestNote.objects.create(
        organisation=scene.cast.harbor, request=scene.ours, author=scene.cast.olive, text="x", privileged=True,
    ))  # fmt: skip
    for who in (scene.cast.vera, scene.cast.ravi):
        with viewing_as(who), connection.cursor() as cursor:
            cursor.execute("SELECT app_downloaded(%s, %s)", [rows[0].pk, who.pk])
    with viewing_as(scene.cast.olive):
        assert not AuditEntry.objects.filter(act="share.downloaded").exists()


def test_the_pages_mark_upload_and_end(scene: Scene) -> None:
    counsel = circle(scene, scene.cast.vera)
    edgar, olive = signed_in(scene.cast.edgar), signed_in(scene.cast.olive)
    here = f"/requests/{scene.ours.public_id}/"
    file = SimpleUploadedFile(f"{CANARY}.pdf", b"x")
    kept = edgar.post(
        f"{here}documents/", {"files": file, "once": "k1", "privileged": "on", "circle": counsel.public_id}
    )
    assert kept.status_code == 303
    said = {"act": "note", "text": CANARY, "once": "k2"}
    wrong = edgar.post(f"{here}people/", said | {"privileged": "on", "circle": "another00000"})
    assert wrong.status_code == 400
    assert edgar.post(f"{here}people/", said).status_code == 302
    with viewing_as(scene.cast.edgar):
        document, note = Document.objects.get(), RequestNote.objects.get()
        assert (document.privileged, document.circle, document.privileged_by) == (True, counsel, scene.cast.edgar)
        assert not note.privileged
    page = f"{here}notes/{note.public_id}/"
    assert "Mark as privileged" in edgar.get(page).content.decode()
    for _click in range(2):
        assert edgar.post(page, {"act": "privilege", "circle": ""}).status_code == 302
    shown = edgar.get(page).content.decode()
    assert "Read by owners" in shown and "End the privilege" not in shown
    assert edgar.post(page, {"act": "end_privilege", "reason": "x"}).status_code == 403
    assert signed_in(scene.cast.vera).get(page).status_code == 404
    empty = olive.post(page, {"act": "end_privilege", "reason": ""})
    assert empty.status_code == 400 and "Say why it is privileged no more" in empty.content.decode()
    assert "Write the note first" not in empty.content.decode()
    assert olive.post(page, {"act": "end_privilege", "reason": "Settled."}).status_code == 302
    assert CANARY in signed_in(scene.cast.vera).get(page).content.decode()
    page = f"/documents/{document.public_id}/"
    assert counsel.name in edgar.get(page).content.decode()
    assert edgar.post(page, {"act": "end_privilege", "reason": "x"}).status_code == 403
    missing = olive.post(page, {"act": "end_privilege", "reason": ""})
    assert missing.status_code == 400 and "Say why it is privileged no more" in missing.content.decode()
    assert olive.post(page, {"act": "end_privilege", "reason": "Settled."}).status_code == 303
    lines = olive.get(f"/organizations/{scene.cast.harbor.public_id}/audit/").content.decode()
    assert "ended the privilege of a document" in lines and "Settled." in lines
    assert edgar.post(page, {"act": "privilege", "circle": ""}).status_code == 303


def test_programs_in_a_session_mark_and_end(scene: Scene) -> None:
    edgar, olive = signed_in(scene.cast.edgar), signed_in(scene.cast.olive)
    here = f"/api/v1/requests/{scene.ours.public_id}/"
    file = SimpleUploadedFile(f"{CANARY}.pdf", b"x")
    key = {"Idempotency-Key": "k-1-key-of-a-file"}
    said = {"file": file, "privileged": "true"}
    document = edgar.post(f"{here}documents/", said, headers=key)
    assert document.status_code == 201 and document.json()["privileged"], document.content
    key = {"Idempotency-Key": "k-2-key-of-a-note"}
    note = edgar.post(f"{here}notes/", {"text": CANARY}, content_type=JSON, headers=key)
    assert note.status_code == 201 and not note.json()["privileged"]
    for address in (
        f"/api/v1/documents/{document.json()['id']}/privilege/", f"{here}notes/{note.json()['id']}/privilege/",
    ):  # fmt: skip
        marked = edgar.post(address, {"privileged": True}, content_type=JSON)
        assert marked.status_code == 200 and marked.json() == {"privileged": True, "circle": None}
        assert edgar.post(address, {"privileged": False, "reason": "x"}, content_type=JSON).status_code == 403
        for stranger in (scene.cast.vera, scene.cast.ravi):
            assert signed_in(stranger).post(address, {"privileged": True}, content_type=JSON).status_code == 404
        assert olive.post(address, {"privileged": False}, content_type=JSON).status_code == 400
        told = olive.get(f"{here}privileged/").json()
        assert told["items"] or told["documents"]
        ended = olive.post(address, {"privileged": False, "reason": "Settled."}, content_type=JSON)
        assert ended.status_code == 200 and not ended.json()["privileged"], ended.content
    told = olive.get(f"{here}privileged/").json()
    assert (told["items"], told["documents"]) == ([], [])


def test_a_member_who_marked_anothers_note_for_owners_alone_reads_on_as_owner(scene: Scene) -> None:
    dice = random.Random(6)
    for kind in dice.sample(KINDS, 2):
        item = write(scene.cast.edgar, scene, kind, secret=False)
        mark(scene.cast.olive, item)
        assert sees(viewing_as(scene.cast.olive), item)
        assert sees(viewing_as(scene.cast.edgar), item) is (kind == "note"), "its author; of a document who marked it"
