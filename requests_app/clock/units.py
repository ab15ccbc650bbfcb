"""Arithmetic of the units. Months and years are calendar arithmetic: January 31 and one month is the last of
February."""

from __future__ import annotations

import calendar as gregorian
import datetime as dt

from .calendars import Calendar
from .rules import Unit


def add(day: dt.date, count: int, unit: Unit, calendar: Calendar) -> dt.date:
    """`day` and a length. Leaves the calendar's range only with OutsideCalendar; hours are not for this function."""
    if unit is Unit.business_days:
        return calendar.add_open(day, count)
    calendar.check(day)
    if unit is Unit.calendar_days:
        try:
            return calendar.check(day + dt.timedelta(days=count))
        except OverflowError:
            raise calendar.outside() from None
    try:
        return calendar.check(add_months(day, count * 12 if unit is Unit.years else count))
    except OverflowError:
        raise calendar.outside() from None


def add_months(day: dt.date, months: int) -> dt.date:
    """By the calendar, with no range but the one of dates: OverflowError beyond it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise OverflowError("no such year")
    last = gregorian.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def elapsed(after: dt.date, through: dt.date, unit: Unit, calendar: Calendar) -> int:
    """How many of a unit of days are used up through a day."""
    if through <= after:
        return 0
    if unit is Unit.business_days:
        return calendar.open_days_between(after, through)
    return (through - after).days


def add_hours(
    day: dt.date, time: dt.time | None, hours: int, calendar: Calendar, skip_closed: bool = False
) -> tuple[dt.date, dt.time]:
    """Hours on the wall clock of the agency; closed days stand still when `skip_closed`. No time means midnight."""
    calendar.check(day)
    try:
        if not skip_closed:
            end = dt.datetime.combine(day, time or dt.time()) + dt.timedelta(hours=hours)
            return calendar.check(end.date()), end.time()
        here = dt.datetime.combine(day, time or dt.time())
        if not calendar.is_open(day):
            here = dt.datetime.combine(calendar.roll(day), dt.time())
        left = dt.timedelta(hours=hours)
        while True:
            midnight = dt.datetime.combine(here.date(), dt.time()) + dt.timedelta(days=1)
            if here + left <= midnight:
                end = here + left
                if end == midnight and left:
                    end = dt.datetime.combine(calendar.add_open(here.date(), 1), dt.time())
                return calendar.check(end.date()), end.time()
            left -= midnight - here
            here = dt.datetime.combine(calendar.add_open(here.date(), 1), dt.time())
    except OverflowError:
        raise calendar.outside() from None
