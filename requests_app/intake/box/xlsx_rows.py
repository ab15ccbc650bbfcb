"""Excel workbooks: the archive is measured before anything is parsed; values, never formulas, are read."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, BinaryIO

from .limits import COLUMNS, MEMBERS, RATIO, RATIO_FROM, ROWS, UNPACKED, Unreadable

CHUNK = 256 * 1024
HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\bhidden=\"(?:1|true)\"[^>]*>")
ROW_NUMBER = re.compile(rb"\br=\"(\d+)\"")
FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
BOMB = "This workbook unpacks to far more than it weighs, which no request log does. It was not opened."
BROKEN = (
    "This workbook is damaged: it could not be opened. Open it in a spreadsheet program and save it again."
)

Row = dict[str, Any]


@dataclass(slots=True)
class Sheet:
    """What the bytes of a sheet tell before anything is parsed."""

    hidden: set[int] = field(default_factory=set)
    rows: int = 0
    formulas: bool = False


@cache
def measure(file: BinaryIO) -> dict[str, Sheet]:
    """Unpack every member into nothing, counting.

    The sizes that the archive claims are not believed; the names are only compared, never used as paths.
    """
    found: dict[str, Sheet] = {}
    file.seek(0, 2)
    packed = file.tell()
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS:
                raise Unreadable("bomb", BOMB)
            if "xl/workbook.xml" not in archive.namelist():
                raise Unreadable(
                    "not_a_workbook", "This is a zip archive, not an Excel workbook. Send the log itself."
                )
            total = 0
            for member in members:
                sheet = member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml")
                told, tail = Sheet(), b""
                with archive.open(member) as stream:
                    while chunk := stream.read(CHUNK):
                        total += len(chunk)
                        if total > UNPACKED or (total > RATIO_FROM and total > RATIO * packed):
                            raise Unreadable("bomb", BOMB)
                        if sheet:
                            text = tail + chunk
                            told.formulas = told.formulas or FORMULA.search(text) is not None
                            # Of the new bytes only: what overlaps was counted. A tag cut in two is missed.
                            told.rows += chunk.count(b"<row ")
                            for row in HIDDEN_ROW.findall(text):
                                if number := ROW_NUMBER.search(row):
                                    told.hidden.add(int(number[1]))
                            tail = text[-1024:]
                if sheet:
                    found[member.filename] = told
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError, RuntimeError):
        raise Unreadable("damaged", BROKEN) from None
    file.seek(0)
    return found


@cache
def _open(file: BinaryIO, *, values: bool) -> Any:
    from openpyxl import load_workbook

    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(file, read_only=True, data_only=values, keep_links=False)
    except MemoryError:
        raise
    except Exception:
        # Whatever the library trips over in a stranger's file, the answer to its sender is the same sentence.
        raise Unreadable("damaged", BROKEN) from None


def describe(file: BinaryIO, reading: dict[str, Any]) -> dict[str, Any]:
    found = measure(file)
    book = _open(file, values=True)
    sheets = [sheet.title for sheet in book.worksheets]
    if not sheets:
        raise Unreadable("no_sheet", "The workbook has no sheet with cells.")
    name = reading.get("sheet") or next(
        (sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"), sheets[0]
    )
    if name not in sheets:
        raise Unreadable("no_sheet", f"The workbook has no sheet “{name}”. It has: {', '.join(sheets[:20])}.")
    sheet = book[name]
    said = []
    if len(sheets) > 1:
        said.append(f"The workbook has {len(sheets)} sheets; this is “{name}”.")
    if sheet.sheet_state != "visible":
        said.append(f"The sheet “{name}” is hidden in the workbook.")
    told = found.get(_path(sheet), Sheet())
    if told.hidden:
        said.append(
            f"{len(told.hidden)} rows are hidden in the sheet; they are read all the same, and marked."
        )
    epoch = 1904 if book.epoch.year == 1904 else 1900
    if epoch == 1904:
        said.append("The workbook counts its dates from 1904.")
    return {
        "form": "xlsx",
        "sheet": name,
        "sheets": sheets,
        "epoch": epoch,
        "said": said,
        "trouble": "",
        "about": told.rows,
    }


def _path(sheet: Any) -> str:
    return str(getattr(sheet, "_worksheet_path", "")).lstrip("/")


def rows(file: BinaryIO, reading: dict[str, Any]) -> Iterator[Row]:
    found = measure(file)
    book = _open(file, values=True)
    told = found.get(_path(book[reading["sheet"]]), Sheet())
    values = _rows_of(book, reading["sheet"])
    # A second pass over the same sheet, side by side, tells which values are results of formulas.
    formulas = _rows_of(_open(file, values=False), reading["sheet"]) if told.formulas else None
    seen = 0
    try:
        for number, row in enumerate(values, start=1):
            made: Row = {"line": number, "cells": [_plain(cell.value) for cell in row]}
            if formulas is not None:
                beside = next(formulas, ())
                marks = {
                    at: "formula" if made["cells"][at] != "" else "formula_empty"
                    for at, cell in enumerate(beside)
                    if at < len(made["cells"]) and getattr(cell, "data_type", "") == "f"
                }
                if marks:
                    made["marks"] = marks
            if not any(cell.strip() for cell in made["cells"]) and "marks" not in made:
                continue
            if number in told.hidden:
                made["said"] = "This row is hidden in the sheet."
            seen += 1
            if seen > ROWS + 50:
                raise Unreadable("too_many_rows", f"The sheet has more than {ROWS:,} rows. Split it by year.")
            yield made
    except (MemoryError, Unreadable):
        raise
    except Exception:
        raise Unreadable("damaged", BROKEN) from None


def _rows_of(book: Any, name: str) -> Iterator[Any]:
    sheet = book[name]
    # A sheet may claim a million empty columns; what it claims is not believed.
    sheet.reset_dimensions()
    return iter(sheet.iter_rows(max_col=COLUMNS + 1))


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        return (
            value.date().isoformat()
            if value.time() == dt.time()
            else value.isoformat(sep=" ", timespec="minutes")
        )
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).replace("\x00", "")
