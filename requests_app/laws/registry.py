"""The library of laws and calendars that ship with the product: loaded once, never changed.

from requests_app.laws.registry import library
library().law("us-il").current            # the version in force, newest revision
library().book(closures={"agency-slug": {day: (name, source)}})
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from requests_app.clock import words
from requests_app.clock.calendars import Calendar
from requests_app.clock.rules import Law, LawVersion
from requests_app.laws.errors import Refused
from requests_app.laws.loader import in_force, load
from requests_app.laws.shapes import Entry, Jurisdiction

DATA = Path(__file__).parent / "data"
Closures = Mapping[str, Mapping[dt.date, tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class ClosedRow:
    """A closed weekday for the page. `doubt` says why another reading would count it."""

    on: dt.date
    name: str
    source: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class ContestedRow:
    """A weekday that counts here and that another reading would leave out."""

    on: dt.date
    name: str
    certainty: str
    why: str


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """A calendar as people read it."""

    ref: str
    jurisdiction: str
    first: dt.date
    last: dt.date
    words: str
    citation: str
    notes: tuple[str, ...]
    closed: tuple[ClosedRow, ...]
    contested: tuple[ContestedRow, ...]

    def year(self, year: int) -> tuple[ClosedRow, ...]:
        return tuple(row for row in self.closed if row.on.year == year)

    def contested_in(self, year: int) -> tuple[ContestedRow, ...]:
        return tuple(row for row in self.contested if row.on.year == year)


class Library:
    """Every jurisdiction of a folder. Files are read when first asked for."""

    def __init__(self, data: Path = DATA) -> None:
        self._data = data
        self._files = {_code(path): path for path in sorted((data / "us").glob("*.yaml"), key=_place)}
        self._read: dict[str, Jurisdiction] = {}
        self._calendars: dict[str, Calendar] = {}
        self._pages: dict[str, CalendarPage] = {}
        self._published: dict[tuple[str, int], Law] = {}

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self._files)

    @property
    def jurisdictions(self) -> tuple[Jurisdiction, ...]:
        return tuple(self.jurisdiction(code) for code in self._files)

    @property
    def laws(self) -> tuple[Entry, ...]:
        return tuple(entry for place in self.jurisdictions for entry in place.laws)

    def jurisdiction(self, code: str) -> Jurisdiction:
        if code not in self._files:
            raise self._unknown(code, self._files)
        if code not in self._read:
            self._read[code] = load(self._files[code])
        return self._read[code]

    def law(self, law_id: str) -> Entry:
        """Raises Refused `unknown_law`, naming the known ones and the nearest."""
        entry = self._find(law_id)
        if entry is None:
            raise self._unknown(law_id, (entry.id for entry in self.laws))
        return entry

    def place_of(self, law_id: str) -> Jurisdiction:
        return self.jurisdiction(self.law(law_id).law.jurisdiction)

    def version(self, law_id: str, on: dt.date, revision: int | None = None) -> LawVersion:
        """The text in force on a day, as the library knew it in publication `revision`; None: as it knows it now.

        Raises Refused `no_version` for a day no text is known for, `unknown_revision` for a later publication."""
        entry = self.law(law_id)
        version = self._as_published(entry, revision).version(on)
        if version is None:
            raise Refused("no_version", _no_text(entry, on), "received_on")
        return version

    def _as_published(self, entry: Entry, revision: int | None) -> Law:
        """What came later, whether a better reading or a new text, is not known yet: no date moves by itself."""
        if revision is None or revision == entry.newest:
            return entry.law
        if revision > entry.newest:
            says = f"The library holds no revision {revision} of {entry.id}."
            raise Refused("unknown_revision", says, "revision")
        if (entry.id, revision) not in self._published:
            texts = [text for text in entry.revisions if text.revision <= revision]
            self._published[entry.id, revision] = dataclasses.replace(entry.law, versions=in_force(texts))
        return self._published[entry.id, revision]

    def revision(self, law_ref: str) -> LawVersion:
        """A version by its full reference, any revision ever published: `us-ny@2005-05-03.r1`."""
        entry = self.law(law_ref.partition("@")[0])
        for version in entry.revisions:
            if version.ref == law_ref:
                return version
        raise Refused("unknown_revision", f"The library holds no text {law_ref}.", "law_ref")

    def calendar(self, name: str) -> Calendar:
        """A calendar by its own ref (`us-il.c1`), or by a law or jurisdiction that uses it."""
        ref = name if name.rpartition(".c")[2].isdigit() else self._calendar_ref(name)
        if ref not in self._calendars:
            rows = self.calendar_rows(ref)
            closures = {
                dt.date.fromisoformat(row["on"]): (row["name"], rows["sources"][row["source"]])
                for row in rows["closed"]
            }
            first, last = dt.date.fromisoformat(rows["first"]), dt.date.fromisoformat(rows["last"])
            self._calendars[ref] = Calendar(
                ref,
                first,
                last,
                closures,
                doubted=[dt.date.fromisoformat(row["on"]) for row in rows["closed"] if "doubt" in row],
                contested={
                    dt.date.fromisoformat(row["on"]): (row["name"], rows["sources"].get(row["entry"], ""))
                    for row in rows["contested"]
                },
            )
        return self._calendars[ref]

    def calendar_page(self, name: str) -> CalendarPage:
        ref = name if name.rpartition(".c")[2].isdigit() else self._calendar_ref(name)
        if ref not in self._pages:
            self._pages[ref] = self._page(ref)
        return self._pages[ref]

    def _page(self, ref: str) -> CalendarPage:
        rows = self.calendar_rows(ref)
        entries = {entry["id"]: entry for entry in rows["entries"]}
        return CalendarPage(
            ref=ref,
            jurisdiction=rows["jurisdiction"],
            first=dt.date.fromisoformat(rows["first"]),
            last=dt.date.fromisoformat(rows["last"]),
            words=rows["definition"]["words"],
            citation=rows["definition"]["citation"],
            notes=tuple(rows["notes"]),
            closed=tuple(
                ClosedRow(
                    dt.date.fromisoformat(row["on"]),
                    row["name"],
                    rows["sources"][row["source"]],
                    entries[row["doubt"]]["note"] if "doubt" in row else "",
                )
                for row in rows["closed"]
            ),
            contested=tuple(
                ContestedRow(
                    dt.date.fromisoformat(row["on"]),
                    row["name"],
                    entries[row["entry"]]["certainty"],
                    entries[row["entry"]]["note"],
                )
                for row in rows["contested"]
            ),
        )

    def book(self, closures: Closures | None = None) -> LibraryBook:
        """What the fold reads from; `closures` are agencies' own closed days, by agency."""
        return LibraryBook(self, closures or {})

    def _find(self, law_id: str) -> Entry | None:
        # A law is mostly named as its jurisdiction is, so that one file is enough.
        at_home = [law_id] if law_id in self._files else []
        for code in [*at_home, *self._files]:
            for entry in self.jurisdiction(code).laws:
                if entry.id == law_id:
                    return entry
        return None

    def _calendar_ref(self, name: str) -> str:
        if name in self._files:
            return self.jurisdiction(name).calendar
        return self.law(name).current.calendar

    def calendar_rows(self, ref: str) -> dict[str, Any]:
        """A calendar as it was compiled: days that name their source and their doubt by key."""
        path = self._data / "calendars" / f"{ref}.json"
        if not path.is_file():
            raise Refused("unknown_calendar", f"The library holds no calendar {ref}.", "calendar")
        rows: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return rows

    def _by_name(self, word: str) -> str:
        """The law of the place whose name this nearly is: us-ilinois."""
        names = {place.name.lower(): place.code for place in self.jurisdictions}
        wanted = word.strip().lower().removeprefix("us-").replace("-", " ")
        found = difflib.get_close_matches(wanted, names, 1, 0.8)
        return names[found[0]] if found else ""

    def _unknown(self, word: str, known: Iterable[str]) -> Refused:
        names = sorted(known)
        close = self._by_name(word) or _closest(word, names)
        nearest = f" Did you mean {close}?" if close else ""
        return Refused(
            "unknown_law", f"{word!r} is no law in this library.{nearest} Known: {', '.join(names)}.", "law"
        )


