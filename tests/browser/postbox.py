"""What the mail catcher of `bin/run` holds: the letters of a walk arrive there, and nowhere else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")


def until(look: Callable[[], Found], *, seconds: float = 240) -> Found:
    """Looks again and again until there is something; what the program does by itself has no event to wait for."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"Not within {seconds:.0f} seconds."
        time.sleep(0.2)
    return found


def mails(var: Path, *, to: str = "", says: str = "") -> list[EmailMessage]:
    return [mail for mail in _all(var) if to in str(mail["To"]) and says in text(mail)]


def _all(var: Path) -> Iterator[EmailMessage]:
    for path in sorted((var / "mail" / "new").glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        yield mail


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return "" if body is None else str(body.get_content())


def link(mail: EmailMessage, path: str) -> str:
    found = re.search(rf"https?://\S+?({re.escape(path)}\S*)", text(mail))
    assert found is not None, text(mail)
    return found[1]


def code_of_now(secret: str) -> str:
    """What an authenticator app shows (RFC 6238). A person waits for the next one where this is about to end."""
    left = 30 - time.time() % 30
    if left < 15:
        time.sleep(left)
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
