"""Fusion centers as the public reads them: what sources say of each, what was asked of it, what is still not known.

Everything here is read as the public reads it, whoever looks. What nobody was publicly asked is "not asked"; what was
asked and is told by no source is "unknown". Nothing is added up.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml
from django.db.models import Count, F, Max, Min

from requests_app.kits.centers import KITS, RECOMMENDATIONS, TESTS, Test
from requests_app.models import Agency, AgencyKind, CenterClaim, FactField, Part
from requests_app.models.visibility import PUBLIC, Viewer

from .places import DATA
from .requests import standings

NOT_ASKED, UNKNOWN = "not_asked", "unknown"
DOUBTED = ("contradicted", "stale")
CountsByKit = Mapping[str, Mapping[str, int]]
"""Requests by kit, empty for questions of their own, and within it by group."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one source says. id: of a claim that an organization published; none of what ships with the product."""

    topic: str
    status: str
    value: str
    finding: str = ""
    from_on: dt.date | None = None
    until_on: dt.date | None = None
    year: str = ""
    citation: str = ""
    address: str = ""
    page: str = ""
    document: str = ""
    request: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """How often a part of a kit was publicly asked of one center, first and last."""

    requests: int
    first_on: dt.date
    last_on: dt.date


@dataclass(frozen=True, slots=True)
class Cell:
    """A recommendation at one center. state: a finding, unknown or not_asked."""

    topic: str
    state: str
    told: tuple[Told, ...]
    asked: Mapping[Test, Asked]

    @property
    def first_asked(self) -> dt.date | None:
        return min((one.first_on for one in self.asked.values()), default=None)

    @property
    def differs(self) -> bool:
        """Sources that stand do not say the same."""
        return len({one.finding for one in self.told if one.status not in DOUBTED}) > 1


@dataclass(slots=True)
class Center:
    agency: Agency
    told: dict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[Test, Asked] = field(default_factory=dict)

    def asked_of(self, topic: str) -> dict[Test, Asked]:
        return {test: self.asked[test] for test in TESTS[topic] if test in self.asked}

    def cell(self, topic: str) -> Cell:
        told, asked = tuple(self.told.get(topic, ())), self.asked_of(topic)
        state = told[0].finding if told else UNKNOWN if asked else NOT_ASKED
        return Cell(topic, state, told, asked)

    @property
    def cells(self) -> list[Cell]:
        return [self.cell(topic) for topic in RECOMMENDATIONS]


@dataclass(frozen=True, slots=True)
class AskedKit:
    """Public requests to one center by one kit: which parts, and where they stand by group. kit: empty for others."""

    kit: str
    labels: tuple[str, ...]
    counts: Mapping[str, int]

    @property
    def requests(self) -> int:
        return sum(self.counts.values())


def all_centers(*, sample: bool = False, jurisdiction: str = "") -> list[Center]:
    """Every center, by place and name. Four queries, however many there are."""
    found = Agency.objects.surviving().filter(kind=AgencyKind.FUSION_CENTER, is_sample=sample)
    if jurisdiction:
        found = found.filter(jurisdiction=jurisdiction)
    return of(found.order_by("jurisdiction", "name", "pk").defer("core"))


def of(agencies: Iterable[Agency]) -> list[Center]:
    """What was put to a center, or is told of it, under an agency that was merged into it since counts as its own."""
    centers = {agency.pk: Center(agency) for agency in agencies}
    survivor = {pk: pk for pk in centers}
    merged = Agency.objects.filter(merged_into__in=list(centers))
    survivor |= {pk: into for pk, into in merged.values_list("pk", "merged_into_id") if into}
    _asked(centers, survivor)
    _told(centers, survivor)
    return [_with_shipped(center) for center in centers.values()]


