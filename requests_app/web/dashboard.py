"""The public dashboard. Whoever is signed in, it is computed for the public, behind both walls."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from requests_app.laws.registry import library
from requests_app.models.agencies import AgencyKind
from requests_app.models.visibility import PUBLIC, tell_database
from requests_app.queries import dashboard as query
from requests_app.queries.groups import ANSWERED, REFUSED, Group
from requests_app.queries.places import outlines, place_name
from requests_app.queries.requests import Filters

from .draw.bars import BarChart, bar_chart
from .draw.map import map_svg
from .draw.shapes import Bar, MapPoint, StateFill, StateShape, Wait, WaitingFigure
from .draw.waiting import waiting_figure
from .figures import (
    GROUPS,
    KNOWN_GROUPS,
    POPULATIONS,
    RARE,
    answer_words,
    kind_choices,
    list_url,
    names_a_number,
    per_group,
    unknown_filters,
)
from .paging import param, select, with_params
from .shell import PUBLIC_ZONE, Looking
from .templatetags.look import FEWEST_FOR_A_SHARE
from .words import outcome_words

ZONE_WORDS = "Eastern"


@require_safe
def dashboard(request: Looking) -> HttpResponse:
    if request.viewer is not PUBLIC:
        tell_database(PUBLIC)
    filters = _asked(request)
    found = query.load(now=request.now, filters=filters)
    link = _links(filters, found.population)
    states = _states(found.agencies, request, link)
    context = {
        "n_requests": found.total,
        "lead": _lead(found, len(states)),
        "as_of": request.now.astimezone(ZoneInfo(PUBLIC_ZONE)),
        "as_of_zone": ZONE_WORDS,
        "population": found.population,
        "others": _others(request, found),
        "filters": _filters(filters, found),
        "filters_clear_url": request.path if request.GET else "",
        "filters_problems": _problems(filters, found),
        "stats": _stats(found, link),
        "map": _map(found.agencies, states, request),
        "states": states,
        "total": _row(found.counts, link) | {"agencies": sum(row["agencies"] for row in states)},
        "any_closed": bool(found.counts.get(Group.closed)),
        "bars": _bars(found, link),
        "waiting": _waiting(found),
        "undated": found.undated,
        "silence": [_silent(row) for row in found.silence],
        "newest": [_answer(row) for row in found.newest],
        "all_url": link(),
        "has_sample": any(agency.is_sample for agency in found.agencies if agency.total),
        "noindex": found.marked,
    }
    return render(request, "dashboard.html", context)


def _lead(found: query.Dashboard, places: int) -> str:
    if not found.total:
        return ""
    n_agencies = sum(1 for agency in found.agencies if agency.total)
    agencies = ngettext("%(n)d agency", "%(n)d agencies", n_agencies) % {"n": n_agencies}
    where = ngettext("%(n)d jurisdiction", "%(n)d jurisdictions", places) % {"n": places}
    if found.population == "log":
        said = ngettext(
            "%(n)d request to %(agencies)s in %(places)s: what came back, what was refused, and how long it took.",
            "%(n)d requests to %(agencies)s in %(places)s: what came back, what was refused, and how long it took.",
            found.total,
        )
        return said % {"n": found.total, "agencies": agencies, "places": where}
    said = ngettext(
        "%(n)d request to %(agencies)s in %(places)s: who answered, who is late under the law, and what came back.",
        "%(n)d requests to %(agencies)s in %(places)s: who answered, who is late under the law, and what came back.",
        found.total,
    )
    return said % {"n": found.total, "agencies": agencies, "places": where}


def _asked(request: Looking) -> Filters:
    names = ("population", "campaign", "jurisdiction", "group", "kind")
    return Filters(**{name: param(request, name) for name in names})  # type: ignore[arg-type]


Link = Callable[..., str]


def _links(filters: Filters, population: str) -> Link:
    """The list behind a number: the page's own filters, narrowed by what the number counts."""
    kept = {
        "population": population, "campaign": filters.campaign, "jurisdiction": filters.jurisdiction,
        "group": filters.group, "kind": filters.kind,
    }  # fmt: skip

    def link(**narrowed: str) -> str:
        return list_url(**(kept | narrowed))

    return link


