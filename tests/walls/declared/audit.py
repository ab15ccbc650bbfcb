"""The audit as a table. The page itself: accounts.py; its seals: tests/audit."""

from __future__ import annotations

from typing import Any

from requests_app.models import Event, RecordsRequest
from tests.walls.matrix import _row

from . import Stage

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "organisation-audit-csv": (_row(302, 404, 404, 404, 404, 404, 200), None),
}
SHOWS_OURS = {"organisation-audit-csv"}


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    return {"organisation-audit-csv": [stage.cast.harbor.public_id]}
