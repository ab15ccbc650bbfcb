"""Who is named to read what is privileged: read by the organization's own people."""

from __future__ import annotations

from typing import Any

from requests_app.models import Event, RecordsRequest
from tests.walls.matrix import POST_ONLY, _row

from . import Stage

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "privilege": (_row(302, 404, 404, 200, 200, 200, 200), None),
    "api-circles": (_row(401, 404, 404, 404, 200, 200, 200), None),
    "api-circle-members": (POST_ONLY, None),
    "api-circle-member": (POST_ONLY, None),
}


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    home = stage.cast.harbor.public_id
    return {
        "api-circles": [home],
        "api-circle-members": [home, "000000000000"],
        "api-circle-member": [home, "000000000000", "000000000000"],
    }
