"""A letter as mail: plain text, as written, in the name of the organization; answers go to who asks."""

from __future__ import annotations

from email.utils import formataddr, parseaddr

from django.conf import settings

from requests_app.models import LetterCopy

from .outbox import Letter


def write(copy: LetterCopy) -> Letter:
    organisation = str(copy.requester.get("organisation", ""))
    headers = {"X-Letter-Reference": copy.letter.public_id}
    if copy.reply_to:
        headers["Reply-To"] = formataddr((organisation, copy.reply_to), "utf-8")
    return Letter(
        to=copy.address.strip(),
        subject=copy.subject,
        text=copy.body + "\n",
        html="",
        message_id=copy.message_id,
        headers=headers,
        sender=formataddr((organisation, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]), "utf-8"),
    )
