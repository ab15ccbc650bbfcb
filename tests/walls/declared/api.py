"""The routes of the API over content, and those of its tokens. Each is asked by session and by token."""

from __future__ import annotations

from typing import Any

from requests_app.models import Event, RecordsRequest
from tests.walls.matrix import ANYBODY, OURS, POST_ONLY

from . import Stage

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "api-requests": (ANYBODY, None),
    "api-request": (OURS, ANYBODY),
    "api-events": (OURS, ANYBODY),
    "api-event-preview": (POST_ONLY, None),
    "api-event-retract": (POST_ONLY, None),
}
SHOWS_OURS = {"api-requests", "api-request", "api-events"}


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    return {
        "api-request": [request.public_id],
        "api-events": [request.public_id],
        "api-event-preview": [request.public_id],
        "api-event-retract": [request.public_id, event.uid],
    }
