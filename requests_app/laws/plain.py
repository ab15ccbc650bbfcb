"""A rule in plain words, for the law's page: the same facts the engine counts with, said as sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from requests_app.clock.events import JSON, Kind, Outcome
from requests_app.clock.rules import (
    Authority,
    Consequence,
    Counting,
    DateOf,
    Effect,
    Extension,
    Form,
    LawVersion,
    Length,
    Owner,
    Roll,
    Rule,
    Start,
    Stop,
    Unit,
    When,
)
from requests_app.laws.age import is_stale
from requests_app.laws.questions import TITLES, WORDS, YES, label

EVENTS: dict[Kind, str] = {
    Kind.sent: "the request",
    Kind.bounced: "a returned mail",
    Kind.receipt_confirmed: "proof of receipt",
    Kind.acknowledged: "the acknowledgement",
    Kind.perfected: "the agency's word that the request is complete",
    Kind.clarification_asked: "the agency's question",
    Kind.clarification_answered: "our answer to the question",
    Kind.parts_named: "our naming of the parts",
    Kind.narrowed: "our narrowing of the request",
    Kind.fee_estimated: "the fee estimate",
    Kind.fee_paid: "our payment",
    Kind.deposit_asked: "the demand for a deposit",
    Kind.deposit_paid: "our deposit",
    Kind.fee_waiver_asked: "our request for a fee waiver",
    Kind.fee_waiver_decided: "the decision on the fee waiver",
    Kind.expedite_asked: "our request for expedited processing",
    Kind.expedite_decided: "the decision on expedited processing",
    Kind.category_decided: "the notice of a category",
    Kind.extension_noticed: "the notice of an extension",
    Kind.date_promised: "a promised date",
    Kind.instalment_promised: "a promised installment",
    Kind.referred: "the referral",
    Kind.consulted: "the consultation",
    Kind.transferred: "the transfer",
    Kind.third_party_notified: "the notice to a third party",
    Kind.third_party_objected: "a third party's objection",
    Kind.injunction_sought: "a motion to enjoin",
    Kind.ruling_requested: "the request for a ruling",
    Kind.ruling_brief_sent: "the brief to the reviewer",
    Kind.ruling_issued: "the ruling",
    Kind.determined: "the determination",
    Kind.produced: "a production of records",
    Kind.appeal_filed: "our appeal",
    Kind.appeal_decided: "the decision on the appeal",
    Kind.remanded: "the remand",
    Kind.review_filed: "our request for review",
    Kind.review_decided: "the decision on review",
    Kind.follow_up_sent: "our follow-up",
    Kind.notice_sent: "our formal notice",
    Kind.sued: "our suit",
    Kind.suit_decided: "the judgment",
}
DATES = {
    DateOf.received: "the day it is received",
    DateOf.sent: "the day it is sent",
    DateOf.dated: "the date it bears",
    DateOf.named: "the date it names",
}
OWNERS = {
    Owner.agency: "Agency",
    Owner.requester: "Requester",
    Owner.reviewer: "Reviewer",
    Owner.court: "Court",
    Owner.third_party: "Third party",
    Owner.nobody: "A wait",
}
CONSEQUENCES = {
    Consequence.denied: "the request counts as denied",
    Consequence.may_be_treated_as_denied: "it may be treated as denied",
    Consequence.approved: "the request counts as approved",
    Consequence.presumed_public: "the records are presumed public",
    Consequence.exhausted: "nothing more has to be tried before court",
    Consequence.fee_forfeited: "the right to charge is lost",
    Consequence.burden_moves: "the burden of proof moves to the agency",
    Consequence.penalty_per_day: "a penalty runs for each day",
    Consequence.withdrawn: "the request counts as withdrawn",
    Consequence.right_lost: "this step is lost",
    Consequence.nothing: "the law attaches no consequence of its own",
}
ROLLS = {
    Roll.forward: "A last day that is no working day moves to the next one.",
    Roll.backward: "A last day that is no working day moves to the one before it.",
    Roll.none: "A last day stays where it falls.",
    Roll.unknown: (
        "No rule was found for a last day that is no working day: for us it does not move later, for others it may."
    ),
}
REQUESTERS = {
    "citizen": "where a citizen of the state asks",
    "resident": "where a resident of the state asks",
    "nonresident": "where somebody asks who is no resident of the state",
    "media": "where news media of the state ask",
    "commercial": "where the request serves a commercial purpose",
    "recurrent": "where the agency calls us a recurrent requester",
    "data-subject": "where the person asks whom the records are about",
    "recording-subject": "where a person in the recording asks, or a lawyer or heir of one",
    "inmate": "where a person in custody asks",
    "incarcerated": "where a person in custody asks",
    "public-benefit": "where a faster answer benefits the public, not only us",
}
CHANNELS = {
    "email": "by e-mail",
    "in_person": "in person",
    "oral": "by word of mouth",
    "phone": "by telephone",
    "portal": "through a portal",
}
FACTS = {
    "about": "about {}",
    "by": "given by {}",
    "category": "where the request is handled as {}",
    "granted": "where it is {}",
    "ground": "where the reason is {}",
    "stage": "where it is {}",
}
ADVERSE_FEW = 3


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What the page shows of a rule. `count` and `unit` are the large figure; empty where the law has no number."""

    id: str
    name: str
    owner: str
    count: str
    unit: str
    sentence: str
    starts: tuple[str, ...]
    variants: tuple[str, ...]
    longer: tuple[str, ...]
    stops: tuple[str, ...]
    met_by: str
    if_missed: str
    remedy: tuple[str, ...]
    counting: str
    citation: str
    url: str
    quote: str
    note: str
    doubts: tuple[str, ...]
    confidence: str
    checked: str
    verified: bool
    stale: bool


