"""Agencies: the list with its record of answering, and everything known of one, each fact with its source."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Prefetch, QuerySet, Value, When

from requests_app.models import Agency, AgencyIdentifier, AgencyKind, AgencyLaw, AgencyName
from requests_app.models.visibility import Viewer

from .centers import CountsByKit, by_kit, together
from .compiled import Compiled, Hole
from .corrections import anything_beside_agency
from .requests import Filters, Page, list_requests, standings

TOLD = ("laws", "names", "contacts", "custodians", "identifiers", "merged", "closures")
PAGE = 50
SHOWN = 25


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. mark: "real", "sample" or "both", which the list always marks."""

    q: str = ""
    jurisdiction: str = ""
    kind: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """counts: requests the viewer sees, by group."""

    agency: Agency
    law: AgencyLaw | None
    former: tuple[str, ...]
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Spot:
    slug: str
    name: str
    jurisdiction: str
    x: float
    y: float
    is_sample: bool
    total: int
    late: int


@dataclass(frozen=True, slots=True)
class Found:
    rows: tuple[Listed, ...]
    spots: tuple[Spot, ...]
    total: int
    number: int
    size: int


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """counts: of every request to the agency the viewer sees; requests: the newest of them. kits: the counts by kit,
    of a fusion center alone."""

    agency: Agency
    counts: dict[str, int]
    requests: Page
    kits: CountsByKit

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def find(viewer: Viewer, asked: Asked, *, now: dt.datetime, page: int = 1, size: int = PAGE) -> Found:
    """One page; past the end it is the last. Eight queries at most, nine for members."""
    found = matching(asked)
    total = found.count()
    number = min(max(page, 1), max(1, -(-total // size)))
    start = (number - 1) * size
    agencies = list(
        _searched(found, asked)[start : start + size].prefetch_related(
            Prefetch("laws", AgencyLaw.objects.order_by("pk")),
            Prefetch("names", AgencyName.objects.order_by("pk")),
        )
    )
    # The map never lays invented centers over real ones.
    placed = found.filter(is_sample=asked.mark == "sample")
    spots = list(
        placed.filter(kind="fusion_center", map_x__isnull=False, map_y__isnull=False)
        .order_by("pk")
        .values_list("pk", "slug", "name", "jurisdiction", "map_x", "map_y", "is_sample")
    )
    counts = _counts(viewer, now, {agency.pk for agency in agencies} | {spot[0] for spot in spots})
    return Found(
        rows=tuple(
            Listed(agency, _first_law(agency), tuple(_names(agency)), counts.get(agency.pk, {}))
            for agency in agencies
        ),
        spots=tuple(_spot(row, counts.get(row[0], {})) for row in spots),
        total=total,
        number=number,
        size=size,
    )


def load(viewer: Viewer, slug: str, *, now: dt.datetime) -> AgencyPage | None:
    """Thirteen queries at most, whatever the data. Of a merged agency everything but its requests is its own. What may
    be asked for besides is named in `agency.beside`."""
    agency = next(iter(_named()(slug=slug)), None)
    if agency is None:
        return None
    for name in TOLD:
        told = getattr(agency, name).all()
        told._result_cache = _told(name)(agency=agency.pk)
        agency._prefetched_objects_cache = getattr(agency, "_prefetched_objects_cache", {}) | {name: told}
    kits: CountsByKit = {}
    if agency.kind == AgencyKind.FUSION_CENTER:
        kits = by_kit(viewer, together(agency), now=now)
        counts = _summed(kits.values())
    else:
        rows = standings(viewer, together(agency), "agency_id", now=now)
        counts = _summed({group: n} for _agency, group, n in rows)
    requests = list_requests(viewer, now=now, filters=Filters(agency=slug), size=SHOWN)
    return AgencyPage(agency, counts, requests, kits)


@cache
def _named() -> Compiled:
    named = Agency.objects.filter(slug=Hole("slug", CharField())).select_related("merged_into")
    return Compiled(named.annotate(beside=anything_beside_agency()))


@cache
def _told(name: str) -> Compiled:
    relation: Any = Agency._meta.get_field(name)
    return Compiled(
        relation.related_model.objects.filter(**{relation.field.name: Hole("agency", BigIntegerField())})
    )


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for one in counts:
        found.update(one)
    return dict(found)


def batches(asked: Asked, size: int = 1_000) -> Iterator[list[Agency]]:
    """Every agency that the list would show, in its order, with all that stands beside it: for tables."""
    ids = list(_searched(matching(asked), asked).values_list("pk", flat=True))
    for start in range(0, len(ids), size):
        some = ids[start : start + size]
        rows = (
            Agency.objects.defer("claims", "sources", "core")
            .prefetch_related(
                "contacts", "names", "laws", Prefetch("identifiers", AgencyIdentifier.objects.defer("told"))
            )
            .in_bulk(some)
        )
        yield [rows[pk] for pk in some if pk in rows]


def matching(asked: Asked) -> QuerySet[Agency]:
    agencies = Agency.objects.surviving().matching(asked.q)
    if asked.jurisdiction:
        agencies = agencies.filter(jurisdiction=asked.jurisdiction)
    if asked.kind:
        agencies = agencies.filter(kind=asked.kind)
    if asked.mark in ("real", "sample"):
        agencies = agencies.filter(is_sample=asked.mark == "sample")
    elif asked.mark not in ("", "both"):
        agencies = agencies.none()
    return agencies


def _searched(agencies: QuerySet[Agency], asked: Asked) -> QuerySet[Agency]:
    """Real ones first; of those searched for, the one whose short name it is."""
    exact = Case(When(abbreviation__iexact=asked.q.strip(), then=Value(0)), default=Value(1))
    return agencies.order_by(*([exact] if asked.q.strip() else []), "is_sample", "jurisdiction", "name", "pk")


def _counts(viewer: Viewer, now: dt.datetime, ids: set[int]) -> dict[int, dict[str, int]]:
    """By survivor: what was put to an agency that was merged since is its survivor's to answer for."""
    survivor = dict(Agency.objects.filter(merged_into__in=ids).values_list("pk", "merged_into_id"))
    counts: dict[int, dict[str, int]] = {}
    for agency_id, group, n in standings(viewer, [*ids, *survivor], "agency_id", now=now):
        row = counts.setdefault(survivor.get(agency_id, agency_id), {})
        row[group] = row.get(group, 0) + n
    return counts


def _first_law(agency: Agency) -> AgencyLaw | None:
    """The law of its own jurisdiction where it has one; a center may answer under several."""
    laws = list(agency.laws.all())
    return next((law for law in laws if law.law_id == agency.jurisdiction), laws[0] if laws else None)


def _names(agency: Agency) -> list[str]:
    return [row.name for row in agency.names.all() if row.name != agency.name]


def _spot(row: tuple[Any, ...], counts: dict[str, int]) -> Spot:
    _pk, slug, name, jurisdiction, x, y, is_sample = row
    return Spot(slug, name, jurisdiction, x, y, is_sample, sum(counts.values()), counts.get("late", 0))
