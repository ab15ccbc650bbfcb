"""One clock as one line. Dates stand above the line, reasons below it, how late beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from requests_app.web.draw.axis import NARROW, WIDE, axis_svg, ground_svg, pc, text_px
from requests_app.web.draw.shapes import (
    Axis,
    ChartRow,
    ClockChart,
    LaneSpec,
    Mark,
    MiniSpec,
    Owner,
    Place,
    Say,
    Segment,
)

Y = 33.0
BASELINE: dict[Place, float] = {"above": 16, "below": 57, "beside": 37.5, "lower": 72}


def _tone(owner: Owner) -> str:
    return "ours" if owner == "ours" else ""


def _cls(*names: str) -> str:
    return " ".join(n for n in names if n)


def _clip(axis: Axis, a: date, b: date) -> tuple[float, float] | None:
    """Percent from and width of a stretch inside the axis; None when nothing of it is."""
    x, until = max(0.0, axis.at(a)), min(100.0, axis.at(b))
    return (x, until - x) if until > x else None


def _segment(axis: Axis, s: Segment, owner: Owner, y: float, scale: float) -> str:
    clipped = _clip(axis, s.from_on, s.to_on)
    if clipped is None:
        return ""
    x, w = pc(clipped[0]), pc(clipped[1])
    tone = _tone(owner)
    h = 8 * scale
    if s.kind == "used" or s.kind == "late":
        cls = _cls("k-run", "late" if s.kind == "late" else tone)
        return f'<rect class="{cls}" x="{x}" y="{y - h / 2:g}" width="{w}" height="{h:g}"/>'
    if s.kind == "left":
        # Half the stroke lies outside a rectangle, so a hollow bar is drawn that much lower and thinner.
        return (
            f'<rect class="{_cls("k-ahead", tone)}" x="{x}" y="{y - h / 2 + 0.75:g}" '
            f'width="{w}" height="{h - 1.5:g}"/>'
        )
    if s.kind == "extension":
        rail = 2.5 * scale
        return "".join(
            f'<rect class="{_cls("k-rail", tone)}" x="{x}" y="{top:g}" width="{w}" height="{rail:g}"/>'
            for top in (y - h / 2, y + h / 2 - rail)
        )
    hatch = f'fill="url(#h-{tone or "ink"})"'
    if s.kind == "pause":
        bar = f'<rect {hatch} x="{x}" y="{y - h / 2:g}" width="{w}" height="{h:g}"/>'
        return bar + "".join(
            _stroke(axis, "k-start", on, tone, y, 8 * scale, 8 * scale) for on in (s.from_on, s.to_on)
        )
    if s.kind == "doubt":
        return f'<rect class="{_cls("k-box", tone)}" {hatch} x="{x}" y="{y - h:g}" width="{w}" height="{h * 2:g}"/>'
    end = pc(clipped[0] + clipped[1])
    return f'<line class="{_cls("k-dot", tone)}" x1="{x}" x2="{end}" y1="{y:g}" y2="{y:g}"/>'


def _stroke(axis: Axis, name: str, on: date, tone: str, y: float, up: float, down: float) -> str:
    if not axis.holds(on):
        return ""
    x = pc(axis.at(on))
    return f'<line class="{_cls(name, tone)}" x1="{x}" x2="{x}" y1="{y - up:g}" y2="{y + down:g}"/>'


def _mark(axis: Axis, m: Mark, owner: Owner, y: float, scale: float) -> str:
    tone = m.tone if m.tone in ("ours", "late") else _tone(owner)
    if m.kind in ("due", "due_other"):
        if m.on > axis.until_on or m.on < axis.from_on:
            return _beyond(m.on > axis.until_on, tone, y)
        name = "k-due was" if m.kind == "due_other" else "k-due"
        return _stroke(axis, name, m.on, tone, y, 13 * scale, 9 * scale)
    if m.kind == "start":
        return _stroke(axis, "k-start", m.on, tone, y, 8 * scale, 8 * scale)
    if not axis.holds(m.on):
        return ""
    x = pc(axis.at(m.on))
    if m.kind == "filed":
        r = 7 * scale
        return (
            f'<svg x="{x}" y="{y:g}" overflow="visible"><path class="{_cls("k-met", tone)}" '
            f'd="M0-{r:g}L{r:g} 0 0 {r:g}-{r:g} 0z"/></svg>'
        )
    return f'<circle class="{_cls("k-met", tone)}" cx="{x}" cy="{y:g}" r="{6 * scale:g}"/>'


def _beyond(right: bool, tone: str, y: float) -> str:
    """Two chevrons at the edge: the date lies further out than the drawing."""
    path = "M-11-6l6 6-6 6M-5-6l6 6-6 6" if right else "M11-6l-6 6 6 6M5-6l-6 6 6 6"
    return (
        f'<svg x="{"100%" if right else "0%"}" y="{y:g}" overflow="visible">'
        f'<path class="{_cls("k-beyond", tone)}" d="{path}"/></svg>'
    )


class _Spot(NamedTuple):
    """Where words could stand: above, below or beside the line, by which end, shifted by how many pixels."""

    place: Place
    anchor: str
    dx: float


class _Room:
    """Which pixels of a row words already hold, at a desk's width and at a phone's."""

    def __init__(self) -> None:
        self.taken: dict[tuple[Place, float], list[tuple[float, float]]] = {}

    @staticmethod
    def span(percent: float, say: Say, spot: _Spot, width: float) -> tuple[float, float]:
        x, w = percent / 100 * width + spot.dx, text_px(say.text)
        left = x if spot.anchor == "start" else x - w if spot.anchor == "end" else x - w / 2
        return left, left + w

    def free(self, place: Place, width: float, span: tuple[float, float]) -> bool:
        if span[0] < -4 or span[1] > width + 4:
            return False
        return all(span[1] + 6 <= a or span[0] - 6 >= b for a, b in self.taken.get((place, width), []))

    def hold(self, place: Place, width: float, span: tuple[float, float]) -> None:
        self.taken.setdefault((place, width), []).append(span)


def _spots(say: Say, percent: float) -> list[_Spot]:
    """Where these words could stand, best first."""
    if say.place == "above":
        right, left = _Spot("above", "start", 6), _Spot("above", "end", -6)
        near_end = percent / 100 * NARROW + 6 + text_px(say.text) > NARROW
        found = [left, right] if near_end else [right, left]
        found.append(_Spot("below", "end" if near_end else "start", 0))
    elif say.place == "beside":
        found = [_Spot("beside", "start", 7), _Spot("below", "end", -5), _Spot("below", "start", 0)]
        found.append(_Spot("above", "end", -6))
    elif say.optional:
        found = [_Spot("below", "start", -2), _Spot("below", "end", 4)]
    else:
        found = [_Spot("below", "end", 4), _Spot("below", "start", -2)]
        found += [_Spot("above", "start", 6), _Spot("above", "end", -6)]
    if say.anchor:
        found.sort(key=lambda spot: spot.anchor != say.anchor)
    if not say.optional:
        # A second line of words below, for which the lane grows.
        found += [_Spot("lower", "end", 4), _Spot("lower", "start", -2)]
    return found


def _place(room: _Room, say: Say, percent: float) -> tuple[_Spot, bool] | None:
    """The best spot that is free on a desk, preferring one that is free on a phone too, and whether it is."""
    second: _Spot | None = None
    for spot in _spots(say, percent):
        if room.free(spot.place, WIDE, room.span(percent, say, spot, WIDE)):
            if say.optional or room.free(spot.place, NARROW, room.span(percent, say, spot, NARROW)):
                return spot, True
            second = second or spot
    if second is not None:
        return second, False
    # A due date is never left out, even where words meet: the halo keeps the later one readable.
    return None if say.optional else (_spots(say, percent)[0], True)


def _says(axis: Axis, says: Sequence[Say]) -> str:
    room, out = _Room(), []
    for say in sorted(says, key=lambda s: (s.optional, s.place == "below")):
        percent = min(100.0, max(0.0, axis.at(say.on)))
        placed = _place(room, say, percent)
        if placed is None:
            continue
        spot, fits = placed
        hidden_on_phones = say.optional or (not fits and say.tone == "")
        for width in (WIDE,) if hidden_on_phones else (WIDE, NARROW):
            room.hold(spot.place, width, room.span(percent, say, spot, width))
        tone = {"strong": "b", "late": "late", "ours": "ours"}.get(say.tone, "")
        cls = _cls("halo", tone, "wide" if hidden_on_phones else "")
        shift = f' dx="{spot.dx:g}"' if spot.dx else ""
        out.append(
            f'<text class="{cls}" x="{pc(percent)}"{shift} y="{BASELINE[spot.place]:g}" '
            f'text-anchor="{spot.anchor}">{escape(say.text)}</text>'
        )
    return "".join(out)


ORDER = {"not_open": 0, "used": 1, "left": 2, "extension": 3, "pause": 4, "doubt": 5, "late": 6}


def lane_svg(spec: LaneSpec, axis: Axis) -> SafeString:
    segments = sorted(spec.segments, key=lambda s: (ORDER[s.kind], s.from_on))
    body = "".join(_segment(axis, s, spec.owner, Y, 1.0) for s in segments)
    body += "".join(_mark(axis, m, spec.owner, Y, 1.0) for m in spec.marks)
    if any(s.kind == "late" and s.to_on > axis.until_on for s in segments):
        body += _beyond(True, "over", Y)
    said = _says(axis, spec.says)
    grown = " tall" if f'y="{BASELINE["lower"]:g}"' in said else ""
    return mark_safe(
        f'<svg class="lane{grown}" role="img" aria-label="{escape(spec.sentence)}">{body}{said}</svg>'
    )


def mini_svg(spec: MiniSpec, axis: Axis) -> SafeString:
    """22 pixels high; the row beside it says the same in words, so readers skip it."""
    y, scale = 11.0, 0.625
    segments = sorted(spec.segments, key=lambda s: (ORDER[s.kind], s.from_on))
    body = "".join(_segment(axis, s, spec.owner, y, scale) for s in segments)
    body += "".join(_mark(axis, m, spec.owner, y, scale) for m in spec.marks)
    if axis.today is not None:
        x = pc(axis.at(axis.today))
        body += f'<line class="k-today" x1="{x}" x2="{x}" y1="0" y2="22"/>'
    return mark_safe(f'<svg class="mini" aria-hidden="true">{body}</svg>')


def clock_chart(lanes: Sequence[LaneSpec], axis: Axis) -> ClockChart:
    return ClockChart(
        axis=axis_svg(axis),
        ground=ground_svg(axis),
        rows=tuple(
            ChartRow(s.label, s.sub, s.owner, lane_svg(s, axis), s.sentence, s.key, s.url) for s in lanes
        ),
        from_on=axis.from_on,
        until_on=axis.until_on,
    )
