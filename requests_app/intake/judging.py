"""One row of a log, judged: what it would become, and every problem with its field and its sentence.

A row's errors never stop another row. Refused rows become nothing; warned rows are taken in as the sentence says.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Protocol

from .agencies import Directory, Known
from .days import NotADay, Order, day
from .fields import BY_KEY, FIELDS, Mapping
from .outcomes import CLOSED, Meaning, guess, normal

TITLE, NUMBER = 300, 120
UNTITLED = "Request without a description in its log"
NEW, KNOWN, WARNED, REFUSED = "new", "known", "warned", "refused"


class Laws(Protocol):
    """What a row needs to know of the laws; the action hands it in."""

    def has(self, law_id: str) -> bool: ...
    def range_of(self, law_id: str) -> tuple[dt.date, dt.date]: ...
    def closed_name(self, law_id: str, on: dt.date) -> str:
        """Why the day is not a business day; empty when it is one."""
        ...


@dataclass(slots=True)
class Row:
    """A judged row. `problems` are plain dicts: field, sentence, refuses."""

    line: int
    number: str = ""
    agency: Known | None = None
    law_id: str = ""
    custodian_id: int | None = None
    agency_kind: str = ""
    sub_office: str = ""
    sent_on: dt.date | None = None
    received_on: dt.date | None = None
    closed_on: dt.date | None = None
    title: str = ""
    description: str = ""
    meaning: Meaning = field(default_factory=Meaning)
    words: str = ""
    tracking: str = ""
    log_on: dt.date | None = None
    known: bool = False
    problems: list[dict[str, Any]] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        if any(problem["refuses"] for problem in self.problems):
            return REFUSED
        if self.known:
            return KNOWN
        return WARNED if self.problems else NEW

    @property
    def filed_on(self) -> dt.date:
        filed = self.sent_on or self.received_on
        if filed is None:
            raise ValueError("A row without a day is refused and never filed.")
        return filed

    @property
    def answered_without_day(self) -> bool:
        return bool(self.meaning.event) and self.closed_on is None

    def mark_known(self) -> None:
        self.known = True
        sentence = f"The number {self.number} was imported before. Its request is left as it is."
        self.problems = [{"field": "number", "sentence": sentence, "refuses": False}]

    def refuse(self, where: str, sentence: str) -> None:
        self.problems.append({"field": where, "sentence": sentence, "refuses": True})

    def warn(self, where: str, sentence: str) -> None:
        self.problems.append({"field": where, "sentence": sentence, "refuses": False})


@dataclass(slots=True)
class Judge:
    mapping: Mapping
    headings: list[str]
    order: Order
    on: dt.date
    epoch: int
    directory: Directory
    laws: Laws
    first_line: dict[str, int] = field(default_factory=dict)

    def prepare(self, reads: list[dict[str, Any]]) -> None:
        """Look up what these rows will ask about, in few queries instead of some for each."""
        words = (
            self.value(
                "agency", dict(zip(self.headings, (cell.strip() for cell in read["cells"]), strict=False))
            )
            for read in reads
            if "broken" not in read
        )
        self.directory.prepare(set(words), near=True)

    def row(self, read: dict[str, Any]) -> Row:
        """`read` as the box gave it: line, cells, and perhaps broken, short, said, marks."""
        row = Row(read["line"])
        if "broken" in read:
            row.refuse("", read["broken"])
            return row
        cells = dict(zip(self.headings, (cell.strip() for cell in read["cells"]), strict=True))
        for key in ("short", "said"):
            if key in read:
                row.warn("", read[key])
        self._formulas(row, read.get("marks", {}))
        self._number(row, cells)
        self._agency(row, cells)
        self._law(row, cells)
        self._days(row, cells)
        self._words(row, cells)
        self._outcome(row, cells)
        self._repeated(row)
        return row

    def value(self, key: str, cells: dict[str, str]) -> str:
        heading = self.mapping.columns.get(key)
        cell = cells.get(heading, "") if heading else ""
        return cell or self.mapping.fixed.get(key, "")

    def _formulas(self, row: Row, marks: dict[str, str]) -> None:
        used = {heading: key for key, heading in self.mapping.columns.items()}
        for at, mark in marks.items():
            key = used.get(self.headings[int(at)])
            if key is None:
                continue
            if mark == "formula_empty":
                row.refuse(
                    key,
                    "The cell holds a formula without a stored value. Open the workbook, save it, send it again.",
                )
            else:
                row.warn(key, "The cell holds a formula; its stored value was taken.")

    def _number(self, row: Row, cells: dict[str, str]) -> None:
        number = " ".join(self.value("number", cells).split())
        prefix = " ".join(self.value("number_prefix", cells).split())
        if number and prefix and not number.startswith(prefix):
            number = f"{prefix}-{number}"
        if not number:
            row.refuse("number", "The row has no number, so a second import could not know it again.")
        elif len(number) > NUMBER:
            row.refuse("number", f"The number has {len(number)} characters; at most {NUMBER} can be kept.")
        row.number = number[:NUMBER]

    def _repeated(self, row: Row) -> None:
        if not row.number:
            return
        first = self.first_line.setdefault(row.number, row.line)
        if first != row.line:
            row.refuse("number", f"The number {row.number} stands already on line {first} of this file.")

    def _agency(self, row: Row, cells: dict[str, str]) -> None:
        word = self.value("agency", cells)
        if not word:
            row.refuse("agency", "The row names no agency.")
            return
        row.agency = self.directory.find(word)
        if row.agency is None:
            near = self.directory.nearest(word)
            hint = (
                "The nearest: " + "; ".join(one.name for one in near) + "."
                if near
                else "None is spelled like it."
            )
            row.refuse("agency", f"No agency is called “{word[:120]}”. {hint}")

    def _law(self, row: Row, cells: dict[str, str]) -> None:
        row.sub_office = self.value("sub_office", cells)
        if row.agency is None:
            return
        custodian = self.directory.custodian(row.agency, row.sub_office) if row.sub_office else None
        given = self.value("law", cells).lower()
        row.custodian_id = custodian[0] if custodian else None
        row.agency_kind = custodian[2] if custodian else row.agency.kind
        row.law_id = given or (custodian[1] if custodian else "") or self._law_of(row.agency)
        if not self.laws.has(row.law_id):
            named = f"“{row.law_id}”" if row.law_id else f"of {row.agency.name}"
            row.refuse("law", f"The law {named} is not among the laws this program knows.")

    def _law_of(self, agency: Known) -> str:
        if len(agency.laws) == 1:
            return agency.laws[0]
        # A state's act does not reach a tribe, whatever state its land lies in.
        return "" if agency.kind == "tribal" else agency.jurisdiction

    def _days(self, row: Row, cells: dict[str, str]) -> None:
        for one in FIELDS:
            if not one.is_day:
                continue
            cell = self.value(one.key, cells)
            if not cell:
                continue
            try:
                found, said = day(cell, day_first=self.order.day_first, on=self.on, epoch=self.epoch)
            except NotADay as wrong:
                row.refuse(one.key, f"{one.label}: {wrong.sentence}")
                continue
            if said:
                row.warn(one.key, said)
            if found > self.on:
                row.refuse(one.key, f"{one.label}: {found.isoformat()} lies in the future.")
            setattr(row, one.key, found)
        if row.sent_on is None and row.received_on is None and not _refused(row, "sent_on", "received_on"):
            row.refuse(
                "received_on", "The row says neither when the request was sent nor when it was received."
            )
        self._sequence(row)
        if row.law_id and self.laws.has(row.law_id):
            self._calendar(row)

    def _sequence(self, row: Row) -> None:
        if row.sent_on and row.received_on and row.received_on < row.sent_on:
            row.refuse(
                "received_on",
                f"Received on {row.received_on.isoformat()}, before it was sent ({row.sent_on.isoformat()}).",
            )
        opened = row.received_on or row.sent_on
        if opened and row.closed_on and row.closed_on < opened:
            row.refuse(
                "closed_on",
                f"Answered on {row.closed_on.isoformat()}, before the request came ({opened.isoformat()}).",
            )

    def _calendar(self, row: Row) -> None:
        first, last = self.laws.range_of(row.law_id)
        for key in ("sent_on", "received_on", "closed_on"):
            found = getattr(row, key)
            if found and not first <= found <= last:
                row.warn(
                    key,
                    f"{BY_KEY[key].label}: {found.isoformat()} is outside the calendar ({first.year} to {last.year}), "
                    "so the dates that follow from it will read “unknown”.",
                )
        if row.received_on and first <= row.received_on <= last:
            name = self.laws.closed_name(row.law_id, row.received_on)
            if name:
                row.warn(
                    "received_on",
                    f"{row.received_on.isoformat()} was no business day ({name}); "
                    "the clock counts from the next one where the law says so.",
                )

    def _words(self, row: Row, cells: dict[str, str]) -> None:
        row.description = self.value("description", cells)
        title = " ".join(self.value("title", cells).split())
        if len(title) > TITLE:
            row.warn("title", f"The title has {len(title)} characters; it was shortened to {TITLE}.")
        title = title or " ".join(row.description.split())
        if not title:
            title = UNTITLED
            row.warn("description", "The row does not say what was asked for.")
        row.title = shortened(title)
        row.tracking = (self.value("tracking", cells) or row.number)[:NUMBER]
        day_of_log = self.mapping.log_on.get(normal(self.value("log", cells))) or self.mapping.log_on.get("")
        row.log_on = dt.date.fromisoformat(day_of_log) if day_of_log else None

    def _outcome(self, row: Row, cells: dict[str, str]) -> None:
        words = self.value("outcome", cells)
        detail = self.value("outcome_detail", cells)
        row.words = f"{words}: {detail}" if words and detail else words
        meaning = self.meaning_of(row.words) or self.meaning_of(words)
        if meaning is None:
            row.warn(
                "outcome",
                f"“{row.words[:120]}” is no outcome we know, so the answer is kept as closed without an outcome. "
                "Say on the columns page what it means.",
            )
            meaning = CLOSED
        if not meaning.event and row.closed_on:
            row.warn(
                "outcome",
                "The row has a day of answer and no outcome; it is kept as closed by the agency without an outcome.",
            )
            meaning = CLOSED
        row.meaning = meaning
        if row.answered_without_day:
            row.warn(
                "closed_on",
                "The log gives an answer and no day for it. The request is not counted as late: "
                "that it was answered is known, only when is not.",
            )

    def meaning_of(self, words: str) -> Meaning | None:
        chosen = self.mapping.words.get(normal(words))
        return Meaning.of(chosen) if chosen is not None else guess(words)


def shortened(title: str) -> str:
    return title if len(title) <= TITLE else title[: TITLE - 1].rsplit(" ", 1)[0][: TITLE - 1] + "…"


def _refused(row: Row, *fields: str) -> bool:
    return any(problem["refuses"] and problem["field"] in fields for problem in row.problems)
