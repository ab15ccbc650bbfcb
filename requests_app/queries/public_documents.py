"""Documents that the public may fetch, across requests, the newest first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from requests_app.models import Agency, Document
from requests_app.models.visibility import PUBLIC

from .masking import Outside
from .matrix import OTHERS

SIZE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """agency: a slug; those merged into it count with it. campaign: a public id. The days are those of the release."""

    agency: str = ""
    campaign: str = ""
    jurisdiction: str = ""
    from_on: dt.date | None = None
    until_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    rows: tuple[dict[str, Any], ...]
    total: int
    number: int


def find(asked: Asked, *, zone: str, page: int = 1) -> Found:
    """Three queries, whatever is there. zone: where the days of the release are counted."""
    rows = _narrowed(asked, ZoneInfo(zone))
    total = rows.count()
    number = min(max(page, 1), max(1, -(-total // SIZE)))
    start = (number - 1) * SIZE
    shown = list(
        rows.order_by("-released_at", "-pk").values(
            "public_id", "title", "size", "released_at", "request_id", "request__public_id", "request__public_title",
            "request__is_sample", "request__is_imported", "request__agency__name",
            "request__agency__slug", "request__agency__jurisdiction",
        )[start : start + SIZE]
    )  # fmt: skip
    outside = Outside(PUBLIC, requests=[(row["request_id"], OTHERS) for row in shown])
    for row in shown:
        for name in ("title", "request__public_title"):
            row[name] = outside(row[name], OTHERS)
    return Found(tuple(shown), total, number)


def _narrowed(asked: Asked, zone: ZoneInfo) -> Any:
    rows = Document.objects.visible_to(PUBLIC).filter(released_at__isnull=False, erased_at=None)
    if asked.agency:
        rows = rows.filter(request__agency__in=Agency.objects.together(asked.agency))
    if asked.campaign:
        rows = rows.filter(request__campaign__public_id=asked.campaign)
    if asked.jurisdiction:
        rows = rows.filter(request__agency__jurisdiction=asked.jurisdiction)
    if asked.from_on:
        rows = rows.filter(released_at__gte=_begins(asked.from_on, zone))
    if asked.until_on:
        rows = rows.filter(released_at__lt=_begins(asked.until_on + dt.timedelta(days=1), zone))
    return rows


def _begins(on: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(), zone)
