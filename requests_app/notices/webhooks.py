"""What a webhook is told: ids and kinds, signed; or one line of text for a chat, of what a partner may see."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .webhook_calls import Call

MARK = "whsec_"
"""Every secret begins with it, so that a search for leaked secrets can know one."""
ID_HEADER, SIGNATURE_HEADER = "X-Records-Delivery", "X-Records-Signature"


@dataclass(frozen=True, slots=True)
class Line:
    """What a chat is told. name: of the clock or letter, empty where it is nobody else's to know."""

    kind: str
    sort: str
    agency: str
    title: str
    name: str
    on: date | None
    link: str
    is_sample: bool


def secret_of(public_id: str, nonce: str) -> str:
    """Made anew whenever it is needed: who has the database alone cannot make it."""
    made = salted_hmac("requests_app.webhook", f"{public_id}:{nonce}", algorithm="sha256").digest()
    return MARK + base64.urlsafe_b64encode(made).decode().rstrip("=")


def signature(secret: str, at: int, body: bytes) -> str:
    """t=SECONDS,v1=HEX: HMAC-SHA256 under the secret over the seconds, a full stop, and the bytes of the body."""
    made = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


def told(facts: dict[str, Any]) -> bytes:
    """The same bytes at each try."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()


def said(line: Line | None) -> bytes:
    """For a chat. None: a test."""
    text = _("This is a test. Messages about your records requests will look like this one.")
    if line is not None:
        text = f"{_news(line)}: {_plain(line.agency)}, <{line.link}|{_plain(line.title).replace('|', '/')}>"
        if line.is_sample:
            text = _("Sample: %(text)s") % {"text": text}
    return json.dumps({"text": text}, ensure_ascii=False).encode()


def call(url: str, *, secret: str, delivery: str, at: int, body: bytes) -> Call:
    return Call(url, body, {ID_HEADER: delivery, SIGNATURE_HEADER: signature(secret, at, body)})


def _news(line: Line) -> str:
    on = date_format(line.on, "l, F j, Y") if line.on else ""
    name = _plain(line.name)
    named = {"name": name, "on": on}
    match line.kind, line.sort:
        case "reminder.due", "lapsed":
            return _("Lapsed on %(on)s (%(name)s)") % named
        case "reminder.due", "opened" if name:
            return _("A window of ours is open until %(on)s (%(name)s)") % named
        case "reminder.due", _sort if name:
            return _("Our last day is %(on)s (%(name)s)") % named
        case "reminder.due", _sort:
            return _("A date of ours comes near: %(on)s") % named
        case "date.moved", _sort if name:
            return _("A date moved to %(on)s (%(name)s)") % named
        case "date.moved", _sort:
            return _("A date of ours moved to %(on)s") % named
        case "request.filed", _sort:
            return _("A request was filed on %(on)s") % named
        case "letter.sent", _sort:
            return _("A letter went out")
        case "letter.failed", _sort:
            return _("A letter could not be sent")
    return _("%(name)s, %(on)s") % named if name and on else name or _("Something was recorded")


def _plain(text: str) -> str:
    """Nothing in it is markup, a link or a call to everybody."""
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text[:300]
