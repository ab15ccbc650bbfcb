"""Clocks on the page: why each date stands, what is doubtful, what has no number. Their lines are `draw.from_clock`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.clock import words
from requests_app.clock.rules import Owner
from requests_app.clock.standing import Clock, State
from requests_app.clock.trail import Reading
from requests_app.laws.deadline import contested_days
from requests_app.laws.registry import library

from .draw.axis import axis_for
from .draw.from_clock import anchor, label, lanes_of
from .draw.lane import clock_chart
from .draw.shapes import ClockChart
from .templatetags.look import day_long
from .words import CONFIDENCE


def law_address(law_ref: str, rule_id: str = "") -> str:
    """The law's page, at one of its rules; none for a clock that no law counts."""
    if not law_ref:
        return ""
    address = reverse("law", args=[law_ref.partition("@")[0]])
    return f"{address}#{rule_id}" if rule_id else address


def chart_of(
    clocks: Iterable[Clock],
    on: dt.date,
    *,
    events: Mapping[str, str] | None = None,
    whole: Sequence[str] = (),
    earlier: bool = False,
) -> ClockChart | None:
    lanes = lanes_of(clocks, on, events=events, whole=whole)
    return clock_chart(lanes, replace(axis_for(lanes, today=on), earlier=earlier)) if lanes else None


def _rank(clock: Clock, on: dt.date) -> tuple[int, dt.date, str]:
    """What asks for something today first, then what will, then what is settled."""
    live = clock.live(on) and clock.due_on is not None
    place = (0 if clock.owner is Owner.requester else 1) if live else 2 if clock.conditional else 3
    return (place, clock.due_on or dt.date.max, clock.key)


def whys(
    clocks: Iterable[Clock],
    on: dt.date,
    *,
    reasons: Mapping[str, str] | None = None,
    whole: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Context of partials/why.html, one a clock that has steps to show. reasons: why a person set a date by hand,
    by clock key, for those who may read it."""
    shown = [clock for clock in clocks if clock.trail and clock.state(on) is not State.not_needed]
    shown.sort(key=lambda clock: _rank(clock, on))
    return [_why(clock, (reasons or {}).get(clock.key, ""), whole) for clock in shown]


def _why(clock: Clock, override_reason: str, whole: Sequence[str]) -> dict[str, Any]:
    rows = words.rows(clock.trail)
    if clock.due_on:
        question = _("Why %(day)s?") % {"day": day_long(clock.due_on)}
    else:
        question = _("Why no date now?") if clock.paused_since else _("Why no date?")
    counted = ngettext("in %(n)d step", "in %(n)d steps", len(rows)) % {"n": len(rows)}
    ours = clock.owner is Owner.requester
    return {
        "key": anchor(clock),
        "summary": f"{question} {label(clock, whole)}, {counted}",
        "steps": [_step(row) for row in rows],
        "paragraph": words.paragraph(clock.trail, Reading.early if ours else Reading.late),
        "due_on": clock.due_on,
        "tone": "ours" if ours else "",
        "computed_on": clock.override.computed_latest if clock.override else None,
        "override_reason": override_reason,
        "override_by": clock.override.by if clock.override else "",
        "law_ref": clock.law_ref,
        "calendar_ref": clock.calendar_ref,
        "confidence": _confidence(clock),
        "verified": clock.verified,
        "rule_url": law_address(clock.law_ref, clock.rule_id),
        "open": False,
    }


def _step(row: Mapping[str, Any]) -> dict[str, Any]:
    skipped = row["skipped"]
    detail = [row["said"]]
    if len(skipped) > 4:
        detail.append(_("Left out: %(days)s.") % {"days": "; ".join(skipped)})
    reading = f" ({row['reading']})" if row["reading"] else ""
    return {
        "title": f"{row['title']}{reading}",
        "on": row["on"],
        "detail": " ".join(detail),
        "citation": row["citation"],
    }


def _confidence(clock: Clock) -> str:
    if clock.verified:
        return f"{CONFIDENCE['high']}."
    if clock.confidence.value == "high":
        return _("The two readings of this rule do not both stand firm.")
    return f"{CONFIDENCE[clock.confidence.value]}."


def doubts(clocks: Iterable[Clock], on: dt.date, *, whole: Sequence[str] = ()) -> list[dict[str, str]]:
    """What the page says aloud: dates that are intervals, and clocks that could not be counted."""
    found = []
    for clock in clocks:
        if clock.unknown:
            found.append(
                {
                    "title": _("%(name)s: no date") % {"name": label(clock, whole)},
                    "text": f"{clock.unknown[:1].upper()}{clock.unknown[1:].rstrip('.')}.",
                    "citation": clock.citation,
                }
            )
        elif clock.live(on) and clock.earliest and clock.latest and clock.earliest != clock.latest:
            span = _("%(first)s or %(last)s.") % {
                "first": day_long(clock.earliest),
                "last": day_long(clock.latest),
            }
            rule = (
                _("We act by the earlier date.")
                if clock.owner is Owner.requester
                else _("Nobody is called late before the later date.")
            )
            found.append(
                {
                    "title": _("%(name)s: the date is an interval") % {"name": label(clock, whole)},
                    "text": " ".join([span, rule, *dict.fromkeys(clock.doubts)]),
                    "citation": clock.citation,
                }
            )
        elif clock.live(on) and clock.calendar_ref:
            argued = contested_days(
                clock.trail, library().calendar_page(clock.calendar_ref.partition("+")[0])
            )
            if argued:
                title = _("%(name)s: a day that is argued") % {"name": label(clock, whole)}
                found.append({"title": title, "text": " ".join(argued), "citation": ""})
    return found


def standards(clocks: Iterable[Clock], on: dt.date, *, whole: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Clocks whose law names no number: its words, and our own day to ask again."""
    return [
        {
            "name": label(clock, whole),
            "words": _("The law names no number: “%(words)s”.") % {"words": clock.standard.rstrip(".")},
            "citation": clock.citation,
            "follow_up_on": clock.follow_up_on,
        }
        for clock in clocks
        if clock.standard and clock.live(on)
    ]
