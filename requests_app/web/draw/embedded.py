"""What an embedded picture holds: numbers, rows of a matrix, lines of clocks. `draw.alone` puts the frame around."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.html import escape
from django.utils.text import Truncator

from .axis import axis_svg, ground_svg
from .lane import lane_svg, mini_svg
from .shapes import Axis, LaneSpec, MiniSpec

LABELS = 250
LANE = 84
ROW = 30


class Number(NamedTuple):
    term: str
    n: str
    of: str
    note: str
    late: bool


class MatrixRow(NamedTuple):
    agency: str
    mini: MiniSpec
    stage: str
    late: bool


def numbers(said: Sequence[Number], width: int) -> tuple[str, int]:
    """Side by side: each number, what it is of, and what it counts."""
    column = width // max(1, len(said))
    out = []
    for i, one in enumerate(said):
        x = i * column
        tone = "big l" if one.late else "big"
        out.append(
            f'<text x="{x}" y="18">{escape(one.term)}</text>'
            f'<text x="{x}" y="66"><tspan class="{tone}">{escape(one.n)}</tspan>'
            f'<tspan dx="6" class="n">{escape(one.of)}</tspan></text>'
            + "".join(
                f'<text class="n" x="{x}" y="{92 + 18 * j}">{escape(line)}</text>'
                for j, line in enumerate(wrapped(one.note, column // 8)[:3])
            )
        )
    return f'<svg width="100%" height="140">{"".join(out)}</svg>', 140


def matrix(rows: Sequence[MatrixRow], axis: Axis, width: int) -> tuple[str, int]:
    """A line an agency: its name, its small clock, where it stands."""
    middle = width - LABELS - 270
    out = []
    for i, row in enumerate(rows):
        y = i * ROW
        tone = "l" if row.late else "n"
        out.append(
            f'<text x="0" y="{y + 19}">{escape(short(row.agency, 34))}</text>'
            f'<svg x="{LABELS}" y="{y + 4}" width="{middle}" height="22">{mini_svg(row.mini, axis)}</svg>'
            f'<text class="{tone}" x="{LABELS + middle + 20}" y="{y + 19}">{escape(short(row.stage, 36))}</text>'
        )
    height = len(rows) * ROW
    return f'<svg width="100%" height="{height}">{"".join(out)}</svg>', height


def clocks(lanes: Sequence[LaneSpec], axis: Axis, width: int) -> tuple[str, int]:
    """The lines of clocks on one axis, with their names before them."""
    height, wide = 34 + LANE * len(lanes), width - LABELS
    rows = "".join(
        f'<text class="b" x="0" y="{34 + LANE * i + 28}">{escape(short(lane.label, 34))}</text>'
        f'<text class="n" x="0" y="{34 + LANE * i + 47}">{escape(short(lane.sub, 38))}</text>'
        f'<svg x="{LABELS}" y="{34 + LANE * i}" width="{wide}" height="{LANE}" overflow="visible">'
        f"{lane_svg(lane, axis)}</svg>"
        for i, lane in enumerate(lanes)
    )
    ground = f'<svg x="{LABELS}" width="{wide}" height="{height}">{ground_svg(axis)}</svg>'
    scale = f'<svg x="{LABELS}" width="{wide}" height="34" overflow="visible">{axis_svg(axis)}</svg>'
    return f'<svg width="100%" height="{height}" overflow="visible">{ground}{scale}{rows}</svg>', height


def short(text: str, most: int) -> str:
    return str(Truncator(text).chars(most))


def wrapped(text: str, most: int = 130) -> list[str]:
    """Words as lines of about `most` letters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
