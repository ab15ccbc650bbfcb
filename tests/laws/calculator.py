"""A second, independent way to count: the `holidays` package, the overlays' words and a walk
over single days. It imports nothing of the product, so that an error there cannot repeat here.
"""

from __future__ import annotations

import fnmatch
import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import holidays
import yaml

OVERLAYS = Path(__file__).parents[2] / "requests_app" / "laws" / "data" / "overlays"
ONE_DAY = timedelta(days=1)
DAY_NAMES = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


EARLIEST, SHOWN, LATEST = "earliest", "shown", "latest"
"""Where it is argued whether a day is closed: the fewest closed days, those of the page, the most."""


@cache
def closed_days(jurisdiction: str, reading: str = SHOWN) -> frozenset[date]:
    overlay = yaml.safe_load((OVERLAYS / f"{jurisdiction}.yaml").read_text(encoding="utf-8"))
    state = None if jurisdiction == "us" else jurisdiction.removeprefix("us-").upper()
    years = range(overlay["first_year"], overlay["last_year"] + 1)
    names: dict[date, set[str]] = {
        on: set(name.split("; "))
        for on, name in holidays.country_holidays("US", subdiv=state, years=years).items()
    }
    for entry in overlay["entries"]:
        argued = entry["certainty"] != "sure" or "other_reading" in entry
        if "category" in entry:
            if reading == LATEST:
                extra = holidays.country_holidays(
                    "US", subdiv=state, years=years, categories=(entry["category"],)
                )
                for on, name in extra.items():
                    if entry["from"] <= on.year <= entry["until"]:
                        names.setdefault(on, set()).add(name)
        elif (entry["action"] == "remove" and not (argued and reading == LATEST)) or (
            entry["action"] == "doubt" and reading == EARLIEST
        ):
            for on in names:
                if entry["from"] <= on.year <= entry["until"]:
                    if "weekday" in entry and DAY_NAMES[on.weekday()] != entry["weekday"]:
                        continue
                    kept = entry.get("unless", [])
                    patterns = entry["match"] if isinstance(entry["match"], list) else [entry["match"]]
                    names[on] = {
                        name
                        for name in names[on]
                        if name in kept or not any(fnmatch.fnmatchcase(name, one) for one in patterns)
                    }
        if entry["action"] == "add":
            for on in added_days(entry):
                names.setdefault(on, set()).add(entry["name"])
    return frozenset(on for on, left in names.items() if left and on.year in years)


def added_days(entry: dict[str, Any]) -> Iterator[date]:
    """The days an overlay entry adds, found by walking the days of each year."""
    for text in entry.get("dates", []):
        yield date.fromisoformat(str(text))
    for year in range(entry["from"], entry["until"] + 1) if "rule" in entry else ():
        if (entry.get("years") == "even" and year % 2) or (entry.get("years") == "odd" and not year % 2):
            continue
        rule = entry["rule"]
        if "easter" in rule:
            good_friday = next(
                on
                for on, name in holidays.country_holidays("US", subdiv="CT", years=year).items()
                if "Good Friday" in name
            )
            on = good_friday + (rule["easter"] + 2) * ONE_DAY
        else:
            month = [date(year, rule["month"], day + 1) for day in range(monthrange(year, rule["month"])[1])]
            if "day" in rule:
                on = month[rule["day"] - 1]
            else:
                fitting = [on for on in month if DAY_NAMES[on.weekday()] == rule["weekday"]]
                on = fitting[rule["nth"] - 1 if rule["nth"] > 0 else rule["nth"]]
        on += rule.get("plus", 0) * ONE_DAY
        yield on + rule.get(DAY_NAMES[on.weekday()], 0) * ONE_DAY


def is_open(on: date, jurisdiction: str, reading: str = SHOWN) -> bool:
    return on.weekday() < 5 and on not in closed_days(jurisdiction, reading)


def walk(on: date, count: int, unit: str, jurisdiction: str, reading: str = SHOWN) -> date:
    """`count` units after `on`, the first day not counted."""
    if unit == "business days":
        while count:
            on += ONE_DAY
            count -= is_open(on, jurisdiction, reading)
        return on
    if unit == "calendar days":
        return on + count * ONE_DAY
    months = count * (12 if unit == "years" else 1)
    year, month = divmod(on.month - 1 + months, 12)
    year, month = on.year + year, month + 1
    return date(year, month, min(on.day, monthrange(year, month)[1]))


def roll(on: date, jurisdiction: str, step: int, reading: str = SHOWN) -> date:
    while not is_open(on, jurisdiction, reading if step > 0 else LATEST):
        on += step * ONE_DAY
    return on


STEP = re.compile(
    r"\s*(?:\+ (?P<count>\d+) (?P<unit>business days?|calendar days?|months?|years?)|(?P<roll>rolled (?:forward|back)))"
)


def derive(words: str, jurisdiction: str, reading: str = SHOWN) -> date:
    """The date of a derivation such as `2026-01-15 + 5 business days + 10 calendar days rolled forward`."""
    text = words.strip()
    on = date.fromisoformat(text[:10])
    at = 10
    while at < len(text):
        step = STEP.match(text, at)
        if step is None:
            raise ValueError(f"cannot read the derivation {words!r} at {text[at:]!r}")
        if step["roll"]:
            on = roll(on, jurisdiction, 1 if step["roll"].endswith("forward") else -1, reading)
        else:
            unit = step["unit"] if step["unit"].endswith("s") else step["unit"] + "s"
            on = walk(on, int(step["count"]), unit, jurisdiction, reading)
        at = step.end()
    return on


def reading_of(bound: str, owner: str) -> str:
    """By which closed days a date of an example counts: the day to act by is the earliest for us, else the latest."""
    if bound == "due":
        return EARLIEST if owner == "requester" else LATEST
    return bound