class LibraryBook:
    """The `Book` of the fold over a library. Knows every revision; raises LookupError with a sentence."""

    def __init__(self, library: Library, closures: Closures) -> None:
        self._library, self._closures = library, closures
        self._made: dict[tuple[str, str], Calendar] = {}

    def law(self, law_id: str, on: dt.date, revision: int | None = None) -> LawVersion:
        try:
            return self._library.version(law_id, on, revision)
        except Refused as refused:
            raise LookupError(refused.sentence) from refused

    def calendar(self, ref: str, agency: str | None = None) -> Calendar:
        try:
            calendar = self._library.calendar(ref)
        except Refused as refused:
            raise LookupError(refused.sentence) from refused
        closures = self._closures.get(agency) if agency is not None else None
        if agency is None or not closures:
            return calendar
        if (ref, agency) not in self._made:
            self._made[ref, agency] = calendar.with_closures(closures, f"{ref}+{agency}")
        return self._made[ref, agency]


@cache
def library() -> Library:
    """The library that ships, or the folder named by FOIA_LAWS_DIR: to try a reading before it is shipped."""
    return Library(Path(os.environ.get("FOIA_LAWS_DIR") or DATA))


def _code(path: Path) -> str:
    return "us" if path.stem == "us" else f"us-{path.stem}"


def _place(path: Path) -> tuple[bool, str]:
    return (path.stem != "us", path.stem)


def _closest(word: str, names: list[str]) -> str:
    lowered = word.strip().lower().replace("_", "-")
    tries = [lowered, f"us-{lowered}"]
    exact = [one for one in tries if one in names]
    if exact:
        return exact[0]
    found = [name for one in tries for name in difflib.get_close_matches(one, names, 1, 0.5)]
    return found[0] if found else ""


def _no_text(entry: Entry, on: dt.date) -> str:
    first, last = entry.law.versions[0], entry.law.versions[-1]
    since = ""
    if first.effective_from is not None and on < first.effective_from:
        since = f"; the earliest it holds is in force since {words.date(first.effective_from)}"
    elif last.effective_until is not None and on >= last.effective_until:
        since = f"; the last it holds ended before {words.date(last.effective_until)}"
    return f"The library holds no text of the {entry.law.name} for {words.date(on)}{since}."
