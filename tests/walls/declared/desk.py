"""The desk: the day, the calendar, the list's acts, search."""

from __future__ import annotations

from typing import Any

from requests_app.models import BulkAct, BulkItem, Event, RecordsRequest, SavedView
from tests.walls.matrix import ANYBODY, POST_ONLY, SIGNED_IN, _row

from . import CANARY, Stage

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "today": (SIGNED_IN, None),
    "calendar": (_row(302, 404, 404, 200, 200, 200, 200), None),
    "search": (ANYBODY, None),
    "keys": (POST_ONLY, None),
    "requests-csv": (ANYBODY, None),
    "request-views": (_row(302, 404, 404, 200, 200, 200, 200), None),
    "requests-bulk": (_row(302, 405, 405, 405, 405, 405, 405), None),
    "bulk-act": (_row(302, 404, 404, 404, 200, 200, 200), None),
    "api-today": (_row(401, 404, 404, 200, 200, 200, 200), None),
    # Without its two days it is refused, and to nobody says more.
    "api-due-days": (_row(400, 400, 400, 400, 400, 400, 400), None),
    "api-search": (_row(400, 400, 400, 400, 400, 400, 400), None),
    "api-views": (_row(401, 404, 404, 200, 200, 200, 200), None),
    "api-bulk": (POST_ONLY, None),
    "api-view": (POST_ONLY, None),
    "api-bulk-preview": (POST_ONLY, None),
    "api-bulk-act": (_row(401, 404, 404, 404, 200, 200, 200), None),
    "api-bulk-undo": (POST_ONLY, None),
}
SHOWS_OURS = {
    "api-today", "api-views", "api-bulk-act", "today", "calendar", "search", "request-views", "requests-csv",
    "bulk-act",
}  # fmt: skip


def prepare(stage: Stage) -> None:
    cast = stage.cast
    stage.rows["view"] = SavedView.objects.create(
        organisation=cast.harbor, person=cast.olive, name=f"{CANARY}-view", shared=True
    )
    act = BulkAct.objects.create(organisation=cast.harbor, actor=cast.olive, kind="tag", once="bulk", done=1)
    BulkItem.objects.create(organisation=cast.harbor, act=act, request=stage.private, skipped=f"{CANARY}-why")
    stage.rows["bulk"] = act


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    pid = stage.rows["bulk"].public_id
    return {name: [pid] for name in ("bulk-act", "api-bulk-act", "api-bulk-undo")} | {
        "api-view": [stage.rows["view"].public_id]
    }
