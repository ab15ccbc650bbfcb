"""The shipped files as the tests read them, and the dates of a story as docs/data.md tells them."""

from __future__ import annotations

import bisect
import csv
import datetime as dt
import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parents[2] / "requests_app" / "data"
CALENDARS = Path(__file__).parents[2] / "requests_app" / "laws" / "data" / "calendars"
DAY = dt.timedelta(days=1)
DATE_KEYS = {"day", "open_day", "roll"}


@functools.cache
def read(name: str) -> Any:
    text = (DATA / name).read_text(encoding="utf-8")
    if name.endswith(".yaml"):
        return yaml.safe_load(text)
    if name.endswith(".json"):
        return json.loads(text)
    return list(csv.DictReader(text.splitlines(keepends=True)))


@functools.cache
def open_days(law: str) -> tuple[dt.date, ...]:
    (newest,) = sorted(CALENDARS.glob(f"{law}.c*.json"))[-1:]
    closed = {day["on"] for day in json.loads(newest.read_text(encoding="utf-8"))["closed"]}
    first = dt.date(2024, 1, 1)
    days = (first + DAY * i for i in range(1700))
    return tuple(d for d in days if d.weekday() < 5 and d.isoformat() not in closed)


def is_date(value: object) -> bool:
    return isinstance(value, Mapping) and set(value) <= DATE_KEYS and bool({"day", "open_day"} & set(value))


def resolved(when: Mapping[str, Any], *, law: str, today: dt.date) -> dt.date:
    days = open_days(law)
    if "open_day" in when:
        return days[bisect.bisect_left(days, today) + when["open_day"]]
    target = today + DAY * when["day"]
    roll = when.get("roll", "forward")
    if roll == "none":
        return target
    if roll == "back":
        return days[bisect.bisect_right(days, target) - 1]
    return days[bisect.bisect_left(days, target)]


def law_of(records_request: Mapping[str, Any]) -> str:
    (agency,) = [
        a for a in read("sample/scenario.yaml")["agencies"] if a["slug"] == records_request["agency"]
    ]
    (custodian,) = [c for c in agency["custodians"] if c["name"] == records_request["custodian"]]
    return custodian["law"]