def _filters(filters: Filters, found: query.Dashboard) -> list[dict[str, Any]]:
    populations = [
        (key, f"{words}: {found.populations.get(key, 0)}")
        for key, words in POPULATIONS.items()
        if found.populations.get(key) or not found.populations
    ]
    any_one = pgettext("filter", "Any")
    campaigns = [(c.public_id, c.public_title) for c in found.campaigns]
    return [
        select("population", _("Which requests"), populations, found.population),
        select("campaign", _("Campaign"), [("", _("All campaigns")), *campaigns], filters.campaign),
        select(
            "jurisdiction", _("Jurisdiction"),
            [("", _("All jurisdictions")), *((code, place_name(code)) for code in library().codes)],
            filters.jurisdiction,
        ),
        select(
            "group", _("Stage"),
            [("", _("Any stage")), *((key, str(words)) for key, words in GROUPS.items())], filters.group,
        ),
        select("kind", _("Agency kind"), [("", any_one), *kind_choices()], filters.kind),
    ]  # fmt: skip


def _problems(filters: Filters, found: query.Dashboard) -> list[str]:
    return unknown_filters(
        {
            _("Which requests"): (filters.population, POPULATIONS),
            _("Campaign"): (filters.campaign, {c.public_id for c in found.campaigns}),
            _("Jurisdiction"): (filters.jurisdiction, library().codes),
            _("Stage"): (filters.group, KNOWN_GROUPS),
            _("Agency kind"): (filters.kind, AgencyKind.values),
        }
    )


def _others(request: Looking, found: query.Dashboard) -> list[dict[str, Any]]:
    """The populations that are not counted here, each a link away."""
    return [
        {"url": with_params(request, population=key), "words": POPULATIONS[key], "n": n}
        for key, n in sorted(found.populations.items())
        if key != found.population
    ]


def _row(counts: dict[str, int], link: Link) -> dict[str, Any]:
    return {
        "answered": per_group(counts, *ANSWERED),
        "answered_url": link(group="answered"),
        "total": sum(counts.values()),
        "refused": per_group(counts, *REFUSED),
        "review": per_group(counts, Group.review),
        "pending": per_group(counts, Group.pending),
        "late": per_group(counts, Group.late),
        "late_url": link(group="late"),
        "closed": per_group(counts, Group.closed),
    }


def _states(agencies: Iterable[query.Asked], request: Looking, link: Link) -> list[dict[str, Any]]:
    counts: dict[str, dict[str, int]] = {}
    asked: dict[str, int] = {}
    for agency in agencies:
        if not agency.total:
            continue
        asked[agency.jurisdiction] = asked.get(agency.jurisdiction, 0) + 1
        row = counts.setdefault(agency.jurisdiction, {})
        for group, n in agency.counts.items():
            row[group] = row.get(group, 0) + n

    def narrowed(code: str) -> Link:
        return lambda **more: link(jurisdiction=code, **more)

    rows = [
        _row(counts[code], narrowed(code))
        | {
            "code": code,
            "name": place_name(code),
            "url": with_params(request, jurisdiction=code),
            "agencies": asked[code],
            "law_words": answer_words(code),
        }
        for code in counts
    ]
    return sorted(rows, key=lambda row: row["name"])


def _stats(found: query.Dashboard, link: Link) -> list[dict[str, Any]]:
    """Four numbers. Of a log that has ended nothing is open: what was refused and what never came stands instead."""
    counts, total = found.counts, found.total
    few = total < FEWEST_FOR_A_SHARE
    answered = per_group(counts, *ANSWERED)
    share = (
        _("too few for a share")
        if few
        else _("%(n)d%% of all requests") % {"n": round(answered / total * 100)}
    )

    def stat(term: str, note: str, group: str, n: int, of: int = total) -> dict[str, Any]:
        return {
            "term": term, "n": n, "of": _("of %(n)d") % {"n": of}, "note": note, "url": link(group=group),
            "late": group == Group.late and n > 0,
        }  # fmt: skip

    first = stat(_("Answered, in full or in part"), share, "answered", answered)
    if found.population == "log":
        refused, ended = per_group(counts, *REFUSED), per_group(counts, Group.closed)
        return [
            first,
            stat(
                _("Denied, none or elsewhere"), _("no records, or another office named"), "refused", refused
            ),
            _typical(found),
            stat(_("Withdrawn or ended"), _("no answer is in the log"), str(Group.closed), ended),
        ]
    timed = sum(n for law_id, n in found.laws.items() if names_a_number(law_id))
    late, pending = per_group(counts, Group.late), per_group(counts, Group.pending)
    return [
        first,
        stat(
            _("Late under the law"),
            _("open today, past every reading of the law’s time"),
            "late",
            late,
            timed,
        ),
        _typical(found),
        stat(_("Pending"), _("in time, or without a set time; no refusal"), "pending", pending),
    ]


