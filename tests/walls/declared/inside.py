"""Drafts and notes of both requests, which everything shows and no lower level does."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from requests_app.models import Event, Letter, RecordsRequest, RequestNote
from tests.walls.matrix import OURS

from . import CANARY, Stage

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "request-inside": (OURS, None),
    "api-inside-drafts": (OURS, None),
    "api-inside-notes": (OURS, None),
}
OPENS = dict.fromkeys(EXPECTED, "e")
SHOWS_OURS = set(EXPECTED)
TABLES = (Letter, RequestNote)
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def fill(dice: random.Random, request: RecordsRequest, event: Event) -> None:
    of: dict[str, Any] = {"organisation": request.organisation, "request": request}
    for _ in range(3):
        Letter.objects.create(
            **of, agency=request.agency, kind="other", subject="a", body="a", state=dice.choice(Letter.State.values)
        )
        Letter.objects.create(**(of | {"request": None}), agency=request.agency, kind="other", subject="a", body="a")
        gone = LONG_AGO if dice.random() < 0.3 else None
        RequestNote.objects.create(
            **of, author=request.organisation.created_by, text="" if gone else "a", deleted_at=gone,
            privileged=dice.random() < 0.3,
        )  # fmt: skip


def prepare(stage: Stage) -> None:
    for request in (stage.private, stage.published):
        for state in ("draft", "sent"):
            Letter.objects.create(
                organisation=stage.cast.harbor, agency=stage.cast.agency, request=request, kind="other",
                subject=f"{CANARY} {state}", body=f"{CANARY} body", state=state, edited_by=stage.cast.olive,
            )  # fmt: skip


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    return {name: [request.public_id] for name in EXPECTED}
