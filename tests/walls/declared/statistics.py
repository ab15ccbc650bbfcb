"""The public statistics: the same for everybody, and files of each figure."""

from __future__ import annotations

from typing import Any

from requests_app.models import Event, RecordsRequest
from tests.walls.matrix import ANYBODY

from . import Stage

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "method": (ANYBODY, None),
    "newest-documents": (ANYBODY, None),
    "statistics-csv": (ANYBODY, None),
    "statistics-svg": (ANYBODY, None),
    "statistics-png": (ANYBODY, None),
    "api-statistics": (ANYBODY, None),
}


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    return {"statistics-csv": ["places"], "statistics-svg": ["stages"], "statistics-png": ["stages"]}
