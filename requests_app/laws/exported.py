"""The library read back from its export: nothing but Python and one JSON file.

from requests_app.laws.exported import ExportedLibrary
ExportedLibrary(Path("laws.json")).law("us-il").current
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from requests_app.laws.errors import Refused
from requests_app.laws.loader import from_data
from requests_app.laws.registry import Library
from requests_app.laws.shapes import Jurisdiction

NOT_IN_A_FILE = ("law_ref",)
"""What the export adds to a version, so that its readers need not put it together."""


class ExportedLibrary(Library):
    """Asked as a `Library` is."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.parent)
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self._places = {place["jurisdiction"]: place for place in document["jurisdictions"]}
        self._files = dict.fromkeys(self._places, path)
        self._kept = {calendar["ref"]: calendar for calendar in document["calendars"]}

    def jurisdiction(self, code: str) -> Jurisdiction:
        if code in self._places and code not in self._read:
            self._read[code] = from_data(file_of(code), _as_in_a_file(self._places[code]))
        return super().jurisdiction(code)

    def _calendar_file(self, ref: str) -> dict[str, Any]:
        """In the form of a compiled calendar, which names sources and notes by key."""
        if ref not in self._kept:
            raise Refused("unknown_calendar", f"The library holds no calendar {ref}.", "calendar")
        kept = self._kept[ref]
        doubts = [row for row in kept["closed"] if "doubt" in row]
        entries = [{"id": f"doubt-{n}", "note": row["doubt"]} for n, row in enumerate(doubts)]
        named = {row["on"]: f"doubt-{n}" for n, row in enumerate(doubts)}
        entries += [
            {"id": f"contested-{n}", "certainty": row["certainty"], "note": row["why"]}
            for n, row in enumerate(kept["contested"])
        ]
        sources = sorted({row["source"] for row in kept["closed"]})
        number = {source: str(n) for n, source in enumerate(sources)}
        return {
            **{key: kept[key] for key in ("jurisdiction", "first", "last", "notes")},
            "definition": {"words": kept["words"], "citation": kept["citation"]},
            "sources": {number[source]: source for source in sources},
            "entries": entries,
            "closed": [
                {
                    "on": row["on"],
                    "name": row["name"],
                    "source": number[row["source"]],
                    **({"doubt": named[row["on"]]} if row["on"] in named else {}),
                }
                for row in kept["closed"]
            ],
            "contested": [
                {"on": row["on"], "name": row["name"], "entry": f"contested-{n}"}
                for n, row in enumerate(kept["contested"])
            ],
        }


def file_of(code: str) -> str:
    return f"{code.removeprefix('us-')}.yaml"


def _as_in_a_file(place: dict[str, Any]) -> dict[str, Any]:
    laws = [
        {
            **law,
            "versions": [
                {key: value for key, value in version.items() if key not in NOT_IN_A_FILE}
                for version in law["versions"]
            ],
        }
        for law in place["laws"]
    ]
    return {**place, "laws": laws}
