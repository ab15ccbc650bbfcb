"""Sending the mails of invitations. The row says that one is to go out; whoever dies on the way leaves it saying so.

A mail that went out twice holds the same link twice: nothing is harmed, so no oracle is asked as for reminders.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import F, Model, Q
from django.db.models.functions import Now
from django.urls import reverse

from requests_app.models import Invitation
from requests_app.models.visibility import SCHEDULE, organisation_viewer, viewing
from requests_app.notices import invitation_mail
from requests_app.notices.outbox import Answer, Came, Letter, Outbox

from . import claims
from .invitations import SALT, hash_of, token_of

log = structlog.get_logger(__name__)

# Longer than a mail server may take to answer: who is this late is gone.
LEASE = dt.timedelta(minutes=3)
WAITS = (1, 5, 15, 60, 240)  # minutes before another try
FINAL = (Came.bounced, Came.refused)


@dataclass(frozen=True, slots=True)
class Kind:
    """Invitations of one kind. due: a function of the database that lists what is to go out, for the schedule alone."""

    due: str
    model: type[Model]
    with_names: tuple[str, ...]
    still_open: Q
    salt: str
    letter: Callable[[Any, str], Letter]


def send(kind: Kind) -> dict[str, int]:
    """Every mail of the kind that is due now. Any number of workers may do so at once."""
    counts = {"sent": 0, "later": 0, "failed": 0}
    with viewing(SCHEDULE), connection.cursor() as cursor:
        if claims.held():
            return counts
        cursor.execute(kind.due)
        due = cursor.fetchall()
    with Outbox() as outbox:
        for pk, organisation_id in due:
            row = _claim(kind, pk, organisation_id)
            if row is None:
                continue
            token = token_of(row.public_id, row.turn, kind.salt)
            if hash_of(token) != row.token_hash:
                answer = Answer(Came.refused, None, "the secret of this installation has changed since")
            else:
                answer = outbox.hand_over(kind.letter(row, token))
            counts[_mark(kind, row, answer)] += 1
            if answer.came is Came.down:
                log.warning("invitations wait for the mail server", why=answer.text)
                break
    return counts


def _claim(kind: Kind, pk: int, organisation_id: int) -> Any:
    """Ours for the length of the lease, by the database's clock."""
    with viewing(organisation_viewer(organisation_id)):
        row: Any = (
            kind.model._default_manager.select_for_update(of=("self",), skip_locked=True)
            .select_related(*kind.with_names)
            .filter(kind.still_open, pk=pk, mail_state="planned", mail_next_at__lte=Now())
            .first()
        )
        if row is not None:
            kind.model._default_manager.filter(pk=pk).update(
                mail_next_at=Now() + LEASE, mail_attempts=F("mail_attempts") + 1
            )
            row.mail_attempts += 1
    return row


def _mark(kind: Kind, row: Any, answer: Answer) -> str:
    tries = row.mail_attempts
    words = answer.text[:300]
    if answer.came in (Came.accepted, Came.unknown):
        change = {"mail_state": "sent", "mail_sent_at": Now(), "mail_outcome": words}
        said = "sent"
    elif answer.came in FINAL or tries > len(WAITS):
        change = {"mail_state": "failed", "mail_outcome": words}
        said = "failed"
    else:
        change = {"mail_next_at": Now() + dt.timedelta(minutes=WAITS[tries - 1]), "mail_outcome": words}
        said = "later"
    with viewing(organisation_viewer(row.organisation_id)):
        # Sent again meanwhile: the newer link has a mail of its own to go out.
        kind.model._default_manager.filter(pk=row.pk, turn=row.turn).update(**change)
    return said


def _letter(row: Invitation, token: str) -> Letter:
    return invitation_mail.write(
        invitation_mail.Facts(
            to=row.email,
            organisation=row.organisation.name,
            invited_by=str(row.invited_by or ""),
            role=row.role,
            expires_at=row.expires_at,
            link=settings.BASE_URL + reverse("invitation", args=[token]),
            key=f"{row.public_id}.{row.turn}",
        )
    )


MEMBERS = Kind(
    due="SELECT invitation, organisation FROM app_invitations_to_send()",
    model=Invitation,
    with_names=("organisation", "invited_by"),
    still_open=Q(accepted_at=None, revoked_at=None),
    salt=SALT,
    letter=_letter,
)


def send_due() -> dict[str, int]:
    """Every mail to people who are asked into an organization."""
    return send(MEMBERS)
