"""The public statistics: counted over `PublicFact`, whoever looks, in one walk over its rows.

A filter names only what the public sees: a campaign that is not published narrows to nothing, as one that is not there.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Case, CharField, Count, F, Func, Q, QuerySet, When

from requests_app.models import Agency, Campaign, PublicCount, PublicFact, Withholding
from requests_app.models.publication import public_standing
from requests_app.models.visibility import PUBLIC
from requests_app.statistics.survival import Waited

from .days import LocalDay, local_day, same_days
from .groups import POPULATIONS, TOGETHER
from .masking import campaigns_outside

SHOWN = 6
# Of these, who has no date in public is left out.
READ = 5 * SHOWN
# A worker that does not come any more leaves nothing behind that is shown for long.
KEPT_FOR = dt.timedelta(hours=1)
GROUNDS = 12
MOST_CAMPAIGNS = 200


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the address asks for; an empty field asks for nothing. filed_from, filed_until: both days count."""

    population: str = ""
    campaign: str = ""
    kit: str = ""
    jurisdiction: str = ""
    kind: str = ""
    group: str = ""
    filed_from: dt.date | None = None
    filed_until: dt.date | None = None


EVERYTHING = Narrowed()


@dataclass(frozen=True, slots=True)
class Asked:
    """A fusion center, whoever asked it, or any agency of the population."""

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
class Units:
    """The same requests, counted by what they went to. asks: one campaign put to one agency is one."""

    requests: int = 0
    asks: int = 0
    agencies: int = 0
    centers: int = 0
    custodians: int = 0


@dataclass(frozen=True, slots=True)
class Delay:
    """dated: requests whose law names a last day; none of a log, which tells neither pauses nor extensions, so that
    nobody knows whether the day held. late: of these, how many are or were past it, and days in all.
    extended: how many had a notice of more time, and how many notices there were."""

    dated: int = 0
    late: int = 0
    days: int = 0
    longest: int = 0
    extended: int = 0
    notices: int = 0


