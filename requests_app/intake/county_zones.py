"""Whose day it is: the time zone of an office by state and county, from the boundaries in 49 CFR part 71."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True, slots=True)
class Zone:
    """`doubt`: why the zone is assumed rather than known; empty where the county settles it."""

    name: str
    source: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class _State:
    name: str
    capital: str
    split: bool
    counties: dict[str, Zone]
    places: dict[str, Zone]


def zone_of(usps: str, county: str = "", *, city: str = "", name: str = "") -> Zone:
    """`county` may name several with semicolons between. Raises KeyError for a state that is none of ours.

    Of a county that lies in two zones it is the zone of the county seat, of several or none the capital's; both say so.
    """
    state = _states()[usps]
    for place, zone in state.places.items():
        if place == _key(city) or _key(name).startswith(place):
            return zone
    if not state.split:
        return Zone(state.capital)
    counties = [part for part in (_key(part) for part in county.split(";")) if part]
    found = {state.counties.get(part, Zone(state.capital)) for part in counties}
    if len({zone.name for zone in found}) == 1:
        return next(iter(sorted(found, key=lambda zone: not zone.doubt)))
    why = "its counties lie in two" if counties else "its county is not known"
    return Zone(state.capital, "", f"{state.name} has two time zones and {why}; the capital's is assumed")


def _key(words: str) -> str:
    return re.sub(r"[^a-z]", "", words.lower())


@cache
def _states() -> dict[str, _State]:
    with (DATA / "jurisdictions.csv").open(newline="", encoding="utf-8") as rows:
        places = {row["usps"]: row for row in csv.DictReader(rows) if row["usps"]}
    states = {usps: _State(row["name"], row["zone"], False, {}, {}) for usps, row in places.items()}
    with (DATA / "county_zones.csv").open(newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            old = states[row["state"]]
            doubt = f"{row['county']} County is {row['note']}" if row["note"].startswith("split") else ""
            zone = Zone(row["zone"], row["citation"], doubt)
            if row["place"]:
                old.places[_key(row["place"])] = zone
            else:
                old.counties[_key(row["county"])] = zone
            states[row["state"]] = _State(old.name, old.capital, bool(old.counties), old.counties, old.places)
    return states
