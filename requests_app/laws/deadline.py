"""One answer to "when is it due?": the function behind the command, the calculator page and the API.

    answer("us-il", received_on=date(2017, 2, 10), on=date(2026, 11, 22))

Raises `Refused` with a code, a sentence and the field it is about. Touches no database and no clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from requests_app.clock import words
from requests_app.clock.course import Course
from requests_app.clock.events import JSON, Event, Kind
from requests_app.clock.fold import course
from requests_app.clock.rules import Authority, Owner, Rule, Unit
from requests_app.clock.standing import Clock, Stage, State
from requests_app.clock.trail import Reading, Step, StepKind
from requests_app.laws.errors import Refused
from requests_app.laws.given import facts_from, parse_date, possible, step
from requests_app.laws.plain import OWNERS, confidence
from requests_app.laws.registry import CalendarPage, Closures, Library, library
from requests_app.laws.shapes import Entry


@dataclass(frozen=True, slots=True)
class AnsweredClock:
    """One clock of the answer. `rows` is the trail as a table, `paragraph` as words for a letter.

    `due_on` is the day to act by: the earliest reading where we must act, the latest where others must.
    `conditional`: it opens only if the clock before it runs out unanswered.
    """

    key: str
    rule_id: str
    name: str
    owner: str
    due_on: dt.date | None
    due_words: str
    paused_since: dt.date | None
    earliest: dt.date | None
    latest: dt.date | None
    due_at: dt.datetime | None
    opens_on: dt.date | None
    state: State
    days_left: int | None
    conditional: bool
    standard: str
    follow_up_on: dt.date | None
    unknown: str
    verified: bool
    confidence: str
    citation: str
    url: str
    quote: str
    law_ref: str
    calendar_ref: str
    doubts: tuple[str, ...]
    rows: tuple[Mapping[str, object], ...]
    paragraph: str
    trail: tuple[Step, ...] = field(repr=False)

    def to_json(self) -> dict[str, JSON]:
        return {
            "key": self.key,
            "rule": self.rule_id,
            "name": self.name,
            "owner": self.owner,
            "due_on": _iso(self.due_on),
            "due_words": self.due_words,
            "paused_since": _iso(self.paused_since),
            "earliest": _iso(self.earliest),
            "latest": _iso(self.latest),
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "opens_on": _iso(self.opens_on),
            "state": str(self.state),
            "days_left": self.days_left,
            "conditional": self.conditional,
            "standard": self.standard or None,
            "follow_up_on": _iso(self.follow_up_on),
            "unknown": self.unknown or None,
            "verified": self.verified,
            "confidence": self.confidence,
            "citation": self.citation,
            "url": self.url or None,
            "quote": self.quote or None,
            "law_ref": self.law_ref,
            "calendar_ref": self.calendar_ref,
            "doubts": list(self.doubts),
            "paragraph": self.paragraph,
            "trail": [step.to_json() for step in self.trail],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """The clocks of one request, soonest first, the agency's before ours on one day."""

    law_id: str
    law_name: str
    short_name: str
    citation: str
    law_ref: str
    calendar_ref: str
    sent_on: dt.date | None
    received_on: dt.date
    on: dt.date
    stage: Stage
    clocks: tuple[AnsweredClock, ...]
    doubts: tuple[str, ...]
    assumptions: tuple[str, ...]
    course: Course = field(repr=False)

    def clock(self, rule_id: str) -> AnsweredClock:
        """The first clock of a rule; KeyError without one."""
        for one in self.clocks:
            if one.rule_id == rule_id:
                return one
        raise KeyError(rule_id)

    def to_json(self) -> dict[str, JSON]:
        return {
            "law": self.law_id,
            "law_name": self.law_name,
            "citation": self.citation,
            "law_ref": self.law_ref,
            "calendar_ref": self.calendar_ref,
            "sent_on": _iso(self.sent_on),
            "received_on": _iso(self.received_on),
            "on": _iso(self.on),
            "stage": str(self.stage),
            "clocks": [clock.to_json() for clock in self.clocks],
            "doubts": list(self.doubts),
            "assumptions": list(self.assumptions),
            "notice": NOTICE,
        }


__all__ = ["NOTICE", "Answer", "AnsweredClock", "answer", "as_text", "facts_from", "parse_date", "step"]
NOTICE = "Not legal advice; each date shows how it was counted."
DONE = frozenset({State.met, State.met_late, State.superseded, State.not_needed})


