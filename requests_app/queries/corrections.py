"""The public log of corrections, and what agencies say. What outsiders may not read of a requester is blotted out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q, QuerySet, TextField

from requests_app.models import (
    Agency,
    AgencyStatement,
    Correction,
    Document,
    RecordsRequest,
    SubjectKind,
)
from requests_app.models.visibility import PUBLIC, Viewer

from .masking import Identity, identities_of, masked

# The log is told as far back as its newest ten thousand.
PAGE, MOST = 50, 10_000


@dataclass(frozen=True, slots=True)
class Note:
    """agency: whose page, or to whom the request went; empty where the reader sees neither."""

    row: Any
    agency: str
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    row: Any
    text: str
    sent_by: str
    verified: str


def log() -> QuerySet[Any]:
    """What everybody reads, the newest first."""
    return Correction.objects.visible_to(PUBLIC).standing().order_by("-on", "-pk")


def own(viewer: Viewer, organisation_id: int | None, *, site: bool) -> QuerySet[Any]:
    """Of the organization somebody works in, and, to staff, of the site; what is taken back, too."""
    homes = [Q(organisation=organisation_id)] if organisation_id else []
    homes += [Q(organisation=None)] if site else []
    rows = Correction.objects.visible_to(viewer)
    return rows.filter(reduce(or_, homes)).order_by("-on", "-pk") if homes else rows.none()


def of_request(viewer: Viewer, records_request: RecordsRequest) -> list[Note]:
    """Of the request and of its documents that the viewer sees."""
    files = Document.objects.visible_to(viewer).filter(request=records_request.pk).values("public_id")
    rows = _stand(viewer).filter(
        Q(subject_kind=SubjectKind.REQUEST, subject_key=records_request.public_id)
        | Q(subject_kind=SubjectKind.DOCUMENT, subject_key__in=files)
    )
    return notes(viewer, rows[:PAGE])


def anything_beside() -> Func:
    """For a query of requests: which of corrections, statements and released files are worth asking for. Their own
    walls decide what of it is seen."""
    return Func(F("pk"), F("public_id"), function="app_beside_request", output_field=ArrayField(TextField()))


def anything_beside_agency() -> Func:
    """The same of agencies: corrections, statements, claims."""
    return Func(F("pk"), F("slug"), function="app_beside_agency", output_field=ArrayField(TextField()))


def of_agency(viewer: Viewer, agency: Agency) -> list[Note]:
    return notes(viewer, _stand(viewer).filter(subject_kind=SubjectKind.AGENCY, subject_key=agency.slug)[:PAGE])


def _stand(viewer: Viewer) -> QuerySet[Any]:
    rows = Correction.objects.visible_to(viewer).standing().filter(kind=Correction.Kind.CORRECTION)
    return rows.order_by("-on", "-pk")


def notes(viewer: Viewer, rows: Iterable[Any]) -> list[Note]:
    """A fixed number of queries, whatever their number."""
    page = list(rows)
    requests = _requests(viewer, _keys(page, SubjectKind.REQUEST))
    files = dict(
        Document.objects.visible_to(viewer)
        .filter(public_id__in=_keys(page, SubjectKind.DOCUMENT))
        .values_list("public_id", "request_id")
    )
    names = dict(Agency.objects.filter(slug__in=_keys(page, SubjectKind.AGENCY)).values_list("slug", "name"))
    who = identities_of([*(one.pk for one in requests.values()), *files.values()])
    found = []
    for row in page:
        request = requests.get(row.subject_key) if row.subject_kind == SubjectKind.REQUEST else None
        about = request.pk if request else files.get(row.subject_key)
        agency = request.agency.name if request else names.get(row.subject_key, "")
        found.append(Note(row, agency, _outside(viewer, row, row.text, who.get(about or 0, ()))))
    return found


def _keys(page: Iterable[Any], kind: str) -> set[str]:
    return {row.subject_key for row in page if row.subject_kind == kind}


def _requests(viewer: Viewer, keys: set[str]) -> dict[str, RecordsRequest]:
    rows = RecordsRequest.objects.visible_to(viewer).filter(public_id__in=keys).select_related("agency")
    return {one.public_id: one for one in rows} if keys else {}


def _outside(viewer: Viewer, row: Any, text: str, who: Iterable[Identity]) -> str:
    ours = row.organisation_id is not None and viewer.belongs_to(row.organisation_id)
    return text if ours else masked(text, who)


def taken_down(kind: str, key: str) -> Any:
    """What stands at an address where something was; None where nothing is said. Asked alike of what is hidden."""
    return log().filter(kind=Correction.Kind.TAKEDOWN, subject_kind=kind, subject_key=key).first()


def statements_of_agency(viewer: Viewer, agency: Agency) -> list[Statement]:
    return statements(viewer, _published(viewer).filter(agency=agency)[:PAGE])


def statements_of_request(viewer: Viewer, records_request: RecordsRequest) -> list[Statement]:
    return statements(viewer, _published(viewer).filter(request_key=records_request.public_id)[:PAGE])


def published_statements() -> QuerySet[Any]:
    """As everybody reads them: beside a public request, or about the agency itself. The newest first."""
    return _published(PUBLIC)


def _published(viewer: Viewer) -> QuerySet[Any]:
    rows = AgencyStatement.objects.visible_to(viewer).filter(state=AgencyStatement.State.PUBLISHED)
    return rows.select_related("agency").order_by("-received_on", "-pk")


def statements(viewer: Viewer, rows: Iterable[Any]) -> list[Statement]:
    page = list(rows)
    requests = _requests(viewer, {row.request_key for row in page if row.request_key})
    who: Mapping[int, tuple[Identity, ...]] = identities_of([one.pk for one in requests.values()])
    found = []
    for row in page:
        request = requests.get(row.request_key)
        names = who.get(request.pk, ()) if request else ()
        said = (_outside(viewer, row, one, names) for one in (row.text, row.sent_by, row.verified))
        found.append(Statement(row, *said))
    return found
