"""How long it takes, drawn: the share that still waits, day by day, with its interval and its median.

Paths stand in a frame that is stretched to the page, words beside it in percent of the width, so that type keeps its
size; however many requests are counted, a step is at least one unit of the frame, and a chart stays small.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from requests_app.statistics.survival import Curve, Step, ticks

TOP, HEIGHT = 14.0, 250.0
LEFT, ACROSS = 4.0, 94.0  # percent of the width
UNITS = 600
GRID = (1.0, 0.75, 0.5, 0.25)


@dataclass(frozen=True, slots=True)
class CurveWords:
    """sentence: the whole chart to whoever cannot see it. waiting: beside the 100%. median: two lines at the mark."""

    sentence: str
    waiting: str
    axis: str
    median: tuple[str, str] = ("", "")


def curve_svg(curve: Curve, words: CurveWords, *, units: int = UNITS) -> SafeString:
    """units: width of the frame; that of the picture, where it is drawn by itself and not stretched."""
    last = max(curve.steps[-1].day if curve.steps else 0, 1)
    days = ticks(last)
    most = max(days[-1], last, 1)
    return mark_safe(
        f'<svg class="km" overflow="visible" role="img" aria-label="{escape(words.sentence)}">{_grid()}'
        f'<svg x="{LEFT}%" y="{TOP}" width="{ACROSS}%" height="{HEIGHT - TOP}" viewBox="0 0 {units} {HEIGHT - TOP:g}" '
        f'preserveAspectRatio="none">{_paths(curve.steps, last, most, units)}</svg>'
        f"{_axis(days, most, words.axis)}{_shares(words.waiting)}{_median(curve, most, words.median)}</svg>"
    )


def _y(share: float) -> int:
    return round((1 - share) * (HEIGHT - TOP))


def _percent(day: float, most: int) -> str:
    return f"{LEFT + day / most * ACROSS:.2f}%"


def _paths(steps: Sequence[Step], last: int, most: int, units: int) -> str:
    def x(day: float) -> int:
        return round(day / most * units)

    band = [(x(s.day), s.low, s.high) for s in steps if s.low is not None and s.high is not None]
    out = ""
    if band:
        end = x(last)
        upper = _stairs([(at, high or 0.0) for at, _low, high in band], end)
        lower = _stairs([(at, low or 0.0) for at, low, _high in band], end)
        out += f'<path class="km-band" d="{_path([*upper, *reversed(lower)])}z"/>'
    line = _stairs([(0, 1.0), *((x(s.day), s.waiting) for s in steps if s.ended)], x(last))
    out += f'<path class="km-curve" vector-effect="non-scaling-stroke" d="{_path(line)}"/>'
    left = sorted({(x(s.day), _y(s.waiting)) for s in steps if s.left})
    if left:
        marks = "".join(f"M{at} {y - 6}v12" for at, y in left)
        out += f'<path class="km-left" vector-effect="non-scaling-stroke" d="{marks}"/>'
    return out


def _stairs(falls: Iterable[tuple[int, float]], end: int) -> list[tuple[int, int]]:
    """Corners of a falling line; falls within one unit of the width are one."""
    corners: list[tuple[int, int]] = []
    for at, share in falls:
        y = _y(share)
        if not corners:
            corners.append((at, y))
        elif y == corners[-1][1]:
            continue
        elif at == corners[-1][0]:
            corners[-1] = (at, y)
        else:
            corners += [(at, corners[-1][1]), (at, y)]
    if corners and corners[-1][0] < end:
        corners.append((end, corners[-1][1]))
    return corners


def _path(corners: Sequence[tuple[int, int]]) -> str:
    """Each corner lies straight beside or below the one before it: one number a corner."""
    (x, y), out = corners[0], [f"M{corners[0][0]} {corners[0][1]}"]
    for to_x, to_y in corners[1:]:
        if to_x != x:
            out.append(f"h{to_x - x}")
        if to_y != y:
            out.append(f"v{to_y - y}")
        x, y = to_x, to_y
    return "".join(out)


def _grid() -> str:
    return "".join(
        f'<line class="k-grid" x1="{LEFT}%" x2="{LEFT + ACROSS}%" y1="{_y(share) + TOP:g}" y2="{_y(share) + TOP:g}"/>'
        for share in GRID
    )


def _axis(days: Sequence[int], most: int, words: str) -> str:
    out = [f'<line class="km-ax" x1="{LEFT}%" x2="{LEFT + ACROSS}%" y1="{HEIGHT:g}" y2="{HEIGHT:g}"/>']
    for day in days:
        x = _percent(day, most)
        out.append(
            f'<line class="km-ax" x1="{x}" x2="{x}" y1="{HEIGHT:g}" y2="{HEIGHT + 5:g}"/>'
            f'<text x="{x}" y="{HEIGHT + 20:g}" text-anchor="middle">{day}</text>'
        )
    out.append(f'<text x="{LEFT + ACROSS}%" y="{HEIGHT + 38:g}" text-anchor="end">{escape(words)}</text>')
    return "".join(out)


def _shares(waiting: str) -> str:
    """The first on the left, where all wait; the others on the right, where few curves are as high."""
    out = [f'<text class="halo" x="{LEFT}%" y="{TOP - 5:g}" dx="2">100% {escape(waiting)}</text>']
    for share in GRID[1:]:
        y = _y(share) + TOP - 5
        out.append(f'<text class="halo" x="{LEFT + ACROSS}%" y="{y:g}" text-anchor="end">{share:.0%}</text>')
    return "".join(out)


def _median(curve: Curve, most: int, words: tuple[str, str]) -> str:
    if curve.median is None:
        return ""
    day = curve.median.days
    x, half = _percent(day, most), _y(0.5) + TOP
    # To the left the curve is higher than a half, to the right lower: the words stand where it is not.
    anchor, dx, ups = ("end", -10, (-20, -36)) if day / most > 0.6 else ("start", 10, (24, 8))
    out = [f'<line class="km-med" x1="{x}" x2="{x}" y1="{half:g}" y2="{HEIGHT:g}"/>']
    for said, up in zip(words, ups, strict=True):
        out.append(
            f'<text class="b halo" x="{x}" y="{half - up:g}" dx="{dx}" text-anchor="{anchor}">{escape(said)}</text>'
        )
    return "".join(out)
