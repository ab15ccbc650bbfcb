"""A shelf of small laws for the tests of the clock. None is a real one; each shows shapes that real ones have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import holidays

from requests_app.clock.book import ShelfBook
from requests_app.clock.calendars import Calendar
from requests_app.clock.course import Course
from requests_app.clock.events import JSON, Event, Kind, Outcome
from requests_app.clock.fold import course
from requests_app.clock.rules import (
    Authority,
    Chain,
    Confidence,
    Consequence,
    Counting,
    Cure,
    DateOf,
    Effect,
    Extension,
    Form,
    Lapse,
    Law,
    LawVersion,
    Length,
    Meeting,
    Owes,
    Owner,
    Remedy,
    Roll,
    Rule,
    Scope,
    Start,
    StepOf,
    Stop,
    Unit,
    When,
)
from requests_app.clock.standing import Clock

D = dt.date
FIRST, LAST = D(2010, 1, 1), D(2040, 12, 31)
HIGH = Authority(
    "Act § 1", confidence=Confidence.high, second_confidence=Confidence.high, readings_agree=True
)
DENIED = When(outcomes=(Outcome.denied, Outcome.denied_in_part))
FORWARD = Counting(roll=Roll.forward)


def federal_calendar() -> Calendar:
    days = holidays.country_holidays("US", years=range(FIRST.year, LAST.year + 1))
    return Calendar("us-x", FIRST, LAST, {on: (name, "5 U.S.C. 6103") for on, name in days.items()})


CALENDAR = federal_calendar()


def business(count: int) -> Length:
    return Length(count, Unit.business_days)


def days(count: int) -> Length:
    return Length(count, Unit.calendar_days)


def rule(id: str, length: Length, *starts: Start, **parts: Any) -> Rule:
    """An agency's rule that rolls forward, unless told otherwise."""
    parts.setdefault("name", id.capitalize())
    parts.setdefault("owner", Owner.agency)
    parts.setdefault("counting", FORWARD)
    parts.setdefault("authority", HIGH)
    return Rule(id=id, length=length, starts=starts or (Start(on=(Kind.sent,)),), **parts)


def determine(length: Length, **parts: Any) -> Rule:
    parts.setdefault("met_by", (Meeting((Kind.determined,)),))
    return rule("determine", length, **parts)


def version(*rules: Rule, **parts: Any) -> LawVersion:
    parts.setdefault("effective_from", D(2000, 1, 1))
    law_id = parts.pop("law_id", "us-x")
    return LawVersion(law_id, "Records Act", "Act", parts.pop("calendar", "us-x"), rules, **parts)


def law(*versions: LawVersion) -> Law:
    return Law(versions[0].law_id, "Records Act", "RA", "Act", versions[0].law_id, versions)


def book(*rules: Rule, calendar: Calendar = CALENDAR, **parts: Any) -> ShelfBook:
    made = version(*rules, **parts)
    assert made.problems() == ()
    return ShelfBook({made.law_id: law(made)}, {"us-x": calendar})


def event(uid: str, kind: Kind, on: D | None = None, **fields: Any) -> Event:
    """An event on a day: sent that day, unless its dates are given one by one."""
    facts: Mapping[str, JSON] = fields.pop("facts", {})
    if on is not None and not {"sent_on", "dated_on", "received_on"} & fields.keys():
        fields["sent_on"] = fields["received_on"] = on
    return Event(uid, kind, facts=facts, **fields)


def sent(on: D, *, law_id: str = "us-x", **facts: JSON) -> Event:
    """A request received on the day it was sent."""
    return Event(
        "sent", Kind.sent, sent_on=on, received_on=on, facts={"law": law_id, "channel": "email", **facts}
    )


def fold(shelf: ShelfBook, *events: Event) -> Course:
    return course(events, book=shelf)


def clock(made: Course, rule_id: str, scope: str = "request", number: int = 1) -> Clock:
    found = made.clock(f"{rule_id}|{scope}|r{number}")
    assert found is not None, [each.key for each in made.clocks]
    return found


ASKED, ANSWERED = Kind.clarification_asked, Kind.clarification_answered
PAUSE = Stop((ASKED,), Effect.pause, (ANSWERED,))
RESTART = Stop((ASKED,), Effect.restart, (ANSWERED,))


def due(the_rule: Rule, *events: Event, calendar: Calendar = CALENDAR) -> Clock:
    return clock(fold(book(the_rule, calendar=calendar), *events), the_rule.id)


def ask(on: D, uid: str = "q") -> Event:
    return event(uid, ASKED, on)


def answer(on: D, uid: str = "a", **facts: Any) -> Event:
    return event(uid, ANSWERED, on, facts=facts)


def noticed(on: D, uid: str = "x", **facts: Any) -> Event:
    return event(uid, Kind.extension_noticed, on, facts={"reason": "volume", **facts})


TWENTY = D(2026, 2, 2)
"""Twenty business days from Monday, February 2, 2026, over Presidents' Day, end on Tuesday, March 3."""

APPEAL_ONLY = rule(
    "appeal-by",
    days(30),
    Start(on=(Kind.determined,), when=DENIED),
    owner=Owner.requester,
    scope=Scope.part,
    counting=Counting(roll=Roll.backward),
    remedy=Remedy(StepOf.appeal),
    met_by=(Meeting((Kind.appeal_filed,)),),
)


