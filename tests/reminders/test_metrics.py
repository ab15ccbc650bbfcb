"""/metrics and the dead-man ping: numbers for whoever watches, to nobody else, and no sweep waits for them."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from requests_app.actions import jobs, sending
from requests_app.models import Reminder, SendingHold
from requests_app.models.visibility import SCHEDULE, viewing
from requests_app.notices import ping
from tests import builders

from .scene import assign, free_port, plan, request_with_clock, silent_server, states, today

pytestmark = pytest.mark.django_db(databases=["default", "direct"])
TOKEN = "0123456789abcdef0123"


@pytest.fixture
def lapsed(cast: builders.Cast) -> Any:
    request, deadline = request_with_clock(cast, due_on=today() - dt.timedelta(days=2))
    assign(request, cast.olive)
    plan(cast, request)
    return deadline


def numbers(**headers: str) -> dict[tuple[str, ...], float]:
    answer = Client().get("/metrics", headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.status_code
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_the_numbers_say_what_waits_and_what_was_given_up(cast: builders.Cast, lapsed: Any) -> None:
    found = numbers()
    assert found["tracker_outgoing_rows", "reminder", "due"] == 1
    assert found["tracker_outgoing_rows", "reminder", "failed"] == 0
    assert found["tracker_outgoing_oldest_due_timestamp_seconds", "reminder"] > 0
    assert found["tracker_reminders_well",] == 1
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    with viewing(SCHEDULE):
        Reminder.objects.update(next_at=long_ago, created_at=long_ago)
    jobs.finished("reminders.sweep", {})
    jobs.note_mail("down: 421 busy", asked=True)
    SendingHold.objects.create(reason="secret words")
    found = numbers()
    assert found["tracker_reminders_well",] == 0
    assert found["tracker_reminders_late",] == 1
    assert found["tracker_mail_circuit_open",] == 1
    assert found["tracker_sending_held",] == 1
    assert found["tracker_job_last_success_timestamp_seconds", "reminders.sweep"] > 0
    with viewing(SCHEDULE):
        Reminder.objects.update(state="failed")
    assert numbers()["tracker_outgoing_rows", "reminder", "failed"] == 1


def test_to_others_there_is_nothing_at_the_address(settings: Any) -> None:
    client = Client()
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404
    settings.TRUSTED_PROXIES = 1
    assert client.get("/metrics").status_code == 404, "behind a proxy everybody comes from this machine"


def test_with_a_token_the_token_decides_and_nothing_else(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    settings.TRUSTED_PROXIES = 1
    assert numbers(Authorization=f"Bearer {TOKEN}")["tracker_database_up",] == 1
    client = Client()
    for wrong in ("", f"Bearer {TOKEN}x", TOKEN, f"bearer {TOKEN}", "Bearer é"):
        assert client.get("/metrics", headers={"Authorization": wrong}).status_code == 404
    assert client.get("/metrics").status_code == 404


def test_without_a_database_the_numbers_say_so(monkeypatch: Any) -> None:
    from django.db import OperationalError

    def gone(*_: Any) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr("requests_app.queries.operation.viewing", gone)
    assert numbers() == {("tracker_database_up",): 0}


# The ping ----------------------------------------------------------------------------------------------------------


@contextmanager
def watcher(status: int = 200) -> Iterator[Any]:
    heard: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """The test says what was heard."""

    server = HTTPServer(("127.0.0.1", 0), Ear)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def wait_for_ping() -> None:
    for thread in threading.enumerate():
        if thread.name == "ping":
            thread.join(20)


def test_each_completed_sweep_gives_a_sign_of_life(cast: builders.Cast, settings: Any) -> None:
    with watcher() as (port, heard):
        settings.PING_URL = f"http://127.0.0.1:{port}/alive/4f2a"
        for _ in range(2):
            sending.sweep_and_note(oracle=None)
            wait_for_ping()
    assert heard == ["/alive/4f2a"] * 2


def test_while_no_mail_can_leave_the_watcher_hears_nothing(
    cast: builders.Cast, lapsed: Any, settings: Any, mail_server: Any
) -> None:
    with watcher() as (port, heard):
        settings.PING_URL = f"http://127.0.0.1:{port}/alive"
        mail_server(free_port())
        assert sending.sweep_and_note(oracle=None).down
        wait_for_ping()
    assert heard == []


def test_a_redirect_is_not_followed(settings: Any) -> None:
    with watcher(status=302) as (port, heard):
        settings.PING_URL = f"http://127.0.0.1:{port}/alive"
        ping.sweep_completed()
        wait_for_ping()
    assert heard == ["/alive"]


def test_a_watcher_that_says_nothing_holds_up_no_sweep(
    cast: builders.Cast, lapsed: Any, settings: Any, mailoutbox: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(ping, "SECONDS", 1.0)
    with silent_server() as port:
        settings.PING_URL = f"http://127.0.0.1:{port}/alive"
        sending.sweep_and_note(oracle=None)
        assert states() == {"sent": 1}
        assert [one.name for one in threading.enumerate()].count("ping") == 1, "it still waits, and we went on"
        assert ping.sweep_completed() is None, "one call at a time"
        wait_for_ping()
    assert ping._at_work.acquire(blocking=False), "and the next may call again"
    ping._at_work.release()
