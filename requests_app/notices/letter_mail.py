"""A letter as mail: plain text, as written, with what it encloses, in the name of the organization; answers go to who
asks."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import formataddr, parseaddr

from django.conf import settings

from requests_app.models import LetterCopy

from .outbox import Attachment, Letter


def write(copy: LetterCopy, attachments: Sequence[Attachment] = ()) -> Letter:
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
        attachments=tuple(attachments),
        sender=formataddr((organisation, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]), "utf-8"),
    )
