"""Coalitions: their members read them, owners of who coordinates lead them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.utils import timezone

from requests_app.actions.coalition_invitations import SALT
from requests_app.actions.invitations import hash_of, token_of
from requests_app.models import Coalition, CoalitionInvitation, CoalitionMember, Event, RecordsRequest
from requests_app.models.ids import public_id
from tests.walls.matrix import ANYBODY, POST_ONLY, SIGNED_IN, _row

from . import CANARY, Stage

MEMBERS = _row(302, 404, 404, 404, 200, 200, 200)
LEADERS = _row(302, 404, 404, 404, 404, 404, 200)
MEMBERS_API = _row(401, 404, 404, 404, 200, 200, 200)
LEADERS_API = _row(401, 404, 404, 404, 404, 404, 200)
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "coalitions": (SIGNED_IN, None),
    "coalition-new": (_row(302, 404, 404, 200, 404, 404, 200), None),
    "coalition": (MEMBERS, None),
    "coalition-rename": (LEADERS, None),
    "coalition-invite": (LEADERS, None),
    "coalition-invitation-act": (POST_ONLY, None),
    "coalition-invitation": (ANYBODY, None),  # of whoever holds the link
    "coalition-member": (LEADERS, None),
    "coalition-tier": (LEADERS, None),
    "coalition-end": (LEADERS, None),
    "coalition-dissolve": (LEADERS, None),
    "api-coalitions": (_row(401, 200, 200, 200, 200, 200, 200), None),
    "api-coalition": (MEMBERS_API, None),
    "api-coalition-members": (MEMBERS_API, None),
    "api-coalition-member": (MEMBERS_API, None),
    "api-coalition-effect": (LEADERS_API, None),
    "api-coalition-dissolving": (LEADERS_API, None),
    "api-coalition-counts": (LEADERS_API, None),
    "api-coalition-invitations": (LEADERS_API, None),
    "api-coalition-link": (ANYBODY, None),
    **{
        f"api-coalition-{part}": (POST_ONLY, None)
        for part in ("tier", "invitation", "resend", "join", "decline")
    },
}
SHOWS_OURS = {"coalitions", "coalition", "coalition-rename", "coalition-invite", "coalition-member", "coalition-tier"}
SHOWS_OURS |= {"coalition-end", "coalition-dissolve", "api-coalitions", "api-coalition", "api-coalition-members"}
SHOWS_OURS |= {"api-coalition-member", "api-coalition-invitations"}


def prepare(stage: Stage) -> None:
    cast = stage.cast
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT app_found_coalition(%s, %s, %s, %s, true)",
            [cast.harbor.pk, f"{CANARY}-coalition", f"{CANARY}-purpose", f"{CANARY}-shown"],
        )
        stage.rows["coalition"] = made = Coalition.objects.get(pk=cursor.fetchone()[0])
        cursor.execute(
            "SELECT app_found_coalition(%s, 'Open Table', '', 'Harbor', true)", [cast.harbor.pk]
        )
        link = cursor.fetchone()[0]
    stage.rows["stay"] = CoalitionMember.objects.get(coalition=made)
    stage.rows["coalition_invitation"] = _asked(cast, made.pk, f"{CANARY}@asked.example")
    # The page of a link says to whom it was sent, and its holder is that person: another row for the crawl.
    stage.rows["coalition_link"] = _asked(cast, link, "somebody@asked.example")


def _asked(cast: Any, coalition: int, email: str) -> CoalitionInvitation:
    key = public_id()
    return CoalitionInvitation.objects.create(
        public_id=key, coalition_id=coalition, organisation=cast.harbor, email=email, tier=2, invited_by=cast.olive,
        token_hash=hash_of(token_of(key, 1, SALT)), expires_at=timezone.now() + dt.timedelta(days=1),
    )  # fmt: skip


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    key, stay = stage.rows["coalition"].public_id, stage.rows["stay"].public_id
    asked = stage.rows["coalition_invitation"].public_id
    link = token_of(stage.rows["coalition_link"].public_id, 1, SALT)
    return {
        **{f"api-coalition{part}": [key] for part in ("", "-members", "-dissolving", "-counts", "-invitations")},
        **{f"api-coalition-{part}": [key, stay] for part in ("member", "effect", "tier")},
        **{f"api-coalition-{part}": [key, asked] for part in ("invitation", "resend")},
        **{f"api-coalition-{part}": [link] for part in ("link", "join", "decline")},
        **{f"coalition{part}": [key] for part in ("", "-rename", "-invite", "-dissolve")},
        **{f"coalition-{part}": [key, stay] for part in ("member", "tier", "end")},
        "coalition-invitation-act": [key, asked],
        "coalition-invitation": [link],
    }
