"""Letters, kits and waves: members read, editors write, nobody else learns that they exist."""

from __future__ import annotations

from typing import Any

from requests_app.models import Event, Letter, RecordsRequest
from tests.walls.matrix import _row

from . import CANARY, Stage

MEMBERS = _row(302, 404, 404, 404, 200, 200, 200)
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "letters": (_row(302, 404, 404, 200, 200, 200, 200), None),
    "letter": (MEMBERS, None),
    "letter-pdf": (MEMBERS, None),
    "request-letters": (MEMBERS, None),
    "letter-draft": (_row(302, 405, 405, 405, 405, 405, 405), None),
}
SHOWS_OURS = {"letters", "letter", "letter-pdf", "request-letters"}


def prepare(stage: Stage) -> None:
    cast = stage.cast
    stage.rows["letter"] = Letter.objects.create(
        organisation=cast.harbor, agency=cast.agency, request=stage.private, kind="follow_up",
        subject=f"{CANARY} subject", body=f"{CANARY} body", address=f"{CANARY}@agency.example", law_id="us-il",
        requester={"organisation": f"{CANARY} name"}, event_kind="follow_up_sent",
    )  # fmt: skip


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    letter = stage.rows["letter"]
    return {
        "letter": [letter.public_id],
        "letter-pdf": [letter.public_id],
        "request-letters": [request.public_id],
        "letter-draft": [request.public_id],
    }
