"""Door for the scheduler: the open data is made each night, and anew as soon as something of it is public no more."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from requests_app.actions import jobs, open_data
from requests_app.models.visibility import SCHEDULE, viewing

HOUR = 3_600


# Taken off the queue before it begins: one that takes long is not begun a second time beside itself.
@shared_task(name=open_data.WORK, acks_late=False, soft_time_limit=HOUR, time_limit=HOUR + 60)
def sweep() -> None:
    now = timezone.now()
    made = open_data.make(now) if open_data.is_due(now) else 0
    with viewing(SCHEDULE):
        jobs.finished("open_data.sweep", {"made": made})
