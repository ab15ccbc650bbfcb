"""The scheduler's door to the reminders. A tick carries nothing: lost, doubled or late, it changes nothing."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from requests_app.actions import jobs, reminders, sending


@shared_task(name="requests_app.tasks.reminders.sweep")
def sweep() -> None:
    sending.sweep_and_note()


@shared_task(name="requests_app.tasks.reminders.nudge")
def nudge() -> None:
    sending.sweep_and_note()


@shared_task(name="requests_app.tasks.reminders.plan")
def plan() -> None:
    planned = reminders.plan_everything(now=timezone.now())
    jobs.finished(
        "reminders.plan",
        {"added": planned.added, "moved": planned.moved, "cancelled": planned.cancelled},
    )
