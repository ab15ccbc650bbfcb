"""Catches the mail of a first run: nothing leaves the machine, every message is kept byte for byte.

`DIR/new/KEY.eml` is the message, `DIR/new/KEY.json` its envelope. Both are written aside and renamed into
place, the envelope first, so that a reader who sees a message sees the whole of it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import os
import re
import secrets
import signal
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST = 40_000_000
HEAD = 65_536
MESSAGE_ID = re.compile(rb"(?mi)^Message-ID:\s*<([^>]+)>")


def keep(folder: Path, message: bytes, *, sender: str, recipients: list[str], at: datetime) -> str:
    key = f"{at:%Y%m%dT%H%M%S.%f}-{mark_of(message)}"
    envelope = {"from": sender, "to": recipients, "received_at": at.isoformat()}
    _write(folder, f"{key}.json", json.dumps(envelope).encode())
    _write(folder, f"{key}.eml", message)
    return key


def mark_of(message: bytes) -> str:
    """The end of a key: by it the oracle finds a Message-ID without opening every file."""
    found = MESSAGE_ID.search(message[:HEAD])
    return hashlib.sha256(found[1]).hexdigest()[:8] if found else secrets.token_hex(4)


def _write(folder: Path, name: str, content: bytes) -> None:
    aside = folder / "tmp" / name
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(folder / "new" / name)


def prepare(folder: Path) -> None:
    for part in ("tmp", "new"):
        (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)


class Catcher:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = envelope.original_content or b""
        await asyncio.to_thread(
            keep,
            self.folder,
            message,
            sender=envelope.mail_from or "",
            recipients=list(envelope.rcpt_tos),
            at=datetime.now(UTC),
        )
        return "250 kept"


def main() -> None:
    parser = argparse.ArgumentParser(prog="mailcatcher")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--dir", type=Path, required=True)
    options = parser.parse_args()
    prepare(options.dir)
    controller = Controller(
        Catcher(options.dir),
        hostname="127.0.0.1",
        port=options.port,
        data_size_limit=LARGEST,
        enable_SMTPUTF8=True,
    )
    controller.start()
    print(f"catching mail on 127.0.0.1:{options.port}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
