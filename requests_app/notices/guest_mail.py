"""The words of the mail to a guest. No title and no agency: whoever reads over their shoulder learns of no subject."""

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
    shown_as: str
    is_campaign: bool
    until: dt.datetime
    link: str
    key: str


def write(facts: Facts) -> Letter:
    words = (
        _("%(name)s shares a campaign with you")
        if facts.is_campaign
        else _("%(name)s shares a request with you")
    )
    # A name with a line break in it must not write a header of its own.
    subject = " ".join((words % {"name": facts.shown_as}).split())[:200]
    # The end is the first instant that is too late.
    last = facts.until - dt.timedelta(microseconds=1)
    context = {"facts": facts, "subject": subject, "until": date_format(last, "l, F j, Y")}
    return Letter(
        to=facts.to,
        subject=subject,
        text=render_to_string("mail/guest.txt", context),
        html=render_to_string("mail/guest.html", context),
        message_id=f"guest.{facts.key}@{own_domain()}",
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
