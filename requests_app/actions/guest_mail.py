"""Telling a guest by mail that something is shared with them, and the link in it.

The link grants nothing: the share does, to whoever has confirmed the address. Its holder reads that mailbox, and so
may make the account of that address. Used again, it does the same again; it is dead with the share.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from requests_app.models import CoalitionMember, GuestMail, Organisation, Person, Share
from requests_app.models.ids import public_id
from requests_app.models.visibility import Viewer
from requests_app.notices import guest_mail
from requests_app.notices.outbox import Letter

from . import audit, nudge
from .invitation_mail import Kind, send
from .invitations import SEND, hash_of, not_too_many, readable, token_of
from .refusals import NotYours, Refused
from .rights import clean, must_own

SALT = "requests_app.guest_mail"
NAME_MAX = 120


@dataclass(frozen=True, slots=True)
class Shared:
    """What the holder of a link reads of it, while it stands. No title: they may not have signed in yet."""

    shown_as: str
    email: str
    until: dt.datetime
    kind: str
    subject: str


def name_for(organisation: Organisation) -> str:
    """As partners read it; where there is none, its own. What was said last to a guest stays said."""
    said = GuestMail.objects.filter(organisation=organisation).order_by("-pk").values_list("shown_as", flat=True)
    stays = CoalitionMember.objects.live().filter(organisation=organisation).order_by("pk")
    # Both are asked each time: naming a guest costs the same whoever it is.
    last, partners_read = said.first(), stays.values_list("shown_as", flat=True).first()
    return last or partners_read or organisation.name[:NAME_MAX]


def plan(
    *, viewer: Viewer, share: Share, organisation: Organisation, shown_as: str, actor: Person, now: dt.datetime
) -> GuestMail:
    """Goes out after the commit. The audit has a line of the share already."""
    must_own(viewer, organisation.pk)
    said = clean(shown_as, code="shown_as", field="shown_as", most=NAME_MAX)
    not_too_many(GuestMail, organisation, now)
    key = public_id()
    made = GuestMail.objects.create(
        public_id=key,
        organisation=organisation,
        share=share,
        shown_as=" ".join(said.split()) or name_for(organisation),
        token_hash=hash_of(token_of(key, 1, SALT)),
        invited_by=actor,
    )
    nudge.worker_should_look(SEND)
    return made


def resend(*, viewer: Viewer, share: Share, actor: Person, now: dt.datetime) -> GuestMail:
    """A new link, as long as the share lives; the old one is dead from here on. One who was named before there were
    such mails gets their first."""
    must_own(viewer, share.organisation_id)
    with transaction.atomic():
        locked = (
            Share.objects.visible_to(viewer)
            .select_for_update(of=("self",))
            .select_related("organisation", "campaign", "request")
            .filter(pk=share.pk, grantee_kind=Share.Grantee.GUEST)
            .first()
        )
        if locked is None:
            raise NotYours
        if locked.revoked_at is not None or (locked.until_at is not None and locked.until_at <= now):
            raise Refused("share_ended", "This share is over. Share it again; a mail goes out then.", status=409)
        row = GuestMail.objects.select_for_update().filter(share=locked).first()
        if row is None:
            row = plan(
                viewer=viewer, share=locked, organisation=locked.organisation, shown_as="", actor=actor, now=now
            )
        else:
            not_too_many(GuestMail, locked.organisation, now)
            row.turn += 1
            row.token_hash = hash_of(token_of(row.public_id, row.turn, SALT))
            row.invited_by = actor
            row.mail_state, row.mail_attempts, row.mail_outcome = "planned", 0, ""
            row.mail_next_at, row.mail_sent_at = now, None
            row.save()
        subject = locked.campaign or locked.request
        assert subject is not None, "a share has one subject"
        audit.record(
            act="share.told_again",
            subject=f"{'campaign' if locked.campaign_id else 'request'} {subject.public_id}",
            organisation=locked.organisation,
            actor=actor,
            detail={"share": locked.public_id},
        )
    nudge.worker_should_look(SEND)
    return row


def look(token: str) -> Shared | None:
    """None: unknown, mistyped, replaced, or the share is over; nobody learns which."""
    if not readable(token):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app_guest_link(%s)", [hash_of(token)])
        row = cursor.fetchone()
    return Shared(*row) if row else None


def follow(*, token: str, actor: Person) -> Shared:
    """Where the link leads somebody who has signed in. That they followed it is written nowhere."""
    shared = look(token)
    if shared is None:
        raise gone()
    own = EmailAddress.objects.filter(user_id=actor.pk, verified=True, email__iexact=shared.email)
    if not own.exists():
        raise Refused(
            "other_address",
            "This was shared with another address than those you have confirmed here. Sign in with the account of "
            "that address, or add the address to this one and confirm it.",
            status=403,
        )
    return shared


def gone() -> Refused:
    return Refused(
        "guest_link_gone",
        "This link does not work any more: what was shared is shared no longer, or a newer mail has replaced it. Or "
        "its address is incomplete. Ask whoever shared it with you to send it again.",
        status=404,
    )


def _letter(row: GuestMail, token: str) -> Letter:
    assert row.share.until_at is not None and row.share.guest is not None, "a share with a guest ends"
    return guest_mail.write(
        guest_mail.Facts(
            to=row.share.guest.email,
            shown_as=row.shown_as,
            is_campaign=row.share.campaign_id is not None,
            until=row.share.until_at,
            link=settings.BASE_URL + reverse("guest-link", args=[token]),
            key=f"{row.public_id}.{row.turn}",
        )
    )


GUESTS = Kind(
    due="SELECT mail, organisation FROM app_guest_mails_to_send()",
    model=GuestMail,
    with_names=("share", "share__guest"),
    still_open=Q(share__revoked_at=None, share__until_at__gt=Now()),
    salt=SALT,
    letter=_letter,
)


def send_due() -> dict[str, int]:
    return send(GUESTS)
