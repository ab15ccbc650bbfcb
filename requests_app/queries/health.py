"""How the schedule is: work done, not processes up. Answers hold times and yes or no, never counts or names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from requests_app.models import JobRun, SendingHold
from requests_app.models.visibility import SCHEDULE, viewing

# A job that has missed this many of its turns is not running.
TURNS = 4
LEAST_PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ScheduleHealth:
    """late_since: when the oldest waiting row should have gone out, if it waits over ten minutes."""

    late_since: datetime | None
    unplanned: bool
    held: bool
    stopped: tuple[str, ...]
    jobs: dict[str, dict[str, Any]]

    @property
    def well(self) -> bool:
        return self.late_since is None and not self.unplanned and not self.stopped


def schedule_health() -> ScheduleHealth:
    """A hold is a person's decision and no fault by itself; the rows that then wait show as late."""
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute("SELECT late_since, unplanned, now() FROM app_schedule_health()")
        late_since, unplanned, now = cursor.fetchone()
        runs = {run.job: run for run in JobRun.objects.all()}
        held = SendingHold.objects.filter(released_at=None).exists()
    periods = {
        "reminders.sweep": settings.REMINDER_SWEEP_SECONDS,
        "reminders.plan": settings.REMINDER_PLAN_SECONDS,
    }
    stopped = tuple(
        job
        for job, seconds in periods.items()
        if job in runs
        and now - runs[job].finished_at > max(LEAST_PATIENCE, timedelta(seconds=TURNS * seconds))
    )
    jobs: dict[str, dict[str, Any]] = {
        job: {"last_success": run.finished_at.isoformat()} for job, run in sorted(runs.items())
    }
    for job in periods:
        jobs.setdefault(job, {"last_success": None})
    mail = runs.get("mail.circuit")
    if mail is not None:
        jobs["mail.circuit"] = {"asked": mail.finished_at.isoformat(), "open": bool(mail.detail.get("open"))}
    return ScheduleHealth(late_since, unplanned, held, stopped, jobs)


def database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone()[0] == 1)
