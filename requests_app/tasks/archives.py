"""Door for the scheduler: full copies are made in bounded steps, and old ones go."""

from __future__ import annotations

import time

from celery import shared_task

from requests_app.actions import archives, jobs
from requests_app.models.visibility import SCHEDULE, viewing

STEP_SECONDS = 50.0


@shared_task(name=archives.WORK)
def work(organisation_id: int, archive_id: int) -> None:
    until = time.monotonic() + STEP_SECONDS
    if archives.work(
        organisation_id=organisation_id, archive_id=archive_id, go_on=lambda: time.monotonic() < until
    ):
        work.delay(organisation_id, archive_id)


@shared_task
def sweep() -> None:
    """Go on with whatever a killed worker or a lost message has left; throw away what is older than a week."""
    waiting = gone = 0
    for organisation_id, archive_id in archives.organisations_with_work():
        gone += archives.clear(organisation_id)
        if archive_id:
            waiting += 1
            work.delay(organisation_id, archive_id)
    with viewing(SCHEDULE):
        jobs.finished("archives.sweep", {"waiting": waiting, "gone": gone})