APPEAL = rule(
    "appeal-by",
    days(30),
    Start(on=(Kind.determined,), date=DateOf.received, when=DENIED),
    Start(lapse_of=("determine",)),
    owner=Owner.requester,
    owes=Owes.filing,
    scope=Scope.part,
    counting=Counting(roll=Roll.unknown),
    remedy=Remedy(StepOf.appeal, requires_first=()),
    met_by=(Meeting((Kind.appeal_filed,)),),
)
DECISION = rule(
    "appeal-decision",
    business(10),
    Start(on=(Kind.appeal_filed,), date=DateOf.received),
    owner=Owner.reviewer,
    owes=Owes.decision,
    scope=Scope.event,
    met_by=(Meeting((Kind.appeal_decided,)),),
    lapses_into=Lapse((Consequence.denied,), ("sue-by",)),
)
SUIT = rule(
    "sue-by",
    Length(4, Unit.months),
    Start(on=(Kind.appeal_decided,), date=DateOf.received),
    Start(lapse_of=("appeal-decision",)),
    owner=Owner.requester,
    owes=Owes.filing,
    counting=Counting(roll=Roll.none),
    remedy=Remedy(StepOf.suit, requires_first=("appeal-by",)),
    met_by=(Meeting((Kind.sued,)),),
)
SILENCE = determine(
    business(20),
    chain=Chain.rolled,
    stops=(
        Stop((Kind.clarification_asked,), Effect.pause, (Kind.clarification_answered,), times=1),
        Stop((Kind.fee_estimated,), Effect.pause, (Kind.fee_paid,), doubtful=True),
    ),
    extensions=(Extension(length=business(10), reason_needed=True),),
    lapses_into=Lapse(
        (Consequence.may_be_treated_as_denied,),
        ("appeal-by",),
        (Cure((Kind.determined,), (Kind.sued,), ends=("appeal-by",), note="a late answer came"),),
    ),
)
FULL = book(SILENCE, APPEAL, DECISION, SUIT)
"""Twenty business days, silence opens an appeal, ten business days to decide it, four months to sue."""

ODD = book(
    determine(
        Length(15, Unit.business_days, or_else=Length(15, Unit.calendar_days)),
        counting=Counting(roll=Roll.unknown, cutoff=dt.time(17), closed_arrival_moves=True),
        stops=(
            Stop((Kind.clarification_asked,), Effect.restart, (Kind.clarification_answered,)),
            Stop((Kind.deposit_asked,), Effect.pause, (Kind.deposit_paid,), resume_day_counts=True),
            Stop((Kind.fee_estimated,), Effect.pause, (Kind.fee_paid,), doubtful=True),
            Stop((Kind.agency_closed,), Effect.close),
        ),
        extensions=(
            Extension(Form.adds, business(5), when=When(facts={"kind": ("adds",)}), times=2, cap=business(8)),
            Extension(Form.total, days(40), when=When(facts={"kind": ("total",)})),
            Extension(Form.from_event, business(9), when=When(facts={"kind": ("event",)}), doubtful=True),
            Extension(Form.date_certain, when=When(facts={"kind": ("date",)}), times=None),
            Extension(Form.adds, days(7), by_agreement=True, notice_before_lapse=False),
        ),
        met_by=(Meeting((Kind.determined, Kind.produced), DateOf.sent, cutoff=dt.time(17)),),
        lapses_into=Lapse(
            (Consequence.denied,), ("appeal-by", "sue-by"), (Cure((Kind.determined,), ends=("sue-by",)),)
        ),
    ),
    rule(
        "routed",
        business(20),
        Start(on=(Kind.sent,), routing_cap=days(10)),
        met_by=(Meeting((Kind.determined,)),),
    ),
    rule(
        "arrest",
        Length(72, Unit.hours),
        counting=Counting(hours_skip_closed=True, roll=Roll.forward),
        stops=(Stop((Kind.clarification_asked,), Effect.pause, (Kind.clarification_answered,)),),
        extensions=(Extension(Form.adds, Length(24, Unit.hours)),),
        met_by=(Meeting((Kind.produced,)),),
    ),
    rule(
        "produce",
        Length(standard="promptly", follow_up=business(20)),
        Start(on=(Kind.determined,), when=When(outcomes=(Outcome.granted,))),
        owes=Owes.records,
        met_by=(Meeting((Kind.produced,)),),
    ),
    rule(
        "slow",
        Length(2, Unit.months),
        stops=(Stop((Kind.clarification_asked,), Effect.pause, (Kind.clarification_answered,)),),
        counting=Counting(exclude_first_day=False, or_exclude_first_day=True, business_up_to=6),
    ),
    rule("short", days(5), counting=Counting(roll=Roll.forward, business_up_to=6)),
    rule(
        "appeal-by",
        days(30),
        Start(on=(Kind.determined,), date=DateOf.dated, or_date=DateOf.received, when=DENIED),
        Start(lapse_of=("determine",)),
        owner=Owner.requester,
        scope=Scope.part,
        remedy=Remedy(StepOf.appeal, excludes=("sue-by",)),
        counting=Counting(roll=Roll.unknown),
        met_by=(Meeting((Kind.appeal_filed,), DateOf.received),),
    ),
    rule(
        "promise",
        Length(0, Unit.calendar_days),
        Start(on=(Kind.date_promised,), date=DateOf.named),
        scope=Scope.event,
    ),
    rule(
        "sue-by",
        Length(1, Unit.years),
        Start(lapse_of=("determine",)),
        Start(met_of=("appeal-by",)),
        owner=Owner.requester,
        remedy=Remedy(StepOf.suit),
        met_by=(Meeting((Kind.sued,)),),
    ),
    rule("second", business(10), Start(due_of=("determine",))),
)
"""A law of oddities: every shape that doubts, stops, stretches or chains, in one."""
