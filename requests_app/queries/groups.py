"""Where requests stand, in groups that add up: each request is in exactly one, and every number leads to its list."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db.models import Case, CharField, Q, Value, When


class Group(StrEnum):
    """full, part: records came. late: nothing else holds and the law's time has passed on every reading of it.
    pending: nothing decided yet, in time or without a time. closed: withdrawn, or ended without an answer."""

    full = "full"
    part = "part"
    denied = "denied"
    none = "none"
    elsewhere = "elsewhere"
    review = "review"
    late = "late"
    pending = "pending"
    closed = "closed"


ANSWERED = (Group.full, Group.part)
REFUSED = (Group.denied, Group.none, Group.elsewhere)
# Several groups under one word of the address.
TOGETHER: dict[str, tuple[Group, ...]] = {"answered": ANSWERED, "refused": REFUSED} | {
    group.value: (group,) for group in Group
}

DENIED = (
    "denied", "denied_in_part", "neither_confirms_nor_denies", "not_a_public_body", "not_subject", "upheld",
)  # fmt: skip
NONE = ("no_records", "not_found_as_described", "destroyed")
ELSEWHERE = ("not_ours", "directed_to_web")
DISPUTED = ("appeal_pending", "review", "suit")
UNDECIDED = ("sent", "received", "acknowledged", "answered_in_part")
NO_ANSWER = UNDECIDED[:3]


def group_of(span: str = "span__") -> Case:
    """The group of a request by its span of the day.

    "Denied in part" says nothing of whether the rest came, so there it counts whether anything was produced. A part
    that was denied while others are undecided leaves the request pending: pending is never counted as refused.
    """

    def when(group: Group, **fields: Any) -> When:
        return When(Q(**{f"{span}{name}": value for name, value in fields.items()}), then=Value(group.value))

    return Case(
        when(Group.full, outcome="produced"),
        when(Group.part, outcome="produced_in_part"),
        when(Group.part, outcome="denied_in_part", produced=True),
        when(Group.review, stage__in=DISPUTED),
        when(Group.closed, outcome="withdrawn"),
        when(Group.late, late=True),
        when(Group.pending, stage__in=UNDECIDED),
        when(Group.pending, outcome="granted"),
        when(Group.denied, outcome__in=DENIED),
        when(Group.none, outcome__in=NONE),
        when(Group.elsewhere, outcome__in=ELSEWHERE),
        when(Group.closed, stage="closed"),
        default=Value(Group.pending.value),
        output_field=CharField(),
    )


def group_told(stage: str, outcome: str, *, late: bool, came: bool) -> Group:
    """The same for a standing in hand, on whatever day. came: whether something was produced."""
    held = {
        Group.full: outcome == "produced",
        Group.part: outcome == "produced_in_part" or (outcome == "denied_in_part" and came),
        Group.review: stage in DISPUTED,
    }  # fmt: skip
    for group, holds in held.items():
        if holds:
            return group
    if outcome == "withdrawn":
        return Group.closed
    if late:
        return Group.late
    if stage in UNDECIDED or outcome == "granted":
        return Group.pending
    for group, outcomes in ((Group.denied, DENIED), (Group.none, NONE), (Group.elsewhere, ELSEWHERE)):
        if outcome in outcomes:
            return group
    return Group.closed if stage == "closed" else Group.pending


def population_case() -> Case:
    """Whose requests: real ones out of published logs, invented ones, or those filed through the tracker. The three
    are never counted together."""
    return Case(
        When(is_imported=True, then=Value("log")),
        When(is_sample=True, then=Value("sample")),
        default=Value("filed"),
        output_field=CharField(),
    )


# Which one a page opens with: the first of these that holds a request.
POPULATIONS = ("filed", "sample", "log")
