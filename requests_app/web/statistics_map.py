"""The map by a chosen measure: the steps of the states, their words, and the legend that goes with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from requests_app.queries.groups import ANSWERED, Group
from requests_app.queries.places import outlines, place_name
from requests_app.queries.statistics import Asked, Statistics
from requests_app.statistics.minimum import FEWEST
from requests_app.statistics.survival import curve

from .draw.map import map_svg
from .draw.shapes import MapPoint, StateFill, StateShape
from .figures import per_group
from .statistics_figures import days_words, places, total_of

WAITS = (30, 90, 180, 365)


@dataclass(frozen=True, slots=True)
class Drawn:
    """legend: (class of the step, words), the heaviest first. svg "" where nothing has a place on the map."""

    svg: SafeString | str
    sentence: str
    legend: tuple[tuple[str, str], ...]


def drawn(of: Statistics, measure: str, urls: Mapping[str, str]) -> Drawn:
    """urls: where each jurisdiction leads."""
    rows = places(of)
    fills = {code: StateFill(*_told(of, code, counts, measure), urls.get(code, "")) for code, counts in rows.items()}
    points = [_point(agency) for agency in of.agencies if agency.x is not None and agency.y is not None]
    _box, shapes = outlines()
    legend = _legend(measure)
    sentence = _sentence(measure)
    if not any(point.asked for point in points) and not fills.keys() & {shape.code for shape in shapes}:
        return Drawn("", sentence, legend)
    label = _("Map of %(n)d agencies. %(what)s") % {"n": len(points), "what": sentence}
    outline = [StateShape(shape.code, shape.name, shape.path) for shape in shapes]
    return Drawn(map_svg(outline, fills, points, label=label), sentence, legend)


def _told(of: Statistics, code: str, counts: Mapping[str, int], measure: str) -> tuple[int | None, str]:
    name, total = place_name(code), total_of(counts)
    answered, late = per_group(counts, *ANSWERED), per_group(counts, Group.late)
    enough = total >= FEWEST
    if measure == "late":
        return _quarter(late, total) if enough else None, _("%(name)s: %(n)d of %(total)d late") % {
            "name": name, "n": late, "total": total,
        }  # fmt: skip
    if measure == "asked":
        return _of_steps(total, (0, 4, 9, 24, 99)), _("%(name)s: %(total)d requests") % {"name": name, "total": total}
    if measure == "wait":
        waits = curve(of.places.get(code, ()))
        if waits.n < FEWEST:
            return None, _("%(name)s: too few to say") % {"name": name}
        if waits.median is None:
            return 4, _("%(name)s: fewer than half of %(n)d answered so far") % {"name": name, "n": waits.n}
        return _of_steps(waits.median.days, WAITS), _("%(name)s: half answered within %(days)s, n = %(n)d") % {
            "name": name, "days": days_words(waits.median.days), "n": waits.n,
        }  # fmt: skip
    return _quarter(answered, total) if enough else None, _("%(name)s: %(n)d of %(total)d answered") % {
        "name": name, "n": answered, "total": total,
    }  # fmt: skip


def _quarter(n: int, of: int) -> int:
    """0 none, then a step a quarter."""
    return min(4, -(-n * 4 // of))


def _of_steps(n: int, ends: Sequence[int]) -> int:
    return min(4, sum(1 for end in ends if n > end))


def _sentence(measure: str) -> str:
    said = {
        "late": _("Share of requests that are late under the law today."),
        "wait": _("Days within which half of the requests had a first answer, open ones counted."),
        "asked": _("How many requests were made."),
    }
    return said.get(measure, _("Share of requests answered in full or in part."))


def _legend(measure: str) -> tuple[tuple[str, str], ...]:
    few = ("few", _("fewer than %(n)d requests: counts only") % {"n": FEWEST})
    none = ("none", _("not asked"))
    if measure == "asked":
        words = [_("100 or more"), _("25 to 99"), _("10 to 24"), _("5 to 9"), _("up to 4")]
        return (*zip(("s4", "s3", "s2", "s1", "s0"), words, strict=True), none)
    if measure == "wait":
        words = [
            _("over a year, or not yet"), _("up to a year"), _("up to 180 days"), _("up to 90 days"),
            _("up to 30 days"),
        ]  # fmt: skip
        return (*zip(("s4", "s3", "s2", "s1", "s0"), words, strict=True), few, none)
    what = _("late") if measure == "late" else _("answered")
    words = [
        _("over three quarters %(what)s"), _("over half, to three quarters"), _("over a quarter, to half"),
        _("up to a quarter"), _("none %(what)s"),
    ]  # fmt: skip
    said = [one % {"what": what} for one in words]
    return (*zip(("s4", "s3", "s2", "s1", "s0"), said, strict=True), few, none)


def _point(agency: Asked) -> MapPoint:
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
        title, agency.x or 0.0, agency.y or 0.0, reverse("agency", args=[agency.slug]), late=bool(late),
        asked=bool(agency.total),
    )  # fmt: skip
