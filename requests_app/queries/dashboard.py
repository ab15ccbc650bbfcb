"""What the public dashboard counts: published requests only, whoever looks, and nothing that is the requester's.

The walls ask of every row whether it may be read, so the rows are walked once: one statement counts everything.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import F, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from requests_app.models import Agency, Campaign, Deadline, Event, RecordsRequest
from requests_app.models.visibility import PUBLIC

from .groups import NO_ANSWER, POPULATIONS, group_of, population_case
from .masking import Outside, campaigns_outside
from .requests import EVERYTHING, Filters, filtered, standing_halves

ANSWERS = ("determined", "produced")
SHOWN = 6
# Of these, who has no date in public is left out.
READ = 5 * SHOWN


@dataclass(frozen=True, slots=True)
class Asked:
    """An agency of the population or, for the map, a fusion center nobody asked."""

    slug: str
    name: str
    kind: str
    jurisdiction: str
    x: float | None
    y: float | None
    is_sample: bool
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Waited:
    """How many requests waited so many days for a first answer. answered False: none came by then."""

    days: int
    answered: bool
    n: int


@dataclass(frozen=True, slots=True)
class Silent:
    """A request without decision or records, and with a time that the public sees: a clock that stands still for us is
    no silence. due_on None with `standard`: the law names no number of days."""

    public_id: str
    title: str
    agency: str
    jurisdiction: str
    is_sample: bool
    filed_on: dt.date
    days: int
    due_on: dt.date | None
    standard: bool


@dataclass(frozen=True, slots=True)
class Answer:
    public_id: str
    title: str
    agency: str
    jurisdiction: str
    is_sample: bool
    on: dt.date
    outcome: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """population: which one is counted. populations: how many requests each holds under the same filters.
    undated: answered, but the log names no day, so they are left out of `waited`."""

    population: str
    populations: dict[str, int]
    counts: dict[str, int]
    laws: dict[str, int]
    agencies: tuple[Asked, ...]
    waited: tuple[Waited, ...]
    undated: int
    silence: tuple[Silent, ...]
    newest: tuple[Answer, ...]
    campaigns: tuple[Campaign, ...]
    marked: bool

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def load(*, now: dt.datetime, filters: Filters = EVERYTHING) -> Dashboard:
    """Seven queries at most, whatever the data."""
    found = _count(now, filters)
    rows = _rows([row["id"] for row in (*found["silence"], *found["newest"])])
    population = found["population"] or filters.population or POPULATIONS[0]
    counts: dict[str, int] = {}
    for _, group, n in found["cube"]:
        counts[group] = counts.get(group, 0) + n
    return Dashboard(
        population=population,
        populations=dict(found["populations"]),
        counts=counts,
        laws=dict(found["laws"]),
        agencies=_agencies(found["cube"], population, filters),
        waited=tuple(Waited(*row) for row in found["waited"]),
        undated=found["undated"],
        silence=_silence(found["silence"], rows),
        newest=tuple(
            Answer(**rows[row["id"]], on=dt.date.fromisoformat(row["on"]), outcome=row["outcome"])
            for row in found["newest"]
            if row["id"] in rows
        ),
        campaigns=tuple(
            campaigns_outside(PUBLIC, Campaign.objects.visible_to(PUBLIC).order_by("is_sample", "public_title")[:200])
        ),
        marked=found["marked"],
    )


COUNTED = """
WITH base AS MATERIALIZED ({base}), told AS MATERIALIZED ({told}),
pick AS (SELECT coalesce(nullif(%s, ''), (
    SELECT p.population FROM (SELECT DISTINCT population FROM base) p
    ORDER BY array_position(%s::text[], p.population::text) LIMIT 1)) AS population),
mine AS MATERIALIZED (
    SELECT base.*, told.first_on, told.last_on,
           coalesce(told.first_on, CASE WHEN stage = 'closed' THEN span_from ELSE today END) - filed_on AS days
    FROM base LEFT JOIN told ON told.request_id = base.id AND base.stage <> ALL (%s)
    WHERE base.population = (SELECT population FROM pick)),
undated AS (SELECT count(*) AS n FROM mine
            WHERE first_on IS NULL AND stage IN ('answered', 'answered_in_part', 'closed') AND outcome <> ''
              AND outcome <> 'withdrawn')
