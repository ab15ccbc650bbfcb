"""The list of requests walked by keys, for programs: no count and no offset, so that page 4,000 costs what page 1
does.
"""

from __future__ import annotations

import datetime as dt
import heapq
from typing import Any

from django.db.models import Q

from requests_app.models.visibility import Viewer

from .requests import COLUMNS, Filters, Row, bare_halves, filtered, masked_rows, standing_halves

ORDERS = {"newest": ("-filed_on", "-public_id"), "oldest": ("filed_on", "public_id")}


def request_rows(
    viewer: Viewer, *, now: dt.datetime, filters: Filters, keys: list[str], beyond: Q | None, most: int
) -> list[Row]:
    """At most so many, in the order of the keys, beyond a place. One query for the public, two for members, and one for
    whom to mask. Who may see them is asked of the keys; what is shown is read for as many as the page holds."""
    halves: list[list[Row]] = []
    for half, bare in zip(
        standing_halves(viewer, now=now), bare_halves(viewer, now=now, spans=filters.by_standing), strict=True
    ):
        rows = filtered(bare, viewer, filters)
        if beyond is not None:
            rows = rows.filter(beyond)
        chosen = half.filter(pk__in=rows.order_by(*keys).values("pk")[:most])
        halves.append([Row(*row) for row in chosen.order_by(*keys).values_list(*COLUMNS)])

    def by(row: Row) -> tuple[Any, ...]:
        return tuple(getattr(row, key.removeprefix("-")) for key in keys)

    found = list(heapq.merge(*halves, key=by, reverse=keys[0].startswith("-")))[:most]
    return masked_rows(viewer, found)
