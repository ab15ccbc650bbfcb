"""A figure by itself, as a file: with its title, its source and its colors, and as a picture."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import resvg_py
from django.utils.html import escape

from requests_app.notices import letter_pdf

WIDTH = 1000
MARGIN = 32
# The light theme of static/css/tokens.css: a file knows no page, and no reader's wishes.
STYLE = """
text{font:14px "Source Sans 3","Source Serif Pro",Georgia,serif;fill:#414d5d}
.t{font-size:24px;font-weight:600;fill:#14202f}.b{font-weight:600;fill:#14202f}.n{font-size:13px;fill:#5c6675}
.halo{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}
.k-grid{stroke:#e6e3db}.km-ax{stroke:#83817a}.km-curve{fill:none;stroke:#14202f;stroke-width:2.5}
.km-band{fill:#ccd5de;fill-opacity:.6}.km-left{fill:none;stroke:#14202f;stroke-width:1.5}
.km-med{stroke:#14202f;stroke-width:1.5;stroke-dasharray:4 3}
.b-bg{fill:#f6f5f1}.b-ink{fill:#33485f}.b-mid{fill:#9badbf}.b-late{fill:#b3211a}
.s{fill:#fff;stroke:#a9b2bd;stroke-width:.9}.s0{fill:#eceae4}.s1{fill:#ccd5de}.s2{fill:#9badbf}.s3{fill:#64798f}
.s4{fill:#33485f}.big{font-size:42px;font-weight:600;fill:#14202f}.l{fill:#b3211a}.k-run{fill:#14202f}.k-run.late{fill:#b3211a}
.k-ahead{fill:#fff;stroke:#14202f;stroke-width:1.5}.k-rail{fill:#14202f}
.k-dot{stroke:#5c6675;stroke-width:2;stroke-dasharray:1 5;stroke-linecap:round}
.k-due{stroke:#14202f;stroke-width:2.5}.k-due.late{stroke:#b3211a}
.k-due.was{stroke:#83817a;stroke-width:1.5;stroke-dasharray:3 2}.k-start{stroke:#14202f;stroke-width:1.5}
.k-met{fill:#fff;stroke:#14202f;stroke-width:2.5}.k-met.late{stroke:#b3211a}
.k-hatch{stroke:#414d5d;stroke-width:1.4}.k-box{stroke:#414d5d;stroke-width:1.2}
.k-wk{fill:#f6f5f1}.k-today{stroke:#14202f}.k-beyond{fill:none;stroke:#14202f;stroke-width:2}
.pt{fill:#fff;stroke:#14202f;stroke-width:2.4}.pt.un{stroke:#a9b2bd}
.ptl{fill:#b3211a;stroke:#fff;stroke-width:2.2}.lead-l{stroke:#5c6675}.few{stroke:#a9b2bd;stroke-width:2}
"""
HATCH = (
    '<defs><pattern id="h-few" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="7" height="7" fill="#fff"/><line class="few" x1="0" y1="0" x2="0" y2="7"/></pattern>'
    '<pattern id="h-ink" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<line class="k-hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>'
)
# The same tokens in the dark.
DARK = {
    "#fff": "#10161e", "#f6f5f1": "#171f29", "#e6e3db": "#26313e", "#83817a": "#74818f", "#14202f": "#edf0f4",
    "#414d5d": "#bcc5d0", "#5c6675": "#98a4b2", "#b3211a": "#ff9080", "#a9b2bd": "#5d6a79", "#eceae4": "#202a36",
    "#ccd5de": "#34465a", "#9badbf": "#54708c", "#64798f": "#86a2bd", "#33485f": "#c5d5e5",
}  # fmt: skip


def colored(drawn: str, *, dark: bool) -> str:
    """Never handed a word of anybody's: only what is written here names a color."""
    return re.sub(r"#[0-9a-f]{6}\b|#fff\b", lambda found: DARK.get(found[0], found[0]), drawn) if dark else drawn


def alone(
    inner: str, *, height: int, title: str, notes: list[str], foot: str, legend: str = "", dark: bool = False
) -> str:
    """inner: an <svg> that fills whatever it is put into. notes: lines beneath the title; foot: where it is from."""
    head = MARGIN + 34 + 19 * len(notes)
    whole = head + height + (56 if legend else 0) + 52
    lines = "".join(
        f'<text class="n" x="{MARGIN}" y="{MARGIN + 30 + 19 * i}">{escape(line)}</text>'
        for i, line in enumerate(notes)
    )
    frame = f'x="{MARGIN}" y="{head}" width="{WIDTH - 2 * MARGIN}" height="{height}"'
    within = f'<svg {frame} overflow="visible">{inner}</svg>'
    ground = colored(f'<style>{STYLE}</style>{HATCH}<rect width="100%" height="100%" fill="#fff"/>', dark=dark)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{whole}" viewBox="0 0 {WIDTH} {whole}">'
        f"<title>{escape(title)}</title>{ground}"
        f'<text class="t" x="{MARGIN}" y="{MARGIN + 8}">{escape(title)}</text>{lines}{within}'
        f'<g transform="translate({MARGIN} {head + height + 8})">{legend}</g>'
        f'<text class="n" x="{MARGIN}" y="{whole - 18}">{escape(foot)}</text></svg>'
    )


def legend(items: list[tuple[str, str]]) -> str:
    """Steps of the map and what each means: (class, words), on two lines where one is too short."""
    out, x, y = [], 0, 0
    for name, words in items:
        if x and x + 29 + 7 * len(words) > WIDTH - 2 * MARGIN:
            x, y = 0, y + 22
        fill = ' fill="url(#h-few)" stroke="#a9b2bd"' if name == "few" else f' class="s {name}"'
        said = f'<text class="n" x="{x + 29}" y="{y + 12}">{escape(words)}</text>'
        out.append(f'<rect{fill} x="{x}" y="{y}" width="22" height="14"/>{said}')
        x += 44 + 7 * len(words)
    return "".join(out)


def bars(rows: list[tuple[str, int, int, str]], full: int) -> tuple[str, int]:
    """Bars (label, n, of, tone), and how high they are. full: what the whole width stands for, in percent."""
    out = []
    for i, (label, n, of, tone) in enumerate(rows):
        y = i * 32
        width = n / of * 100 / full * 560 if of else 0
        out.append(
            f'<text x="0" y="{y + 16}">{escape(label)}</text>'
            f'<rect class="b-bg" x="260" y="{y}" width="560" height="22"/>'
            f'<rect class="b-{escape(tone)}" x="260" y="{y}" width="{width:.1f}" height="22"/>'
            f'<text class="b" x="836" y="{y + 16}">{n}/{of}</text>'
        )
    return f'<svg width="100%" height="{len(rows) * 32}">{"".join(out)}</svg>', len(rows) * 32


def png(svg: str, zoom: int = 2) -> bytes:
    """The picture, by default twice as fine as the drawing, in the letters of our own paper: none of the machine's."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg, zoom=zoom, skip_system_fonts=True, font_files=list(_fonts()),
            font_family="Source Serif Pro", serif_family="Source Serif Pro", sans_serif_family="Source Serif Pro",
        )
    )  # fmt: skip


@cache
def _fonts() -> tuple[str, ...]:
    return tuple(str(Path(path)) for path in (letter_pdf.REGULAR, letter_pdf.BOLD))
