"""Fusion centers: read by everybody; what an organization recorded is its own until it is published."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from requests_app.models import Ask, CenterClaim, Document, Event, RecordsRequest
from tests.walls.matrix import ANYBODY, OURS, POST_ONLY, _row

from . import CANARY, Stage

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "centers": (ANYBODY, None),
    "centers-csv": (ANYBODY, None),
    "brief": (ANYBODY, None),
    "center-claims": (_row(302, 404, 404, 200, 200, 200, 200), None),
    "center-claim": (_row(302, 404, 404, 404, 200, 200, 200), None),
    "api-centers": (ANYBODY, None),
    "api-claims": (ANYBODY, None),
    "api-claim": (OURS, None),
    "api-claim-publish": (POST_ONLY, None),
    "api-claim-withdraw": (POST_ONLY, None),
}
SHOWS_OURS = {"center-claims", "center-claim", "api-claims", "api-claim"}
TABLES = (Ask, CenterClaim)


def fill(dice: random.Random, request: RecordsRequest, event: Event) -> None:
    of = request.organisation
    ask = Ask.objects.create(organisation=of, agency=request.agency, kit="plate-readers")
    if dice.random() < 0.7:
        RecordsRequest.objects.filter(pk=request.pk).update(ask=ask)
    documents = list(Document.objects.filter(request=request, privileged=False))
    for topic in ("audits", "vendors", "budget", "fbi"):
        CenterClaim.objects.create(
            organisation=of, agency=request.agency, topic=topic, value="a", status="documented", page="1",
            from_on=dt.date(2026, 3, 2), citation="a", document=dice.choice([None, *documents]),
            published_at=LONG_AGO if dice.random() < 0.7 else None,
            superseded_at=LONG_AGO if dice.random() < 0.2 else None,
            **({"withdrawn_at": LONG_AGO, "withdrawn_because": "a"} if dice.random() < 0.2 else {}),
        )  # fmt: skip


def prepare(stage: Stage) -> None:
    stage.rows["claim"] = CenterClaim.objects.create(
        organisation=stage.cast.harbor, agency=stage.cast.agency, topic="audits", value=f"{CANARY}-claim",
        status="reported", from_on=dt.date(2026, 3, 2), citation=f"{CANARY}-citation",
    )  # fmt: skip


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    slug, key = stage.cast.agency.slug, stage.rows["claim"].public_id
    return {
        "center-claims": [slug], "center-claim": [slug, key],
        **{name: [key] for name in ("api-claim", "api-claim-publish", "api-claim-withdraw")},
    }  # fmt: skip
