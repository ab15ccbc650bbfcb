"""The laws side by side: one row each, in words and in figures that sort.

The rows are pure and made once a library; only what depends on the day (has somebody looked lately) is asked when
they are read. Table, spreadsheet, API and the sheet for the file all take their words from here.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from functools import cache

from requests_app.clock.events import JSON, Kind
from requests_app.clock.rules import (
    Consequence,
    DateOf,
    Extension,
    Form,
    LawVersion,
    Length,
    Owes,
    Owner,
    Rule,
    StepOf,
    Unit,
    When,
)
from requests_app.laws.age import is_stale
from requests_app.laws.plain import figure
from requests_app.laws.registry import Library
from requests_app.laws.shapes import Entry, Jurisdiction, Reviewer

DAYS_OF = {
    Unit.business_days: 7 / 5,
    Unit.calendar_days: 1.0,
    Unit.hours: 1 / 24,
    Unit.months: 365.25 / 12,
    Unit.years: 365.25,
}
"""About how many calendar days a unit is: for the order of a column, never for a date."""

OWED = {
    Owes.acknowledgement: "an acknowledgment",
    Owes.determination: "a decision",
    Owes.records: "the records",
    Owes.decision: "a decision",
    Owes.answer: "an answer",
    Owes.notice: "a notice",
    Owes.ruling_request: "a request for a ruling",
}
SILENCE = {
    Consequence.denied: "denied",
    Consequence.may_be_treated_as_denied: "may be treated as denied",
    Consequence.approved: "approved",
    Consequence.presumed_public: "records presumed public",
    Consequence.exhausted: "court opens",
}
NOTHING = "nothing"
SILENCE_WORDS = {**{str(key): words for key, words in SILENCE.items()}, NOTHING: "nothing in the law"}
OURS = (StepOf.appeal, StepOf.review, StepOf.notice, StepOf.suit)
REFUSALS = (Kind.determined, Kind.produced, Kind.ruling_issued)
ANSWERS = (Owes.determination, Owes.records)
NO_LIMIT = re.compile(
    r"^(?:The \w+ states no time limit|No time limit is stated|No time limit (?:for [^;,]* )?was (found))"
    r"(?: for [^;,]*)?"
)
"""How the files say that a step has no limit; a row says it in three words."""


@dataclass(frozen=True, slots=True)
class Span:
    """A length in words, and in calendar days for sorting; None where the law names no number."""

    words: str
    days: float | None = None

    def to_json(self) -> dict[str, JSON]:
        return {"words": self.words, "about_days": None if self.days is None else round(self.days, 2)}


@dataclass(frozen=True, slots=True)
class LawRow:
    """One law as the table shows it. `then`: where only an acknowledgment is owed at first, what follows."""

    id: str
    code: str
    jurisdiction: str
    name: str
    citation: str
    law_ref: str
    lead: str
    answer: Span
    answer_rule: str
    owes: str
    then: str
    extension: Span
    silence: tuple[str, ...]
    window: Span
    window_step: str
    window_to: str
    window_rule: str
    review: tuple[Reviewer, ...]
    court: Span
    court_rule: str
    court_also: str
    who: str
    restricted: bool
    fees_forfeited: bool
    rules: int
    verified: int
    checked_on: dt.date | None
    text: str = field(repr=False)

    @property
    def silence_words(self) -> str:
        return "; ".join(SILENCE_WORDS[one] for one in self.silence)

    @property
    def all_verified(self) -> bool:
        return self.verified == self.rules

    @property
    def review_words(self) -> str:
        return "; ".join(f"{one.body} ({binding(one)})" for one in self.review)

    def stale(self, on: dt.date) -> bool:
        return self.checked_on is None or is_stale(self.checked_on, on)

    def to_json(self, on: dt.date) -> dict[str, JSON]:
        return {
            "id": self.id,
            "jurisdiction": self.code,
            "jurisdiction_name": self.jurisdiction,
            "name": self.name,
            "citation": self.citation,
            "law_ref": self.law_ref,
            "answer": {
                **self.answer.to_json(),
                "rule": self.answer_rule,
                "owes": self.owes,
                "then": self.then,
            },
            "extension": self.extension.to_json(),
            "silence": list(self.silence),
            "window": {
                **self.window.to_json(),
                "rule": self.window_rule or None,
                "step": self.window_step or None,
                "to": self.window_to,
            },
            "review": [
                {"body": one.body, "binding": one.binding, "required_before_court": one.required_before_court}
                for one in self.review
            ],
            "court": {**self.court.to_json(), "rule": self.court_rule or None, "also": self.court_also},
            "who_may_ask": {"words": self.who, "restricted": self.restricted},
            "fees_forfeited": self.fees_forfeited,
            "clocks": self.rules,
            "clocks_verified": self.verified,
            "checked_on": self.checked_on.isoformat() if self.checked_on else None,
            "stale": self.stale(on),
        }


@cache
def rows(shelf: Library) -> tuple[LawRow, ...]:
    """Every law of a library as a row, in the library's order. Kept as long as the library."""
    return tuple(_row(place, entry) for place in shelf.jurisdictions for entry in place.laws)


