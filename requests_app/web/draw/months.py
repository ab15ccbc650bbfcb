"""A year of a calendar as twelve small months. The table beside it says every day in words, so readers skip this."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection

from django.utils.dates import MONTHS, WEEKDAYS_ABBR
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

SUNDAY_FIRST = calendar.Calendar(firstweekday=6)
WEEKEND = 5


def year_of_months(
    year: int, *, closed: Collection[dt.date], doubted: Collection[dt.date], contested: Collection[dt.date]
) -> SafeString:
    """closed: does not count. doubted: does not count here, and another reading would count it. contested: counts
    here, and another reading would leave it out."""
    heads = "".join(f"<th>{escape(str(WEEKDAYS_ABBR[day])[:2])}</th>" for day in SUNDAY_FIRST.iterweekdays())
    months = "".join(
        f'<table class="month"><caption>{escape(str(MONTHS[month]))}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{_weeks(year, month, closed, doubted, contested)}</tbody></table>"
        for month in range(1, 13)
    )
    return mark_safe(f'<div class="months" aria-hidden="true">{months}</div>')


def _weeks(
    year: int,
    month: int,
    closed: Collection[dt.date],
    doubted: Collection[dt.date],
    contested: Collection[dt.date],
) -> str:
    rows = []
    for week in SUNDAY_FIRST.monthdatescalendar(year, month):
        cells = []
        for on in week:
            if on.month != month:
                cells.append("<td></td>")
                continue
            if on in doubted:
                name = "off dbt"
            elif on in closed:
                name = "off"
            elif on in contested:
                name = "con"
            else:
                name = "we" if on.weekday() >= WEEKEND else ""
            cells.append(f'<td class="{name}">{on.day}</td>' if name else f"<td>{on.day}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return "".join(rows)
