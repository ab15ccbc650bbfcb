"""Rights to do of a request or a campaign: who was given which, and whether the viewer has one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from requests_app.models import Campaign, Guest, JointRight, RecordsRequest
from requests_app.models.visibility import Viewer, live_shares

from .share_board import Grantee, Line, Subject, shown_by_name

MOST = 200


@dataclass(frozen=True, slots=True)
class Held:
    """A right that stands. idle: its grantee sees nothing now, so it is worth nothing."""

    right: JointRight
    name: str
    idle: bool


def standing(viewer: Viewer, subject: Subject, lines: Iterable[Line], *, now: dt.datetime) -> list[Held]:
    """Of the subject itself, the latest last. lines: of its share board, for names."""
    shown = shown_by_name(viewer, subject, now=now)
    by_grantee = {(line.grantee.kind, line.grantee.id): line for line in lines}
    rows = (
        JointRight.objects.visible_to(viewer)
        .live()
        .filter(of(subject), organisation=subject.organisation_id)
        .select_related("note__granted_by")
        .order_by("pk")[:MOST]
    )
    found = []
    for row in rows:
        line = by_grantee.get(
            ("guest", row.guest_id) if row.guest_id else ("organisation", row.partner_id or 0)
        )
        note = getattr(row, "note", None)
        name = line.grantee.name if line is not None else note.granted_to if note is not None else ""
        found.append(Held(row, name, line is None or not shown(line.grantee)))
    return found


def candidates(viewer: Viewer, organisation_id: int, lines: Iterable[Line]) -> list[Grantee]:
    """Partners, and every guest of the organization: whoever one could do something with."""
    partners = [line.grantee for line in lines if line.grantee.kind in ("organisation", "guest")]
    known = {one.key for one in partners}
    guests = Guest.objects.visible_to(viewer).filter(organisation=organisation_id).order_by("email")[:MOST]
    named = [Grantee(f"g-{one.public_id}", "guest", one.email, one.pk) for one in guests]
    return [*partners, *(one for one in named if one.key not in known)]


def usable(viewer: Viewer, subject: Subject, kind: str) -> JointRight | None:
    """The right by which the viewer, who is of no organization that owns the subject, may do this there."""
    return _usable(viewer, subject).filter(kind=kind).order_by("pk").first()


def kinds(viewer: Viewer, subject: Subject) -> set[str]:
    """All that the viewer, who is of no organization that owns the subject, may do there."""
    return set(_usable(viewer, subject).values_list("kind", flat=True))


def named(viewer: Viewer, subject: Subject) -> bool:
    """Whether a share with the viewer by name, not the public one, shows the subject."""
    if viewer.kind == "public":
        return False
    shares = live_shares(viewer, public=False)
    return bool(type(subject).objects.filter(pk=subject.pk).reached_by(shares).exists())


def _usable(viewer: Viewer, subject: Subject) -> QuerySet[JointRight]:
    covers = of(subject)
    if isinstance(subject, RecordsRequest) and subject.campaign_id and not subject.held_back:
        covers |= Q(campaign=subject.campaign_id)
    rows: QuerySet[JointRight] = JointRight.objects.doable_by(viewer)
    return rows.filter(covers, organisation=subject.organisation_id)


def of(subject: Subject) -> Q:
    return Q(campaign=subject.pk) if isinstance(subject, Campaign) else Q(request=subject.pk)
