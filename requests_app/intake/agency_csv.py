"""Agencies as a table for a spreadsheet, and back: what each cell says, and what a spreadsheet does to it on the way.

A file that went through Excel comes with a mark, with semicolons, with commas in numbers, without zeros in front; none
of that is a correction.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from requests_app.models import Agency, AgencyKind, Confidence

from .police_list import state_names

KEY = "agency"
TEXT = ("name", "abbreviation", "city", "county", "area", "governance", "designation", "notes")
CHOSEN = ("kind", "jurisdiction", "zone", "confidence")
NUMBERS = ("latitude", "longitude")
CONTACTS = {
    f"{purpose}_{channel}": (purpose, channel)
    for purpose, channels in (
        ("records", ("email", "web", "post", "phone", "fax")),
        ("appeals", ("email", "post")),
        ("general", ("email", "post", "phone")),
        ("website", ("web",)),
    )
    for channel in channels
}
# Kept elsewhere: by lists, by the log of changes, by the law files.
SHOWN_ONLY = ("ori", "former_names", "laws", "sample")
HEAD = (
    KEY, "name", "abbreviation", "kind", "jurisdiction", "zone", "city", "county", "area", "governance", "designation",
    "latitude", "longitude", "confidence", "notes", *CONTACTS, *SHOWN_ONLY,
)  # fmt: skip
BETWEEN = " | "
LIMITS = {field.name: field.max_length for field in Agency._meta.fields if getattr(field, "max_length", None)}
# What a spreadsheet turns into a number, a date or a power of ten when it opens the file.
TURNED = re.compile(
    r"0\d+|\d{12,}|\d+(\.\d+)?[eE][+-]?\d+|\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?"
    r"|\d{1,2}[- ]?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[- .]?\d{1,4}|true|false",
    re.I,
)


class NotATable(Exception):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class BadCell:
    line: int
    column: str
    says: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.says}"


@dataclass(slots=True)
class Table:
    """rows: (line, cells by column); cells that the file leaves out are absent, and nothing is said of them."""

    columns: list[str]
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Change:
    """One cell: what stood there, what the file says, and the value to keep."""

    column: str
    old: str
    new: str
    value: Any


# Out ----------------------------------------------------------------------------------------------


def cells(agency: Agency) -> list[str]:
    """In the order of HEAD. Reads contacts, names, identifiers and laws, which the caller has fetched."""
    plain = {name: _text(getattr(agency, name)) for name in (*TEXT, *CHOSEN, *NUMBERS)}
    told = {KEY: agency.slug, **plain, **_contacts(agency), **_shown(agency)}
    return [told[column] for column in HEAD]


def row(agency: Agency, neutral: Callable[[object], str]) -> list[str]:
    """The cells as they leave the house. neutral: takes the sting out of a formula; numbers have none."""
    return [
        cell if not cell or column in NUMBERS else neutral(kept(cell))
        for column, cell in zip(HEAD, cells(agency), strict=True)
    ]


def kept(cell: str) -> str:
    """With an apostrophe in front where a spreadsheet would make something else of it."""
    return f"'{cell}" if cell.startswith("'") or TURNED.fullmatch(cell.strip()) else cell


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _contacts(agency: Agency) -> dict[str, str]:
    told: dict[tuple[str, str], list[str]] = {}
    for contact in agency.contacts.all():
        told.setdefault((contact.purpose, contact.channel), []).append(contact.value)
    return {column: BETWEEN.join(sorted(told.get(key, []))) for column, key in CONTACTS.items()}


def _shown(agency: Agency) -> dict[str, str]:
    return {
        "ori": BETWEEN.join(sorted(one.value for one in agency.identifiers.all() if one.scheme == "ori")),
        "former_names": BETWEEN.join(sorted(one.name for one in agency.names.all())),
        "laws": BETWEEN.join(sorted(one.law_id for one in agency.laws.all())),
        "sample": "sample" if agency.is_sample else "",
    }


# Back ---------------------------------------------------------------------------------------------


def read(path: Path) -> Table:
    """Raises NotATable."""
    raw = path.read_bytes()
    text, said = _decoded(raw)
    if "\x00" in text:
        raise NotATable(f"{path.name} is no text. Save it as CSV UTF-8; a workbook cannot be read here.")
    first, _newline, rest = text.partition("\n")
    stated = re.fullmatch(r"sep=(.)\s*", first)
    lines_before = 1 if stated else 0
    text = rest if stated else text
    head_line = text.partition("\n")[0]
    delimiter = stated[1] if stated else max(",;\t|", key=head_line.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        head = [cell.strip().lower() for cell in next(rows)]
    except (StopIteration, csv.Error):
        raise NotATable(f"{path.name} has no line of headings.") from None
    while head and not head[-1]:
        head.pop()
    if KEY not in head:
        raise NotATable(
            f"{path.name} has no column “{KEY}”, by which a row is known again. Export the table and edit that."
        )
    table = Table(head, said=said)
    twice = sorted({column for column in head if head.count(column) > 1})
    table.bad += [BadCell(1 + lines_before, column, "The column stands there twice.") for column in twice]
    table.bad += [
        BadCell(1 + lines_before, column or "(empty)", f"There is no such column.{_nearest(column, HEAD)}")
        for column in head
        if column not in HEAD
    ]
    _fill(table, rows, lines_before)
    return table


def _decoded(raw: bytes) -> tuple[str, list[str]]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace"), []
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace"), ["Read as Windows-1252: the file is not UTF-8."]


def _fill(table: Table, rows: Any, lines_before: int) -> None:
    lines: dict[str, int] = {}
    while True:
        try:
            found = next(rows)
        except StopIteration:
            return
        except csv.Error as wrong:
            table.bad.append(BadCell(rows.line_num + lines_before, "row", f"It cannot be read ({wrong})."))
            continue
        line = rows.line_num + lines_before
        if not any(cell.strip() for cell in found):
            continue
        if any(cell.strip() for cell in found[len(table.columns) :]):
            table.bad.append(
                BadCell(line, "row", f"It has {len(found)} cells under {len(table.columns)} headings.")
            )
            continue
        told = dict(zip(table.columns, found, strict=False))
        key = told.get(KEY, "").strip().lstrip("'")
        if key in lines:
            table.bad.append(BadCell(line, KEY, f"{key} stands already on line {lines[key]}."))
            continue
        lines[key] = line
        table.rows.append((line, {**told, KEY: key}))


def changes(agency: Agency, line: int, told: dict[str, str]) -> Iterator[Change | BadCell]:
    """Each cell that says something else than the row does, and each that cannot be taken."""
    now = dict(zip(HEAD, cells(agency), strict=True))
    for column, cell in told.items():
        if column == KEY or column not in HEAD or _same(column, now[column], cell):
            continue
        new = _plain(cell)
        if column in SHOWN_ONLY:
            yield BadCell(line, column, f"This column is for reading: it says “{now[column]}”. Leave it so.")
            continue
        try:
            yield Change(column, now[column], new, _value(column, new))
        except ValueError as wrong:
            yield BadCell(line, column, str(wrong))


def _plain(cell: str) -> str:
    """Without the apostrophe that kept a spreadsheet from it; lines end as ours do."""
    cell = cell.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").strip()
    return cell.removeprefix("'")


def _same(column: str, now: str, cell: str) -> bool:
    plain, now = _plain(cell), now.replace("\r\n", "\n").strip()
    if now in (plain, cell.strip()):
        return True
    if column in NUMBERS and now and plain:
        return _number(plain) is not None and abs(float(now) - float(_number(plain) or 0)) < 1e-9
    # A spreadsheet drops zeros in front of what is digits alone.
    return now.isdigit() and plain == (now.lstrip("0") or "0")


def _number(cell: str) -> float | None:
    cell = cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell
    return float(cell) if re.fullmatch(r"-?\d{1,3}(\.\d+)?", cell) else None


def _value(column: str, new: str) -> Any:
    """Raises ValueError with the sentence."""
    if column in CHOSEN:
        allowed = _allowed(column)
        if new not in allowed:
            raise ValueError(f"“{new[:60]}” is no {column} of ours.{_nearest(new, allowed)}")
        return new
    if column in NUMBERS:
        most = 90 if column == "latitude" else 180
        number = _number(new) if new else None
        if new and (number is None or abs(number) > most):
            raise ValueError(f"“{new[:60]}” is no {column}. Write degrees between -{most} and {most}.")
        return number
    if column in CONTACTS:
        values = sorted({part.strip() for part in new.split(BETWEEN.strip()) if part.strip()})
        for value in values:
            _check_contact(CONTACTS[column][1], value)
        return values
    if column == "name" and not new:
        raise ValueError("An agency needs a name.")
    if len(new) > (LIMITS.get(column) or 20_000):
        raise ValueError(f"It has {len(new)} characters; at most {LIMITS.get(column) or 20_000} can be kept.")
    return new


def _check_contact(channel: str, value: str) -> None:
    if len(value) > 500:
        raise ValueError(f"One of its values has {len(value)} characters; at most 500 can be kept.")
    shapes: dict[str, tuple[Callable[[str], Any], str]] = {
        "email": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+").fullmatch, "an e-mail address"),
        "web": (re.compile(r"https?://\S+").fullmatch, "an address that begins with https://"),
        "phone": (re.compile(r"[\d\s()+.\-x/ext]{7,}", re.I).fullmatch, "a phone number"),
        "fax": (re.compile(r"[\d\s()+.\-x/ext]{7,}", re.I).fullmatch, "a fax number"),
    }
    if channel in shapes and not shapes[channel][0](value):
        raise ValueError(f"“{value[:60]}” is not {shapes[channel][1]}. Several stand with | between them.")


def _allowed(column: str) -> list[str]:
    match column:
        case "kind":
            return list(AgencyKind.values)
        case "confidence":
            return list(Confidence.values)
        case "jurisdiction":
            return ["us", *(code for _name, code in state_names())]
    return sorted(available_timezones())


def _nearest(word: str, known: Any) -> str:
    word = word[:100]  # likeness costs the square of the length
    near = difflib.get_close_matches(word.lower(), list(known), 1, 0.5)
    near = near or difflib.get_close_matches(word, list(known), 1, 0.5)
    listed = "" if len(known) > 40 else f" There are: {', '.join(known)}."
    return f" Did you mean {near[0]}?" if near else listed
