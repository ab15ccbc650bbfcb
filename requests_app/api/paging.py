"""Long lists, a page at a time: keyset over an order that ends in the public id, by a cursor that we signed.

A row that is added or removed meanwhile shifts nothing: the next page goes on after the last row that was seen. Who
asks for pages by number gets them, to page 100, in the envelope that programs for other trackers read: `count`, `next`,
`previous`, `results`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from requests_app.laws.errors import Refused

SIZE, MOST = 50, 200
LAST_PAGE = 100
COUNTED = 10_000
# What is asked of any list, and narrows none.
WALK = ("cursor", "limit", "page")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after (or before) the row with these values. No values: at the beginning, or `skip` rows
    further where pages are numbered; then all rows are counted, too."""

    values: tuple[Any, ...] = ()
    backwards: bool = False
    skip: int = 0
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Walked:
    """`further`: there are rows beyond the page, in the direction of the walk. `count`: of all, where it was asked."""

    rows: Sequence[Any]
    further: bool
    count: int | None = None


class PageAsked(serializers.Serializer[Any]):
    """Base of what a paged list may be asked."""

    limit = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST, help_text=f"Rows on a page; {SIZE} unless told."
    )
    cursor = serializers.CharField(
        required=False,
        max_length=500,
        help_text="From `next` or `previous` of another page of the same list.",
    )
    page = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=LAST_PAGE,
        help_text=f"Pages by number, to {LAST_PAGE}, in another envelope; to go further, walk by `next` without it.",
    )


def count_of(rows: QuerySet[Any]) -> int:
    """Exact to COUNTED, and one more where there are more."""
    return rows.order_by().values("pk")[: COUNTED + 1].count()


def after(keys: Sequence[str], place: Place) -> Q:
    """Rows beyond the place, by every key in turn: a below x, or a equal and b below y …"""
    found, equal = Q(), Q()
    for key, value in zip(keys, place.values, strict=True):
        name = key.removeprefix("-")
        beyond = "lt" if key.startswith("-") is not place.backwards else "gt"
        found |= equal & Q(**{f"{name}__{beyond}": value})
        equal &= Q(**{name: value})
    return found


def turned(keys: Sequence[str], place: Place) -> list[str]:
    if not place.backwards:
        return list(keys)
    return [key.removeprefix("-") if key.startswith("-") else f"-{key}" for key in keys]


def walk(rows: QuerySet[Any], keys: Sequence[str], place: Place, limit: int) -> Walked:
    count = count_of(rows) if place.counted else None
    if place.values:
        rows = rows.filter(after(keys, place))
    found = list(rows.order_by(*turned(keys, place))[place.skip : place.skip + limit + 1])
    return cut(found, place, limit, count)


def cut(found: list[Any], place: Place, limit: int, count: int | None = None) -> Walked:
    """A page out of rows in the order of the walk, one more than fits where there is one."""
    rows = found[:limit]
    return Walked(rows[::-1] if place.backwards else rows, len(found) > limit, count)


def paged(
    request: Request,
    asked: dict[str, Any],
    keys: Sequence[str],
    read: Callable[[Place, int], Walked],
    show: Callable[[Any], dict[str, Any]],
    *,
    of: Callable[[Any, str], Any] = getattr,
) -> dict[str, Any]:
    """The answer of a list. `of` gives a row's value of a key, by the key's name."""
    limit = asked.get("limit", SIZE)
    if "page" in asked:
        return _numbered(request, asked, read, show, limit)
    # A cursor belongs to one list with its filters and its order, and says nothing about another.
    about = "&".join(f"{name}={asked[name]}" for name in sorted(asked) if name not in ("cursor", "limit"))
    salt = f"{request.path}?{about}"
    place = _read(asked["cursor"], salt, len(keys)) if asked.get("cursor") else Place()
    page = read(place, limit)
    names = [key.removeprefix("-") for key in keys]

    def address(row: Any, *, backwards: bool) -> str:
        values = [_plain(of(row, name)) for name in names]
        # Without the time: the same page is the same bytes, and who has them is told only that.
        signed = signing.Signer(salt=salt).sign_object([backwards, *values])
        return _address(request, cursor=signed)

    there_is_more = page.further if not place.backwards else True
    there_was_before = page.further if place.backwards else bool(place.values)
    return {
        "items": [show(row) for row in page.rows],
        "next": address(page.rows[-1], backwards=False) if page.rows and there_is_more else None,
        "previous": address(page.rows[0], backwards=True) if page.rows and there_was_before else None,
    }


def _numbered(
    request: Request,
    asked: dict[str, Any],
    read: Callable[[Place, int], Walked],
    show: Callable[[Any], dict[str, Any]],
    limit: int,
) -> dict[str, Any]:
    if asked.get("cursor"):
        raise Refused("page_and_cursor", "Ask by page or by cursor, not by both.", "page")
    number = asked["page"]
    found = read(Place(skip=(number - 1) * limit, counted=True), limit)
    count = found.count or 0
    on = found.further and number < LAST_PAGE
    return {
        "count": min(count, COUNTED),
        "count_exact": count <= COUNTED,
        "next": _address(request, page=number + 1) if on else None,
        "previous": _address(request, page=number - 1) if number > 1 else None,
        "results": [show(row) for row in found.rows],
    }


def _address(request: Request, **names: Any) -> str:
    params = request.query_params.copy()
    for name, value in names.items():
        params[name] = str(value)
    return request.build_absolute_uri(f"{request.path}?{params.urlencode()}")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value


def _read(cursor: str, salt: str, keys: int) -> Place:
    try:
        backwards, *values = signing.Signer(salt=salt).unsign_object(cursor)
    except (signing.BadSignature, ValueError, TypeError):
        values = []
    if len(values) != keys:
        raise Refused(
            "cursor_wrong",
            "This cursor is not of this list with these filters. Start again without it.",
            "cursor",
        )
    return Place(tuple(values), bool(backwards))