def one(agency: Any, counts: CountsByKit) -> Center:
    """The same of one that `agencies.load` found. counts: of its public requests; what cannot be there is not asked."""
    centers, survivor = {agency.pk: Center(agency)}, dict.fromkeys(together(agency), agency.pk)
    if any(kit in KITS for kit in counts):
        _asked(centers, survivor)
    if "claims" in agency.beside:
        _told(centers, survivor)
    return _with_shipped(centers[agency.pk])


def together(agency: Agency) -> list[int]:
    """The agency and those merged into it, which it answers for."""
    return [agency.pk, *(merged.pk for merged in agency.merged.all())]


def _with_shipped(center: Center) -> Center:
    for said in shipped(center.agency):
        center.told[said.topic].append(said)
    return center


def _asked(centers: dict[int, Center], survivor: dict[int, int]) -> None:
    rows = (
        Part.objects.visible_to(PUBLIC)
        .filter(request__agency__in=list(survivor), request__ask__kit__in=KITS)
        .order_by()
        .values_list("request__agency_id", "request__ask__kit", "label")
        .annotate(n=Count("request", distinct=True), first=Min("request__filed_on"), last=Max("request__filed_on"))
    )
    for agency_id, kit, label, n, first, last in rows:
        asked = centers[survivor[agency_id]].asked
        before = asked.get(test := Test(kit, label))
        asked[test] = (
            Asked(before.requests + n, min(before.first_on, first), max(before.last_on, last))
            if before
            else Asked(n, first, last)
        )


def _told(centers: dict[int, Center], survivor: dict[int, int]) -> None:
    rows = (
        CenterClaim.objects.visible_to(PUBLIC)
        .filter(agency__in=list(survivor))
        .annotate(document_key=F("document__public_id"), request_key=F("document__request__public_id"))
    )
    # The newest first; what is doubted stands behind what is not.
    for row in sorted(rows, key=lambda row: (row.status not in DOUBTED, row.from_on, row.pk), reverse=True):
        centers[survivor[row.agency_id]].told[row.topic].append(told_of(row))


def told_of(row: Any) -> Told:
    """Of a row that names its document and the request of it, as `_told` asks for them."""
    return Told(
        topic=row.topic, status=row.status, value=row.value, finding=row.finding, from_on=row.from_on,
        until_on=row.until_on, citation=row.citation, address=row.address, page=row.page,
        document=row.document_key or "", request=row.request_key or "", id=row.public_id,
    )  # fmt: skip


def shipped(agency: Agency) -> list[Told]:
    """Facts of the files that ship with the product. They are reports, never findings."""
    return [
        Told(
            topic=str(claim["field"]), status="reported", value=str(claim.get("value", "")),
            year=str(claim.get("year", "")), address=str(claim.get("source", "")),
        )
        for claim in agency.claims
        if claim.get("field") in FactField.values
    ]  # fmt: skip


def by_kit(viewer: Viewer, ids: Collection[int], *, now: dt.datetime) -> CountsByKit:
    """Where the requests to these agencies that the viewer sees stand. One query, two for members."""
    counts: dict[str, dict[str, int]] = {}
    for name, group, n in standings(viewer, ids, "ask__kit", now=now):
        mine = counts.setdefault(name if name in KITS else "", {})
        mine[group] = mine.get(group, 0) + n
    return counts


def asked_kits(center: Center, counts: CountsByKit) -> list[AskedKit]:
    """What the public sees was asked of one center, kit by kit."""
    labels: dict[str, list[str]] = defaultdict(list)
    for test in center.asked:
        labels[test.kit].append(test.label)
    return [
        AskedKit(name, tuple(sorted(labels[name], key=lambda label: (len(label), label))), counts[name])
        for name in sorted(counts, key=lambda name: (not name, name))
    ]


@dataclass(frozen=True, slots=True)
class Figure:
    """Of somebody else's count: never added to ours."""

    text: str
    of: str
    asof: str
    source: str
    address: str = ""


@cache
def national_figures() -> tuple[Figure, ...]:
    told = yaml.safe_load((DATA / "national_figures.yaml").read_text(encoding="utf-8"))
    return tuple(Figure(**row) for row in told["figures"])


