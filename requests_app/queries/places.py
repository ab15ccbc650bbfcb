"""Jurisdictions and their outlines, as they ship. Read once; the files never change while the program runs."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    code: str
    name: str
    usps: str
    zone: str


@dataclass(frozen=True, slots=True)
class Outline:
    code: str
    usps: str
    name: str
    path: str


@cache
def jurisdictions() -> dict[str, Jurisdiction]:
    """Code to jurisdiction: us, the 50 states, DC, Puerto Rico, Guam and the Virgin Islands."""
    with (DATA / "jurisdictions.csv").open(newline="", encoding="utf-8") as rows:
        return {
            row["code"]: Jurisdiction(row["code"], row["name"], row["usps"], row["zone"])
            for row in csv.DictReader(rows)
        }


def place_name(code: str) -> str:
    """Illinois for us-il; the code itself where it is not one of ours."""
    found = jurisdictions().get(code)
    return found.name if found else code


@cache
def outlines() -> tuple[str, tuple[Outline, ...]]:
    """The map's viewBox and its states."""
    drawn = json.loads((DATA / "geo" / "us_states.json").read_text(encoding="utf-8"))
    return drawn["viewBox"], tuple(
        Outline(s.get("jurisdiction", ""), s["usps"], s["name"], s["d"]) for s in drawn["states"]
    )
