"""The laws, clock by clock: what the engine counts with, quoted, with its confidence and its worked examples."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from requests_app.clock.events import JSON, Event, Kind, Outcome
from requests_app.clock.fold import course
from requests_app.clock.rules import Consequence, LawVersion, Owes, Owner, Rule
from requests_app.clock.standing import Clock
from requests_app.laws.checks import is_stale
from requests_app.laws.plain import RuleWords, missed, rule_words
from requests_app.laws.registry import library
from requests_app.laws.shapes import About, Entry

from .draw.axis import axis_for
from .draw.from_clock import lanes_of
from .draw.lane import clock_chart
from .shell import Looking, reader_day
from .templatetags.look import day_long, day_mid

SHOWN_CLOCKS = 7
MOST_STEPS = 9
EXAMPLE_ON = dt.date(2026, 3, 2)
# The steps of the drawn example, in the order of choice where one clock can be met in several ways.
TAKEN = {
    Kind.acknowledged: None,
    Kind.ruling_requested: None,
    Kind.ruling_brief_sent: None,
    Kind.ruling_issued: Outcome.upheld,
    Kind.determined: Outcome.denied,
    Kind.appeal_filed: None,
    Kind.appeal_decided: Outcome.upheld,
    Kind.review_filed: None,
    Kind.review_decided: Outcome.upheld,
}
SILENCE = {
    Consequence.denied: gettext_lazy("denied"),
    Consequence.may_be_treated_as_denied: gettext_lazy("may be treated as denied"),
    Consequence.approved: gettext_lazy("approved"),
    Consequence.presumed_public: gettext_lazy("records presumed public"),
    Consequence.exhausted: gettext_lazy("court opens"),
}


@require_safe
def laws(request: Looking) -> HttpResponse:
    today = reader_day(request)
    rows = [_law_row(entry, today) for entry in library().laws]
    return render(request, "laws.html", {"laws": rows})


@require_safe
def law(request: Looking, law_id: str) -> HttpResponse:
    entry = next((one for one in library().laws if one.id == law_id), None)
    if entry is None:
        raise Http404
    version = _version(entry, request.GET.get("version", ""))
    today = reader_day(request)
    context = {
        "law": _law_context(entry, version, today),
        "versions": _versions(entry, version),
        "rules": [_rule_context(rule, version, today) for rule in version.rules],
        "doubts": [
            {"title": d.question, "text": d.words, "citation": d.citation} for d in entry.about.doubts
        ],
        "examples": _examples(entry, version),
        "also": _also(entry.about),
        **_chart(entry, version),
        **_closed(request, version, today),
    }
    return render(request, "law.html", context)


def _version(entry: Entry, ref: str) -> LawVersion:
    if not ref:
        return entry.current
    found = next((one for one in entry.revisions if one.ref == ref), None)
    if found is None:
        raise Http404
    return found


def _window(version: LawVersion) -> Rule | None:
    """Our first step after a refusal that has a number; else the first without one."""
    ours = [
        r
        for r in version.rules
        if r.owner is Owner.requester and r.owes is Owes.filing and not r.applies_when
    ]
    return next((rule for rule in ours if rule.length.count), ours[0] if ours else None)


def _length_words(rule: Rule | None) -> str:
    if rule is None:
        return ""
    if rule.length.count is None or rule.length.unit is None:
        return f"“{(rule.length.standard or '').rstrip('.')}”"
    unit = rule.length.unit.value.replace("_", " ")
    return f"{rule.length.count} {unit.removesuffix('s') if rule.length.count == 1 else unit}"


def _law_row(entry: Entry, today: dt.date) -> dict[str, Any]:
    version = entry.current
    answer = version.rules[0]
    extension = next((e for e in answer.extensions if e.length and not e.by_agreement), None)
    window = _window(version)
    # What silence means may hang on another clock of the same request: in Texas on the one to ask for a ruling.
    silence = dict.fromkeys(
        str(SILENCE[consequence])
        for rule, _start in version.by_kind.get(Kind.sent, ())
        if rule.owner is Owner.agency and rule.applies_when is None and rule.lapses_into is not None
        for consequence in rule.lapses_into.consequences
        if consequence in SILENCE
    )
    checked = min((r.authority.checked_on for r in version.rules if r.authority.checked_on), default=None)
    sure = sum(rule.authority.verified for rule in version.rules)
    more = ""
    if extension and extension.length and extension.length.count and extension.length.unit:
        unit = extension.length.unit.value.replace("_", " ")
        more = _("%(n)d %(unit)s more with notice") % {"n": extension.length.count, "unit": unit}
    return {
        "url": reverse("law", args=[entry.id]),
        "jurisdiction": library().place_of(entry.id).name,
        "name": entry.law.name,
        "citation": entry.law.citation,
        "answer": _length_words(answer),
        "more": more,
        "silence": "; ".join(silence) or _("nothing in the law"),
        "window": f"{_length_words(window)}: {window.name.lower()}" if window else _("no limit found"),
        "confidence": _("%(sure)d of %(all)d clocks verified") % {"sure": sure, "all": len(version.rules)},
        "unverified": sure < len(version.rules),
        "checked_on": checked,
        "stale": checked is None or is_stale(checked, today),
    }


def _law_context(entry: Entry, version: LawVersion, today: dt.date) -> dict[str, Any]:
    checked = [rule.authority.checked_on for rule in version.rules if rule.authority.checked_on]
    sure = sum(rule.authority.verified for rule in version.rules)
    since = version.effective_from
    source = next((s.url for s in entry.about.sources if s.url), "")
    return {
        "jurisdiction": library().place_of(entry.id).name,
        "name": entry.law.name.removeprefix(library().place_of(entry.id).name).strip(),
        "lead": entry.about.lead,
        "citation": entry.law.citation,
        "url": source,
        "in_force_words": _("In force since %(day)s") % {"day": day_long(since)}
        if since
        else _("In force since a day we do not know"),
        "confidence": _("%(sure)d of %(all)d clocks verified by two readings")
        % {"sure": sure, "all": len(version.rules)},
        "unverified": sure < len(version.rules),
        "law_ref": version.ref,
        "calculator_url": f"{reverse('calculator')}?law={entry.id}",
        "checked_on": min(checked, default=None),
        "stale": not checked or is_stale(min(checked), today),
    }


def _versions(entry: Entry, current: LawVersion) -> list[dict[str, Any]]:
    return [
        {
            "words": f"{day_mid(v.effective_from) if v.effective_from else _('unknown')}, r{v.revision}",
            "url": f"{reverse('law', args=[entry.id])}?version={v.ref}",
            "current": v.ref == current.ref,
        }
        for v in entry.revisions
    ]


def _rule_context(rule: Rule, version: LawVersion, today: dt.date) -> dict[str, Any]:
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
    return {
        "id": rule.id,
        "count": said.count,
        "unit": said.unit or rule.length.standard or "",
        "name": said.name,
        "owner": rule.owner.value,
        "text": " ".join(part for part in (said.sentence, said.note) if part),
        "quote": said.quote,
        "quote_citation": said.citation,
        "quote_url": said.url,
        "confidence": said.confidence,
        "verified": said.verified,
        "checked_on": rule.authority.checked_on,
        "stale": said.stale,
        "facts": shown,
        "dispute": " ".join(said.doubts),
    }


def _if_missed(rule: Rule) -> str:
    return _("If we miss it") if rule.owner is Owner.requester else _("If silent")


def _examples(entry: Entry, version: LawVersion) -> list[dict[str, Any]]:
    names = {rule.id: rule.name for rule in version.rules}
    return [
        {
            "case": example.title,
            "clock": names.get(due.clock, due.clock),
            "starts_on": due.counted_from,
            "due_on": due.due,
            "latest_on": None,
            "derivation": " ".join(
                part for part in (due.words, f"“{due.quote}”" if due.quote else "") if part
            ),
        }
        for example in entry.examples.get(version.ref, ())
        for due in example.due
    ]


def _chart(entry: Entry, version: LawVersion) -> dict[str, Any]:
    """The clocks to scale, one after the other: refused, and every step taken on its last day."""
    received = _plain_monday(version)
    clocks = _story(entry, version, received)
    until = max((clock.met_on for clock in clocks if clock.met_on), default=received)
    lanes = lanes_of(clocks, until, why=False)[:SHOWN_CLOCKS]
    if not lanes:
        return {"chart": None}
    axis, calendar = axis_for(lanes), library().calendar(version.calendar)
    span = (axis.from_on + dt.timedelta(days=n) for n in range(axis.days))
    closed = [on for on in span if calendar.covers(on) and not calendar.is_open(on)]
    note = _("An example to scale: received %(day)s, refused, and every step taken on its last day.") % {
        "day": day_long(received)
    }
    return {"chart": clock_chart(lanes, axis_for(lanes, closed=closed)), "chart_note": note}


def _plain_monday(version: LawVersion) -> dt.date:
    first = max(EXAMPLE_ON, version.effective_from or EXAMPLE_ON)
    return first + dt.timedelta(days=-first.weekday() % 7)


def _story(entry: Entry, version: LawVersion, received: dt.date) -> tuple[Clock, ...]:
    """Takes each open clock's step on its day to act, soonest first, until court is left or nothing is."""
    facts: dict[str, JSON] = {
        "law": entry.id,
        "zone": library().place_of(entry.id).zone,
        "received_by": "component",
    }
    events = [Event("sent", Kind.sent, sent_on=received, received_on=received, facts=facts)]
    book, left = library().book(), set[str]()
    clocks = course(tuple(events), book=book).clocks
    for number in range(MOST_STEPS):
        asked = [
            c for c in clocks if c.due_on and not (c.conditional or c.met_on or c.ended_on or c.key in left)
        ]
        if not asked:
            break
        clock = min(asked, key=lambda c: (c.due_on or dt.date.max, c.key))
        rule = version.by_id[clock.rule_id]
        kind = next((k for k in TAKEN if any(k in meeting.on for meeting in rule.met_by)), None)
        if kind is None:
            left.add(clock.key)
            continue
        on = clock.due_on
        events.append(Event(f"step-{number}", kind, on, on, on, outcome=TAKEN[kind]))
        clocks = course(tuple(events), book=book).clocks
    return clocks


