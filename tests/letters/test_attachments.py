"""What is enclosed arrives byte for byte, is known by its hash, and a letter never goes without it."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests_app.actions import (
    documents,
    legal_holds,
    letter_attachments,
    letter_paper,
    letter_queue,
    letter_sending,
    letters,
)
from requests_app.actions.refusals import NotYours, Refused
from requests_app.intake import storage
from requests_app.models import (
    Document,
    Letter,
    LetterAttachment,
    LetterCopy,
    LetterSending,
    Person,
    RecordsRequest,
)
from requests_app.models.visibility import viewing_as
from requests_app.queries import letter_attachments as query
from tests import builders
from tests.reminders.scene import Sink, serving, today

from .scene import again, draft, stage
from .test_api import call
from .test_drafts import client_of

pytestmark = pytest.mark.committed
PDF = b"%PDF-1.7\r\n\x00\xff raw bytes \n.\n.. and more\r" * 500
TEXT = b"first\nsecond\r\nthird\x1a no end of line"


@pytest.fixture
def ours(cast: builders.Cast) -> RecordsRequest:
    return builders.bare_request(cast.olive, cast.harbor, cast.agency)


def kept(cast: builders.Cast, of: RecordsRequest, name: str, data: bytes, who: Person | None = None) -> Document:
    who = who or cast.edgar
    with viewing_as(who) as viewer:
        return documents.add_document(
            viewer=viewer, records_request=of, actor=who, name=name, chunks=[data], once=f"{name[:20]}-{len(data)}"
        ).document


def written(cast: builders.Cast, of: RecordsRequest) -> Letter:
    """A later letter of the request."""
    with viewing_as(cast.edgar) as viewer:
        return letters.put_draft(
            viewer=viewer, records_request=of, kind="other", subject="With papers", body="See the papers.",
            actor=cast.edgar, once=f"papers-{of.pk}",
        )  # fmt: skip


def enclose(cast: builders.Cast, letter: Letter, *found: Document, who: Person | None = None) -> list[LetterAttachment]:
    with viewing_as(who or cast.edgar) as viewer:
        return letter_attachments.enclose_documents(
            viewer=viewer, letter=letter, actor=who or cast.edgar, documents=[one.public_id for one in found]
        )


def put(cast: builders.Cast, letter: Letter, name: str, data: bytes, once: str = "") -> LetterAttachment:
    with viewing_as(cast.edgar) as viewer:
        return letter_attachments.enclose_file(
            viewer=viewer, letter=letter, actor=cast.edgar, name=name, chunks=[data], once=once or f"put-{name[:40]}"
        )


def queue(cast: builders.Cast, letter: Letter) -> None:
    with viewing_as(cast.edgar) as viewer:
        letter_queue.queue(
            viewer=viewer, letter=letter, actor=cast.edgar, now=timezone.now(), accepted=["asked_before"]
        )


def erase(cast: builders.Cast, document: Document) -> None:
    with viewing_as(cast.olive) as viewer:
        documents.erase(viewer=viewer, document=document, actor=cast.olive, reason="A private matter")


def fields(letter: Letter, **more: Any) -> dict[str, Any]:
    return {
        "version": letter.version, "subject": letter.subject, "body": letter.body, "channel": letter.channel,
        "recipient": letter.recipient, "address": letter.address, "public_title": letter.public_title, **more,
    }  # fmt: skip


def test_exactly_the_bytes_arrive_and_the_frozen_copy_knows_them(
    cast: builders.Cast, ours: RecordsRequest, mail_server: Any
) -> None:
    letter, name = written(cast, ours), "Zażółć “gęślą” 🌊 exhibit.pdf"
    enclose(cast, letter, kept(cast, ours, name, PDF))
    put(cast, letter, "log of lines.txt", TEXT)
    put(cast, letter, "not a picture.png", b"<script>")
    queue(cast, letter)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert letter_sending.sweep(oracle=None).sent == 1
    (mail,) = sink.taken
    body, *parts = mail.iter_parts()
    assert body.get_content().replace("\r\n", "\n").strip() == "See the papers."
    assert [(one.get_filename(), one.get_content_type(), one.get_payload(decode=True)) for one in parts] == [
        (name, "application/pdf", PDF),
        ("log of lines.txt", "application/octet-stream", TEXT),
        ("not a picture.png", "application/octet-stream", b"<script>"),
    ]
    assert {one.get_content_disposition() for one in parts} == {"attachment"}
    with viewing_as(cast.edgar):
        copy = LetterCopy.objects.get(letter=letter)
    assert copy.attachments[0] == {"name": name, "size": len(PDF), "sha256": hashlib.sha256(PDF).hexdigest()}
    assert [one["size"] for one in copy.attachments] == [len(PDF), len(TEXT), 8]
    page = client_of(cast.edgar).get(reverse("letter", args=[letter.public_id])).content.decode()
    assert hashlib.sha256(TEXT).hexdigest() in page


def test_each_change_raises_the_version_and_what_was_looked_at_before_does_not_go(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    letter = written(cast, ours)
    (made,) = enclose(cast, letter, kept(cast, ours, "a.pdf", PDF))
    assert enclose(cast, letter, kept(cast, ours, "a.pdf", PDF)) == []
    assert again(letter, cast).version == 2
    with viewing_as(cast.edgar) as viewer:
        with pytest.raises(Refused, match="changed"):
            letter_queue.queue(viewer=viewer, letter=letter, actor=cast.edgar, now=timezone.now(), seen_version=1)
        for _ in range(2):
            letter_attachments.take_off(
                viewer=viewer, letter=letter, actor=cast.edgar, attachment=made.public_id
            )
        assert query.enclosed(letter) == []
    assert again(letter, cast).version == 3
    assert len(enclose(cast, letter, kept(cast, ours, "a.pdf", PDF))) == 1


def test_a_strangers_document_and_that_of_another_request_are_not_enclosed(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    letter = written(cast, ours)
    prairies = builders.bare_request(cast.ravi, cast.prairie, cast.agency)
    other = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    foreign = kept(cast, prairies, "secret.pdf", PDF, cast.ravi)
    for document in (foreign, kept(cast, other, "other.pdf", PDF)):
        with pytest.raises(Refused) as refused:
            enclose(cast, letter, document)
        assert refused.value.code == "document_unknown"
    with pytest.raises(NotYours):
        enclose(cast, letter, foreign, who=cast.ravi)
    with pytest.raises(Refused, match="editor"):
        enclose(cast, letter, kept(cast, ours, "a.pdf", PDF), who=cast.vera)
    with viewing_as(cast.edgar):
        assert not LetterAttachment.objects.exists()


def test_what_was_erased_after_enclosing_refuses_the_letter(
    cast: builders.Cast, ours: RecordsRequest, mail_server: Any
) -> None:
    letter, document = written(cast, ours), kept(cast, ours, "exhibit.pdf", PDF)
    enclose(cast, letter, document)
    erase(cast, document)
    with pytest.raises(Refused, match=r"exhibit\.pdf is enclosed, and its file was erased"):
        queue(cast, letter)
    with viewing_as(cast.edgar) as viewer, pytest.raises(Refused, match="erased"):
        letter_paper.mark_sent(
            viewer=viewer, letter=letter, actor=cast.edgar, channel="post", sent_on=today(), today=today()
        )
    page = client_of(cast.edgar).get(reverse("letter", args=[letter.public_id]) + "?view=preview").content.decode()
    assert "its file was erased" in page
    assert "Send by e-mail" not in page


def test_what_is_erased_while_it_waits_is_not_sent_without(
    cast: builders.Cast, ours: RecordsRequest, mail_server: Any
) -> None:
    letter, document = written(cast, ours), kept(cast, ours, "exhibit.pdf", PDF)
    (made,) = enclose(cast, letter, document)
    queue(cast, letter)
    erase(cast, document)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert letter_sending.sweep(oracle=None).sent == 0
        assert sink.taken == []
        assert stage(letter, cast) == "failed"
        desk, address = client_of(cast.edgar), reverse("letter", args=[letter.public_id])
        assert "its file was erased" in desk.get(address).content.decode()
        desk.post(address, {"step": "again"})
        row = again(letter, cast)
        desk.post(address, fields(row, step=f"take-off:{made.public_id}"))
        queue(cast, letter)
        assert letter_sending.sweep(oracle=None).sent == 1
    assert list(sink.taken[0].iter_attachments()) == []


def test_bytes_that_are_lost_or_changed_on_the_disk_do_not_go(
    cast: builders.Cast, ours: RecordsRequest, mail_server: Any
) -> None:
    letter = written(cast, ours)
    made = put(cast, letter, "exhibit.pdf", PDF)
    queue(cast, letter)
    path = storage.path_of(made.blob)
    path.chmod(0o600)
    path.write_bytes(PDF + b"!")
    with serving(Sink()) as sink:
        mail_server(sink.port)
        letter_sending.sweep(oracle=None)
        assert sink.taken == []
    with viewing_as(cast.edgar):
        assert "is not what it was" in LetterSending.objects.get(letter=letter).outcome
    path.unlink()
    with pytest.raises(Refused, match="not in the store"):
        letter_attachments.bytes_of([made])


def test_under_a_legal_hold_the_file_stays_and_goes_out(
    cast: builders.Cast, ours: RecordsRequest, mail_server: Any
) -> None:
    letter, document = written(cast, ours), kept(cast, ours, "exhibit.pdf", PDF)
    enclose(cast, letter, document)
    with viewing_as(cast.olive) as viewer:
        legal_holds.set_hold(viewer=viewer, subject=ours, reason="Suit expected", actor=cast.olive)
    with pytest.raises(Refused):
        erase(cast, document)
    queue(cast, letter)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert letter_sending.sweep(oracle=None).sent == 1
    (file,) = sink.taken[0].iter_attachments()
    assert file.get_payload(decode=True) == PDF


def test_only_a_draft_changes(cast: builders.Cast, ours: RecordsRequest) -> None:
    letter, document = written(cast, ours), kept(cast, ours, "a.pdf", PDF)
    made = put(cast, letter, "b.pdf", PDF)
    queue(cast, letter)
    with pytest.raises(Refused, match="draft"):
        enclose(cast, letter, document)
    with pytest.raises(Refused, match="draft"):
        put(cast, letter, "c.pdf", PDF)
    with viewing_as(cast.edgar) as viewer, pytest.raises(Refused, match="draft"):
        letter_attachments.take_off(viewer=viewer, letter=letter, actor=cast.edgar, attachment=made.public_id)


def test_limits_a_file_a_letter_and_nothing_is_left_on_the_disk(
    cast: builders.Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letter_attachments, "MOST_A_FILE", 1_000)
    monkeypatch.setattr(letter_attachments, "MOST_A_LETTER", 1_500)
    letter = draft(cast)
    put(cast, letter, "a.bin", b"a" * 1_000)
    refusals = [("b.bin", b"b" * 1_001, "too_large"), ("c.bin", b"c" * 501, "no_room"), ("d", b"", "empty")]
    for name, data, code in refusals:
        with pytest.raises(Refused) as refused:
            put(cast, letter, name, data)
        assert refused.value.code == code
    assert sum(path.is_file() for path in settings.MEDIA_ROOT.rglob("*")) == 1
    assert put(cast, letter, "a.bin", b"a" * 1_000).name == "a.bin"
    with viewing_as(cast.edgar):
        assert len(query.enclosed(letter)) == 1


def test_the_page_takes_ticks_and_files_saves_the_words_and_says_what_it_refused(
    cast: builders.Cast, ours: RecordsRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter, document = written(cast, ours), kept(cast, ours, "From the shelf.pdf", PDF)
    desk, address = client_of(cast.edgar), reverse("letter", args=[letter.public_id])
    assert "From the shelf.pdf" in desk.get(address).content.decode()
    monkeypatch.setattr(letter_attachments, "MOST_A_FILE", 40_000)
    files = [
        SimpleUploadedFile("Invoice‮fdp.exe", b"MZ"),
        SimpleUploadedFile("huge.bin", b"x" * 40_001),
    ]
    said = fields(
        letter, body="Typed just now", step="attach", documents=[document.public_id], files=files, files_once="k1"
    )
    refused = desk.post(address, said)
    page = refused.content.decode()
    assert refused.status_code == 200
    assert "huge.bin is larger than 10 MB" in page
    assert "Typed just now" in page
    row = again(letter, cast)
    assert row.body == "Typed just now"
    with viewing_as(cast.edgar):
        assert [one.name for one in query.enclosed(row)] == ["From the shelf.pdf", "Invoicefdp.exe"]
        made = query.enclosed(row)[1]
    got = desk.get(reverse("letter-attachment", args=[letter.public_id, made.public_id]))
    assert b"".join(got.streaming_content) == b"MZ"
    assert got["Content-Type"] == "application/octet-stream"
    answer = desk.post(address, fields(row, step="attach", documents=["forgednothere"]))
    assert answer.status_code == 400
    assert "Choose a document of this request." in answer.content.decode()
    assert desk.post(address, fields(row, step="attach")).status_code == 400
    gone = desk.post(address, fields(row, step=f"take-off:{made.public_id}"))
    assert gone.status_code == 302
    assert desk.post(address, fields(again(letter, cast), step="take-off:nothere")).status_code == 404


def test_enclosing_upon_an_older_version_overwrites_nothing(cast: builders.Cast, ours: RecordsRequest) -> None:
    letter = written(cast, ours)
    with viewing_as(cast.olive) as viewer:
        letters.save(viewer=viewer, letter=letter, actor=cast.olive, seen_version=1, subject="S", body="Olive's")
    answer = client_of(cast.edgar).post(
        reverse("letter", args=[letter.public_id]),
        fields(letter, body="Edgar's", step="attach", files=[SimpleUploadedFile("a.txt", b"a")]),
    )
    assert answer.status_code == 409
    assert again(letter, cast).body == "Olive's"


def test_the_form_needs_its_token(cast: builders.Cast) -> None:
    letter = draft(cast)
    desk = Client(enforce_csrf_checks=True)
    desk.force_login(cast.edgar, backend=project.AUTHENTICATION_BACKENDS[0])
    answer = desk.post(reverse("letter", args=[letter.public_id]), {"step": "discard"})
    assert answer.status_code == 403
    assert stage(letter, cast) == "draft"


def test_the_paper_lists_what_is_enclosed(cast: builders.Cast, ours: RecordsRequest) -> None:
    letter = written(cast, ours)
    put(cast, letter, "Exhibit A.pdf", PDF)
    with viewing_as(cast.edgar):
        assert letter_paper.page_of(again(letter, cast), today()).enclosures == ["Exhibit A.pdf"]


def test_a_program_lists_encloses_and_takes_off(cast: builders.Cast, ours: RecordsRequest) -> None:
    letter, document = written(cast, ours), kept(cast, ours, "a.pdf", PDF)
    desk, here = client_of(cast.edgar), f"/letters/{letter.public_id}/attachments/"
    made = call(desk, "POST", here, {"document": document.public_id})
    assert made.status_code == 201, made.content
    (one,) = made.json()["attachments"]
    assert (one["name"], one["sha256"], made.json()["version"]) == ("a.pdf", document.sha256, 2)
    assert call(desk, "GET", f"/letters/{letter.public_id}/").json()["attachments"] == [one]
    assert call(client_of(cast.ravi), "GET", here).status_code == 404
    assert call(desk, "POST", here, {"document": "nothere"}).json()["code"] == "document_unknown"
    off = call(desk, "DELETE", f"{here}{one['id']}/")
    assert (off.status_code, off.json()["attachments"], off.json()["version"]) == (200, [], 3)
    assert call(desk, "DELETE", f"{here}nothere/").status_code == 404


def test_a_letter_put_off_stopped_and_changed_goes_out_as_changed(
    cast: builders.Cast, ours: RecordsRequest, mail_server: Any
) -> None:
    letter = written(cast, ours)
    queue(cast, letter)
    with serving(Sink(answers=["451 later"])) as sink:
        mail_server(sink.port)
        assert letter_sending.sweep(oracle=None).later == 1
        with viewing_as(cast.edgar) as viewer:
            row = letter_queue.stop(viewer=viewer, letter=letter, actor=cast.edgar)
            letters.save(
                viewer=viewer, letter=row, actor=cast.edgar, seen_version=row.version, subject="Mended", body="New"
            )
        put(cast, letter, "a.txt", TEXT)
        queue(cast, letter)
        letter_sending.sweep(oracle=None)
    (mail,) = sink.taken
    assert mail["Subject"] == "Mended"
    assert [one.get_filename() for one in mail.iter_attachments()] == ["a.txt"]
