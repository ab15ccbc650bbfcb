"""Calendar feeds: the page of one's own, and the address that opens by itself."""

from __future__ import annotations

from secrets import token_bytes
from typing import Any

from requests_app.models import CalendarFeed, Event, RecordsRequest
from tests.walls.matrix import NOBODY, POST_ONLY, _row

from . import CANARY, Stage

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "feeds": (_row(302, 404, 404, 200, 200, 200, 200), None),
    "feed-revoke": (POST_ONLY, None),
    # An address that nobody was given. What a live one shows: tests/feeds.
    "feed": (NOBODY, None),
    "api-feeds": (_row(401, 404, 404, 404, 200, 200, 200), None),
    "api-feed": (POST_ONLY, None),
}
SHOWS_OURS = {"feeds", "api-feeds"}


def prepare(stage: Stage) -> None:
    stage.rows["feed"] = CalendarFeed.objects.create(
        organisation=stage.cast.harbor, person=stage.cast.olive, subject="organisation", name=f"{CANARY}-feed",
        digest=token_bytes(32),
    )  # fmt: skip


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    key, harbor = stage.rows["feed"].public_id, stage.cast.harbor.public_id
    return {
        "feed-revoke": [key],
        "feed": ["A" * 43],
        "api-feeds": [harbor],
        "api-feed": [harbor, key],
    }
