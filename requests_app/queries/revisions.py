"""Newer readings of the law as an organization's people see them: what is offered, and which dates it would move."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from requests_app.models import OfferedMove, RevisionOffer
from requests_app.models.visibility import Viewer

PAGE = 50
WAITING = Q(decision=OfferedMove.Decision.WAITING)


@dataclass(frozen=True, slots=True)
class Dates:
    """One clock in one of the two readings; all None where it does not run there."""

    due: dt.date | None
    earliest: dt.date | None
    latest: dt.date | None
    standard: str
    unknown: str


@dataclass(frozen=True, slots=True)
class Change:
    """One clock. `parts`: of the letter, () for all of it. `days`: by how many its date moves, None where one side has
    none."""

    name: str
    parts: tuple[str, ...]
    owner: str
    what: str
    old: Dates
    new: Dates

    @property
    def days(self) -> int | None:
        return (self.new.due - self.old.due).days if self.new.due and self.old.due else None


@dataclass(frozen=True, slots=True)
class Move:
    public_id: str
    title: str
    agency: str
    is_sample: bool
    decision: str
    decided_by: str
    decided_at: dt.datetime | None
    from_revision: int
    changes: tuple[Change, ...]


def offers(viewer: Viewer) -> QuerySet[Any]:
    """Every offer to the viewer's organizations, the newest first, each with how many requests wait."""
    found: QuerySet[Any] = (
        RevisionOffer.objects.visible_to(viewer)
        .select_related("organisation")
        .annotate(
            waiting=Count("moves", filter=Q(moves__decision=OfferedMove.Decision.WAITING)),
            moved=Count("moves"),
        )
        .order_by("-pk")
    )
    return found


def moves(offer: RevisionOffer, *, decision: str = "", ours: bool = False) -> QuerySet[OfferedMove]:
    """decision: one of the decisions, "" for those that wait; "all" for every one. The soonest window first."""
    rows = OfferedMove.objects.filter(offer=offer)
    if decision != "all":
        rows = rows.filter(decision=decision or OfferedMove.Decision.WAITING)
    if ours:
        rows = rows.filter(ours=True)
    return rows.select_related("request__agency", "decided_by").order_by("-ours", "pk")


def waiting_for(request_id: int) -> list[tuple[RevisionOffer, Move]]:
    """What waits for one request, for its own people."""
    rows = OfferedMove.objects.filter(WAITING, request=request_id).select_related(
        "offer", "request__agency", "decided_by"
    )
    return [(row.offer, read(row)) for row in rows]


def read(row: OfferedMove) -> Move:
    return Move(
        public_id=row.request.public_id,
        title=row.request.public_title,
        agency=row.request.agency.name,
        is_sample=row.request.is_sample and not row.request.is_imported,
        decision=row.decision,
        decided_by=str(row.decided_by) if row.decided_by else "",
        decided_at=row.decided_at,
        from_revision=row.from_revision,
        changes=tuple(_changes(row.changes)),
    )


def _changes(stored: list[Mapping[str, Any]]) -> Iterator[Change]:
    for change in stored:
        old, new = _dates(change["old"]), _dates(change["new"])
        yield Change(
            change["name"], tuple(change.get("parts", ())), change["owner"], change["what"], old, new
        )


def _dates(told: Mapping[str, Any]) -> Dates:
    return Dates(
        due=_day(told.get("due")),
        earliest=_day(told.get("earliest")),
        latest=_day(told.get("latest")),
        standard=told.get("standard") or "",
        unknown=told.get("unknown") or "",
    )


def _day(said: str | None) -> dt.date | None:
    return dt.date.fromisoformat(said) if said else None
