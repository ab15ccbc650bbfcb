"""The scheduler's door, the operator's door, and the nudge between an act and a worker."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
import time
from io import StringIO
from typing import Any

import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.utils import timezone
from kombu import pools

from foia_tracker.embedded import place
from requests_app.actions import nudge
from requests_app.models import JobRun, SendingHold
from requests_app.tasks import reminders as tasks
from tests import builders

from .scene import (
    Sink,
    as_house,
    assign,
    free_port,
    plan,
    request_with_clock,
    rows,
    serving,
    silent_server,
    states,
    today,
)

pytestmark = pytest.mark.django_db(databases=["default", "direct"])


@pytest.fixture
def lapsed(cast: builders.Cast) -> Any:
    request, deadline = request_with_clock(cast, due_on=today() - dt.timedelta(days=2))
    assign(request, cast.olive)
    return deadline


def test_the_tasks_are_known_under_the_names_the_schedule_uses(settings: Any) -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} | {nudge.REMINDERS}
    assert scheduled <= set(current_app.tasks)


def test_a_tick_that_waits_out_its_period_expires(settings: Any) -> None:
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["options"]["expires"] < entry["schedule"]
    assert settings.CELERY_BEAT_SCHEDULE["reminders-sweep"]["schedule"] == 30
    assert settings.CELERY_BEAT_SCHEDULE["reminders-plan"]["schedule"] == 300


def test_the_plan_task_finds_what_no_act_planned_and_the_sweep_sends_it(lapsed: Any, mailoutbox: Any) -> None:
    tasks.plan()
    assert states() == {"planned": 1}
    tasks.sweep()
    assert len(mailoutbox) == 1
    assert JobRun.objects.get(job="reminders.plan").detail == {"added": 1, "moved": 0, "cancelled": 0}
    assert JobRun.objects.get(job="reminders.sweep").detail == {"sent": 1}


def test_a_job_that_fails_leaves_its_last_success_standing(lapsed: Any, monkeypatch: Any) -> None:
    tasks.sweep()
    before = JobRun.objects.get(job="reminders.sweep").finished_at

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no disk")

    monkeypatch.setattr("requests_app.actions.claims.Queue.claim", broken)
    with pytest.raises(RuntimeError):
        tasks.sweep()
    assert JobRun.objects.get(job="reminders.sweep").finished_at == before


def test_the_command_plans_and_sends_once_and_says_what(lapsed: Any, mailoutbox: Any) -> None:
    said = StringIO()
    call_command("send_due", stdout=said)
    assert said.getvalue() == "sent 1\n"
    assert len(mailoutbox) == 1


def test_the_command_says_why_nothing_went_out(lapsed: Any, mail_server: Any) -> None:
    mail_server(free_port())
    said = StringIO()
    call_command("send_due", stdout=said)
    assert said.getvalue().startswith("The mail server takes nothing: down: ")
    SendingHold.objects.create(reason="restored")
    said = StringIO()
    call_command("send_due", stdout=said)
    assert said.getvalue() == "A sending hold stands: nothing was sent.\n"
    with pytest.raises(CommandError, match="from 1 to 3600"):
        call_command("send_due", "--every", "0")


@pytest.mark.committed
@pytest.mark.fault
@pytest.mark.parametrize("broker", ["dead", "frozen"])
def test_with_a_dead_or_frozen_broker_the_act_stands_and_the_sweep_sends(
    cast: builders.Cast, mailoutbox: Any, monkeypatch: Any, broker: str
) -> None:
    with silent_server() as frozen:
        _act_without_a_broker(cast, monkeypatch, free_port() if broker == "dead" else frozen)
    assert states() == {"planned": 1}
    tasks.sweep()
    assert len(mailoutbox) == 1


def _act_without_a_broker(cast: builders.Cast, monkeypatch: Any, port: int) -> None:
    request, _ = request_with_clock(cast, due_on=today() - dt.timedelta(days=2))
    assign(request, cast.olive)

    def hang_up() -> None:
        current_app.amqp._producer_pool = None
        # Kombu keeps each pool under its address for the life of the process: a closed one would be handed out again.
        pools.reset()
        current_app._pool = None

    try:
        with monkeypatch.context() as dead:
            # In this order: without one of its own, the address to write to reads as the other, and would be put
            # back as that.
            dead.setattr(current_app.conf, "broker_write_url", f"redis://127.0.0.1:{port}/0")
            dead.setattr(current_app.conf, "broker_url", f"redis://127.0.0.1:{port}/0")
            hang_up()
            from requests_app.actions import reminders

            with as_house(cast.harbor):
                reminders.plan_for_requests([request.pk])
    finally:
        # Only now, with the address of the living one back: no later test meets a line to the dead.
        hang_up()


def test_a_nudge_is_published_after_the_commit_and_only_then(
    lapsed: Any, cast: builders.Cast, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    published: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda task, **_: published.append(task))
    from requests_app.actions import reminders

    with django_capture_on_commit_callbacks(execute=True):
        with as_house(cast.harbor):
            reminders.plan_for_requests([lapsed.request_id])
        assert published == []
    assert published == [nudge.REMINDERS]

    later, _ = request_with_clock(cast, due_on=today() + dt.timedelta(days=9))
    with django_capture_on_commit_callbacks(execute=True), as_house(cast.harbor):
        reminders.plan_for_requests([later.pk])
    assert published == [nudge.REMINDERS], "nothing is due, so nobody is woken"


def test_what_goes_wrong_in_a_broker_fails_no_act(
    lapsed: Any, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    def broken(task: str, **_: Any) -> None:
        raise ConnectionRefusedError(111, "nobody there")

    monkeypatch.setattr(current_app, "send_task", broken)
    with django_capture_on_commit_callbacks(execute=True) as callbacks, transaction.atomic():
        nudge.worker_should_look()
    assert len(callbacks) == 1


@pytest.mark.committed
@pytest.mark.fault
def test_the_loop_sends_without_redis_and_stops_when_told(cast: builders.Cast) -> None:
    request, _ = request_with_clock(cast, due_on=today() - dt.timedelta(days=2))
    assign(request, cast.olive)
    given = connections["default"].settings_dict
    url = f"postgresql://{given['USER']}@/{given['NAME']}?host={given['HOST']}&port={given['PORT'] or 5432}"
    with serving(Sink()) as sink, socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DATABASE_DIRECT_URL": url,
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "REDIS_URL": f"redis://127.0.0.1:{nobody.getsockname()[1]}/0",
        }
        loop = [subprocess.Popen(
            [sys.executable, "manage.py", "send_due", "--loop", "--every", "1"],
            cwd=place.REPOSITORY, env=environment, stdout=subprocess.DEVNULL,
        ) for _ in range(2)]  # fmt: skip
        try:
            until = time.monotonic() + 90
            while time.monotonic() < until and not states()["sent"]:
                time.sleep(0.1)
            time.sleep(1.5)
        finally:
            for process in loop:
                process.send_signal(signal.SIGTERM)
            codes = [process.wait(20) for process in loop]
    assert codes == [0, 0]
    assert list(sink.ids.values()) == [1]
    first, *later = rows()
    assert (first.state, first.recipient_id) == ("sent", cast.olive.pk)
    # The loop that looks second may find the first one sent, and plan the one that follows it.
    assert all(row.state == "planned" and row.next_at > timezone.now() for row in later)


def test_planning_is_asked_of_the_databases_clock_when_no_instant_is_given(
    cast: builders.Cast, lapsed: Any
) -> None:
    assert plan(cast, lapsed.request, now=None).added == 1
