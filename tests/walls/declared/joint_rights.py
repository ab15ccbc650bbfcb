"""Rights to do: read by Harbor's own people."""

from __future__ import annotations

from typing import Any

from requests_app.models import Event, RecordsRequest
from tests.walls.matrix import POST_ONLY, _row

from . import Stage

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "api-campaign-rights": (_row(401, 404, 404, 404, 200, 200, 200), None),
    "api-request-rights": (_row(401, 404, 404, 404, 200, 200, 200), None),
    "api-campaign-right": (POST_ONLY, None),
    "api-request-right": (POST_ONLY, None),
}


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    return {
        "api-campaign-rights": [request.campaign.public_id],
        "api-request-rights": [request.public_id],
        "api-campaign-right": [request.campaign.public_id, "000000000000"],
        "api-request-right": [request.public_id, "000000000000"],
    }
