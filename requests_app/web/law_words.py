"""What the pages of one law share: its words, its clocks, its two walks to scale."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from requests_app.clock.rules import LawVersion, Owner, Rule
from requests_app.laws.age import is_stale
from requests_app.laws.journey import Journey, journey
from requests_app.laws.plain import RuleWords, missed, rule_words
from requests_app.laws.registry import library
from requests_app.laws.shapes import Entry, Fees

from .draw.axis import axis_for
from .draw.from_clock import drawn, lane_of
from .draw.lane import clock_chart
from .draw.shapes import ClockChart, LaneSpec, Segment
from .templatetags.look import day_long, day_mid

SHOWN_CLOCKS = 9


def find(law_id: str, ref: str = "") -> tuple[Entry, LawVersion]:
    """A law and the text that is asked for; the newest without a word. 404 for what the library does not hold."""
    entry = next((one for one in library().laws if one.id == law_id), None)
    if entry is None:
        raise Http404
    version = entry.current if not ref else next((one for one in entry.revisions if one.ref == ref), None)
    if version is None:
        raise Http404
    return entry, version


def title_of(entry: Entry) -> str:
    """Illinois: Freedom of Information Act; the place is said once."""
    place = library().place_of(entry.id).name
    name = entry.law.name.removeprefix(place).strip()
    return name if place in name else f"{place}: {name}"


def facts_of(entry: Entry, version: LawVersion, today: dt.date) -> dict[str, Any]:
    checked = min((r.authority.checked_on for r in version.rules if r.authority.checked_on), default=None)
    sure = sum(rule.authority.verified for rule in version.rules)
    since, until = version.effective_from, version.effective_until
    older = "" if version.ref == entry.current.ref else f"?version={version.ref}"
    return {
        "id": entry.id,
        "jurisdiction": library().place_of(entry.id).name,
        "title": title_of(entry),
        "name": entry.law.name,
        "lead": entry.about.lead,
        "citation": entry.law.citation,
        "url": next((s.url for s in entry.about.sources if s.url), ""),
        "in_force_words": _("In force since %(day)s") % {"day": day_long(since)}
        if since
        else _("In force since a day we do not know"),
        "until_words": _("until %(day)s") % {"day": day_long(until - dt.timedelta(days=1))} if until else "",
        "confidence": _("%(sure)d of %(all)d clocks verified by two readings")
        % {"sure": sure, "all": len(version.rules)},
        "unverified": sure < len(version.rules),
        "law_ref": version.ref,
        "calculator_url": f"{reverse('calculator')}?law={entry.id}",
        "print_url": f"{reverse('law-print', args=[entry.id])}{older}",
        "report_url": f"{reverse('law-report', args=[entry.id])}{older}",
        "checked_on": checked,
        "stale": checked is None or is_stale(checked, today),
    }


def rule_context(rule: Rule, version: LawVersion, today: dt.date) -> dict[str, Any]:
    said: RuleWords = rule_words(rule, version, on=today)
    facts = [(_("Starts"), said.starts), (_("Otherwise"), said.variants), (_("Longer"), said.longer)]
    facts += [
        (_("Stops"), said.stops),
        (_("Met by"), (said.met_by,)),
        (_if_missed(rule), (missed(rule, version),)),
    ]
    facts += [(_("Remedy"), said.remedy), (_("Counted"), (said.counting,))]
    shown = [{"term": term, "words": line, "citation": ""} for term, lines in facts for line in lines if line]
    shown.append({"term": _("Cited"), "words": "", "citation": said.citation})
    differ = rule.authority.second_confidence is not None and not rule.authority.readings_agree
    return {
        "id": rule.id,
        "count": said.count,
        "unit": said.unit or _upper(rule.length.standard or ""),
        "name": said.name,
        "owner": rule.owner.value,
        "text": " ".join(part for part in (said.sentence, said.note) if part),
        "quote": said.quote,
        "quote_citation": said.citation,
        "quote_url": said.url,
        "confidence": said.confidence,
        "confidence_why": _why_unverified(said.confidence),
        "verified": said.verified,
        "checked_on": rule.authority.checked_on,
        "stale": said.stale,
        "facts": shown,
        "dispute": " ".join(said.doubts),
        "dispute_title": _("The two readings differ") if differ else _("What is not settled"),
        "cite": f"{version.ref}#{rule.id}",
    }


def _why_unverified(words: str) -> str:
    """Beside a tag that says “Unverified: check with counsel”, only what is left to say."""
    return _upper(words.removeprefix("Unverified: ").removesuffix("; check with counsel"))


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _if_missed(rule: Rule) -> str:
    return _("If we miss it") if rule.owner is Owner.requester else _("If silent")


def fees_words(fees: Fees) -> str:
    """What is charged, when it is not, and what else; “in the public interest” says nothing by itself."""
    waiver = (
        _("Waiver: %(words)s") % {"words": fees.waiver[:1].lower() + fees.waiver[1:]} if fees.waiver else ""
    )
    return " ".join(part for part in (fees.copies, waiver, fees.note) if part)


def anchor_of(words: str) -> str:
    """A fragment of some words that a later edit of their end does not move."""
    return slugify(words)[:60].strip("-")


@dataclass(frozen=True, slots=True)
class Walk:
    """One path through the clocks, drawn to scale."""

    title: str
    note: str
    chart: ClockChart
    open_ended: str = ""


def walks(entry: Entry, version: LawVersion, *, most: int = SHOWN_CLOCKS) -> list[Walk]:
    """If refused, if silent. Nothing where the law gives the path no dated clock."""
    made = (_walk(entry.id, version.ref, path, most, get_language()) for path in ("refused", "silent"))
    return [walk for walk in made if walk is not None]


@lru_cache(maxsize=512)
def _walk(law_id: str, ref: str, path: str, most: int, _language: str | None) -> Walk | None:
    """A walk depends on no day and no reader: it is drawn once a language."""
    entry, version = find(law_id, ref)
    walked = journey(library(), entry, version, path)
    by_rule = lanes_by_rule(walked)
    lanes = list(by_rule.values())[:most]
    if not lanes:
        return None
    axis, calendar = axis_for(lanes), library().calendar(version.calendar)
    span = (axis.from_on + dt.timedelta(days=n) for n in range(axis.days))
    closed = [on for on in span if calendar.covers(on) and not calendar.is_open(on)]
    title, note = {
        "refused": (
            _("If refused"),
            _(
                "Received %(day)s. The agency takes every step on its last day and refuses; we take ours in time."
            ),
        ),
        "silent": (
            _("If silent"),
            _("Received %(day)s. The agency never answers; we take each step that its silence opens."),
        ),
    }[path]
    received = min(clock.opens_on for clock in walked.clocks if clock.opens_on is not None)
    return Walk(
        title,
        note % {"day": day_mid(received)},
        clock_chart(lanes, axis_for(lanes, closed=closed)),
        "; ".join(_open_ended(walked, by_rule)),
    )


def lanes_by_rule(walked: Journey) -> dict[str, LaneSpec]:
    """The dated clocks of a walk by their rule, in the order in which they open; of each rule the first.

    Where we took our step before its last day, what was left of the window is drawn, too: how long it is, is what
    people look for."""
    opened = [clock.opens_on for clock in walked.clocks if clock.opens_on is not None]
    until = max((step.on for step in walked.steps), default=max(opened, default=None))
    if until is None:
        return {}
    found: dict[str, LaneSpec] = {}
    for clock in sorted(
        drawn(walked.clocks, until), key=lambda c: (c.opens_on or until, c.due_on or until, c.key)
    ):
        spec = lane_of(clock, until, why=False)
        met, due = clock.met_on, clock.due_on
        if clock.owner is Owner.requester and met is not None and due is not None and met < due:
            spec = dataclasses.replace(spec, segments=(*spec.segments, Segment("left", met, due)))
        # Both paths stand on one page, and an address leads to one thing.
        found.setdefault(clock.rule_id, dataclasses.replace(spec, key=f"{walked.path}-{clock.rule_id}"))
    return found


def _open_ended(walked: Journey, lanes: dict[str, LaneSpec]) -> list[str]:
    """Steps of ours that the walk opens and for which the law has no day: a sentence, not a line."""
    found = (
        clock.name
        for clock in walked.clocks
        if clock.owner is Owner.requester
        and clock.opens_on
        and not clock.due_on
        and clock.rule_id not in lanes
    )
    return [name[:1].lower() + name[1:] for name in dict.fromkeys(found)]
