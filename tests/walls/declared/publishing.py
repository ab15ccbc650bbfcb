"""Publishing: editors propose and look through, owners decide; nobody else learns that anything is proposed."""

from __future__ import annotations

import random
from typing import Any

from requests_app.models import EmbargoWarning, Event, Publication, PublicationCheck, RecordsRequest
from tests.walls.matrix import OUR_EDITORS, _row

from . import CANARY, Stage

OUR_WRITERS = _row(302, 404, 404, 404, 404, 200, 200)
EXPECTED = {
    "request-publish": (OUR_WRITERS, None),
    "request-preview": (OUR_WRITERS, None),
    "campaign-publish": (OUR_WRITERS, None),
    "campaign-preview": (OUR_WRITERS, None),
    "api-request-publishing": (OUR_EDITORS, None),
    "api-campaign-publishing": (OUR_EDITORS, None),
    "api-publishing": (_row(401, 404, 404, 200, 404, 404, 200), None),
    "break-glass": (_row(302, 404, 200, 404, 404, 404, 404), None),
    "publishing": (_row(302, 404, 404, 200, 404, 404, 200), None),
}
SHOWS_OURS = {"request-publish", "api-request-publishing", "api-publishing"}
TABLES = (Publication, PublicationCheck, EmbargoWarning)


def fill(dice: random.Random, request: RecordsRequest, event: Event) -> None:
    of = request.organisation
    made = Publication.objects.create(organisation=of, request=request, proposed_by=of.created_by)
    PublicationCheck.objects.create(organisation=of, publication=made, item="titles", fingerprint="x")
    EmbargoWarning.objects.create(
        organisation=of, publication=made, embargo_until="2030-01-01T00:00:00Z", days=7, person=of.created_by,
        planned_at="2026-01-01T00:00:00Z",
    )  # fmt: skip


def prepare(stage: Stage) -> None:
    Publication.objects.create(
        organisation=stage.cast.harbor, request=stage.private, proposed_by=stage.cast.olive, reason=f"{CANARY} reason"
    )


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    one, whole = [request.public_id], [request.campaign.public_id]
    return {
        "request-publish": one, "request-preview": one, "campaign-publish": whole, "campaign-preview": whole,
        "api-request-publishing": one, "api-campaign-publishing": whole, "publishing": [], "api-publishing": [],
    }  # fmt: skip
