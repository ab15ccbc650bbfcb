"""What keeps the records of a request alive: our demands, the days on which they would go, and our own holds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from requests_app.clock.alarms import DESTRUCTION
from requests_app.models import Campaign, Deadline, Event, LegalHold, RecordsRequest, Retention
from requests_app.models.ledger import RETRACTED
from requests_app.models.visibility import Viewer


@dataclass(frozen=True, slots=True)
class Alarm:
    """A day of destruction and the alarm before it. state: ahead, met (asked again), over, gone (not needed)."""

    retention: Any
    ask_by: dt.date | None
    state: str


@dataclass(frozen=True, slots=True)
class Preservation:
    demands: tuple[Any, ...]
    alarms: tuple[Alarm, ...]
    holds: tuple[Any, ...]

    def next_alarm(self, today: dt.date) -> Alarm | None:
        """The soonest day before which we have to ask again."""
        open_ = [one for one in self.alarms if one.state == "ahead" and one.ask_by and one.ask_by >= today]
        return min(open_, key=lambda one: one.ask_by or dt.date.max, default=None)


def preservation_of(viewer: Viewer, records_request: RecordsRequest, *, today: dt.date) -> Preservation:
    events = Event.objects.visible_to(viewer).filter(request=records_request).exclude(pk__in=RETRACTED)
    demands = events.filter(kind="preservation_demanded").select_related("correspondence").order_by("-sent_on", "-pk")
    retentions = (
        Retention.objects.visible_to(viewer)
        .standing()
        .filter(request=records_request)
        .select_related("event__note__actor")
        .order_by("destroys_on", "pk")
    )
    clocks = {
        row.scope: row
        for row in Deadline.objects.visible_to(viewer)
        .standing()
        .filter(request=records_request, rule_id=DESTRUCTION)
    }
    alarms = [_alarm(one, clocks.get(f"event:{one.event.uid}"), today) for one in retentions]
    return Preservation(tuple(demands), tuple(alarms), tuple(holds_of(viewer, records_request)))


def _alarm(retention: Any, clock: Any, today: dt.date) -> Alarm:
    if clock is None or clock.ended_on is not None:
        return Alarm(retention, clock.due_on if clock else None, "gone")
    if clock.met_on is not None:
        return Alarm(retention, clock.due_on, "met")
    return Alarm(retention, clock.due_on, "over" if clock.due_on and clock.due_on < today else "ahead")


def holds_of(viewer: Viewer, subject: RecordsRequest | Campaign) -> QuerySet[Any]:
    """The holds that stand: of the request itself, and of its campaign."""
    if isinstance(subject, Campaign):
        which = Q(campaign=subject)
    else:
        which = Q(request=subject)
        if subject.campaign_id is not None:
            which |= Q(campaign=subject.campaign_id)
    return (
        LegalHold.objects.visible_to(viewer)
        .filter(which, lifted_at=None)
        .select_related("set_by", "request", "campaign")
        .order_by("set_at", "pk")
    )


def hold_on_page(viewer: Viewer, request_public_id: str) -> Any:
    """For the banner: the first hold on a request, by its address."""
    return (
        LegalHold.objects.visible_to(viewer)
        .filter(
            Q(request__public_id=request_public_id) | Q(campaign__requests__public_id=request_public_id),
            lifted_at=None,
        )
        .select_related("campaign", "set_by")
        .order_by("set_at", "pk")
        .first()
    )
