"""Privileged documents and notes: Olive marked one of each, for owners alone; not all of Harbor's people read them."""

from __future__ import annotations

from typing import Any

from requests_app.intake import storage
from requests_app.models import Document, DocumentPrivate, Event, NoteVersion, RecordsRequest, RequestNote
from tests.walls.matrix import POST_ONLY, _row

from . import CANARY, PRIVILEGED, Stage

OWN_PAGE = _row(302, 404, 404, 404, 200, 200, 200)
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "request-privileged": (OWN_PAGE, None),
    "api-privileged": (_row(401, 404, 404, 404, 200, 200, 200), None),
    "api-document-privilege": (POST_ONLY, None),
    "api-note-privilege": (POST_ONLY, None),
}
SHOWS_OURS = {"request-privileged", "api-privileged"}


def prepare(stage: Stage) -> None:
    for request in (stage.private, stage.published):
        of: dict[str, Any] = {"organisation": stage.cast.harbor, "request": request}
        words = f"{CANARY} {PRIVILEGED}"
        stored = storage.keep([words.encode()])
        made = Document.objects.create(
            **of, title=f"{words}.pdf", blob=stored.name, size=stored.size, sha256=stored.sha256, privileged=True,
            privileged_by=stage.cast.olive,
        )  # fmt: skip
        DocumentPrivate.objects.create(document=made, **of, original_name=f"{words}.pdf")
        note = RequestNote.objects.create(**of, author=stage.cast.olive, text=words, version=2, privileged=True)
        NoteVersion.objects.create(organisation=stage.cast.harbor, note=note, number=1, text=words)
        stage.rows[f"privileged of {request.pk}"] = (made, note)


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    made, note = stage.rows[f"privileged of {request.pk}"]
    return {
        "request-privileged": [request.public_id],
        "api-privileged": [request.public_id],
        "api-document-privilege": [made.public_id],
        "api-note-privilege": [request.public_id, note.public_id],
    }
