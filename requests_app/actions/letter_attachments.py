"""What goes out with a letter: put with it, taken off again, and read whole when it goes out.

Only a draft changes. A letter never goes without what it encloses: where the bytes are gone, it is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from requests_app.intake import storage
from requests_app.models import Document, Letter, LetterAttachment, Person, StoredFile
from requests_app.models.visibility import Viewer
from requests_app.notices.outbox import Attachment
from requests_app.queries import letter_attachments as query

from .documents import clean_name
from .letters import locked
from .refusals import NotYours, Refused

# What the mail servers of agencies commonly take, with the third that encoding adds.
MOST_A_FILE = 10 * storage.MEGABYTE
MOST_A_LETTER = 20 * storage.MEGABYTE
MOST_FILES = 20
NAME_MAX = 200


def enclose_documents(
    *, viewer: Viewer, letter: Letter, actor: Person | None, documents: Collection[str]
) -> list[LetterAttachment]:
    """documents: public ids, of the letter's own request. One that is enclosed already is left as it is."""
    row = _draft(viewer, letter)
    wanted = list(dict.fromkeys(documents))
    rows = (
        Document.objects.visible_to(viewer)
        .select_for_update(of=("self",))
        .filter(request=row.request_id or 0, organisation=row.organisation_id, public_id__in=wanted)
    )
    found = {one.public_id: one for one in rows}
    known = {one.document_id for one in query.enclosed(row)}
    made = []
    for pid in wanted:
        document = found.get(pid)
        if document is None:
            raise Refused("document_unknown", _("Choose a document of this request."), field="documents")
        if document.pk in known:
            continue
        if document.erased_at or document.withdrawn_at:
            raise Refused(
                "document_gone",
                _("%(name)s was withdrawn or erased. Choose another one.") % {"name": document.title},
                field="documents",
            )
        if document.privileged:
            raise Refused(
                "document_privileged",
                _("%(name)s is privileged, and goes out with no letter.") % {"name": document.title},
                field="documents",
            )
        _room(row, document.title, document.size, "documents")
        made.append(
            LetterAttachment.objects.create(
                letter=row, organisation_id=row.organisation_id, document=document, name=document.title,
                size=document.size, sha256=document.sha256,
            )
        )  # fmt: skip
    if made:
        _risen(row, actor)
    return made


def enclose_file(
    *,
    viewer: Viewer,
    letter: Letter,
    actor: Person,
    name: str,
    chunks: Iterable[bytes],
    once: str,
    content_type: str = "",
) -> LetterAttachment:
    """A file that is put with this letter alone. The same `once` finds the one it made."""
    row = _draft(viewer, letter)
    if not once or len(once) > 64 or "\x00" in once:
        raise Refused("once_missing", _("The form has lost its key; open it again."), field="files")
    again = LetterAttachment.objects.filter(organisation=row.organisation_id, once=once).first()
    if again is not None:
        if again.letter_id != row.pk:
            raise Refused("once_used", _("This form was used for another letter; open it again."), status=409)
        return again
    name = clean_name(name)
    # Of a long name, the end says what kind of file it is.
    if len(name) > NAME_MAX:
        stem, dot, kind = name.rpartition(".")
        name = f"{stem[: NAME_MAX - len(kind) - 1]}.{kind}" if dot and len(kind) < 12 else name[:NAME_MAX]
    try:
        stored = storage.keep(chunks, most=MOST_A_FILE)
    except storage.TooLarge:
        raise too_large(name) from None
    try:
        with transaction.atomic():
            if stored.size == 0:
                raise Refused("empty", _("%(name)s is empty. It was not enclosed.") % {"name": name}, field="files")
            _room(row, name, stored.size, "files")
            file = StoredFile.objects.create(
                name=stored.name, organisation_id=row.organisation_id, original_name=name,
                content_type=clean_name(content_type)[:100], size=stored.size, sha256=stored.sha256, stored_by=actor,
            )  # fmt: skip
            made = LetterAttachment.objects.create(
                letter=row, organisation_id=row.organisation_id, file=file, name=name, size=stored.size,
                sha256=stored.sha256, once=once,
            )  # fmt: skip
    except IntegrityError as problem:
        storage.drop(stored.name)
        if "one_attachment_an_act" not in str(problem):
            raise
        # Of another letter, whose row is another queue.
        raise Refused("once_used", _("This form was used for another letter; open it again."), status=409) from None
    except BaseException:
        storage.drop(stored.name)
        raise
    _risen(row, actor)
    return made


