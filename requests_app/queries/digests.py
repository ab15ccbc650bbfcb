"""The delivery log of one's own digests, and what one stopped."""

from __future__ import annotations

from typing import Any

from requests_app.models import Digest, MailStop, Organisation, Person
from requests_app.models.visibility import Viewer


def own(viewer: Viewer, person: Person, organisation_id: int) -> Any:
    """The newest first, those that wait for their time before them."""
    rows = Digest.objects.visible_to(viewer).filter(organisation=organisation_id, person=person)
    return rows.exclude(state=Digest.State.CANCELLED).order_by("-next_at", "-pk")


def stop_of(viewer: Viewer, person: Person, organisation_id: int) -> MailStop | None:
    found: MailStop | None = (
        MailStop.objects.visible_to(viewer).filter(organisation=organisation_id, person=person).first()
    )
    return found


def reader(viewer: Viewer, organisation_id: int) -> Organisation | None:
    """The organization of a link, while its reader still belongs to it."""
    found: Organisation | None = (
        Organisation.objects.visible_to(viewer).filter(pk=organisation_id).first()
        if viewer.belongs_to(organisation_id)
        else None
    )
    return found
