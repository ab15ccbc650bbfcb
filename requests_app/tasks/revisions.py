"""Door for the scheduler: newer readings of the law are found, counted and applied in bounded steps. Ids in."""

from __future__ import annotations

from celery import shared_task

from requests_app.actions import jobs, revisions
from requests_app.models.visibility import SCHEDULE, viewing


@shared_task(name=revisions.WORK)
def work(organisation_id: int, offer_id: int) -> None:
    if revisions.work(organisation_id=organisation_id, offer_id=offer_id):
        work.delay(organisation_id, offer_id)


@shared_task
def sweep() -> None:
    """What a release brought, and whatever a killed worker or a lost message has left. Repeating it does no harm."""
    found = revisions.find()
    for organisation_id, offer_id in found:
        work.delay(organisation_id, offer_id)
    with viewing(SCHEDULE):
        jobs.finished("revisions.sweep", {"waiting": len(found)})
