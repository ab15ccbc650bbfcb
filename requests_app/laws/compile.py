"""Builds the reviewed calendars: `python -m requests_app.laws.compile [--check]`.

The only module that knows the `holidays` package. The compiled files are what the product
reads, so a package upgrade cannot move a date unseen: a test compiles afresh and compares.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import sys
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from dateutil.easter import easter  # type: ignore[import-untyped]

DATA = Path(__file__).parent / "data"
OVERLAYS = DATA / "overlays"
CALENDARS = DATA / "calendars"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CERTAINTIES = ("sure", "fairly", "medium", "unsure")
ACTIONS = ("add", "remove", "rename", "doubt")
BASE = "base"


class OverlayError(ValueError):
    """An overlay that cannot be read; names file, entry and the fix."""


@dataclass
class _Day:
    """Names of one weekday, each with the id of the entry it comes from."""

    names: dict[str, str] = field(default_factory=dict)
    doubt: str | None = None


def load_overlay(path: Path) -> dict[str, Any]:
    overlay = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(overlay, dict):
        raise OverlayError(f"{path.name}: the file is not a mapping; start with 'jurisdiction:'.")
    for key in (
        "jurisdiction",
        "revision",
        "package",
        "first_year",
        "last_year",
        "base_source",
        "definition",
    ):
        if key not in overlay:
            raise OverlayError(f"{path.name}: '{key}' is missing; add it at the top level.")
    seen: set[str] = set()
    for entry in overlay.get("entries", []):
        _check_entry(path.name, entry, seen)
    return overlay


def _check_entry(name: str, entry: Mapping[str, Any], seen: set[str]) -> None:
    entry_id = entry.get("id")
    if not entry_id or entry_id in seen or entry_id == BASE:
        raise OverlayError(f"{name}: entry {entry_id!r} needs an id of its own.")
    seen.add(entry_id)
    for key in ("action", "from", "until", "source", "certainty", "note"):
        if key not in entry:
            raise OverlayError(f"{name}: entry {entry_id}: '{key}' is missing.")
    if entry["action"] not in ACTIONS:
        raise OverlayError(f"{name}: entry {entry_id}: action {entry['action']!r} is not one of {ACTIONS}.")
    if entry["certainty"] not in CERTAINTIES:
        raise OverlayError(f"{name}: entry {entry_id}: certainty must be one of {CERTAINTIES}.")
    if not (
        isinstance(entry["from"], int) and isinstance(entry["until"], int) and entry["from"] <= entry["until"]
    ):
        raise OverlayError(
            f"{name}: entry {entry_id}: 'from' and 'until' are years, the first not the later."
        )


def dates_of(entry: Mapping[str, Any], years: range) -> Iterator[date]:
    """The dates an entry names itself: listed ones, or a rule applied to each year."""
    for text in entry.get("dates", []):
        on = text if isinstance(text, date) else date.fromisoformat(text)
        if on.year in years:
            yield on
    rule = entry.get("rule")
    if rule:
        for year in years:
            if year % 2 == {"even": 0, "odd": 1}.get(entry.get("years", ""), year % 2):
                yield _date_by_rule(rule, year)


def _date_by_rule(rule: Mapping[str, Any], year: int) -> date:
    """A fixed day, the nth weekday of a month (-1 the last), or days from Easter Sunday; then `plus` days.

    `saturday` and `sunday` say by how many days the holiday moves when it falls there."""
    if "easter" in rule:
        on = date.fromisoformat(str(easter(year))) + timedelta(days=rule["easter"])
    elif "day" in rule:
        on = date(year, rule["month"], rule["day"])
    else:
        first = date(year, rule["month"], 1)
        to_weekday = (WEEKDAYS.index(rule["weekday"]) - first.weekday()) % 7
        weeks = (
            rule["nth"] - 1 if rule["nth"] > 0 else (monthrange(year, rule["month"])[1] - 1 - to_weekday) // 7
        )
        on = first + timedelta(days=to_weekday + 7 * weeks)
    on += timedelta(days=rule.get("plus", 0))
    return on + timedelta(days=rule.get(WEEKDAYS[on.weekday()], 0))


def _package_days(overlay: Mapping[str, Any], category: str, years: range) -> dict[date, list[str]]:
    import holidays  # the compile tool alone needs it: the running product must not

    package = overlay["package"]
    table = holidays.country_holidays(
        package["country"], subdiv=package["subdivision"], years=years, categories=(category,)
    )
    return {
        on: str(names).split("; ") for on, names in table.items() if on.year in years and on.weekday() < 5
    }


def compile_calendar(overlay: Mapping[str, Any]) -> dict[str, Any]:
    """The whole calendar of one jurisdiction as plain data, days in order."""
    years = range(overlay["first_year"], overlay["last_year"] + 1)
    days: dict[date, _Day] = {
        on: _Day(dict.fromkeys(names, BASE)) for on, names in _package_days(overlay, "public", years).items()
    }
    contested: dict[date, dict[str, str]] = {}
    for entry in overlay.get("entries", []):
        span = range(max(entry["from"], years.start), min(entry["until"], years.stop - 1) + 1)
        if not _apply(entry, overlay, span, days, contested):
            raise OverlayError(
                f"us overlay {overlay['jurisdiction']}: entry {entry['id']} touches no day; "
                "correct its match, rule or years, or delete it."
            )
    for on in [on for on, day in days.items() if not day.names]:
        del days[on]
    sources = {BASE: f"{overlay['base_source']} {version('holidays')}"}
    sources |= {entry["id"]: entry["source"] for entry in overlay.get("entries", [])}
    return {
        "ref": f"{overlay['jurisdiction']}.c{overlay['revision']}",
        "jurisdiction": overlay["jurisdiction"],
        "first": date(years.start, 1, 1).isoformat(),
        "last": date(years.stop - 1, 12, 31).isoformat(),
        "definition": overlay["definition"],
        "notes": overlay.get("notes", []),
        "sources": sources,
        "entries": [
            {key: entry[key] for key in ("id", "action", "from", "until", "certainty", "note")}
            for entry in overlay.get("entries", [])
        ],
        "closed": [_closed_row(on, days[on]) for on in sorted(days)],
        "contested": [{"on": on.isoformat(), **contested[on]} for on in sorted(contested) if on not in days],
    }


def _closed_row(on: date, day: _Day) -> dict[str, str]:
    row = {"on": on.isoformat(), "name": "; ".join(day.names), "source": next(iter(day.names.values()))}
    if day.doubt:
        row["doubt"] = day.doubt
    return row


def _apply(
    entry: Mapping[str, Any],
    overlay: Mapping[str, Any],
    span: range,
    days: dict[date, _Day],
    contested: dict[date, dict[str, str]],
) -> bool:
    touched = False
    if entry["action"] == "add":
        for on in dates_of(entry, span):
            if on.weekday() < 5 and entry["name"] not in days.setdefault(on, _Day()).names:
                days[on].names[entry["name"]] = entry["id"]
                touched = True
        return touched
    if "category" in entry:
        for on, names in _package_days(overlay, entry["category"], span).items():
            if on not in days:
                contested[on] = {"name": "; ".join(names), "entry": entry["id"]}
                touched = True
        return touched
    for on, day in days.items():
        if on.year in span and _weekday_fits(entry, on):
            for name in [name for name in day.names if _matches(entry, name)]:
                touched = True
                _touch(entry, on, day, name, contested)
    return touched


def _weekday_fits(entry: Mapping[str, Any], on: date) -> bool:
    return "weekday" not in entry or WEEKDAYS[on.weekday()] == entry["weekday"]


def _matches(entry: Mapping[str, Any], name: str) -> bool:
    patterns = entry["match"] if isinstance(entry["match"], list) else [entry["match"]]
    return name not in entry.get("unless", []) and any(fnmatch.fnmatchcase(name, one) for one in patterns)


def _touch(
    entry: Mapping[str, Any], on: date, day: _Day, name: str, contested: dict[date, dict[str, str]]
) -> None:
    if entry["action"] == "rename":
        observed = " (observed)" if name.endswith(" (observed)") else ""
        day.names = {
            (entry["to"] + observed if old == name else old): (entry["id"] if old == name else source)
            for old, source in day.names.items()
        }
    elif entry["action"] == "doubt":
        day.doubt = entry["id"]
    else:
        del day.names[name]
        # A day taken out for certain is simply open; where another reading stands, it is kept beside.
        if entry["certainty"] != "sure" or "other_reading" in entry:
            contested[on] = {"name": name, "entry": entry["id"]}


def to_text(calendar: Mapping[str, Any]) -> str:
    """One day a line, so that a changed date is one changed line in review."""
    lines = ["{"]
    for key, value in calendar.items():
        if key in ("closed", "contested", "entries"):
            rows = [f"  {json.dumps(row, ensure_ascii=False)}" for row in value]
            body = "[\n" + ",\n".join(rows) + "\n ]" if rows else "[]"
        else:
            body = json.dumps(value, ensure_ascii=False)
        lines.append(f" {json.dumps(key)}: {body},")
    lines[-1] = lines[-1].removesuffix(",")
    return "\n".join([*lines, "}"]) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Compile the calendars of closed days.")
    parser.add_argument("places", nargs="*", metavar="CODE", help="only these, such as us-pa")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file differs")
    asked = parser.parse_args(argv)
    check: bool = asked.check
    stale = []
    for path in [OVERLAYS / f"{code}.yaml" for code in asked.places] or sorted(OVERLAYS.glob("*.yaml")):
        calendar = compile_calendar(load_overlay(path))
        target = CALENDARS / f"{calendar['ref']}.json"
        text = to_text(calendar)
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            stale.append(target.name)
            if not check:
                target.write_text(text, encoding="utf-8")
        print(
            f"{calendar['ref']}: {len(calendar['closed'])} closed days, {len(calendar['contested'])} contested"
        )
    if check and stale:
        print(f"differs from a fresh compile: {', '.join(stale)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
