"""The whole path with real processes: commit, nudge, Redis, a Celery worker, SMTP; and every door at one instant."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.db import connections

from foia_tracker.embedded import mailcatcher, place
from requests_app.actions import reminders
from requests_app.models import JobRun
from tests import builders

from .scene import (
    Sink,
    SlowCatcher,
    as_house,
    assign,
    due_to_many,
    plan,
    request_with_clock,
    rows,
    serving,
    states,
    today,
)

pytestmark = [pytest.mark.committed, pytest.mark.fault]


@pytest.fixture
def around(tmp_path: Path) -> dict[str, str]:
    """The environment of a process that works on this test's database, with a queue and a beat of its own."""
    given = connections["default"].settings_dict
    url = f"postgresql://{given['USER']}@/{given['NAME']}?host={given['HOST']}&port={given['PORT'] or 5432}"
    return {
        **os.environ, "DATABASE_URL": url, "DATABASE_DIRECT_URL": url, "FOIA_REMINDER_SWEEP_SECONDS": "1",
        "FOIA_REMINDER_PLAN_SECONDS": "2", "FOIA_SMTP_TIMEOUT_SECONDS": "5", "FOIA_LOG_LEVEL": "WARNING",
    }  # fmt: skip


@contextlib.contextmanager
def running(environment: dict[str, str], *command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, *command], cwd=place.REPOSITORY, env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def worker(environment: dict[str, str]) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    return running(
        environment,
        "-m",
        "celery",
        "-A",
        "foia_tracker",
        "worker",
        "--concurrency",
        "2",
        "--loglevel",
        "ERROR",
    )


def beat(
    environment: dict[str, str], schedule: Path
) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    return running(
        environment,
        "-m",
        "celery",
        "-A",
        "foia_tracker",
        "beat",
        "--schedule",
        str(schedule),
        "--loglevel",
        "ERROR",
    )


def until(true: Any, seconds: float = 25, ring: bool = False) -> None:
    """ring: knock every second. A tick may be lost, or be taken by a worker of another test on the same Redis."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ring:
            current_app.send_task("requests_app.tasks.reminders.sweep", expires=5)
        for _ in range(10):
            if true():
                return
            time.sleep(0.1)
    pytest.fail(f"not within {seconds} s: {states()}")


def rested() -> None:
    """No sweep that was rung for runs any more: it may have looked before what comes, and hold it for a moment."""
    before, last = None, rung()
    while last != before:
        time.sleep(2)
        before, last = last, rung()


def rung() -> Any:
    return JobRun.objects.filter(job="reminders.sweep").values_list("finished_at", flat=True).first()


def test_an_act_that_makes_a_mail_due_is_felt_at_once(cast: builders.Cast, around: dict[str, str]) -> None:
    with serving(Sink()) as sink, worker({**around, "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}):
        until(lambda: JobRun.objects.filter(job="reminders.sweep").exists(), ring=True)
        rested()
        request, _ = request_with_clock(cast, due_on=today() - dt.timedelta(days=2))
        assign(request, cast.olive)
        with as_house(cast.harbor):
            reminders.plan_for_requests([request.pk])
        until(lambda: states() == {"sent": 1})  # no beat runs here: it was the nudge
    assert list(sink.ids.values()) == [1]


def test_a_whole_worker_killed_while_the_mail_server_is_silent_loses_nothing(
    cast: builders.Cast, around: dict[str, str], tmp_path: Path
) -> None:
    request, _ = request_with_clock(cast, due_on=today() - dt.timedelta(days=2))
    assign(request, cast.olive)
    plan(cast, request)
    mailcatcher.prepare(tmp_path)
    kept = tmp_path / "new"

    with serving(SlowCatcher(tmp_path, 4)) as sink:
        environment = {
            **around,
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "MAIL_CATCHER_DIR": str(tmp_path),
        }
        with worker(environment) as process:
            until(lambda: list(kept.glob("*.eml")), ring=True)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert states() == {"claimed": 1}
        with worker(environment):
            until(lambda: states() == {"sent": 1}, seconds=40, ring=True)
    assert len(list(kept.glob("*.eml"))) == 1
    assert rows()[0].outcome == "found in the mail server's folder"


def test_two_beats_two_workers_and_the_loop_at_one_instant_are_harmless(
    cast: builders.Cast, around: dict[str, str], tmp_path: Path
) -> None:
    due_to_many(cast, 40)
    with serving(Sink()) as sink:
        environment = {**around, "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}
        with (
            beat(environment, tmp_path / "one"),
            beat(environment, tmp_path / "two"),
            worker(environment),
            worker(environment),
            running(environment, "manage.py", "send_due", "--loop", "--every", "1"),
        ):
            until(lambda: states()["sent"] == 40, seconds=60)
            time.sleep(3)
    assert sorted(sink.ids.values()) == [1] * 40
