"""What the columns of a file look like: headings, examples, distinct words, and which order its dates keep."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .limits import CELL, COLUMNS, ROWS, Unreadable

EXAMPLES, WORDS, WORD_LENGTH = 5, 60, 160
THREE_NUMBERS = re.compile(r"\s*(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{2}|\d{4})\b")


def headings(cells: list[str]) -> list[str]:
    """Unique and never empty: a second "Date" becomes "Date (2)", a blank one "Column 5"."""
    made: list[str] = []
    for at, cell in enumerate(cells, start=1):
        name = " ".join(cell.split())[:120] or f"Column {at}"
        candidate, n = name, 1
        while candidate in made:
            n += 1
            candidate = f"{name} ({n})"
        made.append(candidate)
    return made


def head_and_body(rows: Iterable[dict[str, Any]], head_line: int | None) -> Any:
    """Yields the headings first, then each row below them, every row as long as the headings or marked."""
    names: list[str] | None = None
    seen = 0
    for row in rows:
        cells = row["cells"]
        if names is None:
            filled = sum(1 for cell in cells if cell.strip())
            if (head_line and row["line"] < head_line) or (not head_line and filled < 2 and seen < 20):
                seen += 1
                continue
            while cells and not cells[-1].strip():
                cells.pop()
            if len(cells) > COLUMNS:
                raise Unreadable("too_many_columns", f"The table has more than {COLUMNS} columns.")
            names = headings(cells)
            yield {"headings": names, "line": row["line"]}
            continue
        yield fitted(row, len(names))
    if names is None:
        # Only lines of a single column: the caller says what to do about the delimiter.
        raise Unreadable("one_column", "No line has more than one column. Choose what separates the columns.")


def fitted(row: dict[str, Any], width: int) -> dict[str, Any]:
    cells = row["cells"]
    if "broken" not in row:
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            row["broken"] = (
                f"The row has {len(cells)} cells under {width} headings: "
                "a delimiter or a quotation mark is out of place."
            )
        elif len(cells) < width and "said" not in row:
            row["short"] = f"The row has {len(cells)} of {width} cells: it may be cut off."
        if any(len(cell) > CELL for cell in cells):
            row["broken"] = f"A cell holds more than {CELL:,} characters."
    row["cells"] = [cell[:CELL] for cell in cells[:width]] + [""] * (width - len(cells))
    return row


def profile(
    rows: Iterable[dict[str, Any]], head_line: int | None, first: int | None = None
) -> dict[str, Any]:
    """first: look at no more rows than these; then `rows` is None, for the file has more."""
    body = iter(head_and_body(rows, head_line))
    head = next(body)
    columns: list[dict[str, Any]] = [
        {
            "heading": name,
            "filled": 0,
            "examples": [],
            "words": {},
            "day_first": 0,
            "month_first": 0,
            "unclear": 0,
        }
        for name in head["headings"]
    ]
    total = 0
    for row in body:
        if total == first:
            return {"head_line": head["line"], "columns": _told(columns), "rows": None}
        total += 1
        if total > ROWS:
            raise Unreadable("too_many_rows", f"The file has more than {ROWS:,} rows. Split it by year.")
        for column, cell in zip(columns, row["cells"], strict=True):
            if cell and not cell.isspace():
                _look(column, cell.strip())
    if not total:
        raise Unreadable("only_headings", "The file has headings, but no rows below them.")
    return {"head_line": head["line"], "columns": _told(columns), "rows": total}


def _told(columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for column in columns:
        if len(column["words"]) > WORDS:
            column["words"] = {}
            column["many"] = True
    return columns


def _look(column: dict[str, Any], cell: str) -> None:
    column["filled"] += 1
    if len(column["examples"]) < EXAMPLES:
        column["examples"].append(cell[:WORD_LENGTH])
    words = column["words"]
    if len(words) <= WORDS:
        word = cell[:WORD_LENGTH]
        words[word] = words.get(word, 0) + 1
    if match := THREE_NUMBERS.match(cell):
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second:
            column["day_first"] += 1
        elif second > 12 >= first:
            column["month_first"] += 1
        elif first != second:
            column["unclear"] += 1
