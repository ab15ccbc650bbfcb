"""The words of an invitation into a coalition."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .outbox import Letter, own_domain


@dataclass(frozen=True, slots=True)
class Facts:
    to: str
    coalition: str
    purpose: str
    invited_by: str
    tier: str
    message: str
    expires_at: dt.datetime
    link: str
    key: str


def write(facts: Facts) -> Letter:
    # A name with a line break in it must not write a header of its own.
    subject = " ".join((_("Invitation to the coalition %(name)s") % {"name": facts.coalition}).split())[:200]
    context = {"facts": facts, "subject": subject, "until": date_format(facts.expires_at, "l, F j, Y")}
    return Letter(
        to=facts.to,
        subject=subject,
        text=render_to_string("mail/coalition_invitation.txt", context),
        html=render_to_string("mail/coalition_invitation.html", context),
        message_id=f"coalition.{facts.key}@{own_domain()}",
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
