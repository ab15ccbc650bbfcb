"""Asking somebody into an organization by e-mail, and being asked.

The link is worked out of the row and the secret of the installation, so that the worker can write it into the mail
again and again; the database holds its hash alone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from requests_app.models import (
    CoalitionInvitation,
    GuestMail,
    Invitation,
    Membership,
    Organisation,
    Person,
    Role,
)
from requests_app.models.ids import public_id
from requests_app.models.visibility import Viewer

from . import audit, nudge
from .refusals import NotYours, Refused
from .rights import must_own

LIVES = dt.timedelta(days=14)
MOST_A_DAY = 100
SEND = "requests_app.tasks.invitations.sweep"
SALT = "requests_app.invitation"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the holder of a link may read of it, while it stands."""

    organisation: str
    role: str
    email: str
    invited_by: str
    expires_at: dt.datetime


def token_of(public: str, turn: int, salt: str = SALT) -> str:
    return f"{public}{salted_hmac(salt, f'{public}:{turn}', algorithm='sha256').hexdigest()}"


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invite(
    *,
    viewer: Viewer,
    organisation: Organisation,
    email: str,
    role: str,
    actor: Person,
    now: dt.datetime,
) -> Invitation:
    """A mail goes out after the commit. Whether the address has an account is told to nobody."""
    must_own(viewer, organisation.pk)
    email = good_email(email)
    if role not in Role.values:
        raise Refused("role_unknown", "A member is a viewer, an editor or an owner.", field="role")
    if Membership.objects.filter(
        organisation=organisation, ended_at=None, person__email__iexact=email
    ).exists():
        raise Refused("already_member", f"{email} is a member already.", field="email")
    not_too_many(Invitation, organisation, now)
    standing = Invitation.objects.filter(
        organisation=organisation, email=email, accepted_at=None, revoked_at=None
    ).select_for_update()
    known = standing.first()
    if known is not None:
        if known.expires_at > now:
            raise Refused(
                "already_invited",
                f"{email} has an invitation that still stands. Send it again, or withdraw it first.",
                field="email",
            )
        # The old one has run out: it gives way to the new one, and keeps its line in the audit.
        standing.update(revoked_at=Now())
    key = public_id()
    try:
        with transaction.atomic():
            made = Invitation.objects.create(
                public_id=key,
                organisation=organisation,
                email=email,
                role=role,
                token_hash=hash_of(token_of(key, 1)),
                invited_by=actor,
                expires_at=now + LIVES,
            )
    except IntegrityError:
        # Two owners in the same second: the constraint let one through.
        raise Refused("already_invited", f"{email} has just been invited.", field="email") from None
    _log("invitation.sent", made, organisation, actor, role=role)
    nudge.worker_should_look(SEND)
    return made


def resend(*, viewer: Viewer, invitation: Invitation, actor: Person, now: dt.datetime) -> Invitation:
    """A new link, good for another fourteen days; the old one is dead from here on."""
    locked = _open(viewer, invitation)
    not_too_many(Invitation, locked.organisation, now)
    locked.turn += 1
    locked.token_hash = hash_of(token_of(locked.public_id, locked.turn))
    locked.expires_at = now + LIVES
    locked.mail_state, locked.mail_attempts, locked.mail_outcome = "planned", 0, ""
    locked.mail_next_at, locked.mail_sent_at = now, None
    locked.save()
    _log("invitation.resent", locked, locked.organisation, actor)
    nudge.worker_should_look(SEND)
    return locked


def revoke(*, viewer: Viewer, invitation: Invitation, actor: Person) -> None:
    locked = _open(viewer, invitation)
    Invitation.objects.filter(pk=locked.pk).update(revoked_at=Now())
    _log("invitation.revoked", locked, locked.organisation, actor)


def look(token: str) -> Asked | None:
    """What stands behind a link. None: unknown, mistyped, expired, withdrawn, replaced or used; nobody learns which."""
    if not readable(token):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app_invitation(%s)", [hash_of(token)])
        row = cursor.fetchone()
    return Asked(*row) if row else None


def accept(*, viewer: Viewer, token: str, actor: Person) -> tuple[int, bool]:
    """The organization, and whether the actor is new there. The database compares the verified addresses itself."""
    if viewer.kind != "person" or viewer.id != actor.pk:
        raise NotYours
    outcome, organisation_id = "gone", None
    if readable(token):
        with connection.cursor() as cursor:
            cursor.execute("SELECT outcome, organisation FROM app_accept_invitation(%s)", [hash_of(token)])
            outcome, organisation_id = cursor.fetchone()
    if outcome == "other_address":
        raise Refused(
            "other_address",
            "This invitation was sent to another address than those you have confirmed here. Nothing was changed. "
            "Sign in with the account of that address, or add the address to this one and confirm it.",
            status=403,
        )
    if outcome == "gone" or organisation_id is None:
        raise gone()
    return organisation_id, outcome == "joined"


def gone() -> Refused:
    return Refused(
        "invitation_gone",
        "This invitation does not work any more: it was used, withdrawn or replaced by a newer one, or its fourteen "
        "days are over. Or its address is incomplete. Nothing was changed. Ask an owner of the organization to send "
        "a new one.",
        status=404,
    )


def readable(token: str) -> bool:
    return token.isascii() and token.isalnum() and len(token) < 100


def good_email(given: str) -> str:
    email = given.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(
            "email_wrong", "Write one e-mail address, such as name@example.org.", field="email"
        ) from None
    if len(email) > 254:
        raise Refused("email_wrong", "An e-mail address has at most 254 characters.", field="email")
    return email


def _open(viewer: Viewer, invitation: Invitation) -> Invitation:
    must_own(viewer, invitation.organisation_id)
    locked = (
        Invitation.objects.visible_to(viewer)
        .select_for_update(of=("self",))
        .select_related("organisation")
        .filter(pk=invitation.pk)
        .first()
    )
    if locked is None:
        raise NotYours
    if locked.accepted_at is not None:
        raise Refused("invitation_used", "This invitation was accepted meanwhile.", status=409)
    if locked.revoked_at is not None:
        raise Refused("invitation_revoked", "This invitation was withdrawn already.", status=409)
    return locked


def not_too_many(
    rows: type[Invitation] | type[CoalitionInvitation] | type[GuestMail], organisation: Organisation, now: dt.datetime
) -> None:
    since = now - dt.timedelta(days=1)
    lately = rows.objects.filter(organisation=organisation, mail_next_at__gt=since).count()
    if lately >= MOST_A_DAY:
        raise Refused(
            "too_many",
            f"An organization sends at most {MOST_A_DAY} invitations a day. Send this one tomorrow.",
            status=429,
        )


def _log(act: str, row: Invitation, organisation: Organisation, actor: Person, **detail: str) -> None:
    audit.record(
        act=act,
        subject=f"invitation {row.public_id}",
        organisation=organisation,
        actor=actor,
        detail=detail,
    )
