"""The scheduler's door to the letters. A tick carries nothing: lost, doubled or late, it changes nothing."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from requests_app.actions import automatic_follow_ups, jobs, letter_sending


@shared_task(name="requests_app.tasks.letters.sweep")
def sweep() -> None:
    letter_sending.sweep_and_note()


@shared_task(name="requests_app.tasks.letters.nudge")
def nudge() -> None:
    letter_sending.sweep_and_note()


@shared_task(name="requests_app.tasks.letters.follow_ups")
def follow_ups() -> None:
    jobs.finished("letters.follow_ups", {"queued": automatic_follow_ups.run(now=timezone.now())})
