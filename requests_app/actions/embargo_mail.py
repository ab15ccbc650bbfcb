"""Sending the mails of embargoes that end. The row says that one is to go out; whoever dies on the way leaves it
saying so. A mail that went out twice says the same twice, so no oracle is asked as for reminders."""

from __future__ import annotations

import datetime as dt

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse

from requests_app.models import EmbargoWarning, Membership, Publication, Role
from requests_app.models.visibility import SCHEDULE, organisation_viewer, viewing
from requests_app.notices import embargo_mail
from requests_app.notices.outbox import Answer, Came, Letter, Outbox

from . import claims

log = structlog.get_logger(__name__)

LEASE = dt.timedelta(minutes=3)
WAITS = (1, 5, 15, 60, 240)  # minutes before another try
FINAL = (Came.bounced, Came.refused)


def send_due() -> dict[str, int]:
    counts = {"sent": 0, "later": 0, "failed": 0}
    with viewing(SCHEDULE), connection.cursor() as cursor:
        if claims.held():
            return counts
        cursor.execute("SELECT warning, organisation FROM app_embargo_warnings_to_send()")
        due = cursor.fetchall()
    with Outbox() as outbox:
        for pk, organisation_id in due:
            claimed = _claim(pk, organisation_id)
            if claimed is None:
                continue
            row, letter = claimed
            gone = Answer(Came.refused, None, "the embargo or the owner is gone")
            answer = outbox.hand_over(letter) if letter is not None else gone
            counts[_mark(row, answer)] += 1
            if answer.came is Came.down:
                log.warning("warnings of embargoes wait for the mail server", why=answer.text)
                break
    return counts


def _claim(pk: int, organisation_id: int) -> tuple[EmbargoWarning, Letter | None] | None:
    """Ours for the length of the lease. No letter: it is not true any more, or not theirs to read."""
    with viewing(organisation_viewer(organisation_id)):
        row = (
            EmbargoWarning.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("publication__request", "publication__campaign", "organisation", "person")
            .filter(pk=pk, mail_state="planned", mail_next_at__lte=Now())
            .first()
        )
        if row is None:
            return None
        EmbargoWarning.objects.filter(pk=pk).update(
            mail_next_at=Now() + LEASE, mail_attempts=F("mail_attempts") + 1
        )
        row.mail_attempts += 1
        owner = Membership.objects.filter(
            organisation=organisation_id, person=row.person_id, role=Role.OWNER, ended_at=None, person__is_active=True
        )
        stands = (
            row.publication.state == Publication.State.AGREED
            and row.publication.embargo_until == row.embargo_until
        )
        return row, _letter(row) if stands and owner.exists() else None


def _letter(row: EmbargoWarning) -> Letter:
    found = row.publication
    name = "campaign-publish" if found.campaign_id else "request-publish"
    return embargo_mail.write(
        embargo_mail.Facts(
            to=row.person.email,
            organisation=row.organisation.name,
            title=found.subject.public_title,
            embargo_until=row.embargo_until,
            zone=found.embargo_zone or "UTC",
            days=row.days,
            by_itself=found.by_itself,
            link=settings.BASE_URL + reverse(name, args=[found.subject.public_id]),
            key=f"{found.public_id}.{row.pk}",
        )
    )


def _mark(row: EmbargoWarning, answer: Answer) -> str:
    words = answer.text[:300]
    if answer.came in (Came.accepted, Came.unknown):
        change, said = {"mail_state": "sent", "mail_sent_at": Now(), "mail_outcome": words}, "sent"
    elif answer.came in FINAL:
        change, said = {"mail_state": "failed", "mail_outcome": words}, "failed"
    else:
        # It is tried until it is out: the end of the embargo waits for it.
        wait = WAITS[min(row.mail_attempts, len(WAITS)) - 1]
        change, said = {"mail_next_at": Now() + dt.timedelta(minutes=wait), "mail_outcome": words}, "later"
    with viewing(organisation_viewer(row.organisation_id)):
        EmbargoWarning.objects.filter(pk=row.pk).update(**change)
    return said
