"""Kits that are offered: members of the coalition read those of their tier, owners offer."""

from __future__ import annotations

from typing import Any

from requests_app.models import Event, KitOffer, RecordsRequest
from tests.walls.matrix import POST_ONLY

from . import CANARY, Stage
from .coalitions import LEADERS, MEMBERS, MEMBERS_API

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "coalition-kits": (MEMBERS, None),
    "coalition-kit": (MEMBERS, None),
    "coalition-kit-offer": (LEADERS, None),
    "api-coalition-kits": (MEMBERS_API, None),
    "api-coalition-kit": (MEMBERS_API, None),
    "api-coalition-kit-preview": (POST_ONLY, None),
    "api-coalition-kit-copy": (POST_ONLY, None),
}
SHOWS_OURS = {
    "coalition-kits",
    "coalition-kit",
    "coalition-kit-offer",
    "api-coalition-kits",
    "api-coalition-kit",
}


def prepare(stage: Stage) -> None:
    stage.rows["kit_offer"] = KitOffer.objects.create(
        coalition=stage.rows["coalition"], organisation=stage.cast.harbor, stay=stage.rows["stay"], tier=1,
        title=f"{CANARY}-offered-kit", text=f"subject: {CANARY}-kit-text",
    )  # fmt: skip


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    key, offer = stage.rows["coalition"].public_id, stage.rows["kit_offer"].public_id
    return {
        **{f"{door}coalition-kits": [key] for door in ("", "api-")},
        **{f"{door}coalition-kit": [key, offer] for door in ("", "api-")},
        "coalition-kit-offer": [key],
        "api-coalition-kit-preview": [key],
        "api-coalition-kit-copy": [key, offer],
    }
