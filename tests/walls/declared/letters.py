"""Letters, kits and waves: members read, editors write, nobody else learns that they exist."""

from __future__ import annotations

from typing import Any

from requests_app.models import (
    CampaignAgency,
    CampaignKit,
    Event,
    Letter,
    OrganisationKit,
    OrganisationKitVersion,
    RecordsRequest,
    Wave,
)
from tests.walls.matrix import EDITORS_ENTRY, _row

from . import CANARY, Stage

MEMBERS = _row(302, 404, 404, 404, 200, 200, 200)
ANY_MEMBER = _row(302, 404, 404, 200, 200, 200, 200)
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "letters": (ANY_MEMBER, None),
    "letter": (MEMBERS, None),
    "letter-new": (EDITORS_ENTRY, None),
    "letter-pdf": (MEMBERS, None),
    "request-letters": (MEMBERS, None),
    "letter-draft": (_row(302, 405, 405, 405, 405, 405, 405), None),
    "own-kits": (ANY_MEMBER, None),
    "own-kit-new": (EDITORS_ENTRY, None),
    "own-kit": (MEMBERS, None),
    "own-kit-preview": (MEMBERS, None),
    "campaign-new": (EDITORS_ENTRY, None),
    "campaign-plan": (MEMBERS, None),
    "campaign-wave": (MEMBERS, None),
    "campaign-wave-progress": (MEMBERS, None),
    "follow-ups": (EDITORS_ENTRY, None),
}
SHOWS_OURS = {
    "letters", "letter", "letter-pdf", "request-letters", "own-kits", "own-kit", "own-kit-preview", "campaign-plan",
    "campaign-wave", "letter-new", "campaign-new",
}  # fmt: skip


def prepare(stage: Stage) -> None:
    cast = stage.cast
    campaign = stage.private.campaign
    wave = Wave.objects.create(campaign=campaign, organisation=cast.harbor, number=1)
    CampaignKit.objects.create(campaign=campaign, organisation=cast.harbor, kit="plate-readers", version="1")
    CampaignAgency.objects.create(campaign=campaign, organisation=cast.harbor, agency=cast.agency)
    stage.rows["letter"] = Letter.objects.create(
        organisation=cast.harbor, agency=cast.agency, request=stage.private, kind="follow_up", campaign=campaign,
        subject=f"{CANARY} subject", body=f"{CANARY} body", address=f"{CANARY}@agency.example", law_id="us-il",
        requester={"organisation": f"{CANARY} name"}, event_kind="follow_up_sent", wave=wave,
    )  # fmt: skip
    kit = OrganisationKit.objects.create(organisation=cast.harbor, name=f"{CANARY} kit")
    OrganisationKitVersion.objects.create(
        kit=kit, organisation=cast.harbor, number=1, text=f"{CANARY} text", state="draft"
    )
    stage.rows["own_kit"] = kit


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    letter, kit = stage.rows["letter"], stage.rows["own_kit"]
    campaign = stage.private.campaign
    assert campaign is not None
    return {
        "letter": [letter.public_id],
        "letter-pdf": [letter.public_id],
        "request-letters": [request.public_id],
        "letter-draft": [request.public_id],
        "own-kit": [kit.public_id],
        "own-kit-preview": [kit.public_id],
        "campaign-plan": [campaign.public_id],
        "campaign-wave": [campaign.public_id, 1],
        "campaign-wave-progress": [campaign.public_id, 1],
    }
