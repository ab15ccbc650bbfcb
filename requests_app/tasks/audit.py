"""The scheduler's door to the seals of the audit. A tick carries nothing: lost, doubled or late, it changes nothing."""

from __future__ import annotations

from celery import shared_task

from requests_app.actions import audit_seals, jobs
from requests_app.models.visibility import SCHEDULE, viewing


@shared_task(name="requests_app.tasks.audit.seal")
def seal() -> None:
    counts = audit_seals.seal()
    with viewing(SCHEDULE):
        jobs.finished("audit.seal", counts)
