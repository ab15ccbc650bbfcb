"""What the fold asks of whoever knows the law."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Protocol

from .calendars import Calendar
from .rules import Law, LawVersion


class Book(Protocol):
    """Yields law and calendar by reference. Both raise LookupError, with a sentence, for what they do not know."""

    def law(self, law_id: str, on: dt.date, revision: int | None = None) -> LawVersion:
        """The version in force on a day. revision: as the law stood in that publication of ours; None: the newest."""

    def calendar(self, ref: str, agency: str | None = None) -> Calendar:
        """The calendar of that ref, with the closures of the agency (the request's fact `agency`) laid over."""


class ShelfBook:
    """A book made of laws and calendars in hand; closures are by agency. For tests, tools and small programs."""

    def __init__(
        self,
        laws: Mapping[str, Law],
        calendars: Mapping[str, Calendar],
        closures: Mapping[str, Mapping[dt.date, tuple[str, str]]] | None = None,
        older: Mapping[tuple[str, dt.date | None, int], LawVersion] | None = None,
    ) -> None:
        self._laws, self._calendars = dict(laws), dict(calendars)
        self._closures, self._older = dict(closures or {}), dict(older or {})
        self._made: dict[tuple[str, str], Calendar] = {}

    def law(self, law_id: str, on: dt.date, revision: int | None = None) -> LawVersion:
        law = self._laws.get(law_id)
        if law is None:
            raise LookupError(f"no law {law_id} is known")
        version = law.version(on)
        if version is None:
            raise LookupError(f"no text of {law_id} is known for {on.isoformat()}")
        if revision is not None and revision != version.revision:
            return self._older.get((law_id, version.effective_from, revision), version)
        return version

    def calendar(self, ref: str, agency: str | None = None) -> Calendar:
        calendar = self._calendars.get(ref)
        if calendar is None:
            raise LookupError(f"no calendar {ref} is known")
        closures = self._closures.get(agency) if agency is not None else None
        if agency is None or not closures:
            return calendar
        made = self._made.get((ref, agency))
        if made is None:
            made = self._made[ref, agency] = calendar.with_closures(closures, f"{ref}+{agency}")
        return made
