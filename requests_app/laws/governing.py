"""Which law governs an office, as far as its kind and its place say: a presumption with its confidence, no finding;
whether one body is bound is decided by the definitions of the act and the courts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from requests_app.laws.errors import Refused
from requests_app.laws.registry import library

if TYPE_CHECKING:
    from requests_app.laws.registry import Library

FEDERAL_PLACE = "us"
OF_THE_STATE = {
    "state_police": "a police force of the state",
    "state_agency": "an agency of the state",
    "county_sheriff": "a county office",
    "county_agency": "a county agency",
    "city_police": "a police department of a municipality",
    "city_agency": "a municipal agency",
    "fusion_center": "an office run by state or local bodies",
}
KINDS = frozenset(OF_THE_STATE) | {"federal", "university", "tribal", "other"}
TRIBAL = (
    "A tribe is sovereign: its own law says who may see the records of its police, and a state's records act does not "
    "reach them. The federal act reaches only what a federal agency holds. No tribal law is in the library"
)


@dataclass(frozen=True, slots=True)
class Governing:
    """`law_ids`: the act that governs first, then other laws of the place that may reach some of the records. Empty
    where none is known, and `why` says so. `confidence`: medium, low or unknown; high only where the act names the
    kind itself. `source`: the citation."""

    law_ids: tuple[str, ...]
    why: str
    source: str
    confidence: str

    @property
    def law_id(self) -> str:
        return self.law_ids[0] if self.law_ids else ""

    @property
    def others(self) -> tuple[str, ...]:
        return self.law_ids[1:]


def governing(jurisdiction: str, kind: str, shelf: Library | None = None) -> Governing:
    """`kind` is one of KINDS. Names only laws that the library holds at the time of the call."""
    if kind not in KINDS:
        raise Refused(
            "unknown_kind", f"{kind!r} is no kind of agency. Known: {', '.join(sorted(KINDS))}.", "kind"
        )
    shelf = shelf or library()
    if kind == "tribal":
        return Governing((), TRIBAL, "", "unknown")
    place = FEDERAL_PLACE if kind == "federal" else jurisdiction
    if place not in shelf.codes:
        return Governing((), f"The library holds no law of {place} yet", "", "unknown")
    held = shelf.jurisdiction(place)
    # The act of the whole place is named as the place is; laws for some records carry a longer id.
    laws = sorted((entry.law for entry in held.laws), key=lambda law: law.id != place)
    ids = tuple(law.id for law in laws)
    why, confidence = _why(held.name, laws[0].name, place, kind)
    if len(laws) > 1:
        why += f". For some records another law of the place: {'; '.join(law.name for law in laws[1:])}"
    return Governing(ids, why, laws[0].citation, confidence)


def _why(place: str, act: str, code: str, kind: str) -> tuple[str, str]:
    if kind == "federal":
        return f"The {act} binds the agencies of the federal executive", "high"
    if code == FEDERAL_PLACE:
        return (
            f"Neither state nor municipality: whether the federal act ({act}) binds it is not settled",
            "low",
        )
    if kind == "university":
        return (
            f"The {act} binds public universities of {place}. A private university, and its police, may not be bound: "
            "look up who runs it",
            "low",
        )
    if kind == "other":
        return (
            f"Presumed: whether a task force, a school district, an authority or a railroad's police is a public body "
            f"under the {act} depends on its definitions; a private company mostly is not",
            "low",
        )
    return (
        f"The {act} is the general act for public bodies of {place}, and this is {OF_THE_STATE[kind]}",
        "medium",
    )