def too_large(name: str) -> Refused:
    return Refused(
        "too_large",
        _("%(name)s is larger than 10 MB, which many mail servers refuse. It was not enclosed. Split it.")
        % {"name": name},
        field="files",
        status=413,
    )


def take_off(*, viewer: Viewer, letter: Letter, actor: Person | None, attachment: str) -> None:
    """The letter goes without it. What was put with it stays stored, like everything that was written here."""
    row = _draft(viewer, letter)
    found = LetterAttachment.objects.filter(letter=row, public_id=attachment).first()
    if found is None:
        raise NotYours
    if LetterAttachment.objects.filter(pk=found.pk, taken_off=False).update(taken_off=True):
        _risen(row, actor)


def bytes_of(attachments: Iterable[LetterAttachment]) -> tuple[Attachment, ...]:
    """What goes out, whole, as it was when it was enclosed. Raises Refused where it is not any more."""
    found = []
    for one in attachments:
        why = query.gone_sentence(one)
        if not why:
            try:
                with storage.opened(one.blob) as file:
                    content = file.read()
            except FileNotFoundError:
                why = _("%(name)s is enclosed, and its file is not in the store.") % {"name": one.name}
            else:
                if hashlib.sha256(content).hexdigest() == one.sha256:
                    found.append((one.name, content, kind_of(one.name, content)))
                    continue
                why = _("%(name)s is enclosed, and its file is not what it was.") % {"name": one.name}
        raise Refused("attachment_gone", f"{why} {query.take_off_words()}", field="documents", status=409)
    return tuple(found)


# What a reader's mail program may show by itself: none of them runs anything. The bytes must say the same as the name.
KINDS = {
    ".pdf": (b"%PDF-", "application/pdf"),
    ".png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    ".jpg": (b"\xff\xd8\xff", "image/jpeg"),
    ".jpeg": (b"\xff\xd8\xff", "image/jpeg"),
}


def kind_of(name: str, content: bytes) -> str:
    """Text, too, goes as bytes: a mail server may change the ends of its lines."""
    begins, kind = KINDS.get(name[name.rfind(".") :].lower(), (b"", ""))
    return kind if kind and content.startswith(begins) else "application/octet-stream"


def _draft(viewer: Viewer, letter: Letter) -> Letter:
    row = locked(viewer, letter)
    if row.state not in (Letter.State.DRAFT, Letter.State.STOPPED):
        raise Refused("not_a_draft", _("What is enclosed changes only while the letter is a draft."), status=409)
    return row


def _room(row: Letter, name: str, size: int, field: str) -> None:
    if size > MOST_A_FILE:
        refused = too_large(name)
        refused.field = field
        raise refused
    here = query.enclosed(row)
    if len(here) >= MOST_FILES:
        raise Refused(
            "too_many",
            _("A letter encloses at most 20 files. %(name)s was not enclosed.") % {"name": name},
            field=field,
        )
    if sum(one.size for one in here) + size > MOST_A_LETTER:
        raise Refused(
            "no_room",
            _("%(name)s was not enclosed: the files of one letter have 20 MB in all, so that mail servers take it.")
            % {"name": name},
            field=field,
            status=413,
        )


def _risen(row: Letter, actor: Person | None) -> None:
    Letter.objects.filter(pk=row.pk).update(version=F("version") + 1, edited_by=actor, edited_at=Now())
    row.version += 1
