"""What the files of this room hold. `reading.py` reads them strictly into these shapes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """What kind of ground a withholding names, so that refusals can be compared across laws and answered."""

    records_law = "records_law"
    state_statute = "state_statute"
    federal_law = "federal_law"
    part_23 = "part_23"
    marking = "marking"
    contract = "contract"
    third_party = "third_party"
    privilege = "privilege"
    none_cited = "none_cited"


class Narrowing(StrEnum):
    """How a fallback is narrower than its part."""

    period = "period"
    unit = "unit"
    sample = "sample"
    counts = "counts"
    list_only = "index"


@dataclass(frozen=True, slots=True)
class Period:
    """The days a kit asks about: both are named, never "to present"."""

    since: dt.date
    until: dt.date


@dataclass(frozen=True, slots=True)
class Part:
    """One numbered part. `fallback` is what we would take instead, `narrows` how it is narrower."""

    label: str
    title: str
    text: str
    fallback: str
    narrows: tuple[Narrowing, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    term: str
    means: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal to expect: on which parts, on what basis, what the agency tends to say, what we answer.
    `verify`: whether the citation has to be looked up again before a letter relies on it."""

    basis: Basis
    parts: tuple[str, ...]
    says: str
    answer: str
    citation: str = ""
    verify: bool = False


@dataclass(frozen=True, slots=True)
class Mirror:
    """Another custodian of the same facts, and what to ask of it."""

    body: str
    holds: str


@dataclass(frozen=True, slots=True)
class Kit:
    """A set of questions put to many agencies. `watch_terms`, `codebook`, `refusals`, `mirrors` and `retention` are
    for us and never stand in the letter."""

    id: str
    name: str
    version: str
    summary: str
    subject: str
    purpose: str
    period: Period
    parts: tuple[Part, ...]
    priority: tuple[str, ...]
    search_units: str
    search_terms: tuple[str, ...]
    not_wanted: str
    preservation: bool
    watch_terms: tuple[str, ...]
    codebook: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    mirrors: tuple[Mirror, ...]
    retention: str
    definitions: tuple[Definition, ...] = ()
    needs: tuple[str, ...] = ()
    """Merge fields that this kit cannot do without, beside those of every letter."""
    leave_out: tuple[str, ...] = ()
    """Keys of shared paragraphs that its letters go without."""

    @property
    def ref(self) -> str:
        return f"{self.id}@{self.version}"

    @property
    def exemptions_expected(self) -> tuple[Refusal, ...]:
        return self.refusals

    def part(self, label: str) -> Part | None:
        return next((part for part in self.parts if part.label == label), None)

    def refusals_of(self, label: str) -> tuple[Refusal, ...]:
        return tuple(one for one in self.refusals if label in one.parts)


@dataclass(frozen=True, slots=True)
class Clause:
    """A paragraph that every letter may share, named K1 to K14. `about` says what it is for."""

    key: str
    name: str
    heading: str
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The order of a letter: keys of clauses, and the word parts where the numbered parts stand."""

    opening: str
    order: tuple[str, ...]
    closing: str


@dataclass(frozen=True, slots=True)
class ClauseFile:
    frame: Frame
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class LawText:
    """Words for one law that the law library cannot give. Empty: the library or the neutral words speak.

    named: how a sentence names it. waiver: key of a shared paragraph or a paragraph of its own. who: a line on who may
    ask. answer: the sentence on when the answer is due, where the law has no number. expedite: a line of its own."""

    law: str
    waiver: str
    named: str = ""
    who: str = ""
    answer: str = ""
    expedite: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class LawFile:
    waivers: tuple[Paragraph, ...]
    laws: tuple[LawText, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """An answer to a basis. `text` can stand in a letter; `advice` is for us. `verify`: look the citation up again,
    as its text or its reach may have moved or depends on the record."""

    key: str
    text: str
    advice: str
    citation: str = ""
    verify: bool = False
    federal_only: bool = False


@dataclass(frozen=True, slots=True)
class BasisNotes:
    basis: Basis
    name: str
    means: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class RebuttalFile:
    bases: tuple[BasisNotes, ...]


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter that is drafted from the ledger: its subject and its body, with merge fields."""

    kind: str
    name: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class LetterFile:
    letters: tuple[LetterText, ...]