def _row(place: Jurisdiction, entry: Entry) -> LawRow:
    version, about = entry.current, entry.about
    answer, window = answer_rule(version), window_rule(version)
    suits = _suits(version)
    suit = suits[0] if suits else None
    more = _first_extension(answer) or (
        _first_extension(later) if (later := _later(version, answer)) else None
    )
    review = tuple(one for one in about.reviewers)
    text = " ".join(
        (
            place.code,
            place.name,
            entry.id,
            entry.law.name,
            entry.law.short_name,
            entry.law.citation,
            about.who_may_ask.words,
            *(one.body for one in review),
            *(one.venue for one in about.courts),
        )
    )
    return LawRow(
        id=entry.id,
        code=place.code,
        jurisdiction=place.name,
        name=entry.law.name,
        citation=entry.law.citation,
        law_ref=version.ref,
        lead=about.lead,
        answer=span(answer.length),
        answer_rule=answer.id,
        owes=OWED.get(answer.owes, str(answer.owes).replace("_", " ")),
        then=_then(version, answer),
        extension=_more(more),
        silence=silence(version),
        window=span(window.length) if window else Span("no window found"),
        window_step=str(window.remedy.step) if window and window.remedy else "",
        window_to=window.remedy.body if window and window.remedy else "",
        window_rule=window.id if window else "",
        review=review,
        court=span(suit.length) if suit else Span("not in the library"),
        court_rule=suit.id if suit else "",
        court_also=_court_also(suits),
        who=_who(version),
        restricted=bool(version.requesters),
        fees_forfeited=any(
            Consequence.fee_forfeited in rule.lapses_into.consequences
            for rule in version.rules
            if rule.owner is Owner.agency and rule.lapses_into is not None
        ),
        rules=len(version.rules),
        verified=sum(rule.authority.verified for rule in version.rules),
        checked_on=min(
            (r.authority.checked_on for r in version.rules if r.authority.checked_on), default=None
        ),
        text=text.casefold(),
    )


def span(length: Length) -> Span:
    if length.count is None or length.unit is None:
        return Span(NO_LIMIT.sub(_no_limit, (length.standard or "").rstrip(".")))
    other = length.or_else
    words = " ".join(figure(length))
    if other is not None and other.count is not None:
        words = f"{words} (or {' '.join(figure(other))})"
    return Span(words, length.count * DAYS_OF[length.unit])


def _no_limit(said: re.Match[str]) -> str:
    return "no limit found" if said[1] else "no limit stated"


def binding(reviewer: Reviewer) -> str:
    """Whether what a reviewer says binds the agency, in words."""
    if reviewer.binding is None:
        return "binding: not said"
    return "may bind" if reviewer.binding else "does not bind"


def answer_rule(version: LawVersion) -> Rule:
    """The clock people mean by "how long do they have": of those that the request starts for everybody, the first
    with a number for an answer; else the first with any number; else the first."""
    started = [
        rule
        for rule, _start in version.by_kind.get(Kind.sent, ())
        if rule.owner is Owner.agency and _general(rule)
    ] or list(version.rules[:1])
    numbered = [rule for rule in started if rule.length.count is not None]
    answers = [rule for rule in numbered if rule.owes in ANSWERS]
    # In Wyoming the acknowledgment has no number, and the records are due by one that counts from it.
    after = [
        rule
        for rule, _start in version.by_kind.get(Kind.acknowledged, ())
        if rule.owner is Owner.agency
        and rule.owes in ANSWERS
        and rule.length.count is not None
        and _general(rule)
    ]
    return (answers or numbered or after or started)[0]


