"""The words of a mail that an embargo ends soon."""

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
    title: str
    embargo_until: dt.datetime
    zone: str
    days: int
    by_itself: bool
    link: str
    key: str


def write(facts: Facts) -> Letter:
    ends = facts.embargo_until.astimezone(ZoneInfo(facts.zone))
    until = f"{date_format(ends, 'l, F j, Y, g:i A')} ({facts.zone})"
    # A title stays out of the subject, which anybody reads over a shoulder.
    subject = _("An embargo ends on %(day)s") % {"day": date_format(ends, "l, F j")}
    context = {"facts": facts, "subject": subject, "until": until}
    return Letter(
        to=facts.to,
        subject=subject,
        text=render_to_string("mail/embargo.txt", context),
        html=render_to_string("mail/embargo.html", context),
        message_id=f"embargo.{facts.key}@{own_domain()}",
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
