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


@shared_task(name="requests_app.tasks.reminders.replan")
def replan(organisation_id: int) -> None:
    """Somebody changed the rules of many requests. Lost, the next `plan` does the same."""
    reminders.plan_organisation(organisation_id, now=timezone.now())
