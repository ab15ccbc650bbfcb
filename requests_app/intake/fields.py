"""Which of our fields a log can fill, and how their headings usually read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    key: str
    label: str
    hint: str
    headings: tuple[str, ...]
    is_day: bool = False
    may_be_fixed: bool = False
    required: bool = False


FIELDS: tuple[Field, ...] = (
    Field(
        "number", "Number of the request",
        "Unique in this log. A second import of the same number changes nothing.",
        ("external number", "request number", "tracking number", "case number", "request id", "control number",
         "foia number", "request #", "case #", "foia #", "reference number", "reference", "number", "id", "no"),
        required=True,
    ),
    Field(
        "number_prefix", "Column to put before the number",
        "For logs that start again at 1 each year: choose the year.", ("fiscal year",),
    ),
    Field(
        "agency", "Agency", "A column, or one agency for the whole file.",
        ("agency", "agency name", "public body", "department", "component", "body", "organization", "recipient"),
        may_be_fixed=True, required=True,
    ),
    Field("sub_office", "Office inside the agency", "", ("sub office", "suboffice", "office", "division", "unit")),
    Field(
        "sent_on", "Day the request was sent", "",
        ("sent on", "sent", "date sent", "filed on", "filed", "date filed", "request date", "date of request",
         "requested"),
        is_day=True,
    ),
    Field(
        "received_on", "Day the agency received it", "This starts most clocks.",
        ("received on", "received", "date received", "received date", "recvd in foia", "recvd", "submitted date",
         "submitted", "date submitted", "date opened", "opened"),
        is_day=True,
    ),
    Field(
        "closed_on", "Day of the agency's answer", "The agency's own date stands beside our clock.",
        ("closed on", "closed", "closed date", "date closed", "completed", "date completed", "response date",
         "determination date", "disposition date", "final response", "answered"),
        is_day=True,
    ),
    Field(
        "title", "Short title", "What others read once you share the request. Without one, the description is cut.",
        ("title", "subject", "short description"),
    ),
    Field(
        "description", "What was asked for", "Kept whole with the letters.",
        ("description", "detail", "details", "document requested", "documents requested", "records requested",
         "request description", "request", "summary", "request text", "topic"),
    ),
    Field(
        "outcome", "How it came out", "You say below what each of their words means.",
        ("disposition", "final disposition", "outcome", "result", "status", "determination", "action taken"),
    ),
    Field(
        "outcome_detail", "Reason, beside the outcome", "Read together with it: “outcome: reason”.",
        ("denial reason", "reason", "other reason", "exemptions", "reason for denial"),
    ),
    Field(
        "law", "Law", "Code such as us or us-il. Without it, the agency's own.", ("law", "law id", "statute"),
        may_be_fixed=True,
    ),
    Field(
        "tracking", "The agency's tracking number", "Without it, the number above.",
        ("agency tracking number", "agency number", "agency reference"),
    ),
    Field(
        "log", "Which log the row comes from", "For files put together from several logs.",
        ("source", "log", "source log"),
    ),
)  # fmt: skip
BY_KEY = {one.key: one for one in FIELDS}


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one file is read into our fields; kept with the batch and offered again for the next file like it.

    columns: field to heading. fixed: field to value for every row. words: their outcome (normalised) to a key of
    `outcomes.Meaning`. agencies: their name (normalised) to the slug of an agency. order: "", "day" or "month".
    log_on: ISO day the log was drawn up, or by log. history: nothing is known after that day, so no clock runs on.
    custom: headings that no field of ours takes and that are kept as the organization's own.
    """

    columns: dict[str, str] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    agencies: dict[str, str] = field(default_factory=dict)
    order: str = ""
    log_on: dict[str, str] = field(default_factory=dict)
    history: bool = False
    custom: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Mapping:
        return cls(**{name: kept[name] for name in cls.__slots__ if name in kept})

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    def headings_of_days(self) -> set[str]:
        return {heading for key, heading in self.columns.items() if BY_KEY[key].is_day}


def plain(heading: str) -> str:
    text = heading.casefold().replace("_", " ").replace("'", "").replace("’", "")
    return " ".join(re.sub(r"[^a-z0-9# ]+", " ", text).split())


def guess_columns(headings: list[str]) -> dict[str, str]:
    """Our field to their heading, by exact words first, then by words inside; no heading serves twice."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    by_words = {plain(heading): heading for heading in reversed(headings)}
    for one in FIELDS:
        for words in one.headings:
            heading = by_words.get(words)
            if heading is not None and heading not in taken:
                found[one.key] = heading
                taken.add(heading)
                break
    for one in FIELDS:
        if one.key in found or one.key in ("number_prefix", "law", "log", "tracking", "title"):
            continue
        for heading in headings:
            words = f" {plain(heading)} "
            if heading not in taken and any(
                f" {guess} " in words for guess in one.headings if len(guess) > 4
            ):
                found[one.key] = heading
                taken.add(heading)
                break
    if not found.keys() & {"number"} and "number_prefix" in found:
        del found["number_prefix"]
    return found
