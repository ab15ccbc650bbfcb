"""Break-glass: staff opens one request or campaign, with a written reason, for half an hour; its owners are told.

What opens is a share to that person, so that both walls hold it as they hold any other, and an owner may end it. It
opens nothing that no share reaches.
"""

from __future__ import annotations

import datetime as dt

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse

from requests_app.models import BreakGlass, BreakGlassMail, Membership, Person, Role
from requests_app.models.visibility import SCHEDULE, Viewer, organisation_viewer, viewing
from requests_app.notices import break_glass_mail
from requests_app.notices.outbox import Answer, Came, Letter, Outbox

from . import claims, nudge
from .refusals import NotYours, Refused
from .rights import clean

log = structlog.get_logger(__name__)

SEND = "requests_app.tasks.publishing.sweep"
REASON_LEAST, REASON_MOST = 20, 500
LEASE = dt.timedelta(minutes=3)
WAITS = (1, 5, 15, 60, 240)  # minutes before another try


def open_glass(*, viewer: Viewer, actor: Person, key: str, reason: str) -> BreakGlass:
    """The share, the line of the audit and the mails are one transaction."""
    if not (actor.is_active and actor.is_staff) or viewer.kind != "person" or viewer.id != actor.pk:
        raise NotYours
    why = clean(reason, code="reason", field="reason", most=REASON_MOST, missing="Write why you have to look.")
    if len(why) < REASON_LEAST:
        raise Refused(
            "reason_short", f"Write a reason of {REASON_LEAST} characters or more. The owners read it.", field="reason"
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_break_glass(%s, %s)", [key.strip().lower()[:12], why])
        opened = cursor.fetchone()[0]
    if opened is None:
        raise Refused(
            "number_unknown",
            "No request and no campaign of another organization has this number, or it is shared with you already.",
            field="key",
        )
    nudge.worker_should_look(SEND)
    found: BreakGlass = BreakGlass.objects.visible_to(viewer).get(pk=opened)
    return found


def send_due() -> dict[str, int]:
    """The mails to owners. A mail that went out twice says the same twice."""
    counts = {"told": 0, "told_later": 0, "told_not": 0}
    with viewing(SCHEDULE), connection.cursor() as cursor:
        if claims.held():
            return counts
        cursor.execute("SELECT mail, organisation FROM app_break_glass_mails_to_send()")
        due = cursor.fetchall()
    with Outbox() as outbox:
        for pk, organisation_id in due:
            claimed = _claim(pk, organisation_id)
            if claimed is None:
                continue
            row, letter = claimed
            answer = outbox.hand_over(letter) if letter else Answer(Came.refused, None, "no owner any more")
            counts[_mark(row, answer)] += 1
            if answer.came is Came.down:
                log.warning("mails of break-glass wait for the mail server", why=answer.text)
                break
    return counts


def _claim(pk: int, organisation_id: int) -> tuple[BreakGlassMail, Letter | None] | None:
    with viewing(organisation_viewer(organisation_id)):
        row = (
            BreakGlassMail.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("opened__person", "organisation", "person")
            .filter(pk=pk, mail_state="planned", mail_next_at__lte=Now())
            .first()
        )
        if row is None:
            return None
        BreakGlassMail.objects.filter(pk=pk).update(
            mail_next_at=Now() + LEASE, mail_attempts=F("mail_attempts") + 1
        )
        row.mail_attempts += 1
        owner = Membership.objects.filter(
            organisation=organisation_id, person=row.person_id, role=Role.OWNER, ended_at=None, person__is_active=True
        )
        return row, _letter(row) if owner.exists() else None


def _letter(row: BreakGlassMail) -> Letter:
    return break_glass_mail.write(
        break_glass_mail.Facts(
            to=row.person.email,
            organisation=row.organisation.name,
            by=str(row.opened.person or ""),
            reason=row.opened.reason,
            until_at=row.opened.until_at,
            zone=row.person.zone,
            link=settings.BASE_URL + reverse("organisation-audit", args=[row.organisation.public_id]),
            key=f"{row.opened.public_id}.{row.pk}",
        )
    )


def _mark(row: BreakGlassMail, answer: Answer) -> str:
    words = answer.text[:300]
    if answer.came in (Came.accepted, Came.unknown):
        change, said = {"mail_state": "sent", "mail_sent_at": Now(), "mail_outcome": words}, "told"
    elif answer.came in (Came.bounced, Came.refused):
        change, said = {"mail_state": "failed", "mail_outcome": words}, "told_not"
    else:
        wait = WAITS[min(row.mail_attempts, len(WAITS)) - 1]
        change, said = {"mail_next_at": Now() + dt.timedelta(minutes=wait), "mail_outcome": words}, "told_later"
    with viewing(organisation_viewer(row.organisation_id)):
        BreakGlassMail.objects.filter(pk=row.pk).update(**change)
    return said