def rule_words(rule: Rule, version: LawVersion, *, on: dt.date) -> RuleWords:
    authority = rule.authority
    count, unit = figure(rule.length)
    return RuleWords(
        id=rule.id,
        name=rule.name,
        owner=OWNERS[rule.owner],
        count=count,
        unit=unit,
        sentence=sentence(rule),
        starts=(*(_start(start, version) for start in rule.starts), *_only_after(rule)),
        variants=tuple(
            f"{_capital(_length(variant.length))} {_when(variant.when)}{_cite(variant.authority)}."
            for variant in rule.variants
        ),
        longer=tuple(_extension(extension) for extension in rule.extensions),
        stops=tuple(_stop(stop) for stop in rule.stops),
        met_by=_met(rule),
        if_missed=missed(rule, version),
        remedy=_remedy(rule, version),
        counting=_counting(rule.counting, rule.length),
        citation=authority.citation,
        url=authority.url,
        quote=authority.quote,
        note=authority.note,
        doubts=authority.doubts,
        confidence=confidence(authority),
        checked=checked(authority, on),
        verified=authority.verified,
        stale=authority.checked_on is None or is_stale(authority.checked_on, on),
    )


def figure(length: Length) -> tuple[str, str]:
    if length.count is None or length.unit is None:
        return "", ""
    return str(length.count), _unit(length.unit, length.count)


def sentence(rule: Rule) -> str:
    """One sentence: who has how long, from what, to do what."""
    who = {Owner.requester: "We have", Owner.third_party: "The third party has"}.get(
        rule.owner, f"The {OWNERS[rule.owner].lower()} has"
    )
    if rule.length.count is None:
        return f"{rule.name}: {(rule.length.standard or '').rstrip('.')}."
    doing = rule.name[0].lower() + rule.name[1:]
    if rule.owner is Owner.nobody:
        return f"{_capital(_length(rule.length))} must pass: {doing}."
    return f"{who} {_length(rule.length)} from {_since(rule.starts[0])} to {doing}."


def confidence(authority: Authority) -> str:
    if authority.verified:
        return "Confidence high: two readings agree"
    if authority.second_confidence is None:
        return f"Unverified: one reading, confidence {authority.confidence}; check with counsel"
    if not authority.readings_agree:
        return "Unverified: the two readings differ; check with counsel"
    return (
        f"Unverified: the readings agree, with confidence {authority.confidence} "
        f"and {authority.second_confidence}; check with counsel"
    )


def checked(authority: Authority, on: dt.date) -> str:
    if authority.checked_on is None:
        return "Never checked"
    day = f"{authority.checked_on:%B} {authority.checked_on.day}, {authority.checked_on.year}"
    return f"Not re-checked since {day}" if is_stale(authority.checked_on, on) else f"Checked on {day}"


def missed(rule: Rule, version: LawVersion) -> str:
    lapse = rule.lapses_into
    if lapse is None:
        return ""
    parts = (
        [_capital("; ".join(CONSEQUENCES[one] for one in lapse.consequences)) + "."]
        if lapse.consequences
        else []
    )
    opened = [version.by_id[one].name for one in lapse.starts if one in version.by_id]
    if opened:
        parts.append(f"Opens: {', '.join(opened)}.")
    parts += [lapse.note] if lapse.note else []
    parts += [cure.note for cure in lapse.cures if cure.note]
    return " ".join(parts)


