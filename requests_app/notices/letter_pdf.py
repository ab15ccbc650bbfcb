"""A letter on paper: address block, the day with its weekday, the reference, numbered pages.

The typeface covers Latin, Greek and Cyrillic. What it lacks is drawn as an empty box, and `missing` names it, so that
the person who prints is told; nothing in a letter may make the printing fail.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import XPos, YPos

FONTS = Path(__file__).parent / "fonts"
REGULAR, BOLD = FONTS / "SourceSerifPro-Regular.ttf", FONTS / "SourceSerifPro-Semibold.ttf"
FAMILY = "Serif"
SIZE, LEADING = 11, 5.4
MARGIN = 25.4


@dataclass(frozen=True, slots=True)
class Page:
    """What the paper says. sender, recipient: the lines of the two blocks."""

    sender: Sequence[str]
    recipient: Sequence[str]
    on: dt.date
    reference: str
    subject: str
    body: str
    has_head: bool = False  # the body begins with day, address and subject of its own
    way: str = ""
    enclosures: Sequence[str] = ()


def missing(*texts: str) -> tuple[str, ...]:
    """Characters that the typeface lacks, each once, in the order of the text."""
    known = _known()
    found = {
        char: None
        for text in texts
        for char in text
        if ord(char) not in known and not char.isspace() and unicodedata.category(char)[0] not in "CM"
    }
    return tuple(found)


@lru_cache(maxsize=1)
def _known() -> frozenset[int]:
    with TTFont(REGULAR, lazy=True) as font:
        return frozenset(font.getBestCmap())


class _Paper(FPDF):
    def __init__(self, reference: str) -> None:
        super().__init__(orientation="portrait", unit="mm", format="letter")
        self.reference = reference
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, margin=MARGIN)
        self.add_font(FAMILY, "", REGULAR)
        self.add_font(FAMILY, "B", BOLD)
        self.alias_nb_pages()

    def footer(self) -> None:
        self.set_y(-18)
        self.set_font(FAMILY, "", 8.5)
        self.set_text_color(90)
        words = _("Reference %(reference)s · page %(n)d of %(all)s") % {
            "reference": self.reference, "n": self.page_no(), "all": "{nb}",
        }  # fmt: skip
        self.cell(0, 5, words, align="C")
        self.set_text_color(0)


def draw(page: Page) -> bytes:
    paper = _Paper(page.reference)
    paper.set_title(page.subject[:300])
    paper.set_creator("")
    # The same letter makes the same bytes, so that its hash says something.
    paper.set_creation_date(dt.datetime(page.on.year, page.on.month, page.on.day, tzinfo=dt.UTC))
    paper.add_page()
    _lines(paper, page.sender, bold_first=True)
    paper.ln(4)
    if page.way:
        _lines(paper, [page.way], bold_first=True)
    if not page.has_head:
        _lines(paper, [date_format(page.on, "l, F j, Y")])
        paper.ln(4)
        _lines(paper, page.recipient)
        paper.ln(4)
        _write(paper, page.subject, style="B", size=12)
    _write(paper, _("Our reference: %(reference)s") % {"reference": page.reference}, size=9.5)
    paper.ln(3)
    for paragraph in page.body.split("\n"):
        if paragraph.strip():
            _write(paper, paragraph.rstrip())
        else:
            paper.ln(LEADING * 0.6)
    if page.enclosures:
        paper.ln(LEADING)
        _write(paper, _("Enclosed:"), style="B")
        _lines(paper, page.enclosures)
    return bytes(paper.output())


def _lines(paper: FPDF, lines: Sequence[str], *, bold_first: bool = False) -> None:
    for place, line in enumerate(line for line in lines if line.strip()):
        _write(paper, line, style="B" if bold_first and place == 0 else "")


def _write(paper: FPDF, text: str, *, style: Any = "", size: float = SIZE) -> None:
    paper.set_font(FAMILY, style, size)
    paper.multi_cell(
        0, LEADING * size / SIZE, _printable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT,
    )  # fmt: skip


def _printable(text: str) -> str:
    # Marks of direction and joining have no shape of their own; a tab is some space.
    text = text.replace("\t", "    ")
    return "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Cn"))
