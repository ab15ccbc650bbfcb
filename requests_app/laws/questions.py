"""What a law asks to know before it can count: of the requester, the records and the office, and of single events.

Collected from the conditions of its rules, so that a form asks only what this law's clocks hang on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from requests_app.clock.events import JSON, Kind
from requests_app.clock.rules import LawVersion, Rule, When

LISTS = ("requester", "record_types", "agency_regulation")
TITLES = {
    "requester": "Who asks",
    "record_types": "What kind of records",
    "agency_regulation": "What kind of office",
    "about": "What it is about",
    "by": "Who said so",
    "category": "Handled as",
    "date_certain": "The agency bound itself to the date it names",
    "granted": "How it was decided",
    "ground": "The reason, in the law’s terms",
    "oral": "The denial was only spoken",
    "agreed": "Both sides agreed to it in writing",
    "priority": "The law calls the request a priority",
    "stage": "Which step of asking this is",
}
WORDS = {
    "requester": {
        "citizen": "A citizen of the state",
        "resident": "A resident of the state",
        "nonresident": "Not a resident of the state",
        "media": "News media that publish or broadcast in the state",
        "commercial": "For a commercial purpose",
        "recurrent": "The agency calls us a recurrent requester",
        "data-subject": "The person the records are about",
        "recording-subject": "A person in the recording, or a lawyer or heir of one",
        "inmate": "A person in custody",
        "incarcerated": "A person in custody",
        "public-benefit": "A faster answer benefits the public, not only us",
    },
    "record_types": {
        "arrest-information": "Information about an arrest",
        "arrest-log": "The log of arrests",
        "body-camera": "Body-camera recordings",
        "body-camera-voluminous": "Body-camera recordings, a large volume",
        "vehicle-camera": "Vehicle-camera recordings",
        "complaint-video": "Video of an incident of which a complaint was made",
        "criminal-investigative-files": "Criminal investigative files",
        "critical-incident-video": "Video or audio of a critical incident",
        "daily-log": "The daily log or record of the police",
        "daniels-law": "Records that must be reviewed for home addresses of officers and judges",
        "death-or-injury-recording": "A recording that shows a death or a serious injury",
        "election-records": "Election records",
        "immediate-access": "Budgets, bills, contracts or pay, open to immediate access",
        "incident-report": "Incident or arrest reports",
        "incident-reports": "Incident reports of the last two weeks",
        "jail-log": "Who was in the jail in the last three months",
        "minutes": "Minutes of meetings of the last six months",
        "law-enforcement-personnel-files": "Personnel files of officers",
        "law-enforcement-recording": "Recordings by law enforcement",
        "law-enforcement-video": "Video by law enforcement",
        "older-than-24-months": "Records older than 24 months",
        "older-than-3-years": "Records older than three years",
        "more-than-300-pages": "More than 300 pages",
        "peace-officer-records": "Records of peace officers’ force, shootings or misconduct",
        "personnel-file": "Personnel or medical files",
        "personnel-records": "Personnel or evaluation records",
        "shared-police-records": "Police records shared between agencies",
        "single-record": "One single record, easily found",
        "victim-911-recording": "A 911 recording that shows a victim",
        "in-active-use": "Records in active use, or in storage",
        "voluminous": "A large volume of records",
    },
    "agency_regulation": {
        "council": "The Council of the District of Columbia",
        "attorney-general": "The Office of the Attorney General",
        "dhs": "A component of the Department of Homeland Security",
        "elected-official": "An elected official",
        "no-written-procedures": "An office without written procedures",
    },
    "about": {
        "fees": "Money",
        "grounds": "The written reasons of a denial",
        "mediation": "Mediation",
        "suit": "A coming suit",
    },
    "by": {"reviewer": "The reviewer", "court": "The court", "board": "The board"},
    "category": {
        "voluminous": "Voluminous",
        "commercial": "Commercial",
        "recurrent": "Recurrent",
        "time-intensive": "Time-intensive",
    },
    "ground": {
        "critical-incident": "A critical incident under investigation",
        "cyberattack": "A cyberattack on the office",
        "daniels-law": "A review for protected home addresses",
        "storage": "Records in storage",
        "active-use-or-storage": "Records in active use, or in storage",
        "investigation": "An investigation that release would harm",
    },
    "granted": {"false": "Refused", "true": "Granted"},
    "stage": {"informal": "An informal request, before the written one the law knows"},
}
YES = "true"


@dataclass(frozen=True, slots=True)
class Option:
    word: str
    label: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. `several`: more than one answer may hold, and the fact is a list; a question without options is
    answered with yes or not at all."""

    fact: str
    title: str
    options: tuple[Option, ...]
    several: bool

    def value(self, answers: Iterable[str]) -> JSON:
        """The fact as the ledger holds it; None where nothing was answered."""
        given = [word for word in answers if word]
        if not given:
            return None
        if self.several:
            return list(given)
        return given[0] == YES if given[0] in (YES, "false") else given[0]


