"""The register of withholdings: of one request, and of all requests at its filters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from requests_app.models import Event, RecordsRequest, Withholding
from requests_app.models.ledger import RETRACTED
from requests_app.models.visibility import Viewer

PAGE = 50
SECTIONS = 12
CHALLENGED = {"yes": False, "no": True}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for; an empty field asks for nothing. section: the very one; q: words anywhere in it."""

    q: str = ""
    section: str = ""
    ground: str = ""
    jurisdiction: str = ""
    kind: str = ""
    campaign: str = ""
    part: str = ""
    view: str = ""
    challenged: str = ""
    released: str = ""

    @property
    def any(self) -> bool:
        return self != EVERYTHING


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class SectionCount:
    section: str
    n: int
    pages: int


@dataclass(frozen=True, slots=True)
class Page:
    rows: tuple[Any, ...]
    total: int
    number: int
    size: int
    sections: tuple[SectionCount, ...]
    pages_withheld: int


def of_request(viewer: Viewer, records_request: RecordsRequest) -> list[Any]:
    """All that was ever recorded for it, also what was taken back, in the order of the decisions."""
    return list(
        Withholding.objects.visible_to(viewer)
        .filter(request=records_request)
        .select_related("event", "released", "private__challenged", "private__recorded_by")
        .order_by("part", "event", "pk")
    )


def decisions_of(viewer: Viewer, records_request: RecordsRequest, kinds: Iterable[str]) -> list[Any]:
    """Events of these kinds that stand, oldest first."""
    rows = Event.objects.visible_to(viewer).filter(request=records_request, kind__in=list(kinds))
    return list(rows.exclude(pk__in=RETRACTED).in_order())


def standing(viewer: Viewer, organisation: int | None, filters: Filters) -> QuerySet[Any]:
    """Rows of the viewer's own organizations, or of one of them, at the filters."""
    rows = Withholding.objects.of_organisation(viewer).standing()
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    exact = {
        "section": filters.section, "ground": filters.ground, "part": filters.part,
        "request__agency__jurisdiction": filters.jurisdiction, "request__agency__kind": filters.kind,
        "request__campaign__public_id": filters.campaign, "private__our_view": filters.view,
    }  # fmt: skip
    rows = rows.filter(**{field: value for field, value in exact.items() if value})
    if filters.q:
        rows = rows.filter(
            Q(section__icontains=filters.q) | Q(citation__icontains=filters.q) | Q(reason__icontains=filters.q)
        )
    if filters.challenged in CHALLENGED:
        rows = rows.filter(private__challenged__isnull=CHALLENGED[filters.challenged])
    if filters.released in CHALLENGED:
        rows = rows.filter(released__isnull=CHALLENGED[filters.released])
    return rows


def list_withholdings(viewer: Viewer, organisation: int | None, *, filters: Filters, page: int) -> Page:
    rows = standing(viewer, organisation, filters)
    whole = rows.aggregate(n=Count("pk"), full=Sum("pages_full"), part=Sum("pages_part"))
    number = max(1, min(page, -(-whole["n"] // PAGE)))
    start = (number - 1) * PAGE
    shown = with_all(rows).order_by("-pk")[start : start + PAGE]
    counts = (
        rows.order_by()
        .values("section")
        .annotate(n=Count("pk"), full=Sum("pages_full"), part=Sum("pages_part"))
        .order_by("-n", "section")[:SECTIONS]
    )
    return Page(
        tuple(shown), whole["n"], number, PAGE,
        tuple(SectionCount(row["section"], row["n"], (row["full"] or 0) + (row["part"] or 0)) for row in counts),
        (whole["full"] or 0) + (whole["part"] or 0),
    )  # fmt: skip


def with_all(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related(
        "event", "released", "private__challenged", "request__agency", "request__campaign"
    )
