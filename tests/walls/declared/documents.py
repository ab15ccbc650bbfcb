"""Documents: one of each request, the published one's released; the campaign's share shows status alone."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from requests_app.intake import storage
from requests_app.models import Document, DocumentPrivate, Event, Production, RecordsRequest
from tests.walls.matrix import NOBODY, OURS, POST_ONLY, _row

from . import CANARY, Stage

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
OUR_PEOPLE = _row(302, 404, 404, 404, 200, 200, 200)
EXPECTED = {
    "request-documents": (OURS, None),
    "production-pages": (_row(302, 405, 405, 405, 405, 405, 405), None),
    "document": (OUR_PEOPLE, None),
    "api-documents": (OURS, None),
    "api-production": (POST_ONLY, None),
    "api-document": (OURS, None),
    "api-document-act": (POST_ONLY, None),
    "api-document-file": (OURS, None),
    "archives": (_row(302, 404, 404, 200, 404, 404, 200), None),
    "archive-file": (_row(302, 302, 302, 302, 302, 302, 302), None),
    "document-file": (NOBODY | {"vera": 200, "edgar": 200, "olive": 200}, None),
}
OPENS = dict.fromkeys(
    ("request-documents", "document-file", "api-documents", "api-document", "api-document-file"), "d"
)
SHOWS_OURS = {
    "api-documents",
    "api-document",
    "api-document-file",
    "request-documents",
    "document",
    "document-file",
}


TABLES = (Document, DocumentPrivate, Production)


def fill(dice: random.Random, request: RecordsRequest, event: Event) -> None:
    of = request.organisation
    for number in range(3):
        withdrawn = LONG_AGO if dice.random() < 0.3 else None
        privileged = dice.random() < 0.3
        made = Document.objects.create(
            organisation=of, request=request, event=event, title="a", blob=f"{request.pk}x{number}", size=1, sha256="0",
            added_at=LONG_AGO, withdrawn_at=withdrawn, privileged=privileged,
            released_at=LONG_AGO if not withdrawn and not privileged and dice.random() < 0.5 else None,
        )  # fmt: skip
        DocumentPrivate.objects.create(document=made, request=request, organisation=of, original_name="a")
    if dice.random() < 0.5:
        Production.objects.create(event=event, request=request, organisation=of, pages_stated=3)


def prepare(stage: Stage) -> None:
    for word, request in (("private", stage.private), ("published", stage.published)):
        stored = storage.keep([f"{CANARY} {word}".encode()])
        made = Document.objects.create(
            organisation=stage.cast.harbor, request=request, title=f"{CANARY}.pdf", blob=stored.name,
            size=stored.size, sha256=stored.sha256,
        )  # fmt: skip
        DocumentPrivate.objects.create(
            document=made, request=request, organisation=stage.cast.harbor, original_name=f"{CANARY}.pdf"
        )
        stage.rows[f"document of {request.pk}"] = made


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    made = stage.rows[f"document of {request.pk}"]
    return {
        "archive-file": ["zzzzzzzzzzzz"],
        "api-documents": [request.public_id], "api-production": [request.public_id, event.uid],
        "api-document": [made.public_id], "api-document-act": [made.public_id], "api-document-file": [made.public_id],
        "request-documents": [request.public_id], "production-pages": [request.public_id, event.uid],
        "document": [made.public_id], "document-file": [made.public_id],
    }  # fmt: skip
