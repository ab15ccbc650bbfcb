"""Letters, kits and waves: members read, editors write, nobody else learns that they exist."""

from __future__ import annotations

from typing import Any

from requests_app.intake import storage
from requests_app.models import (
    CampaignAgency,
    CampaignKit,
    Event,
    Letter,
    LetterAttachment,
    OrganisationKit,
    OrganisationKitVersion,
    RecordsRequest,
    StoredFile,
    Wave,
)
from tests.walls.matrix import EDITORS_ENTRY, POST_ONLY, _row

from . import CANARY, Stage

MEMBERS = _row(302, 404, 404, 404, 200, 200, 200)
API_MEMBER = _row(401, 200, 200, 200, 200, 200, 200)
OURS_ALONE = _row(401, 404, 404, 404, 200, 200, 200)
ANY_MEMBER = _row(302, 404, 404, 200, 200, 200, 200)
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "letters": (ANY_MEMBER, None),
    "letter": (MEMBERS, None),
    "letter-new": (EDITORS_ENTRY, None),
    "letter-pdf": (MEMBERS, None),
    "letter-attachment": (MEMBERS, None),
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
    "api-follow-ups": (_row(401, 403, 403, 200, 403, 200, 200), None),
    "api-follow-ups-preview": (POST_ONLY, None),
    "api-letters": (API_MEMBER, None),
    "api-letter": (OURS_ALONE, None),
    "api-letter-attachments": (OURS_ALONE, None),
    "api-letter-attachment": (POST_ONLY, None),
    "api-letter-queue": (POST_ONLY, None),
    "api-letter-stop": (POST_ONLY, None),
    "api-letter-sent": (POST_ONLY, None),
    "api-campaign-plans": (POST_ONLY, None),
    "api-campaign-plan": (OURS_ALONE, None),
    "api-campaign-universe": (OURS_ALONE, None),
    "api-campaign-waves": (OURS_ALONE, None),
    "api-campaign-wave": (OURS_ALONE, None),
    "api-campaign-wave-letters": (OURS_ALONE, None),
    "api-campaign-wave-queue": (POST_ONLY, None),
    "api-campaign-wave-stop": (POST_ONLY, None),
    "api-own-kits": (API_MEMBER, None),
    "api-own-kit": (OURS_ALONE, None),
}
SHOWS_OURS = {
    "letters", "letter", "letter-pdf", "request-letters", "own-kits", "own-kit", "own-kit-preview", "campaign-plan",
    "campaign-wave", "letter-new", "campaign-new", "api-letters", "api-letter", "api-campaign-wave-letters",
    "api-own-kits", "api-own-kit", "api-letter-attachments", "letter-attachment",
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
    stored = storage.keep([f"{CANARY} bytes".encode()])
    file = StoredFile.objects.create(
        organisation=cast.harbor, name=stored.name, size=stored.size, sha256=stored.sha256, original_name="a.pdf"
    )
    stage.rows["attachment"] = LetterAttachment.objects.create(
        organisation=cast.harbor, letter=stage.rows["letter"], file=file, name=f"{CANARY}.pdf", size=stored.size,
        sha256=stored.sha256,
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
        "letter-attachment": [letter.public_id, stage.rows["attachment"].public_id],
        "request-letters": [request.public_id],
        "letter-draft": [request.public_id],
        "own-kit": [kit.public_id],
        "own-kit-preview": [kit.public_id],
        "campaign-plan": [campaign.public_id],
        "campaign-wave": [campaign.public_id, 1],
        "campaign-wave-progress": [campaign.public_id, 1],
        "api-letter": [letter.public_id],
        "api-letter-attachments": [letter.public_id],
        "api-letter-attachment": [letter.public_id, stage.rows["attachment"].public_id],
        "api-letter-queue": [letter.public_id],
        "api-letter-stop": [letter.public_id],
        "api-letter-sent": [letter.public_id],
        "api-campaign-plan": [campaign.public_id],
        "api-campaign-universe": [campaign.public_id],
        "api-campaign-waves": [campaign.public_id],
        "api-campaign-wave": [campaign.public_id, 1],
        "api-campaign-wave-letters": [campaign.public_id, 1],
        "api-campaign-wave-queue": [campaign.public_id, 1],
        "api-campaign-wave-stop": [campaign.public_id, 1],
        "api-own-kit": [kit.public_id],
    }
