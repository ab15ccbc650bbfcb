"""The scheduler's door to the statistics: what the public sees differently since is counted again."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from requests_app.actions import jobs, statistics
from requests_app.models.visibility import SCHEDULE, viewing

CHUNKS = 20


@shared_task(name="requests_app.tasks.statistics.sweep")
def sweep() -> None:
    counted = statistics.refresh(CHUNKS)
    kept = statistics.keep(timezone.now())
    with viewing(SCHEDULE):
        jobs.finished("statistics.sweep", {"counted": counted, "kept": len(kept)})
