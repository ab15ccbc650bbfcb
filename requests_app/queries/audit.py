"""The audit of an organization, with the names behind its ids."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from requests_app.models import (
    AuditEntry,
    AuditSeal,
    Campaign,
    CenterClaim,
    Coalition,
    CoalitionMember,
    Invitation,
    JointCampaign,
    KitOffer,
    Membership,
    ModelLetter,
    Organisation,
    Person,
    PrivilegedCircle,
    RecordsRequest,
    RequesterProfile,
    SealedEntry,
)
from requests_app.models.visibility import Viewer

PAGE = 50
MOST_SUBJECTS = 200  # of those whose titles hold the words that were typed


# Kind of a subject, its rows, and the field that names one.
NAMED: tuple[tuple[str, Any, str], ...] = (
    ("request", RecordsRequest, "public_title"),
    ("campaign", Campaign, "public_title"),
    ("invitation", Invitation, "email"),
    ("requester", RequesterProfile, "name"),
    ("coalition", Coalition, "name"),
    ("joint", JointCampaign, "name"),
    ("model", ModelLetter, "title"),
    ("kit_offer", KitOffer, "title"),
    ("circle", PrivilegedCircle, "name"),
    ("claim", CenterClaim, "citation"),
)
SHARED = (Coalition, JointCampaign)  # rows that are nobody's own


@dataclass(slots=True)
class Names:
    """What ids of a page stand for, as far as the viewer may read it now."""

    people: dict[str, str] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)  # "request abc" to its title
    members: dict[str, str] = field(default_factory=dict)  # of a coalition, as partners are called there


def entries(
    viewer: Viewer,
    organisation: Organisation,
    *,
    actor: int | None = None,
    act: str = "",
    kind: str = "",
    subject: str = "",
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> QuerySet[Any]:
    """Newest first. Only an owner reads any."""
    if not viewer.may_own(organisation.pk):
        return AuditEntry.objects.none()
    found = AuditEntry.objects.visible_to(viewer).filter(organisation=organisation)
    if actor is not None:
        found = found.filter(actor=actor)
    if act:
        found = found.filter(act=act)
    if kind:
        found = found.filter(Q(act=kind) | Q(act__startswith=f"{kind}."))
    if subject:
        found = found.filter(subject__in=_subjects(viewer, organisation, subject))
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    return found.select_related("actor").order_by("-at", "-pk")


def _subjects(viewer: Viewer, organisation: Organisation, words: str) -> list[str]:
    """Subjects as lines name them, by the id or by some words of the title or the address."""
    told = [f"{kind} {words}" for kind in ("organisation", *(kind for kind, _model, _words in NAMED))]
    for kind, model, field_name in NAMED:
        rows = model.objects.visible_to(viewer).filter(**{f"{field_name}__icontains": words})
        if model not in SHARED:
            rows = rows.filter(organisation=organisation)
        told += [f"{kind} {key}" for key in rows.values_list("public_id", flat=True)[:MOST_SUBJECTS]]
    return told


def known_acts(viewer: Viewer, organisation: Organisation) -> list[str]:
    return sorted(entries(viewer, organisation).order_by().values_list("act", flat=True).distinct())


def known_actors(organisation: Organisation) -> list[tuple[str, int, str]]:
    """Everybody who ever belonged: the id of the membership, the person's own, and the name."""
    people = Membership.objects.filter(organisation=organisation).select_related("person")
    return sorted(
        ((one.public_id, one.person_id, str(one.person)) for one in people), key=lambda one: one[2].casefold()
    )


def sealed_through(viewer: Viewer, organisation: Organisation) -> dt.datetime | None:
    """When the newest seal was made."""
    found: dt.datetime | None = (
        AuditSeal.objects.visible_to(viewer)
        .filter(organisation=organisation)
        .order_by("-number")
        .values_list("sealed_at", flat=True)
        .first()
    )
    return found


def sealed(viewer: Viewer, rows: Iterable[AuditEntry]) -> set[int]:
    """Which of these lines a seal covers."""
    covered = SealedEntry.objects.visible_to(viewer).filter(entry_id__in=[row.pk for row in rows])
    return set(covered.values_list("entry_id", flat=True))


def names(viewer: Viewer, rows: Iterable[AuditEntry]) -> Names:
    rows = list(rows)
    told = Names()
    told.people = {str(one.pk): str(one) for one in _people(rows)}
    by_kind: dict[str, set[str]] = {}
    for row in rows:
        kind, _space, key = row.subject.partition(" ")
        by_kind.setdefault(kind, set()).add(key)
        if row.detail.get("joint"):
            by_kind.setdefault("joint", set()).add(str(row.detail["joint"]))
    for kind, model, words in NAMED:
        if keys := by_kind.get(kind):
            found = model.objects.visible_to(viewer).filter(public_id__in=keys)
            for key, word in found.values_list("public_id", words):
                told.subjects[f"{kind} {key}"] = word
    stays = {str(row.detail.get("member", "")) for row in rows if row.act.startswith("coalition.")}
    if stays:
        partners = CoalitionMember.objects.visible_to(viewer).filter(public_id__in=stays)
        told.members = dict(partners.values_list("public_id", "shown_as"))
    return told


def addresses(rows: Iterable[AuditEntry]) -> dict[str, str]:
    """The e-mail addresses of the people whom the lines name."""
    return {str(one.pk): one.email for one in _people(rows)}


def _people(rows: Iterable[AuditEntry]) -> QuerySet[Person]:
    ids = {
        int(row.detail[key])
        for row in rows
        for key in ("person", "successor")
        if str(row.detail.get(key, "")).isdigit()
    }
    return Person.objects.filter(pk__in=ids)
