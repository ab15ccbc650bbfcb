"""Sending the invitations into coalitions: the same queue as that of members, over other rows."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from requests_app.models import CoalitionInvitation, CoalitionMember, Tier
from requests_app.models.visibility import organisation_viewer, viewing
from requests_app.notices import coalition_mail
from requests_app.notices.outbox import Letter

from .coalition_invitations import SALT
from .invitation_mail import Kind, send


def _letter(row: CoalitionInvitation, token: str) -> Letter:
    """Who asks is named as partners read it, never by the organization's own name."""
    with viewing(organisation_viewer(row.organisation_id)):
        stays = CoalitionMember.objects.live().filter(coalition=row.coalition_id, organisation=row.organisation_id)
        asking = stays.values_list("shown_as", flat=True).first()
    return coalition_mail.write(
        coalition_mail.Facts(
            to=row.email,
            coalition=row.coalition.name,
            purpose=row.coalition.purpose,
            invited_by=asking or "",
            tier=str(Tier(row.tier).label),
            message=row.message,
            expires_at=row.expires_at,
            link=settings.BASE_URL + reverse("coalition-invitation", args=[token]),
            key=f"{row.public_id}.{row.turn}",
        )
    )


COALITIONS = Kind(
    due="SELECT invitation, organisation FROM app_coalition_invitations_to_send()",
    model=CoalitionInvitation,
    with_names=("coalition",),
    still_open=Q(accepted_at=None, revoked_at=None, declined_at=None, coalition__dissolved_at=None),
    salt=SALT,
    letter=_letter,
)


def send_due() -> dict[str, int]:
    return send(COALITIONS)
