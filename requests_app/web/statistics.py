"""Each figure of the dashboard as a file, under the dashboard's filters; and the page that says how it is counted."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests_app.models.visibility import PUBLIC
from requests_app.notices.cells import neutral
from requests_app.queries.dashboard import Dashboard
from requests_app.statistics.minimum import FEWEST

from . import statistics_figures as figures
from .dashboard import TONES, ZONE_WORDS, asked_for
from .draw.alone import MARGIN, WIDTH, alone, bars, legend, png
from .draw.bars import bar_chart
from .draw.embedded import wrapped
from .draw.shapes import Bar
from .draw.waiting import curve_svg
from .figures import POPULATIONS
from .shell import PUBLIC_ZONE, Looking
from .statistics_map import drawn
from .templatetags.look import day_long

INNER = WIDTH - 2 * MARGIN
Written = tuple[str, bytes]


def _file(request: Looking, figure: str, write: Callable[[Looking, str, str, Dashboard], Written]) -> HttpResponse:
    if figure not in figures.TABLES:
        raise Http404
    _asked, measure, found, problems = asked_for(request)
    if problems:
        return HttpResponse("\n".join(problems), content_type="text/plain; charset=utf-8", status=400)
    kind, body = write(request, figure, measure, found)
    response = HttpResponse(body, content_type=kind)
    ending = kind.partition(";")[0].partition("/")[2].partition("+")[0]
    response["Content-Disposition"] = f'attachment; filename="{figure}-{request.now:%Y-%m-%d}.{ending}"'
    return response


@require_safe
def as_csv(request: Looking, figure: str) -> HttpResponse:
    return _file(request, figure, _csv)


@require_safe
def as_svg(request: Looking, figure: str) -> HttpResponse:
    return _file(request, figure, lambda *args: ("image/svg+xml", _alone(*args).encode()))


@require_safe
def as_png(request: Looking, figure: str) -> HttpResponse:
    return _file(request, figure, lambda *args: ("image/png", png(_alone(*args))))


def _csv(request: Looking, figure: str, measure: str, found: Dashboard) -> Written:
    table = figures.tables(found)[figure]()
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(table.columns)
    for row in table.rows:
        write.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in row])
    return "text/csv; charset=utf-8", ("\ufeff" + out.getvalue()).encode()


def _alone(request: Looking, figure: str, measure: str, found: Dashboard) -> str:
    """The drawing with what a page would say around it: what is counted, of which requests, as of when."""
    if figure not in figures.DRAWN:
        raise Http404
    of = found.of
    on = request.now.astimezone(ZoneInfo(PUBLIC_ZONE))
    foot = _("%(which)s, %(n)d requests. As of %(day)s, %(zone)s. How this is counted: %(address)s") % {
        "which": POPULATIONS[of.population], "n": of.total, "day": day_long(on.date()), "zone": ZONE_WORDS,
        "address": request.build_absolute_uri("/method/"),
    }  # fmt: skip
    if figure == "places":
        chart = drawn(of, measure, {})
        if not chart.svg:
            raise Http404
        inner = str(chart.svg).replace('<svg class="map"', '<svg class="map" width="100%" height="100%"', 1)
        return alone(
            inner, height=round(INNER * 602 / 1037), title=_("Where answers came from"), notes=[chart.sentence],
            foot=foot, legend=legend(list(chart.legend)[:6]),
        )  # fmt: skip
    if figure == "stages":
        rows = figures.stage_rows(of)
        full = bar_chart([Bar(words, n, of.total) for _key, words, n in rows]).full
        body, height = bars([(words, n, of.total, TONES.get(key, "mid")) for key, words, n in rows], full)
        return alone(
            body, height=height, title=_("Where the requests stand"), foot=foot, notes=wrapped(figures.stage_lead(of)),
        )  # fmt: skip
    curve = figures.answer_curve(of) if figure == "first-answer" else figures.completion_curve(of)
    if curve.curve.n < FEWEST:
        raise Http404
    body = curve_svg(curve.curve, curve.words, units=round(INNER * 0.94))
    return alone(body, height=300, title=curve.title, notes=[*wrapped(curve.lead), *wrapped(curve.note)], foot=foot)


@require_safe
def method(request: Looking) -> HttpResponse:
    return render(request, "method.html", {"few": FEWEST, "public": request.viewer is PUBLIC})


urlpatterns = [
    path("method/", method, name="method"),
    path("statistics/<slug:figure>.csv", as_csv, name="statistics-csv"),
    path("statistics/<slug:figure>.svg", as_svg, name="statistics-svg"),
    path("statistics/<slug:figure>.png", as_png, name="statistics-png"),
]
