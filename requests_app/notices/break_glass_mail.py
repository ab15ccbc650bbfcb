"""The words of a mail that staff opened what is an organization's own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .outbox import Letter, own_domain


@dataclass(frozen=True, slots=True)
class Facts:
    to: str
    organisation: str
    by: str
    reason: str
    until_at: dt.datetime
    zone: str
    link: str
    key: str


def write(facts: Facts) -> Letter:
    subject = _("Staff opened content of your organization")
    until = f"{date_format(facts.until_at.astimezone(ZoneInfo(facts.zone)), 'l, F j, Y, g:i A')} ({facts.zone})"
    context = {"facts": facts, "subject": subject, "until": until}
    return Letter(
        to=facts.to,
        subject=subject,
        text=render_to_string("mail/break_glass.txt", context),
        html=render_to_string("mail/break_glass.html", context),
        message_id=f"break-glass.{facts.key}@{own_domain()}",
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
