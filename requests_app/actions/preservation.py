"""Keeping records alive: demands to preserve, and the day on which a schedule lets them be destroyed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from requests_app.clock import words
from requests_app.clock.units import add_months
from requests_app.models import Event, Person, RecordsRequest, Retention
from requests_app.models.preservation import PeriodUnit
from requests_app.models.visibility import Viewer

from . import correspondence
from .refusals import Refused

CITATION_MAX, SOURCE_MAX, PERIOD_MAX = 300, 500, 3660


def demand_preservation(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    sent_on: dt.date | None,
    actor: Person | None,
    once: str,
    today: dt.date,
    parts: Sequence[str] = (),
    citation: str = "",
    text: str = "",
    note: str = "",
    seen_version: int | None = None,
) -> Event:
    """Our demand that the records be kept, with the schedule it cites. It meets each alarm of its parts."""
    if sent_on is None:
        raise Refused("day_missing", "Give the day on which it was sent.", field="sent_on")
    citation = _clean(citation)
    _short(citation, CITATION_MAX, "citation")
    said = "\n\n".join(part for part in (f"Retention schedule: {citation}" if citation else "", text) if part)
    return correspondence.record_event(
        viewer=viewer, records_request=records_request, kind="preservation_demanded", actor=actor, once=once,
        today=today, seen_version=seen_version, sent_on=sent_on, parts=parts, text=said, note=note,
    ).event  # fmt: skip


def schedule_destruction(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    actor: Person | None,
    once: str,
    today: dt.date,
    source: str,
    destroys_on: dt.date | None = None,
    begins_on: dt.date | None = None,
    period: int | None = None,
    unit: str = "",
    parts: Sequence[str] = (),
    citation: str = "",
    note: str = "",
    seen_version: int | None = None,
) -> Retention:
    """Records go on a day, by a schedule or by somebody's word: an alarm of ours stands before it.

    Either the day itself, or when the period begins and how long it is.
    """
    citation, source = _clean(citation), _clean(source)
    _short(citation, CITATION_MAX, "citation")
    if not source:
        raise Refused("source_missing", "Say where this was read, or who said it.", field="source")
    _short(source, SOURCE_MAX, "source")
    on = destroys_on or _end_of(begins_on, period, unit)
    if on <= today:
        raise Refused(
            "destroyed_by_now",
            f"{words.date(on)} has come: the records may be gone. Ask the agency, and log “Records destroyed” when "
            "it says so.",
            field="destroys_on" if destroys_on else "period",
        )
    facts: dict[str, Any] = {"until": on}
    with transaction.atomic():
        recorded = correspondence.record_event(
            viewer=viewer, records_request=records_request, kind="destruction_scheduled", actor=actor, once=once,
            today=today, seen_version=seen_version, dated_on=today, parts=parts, facts=facts, note=note,
        )  # fmt: skip
        if recorded.repeated:
            return Retention.objects.get(event=recorded.event)
        return Retention.objects.create(
            event=recorded.event, request=records_request, organisation_id=records_request.organisation_id,
            citation=citation, source=source, destroys_on=on,
            begins_on=None if destroys_on else begins_on, period=None if destroys_on else period,
            unit="" if destroys_on else unit,
        )  # fmt: skip


def _end_of(begins_on: dt.date | None, period: int | None, unit: str) -> dt.date:
    """The day after the last day of the period: on it nothing protects the records any more."""
    if begins_on is None or period is None:
        raise Refused(
            "day_missing", "Enter the day of destruction, or when the period begins and how long it is.",
            field="destroys_on",
        )  # fmt: skip
    if not 0 < period <= PERIOD_MAX:
        raise Refused("period_impossible", f"A period lies between 1 and {PERIOD_MAX:,}.", field="period")
    if unit not in PeriodUnit.values:
        raise Refused("unit_unknown", "Choose days, months or years.", field="unit")
    try:
        if unit == PeriodUnit.DAYS:
            return begins_on + dt.timedelta(days=period)
        return add_months(begins_on, period * (12 if unit == PeriodUnit.YEARS else 1))
    except OverflowError:
        raise Refused("period_impossible", "This period ends after the calendar does.", field="period") from None


def _short(said: str, most: int, field: str) -> None:
    if len(said) > most:
        raise Refused("too_long", f"Keep it to {most:,} characters; this has {len(said):,}.", field=field)


def _clean(said: str) -> str:
    return said.replace("\x00", "").strip()
