"""How a law is named and cited in a letter. Names, citations and numbers come from the law library; this room adds
only the words that the library cannot give. What the library does not know is said without a number."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache

from requests_app.kits.registry import law_texts, waivers
from requests_app.laws.plain import sentence
from requests_app.laws.registry import library
from requests_app.laws.summary import answer_rule

NEUTRAL = "Please tell us the date by which you will answer."


@dataclass(frozen=True, slots=True)
class LawWords:
    """The words for one law. `waiver`, `who`, `answer` and `expedite` may hold merge fields.

    restricted: the law opens the records to residents, citizens or media of the place only.
    who_may_ask: the library's sentence on that. law_ref: the reading that the words were taken from."""

    id: str
    name: str
    short: str
    citation: str
    place: str
    law_ref: str
    answer: str
    answer_citation: str
    fees_citation: str
    who_citation: str
    who_may_ask: str
    who: str
    restricted: bool
    waiver: str
    expedite: str


@lru_cache(maxsize=128)
def law_words(law_id: str) -> LawWords:
    """Raises laws.errors.Refused `unknown_law`. A law without a text of its own gets the neutral words."""
    entry = library().law(law_id)
    version, about = entry.current, entry.about
    text = law_texts().get(entry.id)
    rule = answer_rule(version)
    answer = text.answer if text else ""
    if not answer and rule.length.count is not None and rule.length.or_else is None:
        said = sentence(rule)
        answer = f"Under {{answer_citation}}, {said[:1].lower()}{said[1:]}"
    chosen = text.waiver if text else "neutral"
    return LawWords(
        id=entry.id,
        name=(text.named if text else "") or f"the {entry.law.name}",
        short=entry.law.short_name,
        citation=entry.law.citation,
        place=library().place_of(entry.id).name,
        law_ref=version.ref,
        answer=answer or NEUTRAL,
        answer_citation=first_citation(rule.authority.citation),
        fees_citation=first_citation(about.fees.citation),
        who_citation=first_citation(about.who_may_ask.citation),
        who_may_ask=about.who_may_ask.words,
        who=text.who if text else "",
        restricted=bool(version.requesters),
        waiver=waivers().get(chosen, chosen),
        expedite=text.expedite if text else "",
    )


def first_citation(citation: str) -> str:
    """The section itself; behind a semicolon the library says where counting or silence is ruled."""
    return citation.split(";")[0].strip()


def without_law(name: str = "", citation: str = "") -> LawWords:
    """For an office whose law the library does not hold, a tribe's for instance."""
    blank = {field.name: "" for field in dataclasses.fields(LawWords)}
    return LawWords(
        **{
            **blank,
            "name": name,
            "citation": citation,
            "answer": NEUTRAL,
            "waiver": waivers()["neutral"],
            "restricted": False,
        }  # type: ignore[arg-type]
    )
