"""The local mail catcher's folder: for its page, and as the oracle that says whether a mail arrived."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from hashlib import sha256
from pathlib import Path

from django.conf import settings

KEY = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}-[0-9a-f]{8}")
LARGEST_SHOWN = 2_000_000
# A header stands in the first bytes; the oracle need not read a whole message.
HEAD = 65_536
MESSAGE_ID = re.compile(rb"(?mi)^Message-ID:\s*<([^>]+)>")


@dataclass(frozen=True, slots=True)
class Caught:
    """A mail as its page shows it. `html` is source text: it is never rendered."""

    key: str
    at: datetime
    sender: str
    to: str
    subject: str
    text: str = ""
    html: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[str, ...] = ()


def folder() -> Path | None:
    return Path(settings.MAIL_CATCHER_DIR) / "new" if settings.MAIL_CATCHER_DIR else None


def mails_to(address: str, *, ours: Collection[str] = (), limit: int = 200) -> list[Caught]:
    """The newest mails whose envelope names this address, newest first. ours: Message-IDs of letters that our own
    people sent, whoever they went to."""
    found: list[Caught] = []
    for path in _newest_first():
        if _addressed_to(path, address) or (ours and _message_id(path).decode("ascii", "replace") in ours):
            found.append(_read(path, whole=False))
            if len(found) == limit:
                break
    return found


def mail_to(address: str, key: str, *, ours: Collection[str] = ()) -> Caught | None:
    """One mail, or None when there is none, the key is no key, or it is neither to this address nor one of ours."""
    base = folder()
    if base is None or not KEY.fullmatch(key):
        return None
    path = base / f"{key}.eml"
    if not path.is_file() or path.is_symlink():
        return None
    if not _addressed_to(path, address) and _message_id(path).decode("ascii", "replace") not in ours:
        return None
    return _read(path, whole=True)


class FolderOracle:
    """Asks the catcher's folder whether a Message-ID arrived. Its no is a no, once the catcher has had its moment."""

    def __init__(self, base: Path) -> None:
        self.base = base

    def arrived(self, message_id: str, since: datetime) -> bool:
        # A name ends with a mark of the Message-ID, so that not every file is opened; no clock has a say.
        end = f"-{sha256(message_id.encode()).hexdigest()[:8]}.eml"
        names = [name for name in os.listdir(self.base) if name.endswith(end)]
        return any(_message_id(self.base / name) == message_id.encode() for name in names)


def _message_id(path: Path) -> bytes:
    with path.open("rb") as file:
        found = MESSAGE_ID.search(file.read(HEAD))
    return found[1] if found else b""


def oracle() -> FolderOracle | None:
    """Only where the catcher is what the mail goes to: loopback, with its folder at hand."""
    base = folder()
    host = getattr(settings, "EMAIL_HOST", "")
    return FolderOracle(base) if base is not None and host in ("127.0.0.1", "localhost", "::1") else None


def _newest_first() -> Iterator[Path]:
    base = folder()
    if base is not None and base.is_dir():
        # A key begins with the instant, so that names sort by it.
        yield from sorted((p for p in base.glob("*.eml") if KEY.fullmatch(p.stem)), reverse=True)


def _addressed_to(path: Path, address: str) -> bool:
    try:
        envelope = json.loads(path.with_suffix(".json").read_text())
        recipients = envelope["to"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return address.casefold() in {str(one).casefold() for one in recipients}


def _read(path: Path, *, whole: bool) -> Caught:
    with path.open("rb") as file:
        raw = file.read(LARGEST_SHOWN if whole else HEAD)
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    sender, to = (", ".join(a for _, a in getaddresses(message.get_all(name, []))) for name in ("From", "To"))
    return Caught(
        key=path.stem,
        at=datetime.strptime(path.stem.rpartition("-")[0], "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC),
        sender=sender,
        to=to,
        subject=str(message["Subject"] or ""),
        text=_part(message, "plain") if whole else "",
        html=_part(message, "html") if whole else "",
        headers=tuple((name, str(value)) for name, value in message.items()) if whole else (),
        attachments=tuple(p.get_filename() or p.get_content_type() for p in message.iter_attachments())
        if whole
        else (),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):
        # A charset nobody knows: the page shows the bytes that it can.
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
