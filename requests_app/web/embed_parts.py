"""What each embed shows, in words and as a drawing: the same numbers as the page that it leads to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from requests_app.clock.rules import Owner
from requests_app.models.visibility import PUBLIC
from requests_app.queries import matrix as campaigns
from requests_app.queries import request_page
from requests_app.queries.dashboard import Dashboard
from requests_app.queries.groups import ANSWERED, Group
from requests_app.queries.places import place_name
from requests_app.queries.statistics import Narrowed

from . import dashboard
from . import statistics_figures as figures
from . import statistics_filters as form
from .campaigns import axis_of
from .draw import embedded as draw
from .draw.alone import MARGIN, WIDTH, alone, legend
from .draw.axis import axis_for
from .draw.from_clock import lanes_of, mini_of
from .draw.lane import clock_chart, mini_svg
from .event_specs import Words
from .figures import GROUPS, POPULATIONS, per_group
from .requests import invented
from .shell import PUBLIC_ZONE, Looking
from .statistics_map import drawn as map_drawn
from .templatetags.look import day_long, day_mid

INNER = WIDTH - 2 * MARGIN
MOST = 60
"""Rows of a matrix that an embed shows; the page has them all."""
ROUTES = {"counter": "embed-figure", "map": "embed-figure", "matrix": "embed-campaign", "clock": "embed-request"}
TITLES: dict[str, Words] = {
    "counter": gettext_lazy("Counter"),
    "map": gettext_lazy("Map"),
    "matrix": gettext_lazy("Matrix of the campaign"),
    "clock": gettext_lazy("Clocks of the request"),
}


class NotUnderstood(Exception):
    def __init__(self, sentences: list[str]) -> None:
        super().__init__(sentences)
        self.sentences = sentences


@dataclass(frozen=True, slots=True)
class Embedded:
    """link: the page that it is taken from. body: the picture's own drawing and its height. height: of the frame."""

    kind: str
    args: list[str]
    title: str
    sentence: str
    link: str
    is_sample: bool
    height: int
    body: Callable[[], tuple[str, int]]
    shown: dict[str, Any] = field(default_factory=dict)
    legend: str = ""
    which: str = ""


def drawn(found: Embedded, request: Looking, *, dark: bool) -> str:
    on = day_long(_today(request))
    body, height = found.body()
    foot = _("%(which)s As of %(day)s. %(address)s") % {
        "which": found.which, "day": on, "address": request.build_absolute_uri(found.link).partition("?")[0],
    }  # fmt: skip
    notes = [_("Sample, invented.")] if found.is_sample else []
    return alone(
        body, height=height, title=draw.short(found.title, 80), notes=[*notes, *draw.wrapped(found.sentence)],
        foot=foot.strip(), legend=found.legend, dark=dark,
    )  # fmt: skip


def _today(request: Looking) -> dt.date:
    return request.now.astimezone(ZoneInfo(PUBLIC_ZONE)).date()


def _counted(request: Looking) -> tuple[Narrowed, str, Dashboard, str]:
    asked, measure, found, problems = dashboard.asked_for(request)
    if problems:
        raise NotUnderstood(problems)
    kept = form.said(asked, found.of.population)
    return asked, measure, found, f"{reverse('dashboard')}?{urlencode(kept)}"


def counter(request: Looking) -> Embedded:
    asked, _measure, found, link = _counted(request)
    of = found.of
    stats = dashboard.stats_of(of, form.links(asked, of.population)) if of.total else []
    numbers = [
        draw.Number(str(one["term"]), str(one["n"]), str(one["of"]), str(one["note"]), bool(one["late"]))
        for one in stats
    ]
    return Embedded(
        "counter", ["counter"], _("What was answered when the public asked"),
        dashboard.lead_of(of, len(figures.places(of))) or _("Nothing is published yet."), link,
        of.population == "sample", 500, lambda: draw.numbers(numbers, INNER), {"numbers": numbers},
        which=f"{POPULATIONS[of.population]}.",
    )  # fmt: skip


def map_of(request: Looking) -> Embedded:
    _asked, measure, found, link = _counted(request)
    of = found.of
    urls = {code: f"{link}&jurisdiction={code}" for code in figures.places(of)}
    chart = map_drawn(of, measure, urls)

    def body() -> tuple[str, int]:
        inner = str(map_drawn(of, measure, {}).svg).replace('<svg ', '<svg width="100%" height="100%" ', 1)
        return (inner, round(INNER * 602 / 1037)) if chart.svg else ("", 20)

    return Embedded(
        "map", ["map"], _("Where answers came from"), chart.sentence if chart.svg else _("Nothing is published yet."),
        link, of.population == "sample", 820, body, {"map": chart}, legend=legend(list(chart.legend)[:6]),
        which=f"{POPULATIONS[of.population]}.",
    )  # fmt: skip


def matrix_of(request: Looking, pid: str) -> Embedded:
    found = campaigns.load(PUBLIC, pid, now=request.now)
    if found is None:
        raise Http404
    lines = found.lines[:MOST]
    minis = {line.pk: mini_of(line.clocks, line.today, filed_on=line.filed_on) for line in lines}
    axis = axis_of(minis.values(), _today(request))
    rows = [
        {
            "agency": line.agency, "url": reverse("request", args=[line.public_id]), "is_sample": line.is_sample,
            "place": place_name(line.law_id), "mini": mini_svg(minis[line.pk], axis),
            "stage": GROUPS[line.group], "late": line.group == Group.late, "next_on": line.next_on,
        }
        for line in lines
    ]  # fmt: skip
    answered, late = per_group(found.counts, *ANSWERED), per_group(found.counts, Group.late)
    said = ngettext(
        "%(n)d request: %(answered)d answered in full or in part, %(late)d late under the law.",
        "%(n)d requests: %(answered)d answered in full or in part, %(late)d late under the law.",
        found.total,
    ) % {"n": found.total, "answered": answered, "late": late}
    more = found.total - len(lines)
    which = _("The first %(n)d of %(all)d.") % {"n": len(lines), "all": found.total} if more else ""
    pictured = [
        draw.MatrixRow(line.agency, minis[line.pk], str(GROUPS[line.group]), line.group == Group.late)
        for line in lines
    ]
    return Embedded(
        "matrix", [pid], found.campaign.public_title, said, reverse("campaign", args=[pid]),
        found.campaign.is_sample or any(line.is_sample for line in lines), 640,
        lambda: draw.matrix(pictured, axis, INNER), {"rows": rows, "more": more}, which=which,
    )  # fmt: skip


def clock_of(request: Looking, pid: str) -> Embedded:
    """The agency's own clocks. What a reviewer or a court owes stands on the page, and ours nowhere in public."""
    page = request_page.load(PUBLIC, pid, now=request.now)
    if page is None:
        raise Http404
    found, on = page.request, page.today
    whole = [part.label for part in page.parts]
    lanes = lanes_of([clock for clock in page.clocks if clock.owner is Owner.agency], on, whole=whole)
    axis = axis_for(lanes, today=on)
    agency = found.custodian.name if found.custodian else found.agency.name
    title = found.public_title.rstrip(".")
    sentence = _("%(title)s. Filed %(day)s.") % {"title": title, "day": day_mid(found.filed_on)}
    return Embedded(
        "clock", [pid], agency, sentence, reverse("request", args=[pid]), invented(found), 180 + 110 * len(lanes),
        lambda: draw.clocks(lanes, axis, INNER),
        {"chart": clock_chart(lanes, axis) if lanes else None, "place": place_name(found.agency.jurisdiction)},
    )  # fmt: skip
