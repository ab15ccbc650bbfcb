"""The scheduler's door to the mails of invitations, and to senders of reports."""

from __future__ import annotations

from celery import shared_task

from requests_app.actions import coalition_mail, guest_mail, invitation_mail, jobs, report_mail
from requests_app.models.visibility import SCHEDULE, viewing


@shared_task(name="requests_app.tasks.invitations.sweep")
def sweep() -> None:
    kinds = [invitation_mail.send_due(), coalition_mail.send_due(), guest_mail.send_due(), report_mail.send_due()]
    counts = {said: sum(sent[said] for sent in kinds) for said in kinds[0]}
    with viewing(SCHEDULE):
        jobs.finished("invitations.sweep", counts)
