"""Door for the scheduler: one bounded step of an import, then the next. Ids in, nothing out."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from celery import shared_task
from django.utils import timezone

from requests_app.actions import import_work, imports, jobs
from requests_app.models import ImportBatch
from requests_app.models.visibility import SCHEDULE, organisation_viewer, viewing


@shared_task(name=imports.WORK)
def work(organisation_id: int, batch_id: int) -> None:
    """The worker acts as the person who pressed the button: whoever has left the organization changes nothing."""
    person = import_work.who_acts(organisation_id=organisation_id, batch_id=batch_id)
    if person is None:
        return
    on = timezone.now().astimezone(ZoneInfo(person.zone)).date()
    if import_work.work(actor=person, batch_id=batch_id, on=on):
        work.delay(organisation_id, batch_id)


@shared_task
def sweep() -> None:
    """Go on with whatever a killed worker or a lost message has left. Every step can be repeated without harm."""
    found = 0
    for organisation_id in jobs.organisations():
        with viewing(organisation_viewer(organisation_id)):
            waiting = list(
                ImportBatch.objects.filter(
                    organisation_id=organisation_id, state__in=["checking", "applying"]
                ).values_list("pk", flat=True)
            )
        for batch_id in waiting:
            found += 1
            work.delay(organisation_id, batch_id)
    with viewing(SCHEDULE):
        jobs.finished("imports.sweep", {"waiting": found})
