"""Model letters: members of the coalition read those of their tier, owners offer; copies are an organization's own."""

from __future__ import annotations

from typing import Any

from requests_app.models import Event, ModelLetter, OwnModel, RecordsRequest
from requests_app.models.ids import public_id
from tests.walls.matrix import POST_ONLY, _row

from . import CANARY, Stage
from .coalitions import LEADERS, MEMBERS, MEMBERS_API

OURS = _row(302, 404, 404, 404, 200, 200, 200)
OURS_API = _row(401, 404, 404, 404, 200, 200, 200)
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "coalition-models": (MEMBERS, None),
    "coalition-model": (MEMBERS, None),
    "coalition-model-offer": (LEADERS, None),
    "own-models": (_row(302, 404, 404, 200, 200, 200, 200), None),
    "own-model": (OURS, None),
    "api-coalition-models": (MEMBERS_API, None),
    "api-coalition-model": (MEMBERS_API, None),
    "api-coalition-model-preview": (POST_ONLY, None),
    "api-coalition-model-copy": (POST_ONLY, None),
    "api-own-models": (_row(401, 200, 200, 200, 200, 200, 200), None),
    "api-own-model": (OURS_API, None),
    "api-own-model-letter": (POST_ONLY, None),
}
SHOWS_OURS = {"coalition-models", "coalition-model", "coalition-model-offer", "own-models", "own-model"}
SHOWS_OURS |= {"api-coalition-models", "api-coalition-model", "api-own-models", "api-own-model"}


def prepare(stage: Stage) -> None:
    words = {
        "kind": "appeal",
        "law_id": "us-il",
        "title": f"{CANARY}-model",
        "subject": f"{CANARY}-model-subject",
    }
    stage.rows["model"] = ModelLetter.objects.create(
        coalition=stage.rows["coalition"], organisation=stage.cast.harbor, stay=stage.rows["stay"], tier=1,
        body=f"{CANARY}-model-body", **words,
    )  # fmt: skip
    stage.rows["own_model"] = OwnModel.objects.create(
        organisation=stage.cast.harbor, copied_from=public_id(), by_partner=f"{CANARY}-partner",
        body=f"{CANARY}-copy-body", **words,
    )  # fmt: skip


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    key, model, own = (stage.rows[name].public_id for name in ("coalition", "model", "own_model"))
    return {
        **{f"{door}coalition-models": [key] for door in ("", "api-")},
        **{f"{door}coalition-model": [key, model] for door in ("", "api-")},
        "coalition-model-offer": [key],
        "api-coalition-model-preview": [key],
        "api-coalition-model-copy": [key, model],
        **{f"{door}own-models": [] for door in ("", "api-")},
        **{f"{door}own-model": [own] for door in ("", "api-")},
        "api-own-model-letter": [own],
    }
