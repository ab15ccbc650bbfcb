"""The scheduler's door to events that partners may log: lost, doubled or late, a tick changes nothing."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from requests_app.actions import jobs, proposal_logging
from requests_app.models.visibility import SCHEDULE, viewing


@shared_task(name="requests_app.tasks.proposals.sweep")
def sweep() -> None:
    counts = proposal_logging.log_due(timezone.now())
    with viewing(SCHEDULE):
        jobs.finished("proposals.sweep", counts)
