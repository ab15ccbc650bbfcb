"""The clock against what it replaces: a walk over days, numpy's offset, and half a millisecond a standing."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable

import holidays
import numpy as np

from bench.result import Bench, Result
from requests_app.clock.book import ShelfBook
from requests_app.clock.calendars import Calendar
from requests_app.clock.events import Event, Kind, Outcome
from requests_app.clock.fold import standing as fold_standing
from requests_app.clock.rules import (
    Authority,
    Chain,
    Confidence,
    Consequence,
    Counting,
    Cure,
    DateOf,
    Extension,
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

FIRST, LAST = dt.date(2010, 1, 1), dt.date(2040, 12, 31)
WALK_TIMES, NUMPY_TIMES, STANDING_US = 100, 5, 500
MANY = 200_000


def holidays_of_the_package() -> holidays.HolidayBase:
    return holidays.country_holidays("US", subdiv="IL", years=range(FIRST.year, LAST.year + 1))


def calendar() -> Calendar:
    return Calendar(
        "us-bench", FIRST, LAST, {on: (name, "") for on, name in holidays_of_the_package().items()}
    )


def best(function: Callable[[], object], times: int = 5) -> float:
    """Seconds of the fastest of several runs: what the machine can do when left alone."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        function()
        found.append(time.perf_counter() - began)
    return min(found)


def walk(days: holidays.HolidayBase, day: dt.date, count: int) -> dt.date:
    one = dt.timedelta(days=1)
    while count:
        day += one
        if day.weekday() < 5 and day not in days:
            count -= 1
    return day


def offset() -> list[Result]:
    """Twenty business days from each of many dates, in one run with its two rivals, and equal to both."""
    package, ours = holidays_of_the_package(), calendar()
    spread = (LAST - FIRST).days - 60
    dates = [FIRST + dt.timedelta(days=(place * 37) % spread) for place in range(MANY)]
    array = np.array(dates, dtype="datetime64[D]")
    business = np.busdaycalendar(holidays=np.array(sorted(package), dtype="datetime64[D]"))
    few = dates[:2000]
    by_table = ours.add_open_many(dates, 20)
    by_numpy = np.busday_offset(array, 20, roll="backward", busdaycal=business)
    by_walking = [walk(package, day, 20) for day in few]
    assert by_table[: len(few)] == by_walking, "the table and the walk must agree"
    assert by_table == by_numpy.tolist(), "the table and numpy must agree"
    walked = best(lambda: [walk(package, day, 20) for day in few], 3) / len(few)
    table = best(lambda: ours.add_open_many(dates, 20)) / MANY
    numpy = best(lambda: np.busday_offset(array, 20, roll="backward", busdaycal=business)) / MANY
    single = best(lambda: [ours.add_open(day, 20) for day in dates]) / MANY
    return [
        Result(
            "offset, against walking",
            f"{walked / table:,.0f}× faster",
            f"at least {WALK_TIMES}×",
            walked / table >= WALK_TIMES,
            f"{walked * 1e6:.1f} µs a date walked, {table * 1e9:.0f} ns by table, "
            f"{single * 1e9:.0f} ns when asked one by one ({walked / single:,.0f}×)",
        ),
        Result(
            "offset, against numpy",
            f"{table / numpy:.1f}× numpy's time",
            f"at most {NUMPY_TIMES}×",
            table / numpy <= NUMPY_TIMES,
            f"{numpy * 1e9:.0f} ns a date in numpy.busday_offset, on the same {MANY:,} dates",
        ),
    ]


