"""The public dashboard. Whoever is signed in, it is computed for the public, behind both walls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from requests_app.models.visibility import PUBLIC, tell_database
from requests_app.queries import dashboard as query
from requests_app.queries.groups import ANSWERED, REFUSED, Group
from requests_app.queries.places import place_name
from requests_app.queries.statistics import Narrowed, Statistics
from requests_app.statistics.minimum import FEWEST, Share

from . import statistics_figures as figures
from . import statistics_filters as form
from .citing import cited, dataset
from .dated import NoSuchDay, refused
from .draw.bars import BarChart, bar_chart
from .draw.shapes import Bar
from .figures import GROUPS, POPULATIONS, answer_words, per_group
from .news_words import follow
from .paging import with_params
from .shell import PUBLIC_ZONE, Looking
from .statistics_filters import Link
from .statistics_map import drawn
from .words import outcome_words

ZONE_WORDS = "Eastern"
TONES: dict[str, Literal["ink", "mid", "late"]] = {Group.full: "ink", Group.part: "ink", Group.late: "late"}


def asked_for(request: Looking) -> tuple[Narrowed, str, query.Dashboard, list[str]]:
    """What the address asks for, what was found, and what of it is not understood. With anything that is not, nothing
    matches: half of a question would be another one."""
    if request.viewer is not PUBLIC:
        tell_database(PUBLIC)
    asked, problems = form.asked_of(request)
    measure = form.measure_of(request)
    found = query.load(now=request.now, asked=asked, by_place=True)
    problems += form.problems_with(asked, measure, found.campaigns)
    return asked, measure, found, problems


@require_safe
def dashboard(request: Looking) -> HttpResponse:
    if "on" in request.GET:
        said = _("on: the dashboard counts as of today alone. A campaign, an agency and a request show earlier days.")
        return refused(request, NoSuchDay(said))
    asked, measure, found, problems = asked_for(request)
    context = {
        "filters": form.fields(asked, found.of, measure, found.campaigns),
        "filters_clear_url": request.path if request.GET else "",
        "filters_problems": problems,
        "as_of": found.of.as_of.astimezone(ZoneInfo(PUBLIC_ZONE)),
        "as_of_zone": ZONE_WORDS,
        "population": found.of.population,
        "n_requests": 0 if problems else found.of.total,
        "others": _others(request, found.of),
        "noindex": found.of.marked,
        "follow": follow(_("what happens in all public requests")),
        "cite": cited(
            request, kind="dashboard", key="all", title=_("What fusion centers answer when the public asks"),
            about=_("Who answered requests for public records, who is late under the law, and what came back."),
            address=reverse("dashboard"), schema=dataset(license=request.build_absolute_uri(reverse("method"))),
        ),
    }  # fmt: skip
    if not problems:
        context |= _counted(request, asked, measure, found)
    return render(request, "dashboard.html", context, status=400 if problems else 200)


def _counted(request: Looking, asked: Narrowed, measure: str, found: query.Dashboard) -> dict[str, Any]:
    of = found.of
    link = form.links(asked, of.population)
    here = _query(asked, of, measure)
    urls = {code: with_params(request, jurisdiction=code) for code in figures.places(of)}
    states = [_state(of, code, counts, link, urls[code]) for code, counts in figures.places(of).items()]
    chart = drawn(of, measure, urls)

    def files(key: str) -> dict[str, Any]:
        return {"of": key, "files": figures.downloads(key, here, drawn=key in figures.DRAWN)}

    return {
        "lead": lead_of(of, len(states)),
        "units": _units(of),
        "stats": stats_of(of, link),
        "map": chart,
        "map_lead": _map_lead(of, states, measure, chart.sentence),
        "states": states,
        "total": _row(of.counts, link) | {"agencies": sum(row["agencies"] for row in states)},
        "any_closed": bool(of.counts.get(Group.closed)),
        "bars": _bars(of, link),
        "stage_lead": figures.stage_lead(of),
        "curves": [
            {"figure": one, "files": files(one.key)}
            for one in (figures.answer_curve(of), figures.completion_curve(of))
        ],
        "undated": of.undated,
        "delay_lead": figures.delay_lead(of),
        "delays": [
            {"words": words, "n": n, "of": whole, "share": "" if whole is None else figures.percent(Share(n, whole))}
            for words, n, whole in figures.delay_rows(of)
        ],
        "ground_lead": figures.ground_lead(found),
        "grounds": [
            {"words": figures.ground_words(one.ground), "n": one.n} for one in found.of.grounds.kinds
        ],
        "sections": [
            {"section": one.section, "law": place_name(one.law_id), "citation": one.citation, "n": one.n}
            for one in found.of.grounds.sections
        ],
        "grounds_of": found.of.grounds.requests,
        "silence": [_silent(row) for row in found.silence],
        "silence_lead": _silence_lead(found),
        "newest": [_answer(row) for row in found.newest],
        "all_url": link(),
        "files": {key: files(key) for key in figures.TABLES},
        "has_sample": of.marked,
        "api_url": f"{reverse('api-statistics')}?{here}",
        "embed_url": f"{reverse('embed')}?{here}",
    }


def _query(asked: Narrowed, of: Statistics, measure: str) -> str:
    said = form.said(asked, of.population)
    return urlencode(said | ({"measure": measure} if measure != "answered" else {}))


def lead_of(of: Statistics, places: int) -> str:
    if not of.total:
        return ""
    agencies = ngettext("%(n)d agency", "%(n)d agencies", of.units.agencies) % {"n": of.units.agencies}
    where = ngettext("%(n)d jurisdiction", "%(n)d jurisdictions", places) % {"n": places}
    if of.population == "log":
        said = ngettext(
            "%(n)d request to %(agencies)s in %(places)s: what came back, what was refused, and how long it took.",
            "%(n)d requests to %(agencies)s in %(places)s: what came back, what was refused, and how long it took.",
            of.total,
        )
        return said % {"n": of.total, "agencies": agencies, "places": where}
    said = ngettext(
        "%(n)d request to %(agencies)s in %(places)s: who answered, who is late under the law, and what came back.",
        "%(n)d requests to %(agencies)s in %(places)s: who answered, who is late under the law, and what came back.",
        of.total,
    )
    return said % {"n": of.total, "agencies": agencies, "places": where}


def _units(of: Statistics) -> str:
    """The same, counted by what they went to."""
    units = of.units
    return _(
        "Counted in requests, each to one office that holds the records, under one law: %(requests)d requests are "
        "%(asks)d sets of questions to %(agencies)d agencies, %(centers)d of them fusion centers, with %(custodians)d "
        "offices that hold the records."
    ) % {
        "requests": units.requests, "asks": units.asks, "agencies": units.agencies, "centers": units.centers,
        "custodians": units.custodians,
    }  # fmt: skip


def _map_lead(of: Statistics, states: Sequence[dict[str, Any]], measure: str, sentence: str) -> str:
    enough = [row for row in states if row["total"] >= FEWEST]
    said = _("%(what)s %(enough)d of %(all)d jurisdictions have %(few)d requests or more, and so a share.") % {
        "what": sentence, "enough": len(enough), "all": len(states), "few": FEWEST,
    }  # fmt: skip
    return sentence if measure == "asked" else said


def _others(request: Looking, of: Statistics) -> list[dict[str, Any]]:
    """The populations that are not counted here, each a link away."""
    return [
        {"url": with_params(request, population=key), "words": POPULATIONS[key], "n": n}
        for key, n in sorted(of.populations.items())
        if key != of.population
    ]


def _row(counts: dict[str, int], link: Link) -> dict[str, Any]:
    return {
        "answered": per_group(counts, *ANSWERED),
        "answered_url": link(group="answered"),
        "total": figures.total_of(counts),
        "refused": per_group(counts, *REFUSED),
        "review": per_group(counts, Group.review),
        "pending": per_group(counts, Group.pending),
        "late": per_group(counts, Group.late),
        "late_url": link(group="late"),
        "closed": per_group(counts, Group.closed),
    }


def _state(of: Statistics, code: str, counts: dict[str, int], link: Link, url: str) -> dict[str, Any]:
    def narrowed(**more: str) -> str:
        return link(jurisdiction=code, **more)

    return _row(counts, narrowed) | {
        "code": code, "name": place_name(code), "url": url, "agencies": counts["agencies"],
        "law_words": answer_words(code),
    }  # fmt: skip


def stats_of(of: Statistics, link: Link) -> list[dict[str, Any]]:
    """Four numbers. Of a log that has ended nothing is open: what was refused and what never came stands instead."""
    counts, total = of.counts, of.total
    answered = per_group(counts, *ANSWERED)
    percent = Share(answered, total).percent
    share = _("too few for a share") if percent is None else _("%(n)d%% of all requests") % {"n": percent}

    def stat(term: str, note: str, group: str, n: int, whole: int = total) -> dict[str, Any]:
        return {
            "term": term, "n": n, "of": _("of %(n)d") % {"n": whole}, "note": note, "url": link(group=group),
            "late": group == Group.late and n > 0,
        }  # fmt: skip

    first = stat(_("Answered, in full or in part"), share, "answered", answered)
    if of.population == "log":
        refused, ended = per_group(counts, *REFUSED), per_group(counts, Group.closed)
        return [
            first,
            stat(_("Denied, none or elsewhere"), _("no records, or another office named"), "refused", refused),
            _typical(of),
            stat(_("Withdrawn or ended"), _("no answer is in the log"), str(Group.closed), ended),
        ]
    late, pending = per_group(counts, Group.late), per_group(counts, Group.pending)
    return [
        first,
        stat(
            _("Late under the law"), _("open today, past every reading of the law’s time"), "late", late,
            figures.timed(of),
        ),
        _typical(of),
        stat(_("Pending"), _("in time, or without a set time; no refusal"), "pending", pending),
    ]  # fmt: skip


def _typical(of: Statistics) -> dict[str, Any]:
    curve = figures.answer_curve(of).curve
    base = {"term": _("Typical wait for a first answer"), "url": "#first-answer", "late": False}
    if curve.n < FEWEST:
        few = _("fewer than %(n)d requests") % {"n": FEWEST}
        return base | {"n": "–", "of": _("too few"), "note": few, "url": ""}
    if curve.median is None:
        note = _("fewer than half of %(n)d have one so far") % {"n": curve.n}
        return base | {"n": "–", "of": _("not yet"), "note": note}
    if curve.median.high is None:
        note = _("median of %(n)d, open ones counted; %(low)d or more")
    else:
        note = _("median of %(n)d, open ones counted; %(low)d to %(high)d")
    note %= {"n": curve.n, "low": curve.median.low, "high": curve.median.high}
    if len(of.laws) == 1:
        note = _("%(note)s; the law gives %(time)s") % {"note": note, "time": answer_words(next(iter(of.laws)))}
    return base | {"n": curve.median.days, "of": ngettext("day", "days", curve.median.days), "note": note}


def _bars(of: Statistics, link: Link) -> BarChart:
    return bar_chart(
        [
            Bar(str(GROUPS[key]), n, of.total, link(group=key) if n else "", TONES.get(key, "mid"))
            for key, _words, n in figures.stage_rows(of)
        ]
    )


def _silence_lead(found: query.Dashboard) -> str:
    if not found.silence:
        return ""
    first = found.silence[0]
    return _("%(agency)s has been silent for %(days)s: no decision and no records, acknowledged or not.") % {
        "agency": first.agency, "days": figures.days_words(first.days),
    }  # fmt: skip


def _silent(row: query.Silent) -> dict[str, Any]:
    return {
        "agency": row.agency,
        "url": reverse("request", args=[row.public_id]),
        "is_sample": row.is_sample,
        "state": place_name(row.jurisdiction),
        "title": row.title,
        "filed_on": row.filed_on,
        "due_on": row.due_on,
        "due_words": _("no number in the law"),
        "days": row.days,
    }


def _answer(row: query.Answer) -> dict[str, Any]:
    return {
        "on": row.on,
        "agency": row.agency,
        "url": reverse("request", args=[row.public_id]),
        "is_sample": row.is_sample,
        "state": place_name(row.jurisdiction),
        "title": row.title,
        "words": outcome_words(row.outcome),
    }