def of_request(version: LawVersion) -> tuple[Ask, ...]:
    """What the filing of a request is asked. Kind of agency and way of sending are known without asking."""
    found: dict[str, set[str]] = {"requester": set(version.requesters)}
    for rule in version.rules:
        for when in conditions(rule):
            for fact in LISTS:
                found.setdefault(fact, set()).update(getattr(when, fact))
        for when in _of_the_request(rule):
            _note(found, when)
    return _asks(found)


def of_event(version: LawVersion, kind: Kind) -> tuple[Ask, ...]:
    """What an event of this kind is asked under this law."""
    found: dict[str, set[str]] = {}
    for rule in version.rules:
        for on, when in _of_events(rule):
            if kind in on:
                _note(found, when)
    if found.get("granted"):
        found["granted"] = {"true", "false"}
    return _asks(found)


def label(fact: str, word: str) -> str:
    """The words of the screen; a word no table knows is said as it stands."""
    return WORDS.get(fact, {}).get(word) or word.replace("-", " ").capitalize()


def _asks(found: dict[str, set[str]]) -> tuple[Ask, ...]:
    order = list(TITLES)
    asks = []
    for fact in sorted(found, key=lambda one: order.index(one) if one in order else len(order)):
        words = sorted(found[fact], key=lambda word: label(fact, word))
        if words:
            options = () if set(words) == {YES} else tuple(Option(word, label(fact, word)) for word in words)
            asks.append(Ask(fact, TITLES.get(fact, fact.capitalize()), options, fact in LISTS))
    return tuple(asks)


def _note(found: dict[str, set[str]], when: When) -> None:
    for name, among in (when.facts or {}).items():
        found.setdefault(name, set()).update(str(value).lower() for value in among)


def conditions(rule: Rule) -> Iterator[When]:
    """Every condition of a rule and what is nested in it."""
    yield from _nested(rule.applies_when)
    for parts in (rule.variants, rule.starts, rule.stops, rule.extensions, rule.met_by, rule.ends_on):
        for part in parts:
            yield from _nested(part.when)


def _of_the_request(rule: Rule) -> Iterator[When]:
    """Facts looked up in the sending itself: of what it opens, and of what governs the whole rule."""
    yield from _nested(rule.applies_when)
    if any(Kind.sent in start.on for start in rule.starts):
        for variant in rule.variants:
            yield from _nested(variant.when)
        for start in rule.starts:
            if Kind.sent in start.on:
                yield from _nested(start.when)


def _of_events(rule: Rule) -> Iterator[tuple[tuple[Kind, ...], When]]:
    for parts in (rule.starts, rule.stops, rule.extensions, rule.met_by, rule.ends_on):
        for part in parts:
            on = tuple(kind for kind in part.on if kind is not Kind.sent)
            for when in _nested(part.when):
                yield on, when


def _nested(when: When | None) -> Iterator[When]:
    if when is not None:
        yield when
        yield from _nested(when.unless)
