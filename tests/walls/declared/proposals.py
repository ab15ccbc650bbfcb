"""Proposals: a guest proposed something on each request; Harbor's people read and decide, and the guest reads on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from requests_app.intake import storage
from requests_app.models import Event, Guest, JointRight, Proposal, RecordsRequest, Share
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.walls.matrix import NOBODY, POST_ONLY, SIGNED_IN, _row

from . import CANARY, Stage

OFFERS = NOBODY | {"public": 302}
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "proposals": (SIGNED_IN, None),
    "proposal": (_row(302, 404, 404, 404, 200, 200, 200), None),
    "proposal-event": (OFFERS, None),
    "proposal-letter": (OFFERS, None),
    "proposal-document": (OFFERS, None),
    "proposal-file": (_row(302, 404, 404, 404, 200, 200, 200), None),
    "api-proposals": (_row(401, 200, 200, 200, 200, 200, 200), None),
    "api-proposal": (_row(401, 404, 404, 404, 200, 200, 200), None),
    "api-proposal-event": (POST_ONLY, None),
    "api-proposal-letter": (POST_ONLY, None),
    "api-proposal-document": (POST_ONLY, None),
    "api-proposal-file": (_row(404, 404, 404, 404, 200, 200, 200), None),
}
SHOWS_OURS = {
    "inbox", "proposals", "proposal", "proposal-file", "api-proposals", "api-proposal", "api-proposal-file",
}  # fmt: skip


def prepare(stage: Stage) -> None:
    """The share it was offered by is over: nobody else is shown more than before."""
    for request in (stage.private, stage.published):
        pia = builders.person("Pia")
        home = {"organisation": stage.cast.harbor}
        guest = Guest.objects.create(**home, email=pia.email)
        share = Share.objects.create(
            **home, request=request, grantee_kind="guest", grantee_id=guest.pk, guest=guest,
            until_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=9),
        )  # fmt: skip
        right = JointRight.objects.create(**home, request=request, guest=guest, kind="propose_event")
        uploads = JointRight.objects.create(**home, request=request, guest=guest, kind="upload")
        stored = storage.keep([f"{CANARY} handed in".encode()])
        with viewing_as(pia):
            stage.rows[f"proposal-{request.pk}"] = Proposal.objects.create(
                **home, request=request, right=right, guest=guest, kind="event", what="acknowledged",
                happened_on=request.filed_on, note=f"proposed {CANARY}",
            )  # fmt: skip
            stage.rows[f"handed-in-{request.pk}"] = Proposal.objects.create(
                **home, request=request, right=uploads, guest=guest, kind="document", happened_on=request.filed_on,
                title=f"{CANARY}.pdf", note=f"handed in {CANARY}", blob=stored.name, size=stored.size,
                sha256=stored.sha256,
            )  # fmt: skip
        Share.objects.filter(pk=share.pk).update(revoked_at=dt.datetime.now(dt.UTC))


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    key = stage.rows[f"proposal-{request.pk}"].public_id
    file = stage.rows[f"handed-in-{request.pk}"].public_id
    return {
        **{f"{door}proposals": [] for door in ("", "api-")},
        **{f"{door}proposal": [key] for door in ("", "api-")},
        "proposal-event": [request.public_id],
        "api-proposal-event": [request.public_id],
        "proposal-letter": [request.public_id],
        "api-proposal-letter": [request.public_id],
        "proposal-document": [request.public_id],
        "api-proposal-document": [request.public_id],
        "proposal-file": [file],
        "api-proposal-file": [file],
    }
