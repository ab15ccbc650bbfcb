"""The picture that stands beside a link to a page: 1200 by 630, as social media and messengers ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.html import escape
from django.utils.translation import gettext as _

from .embedded import short, wrapped

WIDTH, HEIGHT, MARGIN = 1200, 630, 72
STYLE = """
text{font-family:"Source Serif 4","Source Serif Pro",Georgia,serif;fill:#14202f}
.k{font-size:30px;fill:#414d5d}.t{font-size:62px;font-weight:600}.a{font-size:30px;fill:#414d5d}
.n{font-size:46px;font-weight:600}.w{font-size:24px;fill:#414d5d}.s{font-size:26px;fill:#5c6675}
"""


class Card(NamedTuple):
    """above: what kind of page. numbers: each with its words; what is long is cut."""

    above: str
    title: str
    about: str
    numbers: Sequence[tuple[str, str]]
    is_sample: bool


def card_svg(card: Card, site: str) -> str:
    title = wrapped(short(card.title, 90), 34)[:3]
    y = 132
    out = [f'<text class="k" x="{MARGIN}" y="{y - 34}">{escape(short(card.above, 64))}</text>']
    for line in title:
        y += 66
        out.append(f'<text class="t" x="{MARGIN}" y="{y - 22}">{escape(line)}</text>')
    room = max(0, 3 - len(title)) + 1
    for line in wrapped(short(card.about, 72 * room), 74)[:room]:
        y += 40
        out.append(f'<text class="a" x="{MARGIN}" y="{y - 8}">{escape(line)}</text>')
    column = (WIDTH - 2 * MARGIN) // max(1, len(card.numbers))
    for i, (n, words) in enumerate(card.numbers):
        x = MARGIN + i * column
        out.append(f'<text class="n" x="{x}" y="470">{escape(short(n, column // 21))}</text>')
        out.append(f'<text class="w" x="{x}" y="506">{escape(short(words, column // 11))}</text>')
    mark = f" · {_('Sample, invented')}" if card.is_sample else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/>'
        f'<rect width="100%" height="14" fill="#14202f"/>{"".join(out)}'
        f'<line x1="{MARGIN}" x2="{WIDTH - MARGIN}" y1="546" y2="546" stroke="#dcd9d0" stroke-width="2"/>'
        f'<text class="s" x="{MARGIN}" y="590">{escape(site + mark)}</text></svg>'
    )
