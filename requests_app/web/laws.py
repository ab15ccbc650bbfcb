"""One law, clock by clock: what the engine counts with, quoted, with its confidence and its worked examples."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests_app.clock.rules import LawVersion
from requests_app.laws.changes import changes
from requests_app.laws.registry import ClosedRow, library
from requests_app.laws.shapes import About, Basis, Entry
from requests_app.laws.summary import binding
from requests_app.queries.places import place_name

from .citing import cited
from .draw.months import year_of_months
from .event_specs import Words
from .law_words import anchor_of, facts_of, fees_words, find, rule_context, title_of, walks
from .shell import Looking, reader_day
from .templatetags.look import day_mid

SECTIONS = (
    "to-scale", "clock-by-clock", "not-sure", "readings", "who-may-ask", "review", "exemptions", "closed-days",
    "good-to-know", "versions", "sources", "cite",
)  # fmt: skip
"""Anchors of the page besides its clocks, which are called as their rules are; a test keeps the two apart."""
BASES: dict[Basis, Words] = {
    Basis.enforcement: gettext_lazy("Law enforcement"),
    Basis.privacy: gettext_lazy("Privacy"),
    Basis.technique: gettext_lazy("Technique"),
    Basis.safety: gettext_lazy("Safety"),
    Basis.source: gettext_lazy("Source"),
    Basis.security: gettext_lazy("Security"),
    Basis.other_statute: gettext_lazy("Another statute"),
    Basis.deliberative: gettext_lazy("Deliberation"),
    Basis.personnel: gettext_lazy("Personnel"),
    Basis.recording: gettext_lazy("Recording"),
    Basis.balancing: gettext_lazy("Balancing"),
}


@require_safe
def law(request: Looking, law_id: str) -> HttpResponse:
    entry, version = find(law_id, request.GET.get("version", ""))
    today = reader_day(request)
    facts = facts_of(entry, version, today)
    rules = [rule_context(rule, version, today) for rule in version.rules]
    examples = _examples(entry, version)
    older = version.ref != entry.current.ref
    for rule in rules:
        rule["examples"] = examples.get(rule["id"], [])
        rule["report_url"] = f"{facts['report_url']}{'&' if older else '?'}clock={rule['id']}"
    about = entry.about
    context = {
        "law": facts,
        "siblings": _siblings(entry),
        "versions": _versions(entry, version),
        "older": older,
        "current_url": reverse("law", args=[entry.id]),
        "walks": walks(entry, version),
        "rules": rules,
        "n_examples": sum(len(rows) for rows in examples.values()),
        "doubts": [
            {
                "id": f"doubt-{anchor_of(d.question)}",
                "title": d.question,
                "text": d.words,
                "citation": d.citation,
            }
            for d in about.doubts
        ],
        "about": about,
        "fees": fees_words(about.fees),
        "reviewers": [{"one": one, "binding": binding(one)} for one in about.reviewers],
        "exemptions": _exemptions(about),
        "cite_url": request.build_absolute_uri(f"{reverse('law', args=[entry.id])}?version={version.ref}"),
        **_closed(request, version, today),
        "cite": cited(
            request, kind="law", key=entry.id, title=entry.law.name,
            about=_("%(citation)s: who must answer a request for records, by when, and what follows.") % {
                "citation": entry.law.citation,
            },
            address=reverse("law", args=[entry.id]),
            schema={
                "@type": "Legislation", "legislationIdentifier": entry.law.citation,
                "legislationJurisdiction": place_name(entry.id),
            },
        ),
    }  # fmt: skip
    return render(request, "law.html", context)


def _siblings(entry: Entry) -> list[dict[str, str]]:
    return [
        {"name": other.law.name, "url": reverse("law", args=[other.id])}
        for other in library().place_of(entry.id).laws
        if other.id != entry.id
    ]


def _versions(entry: Entry, shown: LawVersion) -> list[dict[str, Any]]:
    """Newest first, each with what it says otherwise than the one before it."""
    address = reverse("law", args=[entry.id])
    ordered = sorted(entry.revisions, key=lambda one: (one.effective_from or dt.date.min, one.revision))
    found = []
    for place, version in enumerate(ordered):
        before = ordered[place - 1] if place else None
        found.append(
            {
                "ref": version.ref,
                "words": f"{day_mid(version.effective_from) if version.effective_from else _('unknown')}"
                + _(", reading %(n)d") % {"n": version.revision},
                "note": version.note,
                "since": before.ref if before else "",
                "changes": changes(before, version) if before else (),
                "url": f"{address}?version={version.ref}",
                "current": version.ref == shown.ref,
            }
        )
    return found[::-1]


def _examples(entry: Entry, version: LawVersion) -> dict[str, list[dict[str, Any]]]:
    """Worked examples by the clock whose date they state."""
    found: dict[str, list[dict[str, Any]]] = {}
    for example in entry.examples.get(version.ref, ()):
        for number, due in enumerate(example.due):
            anchor = f"example-{example.id}" if number == 0 else f"example-{example.id}-{number + 1}"
            found.setdefault(due.clock, []).append(
                {
                    "id": anchor,
                    "case": example.title,
                    "starts_on": due.counted_from,
                    "due_on": due.due,
                    "bound": str(due.bound) if due.bound != "due" else "",
                    "derivation": " ".join(
                        part for part in (due.words, f"“{due.quote}”" if due.quote else "") if part
                    ),
                }
            )
    return found


def _exemptions(about: About) -> list[dict[str, Any]]:
    """By what kind of ground they are, so that the same ground is found in every law."""
    order = list(Basis)
    ordered = sorted(
        about.exemptions, key=lambda one: min((order.index(b) for b in one.basis), default=len(order))
    )
    seen: set[str] = set()
    found = []
    for one in ordered:
        first = str(BASES[min(one.basis, key=order.index)]) if one.basis else ""
        found.append(
            {
                "id": f"exemption-{anchor_of(one.code)}",
                "group": "" if first in seen else first,
                "also": ", ".join(str(BASES[basis]) for basis in one.basis if str(BASES[basis]) != first),
                "one": one,
            }
        )
        seen.add(first)
    return found


def _closed(request: Looking, version: LawVersion, today: dt.date) -> dict[str, Any]:
    page = library().calendar_page(version.calendar)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today.year
    year = min(max(year, page.first.year), page.last.year)

    def other(number: int) -> str:
        ref = f"&version={version.ref}" if request.GET.get("version") else ""
        inside = page.first.year <= number <= page.last.year
        return f"{reverse('law', args=[version.law_id])}?year={number}{ref}#closed-days" if inside else ""

    return {
        "year": str(year),
        "months": _months(version.calendar, year, get_language()),
        "closed": _listed(sorted(page.year(year), key=lambda row: row.on)),
        "argued": [{"row": row} for row in page.contested_in(year)],
        "calendar": page,
        "year_before_url": other(year - 1),
        "year_after_url": other(year + 1),
    }


def _listed(rows: list[ClosedRow]) -> list[dict[str, Any]]:
    """A source that is that of the line before is not written out again."""
    pairs = zip(rows, [None, *rows], strict=False)
    return [{"row": row, "same": before is not None and before.source == row.source} for row, before in pairs]


@lru_cache(maxsize=256)
def _months(ref: str, year: int, _language: str | None) -> SafeString:
    page = library().calendar_page(ref)
    return year_of_months(
        year,
        closed={row.on for row in page.year(year)},
        doubted={row.on for row in page.year(year) if row.doubt},
        contested={row.on for row in page.contested_in(year)},
    )


__all__ = ["law", "title_of"]
