"""The map of states and fusion centers: outlines as links, points as links, coinciding points spread."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from requests_app.web.draw.shapes import MapPoint, StateFill, StateShape

VIEW_BOX = "-75 9 1037 602"
APART = 15.0  # least distance between two points, in the map's units; a point is 13 wide
ROUNDS = 40
LEADER_FROM = 7.0  # a point moved further than this keeps a line to where it belongs


def spread(points: Sequence[tuple[float, float]], apart: float = APART) -> list[tuple[float, float]]:
    """Push points apart until none lie closer than `apart`: each pair parts along the line between them,
    two on one spot along an angle of their own. The same input always gives the same picture."""
    at = [list(p) for p in points]
    for _round in range(ROUNDS):
        moved = False
        order = sorted(range(len(at)), key=lambda i: (at[i][0], i))
        for n, i in enumerate(order):
            for j in order[n + 1 :]:
                dx = at[j][0] - at[i][0]
                if dx >= apart:
                    break
                dy = at[j][1] - at[i][1]
                gap = math.hypot(dx, dy)
                if gap >= apart - 0.05:
                    continue
                if gap < 0.01:
                    turn = (i * 2.399 + j) % math.tau
                    dx, dy, gap = math.cos(turn), math.sin(turn), 1.0
                    push = apart / 2
                else:
                    push = (apart - gap) / 2
                ux, uy = dx / gap * push, dy / gap * push
                at[i][0], at[i][1] = at[i][0] - ux, at[i][1] - uy
                at[j][0], at[j][1] = at[j][0] + ux, at[j][1] + uy
                moved = True
        if not moved:
            break
    return [(round(x, 1), round(y, 1)) for x, y in at]


def _link(url: str, title: str, body: str) -> str:
    name = f"<title>{escape(title)}</title>{body}"
    return f'<a href="{escape(url)}">{name}</a>' if url else f"<g>{name}</g>"


def map_svg(
    states: Sequence[StateShape],
    fills: Mapping[str, StateFill],
    points: Sequence[MapPoint],
    *,
    label: str,
) -> SafeString:
    out: list[str] = []
    # Unasked states first, so that the heavier edge of an asked one is never painted over.
    for state in states:
        if state.code not in fills:
            out.append(f'<path class="s" d="{escape(state.path)}"/>')
    for state in states:
        fill = fills.get(state.code)
        if fill is None:
            continue
        path = escape(state.path)
        if fill.step is None:
            body = f'<path class="s s0" d="{path}"/><path class="sf" fill="url(#h-few)" d="{path}"/>'
        else:
            body = f'<path class="s s{fill.step}" d="{path}"/>'
        out.append(_link(fill.url, fill.title, body))
    leaders, shapes = [], []
    for point, (x, y) in zip(points, spread([(p.x, p.y) for p in points]), strict=True):
        if math.hypot(x - point.x, y - point.y) > LEADER_FROM:
            leaders.append(f'<line class="lead-l" x1="{point.x:g}" y1="{point.y:g}" x2="{x:g}" y2="{y:g}"/>')
        if point.late:
            shape = f'<path class="ptl" d="M{x:g} {y - 10:g}l10 10-10 10-10-10z"/>'
        else:
            shape = f'<circle class="{"pt" if point.asked else "pt un"}" cx="{x:g}" cy="{y:g}" r="6.5"/>'
        shapes.append(_link(point.url, point.title, shape))
    return mark_safe(
        f'<svg class="map" viewBox="{VIEW_BOX}" role="group" aria-label="{escape(label)}">'
        f"{''.join(out)}{''.join(leaders)}{''.join(shapes)}</svg>"
    )