def _waiting(found: query.Dashboard) -> WaitingFigure:
    waits = [Wait(w.days, w.answered, w.n) for w in found.waited]
    return waiting_figure(waits, fewest=FEWEST_FOR_A_SHARE)


def _typical(found: query.Dashboard) -> dict[str, Any]:
    figure = _waiting(found)
    base = {"term": _("Typical wait for a first answer"), "url": "#waiting", "late": False}
    if figure.n < FEWEST_FOR_A_SHARE:
        few = _("fewer than %(n)d requests") % {"n": FEWEST_FOR_A_SHARE}
        return base | {"n": "–", "of": _("too few"), "note": few, "url": ""}
    if figure.median_days is None:
        note = _("fewer than half of %(n)d have one so far") % {"n": figure.n}
        return base | {"n": "–", "of": _("not yet"), "note": note}
    days = ngettext("day", "days", figure.median_days)
    note = _("median of %(n)d, open ones counted") % {"n": figure.n}
    if len(found.laws) == 1:
        note = _("%(note)s; the law gives %(time)s") % {
            "note": note,
            "time": answer_words(next(iter(found.laws))),
        }
    return base | {"n": figure.median_days, "of": days, "note": note}


def _bars(found: query.Dashboard, link: Link) -> BarChart:
    tones: dict[str, Literal["ink", "mid", "late"]] = {
        Group.full: "ink",
        Group.part: "ink",
        Group.late: "late",
    }
    return bar_chart(
        [
            Bar(
                str(words),
                found.counts.get(key, 0),
                found.total,
                link(group=str(key)) if found.counts.get(key) else "",
                tones.get(key, "mid"),
            )
            for key, words in GROUPS.items()
            if found.counts.get(key) or key not in RARE
        ]
    )


def _step(answered: int, total: int) -> int | None:
    """0 none, then a step a quarter; None where there are too few for a share."""
    if total < FEWEST_FOR_A_SHARE:
        return None
    return min(4, -(-answered * 4 // total))


def _map(agencies: Iterable[query.Asked], states: list[dict[str, Any]], request: Looking) -> str:
    fills = {
        row["code"]: StateFill(
            _step(row["answered"], row["total"]),
            _("%(name)s: %(answered)d of %(total)d answered")
            % {"name": row["name"], "answered": row["answered"], "total": row["total"]},
            row["url"],
        )
        for row in states
    }
    points = [_point(agency) for agency in agencies if agency.x is not None and agency.y is not None]
    _box, shapes = outlines()
    if not any(point.asked for point in points) and not fills.keys() & {shape.code for shape in shapes}:
        return ""
    return map_svg(
        [StateShape(shape.code, shape.name, shape.path) for shape in shapes],
        fills,
        points,
        label=_("Map of %(n)d agencies and the share of requests answered in each state")
        % {"n": len(points)},
    )


def _point(agency: query.Asked) -> MapPoint:
    late = agency.counts.get(Group.late, 0)
    answered = per_group(agency.counts, *ANSWERED)
    if not agency.total:
        said = _("%(name)s: not asked")
    elif late:
        said = _("%(name)s: %(answered)d of %(total)d answered, %(late)d late")
    else:
        said = _("%(name)s: %(answered)d of %(total)d answered")
    title = said % {"name": agency.name, "answered": answered, "total": agency.total, "late": late}
    if agency.is_sample:
        title = _("%(title)s (sample)") % {"title": title}
    return MapPoint(
        title,
        agency.x or 0.0,
        agency.y or 0.0,
        reverse("agency", args=[agency.slug]),
        late=bool(late),
        asked=bool(agency.total),
    )


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
