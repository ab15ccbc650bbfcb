"""Files: kept as they came, beside what they came with, seen by nobody else before an owner released them."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests_app.actions import documents, legal_holds
from requests_app.actions.refusals import NotYours, Refused
from requests_app.intake import storage
from requests_app.models import AuditEntry, Document, DocumentPrivate, Person, RecordsRequest, Share
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.accounts.scene import signed_in

pytestmark = pytest.mark.django_db
BYTES = b"%PDF-1.7 not opened by anybody"


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


def add(who: Person, to: RecordsRequest, name: str = "letter.pdf", data: bytes = BYTES, **more: Any) -> documents.Added:
    with viewing_as(who) as viewer:
        return documents.add_document(
            viewer=viewer, records_request=to, actor=who, name=name, chunks=[data],
            once=more.pop("once", f"{name}-{len(data)}"), **more,
        )  # fmt: skip


def client(who: Person | None) -> Client:
    made = Client()
    if who is not None:
        made.force_login(who, backend=project.AUTHENTICATION_BACKENDS[0])
    return made


def page(who: Person | None, of: RecordsRequest) -> Any:
    return client(who).get(reverse("request-documents", args=[of.public_id]))


def fetch(who: Person | None, document: Document) -> Any:
    return client(who).get(reverse("document-file", args=[document.public_id]))


def files_in(media: Path) -> int:
    return sum(1 for path in media.rglob("*") if path.is_file())


def test_a_file_is_kept_byte_for_byte_and_handed_back_as_an_attachment_that_nothing_opens(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    document = add(cast.edgar, ours, "Response letter.pdf").document
    assert document.sha256 == hashlib.sha256(BYTES).hexdigest()
    answer = fetch(cast.vera, document)
    assert b"".join(answer.streaming_content) == BYTES
    assert answer["Content-Disposition"] == 'attachment; filename="Response letter.pdf"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\olive\\secret\\list.xlsx", "list.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("letter\u202efdp.exe", "letterfdp.exe"),
        ("nul\x00byte.pdf", "nulbyte.pdf"),
        ("  two   words .pdf ", "two words .pdf"),
        ("مذكرة.pdf", "مذكرة.pdf"),
        ("📄.pdf", "📄.pdf"),
        ("\u200b", "file"),
        ("", "file"),
    ],
)
def test_a_name_loses_its_path_and_what_cannot_be_seen(given: str, kept: str) -> None:
    assert documents.clean_name(given) == kept


def test_a_name_of_three_thousand_characters_is_cut_and_kept(cast: builders.Cast, ours: RecordsRequest) -> None:
    document = add(cast.edgar, ours, "é" * 3_000 + ".pdf", once="k").document
    assert len(document.title) == documents.TITLE_MAX
    assert fetch(cast.olive, document).status_code == 200


def test_the_same_upload_sent_twice_is_one_and_the_same_bytes_are_said(
    cast: builders.Cast, ours: RecordsRequest, media: Path
) -> None:
    first = add(cast.edgar, ours, once="k1")
    again = add(cast.edgar, ours, once="k1")
    assert again.repeated
    assert again.document == first.document
    other = add(cast.edgar, ours, "copy.pdf", once="k2")
    assert other.same_as == first.document
    assert files_in(media) == 2


def test_an_empty_or_too_large_file_and_one_past_the_room_of_a_request_leave_no_byte(
    cast: builders.Cast, ours: RecordsRequest, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MOST_A_REQUEST", 100)
    monkeypatch.setattr(storage.keep, "__defaults__", (1_000,))
    for data, code in ((b"", "empty"), (b"x" * 1_001, "too_large"), (b"x" * 101, "no_room")):
        with pytest.raises(Refused) as refused:
            add(cast.edgar, ours, data=data)
        assert refused.value.code == code
        assert "letter.pdf" in refused.value.sentence
    assert files_in(media) == 0
    with viewing_as(cast.olive):
        assert Document.objects.count() == 0


def test_viewers_and_strangers_add_nothing(cast: builders.Cast, ours: RecordsRequest, media: Path) -> None:
    with pytest.raises(Refused) as refused:
        add(cast.vera, ours)
    assert refused.value.status == 403
    with pytest.raises(NotYours):
        add(cast.ravi, ours)
    for who, status in ((cast.vera, 404), (cast.ravi, 404), (cast.noor, 404), (None, 404)):
        answer = client(who).post(
            reverse("request-documents", args=[ours.public_id]),
            {"once": "x", "files": SimpleUploadedFile("a.pdf", BYTES)},
        )
        assert answer.status_code == status
    assert files_in(media) == 0


def test_nobody_outside_fetches_a_file_before_its_release_nor_after_it_is_held_back(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    document = add(cast.edgar, ours).document
    builders.publish(cast.olive, ours, documents=True)
    builders.share_with(cast.olive, ours, cast.prairie, documents=True)
    outside = (None, cast.ravi)
    assert [fetch(who, document).status_code for who in outside] == [404, 404]
    with viewing_as(cast.olive) as viewer:
        documents.release(viewer=viewer, document=document, actor=cast.olive, looked_through=True)
    for who in outside:
        assert b"".join(fetch(who, document).streaming_content) == BYTES
        text = page(who, ours).content.decode()
        assert "letter.pdf" in text
        assert "Add files" not in text
    assert fetch(cast.noor, document).status_code == 200, "the public is everybody"
    with viewing_as(cast.edgar) as viewer:
        documents.hold_back(viewer=viewer, document=document, actor=cast.edgar)
    assert [fetch(who, document).status_code for who in outside] == [404, 404]
    assert "letter.pdf" not in page(None, ours).content.decode()


def test_status_alone_shows_no_list_of_documents(cast: builders.Cast, ours: RecordsRequest) -> None:
    document = add(cast.edgar, ours).document
    with viewing_as(cast.olive) as viewer:
        documents.release(viewer=viewer, document=document, actor=cast.olive, looked_through=True)
    builders.publish(cast.olive, ours, correspondence=True)
    assert page(None, ours).status_code == 404
    assert fetch(None, document).status_code == 404


@pytest.mark.parametrize("given", [False, True], ids=["status", "documents"])
def test_the_page_of_a_request_leads_whom_documents_are_shared_with_to_what_is_released(
    cast: builders.Cast, ours: RecordsRequest, given: bool
) -> None:
    released, kept = (add(cast.edgar, ours, f"{name}.pdf", name.encode()).document for name in ("Log", "Draft"))
    with viewing_as(cast.olive) as viewer:
        documents.release(viewer=viewer, document=released, actor=cast.olive, looked_through=True)
    builders.share_with(cast.olive, ours, cast.prairie, documents=given)
    body = client(cast.ravi).get(reverse("request", args=[ours.public_id])).content.decode()
    told = ('id="documents"', "Log.pdf", reverse("document-file", args=[released.public_id]))
    assert [words in body for words in told] == [given] * 3
    assert "Draft.pdf" not in body
    assert reverse("document-file", args=[kept.public_id]) not in body


def test_whoever_sees_everything_sees_what_is_not_released_but_nothing_withdrawn(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    document = add(cast.edgar, ours).document
    builders.share_with(cast.olive, ours, cast.prairie, everything=True)
    assert fetch(cast.ravi, document).status_code == 200
    with viewing_as(cast.edgar) as viewer:
        documents.withdraw(viewer=viewer, document=document, actor=cast.edgar, reason="another agency's letter")
    assert fetch(cast.ravi, document).status_code == 404
    assert fetch(cast.vera, document).status_code == 200


def test_only_an_owner_releases_and_only_after_somebody_looked_through(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    document = add(cast.edgar, ours).document
    with viewing_as(cast.edgar) as viewer, pytest.raises(Refused, match="Only an owner"):
        documents.release(viewer=viewer, document=document, actor=cast.edgar, looked_through=True)
    with viewing_as(cast.olive) as viewer, pytest.raises(Refused, match="private data"):
        documents.release(viewer=viewer, document=document, actor=cast.olive, looked_through=False)
    with viewing_as(cast.edgar), pytest.raises(DatabaseError, match="only an owner"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(released_at=dt.datetime.now(dt.UTC) + dt.timedelta(1))


def test_an_erased_document_leaves_its_hash_and_no_byte(
    cast: builders.Cast, ours: RecordsRequest, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    document = add(cast.edgar, ours, "Jane Doe 1990.pdf").document
    with django_capture_on_commit_callbacks(execute=True), viewing_as(cast.olive) as viewer:
        documents.erase(viewer=viewer, document=document, actor=cast.olive, reason="holds a home address")
    assert files_in(media) == 0
    assert fetch(cast.olive, document).status_code == 404
    with viewing_as(cast.olive) as viewer:
        document.refresh_from_db()
        assert document.sha256 == hashlib.sha256(BYTES).hexdigest()
        assert "Jane" not in document.title + DocumentPrivate.objects.get(document=document).original_name
        entry = AuditEntry.objects.get(act="document.erased")
        assert "Jane" not in str(entry.detail)
        with pytest.raises(Refused, match="cannot come back"):
            documents.restore(viewer=viewer, document=document, actor=cast.olive)
    assert document.sha256 in page(cast.vera, ours).content.decode()


def test_a_legal_hold_keeps_the_bytes(cast: builders.Cast, ours: RecordsRequest, media: Path) -> None:
    document = add(cast.edgar, ours).document
    with viewing_as(cast.olive) as viewer:
        legal_holds.set_hold(viewer=viewer, subject=ours, reason="suit over the plates", actor=cast.olive)
        with pytest.raises(Refused, match="legal hold"):
            documents.erase(viewer=viewer, document=document, actor=cast.olive, reason="a name")
    assert files_in(media) == 1


def test_a_withdrawn_one_comes_back(cast: builders.Cast, ours: RecordsRequest) -> None:
    document = add(cast.edgar, ours).document
    with viewing_as(cast.edgar) as viewer:
        with pytest.raises(Refused, match="Say why"):
            documents.withdraw(viewer=viewer, document=document, actor=cast.edgar, reason=" \x00 ")
        documents.withdraw(viewer=viewer, document=document, actor=cast.edgar, reason="wrong request")
        documents.restore(viewer=viewer, document=document, actor=cast.edgar)
        document.refresh_from_db()
        assert document.withdrawn_at is None


def test_files_stand_beside_what_they_came_with_and_the_pages_the_letter_states(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    with viewing_as(cast.olive):
        produced = builders.event(ours, "produced", received_on=dt.date(2026, 3, 4), outcome="produced_in_part")
        other = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    edgar = client(cast.edgar)
    address = reverse("request-documents", args=[ours.public_id])
    two = [SimpleUploadedFile("a.pdf", b"one"), SimpleUploadedFile("b.pdf", b"two")]
    sent = edgar.post(address, {"once": "k", "event": produced.uid, "files": two})
    assert sent.status_code == 303
    stated = reverse("production-pages", args=[ours.public_id, produced.uid])
    assert edgar.post(stated, {"pages": "340"}).status_code == 303
    wrong = edgar.post(stated, {"pages": "many"})
    assert wrong.status_code == 400
    assert "Enter a number of pages" in wrong.content.decode()
    text = page(cast.vera, ours).content.decode()
    assert "340 pages by the letter" in text
    assert text.index("Records received") < text.index("a.pdf") < text.index("b.pdf")
    with pytest.raises(Refused, match="event of this request"):
        add(cast.edgar, other, event=produced)
    assert edgar.post(reverse("production-pages", args=[other.public_id, produced.uid]), {}).status_code == 404


def test_of_several_files_the_good_ones_are_kept_and_the_others_named(
    cast: builders.Cast, ours: RecordsRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "MOST", 200_000)
    files = [
        SimpleUploadedFile("good.pdf", BYTES), SimpleUploadedFile("huge.pdf", b"x" * 300_000),
        SimpleUploadedFile("also good.pdf", b"other"),
    ]  # fmt: skip
    address = reverse("request-documents", args=[ours.public_id])
    answer = client(cast.edgar).post(address, {"once": "k", "files": files})
    text = answer.content.decode()
    assert "huge.pdf is larger than 50 MB" in text
    assert "2 files kept." in text
    with viewing_as(cast.olive):
        assert set(Document.objects.values_list("title", flat=True)) == {"good.pdf", "also good.pdf"}


def test_the_script_is_answered_in_json_and_a_form_without_files_is_refused(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    edgar, address = client(cast.edgar), reverse("request-documents", args=[ours.public_id])
    told = edgar.post(
        address, {"once": "k", "files": SimpleUploadedFile("a.pdf", BYTES)}, headers={"accept": "application/json"}
    )
    assert told.json() == {"kept": ["a.pdf"], "said": [], "errors": []}
    assert edgar.post(address, {"once": "k"}).status_code == 400
    forged = edgar.post(address, {"once": "k3", "event": "nonsense", "files": SimpleUploadedFile("b.pdf", BYTES)})
    assert forged.status_code == 400
    assert "event of this request" in forged.content.decode()


def test_the_page_of_one_document_does_what_its_buttons_say(cast: builders.Cast, ours: RecordsRequest) -> None:
    document = add(cast.edgar, ours).document
    address = reverse("document", args=[document.public_id])
    edgar, olive = client(cast.edgar), signed_in(cast.olive)
    assert edgar.post(address, {"act": "describe", "title": ""}).status_code == 400
    assert edgar.post(address, {"act": "describe", "title": "x" * 3_000}).status_code == 400
    assert edgar.post(address, {"act": "describe", "title": "Decision of March 4.pdf"}).status_code == 303
    assert edgar.post(address, {"act": "release", "looked_through": "on"}).status_code == 400
    assert edgar.post(address, {"act": "nonsense"}).status_code == 400
    assert olive.post(address, {"act": "release", "looked_through": "on"}).status_code == 303
    assert edgar.post(address, {"act": "withdraw", "reason": "mistake"}).status_code == 303
    assert client(cast.vera).post(address, {"act": "restore"}).status_code == 404
    assert olive.post(address, {"act": "erase", "reason": "a name in it"}).status_code == 303
    assert "a name in it" in client(cast.vera).get(address).content.decode()


def test_the_list_asks_the_database_as_often_for_forty_files_as_for_one(
    cast: builders.Cast, ours: RecordsRequest, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        add(cast.edgar, ours, f"{number}.pdf", str(number).encode())
    vera = client(cast.vera)
    with django_assert_max_num_queries(14):
        vera.get(reverse("request-documents", args=[ours.public_id]))


def test_a_row_that_cannot_be_written_keeps_no_bytes(
    cast: builders.Cast, ours: RecordsRequest, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "TITLE_MAX", 300)
    with pytest.raises(DatabaseError):
        add(cast.edgar, ours, "x" * 299, once="k")
    assert files_in(media) == 0
    with pytest.raises(Refused, match="lost its key"):
        add(cast.edgar, ours, once="nul\x00")
    assert add(cast.edgar, ours, content_type="text/\x00plain").document.pk


def test_what_a_partner_took_away_is_told_to_the_owner_without_naming_its_member(cast: Any) -> None:
    ours = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    kept = storage.keep([b"Twelve pages."])
    with viewing_as(cast.olive):
        document = Document.objects.create(
            request=ours, organisation=cast.harbor, title="a.pdf", blob=kept.name, size=kept.size, sha256=kept.sha256
        )
        Document.objects.filter(pk=document.pk).update(released_at=timezone.now())
    share = builders.share_with(cast.olive, ours, cast.prairie, documents=True)
    url = reverse("document-file", args=[document.public_id])
    ravi = signed_in(cast.ravi)
    got = ravi.get(url)
    assert got.status_code == 200 and b"".join(got.streaming_content) == b"Twelve pages."
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in got.headers["Content-Security-Policy"]
    with viewing_as(cast.olive):
        Share.objects.filter(pk=share.pk).update(revoked_at=timezone.now())
    assert ravi.get(url).status_code == ravi.head(url).status_code == 404
    assert ravi.get(f"/api/v1/documents/{document.public_id}/file/").status_code == 404
    audit = signed_in(cast.olive).get(reverse("organisation-audit", args=[cast.harbor.public_id])).content.decode()
    assert "downloaded a file of" in audit and "Ravi" not in audit
    assert audit.count("downloaded a file of") == 1
