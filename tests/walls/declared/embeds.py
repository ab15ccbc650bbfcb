"""Embeds and cards: what the public sees, for everybody alike; of what is private nothing, for its own people too."""

from __future__ import annotations

from typing import Any

from requests_app.models import Event, RecordsRequest
from tests.walls.matrix import ANYBODY, NOBODY

from . import Stage

ENDINGS = ("", "-svg", "-png")
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "embed": (ANYBODY, None),
    "card": (NOBODY, ANYBODY),
    **{f"embed-figure{end}": (ANYBODY, None) for end in ENDINGS},
    **{f"embed-{kind}{end}": (NOBODY, ANYBODY) for kind in ("campaign", "request") for end in ENDINGS},
}


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    return {
        "card": ["request", request.public_id],
        **{f"embed-figure{end}": ["counter"] for end in ENDINGS},
        **{f"embed-campaign{end}": [request.campaign.public_id] for end in ENDINGS},  # type: ignore[union-attr]
        **{f"embed-request{end}": [request.public_id] for end in ENDINGS},
    }
# Whoever looks, these read as the public.
PUBLIC_ALONE = {"card", *(f"embed-{kind}{end}" for kind in ("campaign", "request") for end in ENDINGS)}
