"""The list of requests: what a viewer may see, filtered, sorted, counted exactly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    CharField,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Value,
)

from requests_app.models import (
    Agency,
    Campaign,
    Organisation,
    RecordsRequest,
    RequestCorrespondence,
    RequestPrivate,
    RequestTag,
    TrackingNumber,
    Withholding,
)
from requests_app.models.visibility import PUBLIC, Viewer

from .compiled import Among, Compiled, Hole
from .days import local_day, quarter_of
from .groups import TOGETHER, group_of, population_case
from .hits import Hits, by_title
from .masking import Outside

PAGE = 25
# A list goes as far, and is counted as far: nobody waits for a count of millions. Of what is found by its standing each
# request costs more than a step along an index: there the public's list goes to page 40.
MOST, MOST_BY_STANDING = 10_000, 1_000
# Orders along an index. By any other the public orders no more than MOST: a million would be read for one page.
WALKED = ("newest", "oldest")
# Said without where the empty ones go, an index in that order serves, and the walk ends where the list does.
NEVER_EMPTY = ("filed_on", "pk")
SORTS = {
    "newest": ("-filed_on", "-pk"),
    "oldest": ("filed_on", "pk"),
    "next": ("span__next_on", "pk"),
    "late": ("span__late_since", "span__next_on", "pk"),
    "stage": ("span__stage", "-filed_on", "pk"),
    "agency": ("agency__name", "-filed_on", "pk"),
    "title": ("said_title", "pk"),
}
STANDING = (
    "stage",
    "outcome",
    "whose_move",
    "late",
    "late_since",
    "next_on",
    "next_name",
    "next_owner",
    "next_clock_key",
)
COLUMNS = (
    "pk", "public_id", "public_title", "organisation_id", "law_id", "zone", "filed_on", "is_sample",
    "is_imported", "today", "agency_name", "agency_slug", "agency_abbreviation", "jurisdiction",
    *STANDING, "ours",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for; an empty field asks for nothing. within: days until the next date. kind: of
    the agency. group and population: see `groups`."""

    q: str = ""
    jurisdiction: str = ""
    agency: str = ""
    campaign: str = ""
    stage: str = ""
    move: str = ""
    outcome: str = ""
    late: bool | None = None
    within: int | None = None
    organisation: str = ""
    law: str = ""
    kind: str = ""
    group: str = ""
    population: str = ""
    assignee: str = ""
    backup: str = ""
    tag: str = ""
    withheld: bool = False
    kit: str = ""
    filed_from: dt.date | None = None
    filed_until: dt.date | None = None

    @property
    def any(self) -> bool:
        return self != EVERYTHING

    @property
    def words(self) -> list[str]:
        return self.q.split()[:8]

    @property
    def by_standing(self) -> bool:
        """Whether an answer needs the standing of today."""
        return (
            bool(self.stage or self.move or self.outcome or self.group)
            or self.late is not None
            or self.within is not None
        )


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Row:
    """One request as the viewer may see it on its own local day `today`. `ours`: of the viewer's organization, with
    the whole standing; else the public projection, without moves and windows of the requester."""

    pk: int
    public_id: str
    public_title: str
    organisation_id: int
    law_id: str
    zone: str
    filed_on: dt.date
    is_sample: bool
    is_imported: bool
    today: dt.date
    agency_name: str
    agency_slug: str
    agency_abbreviation: str
    jurisdiction: str
    stage: str | None
    outcome: str | None
    whose_move: str | None
    late: bool | None
    late_since: dt.date | None
    next_on: dt.date | None
    next_name: str | None
    next_owner: str | None
    next_clock_key: str | None
    ours: bool

    @property
    def days_late(self) -> int:
        return (self.today - self.late_since).days + 1 if self.late and self.late_since else 0

    @property
    def days_left(self) -> int | None:
        return (self.next_on - self.today).days if self.next_on else None


@dataclass(frozen=True, slots=True)
class Page:
    """more: there are more than `total`, which is then as far as a list goes."""

    rows: tuple[Row, ...]
    total: int
    number: int
    size: int
    more: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)

    @property
    def has_next(self) -> bool:
        return self.number < self.pages

    @property
    def has_previous(self) -> bool:
        return self.number > 1


class TooManyToOrder(Exception):
    """More than MOST, in an order that no index has."""


