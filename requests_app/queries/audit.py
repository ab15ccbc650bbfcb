"""The audit of an organization, with the names behind its ids."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from requests_app.models import (
    AuditEntry,
    Campaign,
    Coalition,
    CoalitionMember,
    Invitation,
    Membership,
    Organisation,
    Person,
    RecordsRequest,
    RequesterProfile,
)
from requests_app.models.visibility import Viewer

PAGE = 50


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
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    return found.select_related("actor").order_by("-at", "-pk")


def known_acts(viewer: Viewer, organisation: Organisation) -> list[str]:
    return sorted(entries(viewer, organisation).order_by().values_list("act", flat=True).distinct())


def known_actors(organisation: Organisation) -> list[tuple[int, str]]:
    """Everybody who ever belonged."""
    people = Membership.objects.filter(organisation=organisation).select_related("person")
    return sorted(((one.person_id, str(one.person)) for one in people), key=lambda one: one[1].casefold())


def names(viewer: Viewer, rows: Iterable[AuditEntry]) -> Names:
    rows = list(rows)
    told = Names()
    told.people = {str(one.pk): str(one) for one in _people(rows)}
    by_kind: dict[str, set[str]] = {}
    for row in rows:
        kind, _space, key = row.subject.partition(" ")
        by_kind.setdefault(kind, set()).add(key)
    for kind, model, words in (
        ("request", RecordsRequest, "public_title"),
        ("campaign", Campaign, "public_title"),
        ("invitation", Invitation, "email"),
        ("requester", RequesterProfile, "name"),
        ("coalition", Coalition, "name"),
    ):
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