def _start(start: Start, version: LawVersion) -> str:
    if start.on:
        words = f"On {_from(start)}"
        said_already = _refuses(start.when) and Kind.determined in start.on
        words += f", {_when(start.when)}" if start.when and not said_already else ""
        if start.or_date:
            words += f"; or, by another reading, on {DATES[start.or_date]}"
        if start.routing_cap:
            cap = _length(start.routing_cap)
            words += f", at the office that has to answer, but not later than {cap} after first receipt"
        return words + "."
    for ids, says in (
        (start.lapse_of, "When the time runs out for"),
        (start.due_of, "On the last day for"),
        (start.met_of, "On the day this is done"),
        (start.unanswered_of, "When our own interval for asking again has passed for"),
    ):
        if ids:
            names = ", ".join(version.by_id[one].name for one in ids if one in version.by_id)
            counted = start.counted_from
            request = f" It counts from the request, {DATES[counted]}." if counted is not None else ""
            return f"{says}: {names}.{request}"
    return ""


def _only_after(rule: Rule) -> tuple[str, ...]:
    held, happened = (
        _when(rule.applies_when),
        _or([EVENTS[kind] for kind in rule.only_after if kind in EVENTS]),
    )
    whom = f"Not {held.removeprefix('except ')}." if held.startswith("except ") else held and f"Only {held}."
    return tuple(said for said in (whom, happened and f"Only once there is {happened}.") if said)


def _since(start: Start) -> str:
    if start.on:
        return _from(start)
    if start.counted_from is not None:
        return _from(Start(on=(Kind.sent,), date=start.counted_from))
    return (
        "the last day of the time before it" if start.lapse_of or start.due_of else "the day this clock opens"
    )


def _from(start: Start) -> str:
    if start.on == (Kind.sued,) and start.date is DateOf.sent:
        return "the filing of our suit"
    things = _or([EVENTS[kind] for kind in start.on if kind in EVENTS])
    if _refuses(start.when):
        things = (
            "an answer that does not give the whole of what was asked"
            if Kind.determined in start.on
            else things
        )
    return {
        DateOf.received: f"the receipt of {things}",
        DateOf.sent: f"the sending of {things}",
        DateOf.dated: f"the date of {things}",
        DateOf.named: f"the date named in {things}",
    }[start.date]


def _refuses(when: When | None) -> bool:
    return when is not None and len(when.outcomes) > ADVERSE_FEW


def _extension(extension: Extension) -> str:
    length = _length(extension.length) if extension.length else ""
    since = _or([EVENTS[kind] for kind in extension.from_kinds]) or "the notice"
    form = {
        Form.adds: f"{_capital(length)} more",
        Form.total: f"{_capital(length)} in all, from the start",
        Form.from_event: f"{_capital(length)} from {since}",
        Form.date_certain: "A date certain in place of the count",
    }[extension.form]
    needs = []
    if extension.by_agreement:
        needs.append("agreed in writing")
    if extension.reason_needed:
        needs.append("with a reason")
    if extension.date_required:
        needs.append("with a date")
    if extension.notice_before_lapse and not extension.by_agreement:
        needs.append("noticed before the time ends")
    if extension.times == 1 and not extension.by_agreement:
        needs.append("once")
    if extension.cap is not None:
        needs.append(f"{_length(extension.cap)} at most, however many notices")
    when = _condition(extension.when)
    if when.startswith(" ") and extension.form is Form.total:
        when = f",{when}"
    doubt = " Doubtful." if extension.doubtful else ""
    return f"{form}{when}{': ' + ', '.join(needs) if needs else ''}{_cite(extension.authority)}.{doubt}"


def _stop(stop: Stop) -> str:
    what = _capital(_or([EVENTS[kind] for kind in stop.on if kind in EVENTS]))
    until = _or([EVENTS[kind] for kind in stop.until if kind in EVENTS])
    does = {
        Effect.pause: f"pauses the time until {until}",
        Effect.restart: f"starts the time again from {until}",
        Effect.ignore: "does not stop the time",
        Effect.close: "closes the request",
    }[stop.effect]
    may = "may be read so that it " if stop.doubtful else ""
    times = ", once" if stop.times == 1 else ""
    when = _condition(stop.when)
    when += "," if when.startswith(",") else ""
    return f"{what}{when} {may}{does}{times}{_cite(stop.authority)}."


