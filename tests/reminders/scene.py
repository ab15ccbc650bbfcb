"""What the tests of the reminders share: a request with a clock, and mail servers that answer as told."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from foia_tracker.embedded import mailcatcher
from requests_app.actions import reminders
from requests_app.models import Deadline, Membership, Organisation, Person, RecordsRequest, Reminder
from requests_app.models.visibility import SCHEDULE, organisation_viewer, viewing
from tests import builders

UTC = dt.UTC


def at(text: str) -> dt.datetime:
    """An instant in UTC: at("2026-03-10 14:00")."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


def today() -> dt.date:
    """The day at the agency of the cast. Real time passes in these tests; dates are laid around it."""
    from zoneinfo import ZoneInfo

    return dt.datetime.now(ZoneInfo("America/Chicago")).date()


@contextmanager
def as_house(organisation: Organisation) -> Iterator[None]:
    with viewing(organisation_viewer(organisation.pk)):
        yield


def request_with_clock(
    cast: builders.Cast, *, request_fields: dict[str, Any] | None = None, **clock: Any
) -> tuple[RecordsRequest, Deadline]:
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency, **(request_fields or {}))
    with as_house(cast.harbor):
        return made, builders.deadline(made, **clock)


def plan(cast: builders.Cast, *requests: RecordsRequest, now: dt.datetime | None = None) -> reminders.Planned:
    with as_house(cast.harbor):
        return reminders.plan_for_requests([r.pk for r in requests], now=now, hurry=False)


def assign(request: RecordsRequest, person: Person | None) -> None:
    with viewing(organisation_viewer(request.organisation_id)):
        type(request.private).objects.filter(pk=request.pk).update(assignee=person)  # type: ignore[attr-defined]


def due_to_many(cast: builders.Cast, count: int) -> None:
    """So many lapses to be told, each in a mail of its own: to nobody so many that a digest would gather them."""
    made = [request_with_clock(cast, due_on=today() - dt.timedelta(days=2))[0] for _ in range(count)]
    for i in range(0, count, 10):
        editor = builders.person(f"Editor {i}")
        with viewing(organisation_viewer(cast.harbor.pk)):
            Membership.objects.create(organisation=cast.harbor, person=editor, role="editor")
        for request in made[i : i + 10]:
            assign(request, editor)
    plan(cast, *made)
    assert len(rows(state="planned")) == count


def move(deadline: Deadline, to: dt.date | None, **changes: Any) -> Deadline | None:
    """The date moves as `actions/deadlines` moves it: the old row is superseded and kept, a new one is added.

    to=None: the clock stands no more.
    """
    with viewing(organisation_viewer(deadline.organisation_id)):
        Deadline.objects.filter(pk=deadline.pk).update(superseded_at=dt.datetime.now(UTC))
        if to is None:
            return None
        fields = {
            "clock_key": deadline.clock_key, "owner": deadline.owner, "name": deadline.name,
            "opens_on": deadline.opens_on, "due_on": to,
        }  # fmt: skip
        return builders.deadline(deadline.request, **{**fields, **changes})


def rows(**filters: Any) -> list[Reminder]:
    with viewing(SCHEDULE):
        return list(Reminder.objects.filter(**filters).order_by("next_at", "id"))


def states() -> Counter[str]:
    return Counter(row.state for row in rows())


def journal(row: Reminder) -> list[str]:
    with viewing(SCHEDULE):
        return list(row.journal.order_by("id").values_list("step", flat=True))


# Mail servers ------------------------------------------------------------------------------------------------------


class SlowCatcher(mailcatcher.Catcher):
    """Keeps each mail, and says so `seconds` later."""

    port = 0

    def __init__(self, folder: Path, seconds: float) -> None:
        super().__init__(folder)
        self.seconds = seconds

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(self.seconds)
        return answer


@dataclass
class Sink:
    """A mail server on loopback. `answers` are given in turn to messages, then `otherwise`.

    stall: seconds it says nothing after a message that it has taken.
    """

    answers: list[str] = field(default_factory=list)
    otherwise: str = "250 kept"
    rcpt: Callable[[str], str | None] = lambda address: None
    stall: float = 0.0
    on_message: Callable[[], None] = lambda: None
    taken: list[EmailMessage] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt(address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.pop(0) if self.answers else self.otherwise
        self.on_message()
        if answer.startswith("2"):
            message = message_from_bytes(envelope.content or b"", policy=policy.default)
            assert isinstance(message, EmailMessage)
            message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
            self.taken.append(message)
        if self.stall:
            await asyncio.sleep(self.stall)
        return answer

    @property
    def ids(self) -> Counter[str]:
        return Counter(str(m["Message-ID"]) for m in self.taken)

    @property
    def to(self) -> list[str]:
        return sorted(str(m["To"]) for m in self.taken)


Server = TypeVar("Server", Sink, SlowCatcher)


@contextmanager
def serving(sink: Server) -> Iterator[Server]:
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    sink.port = controller.port
    try:
        yield sink
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def silent_server(script: bytes = b"", close_after_dot: bool = False) -> Iterator[int]:
    """A socket that greets with `script` and then says nothing, or breaks off right after the final dot."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    stop = threading.Event()
    kept: list[socket.socket] = []

    def serve() -> None:
        while not stop.is_set():
            try:
                peer, _ = listener.accept()
            except TimeoutError:
                continue
            kept.append(peer)
            if script:
                peer.sendall(script)
            if close_after_dot:
                _until_dot(peer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        stop.set()
        thread.join()
        for peer in kept:
            peer.close()
        listener.close()


def _until_dot(peer: socket.socket) -> None:
    peer.settimeout(5)
    seen, in_data = b"", False
    while True:
        got = peer.recv(65536)
        if not got:
            return
        seen += got
        if in_data:
            if seen.endswith(b"\r\n.\r\n"):
                peer.close()
                return
            continue
        while b"\r\n" in seen:
            line, seen = seen.split(b"\r\n", 1)
            in_data = line.upper() == b"DATA"
            peer.sendall(b"354 go on\r\n" if in_data else b"250 OK\r\n")
            if in_data:
                break
