"""Which laws of the table, and in which order: the same for the page, the spreadsheet and the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from requests_app.laws.errors import Refused
from requests_app.laws.summary import SILENCE_WORDS, LawRow

SORTS = (
    "jurisdiction",
    "answer",
    "owes",
    "extension",
    "silence",
    "window",
    "review",
    "court",
    "who",
    "fees",
    "confidence",
    "checked",
)
CHOICES: Mapping[str, tuple[str, ...]] = {
    "number": ("yes", "no"),
    "silence": tuple(SILENCE_WORDS),
    "who": ("anyone", "restricted"),
    "review": ("binding", "advisory", "none"),
    "verified": ("all", "not-all"),
}
"""Every filter besides the free text, with its values. The web's forms, its addresses and the API share them."""
LONGEST_QUERY = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader of the table asked for; an empty word asks for nothing."""

    q: str = ""
    number: str = ""
    silence: str = ""
    who: str = ""
    review: str = ""
    verified: str = ""
    sort: str = ""

    @property
    def filters(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in CHOICES}

    def check(self) -> None:
        """Raises Refused for a value nobody offered."""
        for name, value in self.filters.items():
            if value and value not in CHOICES[name]:
                known = ", ".join(CHOICES[name])
                raise Refused("unknown_value", f"{value[:60]!r} is no value of {name}. Known: {known}.", name)
        if self.sort and self.sort.removeprefix("-") not in SORTS:
            known = ", ".join(SORTS)
            raise Refused("unknown_value", f"{self.sort[:60]!r} is no column. Known: {known}.", "sort")


@dataclass(frozen=True, slots=True)
class Totals:
    jurisdictions: int
    laws: int
    with_number: int
    clocks: int
    verified: int


def totals(found: Iterable[LawRow]) -> Totals:
    found = tuple(found)
    return Totals(
        jurisdictions=len({row.code for row in found}),
        laws=len(found),
        with_number=sum(row.answer.days is not None for row in found),
        clocks=sum(row.rules for row in found),
        verified=sum(row.verified for row in found),
    )


def select(found: Iterable[LawRow], asked: Asked) -> tuple[LawRow, ...]:
    """The rows that match, sorted. A value nobody offered matches nothing."""
    words = asked.q[:LONGEST_QUERY].casefold().split()
    kept = [row for row in found if all(word in row.text for word in words) and _matches(row, asked)]
    name = asked.sort.removeprefix("-") or "jurisdiction"
    if name not in SORTS:
        return tuple(kept)
    # Stable: rows that a column does not tell apart stay in the library's order, and what has no figure stays last
    # whichever way the column runs.
    keyed = [(_key(row, name), row) for row in kept]
    known = sorted((pair for pair in keyed if pair[0] is not None), key=_first, reverse=asked.sort[:1] == "-")
    return tuple(row for _key_, row in known) + tuple(row for key, row in keyed if key is None)


def _first(pair: tuple[tuple[float, str] | None, LawRow]) -> tuple[float, str]:
    return pair[0] or (0.0, "")


def _matches(row: LawRow, asked: Asked) -> bool:
    checks = {
        "number": {"yes": row.answer.days is not None, "no": row.answer.days is None},
        "silence": dict.fromkeys(row.silence, True),
        "who": {"anyone": not row.restricted, "restricted": row.restricted},
        "review": {
            "binding": any(one.binding for one in row.review),
            "advisory": any(one.binding is False for one in row.review),
            "none": not row.review,
        },
        "verified": {"all": row.all_verified, "not-all": not row.all_verified},
    }
    return all(checks[name].get(value, False) for name, value in asked.filters.items() if value)


def _key(row: LawRow, name: str) -> tuple[float, str] | None:
    """What a column sorts by; None stands last."""
    spans = {"answer": row.answer, "extension": row.extension, "window": row.window, "court": row.court}
    if name in spans:
        days = spans[name].days
        return None if days is None else (days, "")
    if name == "jurisdiction":
        return (0.0 if row.code == "us" else 1.0, row.jurisdiction)
    if name == "review":
        return (0.0, row.review[0].body) if row.review else None
    if name == "confidence":
        return (row.verified / row.rules if row.rules else 0.0, "")
    if name == "checked":
        return (float(row.checked_on.toordinal()), "") if row.checked_on else None
    words = {"owes": row.owes, "silence": row.silence_words, "who": row.who}
    return (0.0, words[name]) if name in words else (float(not row.fees_forfeited), "")
