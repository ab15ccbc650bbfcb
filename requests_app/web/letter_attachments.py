"""What a letter encloses, on its page: documents of its request to tick, files to put with it, each to take off."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests_app.actions import letter_attachments
from requests_app.actions.documents import clean_name
from requests_app.intake import storage
from requests_app.intake.handing_out import attachment
from requests_app.intake.uploads import LimitedUpload, too_large
from requests_app.laws.errors import Refused
from requests_app.models import Letter, LetterAttachment
from requests_app.models.ids import public_id
from requests_app.queries import letter_attachments as query

from .shell import Looking


def limit(request: Looking) -> None:
    """Before anything reads the form: a file over the limit is thrown away while it arrives."""
    request.upload_handlers = [LimitedUpload(request, letter_attachments.MOST_A_FILE)]


def take_in(request: Looking, letter: Letter) -> tuple[int, list[str]]:
    """How many were enclosed, and what was said against the others. One that is refused keeps no other out."""
    who: dict[str, Any] = {"viewer": request.viewer, "letter": letter, "actor": request.user}
    errors = [letter_attachments.too_large(clean_name(name)).sentence for name in too_large(request)]
    files, chosen = request.FILES.getlist("files"), request.POST.getlist("documents")[:200]
    if not files and not chosen and not errors:
        return 0, [_("Tick a document, or choose a file from your computer.")]
    made = 0
    for pid in chosen:
        try:
            made += len(letter_attachments.enclose_documents(**who, documents=[pid]))
        except Refused as refused:
            errors.append(refused.sentence)
    key = request.POST.get("files_once", "")[:50].replace("\x00", "") or public_id()
    for number, file in enumerate(files):
        try:
            letter_attachments.enclose_file(
                **who, name=file.name or "", chunks=file.chunks(storage.MEGABYTE), once=f"{key}-{number}",
                content_type=file.content_type or "",
            )  # fmt: skip
            made += 1
        except Refused as refused:
            errors.append(refused.sentence)
    return made, errors


def facts(request: Looking, letter: Letter, *, drafting: bool) -> dict[str, Any]:
    """For the page of the letter: what is enclosed, and while it is a draft, what may be."""
    rows = query.enclosed(letter)
    here = {one.document_id for one in rows}
    more = [one for one in query.of_request(request.viewer, letter) if one.pk not in here] if drafting else []
    return {
        "enclosed": [
            {
                "pid": one.public_id, "name": one.name, "size": one.size, "sha256": one.sha256,
                "gone": query.gone_sentence(one),
                "url": _address(letter, one),
            }
            for one in rows
        ],
        "enclosed_size": sum(one.size for one in rows),
        "documents": [{"pid": one.public_id, "name": one.title, "size": one.size} for one in more],
        "documents_ticked": request.POST.getlist("documents"),
        "files_once": public_id(),
    }  # fmt: skip


def _address(letter: Letter, one: LetterAttachment) -> str:
    return "" if one.gone == "erased" else reverse("letter-attachment", args=[letter.public_id, one.public_id])


@login_required
@require_safe
def file(request: Looking, pid: str, uid: str) -> HttpResponseBase:
    """For whoever reads the letter before it goes, and after: the bytes, as an attachment of no type that opens."""
    rows = LetterAttachment.objects.visible_to(request.viewer).select_related("document", "file")
    found = rows.filter(letter__public_id=pid, public_id=uid).first()
    if found is None or found.gone == "erased":
        raise Http404
    return attachment(found.blob, found.name, found.size, "application/octet-stream")


urlpatterns = [path("letters/<slug:pid>/enclosed/<slug:uid>/", file, name="letter-attachment")]
