"""Reports about public pages: what a page is about, as far as the public sees it, and the queue of who decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from requests_app.models import Agency, Document, PublicReport, PublicReportMail, Share, SubjectKind
from requests_app.models.corrections import OWNED, who_runs_the_site
from requests_app.models.visibility import PUBLIC, Viewer, viewing

PAGE = 50


@dataclass(frozen=True, slots=True)
class Subject:
    """organisation: who answers for it; None: whoever runs the site."""

    kind: str
    key: str
    organisation: int | None


ANOTHER_PAGE = Subject(SubjectKind.OTHER, "", None)


def subject_for_the_public(kind: str, key: str) -> Subject:
    """What is hidden and what never was are one answer: another page."""
    if kind in OWNED:
        with viewing(PUBLIC):
            rows = OWNED[kind].objects.visible_to(PUBLIC).filter(public_id=key)
            found = rows.values_list("organisation_id", flat=True).first()
        return Subject(kind, key, found) if found else ANOTHER_PAGE
    if kind == SubjectKind.AGENCY and not Agency.objects.filter(slug=key).exists():
        return ANOTHER_PAGE
    return Subject(kind, key, None)


def is_public(kind: str, key: str) -> bool:
    return subject_for_the_public(kind, key) != ANOTHER_PAGE


def runs_the_site(viewer: Viewer) -> bool:
    return who_runs_the_site(viewer).exists()


def queue(viewer: Viewer, organisation_id: int | None, *, state: str) -> QuerySet[Any]:
    """Of the organization somebody works in, and, to staff, of the site: the newest first."""
    rows = PublicReport.objects.visible_to(viewer).filter(state=state)
    return rows.filter(Q(organisation=organisation_id) | Q(organisation=None)).order_by("-created_at", "-pk")


def one(viewer: Viewer, reference: str) -> PublicReport | None:
    found: PublicReport | None = PublicReport.objects.visible_to(viewer).filter(reference=reference).first()
    return found


def mails(viewer: Viewer, report: PublicReport) -> list[PublicReportMail]:
    return list(PublicReportMail.objects.visible_to(viewer).filter(reference=report.reference).order_by("pk"))


def subject_row(viewer: Viewer, kind: str, key: str) -> Any:
    """The request, document or campaign, as the viewer sees it; None for what nobody owns, and what is gone."""
    return OWNED[kind].objects.visible_to(viewer).filter(public_id=key).first() if kind in OWNED else None


@dataclass(frozen=True, slots=True)
class Reach:
    """Who sees the subject of a report now: the public, and how many grants to partners and guests."""

    public: bool
    grants: int


def reach_of(viewer: Viewer, kind: str, row: Any) -> Reach | None:
    if row is None:
        return None
    request = row.request if isinstance(row, Document) else row
    of_it = Q(campaign=request.pk) if kind == SubjectKind.CAMPAIGN else Q(request=request.pk)
    if kind != SubjectKind.CAMPAIGN and request.campaign_id and not request.held_back:
        of_it |= Q(campaign=request.campaign_id)
    grants = Share.objects.visible_to(viewer).filter(of_it, organisation=row.organisation_id, revoked_at=None)
    return Reach(is_public(kind, row.public_id), grants.exclude(grantee_kind=Share.Grantee.PUBLIC).count())
