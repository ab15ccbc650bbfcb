"""The one module that calls webhooks: one request, one answer, ten seconds in all, and nothing is followed.

Written on sockets, for what counts here is what a library hides: the number that was judged is the number that is
called, each wait has only what is left of the time, and of the answer nothing beyond its head is read.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from types import TracebackType

from django.conf import settings

from .outbox import Answer, Came, nothing
from .webhook_targets import BadTarget, Target, read, resolve

MOST_READ = 65_536
PIECE = 4_096
STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: |\r|\Z)")
AGENT = "PublicRecordsDeadlines-Webhook/1"


@dataclass(frozen=True, slots=True)
class Call:
    """What is told to one webhook. headers: beside those that every call has."""

    url: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class Caller:
    """A way out of the house, as `outbox.Outbox` is for mail. No connection is kept: each call goes elsewhere."""

    def __init__(self, watch: Callable[[str], None] = nothing) -> None:
        self.watch = watch

    def open(self) -> Answer | None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """There is nothing to close."""

    def hand_over(self, letter: Call) -> Answer:
        """Accepted by any 2xx. All else may be tried again, under the same id."""
        until = time.monotonic() + settings.WEBHOOK_SECONDS
        step = "looking up the name"
        try:
            target = read(letter.url)
            number = resolve(target, _left(until))
            step = "connecting"
            with socket.create_connection((number, target.port), timeout=_left(until)) as plain:
                plain.settimeout(_left(until))
                link: socket.socket = (
                    _tls().wrap_socket(plain, server_hostname=target.host) if target.secure else plain
                )
                with link:
                    step = "sending"
                    self.watch("data")
                    _send(link, _request(target, letter), until)
                    step = "waiting for the answer"
                    code = _answer(link, until)
        except BadTarget as error:
            return Answer(Came.later, None, str(error))
        except TimeoutError:
            limit = f"{settings.WEBHOOK_SECONDS:g}"
            return Answer(Came.later, None, f"no answer within {limit} seconds ({step})")
        except (OSError, ValueError) as error:
            return Answer(Came.later, None, f"{step}: {_named(error)}")
        if 200 <= code < 300:
            return Answer(Came.accepted, code)
        if 300 <= code < 400:
            return Answer(Came.later, code, "the receiver sends us elsewhere, and redirects are not followed")
        return Answer(Came.later, code, f"the receiver answered {code}")


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _request(target: Target, letter: Call) -> bytes:
    head = {
        "Host": target.named,
        "User-Agent": AGENT,
        "Content-Type": "application/json",
        "Accept": "*/*",
        "Content-Length": str(len(letter.body)),
        **letter.headers,
        "Connection": "close",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"POST {target.path} HTTP/1.1\r\n{lines}\r\n".encode("ascii") + letter.body


def _send(link: socket.socket, data: bytes, until: float) -> None:
    for start in range(0, len(data), PIECE):
        link.settimeout(_left(until))
        link.sendall(data[start : start + PIECE])


def _answer(link: socket.socket, until: float) -> int:
    """The status, once the whole head has come. What it says beside is the receiver's affair."""
    got = b""
    while True:
        head, end, rest = got.partition(b"\r\n\r\n")
        if end:
            code = _status(head)
            if code >= 200:
                return code
            got = rest  # an interim answer; the real one follows
            continue
        if len(got) > MOST_READ:
            raise ValueError("the head of the answer has no end")
        link.settimeout(_left(until))
        piece = link.recv(PIECE)
        if not piece:
            # Some close after the status line; it is an answer all the same.
            with suppress(ValueError):
                return _status(got)
            raise ConnectionError("the connection was closed without an answer")
        got += piece


def _status(head: bytes) -> int:
    found = STATUS.match(head)
    if found is None:
        raise ValueError("what came back is no answer of a web server")
    return int(found.group(1))


def _named(error: BaseException) -> str:
    """The kind of trouble, and the system's own words for it; never what the other side said."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"
    if isinstance(error, ValueError):
        return str(error)
    return f"{getattr(error, 'strerror', None) or error or type(error).__name__}"[:200]
