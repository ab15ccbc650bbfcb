"""Tasks asked of partners: those of one's own requests, those that partners ask of one's own organization."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, QuerySet

from requests_app.models import PartnerTask, PartnerTaskTaken, RecordsRequest
from requests_app.models.visibility import Viewer

from . import share_board
from .masking import identities_of, masked
from .share_board import Grantee

PAGE = 25


@dataclass(frozen=True, slots=True)
class Asked:
    """A task as the viewer reads it. ours: the viewer's own organization asks. partner, asked_by: as partners are
    called; empty where the viewer meets them no more. person: of the viewer's own organization alone."""

    task: PartnerTask
    ours: bool
    title: str
    note: str
    pid: str
    request_title: str
    agency: str
    partner: str
    asked_by: str
    person_id: int | None
    person: str


def askable(viewer: Viewer, records_request: RecordsRequest, *, now: dt.datetime) -> list[Grantee]:
    """Partners in a coalition now that are shown the request by a grant other than that to the public."""
    shown = share_board.shown_by_name(viewer, records_request, now=now)
    return [
        one for one in share_board.partners(viewer, records_request.organisation_id)
        if one.kind == "organisation" and not one.gone and shown(one)
    ]  # fmt: skip


def of_request(viewer: Viewer, records_request: RecordsRequest) -> QuerySet[PartnerTask]:
    """That the request's own organization asked, the newest first."""
    rows = PartnerTask.objects.visible_to(viewer).filter(organisation=records_request.organisation_id)
    return rows.filter(request=records_request).order_by("-asked_at", "-pk")


def asked_by(viewer: Viewer, organisation_id: int) -> QuerySet[PartnerTask]:
    return (
        PartnerTask.objects.visible_to(viewer)
        .filter(organisation=organisation_id)
        .order_by("-asked_at", "-pk")
    )


def taken_of(viewer: Viewer, organisation_id: int) -> QuerySet[PartnerTaskTaken]:
    """Every task that was ever asked of the organization, the newest first; of some no more than that."""
    rows: QuerySet[PartnerTaskTaken] = PartnerTaskTaken.objects.visible_to(viewer)
    return rows.filter(organisation=organisation_id).order_by("-given_at", "-task")


def open_of(viewer: Viewer, organisation_id: int, person_id: int | None = None) -> list[Asked]:
    """That wait on the organization, the first to be due first. person_id: given to this person."""
    rows = PartnerTask.objects.open().visible_to(viewer).filter(partner=organisation_id)
    found = shown(viewer, rows.order_by(F("due_on").asc(nulls_last=True), "asked_at", "pk")[:200])
    return [one for one in found if person_id is None or one.person_id == person_id]


def one(viewer: Viewer, public_id: str) -> Asked | None:
    return next(iter(shown(viewer, PartnerTask.objects.visible_to(viewer).filter(public_id=public_id))), None)


def by_id(viewer: Viewer, ids: Iterable[int]) -> dict[int, Asked]:
    wanted = list(ids)
    if not wanted:
        return {}
    return {
        one.task.pk: one
        for one in shown(viewer, PartnerTask.objects.visible_to(viewer).filter(pk__in=wanted))
    }


def shown(viewer: Viewer, rows: QuerySet[PartnerTask]) -> list[Asked]:
    """A fixed number of queries. What another organization wrote is masked as every word about its request is."""
    page = list(rows.annotate(partner_name=F("stay__shown_as"), home_name=F("home_stay__shown_as")))
    if not page:
        return []
    requests = {
        one.pk: one
        for one in RecordsRequest.objects.visible_to(viewer)
        .filter(pk__in={task.request_id for task in page})
        .select_related("agency")
    }
    who = identities_of(task.request_id for task in page if not viewer.belongs_to(task.organisation_id))
    taken = {
        row.task_id: row
        for row in PartnerTaskTaken.objects.visible_to(viewer)
        .filter(task__in=[task.pk for task in page])
        .select_related("person")
    }
    found = []
    for task in page:
        about = requests.get(task.request_id)
        if about is None:
            continue
        task.request = about
        ours = viewer.belongs_to(task.organisation_id)
        names = () if ours else who.get(task.request_id, ())
        mine = taken.get(task.pk)
        person = mine.person if mine is not None else None
        found.append(
            Asked(
                task=task, ours=ours, title=masked(task.title, names), note=masked(task.note, names),
                pid=about.public_id, request_title=masked(about.public_title, names), agency=about.agency.name,
                partner=getattr(task, "partner_name", None) or "", asked_by=getattr(task, "home_name", None) or "",
                person_id=person.pk if person is not None else None, person=str(person) if person is not None else "",
            )
        )  # fmt: skip
    return found
