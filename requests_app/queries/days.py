"""Local days: which calendar day it is in each zone at an instant, for a whole table at once."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import DateField, F, Func

from .places import DATA

# No zone's day begins off a quarter of an hour, so within one nothing changes.
QUARTER = 15 * 60


class LocalDay(Func):
    """The day at an instant in the zone that the column names.

    The zones of the jurisdictions are compared by name, and only another one is asked of timezone(): a list of
    20,000 rows would feel the difference.
    """

    output_field = DateField()
    arity = 1

    def __init__(self, zone: Any, at: dt.datetime) -> None:
        super().__init__(zone)
        self.at = at

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> tuple[str, Any]:
        zone, params = compiler.compile(self.get_source_expressions()[0])
        sql, given = [], []
        for day, names in _days(int(self.at.timestamp()) // QUARTER).items():
            sql.append(f"WHEN {zone} = ANY(%s) THEN %s::date")
            given += [*params, list(names), day]
        return f"(CASE {' '.join(sql)} ELSE timezone({zone}, %s)::date END)", (*given, *params, self.at)


def local_day(at: dt.datetime, zone: str = "zone") -> LocalDay:
    return LocalDay(F(zone), at)


def quarter_of(at: dt.datetime) -> dt.datetime:
    """When the quarter of an hour began, in UTC: every zone has the same day throughout it."""
    return dt.datetime.fromtimestamp(int(at.timestamp()) // QUARTER * QUARTER, dt.UTC)


def same_days(one: dt.datetime, other: dt.datetime) -> bool:
    """Whether every zone has the same day at both instants."""
    return _days(int(one.timestamp()) // QUARTER) == _days(int(other.timestamp()) // QUARTER)


def day_in(zone: str, at: dt.datetime) -> dt.date:
    return at.astimezone(ZoneInfo(zone)).date()


@cache
def _zones() -> tuple[str, ...]:
    with (DATA / "jurisdictions.csv").open(newline="", encoding="utf-8") as rows:
        return tuple(sorted({zone for row in csv.DictReader(rows) for zone in row["all_zones"].split()}))


@lru_cache(maxsize=8)
def _days(quarter: int) -> dict[dt.date, tuple[str, ...]]:
    at = dt.datetime.fromtimestamp(quarter * QUARTER, dt.UTC)
    days: dict[dt.date, list[str]] = defaultdict(list)
    for zone in _zones():
        days[day_in(zone, at)].append(zone)
    return {day: tuple(names) for day, names in days.items()}
