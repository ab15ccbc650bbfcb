"""Feeds of what happened in public: the same for whoever fetches them."""

from __future__ import annotations

from typing import Any

from requests_app.models import Event, RecordsRequest
from tests.walls.matrix import ANYBODY, NOBODY

from . import Stage

MADE_ANEW = dict.fromkeys(ANYBODY, 503)
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "news": (ANYBODY, None),
    "news-search": (ANYBODY, None),
    "news-agency": (ANYBODY, None),
    "news-request": (NOBODY, ANYBODY),
    "news-campaign": (NOBODY, ANYBODY),
    "open-data": (ANYBODY, None),
    "data-dictionary": (ANYBODY, None),
    "api-open-data": (ANYBODY, None),
    # Before they are made, and from the moment something of them is taken back: tests/public/test_open_data.py.
    "data-checksums": (MADE_ANEW, None),
    "data-file": (MADE_ANEW, None),
    "robots": (ANYBODY, None),
    "sitemap": (ANYBODY, None),
    "sitemap-page": (ANYBODY, None),
}
PUBLIC_ALONE = {"news-request", "news-campaign"}


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    return {
        "news": ["atom"],
        "data-dictionary": ["json"],
        "data-file": ["requests.csv"],
        "sitemap-page": ["requests", "a"],
        "news-search": ["atom"],
        "news-agency": [stage.cast.agency.slug, "json"],
        "news-request": [request.public_id, "atom"],
        "news-campaign": [request.campaign.public_id, "json"],
    }
