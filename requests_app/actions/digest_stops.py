"""What a person does not want by mail any more, and wants again. It never changes what the inbox shows.

Stopping digests ends them and all that would have come in one; alarms about windows of ours then come one by one. Those
are stopped by a second act that is confirmed, but for their last day, which nobody can stop.
"""

from __future__ import annotations

from django.db.models.functions import Now

from requests_app.models import MailStop, Organisation, Person, PersonalReminding
from requests_app.models.visibility import Viewer

from . import audit
from .refusals import NotYours, Refused


def stop_digests(*, viewer: Viewer, organisation: Organisation, actor: Person) -> MailStop:
    """Twice changes nothing."""
    row = _own(viewer, organisation, actor)
    if row.digests_at is None:
        MailStop.objects.filter(pk=row.pk).update(digests_at=Now())
        PersonalReminding.objects.filter(organisation=organisation, person=actor).update(
            digest=PersonalReminding.Digest.SINGLE, changed_at=Now()
        )
        _log("mail.digests_stopped", organisation, actor)
    row.refresh_from_db()
    return row


def stop_ours(*, viewer: Viewer, organisation: Organisation, actor: Person, confirmed: bool) -> MailStop:
    row = _own(viewer, organisation, actor)
    if not confirmed:
        raise Refused(
            "not_confirmed",
            "Tick the box: a window of ours that is missed can end the right to appeal.",
            field="confirmed",
        )
    if row.digests_at is None:
        raise Refused("digests_first", "Stop the digests first.", status=409)
    if row.ours_at is None:
        MailStop.objects.filter(pk=row.pk).update(ours_at=Now())
        _log("mail.ours_stopped", organisation, actor)
    row.refresh_from_db()
    return row


def send_again(*, viewer: Viewer, organisation: Organisation, actor: Person) -> MailStop:
    """Every reminder by mail again, each by itself; a digest is chosen in the settings."""
    row = _own(viewer, organisation, actor)
    if row.digests_at is not None:
        MailStop.objects.filter(pk=row.pk).update(digests_at=None, ours_at=None)
        _log("mail.wanted_again", organisation, actor)
    row.refresh_from_db()
    return row


def _own(viewer: Viewer, organisation: Organisation, actor: Person) -> MailStop:
    if not viewer.belongs_to(organisation.pk):
        raise NotYours
    found, _made = MailStop.objects.select_for_update().get_or_create(organisation=organisation, person=actor)
    return found


def _log(act: str, organisation: Organisation, actor: Person) -> None:
    audit.record(
        act=act, subject=f"organization {organisation.public_id}", organisation=organisation, actor=actor,
        detail={"person": str(actor.pk)},
    )  # fmt: skip
