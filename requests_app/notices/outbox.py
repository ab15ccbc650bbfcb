"""The one module that hands mail to a mail server, and says exactly how far it came.

SMTP cannot promise exactly once: between the final dot and the server's reply nobody knows. Everything before the
dot is safe to try again; after it, without a reply, the answer is `unknown` and somebody has to find out.
"""

from __future__ import annotations

import re
import smtplib
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.charset import QP, Charset
from email.utils import parseaddr
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

SERVICE_CLOSING = 421


class Came(StrEnum):
    """How far a message came."""

    accepted = "accepted"  # 2xx after the final dot
    later = "later"  # 4xx: the server asks for another try
    bounced = "bounced"  # 5xx on this recipient
    refused = "refused"  # 5xx on this message
    down = "down"  # no connection, no sign-in, or our sender refused: nothing can be sent now
    lost = "lost"  # the connection broke before the final dot
    unknown = "unknown"  # the final dot went out and no reply came


@dataclass(frozen=True, slots=True)
class Answer:
    came: Came
    code: int | None = None
    text: str = ""


Attachment = tuple[str, bytes, str]
"""Name, bytes, type."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in words. `message_id` stands without its angle brackets. html "": plain text alone.

    sender: the From line, where it names somebody else than the house; its address is the house's own.
    """

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    headers: dict[str, str] = field(default_factory=dict)
    sender: str = ""
    attachments: tuple[Attachment, ...] = ()


def nothing(_step: str) -> None:
    """Nobody watches. A drill hands in a function of its own, to stop the process between two steps."""


def own_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def as_message(letter: Letter) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        letter.sender or settings.DEFAULT_FROM_EMAIL,
        [letter.to],
        headers={"Message-ID": f"<{letter.message_id}>", **letter.headers},
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    for name, content, kind in letter.attachments:
        message.attach(name, content, kind)
    # Seven bits on the wire: a server without 8BITMIME must not change what a signature covers.
    charset = Charset("utf-8")
    charset.body_encoding = QP
    message.encoding = charset
    return message


class Outbox:
    """A connection that is opened at the first letter and kept for the next. Use it as a context manager."""

    def __init__(self, watch: Callable[[str], None] = nothing) -> None:
        self.watch = watch
        self._backend: Any = None
        self._used = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._backend is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._backend.close()
            self._backend = None

    def open(self) -> Answer | None:
        """Connect and sign in. None when the server is ready; else why it is `down`."""
        if self._backend is not None:
            return None
        backend = get_connection(fail_silently=False)
        try:
            backend.open()
            if isinstance(backend, EmailBackend) and backend.connection is not None:
                backend.connection.ehlo_or_helo_if_needed()
                # The dot goes out after the text, on its own; else it waits 40 ms for the other side's delayed ACK.
                if backend.connection.sock is not None:
                    backend.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except smtplib.SMTPResponseException as error:
            return _response(Came.down, error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            return Answer(Came.down, None, _named(error))
        self._backend, self._used = backend, False
        return None

    def hand_over(self, letter: Letter) -> Answer:
        """One message to one recipient. The answer says whether it may be tried again."""
        down = self.open()
        if down is not None:
            return down
        try:
            message = as_message(letter)
            wire = _on_the_wire(message)
            sender = sanitize_address(parseaddr(message.from_email)[1], "utf-8")
            recipient = sanitize_address(letter.to, "utf-8")
            recipient.encode("ascii")
        except (ValueError, UnicodeError) as error:
            return Answer(Came.bounced, None, f"the address cannot be written: {type(error).__name__}")
        if not isinstance(self._backend, EmailBackend):
            return self._by_another_backend(message)
        answer = self._talk(sender, recipient, wire)
        if answer.came is Came.lost and answer.text.startswith("MAIL") and self._used:
            # A server closes a connection that stood idle; nothing had been said of this letter.
            self._drop()
            answer = self.open() or self._talk(sender, recipient, wire)
        self._used = True
        if answer.came in (Came.lost, Came.unknown, Came.down) or answer.code == SERVICE_CLOSING:
            self._drop()
        return answer

    def _talk(self, sender: str, recipient: str, wire: bytes) -> Answer:
        smtp = self._backend.connection
        step = "MAIL"
        try:
            code, said = smtp.mail(sender)
            if code != 250:
                # Refusing our own address is about us, not about this recipient: every letter would fail alike.
                return self._rejected(Came.down if code >= 500 else Came.later, code, said)
            step = "RCPT"
            code, said = smtp.rcpt(recipient)
            if code not in (250, 251):
                return self._rejected(Came.bounced if code >= 500 else Came.later, code, said)
            step = "DATA"
            code, said = smtp.docmd("DATA")
            if code != 354:
                return self._rejected(Came.refused if code >= 500 else Came.later, code, said)
            step = "text"
            self.watch("data")
            smtp.send(wire)
            step = "dot"
            smtp.send(b".\r\n")
            self.watch("dot")
            code, said = smtp.getreply()
        except smtplib.SMTPResponseException as error:
            # smtplib drops the connection on a line that is no reply; after the dot that is no answer either.
            came = Came.unknown if step == "dot" else Came.lost
            return _response(came, error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            came = Came.unknown if step == "dot" else Came.lost
            return Answer(came, None, f"{step}: {_named(error)}")
        if 200 <= code < 300:
            return _response(Came.accepted, code, said)
        if code >= 400:
            return _response(Came.refused if code >= 500 else Came.later, code, said)
        # Not a word that SMTP knows after a message: nobody can say what became of it.
        return _response(Came.unknown, code, said)

    def _rejected(self, came: Came, code: int, said: bytes) -> Answer:
        if code == -1:
            # smtplib's own number for a reply that was no reply.
            return Answer(Came.lost, None, "no reply")
        if code != SERVICE_CLOSING:
            try:
                self._backend.connection.rset()
            except (OSError, smtplib.SMTPException):
                self._drop()
        return _response(came, code, said)

    def _by_another_backend(self, message: EmailMultiAlternatives) -> Answer:
        """The console, a file or memory: what does not raise is taken."""
        self.watch("data")
        try:
            self._backend.send_messages([message])
        except (OSError, smtplib.SMTPException) as error:
            return Answer(Came.lost, None, _named(error))
        return Answer(Came.accepted, None, "taken by the local mail backend")

    def _drop(self) -> None:
        if self._backend is not None and getattr(self._backend, "connection", None) is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._backend.connection.close()
            self._backend.connection = None
        self._backend = None


def _on_the_wire(message: EmailMultiAlternatives) -> bytes:
    text = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    text = re.sub(rb"(?m)^\.", b"..", text)
    return text if text.endswith(b"\r\n") else text + b"\r\n"


def _response(came: Came, code: int, said: bytes | str) -> Answer:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return Answer(came, code if code > 0 else None, " ".join(words.split())[:300])


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300]