def list_requests(
    viewer: Viewer,
    *,
    now: dt.datetime,
    filters: Filters = EVERYTHING,
    sort: str = "newest",
    page: int = 1,
    size: int = PAGE,
) -> Page:
    """One page, with the number of all, exact as far as the list goes; a page past the end is the last. Two queries,
    whatever the data, and one for whom to mask where some are others'; words, and an order by title, ask it beforehand
    in two or three, and an order of the public's that no index has asks how many there are.

    First the keys of the page, then its rows: what is shown is read for one page of requests, not for all of them.
    Raises TooManyToOrder.
    """
    sort = sort if sort in SORTS else "newest"
    by_standing = filters.by_standing or any(name.startswith("span__") for name in _names(SORTS[sort]))
    most = MOST_BY_STANDING if viewer.kind == "public" and by_standing else MOST
    if viewer.kind == "public" and sort not in WALKED:
        counted, _ids = _keys_of_page(viewer, filters, "newest", now, most=MOST, start=0, size=1)
        if counted > MOST:
            raise TooManyToOrder
    start = (max(page, 1) - 1) * size
    counted, ids = _keys_of_page(viewer, filters, sort, now, most=most, start=start, size=size)
    total = min(counted, most)
    number = min(max(page, 1), max(1, -(-total // size)))
    rows = {row.pk: row for row in _rows(viewer, now, ids)}
    return Page(tuple(rows[pk] for pk in ids if pk in rows), total, number, size, counted > most)


def _keys(viewer: Viewer, filters: Filters, sort: str, now: dt.datetime, most: int) -> QuerySet[Any]:
    order = SORTS[sort]
    by_standing = filters.by_standing or any(name.startswith("span__") for name in _names(order))
    halves = filtered_halves(bare_halves(viewer, now=now, spans=by_standing), viewer, filters)
    if sort == "title":
        halves = by_title(viewer, halves)
    first = [_key(name) for name in order]
    return _union([half.order_by(*first).values_list("pk", *_names(order))[: most + 1] for half in halves])


def _statement(
    viewer: Viewer, filters: Filters, sort: str, now: dt.datetime, most: int
) -> tuple[str, Sequence[Any]]:
    """Words and titles are looked up beforehand; the public's other statements are made once. EmptyResultSet: nothing
    can be found."""
    if viewer.kind == "public" and sort != "title" and not filters.words:
        made = _public_keys(replace(filters, agency=""), bool(filters.agency), sort, quarter_of(now), most)
        return made.sql, made.filled({"agency": filters.agency})
    return _keys(viewer, filters, sort, now, most).query.sql_with_params()


@lru_cache(maxsize=256)
def _public_keys(filters: Filters, of_agency: bool, sort: str, quarter: dt.datetime, most: int) -> Compiled:
    one: Any = Hole("agency", CharField())
    return Compiled(_keys(PUBLIC, replace(filters, agency=one) if of_agency else filters, sort, quarter, most))


KEYS = """
WITH found AS MATERIALIZED ({keys}), counted AS (SELECT count(*) AS n, least(count(*), %s) AS total FROM found)
SELECT n, ARRAY(SELECT pk FROM found ORDER BY {order} LIMIT %s
                OFFSET greatest(0, least(%s, (total - 1) / %s * %s))) FROM counted
"""


def _keys_of_page(
    viewer: Viewer, filters: Filters, sort: str, now: dt.datetime, *, most: int, start: int, size: int
) -> tuple[int, list[int]]:
    """How many there are, and the keys of one page: one walk for both."""
    by = ", ".join(
        f'"{name.removeprefix("-")}" {"DESC" if name.startswith("-") else "ASC"} NULLS LAST' for name in SORTS[sort]
    )
    try:
        sql, params = _statement(viewer, filters, sort, now, most)
    except EmptyResultSet:
        return 0, []
    with connection.cursor() as cursor:
        cursor.execute(KEYS.format(keys=sql, order=by), [*params, most, size, start, size, size])
        total, ids = cursor.fetchone()
    return total, ids


def _rows(viewer: Viewer, now: dt.datetime, ids: list[int]) -> list[Row]:
    """The keys have passed the question who may see them; here each half takes those that are its own."""
    if viewer.kind == "public":
        told: Iterable[Any] = _public_rows(quarter_of(now))(ids=ids)
    else:
        here = RecordsRequest.objects.filter(pk__in=ids)
        halves = [_others(here.exclude(organisation_id__in=viewer.organisations), now)]
        if viewer.roles:
            own = here.filter(organisation_id__in=viewer.organisations)
            halves.append(_with_span(own.annotate(ours=Value(True), today=local_day(now)), "spans", now))
        told = ordered(map(_told, halves))
    return masked_rows(viewer, [Row(*row) for row in told])


def _others(requests: QuerySet[Any], now: dt.datetime) -> QuerySet[Any]:
    return _with_span(requests.annotate(ours=Value(False), today=local_day(now)), "public_spans", now)


@lru_cache(maxsize=4)
def _public_rows(quarter: dt.datetime) -> Compiled:
    here = RecordsRequest.objects.filter(Among("pk", "ids"))
    return Compiled(ordered([_told(_others(here, quarter))]))


def masked_rows(viewer: Viewer, rows: Sequence[Row]) -> list[Row]:
    """Titles as the viewer may read them: of others' requests, without whoever asked."""
    outside = Outside(viewer, requests=[(row.pk, row.organisation_id) for row in rows])
    return [replace(row, public_title=outside(row.public_title, row.organisation_id)) for row in rows]


def standing_halves(viewer: Viewer, *, now: dt.datetime) -> list[QuerySet[Any]]:
    """Visible requests with their standing today: the viewer's own by the whole standing, everybody else's by
    the public projection. Two halves rather than one row with a choice, so that each is an indexed join."""
    return [_told(half) for half in bare_halves(viewer, now=now, spans=True)]


def standings(viewer: Viewer, agencies: Collection[int], by: str, *, now: dt.datetime) -> list[tuple[Any, str, int]]:
    """What the viewer sees of these agencies' requests: a column, a group, how many. One query, two for members."""
    if viewer.kind == "public":
        return _public_standings(by, quarter_of(now))(ids=list(agencies))
    halves = standing_halves(viewer, now=now)
    return [row for half in halves for row in _grouped(half.filter(agency__in=agencies), by)]


def _grouped(half: QuerySet[Any], by: str) -> QuerySet[Any]:
    rows = half.order_by().annotate(standing=group_of()).values_list(by, "standing")
    return rows.annotate(n=Count("pk"))


@lru_cache(maxsize=8)
def _public_standings(by: str, quarter: dt.datetime) -> Compiled:
    (half,) = bare_halves(PUBLIC, now=quarter, spans=True)
    return Compiled(_grouped(half.filter(Among("agency", "ids")), by))


def _told(half: QuerySet[Any]) -> QuerySet[Any]:
    return half.annotate(
        agency_name=F("agency__name"),
        agency_slug=F("agency__slug"),
        agency_abbreviation=F("agency__abbreviation"),
        jurisdiction=F("agency__jurisdiction"),
        **{name: F(f"span__{name}") for name in STANDING},
    )


def bare_halves(viewer: Viewer, *, now: dt.datetime, spans: bool) -> list[QuerySet[Any]]:
    others = RecordsRequest.objects.visible_to(viewer)
    halves = []
    if viewer.roles:
        own = RecordsRequest.objects.of_organisation(viewer).annotate(ours=Value(True), today=local_day(now))
        halves.append(_with_span(own, "spans", now) if spans else own)
        others = others.exclude(organisation_id__in=viewer.organisations)
    others = others.annotate(ours=Value(False), today=local_day(now))
    halves.append(_with_span(others, "public_spans", now) if spans else others)
    return halves


def _with_span(requests: QuerySet[Any], spans: str, now: dt.datetime) -> QuerySet[Any]:
    day = local_day(now)
    on = Q(**{f"{spans}__from_on__lte": day}) & (
        Q(**{f"{spans}__until_on": None}) | Q(**{f"{spans}__until_on__gt": day})
    )
    return requests.annotate(span=FilteredRelation(spans, condition=on))


def filtered_halves(halves: Iterable[QuerySet[Any]], viewer: Viewer, filters: Filters) -> list[QuerySet[Any]]:
    hits = Hits(viewer, filters.words)
    return [filtered(half, viewer, filters, hits) for half in halves]


def filtered(
    requests: QuerySet[Any], viewer: Viewer, filters: Filters, hits: Hits | None = None
) -> QuerySet[Any]:
    """hits: of the words of the filters, where it is known already."""
    exact = {
        "agency__jurisdiction": filters.jurisdiction,
        "law_id": filters.law,
        "span__stage": filters.stage,
        "span__whose_move": filters.move,
        "span__outcome": filters.outcome,
        "agency__kind": filters.kind,
        "filed_on__gte": filters.filed_from,
        "filed_on__lte": filters.filed_until,
    }
    requests = requests.filter(**{name: value for name, value in exact.items() if value})
    if filters.agency:
        requests = requests.filter(agency__in=Agency.objects.together(filters.agency))
    if filters.population:
        requests = requests.alias(population=population_case()).filter(population=filters.population)
    if filters.group:
        standing = TOGETHER.get(filters.group) or ("no such group",)
        requests = requests.alias(standing=group_of()).filter(standing__in=standing)
    if filters.campaign:
        seen = Campaign.objects.visible_to(viewer).filter(public_id=filters.campaign)
        requests = requests.filter(campaign__in=seen)
    if filters.kit:
        requests = requests.filter(campaign__in=Campaign.objects.visible_to(viewer).filter(kit=filters.kit))
    requests = _ours_alone(requests, viewer, filters)
    if filters.late is not None:
        requests = requests.filter(span__late=filters.late)
    if filters.within is not None:
        last = ExpressionWrapper(F("today") + Value(dt.timedelta(days=filters.within)), DateField())
        requests = requests.filter(span__next_on__gte=F("today"), span__next_on__lte=last)
    if filters.words:
        hits = hits or Hits(viewer, filters.words)
        for word in filters.words:
            requests = requests.filter(_says(word, viewer, hits))
    return requests


def _ours_alone(requests: QuerySet[Any], viewer: Viewer, filters: Filters) -> QuerySet[Any]:
    """Narrowings by what only the organization's own people know; asked of anybody else's rows they find nothing."""
    private = RequestPrivate.objects.filter(organisation_id__in=viewer.organisations, pk=OuterRef("pk"))
    for name in ("assignee", "backup"):
        value = getattr(filters, name)
        if value == "nobody":
            requests = requests.filter(Exists(private.filter(**{name: None})))
        elif value:
            # A number that no id can be finds nothing, as any other stranger's.
            pk = int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0
            requests = requests.filter(Exists(private.filter(**{name: pk})))
    if filters.organisation:
        homes = Organisation.objects.visible_to(viewer).filter(public_id=filters.organisation)
        requests = requests.filter(organisation__in=homes)
    if filters.tag:
        tagged = RequestTag.objects.visible_to(viewer).filter(tag__public_id=filters.tag)
        requests = requests.filter(pk__in=tagged.values("request"))
    if filters.withheld:
        withheld = Withholding.objects.visible_to(viewer).filter(organisation_id__in=viewer.organisations)
        requests = requests.filter(pk__in=withheld.filter(retracted_at=None).values("request"))
    return requests


def _says(word: str, viewer: Viewer, hits: Hits) -> Q:
    """The word stands in something this viewer may read; a hit in a hidden field would tell what it says."""

    def said(table: Any, column: str) -> Exists:
        to = "request" if table is TrackingNumber else "pk"
        rows = table.objects.visible_to(viewer).filter(**{to: OuterRef("pk")})
        return Exists(rows.filter(hits.says(column, word)))

    tagged = RequestTag.objects.visible_to(viewer).filter(request=OuterRef("pk"), tag__name__icontains=word)
    return (
        hits.says("public_title", word)
        | Q(agency__name__icontains=word)
        | Q(agency__abbreviation__iexact=word)
        | Q(public_id=word.lower())
        | Q(said(RequestCorrespondence, "tracking_number"))
        | Q(said(TrackingNumber, "number"))
        | Q(Exists(tagged))
        | Q(said(RequestPrivate, "working_title"))
    )


def ordered(halves: Iterable[QuerySet[Any]], sort: str = "newest") -> QuerySet[Any]:
    """Rows of COLUMNS out of both halves."""
    union = _union([half.order_by().values_list(*COLUMNS) for half in halves])
    return union.order_by(
        *(_key(name.replace("span__", "").replace("agency__", "agency_")) for name in SORTS[sort])
    )


def _union(halves: list[QuerySet[Any]]) -> QuerySet[Any]:
    return halves[0] if len(halves) == 1 else halves[0].union(*halves[1:], all=True)


def _names(order: Iterable[str]) -> list[str]:
    return [name.removeprefix("-") for name in order if name.removeprefix("-") != "pk"]


def _key(name: str) -> Any:
    if name.removeprefix("-") in NEVER_EMPTY:
        return name
    return F(name[1:]).desc(nulls_last=True) if name.startswith("-") else F(name).asc(nulls_last=True)