@dataclass(frozen=True, slots=True)
class Ground:
    """How many requests were answered with this ground. section and citation empty: the type as a whole."""

    ground: str
    law_id: str
    section: str
    citation: str
    n: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """population: which one is counted. populations: how many requests each holds under the same filters.
    standings: by jurisdiction; asked: how many agencies of it were. agencies: fusion centers alone, unless all were
    asked for. undated: answered on a day that no log tells, and left out of what took how long. waits: by step of a
    request; places: the first answers by jurisdiction, where that was asked for. ids of `silent` and `newest` are not
    yet known to be seen by anybody. acknowledged None: logs do not tell it. as_of: when it was counted."""

    population: str
    populations: dict[str, int]
    counts: dict[str, int]
    standings: dict[str, dict[str, int]]
    asked: dict[str, int]
    laws: dict[str, int]
    units: Units
    acknowledged: int | None
    waits: dict[str, list[Waited]]
    undated: int
    delay: Delay
    agencies: tuple[Asked, ...]
    silent: tuple[dict[str, Any], ...]
    newest: tuple[dict[str, Any], ...]
    marked: bool
    grounds: Grounds
    as_of: dt.datetime
    places: dict[str, list[Waited]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


class StandingOn(Func):
    """The group on a day, out of the steps of the row. Before the first of them it is pending."""

    output_field = CharField()

    def __init__(self, now: dt.datetime) -> None:
        super().__init__(F("groups"), LocalDay(F("zone"), now), F("turns"))

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> tuple[str, Any]:
        parts, params = [], []
        for source in self.get_source_expressions():
            sql, given = compiler.compile(source)
            parts.append(sql)
            params += given
        groups, today, turns = parts
        return f"coalesce(({groups})[width_bucket({today}, {turns})], 'pending')", tuple(params)


def facts(asked: Narrowed, *, now: dt.datetime, anywhere: bool = False) -> QuerySet[Any]:
    """anywhere: of every population, whichever was asked for."""
    rows = PublicFact.objects.visible_to(PUBLIC).annotate(standing=StandingOn(now), today=local_day(now))
    exact = {
        "jurisdiction": asked.jurisdiction, "agency_kind": asked.kind, "filed_on__gte": asked.filed_from,
        "filed_on__lte": asked.filed_until, "population": "" if anywhere else asked.population,
    }  # fmt: skip
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if asked.campaign or asked.kit:
        of = {"public_id": asked.campaign, "kit": asked.kit}
        seen = Campaign.objects.visible_to(PUBLIC).filter(**{name: value for name, value in of.items() if value})
        rows = rows.filter(campaign__in=seen.values("pk"))
    if asked.group:
        rows = rows.filter(standing__in=TOGETHER.get(asked.group) or ("no such group",))
    return rows.order_by()


COUNTED = """
WITH base AS MATERIALIZED ({base}),
pick AS (SELECT coalesce(nullif(%s, ''), (
    SELECT p.population FROM (SELECT DISTINCT population FROM base) p
    ORDER BY array_position(%s::text[], p.population::text) LIMIT 1)) AS population),
mine AS MATERIALIZED (
    SELECT *, undated AND first_on IS NULL AS unknown,
           greatest(0, CASE WHEN due_on IS NULL OR population = 'log' THEN 0
                            WHEN first_on IS NOT NULL THEN first_on - due_on
                            WHEN standing = 'late' THEN today - due_on ELSE 0 END) AS delay
    FROM (SELECT *, least(determined_on, produced_on) AS first_on FROM base) b
    WHERE population = (SELECT population FROM pick)),
waited (step, days, ended, n, place) AS (
    SELECT 'answer', greatest(0, coalesce(first_on, ended_on, today) - filed_on), first_on IS NOT NULL, count(*),
           {place}
      FROM mine WHERE NOT unknown GROUP BY 2, 3, 5
    UNION ALL
    SELECT 'completion', greatest(0, coalesce(completed_on, ended_on, today) - filed_on), completed_on IS NOT NULL,
           count(*), '' FROM mine WHERE NOT unknown GROUP BY 2, 3
    UNION ALL
    SELECT 'acknowledgment', greatest(0, coalesce(acknowledged_on, least(first_on, ended_on, today)) - filed_on),
           acknowledged_on IS NOT NULL, count(*), '' FROM mine WHERE NOT (unknown AND acknowledged_on IS NULL)
     GROUP BY 2, 3)
SELECT json_build_object(
    'population', (SELECT population FROM pick),
    'populations', (SELECT coalesce(json_agg(t), '[]') FROM (
        SELECT json_build_array(population, count(*)) FROM base GROUP BY population) AS f(t)),
    'standings', (SELECT coalesce(json_agg(t), '[]') FROM (
        SELECT json_build_array(jurisdiction, standing, count(*)) FROM mine GROUP BY jurisdiction, standing) AS f(t)),
    'asked', (SELECT coalesce(json_agg(t), '[]') FROM (
        SELECT json_build_array(jurisdiction, count(DISTINCT agency_id)) FROM mine GROUP BY jurisdiction) AS f(t)),
    'cube', (SELECT coalesce(json_agg(t), '[]') FROM (
        SELECT json_build_array(agency_id, standing, count(*)) FROM mine WHERE {of_agencies}
         GROUP BY agency_id, standing) AS f(t)),
    'laws', (SELECT coalesce(json_agg(t), '[]') FROM (
        SELECT json_build_array(law_id, count(*)) FROM mine GROUP BY law_id) AS f(t)),
    'waited', (SELECT coalesce(json_agg(json_build_array(step, days, ended, n, place)), '[]') FROM waited),
    'units', (SELECT json_build_object('requests', count(*),
        'asks', count(DISTINCT (seen_campaign, agency_id)) FILTER (WHERE seen_campaign IS NOT NULL)
                + count(*) FILTER (WHERE seen_campaign IS NULL),
        'agencies', count(DISTINCT agency_id),
        'centers', count(DISTINCT agency_id) FILTER (WHERE agency_kind = 'fusion_center'),
        'custodians', count(DISTINCT (agency_id, coalesce(custodian_id, 0)))) FROM mine),
    'delay', (SELECT json_build_object(
        'dated', count(due_on) FILTER (WHERE population <> 'log'), 'late', count(*) FILTER (WHERE delay > 0),
        'days', coalesce(sum(delay), 0), 'longest', coalesce(max(delay), 0),
        'extended', count(*) FILTER (WHERE extensions > 0), 'notices', coalesce(sum(extensions), 0)) FROM mine),
    'acknowledged', (SELECT count(acknowledged_on) FROM mine),
    'undated', (SELECT count(*) FROM mine WHERE unknown),
    'silence', (SELECT coalesce(json_agg(t), '[]') FROM (
        SELECT json_build_object('id', request_id, 'on', filed_on, 'days', today - filed_on, 'due', due_on) FROM mine
        WHERE silent AND standing IN ('late', 'pending') AND (due_on IS NOT NULL OR standard)
        ORDER BY filed_on, request_id LIMIT %s) AS f(t)),
    'newest', (SELECT coalesce(json_agg(t), '[]') FROM (
        SELECT json_build_object('id', request_id, 'on', last_on, 'outcome', outcome) FROM mine
        WHERE last_on IS NOT NULL AND outcome <> '' ORDER BY last_on DESC, request_id DESC LIMIT %s) AS f(t)),
    'marked', (SELECT coalesce(bool_or(is_sample), false) FROM mine)
)::text
"""


def count(
    asked: Narrowed, *, now: dt.datetime, by_place: bool = False, every_agency: bool = False
) -> Statistics:
    """Five queries at most. by_place: the waits of each jurisdiction, too. every_agency: counts of each that was asked.
    Without a filter it is what a worker kept, where that holds; `as_of` says of when."""
    kept = None if every_agency else _kept(asked, now)
    as_of, found = kept or (now, counted(asked, now=now, by_place=by_place, every_agency=every_agency))
    population = found["population"] or asked.population or POPULATIONS[0]
    standings: dict[str, dict[str, int]] = {}
    for place, group, n in found["standings"]:
        standings.setdefault(place, {})[group] = n
    waits, places = _waits(found["waited"])
    return Statistics(
        population=population,
        populations=dict(found["populations"]),
        counts=dict(sum(map(Counter, standings.values()), Counter())),
        standings=standings,
        asked=dict(found["asked"]),
        laws=dict(found["laws"]),
        units=Units(**found["units"]),
        acknowledged=None if population == "log" else found["acknowledged"],
        waits=waits,
        undated=found["undated"],
        delay=Delay(**found["delay"]),
        agencies=_agencies(found["cube"], population, asked),
        silent=tuple(found["silence"]),
        newest=tuple(found["newest"]),
        marked=found["marked"],
        grounds=Grounds(
            found["grounds"]["requests"],
            *(tuple(Ground(**one) for one in found["grounds"][name]) for name in ("kinds", "sections")),
        ),
        as_of=as_of,
        places=places if by_place else {},
    )


def counted(
    asked: Narrowed, *, now: dt.datetime, by_place: bool = True, every_agency: bool = False
) -> dict[str, Any]:
    """What is counted, as it is kept: figures, codes and numbers of rows."""
    # Which campaign it belongs to is told where that is published, and by no number either.
    seen = Campaign.objects.visible_to(PUBLIC).values("pk")
    campaign = Case(When(campaign__in=seen, then=F("campaign_id")), output_field=BigIntegerField())
    base = facts(asked, now=now, anywhere=True).annotate(seen_campaign=campaign).values(
        "request_id", "agency_id", "seen_campaign", "custodian_id", "agency_kind", "jurisdiction", "law_id",
        "population",
        "is_sample", "filed_on", "acknowledged_on", "determined_on", "produced_on", "last_on", "completed_on",
        "ended_on", "undated", "outcome", "silent", "due_on", "standard", "extensions", "today", "standing",
    )  # fmt: skip
    sql, params = base.query.sql_with_params()
    said = COUNTED.format(
        base=sql, place="jurisdiction::text" if by_place else "''",
        of_agencies="true" if every_agency else "agency_kind = 'fusion_center'",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(said, [*params, asked.population, list(POPULATIONS), READ, SHOWN])
        found: dict[str, Any] = json.loads(cursor.fetchone()[0])
    population = found["population"] or asked.population or POPULATIONS[0]
    return found | {"grounds": asdict(grounds(replace(asked, population=population), now=now))}


def _kept(asked: Narrowed, now: dt.datetime) -> tuple[dt.datetime, dict[str, Any]] | None:
    if replace(asked, population="") != EVERYTHING:
        return None
    row = PublicCount.objects.filter(population=asked.population).first()
    if row is None or not holds(row, public_standing().number, now):
        return None
    return row.counted_at, json.loads(row.told)


def holds(row: PublicCount, number: int, now: dt.datetime) -> bool:
    """Whether what was kept is still what everybody may read, on the same day in every zone."""
    return (
        row.number == number
        and (row.until is None or now < row.until)
        and dt.timedelta(0) <= now - row.counted_at < KEPT_FOR
        and same_days(row.counted_at, now)
    )


def _waits(rows: Iterable[list[Any]]) -> tuple[dict[str, list[Waited]], dict[str, list[Waited]]]:
    waits: dict[str, list[Waited]] = {"acknowledgment": [], "answer": [], "completion": []}
    places: dict[str, list[Waited]] = {}
    for step, days, ended, n, place in rows:
        waits[step].append(Waited(days, ended, n))
        if step == "answer":
            places.setdefault(place, []).append(waits[step][-1])
    return waits, places


def _agencies(cube: list[tuple[int, str, int]], population: str, asked: Narrowed) -> tuple[Asked, ...]:
    counts: dict[int, dict[str, int]] = {}
    for agency_id, group, n in cube:
        counts.setdefault(agency_id, {})[group] = n
    centers = Q(kind="fusion_center", is_sample=population == "sample")
    if asked.jurisdiction:
        centers &= Q(jurisdiction=asked.jurisdiction)
    if asked.kind and asked.kind != "fusion_center":
        centers = Q(pk=None)
    rows = Agency.objects.filter(centers | Q(pk__in=list(counts))).order_by("jurisdiction", "name")
    return tuple(
        Asked(slug, name, kind, place, x, y, is_sample, counts.get(pk, {}))
        for pk, slug, name, kind, place, x, y, is_sample in rows.values_list(
            "pk", "slug", "name", "kind", "jurisdiction", "map_x", "map_y", "is_sample"
        )
    )


@dataclass(frozen=True, slots=True)
class Grounds:
    """requests: how many published answers cite any ground. kinds: by type, sections: the most cited; a request counts
    once in each line."""

    requests: int
    kinds: tuple[Ground, ...]
    sections: tuple[Ground, ...]


def grounds(asked: Narrowed, *, now: dt.datetime) -> Grounds:
    """Three queries at most. Only where the letters of a request are public, and not only where it stands."""
    among = facts(asked, now=now).values("request_id")
    cited = Withholding.objects.visible_to(PUBLIC).filter(request__in=among).order_by()
    kinds = (
        cited.values("ground")
        .annotate(n=Count("request", distinct=True))
        .order_by("-n", "ground")
        .values_list("ground", "n")
    )
    sections = (
        cited.exclude(section="")
        .values("ground", "section", "citation", law_id=F("request__law_id"))
        .annotate(n=Count("request", distinct=True))
        .order_by("-n", "law_id", "section")[:GROUNDS]
    )
    by_kind = tuple(Ground(ground, "", "", "", n) for ground, n in kinds)
    total = cited.aggregate(n=Count("request", distinct=True))["n"] if by_kind else 0
    return Grounds(total, by_kind, tuple(Ground(**row) for row in sections) if by_kind else ())


def is_published(column: str, value: str) -> bool:
    """Whether a public campaign has this value: for one that the list of choices is too short to hold."""
    return Campaign.objects.visible_to(PUBLIC).filter(**{column: value}).exists()


def campaigns() -> tuple[Campaign, ...]:
    rows = Campaign.objects.visible_to(PUBLIC).order_by("is_sample", "public_title")
    return tuple(campaigns_outside(PUBLIC, rows[:MOST_CAMPAIGNS]))
