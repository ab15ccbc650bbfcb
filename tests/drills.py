"""What the fault drills of every queue share: real workers that are killed, the mail that arrived, many at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from foia_tracker.embedded import mailcatcher, place
from tests.reminders.scene import serving

STEPS = ("claimed", "connected", "handed over", "data", "dot", "answered", "marked")
OPEN = {"planned", "claimed", "unknown"}


@pytest.fixture
def post(tmp_path: Path, mail_server: Callable[..., None]) -> Iterator[Any]:
    """The mail catcher of a first run: its folder is the oracle, and the count of what arrived."""
    mailcatcher.prepare(tmp_path)
    with serving(mailcatcher.Catcher(tmp_path)) as sink:  # type: ignore[arg-type]
        sink.folder_new = tmp_path / "new"  # type: ignore[attr-defined]
        mail_server(sink.port)
        yield sink


def arrived(post: Any, header: str = "Message-ID") -> Counter[str]:
    """How often each mail lies in the folder, by what a header of it says."""
    return Counter(str(message_from_bytes(p.read_bytes())[header]) for p in post.folder_new.glob("*.eml"))


def worker(queue: str, port: int, *arguments: str) -> subprocess.Popen[str]:
    """A process of its own on this test's database, sweeping the queue and mailing to the port."""

    def url(alias: str) -> str:
        given = connections[alias].settings_dict
        return (
            f"postgresql://{given['USER']}@/{given['NAME']}?host={given['HOST']}&port={given['PORT'] or 5432}"
        )

    environment = {
        **os.environ,
        "DATABASE_URL": url("default"), "DATABASE_DIRECT_URL": url("direct"), "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "FOIA_SMTP_TIMEOUT_SECONDS": "3", "FOIA_WEBHOOK_LOOPBACK": "yes",
    }  # fmt: skip
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.worker", queue, *arguments],
        cwd=place.REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert started.stdout is not None
    assert started.stdout.readline().strip() == "ready"
    return started


def killed_at(queue: str, step: str, port: int, *arguments: str) -> None:
    process = worker(queue, port, "--stop-at", step, *arguments)
    assert process.stdout is not None
    try:
        assert process.stdout.readline().strip() == step
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()


def until_quiet(sweep: Callable[[], object], states: Callable[[], Mapping[str, int]], seconds: float) -> None:
    """Sweep until no row is open any more."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        sweep()
        if not OPEN & set(states()):
            return
        time.sleep(0.2)
    pytest.fail(f"still open after {seconds} s: {states()}")


def in_threads(*work: Callable[[], Any]) -> list[Any]:
    """Everything at one instant; the first that raised raises here."""
    answers: list[Any] = [None] * len(work)

    def run(i: int, one: Callable[[], Any]) -> None:
        try:
            answers[i] = one()
        except Exception as error:
            answers[i] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers
