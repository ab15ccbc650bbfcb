"""Each part of a request by itself: how it came out, whose move it is, its own windows, its own next step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from requests_app.clock.rules import Owner
from requests_app.clock.standing import Clock, State
from requests_app.queries.request_page import PartNow, RequestPage

from .draw.from_clock import label
from .next_steps import Step, steps_of
from .templatetags.look import day_long, relative_words
from .words import move_words, outcome_words

SIDE_BY_SIDE = 3
GOOD = ("granted", "produced")
SETTLED = (*GOOD, "withdrawn", "directed_to_web")


def parts_of(page: RequestPage, whole: Sequence[str]) -> list[dict[str, Any]]:
    """One row a part; of many parts, those that stand exactly alike share a row, and so one step and one letter."""
    rows = [_part(part, page, whole) for part in page.parts]
    if len(rows) <= SIDE_BY_SIDE:
        return rows
    alike: dict[str, dict[str, Any]] = {}
    for row in rows:
        standing = repr({name: told for name, told in row.items() if name not in ("parts", "vh")})
        if standing in alike:
            alike[standing]["parts"] += row["parts"]
        else:
            alike[standing] = row
    return list(alike.values())


def _part(part: PartNow, page: RequestPage, whole: Sequence[str]) -> dict[str, Any]:
    ours = part.whose_move == "requester"
    if part.late and not part.outcome:
        tone, words = "late", _("Late, no answer")
    elif part.outcome:
        good = part.outcome in GOOD
        tone = "ours" if ours and not good else "done" if good else "agency"
        words = outcome_words(part.outcome)
    else:
        tone, words = "agency", _("No answer yet")
    row: dict[str, Any] = {
        "parts": [{"label": part.label, "title": part.title}], "tone": tone, "words": words, "text": "",
    }  # fmt: skip
    clocks = [clock for clock in page.clocks if _concerns(clock, part.label, page.today)]
    if not page.ours:
        row["text"] = _due(clocks)
        return row
    step = _first(steps_of(page, whole, part.label), part)
    move = move_words(part.whose_move) if part.whose_move else ""
    row |= {
        "move": move[:1].upper() + move[1:],
        "ours": ours,
        "windows": [_window(clock, page.today) for clock in clocks if clock.owner is Owner.requester],
        "text": _due([clock for clock in clocks if clock.owner is not Owner.requester]),
        "step": {"acts": step.acts[:1], "ours": step.ours} if step and page.may_edit else None,
    }
    return row


def _first(steps: Sequence[Step], part: PartNow) -> Step | None:
    """Nothing is asked about a part that came as it was asked for."""
    return None if part.outcome in SETTLED and part.whose_move != "requester" else next(iter(steps), None)


def _concerns(clock: Clock, part: str, on: dt.date) -> bool:
    settled = {label for label, *_rest in (*clock.met_parts, *clock.gone_parts)}
    return (not clock.parts or part in clock.parts) and part not in settled and clock.live(on)


def _due(clocks: Sequence[Clock]) -> str:
    clock = min((c for c in clocks if c.due_on), key=lambda c: c.due_on or dt.date.max, default=None)
    return f"{label(clock, [])}: {day_long(clock.due_on)}." if clock and clock.due_on else ""


def _window(clock: Clock, on: dt.date) -> dict[str, Any]:
    if clock.state(on) is State.lapsed:
        return {"name": clock.name, "on": clock.latest, "words": _("is over"), "lapsed": True}
    if clock.due_on is None:
        return {"name": clock.name, "on": None, "words": _("open, no last day in the law"), "lapsed": False}
    return {"name": clock.name, "on": clock.due_on, "words": relative_words(clock.due_on, on), "lapsed": False}
