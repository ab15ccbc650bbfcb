"""What the public dashboard shows: the statistics, and of some requests their own lines. Published requests only,
whoever looks, and nothing that is the requester's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from requests_app.models import Campaign, RecordsRequest
from requests_app.models.visibility import PUBLIC

from . import statistics
from .masking import Outside
from .statistics import EVERYTHING, SHOWN, Narrowed, Statistics


@dataclass(frozen=True, slots=True)
class Silent:
    """A request without decision or records, and with a time that the public sees: a clock that stands still for us is
    no silence. due_on None: the law names no number of days."""

    public_id: str
    title: str
    agency: str
    jurisdiction: str
    is_sample: bool
    filed_on: dt.date
    days: int
    due_on: dt.date | None

    @property
    def standard(self) -> bool:
        return self.due_on is None


@dataclass(frozen=True, slots=True)
class Answer:
    public_id: str
    title: str
    agency: str
    jurisdiction: str
    is_sample: bool
    on: dt.date
    outcome: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    of: Statistics
    silence: tuple[Silent, ...]
    newest: tuple[Answer, ...]
    campaigns: tuple[Campaign, ...]


def load(
    *, now: dt.datetime, asked: Narrowed = EVERYTHING, by_place: bool = False, every_agency: bool = False
) -> Dashboard:
    """Ten queries at most, whatever the data."""
    found = statistics.count(asked, now=now, by_place=by_place, every_agency=every_agency)
    rows = _rows([row["id"] for row in (*found.silent, *found.newest)])
    silence = tuple(
        Silent(
            **rows[row["id"]],
            filed_on=_day(row["on"]),
            days=row["days"],
            due_on=_day(row["due"]) if row["due"] else None,
        )
        for row in found.silent
        if row["id"] in rows
    )
    newest = tuple(
        Answer(**rows[row["id"]], on=_day(row["on"]), outcome=row["outcome"])
        for row in found.newest
        if row["id"] in rows
    )
    return Dashboard(
        of=found,
        silence=silence[:SHOWN],
        newest=newest,
        campaigns=statistics.campaigns(),
    )


def _day(said: str) -> dt.date:
    return dt.date.fromisoformat(said)


def _rows(ids: list[int]) -> dict[int, dict[str, Any]]:
    rows = list(
        RecordsRequest.objects.visible_to(PUBLIC)
        .filter(pk__in=ids)
        .values_list(
            "pk",
            "public_id",
            "public_title",
            "agency__name",
            "agency__jurisdiction",
            "agency__is_sample",
            "organisation_id",
        )
    )
    outside = Outside(PUBLIC, requests=[(row[0], row[-1]) for row in rows])
    return {
        pk: {
            "public_id": public_id, "title": outside(title, home), "agency": agency, "jurisdiction": place,
            "is_sample": sample,
        }
        for pk, public_id, title, agency, place, sample, home in rows
    }  # fmt: skip
