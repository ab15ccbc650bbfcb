"""What happened in public, newest first: of one request, an agency, a campaign, a search, or everywhere.

Whoever asks, it is read as the public reads it. Each row stands at the instant at which it was recorded, released or
published here; a subscriber asks for what is newer, and gets it.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from requests_app.models import Campaign, Document, Event, RecordsRequest
from requests_app.models.ledger import NEWS_KINDS
from requests_app.models.visibility import PUBLIC, live_shares

from .masking import Outside

PAGE = 50
OF_REQUEST = (
    "request_id", "organisation_id", "request__public_id", "request__public_title", "request__agency__name",
    "request__agency__jurisdiction", "request__custodian__name", "request__is_sample", "request__is_imported",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """what: an event's kind, or released (a document) or published. request: its public id, or "" for a campaign.
    on: the legal day; None where nobody knows it."""

    at: dt.datetime
    key: str
    what: str
    title: str
    request: str = ""
    campaign: str = ""
    agency: str = ""
    jurisdiction: str = ""
    is_sample: bool = False
    on: dt.date | None = None
    outcome: str = ""
    parts: tuple[str, ...] = ()
    file: str = ""
    file_name: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class News:
    items: tuple[Item, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Beyond which item a page begins."""

    at: dt.datetime
    key: str


def news(*, requests: QuerySet[Any] | None = None, campaign: Campaign | None = None, beyond: Place | None) -> News:
    """requests: those of which it is told; None: every public one. Five queries, whatever the data; to be asked as the
    public."""
    of: dict[str, Any] = {} if requests is None else {"request__in": requests.order_by().values("pk")}
    campaigns = Campaign.objects.visible_to(PUBLIC)
    if campaign is not None:
        campaigns = campaigns.filter(pk=campaign.pk)
    sources = [_events(of, beyond), _documents(of, beyond), _published(of, beyond)]
    if campaign is not None or requests is None:
        sources.append(_campaigns(campaigns, beyond))
    rows = list(heapq.merge(*sources, key=lambda row: (row[0], row[1]), reverse=True))
    shown = rows[:PAGE]
    outside = Outside(
        PUBLIC, requests=[row[2] for row in shown if row[3]], campaigns=[row[2] for row in shown if not row[3]]
    )
    return News(tuple(_item(row, outside) for row in shown), len(rows) > PAGE)


def requests() -> QuerySet[Any]:
    """Every request that the public reads."""
    return RecordsRequest.objects.visible_to(PUBLIC)


def request_of(public_id: str) -> QuerySet[Any]:
    return requests().filter(public_id=public_id)


def _beyond(rows: QuerySet[Any], at: str, key: str, place: Place | None) -> QuerySet[Any]:
    if place is not None:
        first = Q(**{f"{at}__lt": place.at}) | Q(**{f"{key}__lt": place.key})
        rows = rows.filter(first, **{f"{at}__lte": place.at})
    return rows.order_by(f"-{at}", f"-{key}")


# Each row: instant, key, (number, organization) for the mask, whether that is a request, and what it tells.
Row = tuple[dt.datetime, str, tuple[int, int], bool, dict[str, Any]]


def _events(of: dict[str, Any], place: Place | None) -> Iterator[Row]:
    on = Coalesce("received_on", "sent_on", "dated_on")
    rows = Event.objects.visible_to(PUBLIC).filter(kind__in=NEWS_KINDS, **of).annotate(on=on)
    names = (*OF_REQUEST, "recorded_at", "uid", "kind", "on", "outcome", "parts", "facts__day_unknown")
    for row in _beyond(rows, "recorded_at", "uid", place).values(*names)[: PAGE + 1]:
        day = None if row["facts__day_unknown"] else row["on"]
        told = {"what": row["kind"], "on": day, "outcome": row["outcome"], "parts": tuple(row["parts"])}
        yield row["recorded_at"], row["uid"], _number(row), True, told | _of_request(row)


def _documents(of: dict[str, Any], place: Place | None) -> Iterator[Row]:
    rows = Document.objects.visible_to(PUBLIC).filter(released_at__isnull=False, erased_at=None, **of)
    names = (*OF_REQUEST, "released_at", "public_id", "title", "size")
    for row in _beyond(rows, "released_at", "public_id", place).values(*names)[: PAGE + 1]:
        told = {"what": "released", "file": row["public_id"], "file_name": row["title"], "size": row["size"]}
        yield row["released_at"], row["public_id"], _number(row), True, told | _of_request(row)


def _published(of: dict[str, Any], place: Place | None) -> Iterator[Row]:
    rows = live_shares(PUBLIC).filter(request__isnull=False, **of)
    rows = rows.annotate(at=Greatest("from_at", "embargo_until"))
    for row in _beyond(rows, "at", "public_id", place).values(*OF_REQUEST, "at", "public_id")[: PAGE + 1]:
        yield row["at"], row["public_id"], _number(row), True, {"what": "published"} | _of_request(row)


def _campaigns(campaigns: QuerySet[Any], place: Place | None) -> Iterator[Row]:
    rows = live_shares(PUBLIC).filter(campaign__in=campaigns).annotate(at=Greatest("from_at", "embargo_until"))
    names = (
        "at", "public_id", "campaign_id", "organisation_id", "campaign__public_id", "campaign__public_title",
        "campaign__is_sample",
    )  # fmt: skip
    for row in _beyond(rows, "at", "public_id", place).values(*names)[: PAGE + 1]:
        told = {
            "what": "published", "campaign": row["campaign__public_id"], "title": row["campaign__public_title"],
            "is_sample": row["campaign__is_sample"],
        }  # fmt: skip
        yield row["at"], row["public_id"], (row["campaign_id"], row["organisation_id"]), False, told


def _number(row: dict[str, Any]) -> tuple[int, int]:
    return row["request_id"], row["organisation_id"]


def _of_request(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "request": row["request__public_id"],
        "title": row["request__public_title"],
        "agency": row["request__custodian__name"] or row["request__agency__name"],
        "jurisdiction": row["request__agency__jurisdiction"],
        # Of a log that was imported into the sample the rows are real.
        "is_sample": row["request__is_sample"] and not row["request__is_imported"],
    }


def _item(row: Row, outside: Outside) -> Item:
    at, key, (_pk, organisation), _is_request, told = row
    masked: dict[str, Any] = {one: outside(told[one], organisation) for one in ("title", "file_name") if one in told}
    return Item(at, key, **told | masked)
