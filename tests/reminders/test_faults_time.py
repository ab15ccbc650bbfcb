"""Time that passed unwatched, and clocks that are wrong: the data's dates are moved, never the machine's clock."""

from __future__ import annotations

import datetime as dt
import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from requests_app.actions import claims, digests, sending
from requests_app.actions.liveness import alive
from requests_app.actions.reminder_policy import STANDARD_TIMING
from requests_app.models import JobRun, Reminder
from requests_app.models.visibility import SCHEDULE, viewing
from requests_app.notices.catcher import FolderOracle
from tests import builders
from tests.drills import arrived, worker

from .scene import assign, journal, plan, request_with_clock, rows, states, today
from .test_celery import around, beat, until
from .test_celery import worker as celery_worker
from .test_faults import PATIENCE, due, sweep_until_quiet

pytestmark = [pytest.mark.committed, pytest.mark.fault]

__all__ = ["around"]


def passes(**given: float) -> None:
    """So much time goes by for every row."""
    step = dt.timedelta(**given)
    with viewing(SCHEDULE):
        for row in Reminder.objects.all():
            Reminder.objects.filter(pk=row.pk).update(
                **{
                    name: getattr(row, name) - step
                    for name in ("next_at", "created_at", "claimed_at", "handed_over_at")
                    if getattr(row, name) is not None
                }
            )
        for run in JobRun.objects.all():
            JobRun.objects.filter(pk=run.pk).update(finished_at=run.finished_at - step)


def test_a_beat_that_was_absent_for_three_days_is_red_and_then_makes_good(
    cast: builders.Cast, post: Any, around: dict[str, str], tmp_path: Any
) -> None:
    sending.sweep_and_note(oracle=None)
    due(cast, 5)
    assert Client().get("/healthz/reminders").status_code == 200
    passes(days=3)
    red = Client().get("/healthz/reminders")
    assert red.status_code == 503
    assert red.json()["late_since"] is not None
    assert red.json()["stopped"] == ["reminders.sweep"]
    environment = {**around, "EMAIL_URL": f"smtp://127.0.0.1:{post.port}"}
    with beat(environment, tmp_path / "beat"), celery_worker(environment):
        # The planner writes down the repeats of next week meanwhile.
        until(lambda: states()["sent"] == 5, seconds=90)
    assert set(arrived(post).values()) == {1}
    assert Client().get("/healthz/reminders").status_code == 200


@pytest.mark.parametrize("hours", [25, -25])
def test_a_database_clock_that_leaps_strands_and_doubles_nothing(
    cast: builders.Cast, post: Any, hours: int
) -> None:
    due(cast, 4)
    process = worker("reminders", post.port, "--stop-at", "dot", "--oracle", str(post.folder_new))
    assert process.stdout is not None
    try:
        assert process.stdout.readline().strip() == "dot"
        passes(hours=hours)
        # The worker lives, whatever the clock says: nobody takes its rows.
        assert sending.sweep(oracle=FolderOracle(post.folder_new), timing=PATIENCE).rescued == 0
        assert states()["claimed"] > 0
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    passes(hours=-hours)
    sweep_until_quiet(FolderOracle(post.folder_new))
    assert arrived(post) == {f"<{row.message_id}>": 1 for row in rows()}


def put_back_after_a_451(pk: int) -> None:
    with alive() as life:
        (one,) = claims.REMINDERS.claim(life, 1)
        passes(hours=25)
        claims.REMINDERS.put_back([one], why="451 later", count_attempt=True, wait=dt.timedelta(minutes=1))


def rescued_from_its_third_dead_worker(pk: int) -> None:
    with viewing(SCHEDULE):
        Reminder.objects.filter(pk=pk).update(
            state="claimed", owner_key=1, attempts=3, claimed_at=timezone.now()
        )
    passes(hours=25)
    assert claims.REMINDERS.rescue(STANDARD_TIMING) == 1


def tried_anew_by_a_person(pk: int) -> None:
    with viewing(SCHEDULE):
        Reminder.objects.filter(pk=pk).update(state="failed", claimed_at=timezone.now())
    passes(hours=25)
    with viewing(SCHEDULE):
        assert claims.REMINDERS.revive(pk) is not None


@pytest.mark.parametrize(
    "put_back", [put_back_after_a_451, rescued_from_its_third_dead_worker, tried_anew_by_a_person]
)
def test_what_was_claimed_before_the_clock_leapt_ahead_and_put_back_meanwhile_goes_out_once_it_is_right(
    cast: builders.Cast, post: Any, put_back: Callable[[int], None]
) -> None:
    due(cast, 1)
    digests.gather()
    put_back(rows()[0].pk)
    passes(hours=-25)
    assert sending.sweep(oracle=None).sent == 1
    assert set(arrived(post).values()) == {1}


@pytest.mark.parametrize("days", ["1", "-1"])
def test_a_worker_whose_clock_is_wrong_by_a_day_sends_what_is_due_and_only_that(
    cast: builders.Cast, post: Any, days: str
) -> None:
    due(cast, 2)
    later, _ = request_with_clock(cast, due_on=today())
    assign(later, cast.olive)
    plan(cast, later)
    assert len(rows()) == 3
    process = worker("reminders", post.port, "--clock-off-by-days", days, "--oracle", str(post.folder_new))
    assert process.stdout is not None
    assert process.wait(60) == 0
    process.stdout.close()
    assert states() == {"sent": 2, "planned": 1}
    assert sum(arrived(post).values()) == 2
    assert all((row.sent_at - row.claimed_at) < dt.timedelta(hours=1) for row in rows(state="sent"))  # type: ignore[operator]
    assert journal(rows(state="sent")[0]) == ["claimed", "handed over", "accepted"]