def _met(rule: Rule) -> str:
    parts = []
    for meeting in rule.met_by:
        words = _or([EVENTS[kind] for kind in meeting.on if kind in EVENTS])
        sent = "when filed" if meeting.on == (Kind.sued,) else "when sent"
        how = {DateOf.sent: sent, DateOf.received: "when it arrives"}.get(meeting.date, "")
        how += f", {_when(meeting.when)}" if meeting.when else ""
        extra = [
            part
            for part in (
                meeting.channel,
                meeting.office and f"to: {meeting.office}",
                meeting.proof and f"proof: {meeting.proof}",
            )
            if part
        ]
        parts.append(
            f"{_capital(words)} {how}{'. ' + _capital('; '.join(extra)) if extra else ''}".strip() + "."
        )
    return " ".join(parts)


def _remedy(rule: Rule, version: LawVersion) -> tuple[str, ...]:
    remedy = rule.remedy
    if remedy is None:
        return ()
    names = {one.id: one.name for one in version.rules}
    said = [f"{_capital(remedy.step)}: {remedy.body}." if remedy.body else f"{_capital(remedy.step)}."]
    for ids, says in (
        (remedy.requires_first, "First needed: {}."),
        (remedy.excludes, "Taking it ends: {}."),
        (remedy.does_not_stop, "It does not stop: {}."),
    ):
        if ids:
            said.append(says.format(", ".join(names.get(one, one) for one in ids)))
    return tuple(said)


def _counting(counting: Counting, length: Length) -> str:
    if length.count is None:
        return ""
    first = "The first day is not counted." if counting.exclude_first_day else "The first day is counted."
    if length.unit is Unit.business_days:
        return first
    return f"{first} {ROLLS[counting.roll]}"


def _when(when: When | None) -> str:
    if when is None:
        return ""
    said = []
    if when.requester:
        asks = (REQUESTERS.get(word, f"where the requester is {_plain(word)}") for word in when.requester)
        said.append(_or(list(dict.fromkeys(asks))))
    for fact, words, says in (
        ("record_types", when.record_types, "for {}"),
        ("agency_kinds", when.agency_kinds, "for agencies of the kind {}"),
        ("agency_regulation", when.agency_regulation, "where the office is {}"),
    ):
        if words:
            said.append(says.format(_or([_answer(fact, word) for word in words])))
    if when.channels:
        said.append(_or([CHANNELS.get(word, f"by {_plain(word)}") for word in when.channels]))
    if when.outcomes:
        said.append(_outcomes(when.outcomes))
    for name, values in (when.facts or {}).items():
        said.append(_fact(name, [str(value).lower() for value in values]))
    if when.unless is not None:
        said.append(f"except {_when(when.unless)}")
    return ", ".join(said)


def _condition(when: When | None) -> str:
    """A condition behind a noun. That a notice of the reviewer or of the court is another one goes without saying."""
    if when is None:
        return ""
    said = _when(replace(when, unless=None) if when.unless == When(facts=_by(when.unless)) else when)
    return f", {said}" if said.startswith("except") else f" {said}" if said else ""


def _by(when: When | None) -> Mapping[str, tuple[JSON, ...]] | None:
    return when.facts if when is not None and set(when.facts or ()) == {"by"} else None


def _fact(name: str, values: list[str]) -> str:
    if values == [YES] and name not in WORDS:
        return f"where {_small(TITLES.get(name, _plain(name)))}"
    says = FACTS.get(name, f"where the {_plain(name)} is {{}}")
    return says.format(_or([_answer(name, value) for value in values]))


def _answer(fact: str, word: str) -> str:
    """What the form calls this answer, inside a sentence."""
    return _small(label(fact, word)) if word in WORDS.get(fact, {}) else _plain(word)


def _plain(word: str) -> str:
    return word.replace("-", " ").replace("_", " ")


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


def _outcomes(outcomes: tuple[Outcome, ...]) -> str:
    if len(outcomes) > ADVERSE_FEW:
        return "where it does not give the whole of what was asked"
    return f"where the outcome is {_or([outcome.replace('_', ' ') for outcome in outcomes])}"


def _length(length: Length) -> str:
    if length.count is None or length.unit is None:
        return length.standard or ""
    other = f" (or, by another reading, {_length(length.or_else)})" if length.or_else else ""
    return f"{length.count} {_unit(length.unit, length.count)}{other}"


def _unit(unit: Unit, count: int) -> str:
    words = unit.replace("_", " ")
    return words.removesuffix("s") if count == 1 else words


def _or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}" if words else ""


def _cite(authority: Authority | None) -> str:
    return f" ({authority.citation})" if authority and authority.citation else ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
