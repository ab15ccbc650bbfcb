"""The received files of the sample: taken in and released by the acts of everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from requests_app.models import Document, Person, RecordsRequest
from requests_app.models.visibility import Viewer

from . import documents

FOLDER = Path(__file__).resolve().parent.parent / "data" / "sample"


def keep(
    viewer: Viewer, records_request: RecordsRequest, story: Mapping[str, Any], uids: Mapping[str, str], owner: Person
) -> None:
    """Each file of the story once, released: whoever documents are shared with may fetch it."""
    for number, told in enumerate(story.get("files", ())):
        once = f"sample:{story['key']}:file:{number}"
        if Document.objects.filter(organisation=records_request.organisation_id, once=once).exists():
            continue
        added = documents.add_document(
            viewer=viewer,
            records_request=records_request,
            actor=owner,
            name=told["file"],
            chunks=[(FOLDER / told["file"]).read_bytes()],
            once=once,
            event=records_request.events.get(uid=uids[f"@{told['event']}"]),
            content_type="text/csv",
        )
        documents.describe(viewer=viewer, document=added.document, title=told["title"], event=added.document.event)
        documents.release(viewer=viewer, document=added.document, actor=owner, looked_through=True)
