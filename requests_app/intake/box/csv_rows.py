"""Delimited text: encoding, delimiter, records over several lines, stray NUL bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from .kinds import encoding_of
from .limits import CELL, ROWS, Unreadable

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
SNIFFED = 60
# A quote that is never closed would otherwise swallow the rest of the file into one cell.
csv.field_size_limit(CELL * 2)

Row = dict[str, Any]


def describe(file: BinaryIO, reading: dict[str, Any]) -> dict[str, Any]:
    """What the file is read as. `reading` holds what a person has chosen; the rest is found out."""
    said: list[str] = []
    encoding, about = encoding_of(file)
    if reading.get("encoding"):
        encoding = reading["encoding"]
    elif about:
        said.append(about)
    widths = {mark: _width(_records(file, encoding, mark, SNIFFED)) for mark in DELIMITERS}
    best = max(widths, key=lambda mark: widths[mark])
    delimiter = reading.get("delimiter") or best
    if delimiter == best and widths[best][0] > 0 and best != "," and not reading.get("delimiter"):
        said.append(f"The columns are separated by {DELIMITERS[best]}.")
    one_column = (
        "With {} every line is one column. Choose what separates the columns."
        if widths[delimiter][1] < 2
        else ""
    )
    trouble = ""
    if one_column:
        trouble = one_column.format(DELIMITERS[delimiter])
        if widths[best][1] > 1:
            trouble += f" {DELIMITERS[best].capitalize()} would give {widths[best][1]}."
    return {
        "form": "csv",
        "encoding": encoding,
        "delimiter": delimiter,
        "trouble": trouble,
        "said": said,
        "epoch": 1900,
    }


def _width(records: Iterator[Row]) -> tuple[float, int]:
    """(how much this looks like a table, its width): records that agree count more than width does.

    A comma is in most sentences; what separates columns is in the headings too.
    """
    counts: dict[int, int] = {}
    total = 0
    for record in records:
        total += 1
        width = len(record.get("cells", ()))
        if width > 1:
            counts[width] = counts.get(width, 0) + 1
    if not counts:
        return 0, 0
    width = max(counts, key=lambda w: (counts[w], w))
    return (counts[width] / total) ** 4 * min(width, 20), width


def rows(file: BinaryIO, reading: dict[str, Any]) -> Iterator[Row]:
    """Every record with the number of its first line, blank ones left out."""
    for seen, record in enumerate(_records(file, reading["encoding"], reading["delimiter"]), start=1):
        # Title lines stand above the headings in many logs: they do not count against the limit.
        if seen > ROWS + 50:
            raise Unreadable("too_many_rows", f"The file has more than {ROWS:,} rows. Split it by year.")
        yield record


def _records(file: BinaryIO, encoding: str, delimiter: str, first: int | None = None) -> Iterator[Row]:
    file.seek(0)
    try:
        text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    except LookupError:
        raise Unreadable("encoding", f"There is no encoding called {encoding}.") from None
    try:
        yield from _read(text, delimiter, first)
    except (LookupError, UnicodeError):
        raise Unreadable("encoding", f"The file cannot be read as {encoding}.") from None
    finally:
        text.detach()


def _read(text: io.TextIOWrapper, delimiter: str, first: int | None) -> Iterator[Row]:
    nul = [False]

    def lines() -> Iterator[str]:
        for line in text:
            if "\x00" in line:
                nul[0] = True
                line = line.replace("\x00", "")
            yield line

    reader = csv.reader(lines(), delimiter=delimiter, strict=False)
    given = 0
    while first is None or given < first:
        nul[0] = False
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield {
                "line": line,
                "cells": [],
                "broken": f"A quotation mark opened here is not closed within {CELL:,} characters, "
                f"so nothing up to line {reader.line_num} could be told apart.",
            }
            continue
        if not any(cell.strip() for cell in cells):
            continue
        given += 1
        row: Row = {"line": line, "cells": cells}
        if nul[0]:
            row["said"] = "NUL bytes in this line were left out."
        if any("\ufffd" in cell for cell in cells):
            row["said"] = "Some bytes of this line are no letters in the chosen encoding; they show as �."
        if reader.line_num - line > 30:
            row["said"] = (
                f"This row runs over {reader.line_num - line + 1} lines: a quotation mark may be missing."
            )
        yield row
