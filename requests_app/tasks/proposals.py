"""The scheduler's door to proposals: events that partners may log, and files that were not accepted. Lost, doubled or
late, a tick changes nothing."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from requests_app.actions import jobs, proposal_files, proposal_logging
from requests_app.models.visibility import SCHEDULE, viewing


@shared_task(name="requests_app.tasks.proposals.sweep")
def sweep() -> None:
    counts = proposal_logging.log_due(timezone.now()) | {"dropped": proposal_files.drop_due()}
    with viewing(SCHEDULE):
        jobs.finished("proposals.sweep", counts)
