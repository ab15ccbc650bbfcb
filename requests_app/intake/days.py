"""Days as people type them in logs: several forms, Excel day numbers, and the order of day and month."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from requests_app.clock import words

EXCEL = re.compile(r"\d{5}(?:\.\d+)?")
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
NUMBERS = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{2}|\d{4})(?:\s+\d{1,2}:.*)?")
WORDS_US = re.compile(
    r"(?:[a-z]+,?\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:\s.*)?", re.I
)
WORDS_EU = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s\-]+([a-z]{3,9})\.?,?[\s\-]+(\d{4}|\d{2})(?:\s.*)?", re.I)
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
FIRST_YEAR = 1966  # the year of the first of these laws; an open request cannot be older
EXCEL_RANGE = range(20_000, 60_000)


class NotADay(Exception):
    """`sentence` says what is wrong with the cell."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Order:
    """How 03/04/2017 is read, and how sure that is."""

    day_first: bool
    why: str
    sure: bool


def order_of(columns: list[dict[str, Any]], chosen: str = "") -> Order:
    """Decided for all date columns of a file together: one program wrote them all."""
    day_first = sum(column["day_first"] for column in columns)
    month_first = sum(column["month_first"] for column in columns)
    unclear = sum(column["unclear"] for column in columns)
    if chosen in ("day", "month"):
        return Order(chosen == "day", "As you chose.", True)
    if day_first and month_first:
        return Order(
            False,
            f"{day_first} dates can only be day/month and {month_first} only month/day: "
            "choose which holds; dates that cannot be read so are refused row by row.",
            False,
        )
    if day_first:
        return Order(True, f"Dates read as day/month: {day_first} of them can be nothing else.", True)
    if month_first:
        return Order(False, f"Dates read as month/day: {month_first} of them can be nothing else.", True)
    if unclear:
        fit = "1 date fits" if unclear == 1 else f"{unclear} dates fit"
        return Order(
            False,
            f"Nothing in the file tells day/month from month/day ({fit} both). "
            "They are read as month/day, the order usual in the United States.",
            False,
        )
    return Order(False, "", True)


def day(cell: str, *, day_first: bool, on: dt.date, epoch: int = 1900) -> tuple[dt.date, str]:
    """(the day, what to say about how it was read). Raises NotADay."""
    text = cell.strip()
    said = ""
    if EXCEL.fullmatch(text) and int(float(text)) in EXCEL_RANGE:
        start = dt.date(1899, 12, 30) if epoch == 1900 else dt.date(1904, 1, 1)
        found = start + dt.timedelta(days=int(float(text)))
        said = f"{text} read as an Excel day number: {words.date(found)}."
    else:
        found = _made(*_parts(text, day_first, on), text=text)
    if found.year < FIRST_YEAR:
        raise NotADay(f"The year {found.year:04d} in “{text}” is not possible.")
    return found, said


def _parts(text: str, day_first: bool, on: dt.date) -> tuple[int, int, int]:
    if match := ISO.fullmatch(text) or COMPACT.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := NUMBERS.fullmatch(text):
        first, second = int(match[1]), int(match[2])
        return _year(match[3], on), *((second, first) if day_first else (first, second))
    if match := WORDS_US.fullmatch(text):
        return int(match[3]), _month(match[1], text), int(match[2])
    if match := WORDS_EU.fullmatch(text):
        return _year(match[3], on), _month(match[2], text), int(match[1])
    raise NotADay(f"“{text[:60]}” is not a date. Write it as 2017-07-03 or 7/3/2017.")


def _year(text: str, on: dt.date) -> int:
    if len(text) == 4:
        return int(text)
    year = on.year - on.year % 100 + int(text)
    return year if year <= on.year + 1 else year - 100


def _month(word: str, text: str) -> int:
    low = word.lower()
    for number, name in enumerate(MONTHS, start=1):
        if name.startswith(low) or (low == "sept" and number == 9):
            return number
    raise NotADay(f"“{text[:60]}” names no month.")


def _made(year: int, month: int, day_of_month: int, text: str) -> dt.date:
    if year < 1:
        raise NotADay(f"The year 0000 in “{text}” is not possible.")
    if not 1 <= month <= 12:
        raise NotADay(f"“{text}” has no month {month}. Are day and month the other way round?")
    try:
        return dt.date(year, month, day_of_month)
    except ValueError:
        raise NotADay(f"There is no {MONTHS[month - 1].capitalize()} {day_of_month} in {year:04d}.") from None
