"""The list of requests walked by keys, for programs: page 4,000 costs what page 1 does.

Programs that ask for pages by number get them, too, with a count that goes as far as it was asked to.
"""

from __future__ import annotations

import datetime as dt
import heapq
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from requests_app.models import Document, Event, RecordsRequest
from requests_app.models.visibility import Viewer, live_shares

from .requests import COLUMNS, Filters, Row, bare_halves, filtered_halves, masked_rows, standing_halves

ORDERS = {"newest": ("-filed_on", "-public_id"), "oldest": ("filed_on", "public_id")}


def request_rows(
    viewer: Viewer,
    *,
    now: dt.datetime,
    filters: Filters,
    keys: list[str],
    beyond: Q | None,
    most: int,
    since: dt.datetime | None = None,
    skip: int = 0,
) -> list[Row]:
    """At most so many, in the order of the keys, beyond a place. One query for the public, two for members, and one for
    whom to mask; words ask two or three more. Who may see them is asked of the keys; what is shown is read for as many
    as the page holds."""
    halves: list[list[Row]] = []
    bare = _narrowed(viewer, now, filters, since)
    skipped = _keys_after(bare, keys, skip=skip, most=most) if skip else None
    for half, rows in zip(standing_halves(viewer, now=now), bare, strict=True):
        if beyond is not None:
            rows = rows.filter(beyond)
        chosen = skipped if skipped is not None else rows.order_by(*keys).values("pk")[:most]
        halves.append([Row(*row) for row in half.filter(pk__in=chosen).order_by(*keys).values_list(*COLUMNS)])

    def by(row: Row) -> tuple[Any, ...]:
        return tuple(getattr(row, key.removeprefix("-")) for key in keys)

    found = list(heapq.merge(*halves, key=by, reverse=keys[0].startswith("-")))[:most]
    return masked_rows(viewer, found)


def count_requests(
    viewer: Viewer, *, now: dt.datetime, filters: Filters, most: int, since: dt.datetime | None = None
) -> int:
    """How many such rows there are, as far as `most`: nobody waits for a count of millions."""
    halves = [half.order_by().values("pk")[:most] for half in _narrowed(viewer, now, filters, since)]
    return min(most, _together(halves).count())


def _narrowed(
    viewer: Viewer, now: dt.datetime, filters: Filters, since: dt.datetime | None
) -> list[QuerySet[Any]]:
    halves = filtered_halves(bare_halves(viewer, now=now, spans=filters.by_standing), viewer, filters)
    return halves if since is None else [half.filter(_new_since(viewer, since)) for half in halves]


def _new_since(viewer: Viewer, since: dt.datetime) -> Q:
    """What this viewer may read of it grew: a line, a document, or a share that shows it. What they may not read makes
    no row new, or the answer would tell when it was written."""
    events = Event.objects.visible_to(viewer).filter(request=OuterRef("pk"), recorded_at__gte=since)
    documents = Document.objects.visible_to(viewer).filter(
        Q(added_at__gte=since) | Q(released_at__gte=since), request=OuterRef("pk")
    )
    shares = live_shares(viewer).filter(Q(from_at__gte=since) | Q(embargo_until__gte=since))
    shown = RecordsRequest.objects.reached_by(shares)
    return Q(created_at__gte=since) | Q(Exists(events)) | Q(Exists(documents)) | Q(pk__in=shown.values("pk"))


def _keys_after(halves: list[QuerySet[Any]], keys: list[str], *, skip: int, most: int) -> list[int]:
    names = [key.removeprefix("-") for key in keys]
    if len(halves) == 1:
        return list(halves[0].order_by(*keys).values_list("pk", flat=True)[skip : skip + most])
    near = [half.order_by(*keys).values_list("pk", *names)[: skip + most] for half in halves]
    return [row[0] for row in _together(near).order_by(*keys)[skip : skip + most]]


def _together(halves: list[QuerySet[Any]]) -> QuerySet[Any]:
    return halves[0] if len(halves) == 1 else halves[0].union(*halves[1:], all=True)
