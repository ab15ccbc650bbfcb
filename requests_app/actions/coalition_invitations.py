"""Asking an organization into a coalition, by the address of an owner of it, and answering.

The link is worked out of the row and the secret of the installation, as that of members is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from requests_app.models import Coalition, CoalitionInvitation, CoalitionMember, Organisation, Person, Tier
from requests_app.models.ids import public_id
from requests_app.models.visibility import Viewer

from . import nudge
from .coalitions import called, coordinating, good_shown_as, log, must_be_free
from .invitations import LIVES, SEND, good_email, hash_of, not_too_many, readable, token_of
from .refusals import NotYours, Refused
from .rights import clean, must_own

SALT = "requests_app.coalition_invitation"
MESSAGE_MAX = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """What the holder of a link may read of it, while it stands."""

    coalition: str
    purpose: str
    invited_by: str
    email: str
    tier: int
    message: str
    expires_at: dt.datetime


def invite(
    *,
    viewer: Viewer,
    coalition: Coalition,
    email: str,
    tier: int,
    message: str,
    actor: Person,
    now: dt.datetime,
) -> CoalitionInvitation:
    """A mail goes out after the commit. Whether the address has an account, or owns anything, is told to nobody."""
    home = coordinating(viewer, coalition)
    email = good_email(email)
    if tier not in Tier.values:
        raise Refused("tier_unknown", "A tier is observer, member or steering.", field="tier")
    message = clean(message, code="message", field="message", most=MESSAGE_MAX)
    not_too_many(CoalitionInvitation, home.organisation, now)
    standing = CoalitionInvitation.objects.filter(
        coalition=coalition, organisation=home.organisation, email=email,
        accepted_at=None, revoked_at=None, declined_at=None,
    )  # fmt: skip
    known = standing.select_for_update().first()
    if known is not None:
        if known.expires_at > now:
            raise Refused(
                "already_invited",
                f"{email} has an invitation that still stands. Send it again, or withdraw it first.",
                field="email",
            )
        standing.update(revoked_at=Now())
    key = public_id()
    try:
        with transaction.atomic():
            made = CoalitionInvitation.objects.create(
                public_id=key,
                coalition=coalition,
                organisation=home.organisation,
                email=email,
                tier=tier,
                message=message,
                token_hash=hash_of(token_of(key, 1, SALT)),
                invited_by=actor,
                expires_at=now + LIVES,
            )
    except IntegrityError:
        raise Refused(
            "already_invited",
            f"{email} was invited already, by another coordinator or a moment ago. Who invited them can send it "
            "again, or withdraw it.",
            field="email",
        ) from None
    log("coalition.invited", coalition, home.organisation, actor, invitation=made.public_id, tier=tier)
    nudge.worker_should_look(SEND)
    return made


def resend(
    *, viewer: Viewer, invitation: CoalitionInvitation, actor: Person, now: dt.datetime
) -> CoalitionInvitation:
    """A new link, good for another fourteen days; the old one is dead from here on."""
    locked = _open(viewer, invitation)
    not_too_many(CoalitionInvitation, locked.organisation, now)
    locked.turn += 1
    locked.token_hash = hash_of(token_of(locked.public_id, locked.turn, SALT))
    locked.expires_at = now + LIVES
    locked.mail_state, locked.mail_attempts, locked.mail_outcome = "planned", 0, ""
    locked.mail_next_at, locked.mail_sent_at = now, None
    locked.save(
        update_fields=[
            "turn", "token_hash", "expires_at", "mail_state", "mail_attempts", "mail_outcome", "mail_next_at",
            "mail_sent_at",
        ]
    )  # fmt: skip
    log("coalition.invited_again", locked.coalition, locked.organisation, actor, invitation=locked.public_id)
    nudge.worker_should_look(SEND)
    return locked


def withdraw(*, viewer: Viewer, invitation: CoalitionInvitation, actor: Person) -> None:
    locked = _open(viewer, invitation)
    CoalitionInvitation.objects.filter(pk=locked.pk).update(revoked_at=Now())
    log("coalition.uninvited", locked.coalition, locked.organisation, actor, invitation=locked.public_id)


def withdraw_of_another(*, viewer: Viewer, coalition: Coalition, key: str) -> None:
    """What another coordinator asked. Every organization in the coalition reads of it in its audit."""
    coordinating(viewer, coalition)
    if not called("SELECT app_withdraw_coalition_invitation(%s, %s)", coalition.pk, key):
        raise NotYours


def look(token: str) -> Asked | None:
    """None: unknown, mistyped, expired, withdrawn, replaced, answered, the coalition over; nobody learns which."""
    if not readable(token):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app_coalition_invitation(%s)", [hash_of(token)])
        row = cursor.fetchone()
    return Asked(*row) if row else None


def join(
    *, viewer: Viewer, token: str, organisation: Organisation | None, shown_as: str, actor: Person
) -> tuple[CoalitionMember, bool]:
    """The stay, and whether it is new. None: no organization was chosen, which is told only while the link stands."""
    if viewer.kind != "person" or viewer.id != actor.pk:
        raise NotYours
    if not readable(token):
        raise gone()
    if organisation is None:
        if look(token) is None:
            raise gone()
        raise Refused(
            "organisation_missing", "Choose which of the organizations that you own joins.", field="organisation"
        )
    must_own(viewer, organisation.pk)
    shown_as = good_shown_as(shown_as or organisation.name[:120])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, stay FROM app_join_coalition(%s, %s, %s)", [hash_of(token), organisation.pk, shown_as]
        )
        outcome, stay = cursor.fetchone()
        if outcome == "other_address":
            raise _other_address()
        if stay is None:
            raise gone()
        member = CoalitionMember.objects.select_related("coalition").get(pk=stay)
        if outcome == "joined":
            must_be_free(member, shown_as)
    return member, outcome == "joined"


def decline(*, viewer: Viewer, token: str) -> None:
    if viewer.kind != "person" or not readable(token):
        raise gone()
    if called("SELECT app_decline_coalition(%s)", hash_of(token)):
        return
    raise _other_address() if look(token) else gone()


def gone() -> Refused:
    return Refused(
        "invitation_gone",
        "This invitation does not work any more: it was answered, withdrawn or replaced by a newer one, its fourteen "
        "days are over, or whoever asked is no longer there. Or its address is incomplete. Nothing was changed. Ask "
        "whoever invited you to send a new one.",
        status=404,
    )


def _other_address() -> Refused:
    return Refused(
        "other_address",
        "This invitation was sent to another address than those you have confirmed here. Nothing was changed. "
        "Sign in with the account of that address, or add the address to this one and confirm it.",
        status=403,
    )


def _open(viewer: Viewer, invitation: CoalitionInvitation) -> CoalitionInvitation:
    must_own(viewer, invitation.organisation_id)
    coordinating(viewer, invitation.coalition)
    locked: CoalitionInvitation | None = (
        CoalitionInvitation.objects.visible_to(viewer)
        .select_for_update(of=("self",))
        .select_related("organisation", "coalition")
        .filter(pk=invitation.pk)
        .first()
    )
    if locked is None:
        raise NotYours
    if locked.accepted_at is not None:
        raise Refused("invitation_used", "This invitation was accepted meanwhile.", status=409)
    if locked.declined_at is not None:
        raise Refused("invitation_declined", "This invitation was declined meanwhile.", status=409)
    if locked.revoked_at is not None:
        raise Refused("invitation_revoked", "This invitation was withdrawn already.", status=409)
    return locked
