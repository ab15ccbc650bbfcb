"""The kits that ship, read once: `kits()`, `kit("plate-readers")`, and the texts they share."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from requests_app.kits.errors import Refused
from requests_app.kits.schema import read
from requests_app.kits.shapes import (
    Clause,
    ClauseFile,
    Frame,
    Kit,
    LawFile,
    LawText,
    LetterFile,
    LetterText,
)

DATA = Path(__file__).parent / "data"
SHARED = ("clauses", "laws", "rebuttals", "letters")
"""Files of the folder that are no kits."""
ORDER = (
    "immigration-queries",
    "plate-readers",
    "face-recognition",
    "data-brokers",
    "gang-database",
    "phone-extraction",
    "protest-and-faith",
    "school-incidents",
    "co-location",
    "federal-databases",
    "grants-and-spending",
    "privacy-and-audits",
    "sanctuary-law",
    "vendors-and-pilots",
)


def kit_files(data: Path = DATA) -> tuple[Path, ...]:
    found = [path for path in data.glob("*.yaml") if path.stem not in SHARED]
    return tuple(sorted(found, key=lambda path: (place(path.stem), path.stem)))


def place(kit_id: str) -> int:
    return ORDER.index(kit_id) if kit_id in ORDER else len(ORDER)


@cache
def kits() -> tuple[Kit, ...]:
    return tuple(read(Kit, path)[0] for path in kit_files())


@cache
def _by_id() -> Mapping[str, Kit]:
    return {one.id: one for one in kits()}


def kit(kit_id: str) -> Kit:
    """Raises Refused `unknown_kit`, naming the known ones and the nearest."""
    found = _by_id().get(kit_id)
    if found is None:
        raise unknown("unknown_kit", kit_id, "kit", _by_id())
    return found


@cache
def _clause_file() -> ClauseFile:
    return read(ClauseFile, DATA / "clauses.yaml")[0]


@cache
def clauses() -> Mapping[str, Clause]:
    """The shared paragraphs by their key, K1 to K14."""
    return {one.key: one for one in _clause_file().clauses}


def frame() -> Frame:
    return _clause_file().frame


@cache
def _law_file() -> LawFile:
    return read(LawFile, DATA / "laws.yaml")[0]


@cache
def waivers() -> Mapping[str, str]:
    return {one.key: one.text for one in _law_file().waivers}


@cache
def law_texts() -> Mapping[str, LawText]:
    return {one.law: one for one in _law_file().laws}


@cache
def letter_texts() -> Mapping[str, LetterText]:
    return {one.kind: one for one in read(LetterFile, DATA / "letters.yaml")[0].letters}


def unknown(code: str, word: str, field: str, known: Iterable[str]) -> Refused:
    names = list(known)
    near = difflib.get_close_matches(word, names, 1, 0.5)
    nearest = f" Did you mean {near[0]}?" if near else ""
    return Refused(code, f"There is no {field} {word!r}.{nearest} Known: {', '.join(names)}.", field)
