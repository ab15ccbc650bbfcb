"""Receivers on loopback that answer as told, and webhooks of Harbor's that call them."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from requests_app.actions import webhook_sending, webhooks
from requests_app.actions.handing import Swept
from requests_app.models import Webhook, WebhookDelivery
from requests_app.models.ids import public_id
from requests_app.models.visibility import SCHEDULE, viewing, viewing_as
from tests import builders
from tests.drills import post  # noqa: F401

ALL = tuple(Webhook.Kind.values)
FAST = replace(
    webhook_sending.TIMING,
    back_off=(timedelta(milliseconds=1),), send_again_after=timedelta(seconds=0), oracle_patience=timedelta(seconds=0),
)  # fmt: skip


@dataclass
class Heard:
    headers: dict[str, str]
    body: bytes
    path: str

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def id(self) -> str:
        return self.headers["x-records-delivery"]


Answer = Callable[[socket.socket], None]


def status(line: str, *headers: str, body: bytes = b"") -> Answer:
    head = "\r\n".join((f"HTTP/1.1 {line}", f"Content-Length: {len(body)}", *headers, "", ""))
    return lambda peer: peer.sendall(head.encode() + body)


OK = status("200 OK", body=b"thanks")


def hang(peer: socket.socket) -> None:
    time.sleep(5)


def drip(peer: socket.socket) -> None:
    for letter in "HTTP/1.1 200 OK\r\nX-Slow: " + "z" * 200:
        peer.sendall(letter.encode())
        time.sleep(0.05)


def ten_megabytes(peer: socket.socket) -> None:
    """A head that never ends."""
    peer.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(160):
        peer.sendall(b"z" * 65_536)


def nonsense(peer: socket.socket) -> None:
    peer.sendall(b"220 mail.example.org ESMTP\r\n\r\n")


def close(peer: socket.socket) -> None:
    """Heard, and gone without a word."""


@dataclass
class Receiver:
    answers: list[Answer] = field(default_factory=list)
    otherwise: Answer = OK
    heard: list[Heard] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?of=harbor"

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.heard]

    def take(self, peer: socket.socket) -> None:
        peer.settimeout(10)
        with peer, suppress(OSError):
            got = b""
            while b"\r\n\r\n" not in got:
                piece = peer.recv(65_536)
                if not piece:
                    return
                got += piece
            head, _, body = got.partition(b"\r\n\r\n")
            first, *lines = head.decode().split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            while len(body) < int(headers["content-length"]):
                body += peer.recv(65_536)
            self.heard.append(Heard(headers, body, first.split(" ")[1]))
            (self.answers.pop(0) if self.answers else self.otherwise)(peer)


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    receiver.port = int(listener.getsockname()[1])
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            with suppress(TimeoutError):
                peer, _ = listener.accept()
                threading.Thread(target=receiver.take, args=(peer,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        stop.set()
        thread.join()
        listener.close()


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    cache.clear()
    settings.WEBHOOK_LOOPBACK = True
    settings.WEBHOOK_SECONDS = 2.0


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver()) as one:
        yield one


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


def hook_of(
    cast: builders.Cast, url: str, kinds: tuple[str, ...] = ALL, form: str = "json", name: str = "Our program"
) -> tuple[Webhook, str]:
    with viewing_as(cast.olive) as viewer:
        return webhooks.make_webhook(
            viewer=viewer, organisation=cast.harbor, actor=cast.olive, name=name, url=url, form=form, kinds=kinds,
            once=public_id(),
        )  # fmt: skip


def test_of(cast: builders.Cast, hook: Webhook) -> None:
    with viewing_as(cast.olive) as viewer:
        webhooks.test_webhook(viewer=viewer, hook=hook, actor=cast.olive, once=public_id())


test_of.__test__ = False  # type: ignore[attr-defined]


def sweep(**given: Any) -> Swept:
    return webhook_sending.sweep(**{"timing": FAST, **given})


def rows(**filters: Any) -> list[WebhookDelivery]:
    with viewing(SCHEDULE):
        return list(WebhookDelivery.objects.filter(**filters).order_by("id"))


def again_at_once(cast: builders.Cast, hook: Webhook) -> None:
    """As if the time of waiting had passed: dates are moved, never the clock."""
    with viewing_as(cast.olive):
        Webhook.objects.filter(pk=hook.pk).update(waits_until=None)
        WebhookDelivery.objects.filter(state="planned").update(next_at="2020-01-01T00:00:00Z")
