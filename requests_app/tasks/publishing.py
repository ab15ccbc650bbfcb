"""The scheduler's door to embargoes: warnings, their mails, and what publishes itself."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from requests_app.actions import break_glass, embargo_mail, embargoes, jobs
from requests_app.models.visibility import SCHEDULE, viewing


@shared_task(name="requests_app.tasks.publishing.sweep")
def sweep() -> None:
    counts = embargoes.sweep(timezone.now())
    counts |= embargo_mail.send_due()
    counts |= break_glass.send_due()
    with viewing(SCHEDULE):
        jobs.finished("publishing.sweep", counts)
