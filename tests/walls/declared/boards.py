"""The share boards of Harbor's campaigns and requests, and looking as somebody else."""

from __future__ import annotations

from typing import Any

from requests_app.models import Event, RecordsRequest
from tests.walls.matrix import POST_ONLY, _row

from . import Stage

OURS_HERE = _row(302, 404, 404, 404, 200, 200, 200)
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "campaign-shares": (OURS_HERE, None),
    "request-shares": (OURS_HERE, None),
    "look": (_row(302, 404, 404, 404, 404, 404, 404), _row(302, 404, 404, 404, 404, 404, 200)),
    "api-campaign-shares": (_row(401, 404, 404, 404, 200, 200, 200), None),
    "api-request-shares": (_row(401, 404, 404, 404, 200, 200, 200), None),
    "api-campaign-shares-preview": (POST_ONLY, None),
    "api-request-shares-preview": (POST_ONLY, None),
    "api-campaign-shares-guest": (POST_ONLY, None),
    "api-request-shares-guest": (POST_ONLY, None),
}
# The board of a request names it as its own people do, by its working title.
SHOWS_OURS = {"campaign-shares", "request-shares", "api-campaign-shares", "api-request-shares"}


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    api = ("api-{}-shares", "api-{}-shares-preview", "api-{}-shares-guest", "{}-shares")
    return {
        **{name.format("campaign"): [request.campaign.public_id] for name in api},
        **{name.format("request"): [request.public_id] for name in api},
        "look": [stage.cast.harbor.public_id, "public", f"requests/{request.public_id}/"],
    }
