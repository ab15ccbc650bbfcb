"""The words of an invitation."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .outbox import Letter, own_domain

ROLES = {
    "viewer": "read everything of the organization, and change nothing",
    "editor": "file requests, log answers and send letters",
    "owner": "do everything, including members and what is published",
}


@dataclass(frozen=True, slots=True)
class Facts:
    to: str
    organisation: str
    invited_by: str
    role: str
    expires_at: dt.datetime
    link: str
    key: str


def write(facts: Facts) -> Letter:
    # A name with a line break in it must not write a header of its own.
    subject = " ".join((_("Invitation to %(name)s") % {"name": facts.organisation}).split())[:200]
    context = {
        "facts": facts,
        "subject": subject,
        "may": _(ROLES[facts.role]),
        "until": date_format(facts.expires_at, "l, F j, Y"),
    }
    return Letter(
        to=facts.to,
        subject=subject,
        text=render_to_string("mail/invitation.txt", context),
        html=render_to_string("mail/invitation.html", context),
        message_id=f"invitation.{facts.key}@{own_domain()}",
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
