"""Documents: kept as they came, put beside what they came with, released by an owner, withdrawn, erased.

Nothing is parsed here. A file is stored first and checked against the limits afterwards, inside the transaction that
writes its row; when the row is refused, the bytes go.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from requests_app.intake import storage
from requests_app.models import Document, DocumentPrivate, Event, Person, Production, RecordsRequest
from requests_app.models.visibility import Viewer

from . import audit, publishing
from .legal_holds import refuse_if_held
from .privileged import chosen
from .refusals import NotYours, Refused
from .rights import must_edit, must_own

TITLE_MAX = 200
NOTE_MAX = 500
MOST_PAGES = 10_000_000
MOST_A_REQUEST = 200 * storage.MEGABYTE
MOST_AN_ORGANISATION = 20 * 1024 * storage.MEGABYTE


@dataclass(frozen=True, slots=True)
class Added:
    """repeated: this very upload came before. same_as: another document of ours has the same bytes."""

    document: Document
    repeated: bool = False
    same_as: Document | None = None


def add_document(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    actor: Person,
    name: str,
    chunks: Iterable[bytes],
    once: str,
    event: Event | None = None,
    content_type: str = "",
    privileged: bool = False,
    circle: str = "",
) -> Added:
    """Keep a file with the request. `event`: what it came with, or went out with. circle: who reads a privileged one
    beside owners and whoever adds it, by its id."""
    must_edit(viewer, records_request.organisation_id)
    secret = chosen(viewer, records_request.organisation_id, privileged, circle)
    if secret:
        secret["privileged_by"] = actor
    if not once or len(once) > 64 or "\x00" in once:
        raise Refused("once_missing", _("The form has lost its key; open it again."), field="once")
    again = Document.objects.filter(organisation=records_request.organisation_id, once=once).first()
    if again is not None:
        return _repeated(again, records_request)
    _belongs(records_request, event)
    title = clean_name(name)
    try:
        stored = storage.keep(chunks)
    except storage.TooLarge:
        raise Refused(
            "too_large", _("%(name)s is larger than 50 MB. It was not kept. Split it.") % {"name": title},
            field="files", status=413,
        ) from None  # fmt: skip
    try:
        with transaction.atomic():
            _check_room(records_request, stored, title)
            twin = (
                Document.objects.visible_to(viewer)
                .filter(organisation=records_request.organisation_id, sha256=stored.sha256, withdrawn_at=None)
                .order_by("pk")
                .first()
            )
            document = Document.objects.create(
                organisation_id=records_request.organisation_id, request=records_request, event=event,
                title=title[:TITLE_MAX], blob=stored.name, size=stored.size, sha256=stored.sha256, once=once, **secret,
            )  # fmt: skip
            DocumentPrivate.objects.create(
                document=document, request=records_request, organisation_id=records_request.organisation_id,
                original_name=title[:255], content_type=clean_name(content_type)[:100], added_by=actor,
            )  # fmt: skip
    except IntegrityError as problem:
        storage.drop(stored.name)
        if "one_document_an_act" not in str(problem):
            raise
        taken = Document.objects.filter(organisation=records_request.organisation_id, once=once).first()
        if taken is None:
            # Kept before, and privileged since: its uploader may no longer read it.
            raise Refused("once_taken", _("The form has lost its key; open it again."), field="once") from None
        return _repeated(taken, records_request)
    except BaseException:
        storage.drop(stored.name)
        raise
    return Added(document, same_as=twin)


def take_in(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    actor: Person,
    title: str,
    stored: storage.Stored,
    content_type: str,
    handed_in_by: str,
    received_on: dt.date | None,
    once: str,
) -> Document:
    """A file that somebody outside handed in, and that is on the disk already: kept with the request, unreleased.

    The bytes stay whatever happens here; they are the proposal's until this is committed.
    """
    must_edit(viewer, records_request.organisation_id)
    _check_room(records_request, stored, title)
    # Asked behind the lock: of two who accept at once, the second finds what the first has made.
    again = Document.objects.filter(organisation=records_request.organisation_id, once=once).first()
    if again is not None:
        return again
    document: Document = Document.objects.create(
        organisation_id=records_request.organisation_id, request=records_request, title=title[:TITLE_MAX],
        blob=stored.name, size=stored.size, sha256=stored.sha256, once=once,
    )  # fmt: skip
    DocumentPrivate.objects.create(
        document=document, request=records_request, organisation_id=records_request.organisation_id,
        original_name=title[:255], content_type=content_type, added_by=actor, handed_in_by=handed_in_by,
        received_on=received_on,
    )  # fmt: skip
    return document


def clean_name(name: str) -> str:
    """The last step of a path, without signs that cannot be seen: some of them turn the direction of reading, and
    make an .exe look like a .pdf."""
    last = PurePath(name.replace("\\", "/")).name
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return " ".join(seen.split()) or "file"


def state_pages(*, viewer: Viewer, records_request: RecordsRequest, event: Event, pages: int | None) -> Production:
    """The number of pages that the letter with this production states; None: it states none."""
    must_edit(viewer, records_request.organisation_id)
    _belongs(records_request, event)
    if pages is not None and not 0 <= pages <= MOST_PAGES:
        raise Refused("pages_impossible", _("Enter a number of pages, such as 340."), field="pages")
    production, made = Production.objects.get_or_create(
        event=event,
        defaults={"request": records_request, "organisation_id": event.organisation_id, "pages_stated": pages},
    )  # fmt: skip
    if not made:
        Production.objects.filter(pk=production.pk).update(pages_stated=pages)
        production.pages_stated = pages
    return production


def describe(*, viewer: Viewer, document: Document, title: str, event: Event | None) -> None:
    """Give it another name, or put it beside another letter. What was handed out under the old name stays out."""
    must_edit(viewer, document.organisation_id)
    _belongs(document.request, event)
    title = clean_name(title) if title.strip() else ""
    if not title:
        raise Refused("title_missing", _("Give the document a name."), field="title")
    if len(title) > TITLE_MAX:
        raise Refused("title_too_long", _("A name has at most 200 characters."), field="title")
    _locked(document)
    Document.objects.filter(pk=document.pk).update(title=title, event=event)


def release(*, viewer: Viewer, document: Document, actor: Person, looked_through: bool) -> bool:
    """Whoever documents of this request are shared with may fetch it from now on. False: where they are public and two
    persons publish, another owner has to release it, too."""
    _may_own(viewer, document)
    if not looked_through:
        raise Refused(
            "not_looked_through",
            _("Confirm that somebody looked through each page for names, addresses and other private data."),
            field="looked_through",
        )
    found = _locked(document)
    if found.erased_at or found.withdrawn_at:
        raise Refused("gone", _("This document was withdrawn. Restore it first."))
    if found.privileged:
        raise Refused("privileged", _("This document is privileged. End that first."))
    if found.released_at is None:
        if not publishing.second_look(document=found, actor=actor):
            _log("document.looked_through", found, actor)
            return False
        Document.objects.filter(pk=found.pk).update(released_at=Now())
        _log("document.released", found, actor)
    return True


def hold_back(*, viewer: Viewer, document: Document, actor: Person) -> None:
    """Not released any more, at once. Any editor may be the careful one."""
    must_edit(viewer, document.organisation_id)
    found = _locked(document)
    if found.released_at is not None:
        Document.objects.filter(pk=found.pk).update(released_at=None)
        _log("document.held_back", found, actor)


def withdraw(*, viewer: Viewer, document: Document, actor: Person, reason: str) -> None:
    """Uploaded by mistake: it leaves the lists and every share; the bytes stay until an owner erases them."""
    must_edit(viewer, document.organisation_id)
    why = _reason(reason)
    found = _locked(document)
    if found.withdrawn_at is None:
        Document.objects.filter(pk=found.pk).update(released_at=None, withdrawn_at=Now())
        DocumentPrivate.objects.filter(pk=found.pk).update(note=why)
        _log("document.withdrawn", found, actor)


def restore(*, viewer: Viewer, document: Document, actor: Person) -> None:
    must_edit(viewer, document.organisation_id)
    found = _locked(document)
    if found.erased_at:
        raise Refused("erased", _("The file was erased and cannot come back. Upload it again."))
    if found.withdrawn_at is not None:
        Document.objects.filter(pk=found.pk).update(withdrawn_at=None)
        DocumentPrivate.objects.filter(pk=found.pk).update(note="")
        _log("document.restored", found, actor)


def erase(*, viewer: Viewer, document: Document, actor: Person, reason: str) -> None:
    """The bytes go for good, after the commit; the row stays with their hash, which proves what was there."""
    _may_own(viewer, document)
    why = _reason(reason)
    refuse_if_held([document.request_id])
    found = _locked(document)
    if found.erased_at is None:
        Document.objects.filter(pk=found.pk).update(
            released_at=None, withdrawn_at=found.withdrawn_at or Now(), erased_at=Now(), title=_("Erased document")
        )
        DocumentPrivate.objects.filter(pk=found.pk).update(note=why, original_name="")
        _log("document.erased", found, actor, sha256=found.sha256)
        blob = found.blob
        transaction.on_commit(lambda: storage.drop(blob))


def _repeated(found: Document, records_request: RecordsRequest) -> Added:
    if found.request_id != records_request.pk:
        raise Refused("once_used", _("This form was used for another request; open it again."), status=409)
    return Added(found, repeated=True)


def _check_room(records_request: RecordsRequest, stored: storage.Stored, title: str) -> None:
    # The row of the request is the queue at the door: two uploads at once do not both find the last free space.
    RecordsRequest.objects.select_for_update(of=("self",)).get(pk=records_request.pk)
    if stored.size == 0:
        raise Refused("empty", _("%(name)s is empty. It was not kept.") % {"name": title}, field="files")
    kept = Document.objects.filter(erased_at=None)
    for rows, most, words in (
        (kept.filter(request=records_request), MOST_A_REQUEST, _("The files of one request have 200 MB in all.")),
        (
            kept.filter(organisation=records_request.organisation_id), MOST_AN_ORGANISATION,
            _("The files of an organization have 20 GB in all."),
        ),
    ):  # fmt: skip
        if (rows.aggregate(sum=Sum("size"))["sum"] or 0) + stored.size > most:
            raise Refused(
                "no_room", _("%(name)s was not kept.") % {"name": title} + " " + words, field="files", status=413
            )


def _belongs(records_request: RecordsRequest, event: Event | None) -> None:
    if event is not None and event.request_id != records_request.pk:
        raise Refused("event_unknown", _("Choose an event of this request."), field="event")


def _reason(words: str) -> str:
    words = " ".join(words.replace("\x00", "").split())
    if not words:
        raise Refused("reason_missing", _("Say why; only your organization reads it."), field="reason")
    if len(words) > NOTE_MAX:
        raise Refused("reason_too_long", _("A reason has at most 500 characters."), field="reason")
    return words


def _may_own(viewer: Viewer, document: Document) -> None:
    must_edit(viewer, document.organisation_id)
    must_own(viewer, document.organisation_id, _("Only an owner decides who may see a document."))


def _locked(document: Document) -> Document:
    found: Document | None = Document.objects.select_for_update(of=("self",)).filter(pk=document.pk).first()
    if found is None:
        raise NotYours
    return found


def _log(act: str, document: Document, actor: Person, **detail: str) -> None:
    audit.record(
        act=act, subject=f"document {document.public_id}", organisation=document.organisation, actor=actor,
        detail={"request": document.request.public_id, **detail},
    )  # fmt: skip
