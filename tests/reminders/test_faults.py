"""Nothing lost, nothing doubled: real processes killed between each pair of steps, broken connections, many at once."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, connections

from requests_app.actions import reminders, sending
from requests_app.actions.reminder_policy import STANDARD_TIMING
from requests_app.models import SendAttempt
from requests_app.models.visibility import SCHEDULE, viewing
from requests_app.notices.catcher import FolderOracle
from tests import builders
from tests.drills import STEPS, arrived, in_threads, killed_at, until_quiet, worker

from .scene import Sink, assign, due_to_many, journal, plan, request_with_clock, rows, serving, states, today

pytestmark = [pytest.mark.committed, pytest.mark.fault]

PATIENCE = replace(
    STANDARD_TIMING,
    oracle_patience=dt.timedelta(seconds=1),
    send_again_after=dt.timedelta(seconds=1),
    back_off=(dt.timedelta(milliseconds=200),),
)


def due(cast: builders.Cast, count: int) -> None:
    made = [request_with_clock(cast, due_on=today() - dt.timedelta(days=2))[0] for _ in range(count)]
    for request in made:
        assign(request, cast.olive)
    plan(cast, *made)
    assert len(rows(state="planned")) == count


def sweep_until_quiet(oracle: Any, seconds: float = 20) -> None:
    until_quiet(lambda: sending.sweep(oracle=oracle, timing=PATIENCE), states, seconds)


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds} s: {states()}"
        time.sleep(0.01)


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_any_step_loses_and_doubles_nothing(
    cast: builders.Cast, post: Any, step: str
) -> None:
    due(cast, 3)
    killed_at("reminders", step, post.port, "--oracle", str(post.folder_new))
    sweep_until_quiet(FolderOracle(post.folder_new))
    assert states() == {"sent": 3}
    assert arrived(post) == {f"<{row.message_id}>": 1 for row in rows()}
    assert {row.outcome for row in rows()} <= {"accepted", "found in the mail server's folder"}


def test_without_an_oracle_a_lost_mark_is_one_possible_duplicate_and_says_so(
    cast: builders.Cast, post: Any
) -> None:
    due(cast, 2)
    killed_at("reminders", "answered", post.port)
    sweep_until_quiet(None)
    assert states() == {"sent": 2}
    assert sorted(arrived(post).values()) == [1, 2]
    doubled = [row for row in rows() if arrived(post)[f"<{row.message_id}>"] == 2]
    assert [row.outcome for row in doubled] == ["sent again: possible duplicate"]
    assert "again" in journal(doubled[0])


def test_workers_killed_at_random_lose_and_double_nothing(
    cast: builders.Cast, post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    due_to_many(cast, 120)
    swift = post.handle_DATA

    async def slow(*given: Any) -> str:
        # A busy server: the kills come while there is something left to do.
        await asyncio.sleep(0.2)
        return str(await swift(*given))

    monkeypatch.setattr(post, "handle_DATA", slow)
    chance = random.Random(20260309)
    crew = [worker("reminders", post.port, "--loop", "--oracle", str(post.folder_new)) for _ in range(2)]
    try:
        for _ in range(8):
            # Killed while it holds rows, however slow the machine is.
            until(lambda: states()["claimed"] > 0 or not states()["planned"])
            time.sleep(chance.uniform(0, 0.1))
            victim = crew.pop(chance.randrange(len(crew)))
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            crew.append(worker("reminders", post.port, "--loop", "--oracle", str(post.folder_new)))
    finally:
        for process in crew:
            process.kill()
            process.wait()
    sweep_until_quiet(FolderOracle(post.folder_new), seconds=40)
    with viewing(SCHEDULE):
        assert SendAttempt.objects.filter(step="rescued").count() >= 3, "the kills came too late to hurt"
    assert states() == {"sent": 120}
    assert arrived(post) == {f"<{row.message_id}>": 1 for row in rows()}


def test_sweeps_at_one_instant_send_each_mail_once(cast: builders.Cast, mail_server: Any) -> None:
    due_to_many(cast, 40)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        together = threading.Barrier(4)

        def one() -> int:
            together.wait()
            return sending.sweep(oracle=None, timing=replace(PATIENCE, batch=3)).sent

        sent = in_threads(one, one, one, one)
        # What one of them had in hand while another gathered is for the next sweep.
        assert sum(sent) + sending.sweep(oracle=None, timing=PATIENCE).sent == 40
    assert set(sink.ids.values()) == {1}
    assert len(sink.ids) == 40


def test_planners_and_an_act_at_one_instant_plan_each_row_once(cast: builders.Cast) -> None:
    now = dt.datetime.now(dt.UTC)
    together = threading.Barrier(4)

    def everything() -> int:
        together.wait()
        try:
            return reminders.plan_everything(now=now).added
        except reminders.PlanIncomplete:
            return 0  # it gave way to the others; its next turn finds nothing to do

    for turn in range(1, 6):
        made = [request_with_clock(cast, due_on=today() + dt.timedelta(days=2))[0] for _ in range(20)]

        def act(made: list[Any] = made) -> int:
            together.wait()
            return plan(cast, *made).added

        assert sum(in_threads(everything, everything, act, act)) == 40
        assert len(rows()) == 40 * turn


def test_two_sweeps_leave_a_live_workers_rows_alone(cast: builders.Cast, post: Any) -> None:
    due(cast, 1)
    process = worker("reminders", post.port, "--stop-at", "handed over", "--oracle", str(post.folder_new))
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "handed over"
        assert sending.sweep(oracle=FolderOracle(post.folder_new), timing=PATIENCE) == sending.Swept()
        assert states() == {"claimed": 1}
    finally:
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]


def _end_backends(condition: str) -> None:
    """As a restart of the database does: the connections are gone."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT current_database()")
        name = cursor.fetchone()[0]
    import psycopg2

    admin = psycopg2.connect(os.environ["TEST_SUPERUSER_URL"])
    try:
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND {condition}",
                [name],
            )
    finally:
        admin.close()


def test_the_database_restarts_between_acceptance_and_mark(cast: builders.Cast, post: Any) -> None:
    due(cast, 1)

    def restart(step: str) -> None:
        if step == "answered":
            _end_backends("usename = 'foia_web'")

    assert sending.sweep(oracle=None, watch=restart).sent == 1
    connection.close()
    assert [(r.state, r.outcome) for r in rows()] == [("sent", "accepted")]
    assert sum(arrived(post).values()) == 1


def test_a_worker_whose_lock_broke_sends_nothing(cast: builders.Cast, post: Any) -> None:
    due(cast, 2)

    def break_lock(step: str) -> None:
        if step == "connected":
            _end_backends("pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')")

    assert sending.sweep(oracle=None, watch=break_lock) == sending.Swept()
    assert arrived(post) == {}
    sweep_until_quiet(None)
    assert states() == {"sent": 2}
    assert set(arrived(post).values()) == {1}


def test_a_451_that_lasts_and_then_ends_loses_nothing(cast: builders.Cast, mail_server: Any) -> None:
    due(cast, 5)
    with serving(Sink(answers=["451 later"] * 25)) as sink:
        mail_server(sink.port)
        sweep_until_quiet(None)
    assert states() == {"sent": 5}
    assert sorted(sink.ids.values()) == [1] * 5
