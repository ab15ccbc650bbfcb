"""What staff may do to the sending: try again what was given up, hold everything, let it go on."""

from __future__ import annotations

from django.db import transaction

from requests_app.models import Organisation, Person, SendingHold
from requests_app.models.visibility import SCHEDULE, organisation_viewer, viewing

from . import audit, holds, nudge
from .claims import REMINDERS
from .refusals import NotYours, Refused


def try_again(*, actor: Person, reminder_id: int) -> None:
    """A reminder that was given up is due once more; the last look before it goes out is taken as always."""
    _check(actor)
    with viewing(SCHEDULE):
        organisation_id = REMINDERS.revive(reminder_id)
    if organisation_id is None:
        raise Refused("not_failed", "This row is not given up any more. Look at the page again.", status=409)
    with viewing(organisation_viewer(organisation_id)):
        audit.record(
            act="reminder.tried_again",
            subject=f"reminder:{reminder_id}",
            organisation=Organisation(pk=organisation_id),
            actor=actor,
        )
    nudge.worker_should_look()


def hold(*, actor: Person, reason: str) -> SendingHold:
    """Nothing goes out until somebody releases it; rows keep their time and show as late."""
    _check(actor)
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(
            "reason_missing", "Say why nothing may go out; whoever releases the hold reads it.", field="reason"
        )
    if len(reason) > 300:
        raise Refused("reason_too_long", "The reason has at most 300 characters.", field="reason")
    with transaction.atomic():
        standing: SendingHold = SendingHold.objects.create(reason=reason, laid_by=actor)
    return standing


def release(*, actor: Person) -> list[str]:
    """Every standing hold is released; returns their reasons."""
    _check(actor)
    reasons = holds.release_sending(actor=actor)
    nudge.worker_should_look()
    return reasons


def _check(actor: Person) -> None:
    if not (actor.is_active and actor.is_staff):
        raise NotYours