def window_rule(version: LawVersion) -> Rule | None:
    """Our first step after a refusal or a silence: an appeal or a review before a suit, a number before none."""
    found = [
        rule
        for rule in version.rules
        if rule.owner is Owner.requester
        and rule.remedy is not None
        and _general(rule)
        and _after_refusal(rule)
    ]
    before_court = [rule for rule in found if rule.remedy and rule.remedy.step is not StepOf.suit]
    ordered = [*before_court, *(rule for rule in found if rule not in before_court)]
    numbered = [rule for rule in before_court if rule.length.count is not None]
    return next(iter(numbered or ordered), None)


def silence(version: LawVersion) -> tuple[str, ...]:
    """What silence after a request means. It may hang on another clock of the same request: in Texas on the one to
    ask for a ruling, in Alabama on one that counts from the acknowledgment."""
    opened = (*version.by_kind.get(Kind.sent, ()), *version.by_kind.get(Kind.acknowledged, ()))
    found = dict.fromkeys(
        str(consequence)
        for rule, _start in opened
        if rule.owner is Owner.agency and _general(rule) and rule.lapses_into is not None
        for consequence in rule.lapses_into.consequences
        if consequence in SILENCE
    )
    return tuple(found) or (NOTHING,)


def _suits(version: LawVersion) -> list[Rule]:
    """The clocks to court: what a refusal or a silence opens first, then the shortest; without a number last."""
    found = [
        rule
        for rule in version.rules
        if rule.owner is Owner.requester and rule.remedy is not None and rule.remedy.step is StepOf.suit
    ]
    general = [rule for rule in found if _general(rule)] or found
    return sorted(
        general, key=lambda rule: (not _after_refusal(rule), span(rule.length).days or float("inf"))
    )


def _court_also(suits: list[Rule]) -> str:
    """Other ways to court that have a day of their own: after a board has decided, over a fee."""
    found: dict[str, str] = {}
    for rule in suits[1:]:
        if rule.length.count is not None and rule.length != suits[0].length:
            found.setdefault(span(rule.length).words, f"{rule.name[:1].lower()}{rule.name[1:]}")
    return "; ".join(f"{words} to {doing}" for words, doing in found.items())


def _later(version: LawVersion, answer: Rule) -> Rule | None:
    """After an acknowledgment comes the decision; its time is what people wait for. A clock that only holds the
    agency to a day it named says nothing about how long that is."""
    if answer.owes in ANSWERS:
        return None
    theirs = [
        rule
        for rule in version.rules
        if rule.owner is Owner.agency and rule is not answer and rule.owes in ANSWERS and _general(rule)
    ]
    counted = [rule for rule in theirs if not any(start.date is DateOf.named for start in rule.starts)]
    return next(iter(counted or theirs), None)


def _then(version: LawVersion, answer: Rule) -> str:
    later = _later(version, answer)
    return "" if later is None else f"then {span(later.length).words} for {OWED[later.owes]}"


def _first_extension(rule: Rule) -> Extension | None:
    ordinary = (one for one in rule.extensions if not one.by_agreement)
    return next((one for one in ordinary if one.when is None or _only_unless(one.when)), None)


def more(rule: Rule) -> str:
    """What the agency may take besides, on its own notice, for an ordinary request; empty where it may not."""
    extension = _first_extension(rule)
    return _more(extension).words if extension else ""


def _more(extension: Extension | None) -> Span:
    if extension is None:
        return Span("none in the law")
    length = span(extension.length) if extension.length else Span("")
    return {
        Form.adds: Span(f"{length.words} more", length.days),
        Form.total: Span(f"{length.words} in all", length.days),
        Form.from_event: Span(f"{length.words} from the notice", length.days),
        Form.date_certain: Span("to a day it names"),
    }[extension.form]


def _who(version: LawVersion) -> str:
    if not version.requesters:
        return "Anyone"
    said = " or ".join(word.replace("-", " ").replace("_", " ") for word in version.requesters)
    return f"{said[:1].upper()}{said[1:]} only"


def _general(rule: Rule) -> bool:
    """For every ordinary request: a condition that only leaves some out ("unless commercial") is none."""
    return rule.applies_when is None or _only_unless(rule.applies_when)


def _only_unless(when: When) -> bool:
    given = (
        when.agency_kinds, when.record_types, when.requester, when.channels, when.agency_regulation, when.outcomes,
        when.facts,
    )  # fmt: skip
    return when.unless is not None and not any(given)


def _after_refusal(rule: Rule) -> bool:
    return any(start.lapse_of or any(kind in REFUSALS for kind in start.on) for start in rule.starts)
