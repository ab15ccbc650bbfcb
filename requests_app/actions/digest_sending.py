"""Sending a digest: each of its riders is looked at again as its reader, and what still stands is told in one mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse

from requests_app.models import Digest, DigestAttempt, Organisation, Person, Reminder, SendAttempt
from requests_app.models.visibility import SCHEDULE, glancing_as, organisation_viewer, viewing
from requests_app.notices import digest_links, digest_mail
from requests_app.notices.digesting import CATCH_UP, WEEKLY
from requests_app.notices.outbox import Answer, Letter
from requests_app.notices.reminder_mail import Facts
from requests_app.queries.partner_days import Coming, coming

from . import bounced, inbox, recheck
from .claims import Claim, Queue
from .handing import NotNow, Post, Skip

log = structlog.get_logger(__name__)

# What cannot be put into words leaves the digest and tries its luck alone, after this.
ALONE_AFTER = timedelta(minutes=1)
TOLD = "owners told"


@dataclass(frozen=True, slots=True)
class HeldDigest:
    """A digest as its claimer holds it."""

    id: int
    token: UUID
    organisation_id: int
    person_id: int
    period: str
    attempts: int
    message_id: str
    again: bool


QUEUE = Queue(
    rows="requests_app_digest",
    journal_table="requests_app_digestattempt",
    names="digest_id",
    columns=(
        "r.id, r.claim_token, r.organisation_id, r.person_id, r.period, r.attempts, r.message_id, "
        "r.handed_over_at IS NOT NULL"
    ),
    make=HeldDigest,
)


class DigestPost(Post[HeldDigest]):
    queue = QUEUE

    def letter_for(self, one: HeldDigest) -> Letter:
        told = []
        for rider in _riders(one):
            facts = _look_again(one, rider)
            if facts is not None:
                told.append((rider.pk, facts))
        if not told:
            raise Skip("nothing in it stands any more")
        Reminder.objects.filter(pk__in=[pk for pk, _ in told]).update(handed_over_at=Now())
        Digest.objects.filter(pk=one.id).update(upto=Now(), riders=len(told))
        with viewing(organisation_viewer(one.organisation_id)):
            organisation = Organisation.objects.get(pk=one.organisation_id)
        person = Person.objects.annotate(read_at=recheck.DATABASE_NOW).get(pk=one.person_id)
        partners = _of_partners(one, person, person.read_at) if one.period == WEEKLY else Coming()
        return digest_mail.write(
            digest_mail.Facts(
                to=person.email,
                organisation=organisation.name,
                period=one.period,
                lines=tuple(facts for _, facts in told),
                message_id=one.message_id,
                stop_link=settings.BASE_URL
                + reverse(
                    "digest-unsubscribe", args=[digest_links.token_of(one.organisation_id, one.person_id)]
                ),
                partners=tuple(
                    digest_mail.PartnerLine(
                        on=day.on, who=day.who, agency=day.agency, clock=day.name, is_sample=day.is_sample,
                        link=settings.BASE_URL + reverse("request", args=[day.request]),
                    )
                    for day in partners.days
                ),
                partners_more=partners.more,
            )
        )

    def accepted(self, one: HeldDigest, answer: Answer) -> None:
        """What fell due after the inboxes were filled, and rode along, lies in them too."""
        told = Reminder.objects.filter(digest=one.id, state=Reminder.State.SENT, kind__in=inbox.ALWAYS_KINDS)
        for pk in told.values_list("pk", flat=True):
            inbox.put_sent(pk)

    def failed(self, one: HeldDigest, answer: Answer) -> None:
        tell_owners_of_lost()


def _of_partners(one: HeldDigest, person: Person, now: datetime) -> Coming:
    """As the reader, at the moment of sending: what is shared no longer is not in it."""
    with glancing_as(person, SCHEDULE) as viewer:
        if not viewer.belongs_to(one.organisation_id):
            return Coming()
        return coming(viewer, one.organisation_id, now=now)


def _riders(one: HeldDigest) -> list[Reminder]:
    """Locked: whoever moves a date meanwhile has cancelled its row before, or waits and finds it handed over."""
    due = Reminder.objects.filter(digest=one.id, state=Reminder.State.PLANNED, next_at__lte=Now())
    return list(due.order_by("id").select_for_update())


def _look_again(one: HeldDigest, rider: Reminder) -> Facts | None:
    """What the digest may say of this reminder; None: it rides no longer, and the journal says why."""
    claim = Claim(
        id=rider.pk,
        token=one.token,
        organisation_id=rider.organisation_id,
        request_id=rider.request_id,
        clock_key=rider.clock_key,
        due_on=rider.due_on,
        kind=rider.kind,
        offset_days=rider.offset_days,
        stage_on=rider.stage_on,
        recipient_id=rider.recipient_id,
        attempts=rider.attempts,
        message_id=rider.message_id,
        again=one.again,
    )
    rows = Reminder.objects.filter(pk=rider.pk)
    try:
        with transaction.atomic():
            return recheck.facts_for(claim, riding_in=one.id, at_their_hour=one.period != CATCH_UP)
    except Skip as skip:
        # Counted, so that what is planned and skipped and planned again comes to an end.
        rows.update(state="skipped", outcome=skip.why[:300], attempts=F("attempts") + 1, handed_over_at=None)
        _note(rider, "skipped", skip.why)
    except NotNow as not_now:
        rows.update(digest=None, alone=False, next_at=not_now.at, handed_over_at=None)
        _note(rider, "put back", not_now.why)
    except DatabaseTrouble:
        raise
    except Exception as error:
        log.exception("rider not written", row=rider.pk)
        rows.update(
            digest=None,
            alone=True,
            attempts=F("attempts") + 1,
            next_at=Now() + ALONE_AFTER,
            claimed_at=Now(),
            handed_over_at=None,
        )
        _note(rider, "put back", f"not written: {type(error).__name__}")
    return None


def _note(rider: Reminder, step: str, text: str) -> None:
    SendAttempt.objects.create(
        organisation_id=rider.organisation_id, reminder=rider, step=step, text=f"in a digest: {text}"[:500]
    )


def tell_owners_of_lost() -> None:
    """The riders of digests that bounced, to the owners: at once, and again by the next sweep if this one died."""
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute(LOST, [TOLD])
        lost = cursor.fetchall()
    for organisation_id, digest_id in lost:
        with viewing(organisation_viewer(organisation_id)):
            digest = Digest.objects.select_for_update().get(pk=digest_id)
            riders = Reminder.objects.filter(digest=digest, state=Reminder.State.FAILED)
            bounced.tell_owners(list(riders.values_list("pk", flat=True)))
            DigestAttempt.objects.create(organisation_id=organisation_id, digest=digest, step=TOLD)


LOST = """
SELECT organisation_id, id FROM requests_app_digest d
 WHERE state = 'failed'
   AND NOT EXISTS (SELECT FROM requests_app_digestattempt a WHERE a.digest_id = d.id AND a.step = %s)
 ORDER BY id LIMIT 200
"""
