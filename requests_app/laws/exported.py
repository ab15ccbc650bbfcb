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
        self._kept: dict[str, dict[str, Any]] = {
            calendar["ref"]: calendar for calendar in document["calendars"]
        }

    def jurisdiction(self, code: str) -> Jurisdiction:
        if code in self._places and code not in self._read:
            self._read[code] = from_data(file_of(code), _as_in_a_file(self._places[code]))
        return super().jurisdiction(code)

    def calendar_rows(self, ref: str) -> dict[str, Any]:
        if ref not in self._kept:
            raise Refused("unknown_calendar", f"The library holds no calendar {ref}.", "calendar")
        return self._kept[ref]


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
