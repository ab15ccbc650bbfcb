"""The box's own door: one order on the command line, the file on standard input, JSON lines on standard output."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from . import csv_rows, xlsx_rows
from .kinds import kind_of
from .limits import Unreadable, close_the_box
from .profile import head_and_body, profile

# A workbook is slow to read, and somebody waits for its columns; text is read whole.
LOOKED_AT = 20_000


def run(order: str, reading: dict[str, Any]) -> None:
    file = os.fdopen(0, "rb", closefd=False)
    kind = kind_of(file)
    reader = xlsx_rows if kind == "xlsx" else csv_rows
    if order == "peek":
        reading = {**reading, **reader.describe(file, reading)}
        try:
            found = profile(
                reader.rows(file, reading), reading.get("head_line"), LOOKED_AT if kind == "xlsx" else None
            )
        except Unreadable as refused:
            # A wrong delimiter can be mended on the page; show the file as it reads now.
            if refused.code != "one_column" or kind == "xlsx":
                raise
            reading["trouble"] = reading["trouble"] or refused.sentence
            found = profile(reader.rows(file, reading), _first_line(reader.rows(file, reading)))
        about = reading.pop("about", 0)
        if found["rows"] is None:
            found["rows"] = max(about - 1, LOOKED_AT)
            reading["said"].append(
                f"The columns were looked at in the first {LOOKED_AT:,} rows; the dry run looks at all."
            )
        say({"reading": {**reading, "head_line": found.pop("head_line")}, **found})
        return
    for row in head_and_body(reader.rows(file, reading), reading.get("head_line")):
        say(row)
    say({"end": True})


def _first_line(rows: Any) -> int:
    return int(next(rows)["line"])


def say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what, ensure_ascii=True, separators=(",", ":")) + "\n")


def main() -> None:
    close_the_box()
    try:
        run(sys.argv[1], json.loads(sys.argv[2]))
    except Unreadable as refused:
        say({"refused": {"code": refused.code, "sentence": refused.sentence}})
    except (MemoryError, RecursionError):
        say(
            {
                "refused": {
                    "code": "too_large",
                    "sentence": "The file needs more memory than a request log should.",
                }
            }
        )
    sys.stdout.flush()