def answer(
    law_id: str,
    *,
    received_on: dt.date,
    on: dt.date,
    sent_on: dt.date | None = None,
    events: Sequence[Event] = (),
    facts: Mapping[str, JSON] | None = None,
    closures: Closures | None = None,
    shelf: Library | None = None,
) -> Answer:
    """What is due when. `events` come after the request; `facts` are those of the request (requester,
    record_types, agency_kind, agency_regulation, channel, agency)."""
    shelf = shelf or library()
    entry = shelf.law(law_id)
    place = shelf.place_of(law_id)
    possible(received_on, "received_on")
    if sent_on is not None:
        possible(sent_on, "sent_on")
        if received_on < sent_on:
            days = f"Received on {words.date(received_on)}, but sent on {words.date(sent_on)}"
            raise Refused(
                "received_before_sent", f"{days}: nothing arrives before it is sent.", "received_on"
            )
    version = shelf.version(law_id, sent_on or received_on)
    kept = shelf.calendar(version.calendar)
    for day, name in ((received_on, "received_on"), (sent_on or received_on, "sent_on"), *_dates(events)):
        if not kept.covers(day):
            raise Refused("outside_calendar", _outside(day, kept.first, kept.last), name)
    ledger = (
        _request(law_id, place.zone, sent_on, received_on, facts or {}),
        *_ordered(events, sent_on or received_on),
    )
    whole = course(ledger, book=shelf.book(closures))
    page = shelf.calendar_page(version.calendar)
    clocks = tuple(_clock(entry, clock, on, page) for clock in sorted(whole.clocks, key=_order))
    first = next((clock for clock in whole.clocks if clock.rule_id == version.rules[0].id), None)
    if first is not None and first.unknown:
        raise Refused("outside_calendar", _leaves(first.unknown, kept.first, kept.last), "received_on")
    return Answer(
        law_id=law_id,
        law_name=entry.law.name,
        short_name=entry.law.short_name,
        citation=entry.law.citation,
        law_ref=version.ref,
        calendar_ref=version.calendar,
        sent_on=sent_on,
        received_on=received_on,
        on=on,
        stage=whole.on(on).stage,
        clocks=clocks,
        doubts=whole.doubts,
        assumptions=_assumptions(entry, facts or {}),
        course=whole,
    )


def _request(
    law_id: str, zone: str, sent_on: dt.date | None, received_on: dt.date, facts: Mapping[str, JSON]
) -> Event:
    given: dict[str, JSON] = {
        "law": law_id,
        "zone": zone,
        "channel": "email",
        "received_by": "component",
        **facts,
    }
    return Event(
        uid="request", kind=Kind.sent, sent_on=sent_on or received_on, received_on=received_on, facts=given
    )


def _ordered(events: Sequence[Event], first: dt.date) -> tuple[Event, ...]:
    for event in events:
        on = event.on
        if on is not None and on < first:
            kind, request = event.kind.replace("_", " "), words.date(first)
            says = f"An event ({kind}) on {words.date(on)} comes before the request of {request}."
            raise Refused("event_before_request", says, "events")
    return tuple(events)


def _dates(events: Sequence[Event]) -> list[tuple[dt.date, str]]:
    days = [day for event in events for day in (event.dated_on, event.sent_on, event.received_on)]
    return [(day, "events") for day in days if day is not None]


def _outside(day: dt.date | None, first: dt.date, last: dt.date) -> str:
    said = "" if day is None else f"{words.date(day)} is outside the calendar. "
    known = f"Closed days are known from {words.date(first)} to {words.date(last)}"
    return f"{said}{known}; outside them nothing can be counted."


def _leaves(reason: str, first: dt.date, last: dt.date) -> str:
    """The first clock of a law has no date: mostly because its last day lies beyond the calendar."""
    if "is known from" in reason:
        return f"The last day would lie outside the calendar. {_outside(None, first, last)}"
    return _sentence(reason)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _assumptions(entry: Entry, facts: Mapping[str, JSON]) -> tuple[str, ...]:
    said = []
    capped = [start for start in entry.current.rules[0].starts if start.routing_cap or start.at_component]
    if capped and facts.get("received_by", "component") == "component":
        said.append(
            "The day of receipt is taken as the day the request reached the office that has to answer it."
        )
    said.append("Closures of the agency's own are not known here.")
    return tuple(said)


def _order(clock: Clock) -> tuple[dt.date, bool, str]:
    return (clock.due_on or clock.follow_up_on or dt.date.max, clock.owner is Owner.requester, clock.key)


def _clock(entry: Entry, clock: Clock, on: dt.date, page: CalendarPage) -> AnsweredClock:
    rule = next(
        rule
        for version in entry.revisions
        if version.ref == clock.law_ref
        for rule in version.rules
        if rule.id == clock.rule_id
    )
    reading = Reading.early if clock.owner is Owner.requester else Reading.late
    authority = _authority(rule, clock)
    return AnsweredClock(
        key=clock.key,
        rule_id=clock.rule_id,
        name=clock.name,
        owner=OWNERS[clock.owner],
        due_on=clock.due_on,
        due_words=due_words(clock),
        paused_since=clock.paused_since,
        earliest=clock.earliest,
        latest=clock.latest,
        due_at=clock.due_at,
        opens_on=clock.opens_on,
        state=clock.state(on),
        days_left=clock.days_left(on),
        conditional=clock.conditional,
        standard=clock.standard or "",
        follow_up_on=clock.follow_up_on,
        unknown=clock.unknown or "",
        verified=clock.verified,
        confidence=_confidence(authority, clock),
        citation=clock.citation,
        url=authority.url,
        quote=authority.quote,
        law_ref=clock.law_ref,
        calendar_ref=clock.calendar_ref,
        doubts=tuple(dict.fromkeys((*authority.doubts, *clock.doubts, *contested_days(clock.trail, page)))),
        rows=tuple(words.rows(clock.trail)),
        paragraph=words.paragraph(clock.trail, reading),
        trail=clock.trail,
    )


