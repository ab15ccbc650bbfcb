"""The routes of the API over content, and those of its tokens. Each is asked by session and by token."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from requests_app.actions.tokens import make_token
from requests_app.models import Archive, Event, RecordsRequest
from requests_app.models.visibility import viewing_as
from tests.walls.matrix import ANYBODY, OUR_EDITORS, OURS, POST_ONLY, _row

from . import CANARY, Stage

OWNERS = _row(401, 404, 404, 404, 404, 404, 200)
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "api-requests": (ANYBODY, None),
    "api-request": (OURS, ANYBODY),
    "api-events": (OURS, ANYBODY),
    "api-event-preview": (POST_ONLY, None),
    "api-event-retract": (POST_ONLY, None),
    "api-campaigns": (ANYBODY, None),
    "api-campaign": (OURS, ANYBODY),
    "api-campaign-matrix": (OURS, ANYBODY),
    "api-agencies": (ANYBODY, None),
    "api-agency": (ANYBODY, None),
    "api-organisations": (_row(401, 200, 200, 200, 200, 200, 200), None),
    "api-members": (OURS, None),
    "api-member": (OURS, None),
    "api-law-changes": (_row(401, 200, 200, 200, 200, 200, 200), None),
    "api-law-change": (_row(401, 404, 404, 404, 200, 200, 200), None),
    "api-law-change-moves": (_row(401, 404, 404, 404, 200, 200, 200), None),
    "api-law-change-decision": (POST_ONLY, None),
    "api-requesters": (OURS, None),
    "api-requester": (OURS, None),
    "api-organisation": (OURS, None),
    "api-ownership": (POST_ONLY, None),
    "api-organisation-leave": (POST_ONLY, None),
    "api-member-role": (POST_ONLY, None),
    "api-member-protection": (POST_ONLY, None),
    "api-member-removal": (POST_ONLY, None),
    "api-invitations": (OWNERS, None),
    "api-invitation": (POST_ONLY, None),
    "api-invitation-resend": (POST_ONLY, None),
    "api-audit": (OWNERS, None),
    "api-tokens": (OWNERS, None),
    "api-token": (POST_ONLY, None),
    "api-archives": (OWNERS, None),
    "api-archive": (OWNERS, None),
    "api-imports": (_row(401, 200, 200, 200, 200, 200, 200), None),
    "api-import": (OUR_EDITORS, None),
    "api-import-rows": (OUR_EDITORS, None),
    "api-import-read": (POST_ONLY, None),
    "api-import-map": (POST_ONLY, None),
    "api-import-apply": (POST_ONLY, None),
    "api-import-undo": (POST_ONLY, None),
    "api-import-again": (POST_ONLY, None),
    "api-dashboard": (ANYBODY, None),
    "tokens": (_row(302, 404, 404, 200, 200, 200, 200), None),
    "token-revoke": (POST_ONLY, None),
}
SHOWS_OURS = {
    "api-requests", "api-request", "api-events", "api-campaigns", "api-campaign", "api-campaign-matrix", "api-imports",
    "api-import", "api-import-rows", "tokens",
    "api-law-change-moves", "api-requesters", "api-requester", "api-invitations", "api-audit", "api-tokens",
}  # fmt: skip


def prepare(stage: Stage) -> None:
    with viewing_as(stage.cast.olive) as viewer:
        stage.rows["token"], _secret = make_token(
            viewer=viewer, organisation=stage.cast.harbor, actor=stage.cast.olive, name=f"{CANARY}-program",
            scope="read", days=30, now=timezone.now(), once="token",
        )  # fmt: skip
    stage.rows["archive"] = Archive.objects.create(organisation=stage.cast.harbor, asked_by=stage.cast.olive)


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    batch, campaign = stage.rows["batch"].public_id, request.campaign
    assert campaign is not None
    imports = {
        f"api-import{step}": [batch] for step in ("", "-rows", "-read", "-map", "-apply", "-undo", "-again")
    }
    here = stage.cast.harbor.public_id
    invitation, offer = stage.rows["invitation"].public_id, stage.rows["offer"].public_id
    acts = ("organisation", "ownership", "organisation-leave", "member-role", "member-protection", "member-removal",
            "invitations", "audit", "tokens", "archives")  # fmt: skip
    return imports | {f"api-{act}": [here] for act in acts} | {
        "api-requester": [here, stage.rows["requester"].public_id],
        "api-invitation": [here, invitation],
        "api-invitation-resend": [here, invitation],
        "api-token": [here, stage.rows["token"].public_id],
        "api-archive": [here, stage.rows["archive"].public_id],
        "api-campaign": [campaign.public_id],
        "api-campaign-matrix": [campaign.public_id],
        "token-revoke": [stage.rows["token"].public_id],
        "api-agency": [stage.cast.agency.slug],
        "api-requesters": [stage.cast.harbor.public_id],
        "api-members": [stage.cast.harbor.public_id],
        "api-member": [here, stage.rows["membership"].public_id],
        "api-law-change": [offer],
        "api-law-change-moves": [offer],
        "api-law-change-decision": [offer],
        "api-request": [request.public_id],
        "api-events": [request.public_id],
        "api-event-preview": [request.public_id],
        "api-event-retract": [request.public_id, event.uid],
    }
