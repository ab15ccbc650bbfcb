"""What a court orders in a suit: a day with an owner, moved by a later order, met by what was done."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from requests_app.models import Event, Person, Remedy, RemedyEvent
from requests_app.models.visibility import Viewer

from . import correspondence
from .effects import Effect
from .refusals import Refused
from .remedies import Filed, link, locked, standing_step

OWES = {"agency": "ordered", "requester": "ordered_us"}


@transaction.atomic
def record_order(
    *,
    viewer: Viewer,
    remedy: Remedy,
    actor: Person | None,
    once: str,
    today: dt.date,
    seen_version: int | None = None,
    text: str = "",
    note: str = "",
    **said: Any,
) -> Filed:
    """A date that a court (or a commission) set. `said`: what, owes, due_on, dated_on, received_on, entry, moves."""
    row = locked(viewer, remedy)
    recorded = correspondence.record_event(
        **_ordering(viewer, row, **said),
        actor=actor, once=once, today=today, seen_version=seen_version, text=text, note=note,
    )  # fmt: skip
    link(row, recorded.event, RemedyEvent.Step.ORDERED)
    return Filed(row, recorded)


def preview_order(
    *, viewer: Viewer, remedy: Remedy, once: str, today: dt.date, seen_version: int | None = None, **said: Any
) -> Effect:
    """What the order would change. Nothing is written."""
    act = _ordering(viewer, remedy, **said)
    return correspondence.preview_event(**act, once=once, today=today, seen_version=seen_version)


@transaction.atomic
def meet_order(
    *,
    viewer: Viewer,
    remedy: Remedy,
    order: str,
    actor: Person | None,
    once: str,
    today: dt.date,
    sent_on: dt.date | None,
    seen_version: int | None = None,
    text: str = "",
) -> Filed:
    """What was ordered was done on a day. `order`: uid of the order, or of one that moved it."""
    row = locked(viewer, remedy)
    recorded = correspondence.record_event(
        **_meeting(viewer, row, order, sent_on), actor=actor, once=once, today=today, seen_version=seen_version,
        text=text,
    )  # fmt: skip
    link(row, recorded.event, RemedyEvent.Step.ORDER_MET)
    return Filed(row, recorded)


def preview_met(
    *,
    viewer: Viewer,
    remedy: Remedy,
    order: str,
    once: str,
    today: dt.date,
    sent_on: dt.date | None,
    seen_version: int | None = None,
) -> Effect:
    """What `meet_order` would change. Nothing is written."""
    act = _meeting(viewer, remedy, order, sent_on)
    return correspondence.preview_event(**act, once=once, today=today, seen_version=seen_version)


def _meeting(viewer: Viewer, row: Remedy, order: str, sent_on: dt.date | None) -> dict[str, Any]:
    if not row.steps.filter(event__uid=order, step=RemedyEvent.Step.ORDERED).exists():
        raise Refused("event_unknown", "This suit has no such order.", field="order")
    return {
        "viewer": viewer, "records_request": row.request, "kind": "order_met", "sent_on": sent_on,
        "facts": {"of": order},
    }  # fmt: skip


def _ordering(
    viewer: Viewer,
    row: Remedy,
    *,
    what: str,
    owes: str,
    due_on: dt.date | None,
    dated_on: dt.date | None,
    received_on: dt.date | None = None,
    entry: str = "",
    moves: str = "",
) -> dict[str, Any]:
    if row.kind not in (Remedy.Kind.SUIT, Remedy.Kind.REVIEW):
        raise Refused("no_orders", "Only a court or a reviewer orders by which day something is due.", status=409)
    if standing_step(row, RemedyEvent.Step.FILED) is None:
        raise Refused("not_filed", "Record first when it was filed.", status=409)
    if owes not in OWES:
        raise Refused("owes_unknown", "Say who owes it: the agency, or we.", field="owes")
    if due_on is None:
        raise Refused("due_missing", "Give the day that the order names.", field="due_on")
    facts: dict[str, Any] = {"what": what, "due_on": due_on.isoformat()}
    if entry.strip():
        facts["entry"] = entry.strip()
    if moves:
        first = Event.objects.filter(request=row.request, uid=moves, kind__in=OWES.values()).first()
        if first is None:
            raise Refused("event_unknown", "This suit has no such order to move.", field="moves")
        # The day moves; who owes what stays as it was ordered.
        facts |= {"of": moves, "what": first.facts.get("what", what)}
        owes = next(who for who, kind in OWES.items() if kind == first.kind)
    if due_on is not None and dated_on is not None and due_on < dated_on:
        raise Refused("due_before_order", "The day lies before the order that sets it.", field="due_on")
    return {
        "viewer": viewer, "records_request": row.request, "kind": OWES[owes], "dated_on": dated_on,
        "received_on": received_on, "parts": tuple(row.parts), "facts": facts,
    }  # fmt: skip
