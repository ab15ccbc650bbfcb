"""The open days of agencies, by the calendar of each request's law and the office's own closures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from requests_app.clock.calendars import Calendar, OutsideCalendar
from requests_app.laws.errors import Refused
from requests_app.laws.registry import library
from requests_app.models import RecordsRequest

from .ledger import book_of

ONE_DAY = dt.timedelta(days=1)


class OpenDays:
    """One query for many requests, whose agencies are read. Where no calendar is published, the week alone counts."""

    def __init__(self, requests: Sequence[RecordsRequest]) -> None:
        self._book = book_of({one.agency_id for one in requests}) if requests else None

    def is_open(self, request: RecordsRequest, day: dt.date) -> bool:
        calendar = self._calendar(request)
        try:
            return calendar.is_open(day) if calendar is not None else day.weekday() < 5
        except OutsideCalendar:
            return day.weekday() < 5

    def after(self, request: RecordsRequest, day: dt.date, n: int) -> dt.date:
        """The n-th open day after a day."""
        while n:
            day += ONE_DAY
            n -= self.is_open(request, day)
        return day

    def between(self, request: RecordsRequest, day: dt.date, until: dt.date) -> int:
        """Open days after the one, to the other."""
        return sum(self.is_open(request, day + n * ONE_DAY) for n in range(1, (until - day).days + 1))

    def _calendar(self, request: RecordsRequest) -> Calendar | None:
        try:
            ref = library().calendar(request.law_id).ref
            return self._book.calendar(ref, request.agency.slug) if self._book is not None else None
        except (LookupError, Refused):
            return None