SELECT json_build_object(
    'population', (SELECT population FROM pick),
    'populations', (SELECT coalesce(json_agg(t), '[]') FROM (
        SELECT json_build_array(population, count(*)) FROM base GROUP BY population) AS f(t)),
    'cube', (SELECT coalesce(json_agg(t), '[]') FROM (
        SELECT json_build_array(agency_id, standing, count(*)) FROM mine GROUP BY agency_id, standing) AS f(t)),
    'laws', (SELECT coalesce(json_agg(t), '[]') FROM (
        SELECT json_build_array(law_id, count(*)) FROM mine GROUP BY law_id) AS f(t)),
    'waited', (SELECT coalesce(json_agg(t), '[]') FROM (
        SELECT json_build_array(greatest(days, 0), first_on IS NOT NULL, count(*)) FROM mine
        WHERE first_on IS NOT NULL OR stage NOT IN ('answered', 'answered_in_part', 'closed')
           OR outcome IN ('', 'withdrawn')
        GROUP BY greatest(days, 0), first_on IS NOT NULL) AS f(t)),
    'undated', (SELECT n FROM undated),
    'silence', (SELECT coalesce(json_agg(t), '[]') FROM (
        SELECT json_build_object('id', id, 'on', filed_on, 'days', days) FROM mine
        WHERE stage = ANY (%s) AND standing IN ('late', 'pending')
        ORDER BY filed_on, id LIMIT %s) AS f(t)),
    'newest', (SELECT coalesce(json_agg(t), '[]') FROM (
        SELECT json_build_object('id', id, 'on', last_on, 'outcome', outcome) FROM mine
        WHERE last_on IS NOT NULL AND outcome <> '' ORDER BY last_on DESC, id DESC LIMIT %s) AS f(t)),
    'marked', (SELECT coalesce(bool_or(is_sample), false) FROM mine)
)::text
"""


def _count(now: dt.datetime, filters: Filters) -> dict[str, Any]:
    anywhere = replace(filters, population="")
    (public,) = [filtered(half, PUBLIC, anywhere) for half in standing_halves(PUBLIC, now=now)]
    base = public.order_by().values(
        "id", "agency_id", "law_id", "filed_on", "today", "is_sample",
        population=population_case(), standing=group_of(PUBLIC), span_from=F("span__from_on"),
        **{name: Coalesce(F(f"span__{name}"), Value("")) for name in ("stage", "outcome", "whose_move")},
    )  # fmt: skip
    base_sql, base_params = base.query.sql_with_params()
    told_sql, told_params = _told().query.sql_with_params()
    silent = list(NO_ANSWER)
    with connection.cursor() as cursor:
        cursor.execute(
            COUNTED.format(base=base_sql, told=told_sql),
            [
                *base_params,
                *told_params,
                filters.population,
                list(POPULATIONS),
                silent,
                silent,
                READ,
                SHOWN,
            ],
        )
        found: dict[str, Any] = json.loads(cursor.fetchone()[0])
    return found


def _told() -> QuerySet[Any]:
    """The first and the last answer of each request. A day that the log did not tell is no day."""
    on = Coalesce("received_on", "sent_on", "dated_on")
    dated = ~Q(facts__has_key="day_unknown")
    return (
        Event.objects.visible_to(PUBLIC)
        .filter(kind__in=ANSWERS)
        .order_by()
        .values("request_id")
        .annotate(first_on=Min(on, filter=dated), last_on=Max(on, filter=dated))
    )


def _rows(ids: list[int]) -> dict[int, dict[str, Any]]:
    rows = list(
        RecordsRequest.objects.visible_to(PUBLIC)
        .filter(pk__in=ids)
        .values_list(
            "pk", "public_id", "public_title", "agency__name", "agency__jurisdiction", "agency__is_sample",
            "organisation_id",
        )
    )
    outside = Outside(PUBLIC, requests=[(row[0], row[-1]) for row in rows])
    return {
        pk: {
            "public_id": public_id, "title": outside(title, home), "agency": agency, "jurisdiction": place,
            "is_sample": sample,
        }
        for pk, public_id, title, agency, place, sample, home in rows
    }  # fmt: skip


def _silence(silent: list[dict[str, Any]], rows: dict[int, dict[str, Any]]) -> tuple[Silent, ...]:
    owed = (
        Deadline.objects.visible_to(PUBLIC)
        .standing()
        .filter(request__in=[row["id"] for row in silent], owner="agency", scope="request")
        .values_list("request_id", "latest_on", "clock__owes", "clock__standard")
    )
    due: dict[int, dt.date] = {}
    standard: set[int] = set()
    for request_id, latest_on, owes, words in owed:
        # A stored clock leaves out what it owes where that is the determination.
        if owes not in (None, "determination", "records"):
            continue
        if latest_on is not None:
            due[request_id] = min(latest_on, due.get(request_id, dt.date.max))
        elif words:
            standard.add(request_id)
    return tuple(
        Silent(
            **rows[row["id"]],
            filed_on=dt.date.fromisoformat(row["on"]),
            days=row["days"],
            due_on=due.get(row["id"]),
            standard=row["id"] in standard,
        )
        for row in silent
        if row["id"] in rows and (row["id"] in due or row["id"] in standard)
    )[:SHOWN]


def _agencies(cube: list[tuple[int, str, int]], population: str, filters: Filters) -> tuple[Asked, ...]:
    counts: dict[int, dict[str, int]] = {}
    for agency_id, group, n in cube:
        counts.setdefault(agency_id, {})[group] = n
    centers = Q(kind="fusion_center", is_sample=population == "sample")
    if filters.jurisdiction:
        centers &= Q(jurisdiction=filters.jurisdiction)
    if filters.kind and filters.kind != "fusion_center":
        centers = Q(pk=None)
    rows = Agency.objects.filter(centers | Q(pk__in=list(counts))).order_by("jurisdiction", "name")
    return tuple(
        Asked(slug, name, kind, place, x, y, is_sample, counts.get(pk, {}))
        for pk, slug, name, kind, place, x, y, is_sample in rows.values_list(
            "pk", "slug", "name", "kind", "jurisdiction", "map_x", "map_y", "is_sample"
        )
    )
