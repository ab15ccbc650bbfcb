"""Counts of requests that add up: each request is in exactly one group, and every number leads to its
list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

# Which outcome of a request belongs to which group. Late is a second question, asked of the open ones only.
ANSWERED = ("granted", "produced", "produced_in_part", "denied_in_part", "reversed")
REFUSED = (
    "denied", "no_records", "neither_confirms_nor_denies", "not_ours", "not_a_public_body", "not_subject",
    "not_found_as_described", "directed_to_web", "destroyed", "upheld",
)  # fmt: skip
WITHDRAWN = ("withdrawn",)
REVIEW = ("appeal_pending", "review", "suit")


@dataclass(frozen=True, slots=True)
class Tally:
    """total = answered + refused + review + pending + withdrawn. Late lies within the others: an agency may
    owe
    something after it answered in part. withdrawn: also closed
    without an answer. pending_late: the part of `late` among the pending."""

    total: int = 0
    answered: int = 0
    refused: int = 0
    review: int = 0
    pending: int = 0
    withdrawn: int = 0
    late: int = 0
    pending_late: int = 0
    ours: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def group_of(stage: str | None, outcome: str | None) -> str:
    """The one group of a request. A refusal under appeal or review is counted there, and nowhere else."""
    if stage in REVIEW:
        return "review"
    if outcome in ANSWERED:
        return "answered"
    if outcome in REFUSED:
        return "refused"
    if outcome in WITHDRAWN or stage == "closed":
        return "withdrawn"
    return "pending"


def tally(rows: Iterable[tuple[str | None, str | None, bool | None, str | None]]) -> Tally:
    """Of (stage, outcome, late, whose move) rows in hand."""
    counts = dict.fromkeys(Tally.__slots__, 0)
    for stage, outcome, late, move in rows:
        _count(counts, stage, outcome, late, move, 1)
    return Tally(**counts)


def tallies(requests: QuerySet[Any], by: str) -> dict[Any, Tally]:
    """One query: of requests with their span of today (`requests.standing_halves`), by a column."""
    rows = (
        requests.order_by()
        .values_list(by, "span__stage", "span__outcome", "span__late", "span__whose_move")
        .annotate(n=Count("pk"))
    )
    found: dict[Any, dict[str, int]] = {}
    for key, stage, outcome, late, move, n in rows:
        _count(found.setdefault(key, dict.fromkeys(Tally.__slots__, 0)), stage, outcome, late, move, n)
    return {key: Tally(**counts) for key, counts in found.items()}


def _count(
    counts: dict[str, int],
    stage: str | None,
    outcome: str | None,
    late: bool | None,
    move: str | None,
    n: int,
) -> None:
    group = group_of(stage, outcome)
    counts["total"] += n
    counts[group] += n
    if late:
        counts["late"] += n
        counts["pending_late"] += n if group == "pending" else 0
    if move == "requester":
        counts["ours"] += n
