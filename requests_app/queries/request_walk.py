"""The list of requests walked by keys, for programs: no count and no offset, so that page 4,000 costs what page 1
does.
"""

from __future__ import annotations

import datetime as dt
import heapq
from typing import Any

from django.db.models import Q

from requests_app.models.visibility import Viewer

from .requests import COLUMNS, Filters, Row, filtered, masked_rows, standing_halves

ORDERS = {"newest": ("-filed_on", "-public_id"), "oldest": ("filed_on", "public_id")}


def request_rows(
    viewer: Viewer, *, now: dt.datetime, filters: Filters, keys: list[str], beyond: Q | None, most: int
) -> list[Row]:
    """At most so many, in the order of the keys, beyond a place. One query for the public, two for
    members, and one for whom to mask."""
    halves: list[list[Row]] = []
    for half in standing_halves(viewer, now=now):
        rows = filtered(half, viewer, filters)
        if beyond is not None:
            rows = rows.filter(beyond)
        halves.append([Row(*row) for row in rows.order_by(*keys).values_list(*COLUMNS)[:most]])

    def by(row: Row) -> tuple[Any, ...]:
        return tuple(getattr(row, key.removeprefix("-")) for key in keys)

    found = list(heapq.merge(*halves, key=by, reverse=keys[0].startswith("-")))[:most]
    return masked_rows(viewer, found)