def _authority(rule: Rule, clock: Clock) -> Authority:
    """The authority a clock rests on: the rule's own, or that of the variant that gave its length. Several may cite one
    section; then the confidence tells them apart."""
    variants = [variant.authority for variant in rule.variants if variant.authority is not None]
    cited = [one for one in (rule.authority, *variants) if one.citation == clock.citation]
    fitting = [
        one for one in cited if one.confidence is clock.confidence and (one.verified or not clock.verified)
    ]
    return next(iter(fitting or cited), rule.authority)


def contested_days(trail: Sequence[Step], page: CalendarPage) -> tuple[str, ...]:
    """Days inside a count of which it is argued whether they are closed; the earliest reading opens them, the latest
    closes them."""
    argued = [(row.on, row.name, row.why) for row in page.contested]
    argued += [(row.on, row.name, row.doubt) for row in page.closed if row.doubt]
    said = []
    for one in trail:
        if one.from_on is None or one.to_on is None or one.unit is not Unit.business_days:
            continue
        for on, name, why in argued:
            if one.from_on < on <= one.to_on:
                said.append(
                    f"Whether {words.date(on)} ({name}) is a closed day is argued; both readings are counted. {why}"
                )
    return tuple(dict.fromkeys(said))


def _confidence(authority: Authority, clock: Clock) -> str:
    if authority.verified and not clock.verified:
        return "Unverified: it rests on a step that is unverified itself; check with counsel"
    return confidence(authority)


def due_words(clock: Clock) -> str:
    """Tuesday, February 21, 2017; both ends where the readings differ."""
    if clock.due_on is None:
        if clock.unknown:
            return f"not known: {clock.unknown}"
        if clock.paused_since is not None:
            left = clock.left_when_paused
            amount = f"; {words.length(left.count, left.unit)} left once it goes on" if left else ""
            return f"stopped since {words.date(clock.paused_since)}{amount}"
        if clock.follow_up_on is not None and clock.met_on is None and clock.ended_on is None:
            return f"no day in the law; ask again on {words.date(clock.follow_up_on)} (an interval of ours)"
        return "no day in the law"
    if clock.earliest == clock.latest or clock.earliest is None or clock.latest is None:
        return words.date(clock.due_on)
    act_by = words.date(clock.due_on)
    return f"{words.date(clock.earliest)} to {words.date(clock.latest)}; the day to act by is {act_by}"


def as_text(found: Answer) -> str:
    """The answer for a terminal, each skipped day by name."""
    lines = [
        f"{found.law_name} ({found.short_name}), {found.citation}",
        f"Received {words.date(found.received_on)}.",
    ]
    for clock in found.clocks:
        lines += ["", *_text_of(clock, found.on)]
    lines.append("")
    lines += [f"Doubt: {doubt}" for doubt in found.doubts]
    lines += [f"Assumed: {one}" for one in found.assumptions]
    lines.append(f"Text {found.law_ref}, calendar {found.calendar_ref}. {NOTICE}")
    return "\n".join(lines)


def _text_of(clock: AnsweredClock, on: dt.date) -> list[str]:
    only_if = ", if nobody answers before" if clock.conditional else ""
    lines = [
        f"{clock.name} ({clock.owner.lower()}{only_if})",
        f"  Due {clock.due_words}." if clock.due_on else f"  {_sentence(clock.due_words)}",
    ]
    if clock.due_on is not None or clock.state in DONE:
        lines.append(f"  {_state(clock, on)}")
    for step_ in clock.trail:
        if step_.kind is StepKind.start or step_.skipped or step_.kind is not StepKind.note:
            reading = {Reading.early: " [earlier reading]", Reading.late: " [later reading]"}.get(
                step_.reading, ""
            )
            lines.append(f"  - {words.sentence(step_)}{reading}")
        if len(step_.skipped) > 4:
            lines.append(f"    Left out: {words.listed([words.closed_day(day) for day in step_.skipped])}.")
    lines.append(f"  {clock.citation}. {clock.confidence}.")
    lines += [f"  Doubt: {doubt}" for doubt in clock.doubts]
    return lines


def _state(clock: AnsweredClock, on: dt.date) -> str:
    day = words.date(on)
    left = clock.days_left or 0
    if clock.state is State.lapsed:
        return f"On {day}: past, and not met by any event given."
    if clock.state is State.running and left == 0:
        return f"On {day}: due that day."
    if clock.state is State.running:
        return f"On {day}: {left} {'day' if left == 1 else 'days'} left."
    return f"On {day}: {clock.state.replace('_', ' ')}."


def _iso(on: dt.date | None) -> str | None:
    return on.isoformat() if on else None
