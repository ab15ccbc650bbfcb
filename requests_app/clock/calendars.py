"""Which days are open. Everything is a table made once, so that a count is two look-ups and never a walk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ONE_DAY = dt.timedelta(days=1)
TABLE_PAYS_FROM = 500
"""From how many dates on `add_open_many` makes a table for its count."""


class OutsideCalendar(LookupError):
    """A computation left the known range of a calendar. `str()` is a sentence for people."""

    def __init__(self, ref: str, first: dt.date, last: dt.date) -> None:
        super().__init__(f"the calendar {ref} is known from {first.isoformat()} to {last.isoformat()} only")
        self.ref, self.first, self.last = ref, first, last


class ClosedDay(NamedTuple):
    """A day on which nothing is counted, with its name and who says so."""

    on: dt.date
    name: str
    source: str = ""


class Calendar:
    """The open days of one jurisdiction or agency, between `first` and `last`, both included.

    `closures` maps days to (name, source); weekend days need no entry. No zone: days are the agency's own local days.
    Where it is argued whether a day is closed, both readings are kept: `doubted` are closed days that may be open,
    `contested` open days that may be closed. `narrow` closes the fewest days, `wide` the most.
    """

    __slots__ = (
        "_base", "_closed", "_closures", "_contested", "_doubted", "_narrow", "_open", "_rank", "_size", "_tables",
        "_weekend", "_wide", "first", "last", "ref",
    )  # fmt: skip

    def __init__(
        self,
        ref: str,
        first: dt.date,
        last: dt.date,
        closures: Mapping[dt.date, tuple[str, str]],
        *,
        weekend: Iterable[int] = (5, 6),
        doubted: Iterable[dt.date] = (),
        contested: Mapping[dt.date, tuple[str, str]] | None = None,
    ) -> None:
        self._doubted, self._contested = frozenset(doubted), dict(contested or {})
        self._narrow: Calendar | None = None
        self._wide: Calendar | None = None
        self.ref, self.first, self.last = ref, first, last
        self._closures: dict[dt.date, tuple[str, str]] = {
            day: (value[0], value[1]) for day, value in closures.items() if first <= day <= last
        }
        self._weekend = frozenset(weekend)
        self._base = first.toordinal()
        self._size = last.toordinal() - self._base + 1
        opened: list[dt.date] = []
        closed: list[ClosedDay] = []
        rank = [0] * self._size
        day = first
        for place in range(self._size):
            named = self._closures.get(day)
            weekday = day.weekday()
            if weekday in self._weekend:
                # A holiday on a weekend stays a weekend day: it took nothing from the count.
                closed.append(ClosedDay(day, WEEKDAYS[weekday]))
            elif named is not None:
                closed.append(ClosedDay(day, named[0], named[1]))
            else:
                opened.append(day)
            rank[place] = len(opened)
            if day < last:
                day += ONE_DAY
        self._open = tuple(opened)
        self._closed = tuple(closed)
        self._rank = tuple(rank)
        self._tables: dict[int, dict[dt.date, dt.date]] = {}

    def __repr__(self) -> str:
        return f"Calendar({self.ref!r}, {self.first.isoformat()} to {self.last.isoformat()})"

    def outside(self) -> OutsideCalendar:
        return OutsideCalendar(self.ref, self.first, self.last)

    def _place(self, day: dt.date) -> int:
        place = day.toordinal() - self._base
        if 0 <= place < self._size:
            return place
        raise self.outside()

    def covers(self, day: dt.date) -> bool:
        return 0 <= day.toordinal() - self._base < self._size

    def check(self, day: dt.date) -> dt.date:
        """The day itself, or OutsideCalendar."""
        if 0 <= day.toordinal() - self._base < self._size:
            return day
        raise self.outside()

    def is_open(self, day: dt.date) -> bool:
        place = self._place(day)
        rank = self._rank[place]
        return rank != (self._rank[place - 1] if place else 0)

    def closed(self, day: dt.date) -> ClosedDay | None:
        """Why a day is closed; None when it is open."""
        place = self._place(day)
        rank = self._rank[place]
        if rank != (self._rank[place - 1] if place else 0):
            return None
        return self._closed[place - rank]

    def add_open(self, day: dt.date, n: int) -> dt.date:
        """The n-th open day after `day` (before it, for a negative n); `day` itself, open or not, for 0."""
        place = day.toordinal() - self._base
        if n > 0 and place >= 0:
            try:
                return self._open[self._rank[place] + n - 1]
            except IndexError:
                raise self.outside() from None
        if not 0 <= place < self._size:
            raise self.outside()
        if n == 0:
            return day
        index = (self._rank[place - 1] if place else 0) + n
        if index < 0:
            raise self.outside()
        return self._open[index]

    def add_open_many(self, dates: Iterable[dt.date], n: int) -> list[dt.date]:
        """`add_open` for many dates at once."""
        days = dates if isinstance(dates, list) else list(dates)
        table = self._tables.get(n)
        if table is None:
            if len(days) < TABLE_PAYS_FROM:
                return [self.add_open(day, n) for day in days]
            table = self._table(n)
        try:
            return list(map(table.__getitem__, days))
        except KeyError:
            raise self.outside() from None

    def _table(self, n: int) -> dict[dt.date, dt.date]:
        table: dict[dt.date, dt.date] = {}
        for place in range(self._size):
            day = dt.date.fromordinal(self._base + place)
            try:
                table[day] = self.add_open(day, n)
            except OutsideCalendar:
                continue
        if len(self._tables) >= 8:
            self._tables.clear()
        self._tables[n] = table
        return table

    def open_days_between(self, after: dt.date, through: dt.date) -> int:
        """How many open days lie after the first day, through the second; negative when they are reversed."""
        return self._rank[self._place(through)] - self._rank[self._place(after)]

    def roll(self, day: dt.date, forward: bool = True) -> dt.date:
        """The day itself when open, else the next (or previous) open day."""
        place = self._place(day)
        rank = self._rank[place]
        if rank != (self._rank[place - 1] if place else 0):
            return day
        index = rank if forward else rank - 1
        if 0 <= index < len(self._open):
            return self._open[index]
        raise self.outside()

    def skipped(self, after: dt.date, through: dt.date) -> tuple[ClosedDay, ...]:
        """The closed days after the first day, through the second, each with its name."""
        first, last = self._place(after), self._place(through)
        return self._closed[first + 1 - self._rank[first] : last + 1 - self._rank[last]]

    def with_closures(self, closures: Mapping[dt.date, tuple[str, str]], ref: str | None = None) -> Calendar:
        """The same calendar with more closed days (an agency's own)."""
        return Calendar(
            ref or self.ref,
            self.first,
            self.last,
            {**self._closures, **closures},
            weekend=self._weekend,
            doubted=self._doubted - closures.keys(),
            contested={day: value for day, value in self._contested.items() if day not in closures},
        )

    def without(self, *days: dt.date) -> Calendar:
        """The same calendar with closures taken out: a holiday that was deleted."""
        kept = {day: value for day, value in self._closures.items() if day not in days}
        return Calendar(self.ref, self.first, self.last, kept, weekend=self._weekend)

    @property
    def narrow(self) -> Calendar:
        """The reading that closes the fewest days: no doubted one."""
        if self._narrow is None:
            self._narrow = self.without(*self._doubted) if self._doubted else self
        return self._narrow

    @property
    def wide(self) -> Calendar:
        """The reading that closes the most days: every contested one, too."""
        if self._wide is None:
            closed = {**self._closures, **self._contested}
            self._wide = (
                Calendar(self.ref, self.first, self.last, closed, weekend=self._weekend)
                if self._contested
                else self
            )
        return self._wide

    def argued(self, first: dt.date, last: dt.date) -> bool:
        """Whether the two readings differ on any day between these, both included."""
        if self.narrow is self.wide:
            return False
        low, high = max(first, self.first), min(last, self.last)
        if low > high:
            return False
        opened = self.narrow.open_days_between(low, high) + self.narrow.is_open(low)
        return opened != self.wide.open_days_between(low, high) + self.wide.is_open(low)

    @property
    def closures(self) -> Mapping[dt.date, tuple[str, str]]:
        return dict(self._closures)
