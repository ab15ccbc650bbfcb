"""Follow-ups that leave by themselves: read by members, switched by owners."""

from __future__ import annotations

from typing import Any

from requests_app.models import Event, RecordsRequest
from tests.walls.matrix import _row

from . import Stage

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "campaign-follow-ups": (_row(302, 404, 404, 404, 200, 200, 200), None),
    "api-automatic-follow-ups": (_row(401, 404, 404, 404, 200, 200, 200), None),
}


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    assert request.campaign is not None
    return {name: [request.campaign.public_id] for name in EXPECTED}
