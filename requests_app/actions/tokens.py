"""Tokens for programs: made by an owner, told once, kept as a hash, revoked by any owner of the organization."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from requests_app.models import ApiToken, Organisation, Person
from requests_app.models.ids import ALPHABET
from requests_app.models.visibility import Viewer

from . import audit
from .refusals import NotYours, Refused
from .rights import must_own

MARK = "prt"
"""Every secret begins with it, so that a search for leaked secrets can know one."""
OWNERS_ONLY = "Only an owner of the organization makes and revokes tokens."
NAME_MAX = 80
MOST_LIVE = 50
LONGEST = 366
"""Days that a token may live."""


MADE = Refused(
    "made_already",
    "This token was made already, and its secret was shown that one time. If you did not keep it, revoke the token "
    "and make another.",
    status=409,
)


def digest_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def make_token(
    *,
    viewer: Viewer,
    organisation: Organisation,
    actor: Person,
    name: str,
    scope: str,
    days: int,
    now: dt.datetime,
    once: str,
) -> tuple[ApiToken, str]:
    """The token and its secret, which is stored nowhere and cannot be told again."""
    must_own(viewer, organisation.pk, OWNERS_ONLY)
    if viewer.kind != "person" or viewer.id != actor.pk:
        raise NotYours
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise Refused("name_missing", "Give the token a name: what will use it?", field="name")
    if len(name) > NAME_MAX:
        raise Refused("name_too_long", f"A name has at most {NAME_MAX} characters.", field="name")
    if scope not in ApiToken.Scope.values:
        raise Refused("scope_unknown", "A token reads, or it reads and writes.", field="scope")
    if not 1 <= days <= LONGEST:
        raise Refused("days_impossible", f"A token lives from 1 to {LONGEST} days.", field="days")
    if ApiToken.objects.visible_to(viewer).filter(organisation=organisation, once=once).exists():
        raise MADE
    live = ApiToken.objects.visible_to(viewer).filter(
        organisation=organisation, revoked_at=None, expires_at__gt=Now()
    )
    if live.count() >= MOST_LIVE:
        raise Refused("too_many", f"An organization has at most {MOST_LIVE} live tokens. Revoke one first.")
    start = f"{MARK}_{''.join(secrets.choice(ALPHABET) for _ in range(8))}"
    secret = f"{start}_{secrets.token_urlsafe(32)}"
    try:
        with transaction.atomic():
            token = ApiToken.objects.create(
                organisation=organisation, person=actor, name=name, start=start, digest=digest_of(secret),
                scope=scope, expires_at=now + dt.timedelta(days=days), once=once,
            )  # fmt: skip
    except IntegrityError as problem:
        if "one_token_an_act" not in str(problem):
            raise
        raise MADE from None
    _log("token.made", organisation, actor, token, scope=scope, days=days)
    return token, secret


def revoke_token(*, viewer: Viewer, token: ApiToken, actor: Person) -> None:
    """Dead from this moment on. A second click changes nothing."""
    must_own(viewer, token.organisation_id, OWNERS_ONLY)
    if ApiToken.objects.visible_to(viewer).filter(pk=token.pk, revoked_at=None).update(revoked_at=Now()):
        _log("token.revoked", token.organisation, actor, token)


def _log(act: str, organisation: Organisation, actor: Person, token: ApiToken, **detail: str | int) -> None:
    audit.record(
        act=act, subject=f"token {token.public_id}", organisation=organisation, actor=actor, detail=detail
    )
