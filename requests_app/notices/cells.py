"""Cells of a table that leaves the house: a spreadsheet program runs what looks like a formula."""

from __future__ import annotations

STARTS = ("=", "+", "-", "@", "\t", "\r")


def neutral(cell: object) -> str:
    """An apostrophe before a cell that a spreadsheet would run. Blanks in front do not hide the sign."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(STARTS) or text.lstrip().startswith(STARTS[:4]) else text
