"""What is enclosed with letters, and what of it can no longer go out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.utils.translation import gettext as _

from requests_app.models import Document, Letter, LetterAttachment
from requests_app.models.visibility import Viewer


def enclosed_by(letter_ids: Collection[int]) -> dict[int, list[LetterAttachment]]:
    """By letter, in the order in which they were enclosed. One query."""
    found: dict[int, list[LetterAttachment]] = defaultdict(list)
    rows = LetterAttachment.objects.filter(letter__in=letter_ids, taken_off=False)
    for one in rows.select_related("document", "file").order_by("pk"):
        found[one.letter_id].append(one)
    return found


def enclosed(letter: Letter) -> list[LetterAttachment]:
    return enclosed_by([letter.pk])[letter.pk] if letter.pk else []


def of_request(viewer: Viewer, letter: Letter) -> list[Document]:
    """Documents of the letter's request that may be enclosed: our own, neither withdrawn nor erased, nor privileged."""
    if letter.request_id is None:
        return []
    rows = Document.objects.visible_to(viewer).filter(
        request=letter.request_id, organisation=letter.organisation_id, withdrawn_at=None, erased_at=None,
        privileged=False,
    )  # fmt: skip
    return list(rows.order_by("pk"))


def gone_sentence(one: LetterAttachment) -> str:
    """Why the letter cannot go out with this one; empty: it can."""
    match one.gone:
        case "erased":
            return _("%(name)s is enclosed, and its file was erased.") % {"name": one.name}
        case "withdrawn":
            return _("%(name)s is enclosed, and was withdrawn from the documents.") % {"name": one.name}
    return ""


def take_off_words() -> str:
    return _("Take it off, or enclose another file.")
