"""The share boards of Harbor's campaigns and requests, and looking as somebody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from requests_app.actions.guest_mail import SALT
from requests_app.actions.invitations import hash_of, token_of
from requests_app.models import Event, Guest, GuestMail, RecordsRequest, Share
from requests_app.models.ids import public_id
from tests.walls.matrix import ANYBODY, POST_ONLY, _row

from . import Stage

OURS_HERE = _row(302, 404, 404, 404, 200, 200, 200)
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "campaign-shares": (OURS_HERE, None),
    "request-shares": (OURS_HERE, None),
    "look": (_row(302, 404, 404, 404, 404, 404, 404), _row(302, 404, 404, 404, 404, 404, 200)),
    "api-campaign-shares": (_row(401, 404, 404, 404, 200, 200, 200), None),
    "api-request-shares": (_row(401, 404, 404, 404, 200, 200, 200), None),
    "api-campaign-shares-preview": (POST_ONLY, None),
    "api-request-shares-preview": (POST_ONLY, None),
    "api-campaign-shares-guest": (POST_ONLY, None),
    "api-request-shares-guest": (POST_ONLY, None),
    "api-campaign-shares-guest-mail": (POST_ONLY, None),
    "api-request-shares-guest-mail": (POST_ONLY, None),
    "guest-link": (ANYBODY, None),  # of whoever holds the link
}
# The board of a request names it as its own people do, by its working title.
BY_LINK = {"guest-link"}
SHOWS_OURS = {"campaign-shares", "request-shares", "api-campaign-shares", "api-request-shares"}


def prepare(stage: Stage) -> None:
    here, private = stage.cast.harbor, stage.private
    guest = Guest.objects.create(organisation=here, email="somebody@guest.example")
    share = Share.objects.create(
        organisation=here, request=private, grantee_kind="guest", grantee_id=guest.pk, guest=guest,
        until_at=timezone.now() + dt.timedelta(days=9),
    )  # fmt: skip
    key = public_id()
    stage.rows["guest_mail"] = GuestMail.objects.create(
        public_id=key, organisation=here, share=share, shown_as="Harbor", token_hash=hash_of(token_of(key, 1, SALT))
    )
    stage.rows["guest"] = guest


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    api = ("api-{}-shares", "api-{}-shares-preview", "api-{}-shares-guest", "{}-shares")
    key = f"g-{stage.rows['guest'].public_id}"
    return {
        "guest-link": [token_of(stage.rows["guest_mail"].public_id, 1, SALT)],
        "api-campaign-shares-guest-mail": [request.campaign.public_id, key],
        "api-request-shares-guest-mail": [request.public_id, key],
        **{name.format("campaign"): [request.campaign.public_id] for name in api},
        **{name.format("request"): [request.public_id] for name in api},
        "look": [stage.cast.harbor.public_id, "public", f"requests/{request.public_id}/"],
    }
