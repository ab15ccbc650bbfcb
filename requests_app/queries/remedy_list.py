"""All that is open for appeal, review, notice and suit in one organization: windows with their days, and what was
begun. Counted and cut in the database: an attorney's list may hold thousands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from requests_app.clock.orders import RULE as ORDER_RULE
from requests_app.models import Deadline, Remedy, RemedyCost, RemedyEvent
from requests_app.models.ledger import RETRACTED
from requests_app.models.visibility import Viewer

from .days import local_day

STATES = ("open", "closed")
STAGES = ("draft", "filed", "decided", "remanded")
WITHIN = (7, 14, 30, 90)


@dataclass(frozen=True, slots=True)
class Filters:
    """kind: appeal, review, notice, suit, order or "" for any. state: of a window. stage: of a remedy. within: days."""

    kind: str = ""
    state: str = ""
    stage: str = ""
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Some rows of a list, and how many there are in all."""

    rows: Sequence[Any]
    total: int


def windows(
    viewer: Viewer, organisation_id: int, filters: Filters, *, now: dt.datetime, number: int = 1, size: int = 50
) -> Listed:
    """Windows of ours and days a court set us, the soonest first; those without a last day at the end. Two queries."""
    rows = window_rows(viewer, organisation_id, filters, now)
    start = (number - 1) * size
    found = rows.select_related("request__agency", "request__custodian").order_by(
        F("due_on").asc(nulls_last=True), "pk"
    )
    return Listed(list(found[start : start + size]), rows.count())


def window_rows(viewer: Viewer, organisation_id: int, filters: Filters, now: dt.datetime) -> QuerySet[Any]:
    """In no order. Each has `today` where its agency is, `remedy` and `by`: the day to act by, else the end of days."""
    rows = (
        Deadline.objects.visible_to(viewer)
        .standing()
        .filter(organisation=organisation_id, owner="requester", met_on=None, ended_on=None)
        .annotate(
            remedy=KT("clock__remedy"),
            today=local_day(now, "request__zone"),
            by=Coalesce("due_on", Value(dt.date.max)),
        )
        .filter(Q(remedy__isnull=False) | Q(rule_id=ORDER_RULE))
        .filter(Q(opens_on=None) | Q(opens_on__lte=F("today")))
    )
    passed = Q(latest_on__lt=F("today"))
    rows = rows.filter(passed) if filters.state == "closed" else rows.exclude(passed)
    if filters.kind == "order":
        rows = rows.filter(rule_id=ORDER_RULE)
    elif filters.kind:
        rows = rows.filter(remedy=filters.kind)
    if filters.within is not None:
        rows = rows.filter(due_on__isnull=False, due_on__lt=F("today") + Value(dt.timedelta(days=filters.within + 1)))
    return rows


def begun(
    viewer: Viewer, organisation_id: int, filters: Filters, *, now: dt.datetime, number: int = 1, size: int = 50
) -> Listed:
    """Appeals, reviews, notices and suits that have a page: what waits for a decision first, then drafts. Each row has
    `filed_on`, `decided_on`, `outcome`, `stage`, `next_on`, `next_name`, `next_owner`, `total`. Two queries."""
    rows = _begun(viewer, organisation_id, filters)
    start = (number - 1) * size
    found = _with_next(rows).select_related("request__agency", "request__custodian")
    found = found.annotate(today=local_day(now, "request__zone"), total=_total()).order_by(
        F("next_on").asc(nulls_last=True), "-created_at", "pk"
    )
    listed = list(found[start : start + size])
    for row in listed:
        row.stage = "remanded" if row.remanded_id else "decided" if row.decided_id else "filed"
        row.stage = row.stage if row.filed_id else "draft"
    return Listed(listed, rows.count())


def _begun(viewer: Viewer, organisation_id: int, filters: Filters) -> QuerySet[Any]:
    rows: QuerySet[Any] = Remedy.objects.visible_to(viewer).filter(organisation=organisation_id)
    rows = rows.annotate(
        filed_id=_step(RemedyEvent.Step.FILED, "event_id"),
        decided_id=_step(RemedyEvent.Step.DECIDED, "event_id"),
        remanded_id=_step(RemedyEvent.Step.REMANDED, "event_id"),
    ).exclude(dropped_at__isnull=False, filed_id=None)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    match filters.stage:
        case "draft":
            rows = rows.filter(filed_id=None)
        case "filed":
            rows = rows.filter(filed_id__isnull=False, decided_id=None, remanded_id=None)
        case "decided":
            rows = rows.filter(decided_id__isnull=False, remanded_id=None)
        case "remanded":
            rows = rows.filter(remanded_id__isnull=False)
    return rows


def _step(step: str, field: str) -> Subquery:
    """The last event of a step that was not taken back."""
    rows = RemedyEvent.objects.filter(remedy=OuterRef("pk"), step=step).exclude(event__in=RETRACTED)
    return Subquery(rows.order_by("-event__recorded_at", "-event_id").values(field)[:1])


def _with_next(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The date a remedy goes by: the window of a draft; else the soonest live clock that its steps started."""
    live = Deadline.objects.filter(
        request=OuterRef("request"), superseded_at=None, met_on=None, ended_on=None, due_on__isnull=False
    )
    steps = RemedyEvent.objects.filter(remedy=OuterRef(OuterRef("pk"))).exclude(event__in=RETRACTED)
    # A later window of ours that a decision opened is another remedy's.
    started = (
        live.annotate(start=KT("clock__started_by"), remedy=KT("clock__remedy"))
        .filter(start__in=steps.values("event__uid"), remedy__isnull=True)
    )
    draft = live.filter(clock_key=OuterRef("clock_key"))
    both = {
        name: Coalesce(
            Subquery(started.order_by("due_on", "pk").values(field)[:1]),
            Subquery(draft.order_by("due_on", "pk").values(field)[:1]),
        )
        for name, field in (("next_on", "due_on"), ("next_name", "name"), ("next_owner", "owner"))
    }
    filed = {
        "filed_on": Coalesce(_step("filed", "event__sent_on"), _step("filed", "event__dated_on")),
        "decided_on": Coalesce(_step("decided", "event__dated_on"), _step("decided", "event__received_on")),
        "outcome": _step("decided", "event__outcome"),
    }
    return rows.annotate(**both, **filed)


def _total() -> Subquery:
    costs = RemedyCost.objects.filter(remedy=OuterRef("pk"), taken_back_at=None).order_by().values("remedy")
    return Subquery(costs.annotate(sum=Sum("amount")).values("sum"))

