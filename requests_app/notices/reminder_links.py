"""The link in a reminder's mail: signed, for its recipient and that one reminder, until a day.

It names the reminder and the turn of the recipient's sessions: whoever ends all sessions ends their links, too. What it
opens is asked when it is opened; the signature alone opens nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.signing import BadSignature, TimestampSigner, b62_decode, b62_encode

LASTS = dt.timedelta(days=45)
SALT = "requests_app.reminder-link"
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Signed:
    reminder: int
    turn: int
    at: dt.datetime


def token_of(reminder: int, turn: int) -> str:
    return str(_signer().sign(f"{b62_encode(reminder)}-{b62_encode(turn)}"))


def read(token: str) -> Signed | None:
    """None: it was not signed here, or its time is over."""
    if len(token) > LONGEST:
        return None
    try:
        words = _signer().unsign(token, max_age=LASTS)
    except BadSignature:
        return None
    reminder, _dash, turn = words.partition("-")
    stamp = token.split(".")[1]
    at = dt.datetime.fromtimestamp(b62_decode(stamp), dt.UTC)
    return Signed(b62_decode(reminder), b62_decode(turn), at)


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=SALT, sep=".")
