"""The routes of the request kits: the same for everybody, without a row of anybody's."""

from __future__ import annotations

from typing import Any

from requests_app.models import Event, RecordsRequest
from tests.walls.matrix import ANYBODY

from . import Stage

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "kits": (ANYBODY, None),
    "kit": (ANYBODY, None),
    "api-kits": (ANYBODY, None),
    "api-kit": (ANYBODY, None),
}


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    return {"kit": ["plate-readers"], "api-kit": ["plate-readers"]}
