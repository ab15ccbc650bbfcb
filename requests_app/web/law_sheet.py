"""One law on one sheet of paper, for the file: the clocks to scale, what silence means, who may ask, what it costs.

No script measures the page, so the size of the type is chosen here: the largest at which everything is sure to fit
both Letter and A4. A test prints every law and counts its pages.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests_app.clock.rules import LawVersion, Owner, Rule
from requests_app.laws.journey import journey
from requests_app.laws.plain import CONSEQUENCES, rule_words
from requests_app.laws.registry import library
from requests_app.laws.shapes import Entry
from requests_app.laws.summary import SILENCE_WORDS, answer_rule, binding, more, silence, span, window_rule

from .draw.axis import axis_for
from .draw.lane import mini_svg
from .draw.shapes import MiniSpec
from .event_specs import Words
from .law_words import facts_of, fees_words, find, lanes_by_rule
from .shell import Looking, reader_day
from .templatetags.look import day_mid, day_short

SIZES = (9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.6, 6.2)
"""Points, the largest first. Nothing smaller: then the lesser lines go, and the sheet says that they did."""
WIDTH_MM, HEIGHT_MM = 186.0, 250.0
"""What A4's width and Letter's height leave between the margins, less a little."""
MM_A_POINT = 0.3528
LEADING, LETTER = 1.26, 0.455
TABLE_SLACK = 1.12
"""Narrow cells break after words, so that their lines are shorter than their width."""
FEWEST_LINES = 2
OWNERS: dict[Owner, Words] = {
    Owner.agency: gettext_lazy("agency"),
    Owner.requester: gettext_lazy("requester"),
    Owner.reviewer: gettext_lazy("reviewer"),
    Owner.court: gettext_lazy("court"),
    Owner.third_party: gettext_lazy("third party"),
    Owner.nobody: gettext_lazy("a wait"),
}


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with its lines. `spare` lines may go when there is no room, the last first."""

    title: str
    lines: tuple[str, ...]
    spare: bool = False
    left_out: int = 0


@require_safe
def law_sheet(request: Looking, law_id: str) -> HttpResponse:
    entry, version = find(law_id, request.GET.get("version", ""))
    today = reader_day(request)
    sheet = _sheet(entry.id, version.ref, get_language())
    context = {"law": facts_of(entry, version, today), "as_of": today, **sheet}
    return render(request, "law_sheet.html", context)


@lru_cache(maxsize=128)
def _sheet(law_id: str, ref: str, _language: str | None) -> dict[str, Any]:
    """All of a sheet but the day it is printed on."""
    entry, version = find(law_id, ref)
    rows, note = _clocks(entry, version)
    blocks = _blocks(entry, version)
    size, kept = fit(rows, blocks, entry)
    return {
        "rows": rows,
        "bars_note": note,
        "blocks": kept,
        "size": str(size).replace(".", "-"),
        "boxes": _boxes(version),
    }


def _boxes(version: LawVersion) -> list[dict[str, str]]:
    """Dates to fill in by hand, with what each is counted from."""
    answer, window = answer_rule(version), window_rule(version)
    found = [
        {"title": _("Sent"), "hint": ""},
        {"title": _("Received"), "hint": ""},
        {
            "title": _("Answer due"),
            "hint": _("%(length)s, see “%(name)s”")
            % {"length": span(answer.length).words, "name": answer.name},
        },
        {"title": _("Answered"), "hint": ""},
    ]
    if window is not None:
        hint = _("%(length)s, see “%(name)s”") % {"length": span(window.length).words, "name": window.name}
        found.append({"title": _("Our window ends"), "hint": hint})
    return found


def _clocks(entry: Entry, version: LawVersion) -> tuple[list[dict[str, Any]], str]:
    """Every clock as a row; those of a refused request with their stretch of one shared line of time."""
    walked = journey(library(), entry, version, "refused")
    dated = {clock.rule_id: clock for clock in reversed(walked.clocks) if clock.opens_on and clock.due_on}
    specs = {rule_id: spec for rule_id, spec in lanes_by_rule(walked).items() if rule_id in dated}
    lanes = {}
    if specs:
        axis = axis_for(list(specs.values()))
        year = axis.from_on.year
        for rule_id, spec in specs.items():
            due = dated[rule_id].due_on or axis.until_on
            mini = mini_svg(MiniSpec(spec.segments, spec.marks, spec.owner), axis)
            lanes[rule_id] = {"mini": mini, "day": day_short(due) if due.year == year else day_mid(due)}
    received = min((clock.opens_on for clock in dated.values() if clock.opens_on), default=None)
    note = (
        _("Bars to scale: received %(day)s, refused on the last day, our steps in time.")
        % {"day": day_mid(received)}
        if received and lanes
        else ""
    )
    return [_clock_row(rule, version, lanes.get(rule.id)) for rule in version.rules], note


