"""A mail server on loopback that keeps a log of what it took: the count that a drill and a bench believe.

    python -m bench._sink --log FILE [--keep FOLDER] [--delay 0.05] [--lose 0.01] [--later 0.02]

A message's line stands in the log before its answer leaves. The first line printed is the port.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from foia_tracker.embedded import mailcatcher

MESSAGE_ID = re.compile(rb"(?mi)^Message-ID:\s*<([^>]+)>")


@dataclass(frozen=True, slots=True)
class Manners:
    """delay: seconds between the final dot and the answer. lose: share of messages that are taken and whose answer is
    never given. later: share that gets a 451."""

    delay: float = 0.0
    lose: float = 0.0
    later: float = 0.0


class Sink:
    def __init__(self, log: Path, manners: Manners, keep: Path | None = None) -> None:
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.manners, self.kept = manners, keep
        self.chance = random.Random(1)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            writer.write(b"220 sink\r\n")
            recipients: list[str] = []
            while line := await reader.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    writer.write(b"354 go on\r\n")
                    # Quicker than line by line; a message ends where a line holds a dot alone.
                    message = await reader.readuntil(b"\r\n.\r\n")
                    if not await self._answer(message[:-3], recipients, writer):
                        break
                    recipients = []
                elif word == b"EHLO":
                    writer.write(b"250-sink\r\n250 8BITMIME\r\n")
                elif word == b"QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                else:
                    if word == b"RCPT":
                        recipients.append(line.partition(b"<")[2].partition(b">")[0].decode())
                    writer.write(b"250 OK\r\n")
        writer.close()

    async def _answer(self, message: bytes, recipients: list[str], writer: asyncio.StreamWriter) -> bool:
        if self.manners.delay:
            await asyncio.sleep(self.manners.delay)
        if self.chance.random() < self.manners.later:
            writer.write(b"451 later\r\n")
            return True
        if self.kept is not None:
            mailcatcher.keep(self.kept, message, sender="", recipients=recipients, at=datetime.now(UTC))
        found = MESSAGE_ID.search(message)
        os.write(self.log, (found[1] if found else b"none") + b"\n")
        if self.chance.random() < self.manners.lose:
            return False
        writer.write(b"250 kept\r\n")
        return True


async def serve(sink: Sink) -> None:
    server = await asyncio.start_server(sink.talk, "127.0.0.1", 0, limit=4_000_000, backlog=200)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(prog="sink")
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--keep", type=Path)
    for name in ("delay", "lose", "later"):
        parser.add_argument(f"--{name}", type=float, default=0.0)
    options = parser.parse_args()
    if options.keep:
        mailcatcher.prepare(options.keep)
    sink = Sink(options.log, Manners(options.delay, options.lose, options.later), options.keep)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(sink))


if __name__ == "__main__":
    main()
