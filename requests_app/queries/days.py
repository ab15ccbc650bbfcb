"""Local days: which calendar day it is in each zone at an instant, for a whole table at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.db.models import Case, DateField, Value, When

# No zone's day begins off a quarter of an hour, so within one nothing changes.
QUARTER = 15 * 60


def local_day(at: dt.datetime, zone: str = "zone") -> Case:
    """The day at `at` in the zone that the column names.

    Written as a comparison of names, not with timezone(): that function is not leakproof, so row-level
    security
    would have to be answered for every row before the day could narrow anything.
    """
    days = _days(int(at.timestamp()) // QUARTER)
    common, *others = sorted(days, key=lambda day: -len(days[day]))
    return Case(
        *(When(**{f"{zone}__in": days[day]}, then=Value(day)) for day in others),
        default=Value(common),
        output_field=DateField(),
    )


def day_in(zone: str, at: dt.datetime) -> dt.date:
    return at.astimezone(ZoneInfo(zone)).date()


@lru_cache(maxsize=8)
def _days(quarter: int) -> dict[dt.date, list[str]]:
    at = dt.datetime.fromtimestamp(quarter * QUARTER, dt.UTC)
    days: dict[dt.date, list[str]] = defaultdict(list)
    for zone in sorted(available_timezones()):
        days[day_in(zone, at)].append(zone)
    return dict(days)