def _clock_row(rule: Rule, version: LawVersion, lane: dict[str, Any] | None) -> dict[str, Any]:
    # The day decides only whether a rule is stale, which the head of the sheet says for all of them.
    said = rule_words(rule, version, on=rule.authority.checked_on or dt.date.min)
    missed = [CONSEQUENCES[one] for one in rule.lapses_into.consequences] if rule.lapses_into else []
    return {
        "id": rule.id,
        "name": rule.name,
        "owner": str(OWNERS[rule.owner]),
        "ours": rule.owner is Owner.requester,
        "length": span(rule.length).words,
        "starts": said.starts[0] if said.starts else "",
        "more": more(rule),
        "missed": "; ".join(missed),
        "citation": said.citation,
        "verified": said.verified,
        **({"mini": lane["mini"], "day": lane["day"]} if lane else {"mini": "", "day": ""}),
    }


def _blocks(entry: Entry, version: LawVersion) -> list[Block]:
    about = entry.about
    fees = fees_words(about.fees)
    found = [
        Block(_("Silence means"), (_silence(version),)),
        Block(_("Who may ask"), (f"{about.who_may_ask.words} {about.who_may_ask.citation}",)),
        Block(_("Days"), (f"{about.counting.words} {about.counting.citation}",)),
        Block(_("Fees"), (f"{fees} {about.fees.citation}",)),
        Block(
            _("Review"),
            tuple(f"{one.body} ({binding(one)}). {one.citation}" for one in about.reviewers)
            or (_("No body outside the agency reviews a denial, as far as the library knows."),),
        ),
        Block(
            _("Court"),
            tuple(f"{one.venue} {one.limitation} {one.fee_shifting} {one.citation}" for one in about.courts),
        ),
        Block(_("Traps"), tuple(f"{note.words} {note.citation}" for note in about.notes), spare=True),
        Block(_("Not settled"), tuple(f"{one.question} {one.words}" for one in about.doubts), spare=True),
        Block(
            _("Grounds to withhold"),
            tuple(f"{one.code}: {one.summary} {one.citation}" for one in about.exemptions),
            spare=True,
        ),
    ]
    return [block for block in found if block.lines]


def _silence(version: LawVersion) -> str:
    words = "; ".join(SILENCE_WORDS[one] for one in silence(version))
    window = window_rule(version)
    opens = _("It opens: %(name)s, %(length)s.") % {
        "name": window.name[:1].lower() + window.name[1:],
        "length": span(window.length).words,
    } if window is not None and any(start.lapse_of for start in window.starts) else ""  # fmt: skip
    return f"{words[:1].upper()}{words[1:]}. {opens}".strip()


def fit(rows: list[dict[str, Any]], blocks: list[Block], entry: Entry) -> tuple[float, list[Block]]:
    """The largest type at which everything fits; at the smallest, as much of what is spare as does."""
    for size in SIZES:
        if _height(size, rows, blocks, entry) <= HEIGHT_MM:
            return size, blocks
    size, kept = SIZES[-1], list(blocks)
    while _height(size, rows, kept, entry) > HEIGHT_MM:
        longest = max(
            (number for number, block in enumerate(kept) if block.spare and len(block.lines) > FEWEST_LINES),
            key=lambda number: len(kept[number].lines),
            default=None,
        )
        if longest is None:
            break
        block = kept[longest]
        kept[longest] = Block(block.title, block.lines[:-1], True, block.left_out + 1)
    return size, kept


def _height(size: float, rows: list[dict[str, Any]], blocks: list[Block], entry: Entry) -> float:
    """About how many millimeters the sheet takes at a size of type; rather too many than too few."""
    line = size * LEADING * MM_A_POINT

    def lines(text: str, width: float, scale: float = 1.0) -> int:
        return max(1, math.ceil(len(text) * size * scale * MM_A_POINT * LETTER / width)) if text else 0

    title = (
        lines(entry.law.name, WIDTH_MM - 45, 1.95) * line * 2.2
        + lines(entry.law.citation, WIDTH_MM - 45) * line
    )
    height = max(title, 4 * line) + lines(entry.about.lead, WIDTH_MM, 1.05) * line * 1.05 + 11.0
    table = 2 * line
    for row in rows:
        cells = (
            lines(row["name"], WIDTH_MM * 0.15) + 1,
            lines(row["length"], WIDTH_MM * 0.11) + lines(row["more"], WIDTH_MM * 0.11, 0.92),
            lines(row["starts"], WIDTH_MM * 0.19),
            lines(row["missed"], WIDTH_MM * 0.16),
            lines(row["citation"], WIDTH_MM * 0.14) + 1,
            2,
        )
        table += max(cells) * line + 1.4
    height += table * TABLE_SLACK + 4
    column = (WIDTH_MM - 7) / 2
    heights = [
        line * 1.25
        + sum(lines(text, column) * line + 0.5 for text in block.lines)
        + bool(block.left_out) * line
        + 2.0
        for block in blocks
    ]
    # Two columns that the browser balances: half of all, and what cannot be split at worst.
    return height + sum(heights) / 2 + max((line * 2, *(h / 6 for h in heights))) + 2 * line
