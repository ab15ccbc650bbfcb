"""The shared axis: which days it spans, its words, and the ground behind the lanes.

No viewBox anywhere: x in percent, y in pixels, so type keeps its size at every width.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from requests_app.web.draw.shapes import Axis, LaneSpec, earliest
from requests_app.web.templatetags.look import day_short

# Widths at which words are tried for room: a desk's lane and a phone's.
WIDE, NARROW = 900.0, 330.0
LETTER = 6.7  # an average letter of 13 px type, with a little air

MOST_GROWTH = 2.2
LEAST_DAYS = 28
MOST_TO_TODAY = 1100  # three years: beyond, a lateness of years would leave its beginning a smudge


def pc(value: float) -> str:
    return f"{value:.2f}%"


def text_px(text: str) -> float:
    return len(text) * LETTER


def axis_for(
    lanes: Sequence[LaneSpec],
    *,
    today: date | None = None,
    closed: Iterable[date] = (),
    also: Iterable[date] = (),
) -> Axis:
    """An axis that holds every lane, unless a far date (a suit within six years) would flatten the rest:
    such a date stays outside and its lane ends in an arrow."""
    start = earliest(lanes)
    days = sorted({d for lane in lanes for d in lane.days()} | set(also))
    if start is None or not days:
        start = today or date.min
        return Axis(start, start + timedelta(days=LEAST_DAYS), today)
    until = start + timedelta(days=LEAST_DAYS)
    for d in days:
        if (d - start).days <= max(120.0, (until - start).days * MOST_GROWTH):
            until = max(until, d)
    reaches_today = today is not None and any(s.to_on == today for lane in lanes for s in lane.segments)
    if reaches_today and today is not None and until < today <= start + timedelta(days=MOST_TO_TODAY):
        until = today
    span = (until - start).days
    left, right = max(2, round(span * 0.02)), max(3, round(span * 0.06))
    from_on, until_on = start - timedelta(days=left), until + timedelta(days=right)
    shown = today if today is not None and from_on <= today <= until_on else None
    return Axis(from_on, until_on, shown, tuple(d for d in closed if from_on <= d < until_on))


def _ticks(axis: Axis) -> list[tuple[date, str]]:
    if axis.days <= 150:
        step = 7 if axis.days <= 50 else 14
        on = axis.from_on + timedelta(days=-axis.from_on.weekday() % 7)
        out = []
        while on <= axis.until_on:
            out.append((on, day_short(on)))
            on += timedelta(days=step)
        return out
    months = next((m for m in (1, 2, 3, 6, 12, 24, 60) if axis.days / 30.4 / m <= 9), 120)
    out = []
    for n in range(axis.from_on.year * 12, (axis.until_on.year + 1) * 12):
        if n % months:
            continue
        on = date(n // 12, n % 12 + 1, 1)
        if axis.from_on <= on <= axis.until_on:
            words = (
                str(on.year) if months >= 12 else date_format(on, "M Y" if on.month == 1 or not out else "M")
            )
            out.append((on, words))
    return out


def _anchor(percent: float, text: str) -> str:
    half = text_px(text) / 2 / NARROW * 100
    return "start" if percent < half else "end" if percent > 100 - half else "middle"


def _span(percent: float, text: str, anchor: str, width: float) -> tuple[float, float]:
    x, w = percent / 100 * width, text_px(text)
    left = x if anchor == "start" else x - w if anchor == "end" else x - w / 2
    return left - 5, left + w + 5


def axis_svg(axis: Axis) -> SafeString:
    """Words along the top; today is named first and the others give way to it."""
    out: list[str] = []
    taken: dict[float, list[tuple[float, float]]] = {WIDE: [], NARROW: []}

    def room(width: float, span: tuple[float, float]) -> bool:
        return all(span[1] <= a or span[0] >= b for a, b in taken[width])

    def put(on: date, text: str, classes: list[str], must: bool) -> None:
        percent = axis.at(on)
        anchor = _anchor(percent, text)
        wide, narrow = (_span(percent, text, anchor, w) for w in (WIDE, NARROW))
        if not must and not room(WIDE, wide):
            return
        taken[WIDE].append(wide)
        if must or room(NARROW, narrow):
            taken[NARROW].append(narrow)
        else:
            classes = [*classes, "wide"]
        attr = f' class="{" ".join(classes)}"' if classes else ""
        out.append(f'<text{attr} x="{pc(percent)}" y="18" text-anchor="{anchor}">{escape(text)}</text>')

    if axis.today is not None:
        said = _("End of %(day)s") if axis.earlier else _("Today, %(day)s")
        put(axis.today, said % {"day": day_short(axis.today)}, ["b"], True)
    # Words at the edge lean inwards; they give way to the next ones rather than push them out.
    for on, words in sorted(_ticks(axis), key=lambda tick: _anchor(axis.at(tick[0]), tick[1]) != "middle"):
        put(on, words, [], False)
    return mark_safe(f'<svg class="axis" aria-hidden="true">{"".join(out)}</svg>')


def ground_svg(axis: Axis) -> SafeString:
    """Months as hairlines, closed days as bands, today as one thin line through all lanes."""
    out: list[str] = []
    closed = sorted(set(axis.closed))
    i = 0
    while i < len(closed):
        j = i
        while j + 1 < len(closed) and (closed[j + 1] - closed[j]).days == 1:
            j += 1
        x, until = axis.at(closed[i]), axis.at(closed[j] + timedelta(days=1))
        out.append(f'<rect class="k-wk" x="{pc(x)}" y="0" width="{pc(min(until, 100) - x)}" height="100%"/>')
        i = j + 1
    every = 1 if axis.days <= 800 else 12
    for n in range(axis.from_on.year * 12, (axis.until_on.year + 1) * 12, every):
        on = date(n // 12, n % 12 + 1, 1)
        if axis.from_on < on < axis.until_on:
            out.append(
                f'<line class="k-grid" x1="{pc(axis.at(on))}" x2="{pc(axis.at(on))}" y1="0" y2="100%"/>'
            )
    if axis.today is not None:
        today = pc(axis.at(axis.today))
        out.append(f'<line class="k-today" x1="{today}" x2="{today}" y1="26" y2="100%"/>')
    return mark_safe(f'<svg class="back" aria-hidden="true">{"".join(out)}</svg>')