def _closed(request: Looking, version: LawVersion, today: dt.date) -> dict[str, Any]:
    page = library().calendar_page(version.calendar)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today.year
    year = min(max(year, page.first.year), page.last.year)
    address = reverse("law", args=[version.law_id])
    return {
        "closed_year": str(year),
        "closed": [{"on": row.on, "name": row.name, "source": row.source} for row in page.year(year)],
        "closed_words": page.words,
        "closed_citation": page.citation,
        "argued": [
            {"on": row.on, "name": row.name, "why": row.doubt, "counts": False}
            for row in page.year(year)
            if row.doubt
        ]
        + [
            {"on": row.on, "name": row.name, "why": row.why, "counts": True}
            for row in page.contested_in(year)
        ],
        "closed_prev_url": f"{address}?year={year - 1}#closed" if year > page.first.year else "",
        "closed_next_url": f"{address}?year={year + 1}#closed" if year < page.last.year else "",
    }


def _also(about: About) -> list[dict[str, str]]:
    rows = [(_("Who may ask."), about.who_may_ask.words, about.who_may_ask.citation)]
    rows.append((_("How days are counted."), about.counting.words, about.counting.citation))
    fees = " ".join(part for part in (about.fees.copies, about.fees.waiver, about.fees.note) if part)
    rows.append((_("Fees."), fees, about.fees.citation))
    rows += [(f"{r.body}.", r.words, r.citation) for r in about.reviewers]
    rows += [
        (_("Court."), " ".join((c.venue, c.limitation, c.fee_shifting)), c.citation) for c in about.courts
    ]
    rows += [(_("Exemption %(code)s.") % {"code": e.code}, e.summary, e.citation) for e in about.exemptions]
    rows += [("", note.words, note.citation) for note in about.notes]
    rows += [(f"{p.bill}:", f"{p.words} {_('Seen')} {day_mid(p.checked_on)}.", "") for p in about.pending]
    if about.prior_rule:
        rows.append((_("Before."), about.prior_rule, ""))
    return [{"title": title, "text": text, "citation": citation} for title, text, citation in rows]