def law() -> LawVersion:
    """Ten rules with stops, an extension, chains and a cure: as large as a real act."""
    authority = Authority(
        "Act § 1", confidence=Confidence.high, second_confidence=Confidence.high, readings_agree=True
    )
    forward, denied = Counting(roll=Roll.forward), When(outcomes=(Outcome.denied, Outcome.denied_in_part))
    open_days, all_days = Unit.business_days, Unit.calendar_days
    agency, ours = Owner.agency, Owner.requester
    clarified = Stop((Kind.clarification_asked,), until=(Kind.clarification_answered,), times=1)
    cure = Cure((Kind.determined,), (Kind.sued,), ends=("sue-by",), note="a late answer")
    return LawVersion(
        "us-bench",
        "Act",
        "Act",
        "us-bench",
        (
            Rule(
                "determine", "Determination", agency, (Start(on=(Kind.sent,)), Start(on=(Kind.remanded,))),
                Length(20, open_days), authority, counting=forward, stops=(clarified,), chain=Chain.rolled,
                extensions=(Extension(length=Length(10, open_days)),), met_by=(Meeting((Kind.determined,)),),
                lapses_into=Lapse((Consequence.exhausted,), ("sue-by",), (cure,)),
            ),
            Rule(
                "produce", "Records", agency, (Start(on=(Kind.determined,), when=When(outcomes=(Outcome.granted,))),),
                Length(standard="promptly", follow_up=Length(20, open_days)), authority, owes=Owes.records,
                met_by=(Meeting((Kind.produced,)),),
            ),
            Rule(
                "appeal-by", "Appeal", ours, (Start(on=(Kind.determined,), date=DateOf.dated, when=denied),),
                Length(90, all_days), authority, scope=Scope.part, remedy=Remedy(StepOf.appeal),
                counting=Counting(roll=Roll.backward), met_by=(Meeting((Kind.appeal_filed,)),),
            ),
            Rule(
                "appeal-decision", "Decision", agency, (Start(on=(Kind.appeal_filed,)),), Length(20, open_days),
                authority, owes=Owes.decision, scope=Scope.event, met_by=(Meeting((Kind.appeal_decided,)),),
                counting=forward, lapses_into=Lapse((Consequence.exhausted,), ("sue-by",)),
            ),
            Rule(
                "sue-by", "Suit", ours,
                (Start(on=(Kind.appeal_decided,)), Start(lapse_of=("determine", "appeal-decision"))),
                Length(6, Unit.years), authority, remedy=Remedy(StepOf.suit), met_by=(Meeting((Kind.sued,)),),
            ),
            Rule(
                "clarify-by", "Answer", ours, (Start(on=(Kind.clarification_asked,)),), Length(30, all_days),
                authority, scope=Scope.event, met_by=(Meeting((Kind.clarification_answered,)),),
            ),
            Rule(
                "expedite", "Expedite", agency, (Start(on=(Kind.expedite_asked,)),), Length(10, all_days),
                authority, scope=Scope.event, met_by=(Meeting((Kind.expedite_decided,)),), counting=forward,
            ),
            Rule(
                "acknowledge", "Acknowledgement", agency, (Start(on=(Kind.sent,)),), Length(5, open_days),
                authority, owes=Owes.acknowledgement, met_by=(Meeting((Kind.acknowledged, Kind.determined)),),
            ),
            Rule(
                "fee-by", "Fee", ours, (Start(on=(Kind.fee_estimated,)),), Length(30, all_days), authority,
                scope=Scope.event, met_by=(Meeting((Kind.fee_paid,)),),
            ),
            Rule(
                "waiver-appeal-by", "Appeal of a refused waiver", ours, (Start(on=(Kind.fee_waiver_decided,)),),
                Length(90, all_days), authority, scope=Scope.event, remedy=Remedy(StepOf.appeal),
                met_by=(Meeting((Kind.appeal_filed,)),),
            ),
        ),
        effective_from=dt.date(2000, 1, 1),
    )  # fmt: skip


def ledger() -> list[Event]:
    """Ten events: asked, acknowledged, clarified, extended, answered for one part, denied for another, appealed."""

    def event(uid: str, kind: Kind, month: int, day: int, **fields: object) -> Event:
        on = dt.date(2026, month, day)
        return Event(uid, kind, dated_on=on, sent_on=on, received_on=on, **fields)  # type: ignore[arg-type]

    facts = {"law": "us-bench", "channel": "email", "parts": ["A1", "A2", "A3"]}
    return [
        event("a", Kind.sent, 1, 5, facts=facts),
        event("b", Kind.expedite_asked, 1, 5),
        event("c", Kind.acknowledged, 1, 7, facts={"names_received_on": "2026-01-05"}),
        event("d", Kind.clarification_asked, 1, 12),
        event("e", Kind.expedite_decided, 1, 14),
        event("f", Kind.clarification_answered, 1, 20),
        event("g", Kind.extension_noticed, 2, 2, facts={"days": 10, "reason": "volume"}),
        event("h", Kind.determined, 2, 20, outcome=Outcome.denied, parts=("A2",)),
        event("i", Kind.determined, 2, 20, outcome=Outcome.granted, parts=("A1",)),
        event("j", Kind.appeal_filed, 3, 2, parts=("A2",)),
    ]


def standing() -> Result:
    """Ten events under ten rules, the whole trail counted, the median of many."""
    version, events, on = law(), ledger(), dt.date(2026, 3, 10)
    assert len(version.rules) == 10
    assert len(events) == 10
    assert not version.problems()
    book = ShelfBook(
        {"us-bench": Law("us-bench", "Act", "Act", "Act", "us-bench", (version,))}, {"us-bench": calendar()}
    )
    found = fold_standing(events, book=book, on=on)
    assert len(found.clocks) >= 8
    assert all(clock.trail for clock in found.clocks)
    taken = []
    for _ in range(3000):
        began = time.perf_counter()
        fold_standing(events, book=book, on=on)
        taken.append(time.perf_counter() - began)
    median = statistics.median(taken) * 1e6
    ninth = sorted(taken)[len(taken) * 9 // 10] * 1e6
    return Result(
        "standing",
        f"{median:.0f} µs median",
        f"at most {STANDING_US} µs",
        median <= STANDING_US,
        f"{len(found.clocks)} clocks, {sum(len(clock.trail) for clock in found.clocks)} steps, "
        f"{ninth:.0f} µs at the ninth decile",
    )


BENCHES: dict[str, Bench] = {"offset": offset, "standing": standing}
