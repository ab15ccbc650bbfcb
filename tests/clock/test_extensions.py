"""Extensions: allowed, over the cap, without a reason, too late; three dates kept apart."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import pytest

from requests_app.clock.events import Event, Kind, Outcome
from requests_app.clock.rules import (
    Chain,
    DateOf,
    Extension,
    Form,
    LateNotice,
    Stop,
    Unit,
)
from requests_app.clock.standing import Left, State, Verdict, days_taken

from .shelf import (
    CALENDAR,
    FULL,
    TWENTY,
    answer,
    ask,
    book,
    business,
    clock,
    days,
    determine,
    due,
    event,
    fold,
    noticed,
    sent,
)

D = dt.date


TEN = Extension(length=business(10), reason_needed=True)


class Longer(NamedTuple):
    said: str
    extension: Extension
    events: list[Event]
    earliest: D
    latest: D
    verdict: Verdict


@pytest.mark.parametrize(
    "case",
    [
        Longer(
            "in time, it adds",
            TEN,
            [noticed(D(2026, 2, 10))],
            D(2026, 3, 17),
            D(2026, 3, 17),
            Verdict.allowed,
        ),
        Longer(
            "noticed on the last day is in time",
            TEN,
            [noticed(D(2026, 3, 3))],
            D(2026, 3, 17),
            D(2026, 3, 17),
            Verdict.allowed,
        ),
        Longer(
            "a claim of fewer days adds fewer",
            TEN,
            [noticed(D(2026, 2, 10), days=5)],
            D(2026, 3, 10),
            D(2026, 3, 10),
            Verdict.allowed,
        ),
        Longer(
            "a claim over the cap adds the cap",
            TEN,
            [noticed(D(2026, 2, 10), days=60)],
            D(2026, 3, 17),
            D(2026, 3, 17),
            Verdict.over_cap,
        ),
        Longer(
            "a second one over the cap adds nothing",
            TEN,
            [noticed(D(2026, 2, 10)), noticed(D(2026, 3, 2), "y")],
            D(2026, 3, 17),
            D(2026, 3, 17),
            Verdict.over_cap,
        ),
        Longer(
            "after the lapse it moves only the latest reading",
            TEN,
            [noticed(D(2026, 3, 4))],
            D(2026, 3, 3),
            D(2026, 3, 17),
            Verdict.late_notice,
        ),
        Longer(
            "after the lapse it is void where the law says so",
            Extension(length=business(10), late_notice=LateNotice.void),
            [noticed(D(2026, 3, 4))],
            D(2026, 3, 3),
            D(2026, 3, 3),
            Verdict.late_notice,
        ),
        Longer(
            "without a reason it moves only the latest reading",
            TEN,
            [noticed(D(2026, 2, 10), reason="")],
            D(2026, 3, 3),
            D(2026, 3, 17),
            Verdict.no_reason,
        ),
        Longer(
            "disputed, it moves only the latest reading",
            TEN,
            [noticed(D(2026, 2, 10)), event("d", Kind.disputed, D(2026, 2, 11), facts={"event": "x"})],
            D(2026, 3, 3),
            D(2026, 3, 17),
            Verdict.disputed,
        ),
        Longer(
            "a total is counted from receipt",
            Extension(Form.total, business(25)),
            [noticed(D(2026, 2, 10))],
            D(2026, 3, 10),
            D(2026, 3, 10),
            Verdict.allowed,
        ),
        Longer(
            "calendar days follow business days",
            Extension(length=days(30)),
            [noticed(D(2026, 2, 10))],
            D(2026, 4, 2),
            D(2026, 4, 2),
            Verdict.allowed,
        ),
        Longer(
            "counted from the notice",
            Extension(Form.from_event, business(20)),
            [noticed(D(2026, 2, 10))],
            D(2026, 3, 11),
            D(2026, 3, 11),
            Verdict.allowed,
        ),
        Longer(
            "a date certain replaces the count",
            Extension(Form.date_certain),
            [noticed(D(2026, 2, 10), until="2026-05-01")],
            D(2026, 5, 1),
            D(2026, 5, 1),
            Verdict.allowed,
        ),
        Longer(
            "a date certain without a date is none",
            Extension(Form.date_certain),
            [noticed(D(2026, 2, 10))],
            D(2026, 3, 3),
            D(2026, 3, 3),
            Verdict.no_date,
        ),
        Longer(
            "an agreement in writing has no cap",
            Extension(length=business(10), by_agreement=True),
            [noticed(D(2026, 2, 10), days=30, agreed=True)],
            D(2026, 4, 14),
            D(2026, 4, 14),
            Verdict.allowed,
        ),
        Longer(
            "a law of agreements knows no claim",
            Extension(length=business(10), by_agreement=True),
            [noticed(D(2026, 2, 10))],
            D(2026, 3, 3),
            D(2026, 3, 3),
            Verdict.not_provided,
        ),
    ],
    ids=lambda case: case.said,
)
def test_an_extension(case: Longer) -> None:
    found = due(
        determine(business(20), chain=Chain.rolled, extensions=(case.extension,)), sent(TWENTY), *case.events
    )
    assert (found.earliest, found.latest) == (case.earliest, case.latest)
    assert found.extensions[-1].verdict is case.verdict


def test_an_extension_goes_on_from_the_unrolled_or_the_rolled_day_as_the_law_says() -> None:
    """Ten calendar days from Thursday, March 5 end on a Sunday; fourteen more from there or from Monday."""
    ends = {}
    for chain in Chain:
        added = determine(days(10), chain=chain, extensions=(Extension(length=days(14)),))
        found = due(added, sent(D(2026, 3, 5)), noticed(D(2026, 3, 10)))
        ends[chain] = (found.earliest, found.latest)
    assert ends[Chain.unrolled] == (D(2026, 3, 30), D(2026, 3, 30)), "Sunday, March 29 rolls"
    assert ends[Chain.rolled] == (D(2026, 3, 30), D(2026, 3, 30))
    assert ends[Chain.unknown] == (D(2026, 3, 30), D(2026, 3, 30))


def test_three_dates_stand_apart_statutory_promised_and_actual() -> None:
    done = event("done", Kind.determined, D(2026, 3, 20), outcome=Outcome.granted)
    found = due(
        determine(business(20), extensions=(TEN,)),
        sent(TWENTY),
        noticed(D(2026, 2, 10), until="2026-03-24"),
        done,
    )
    assert (found.latest, found.promised_on, found.met_on) == (D(2026, 3, 17), D(2026, 3, 24), D(2026, 3, 20))
    assert found.state(D(2026, 3, 20)) is State.met_late


def test_a_what_if_is_the_same_fold_with_one_more_event() -> None:
    ledger = [sent(TWENTY)]
    now = clock(fold(FULL, *ledger), "determine")
    if_claimed = clock(fold(FULL, *ledger, noticed(D(2026, 2, 10))), "determine")
    assert (now.due_on, if_claimed.due_on) == (D(2026, 3, 3), D(2026, 3, 17))


def test_the_days_extensions_took_are_summed_by_unit_and_refused_ones_are_not() -> None:
    two = determine(business(20), chain=Chain.rolled, extensions=(TEN,))
    first = fold(book(two), sent(TWENTY), noticed(D(2026, 2, 10)), noticed(D(2026, 3, 2), "y"))
    other = fold(book(two), sent(TWENTY), noticed(D(2026, 2, 10), days=4))
    assert days_taken(first.extensions) == {Unit.business_days: 10}
    assert days_taken([*first.extensions, *other.extensions]) == {Unit.business_days: 14}


def test_time_claimed_while_the_clock_stands_still_lengthens_what_is_left() -> None:
    stop = Stop((Kind.clarification_asked,), until=(Kind.clarification_answered,))
    both = determine(business(20), chain=Chain.rolled, stops=(stop,), extensions=(TEN,))
    found = due(both, sent(TWENTY), ask(D(2026, 2, 4)), noticed(D(2026, 2, 10)))
    assert found.left_when_paused == Left(28, Unit.business_days)
    assert found.extensions[0].verdict is Verdict.allowed
    went_on = due(both, sent(TWENTY), ask(D(2026, 2, 4)), noticed(D(2026, 2, 10)), answer(D(2026, 2, 11)))
    assert went_on.latest == CALENDAR.add_open(D(2026, 2, 11), 28)


def test_a_claim_that_moves_nothing_is_moot() -> None:
    shorter = determine(business(20), extensions=(Extension(Form.total, business(15)),))
    found = due(shorter, sent(TWENTY), noticed(D(2026, 2, 10)))
    assert (found.latest, found.extensions[0].verdict) == (D(2026, 3, 3), Verdict.moot)


def test_an_extension_may_be_counted_from_another_event_than_its_notice() -> None:
    paid = Extension(Form.from_event, business(15), from_kinds=(Kind.fee_paid,))
    with_it = determine(business(20), extensions=(paid,))
    notice, money = noticed(D(2026, 2, 10)), event("paid", Kind.fee_paid, D(2026, 2, 20))
    before = event("early", Kind.fee_paid, D(2026, 2, 5))
    assert due(with_it, sent(TWENTY), notice, money).latest == CALENDAR.add_open(D(2026, 2, 20), 15)
    assert due(with_it, sent(TWENTY), before, notice, money).latest == CALENDAR.add_open(D(2026, 2, 20), 15)


def test_several_notices_share_one_cap() -> None:
    capped = Extension(length=business(8), times=None, cap=business(10))
    with_it = determine(business(20), chain=Chain.rolled, extensions=(capped,))
    notices = [noticed(D(2026, 2, 10), "x"), noticed(D(2026, 2, 11), "y"), noticed(D(2026, 2, 12), "z")]
    found = due(with_it, sent(TWENTY), *notices)
    assert found.latest == CALENDAR.add_open(TWENTY, 30)
    assert [claim.allowed for claim in found.extensions] == [8, 2, 0]
    assert found.extensions[2].verdict is Verdict.over_cap


def test_which_date_of_a_notice_must_be_in_time_is_a_property_of_the_rule() -> None:
    notice = event(
        "x", Kind.extension_noticed, dated_on=D(2026, 3, 3), sent_on=D(2026, 3, 4), received_on=D(2026, 3, 6)
    )
    for date, earliest in ((DateOf.dated, D(2026, 3, 17)), (DateOf.sent, D(2026, 3, 3))):
        with_it = determine(business(20), extensions=(Extension(length=business(10), notice_date=date),))
        found = due(with_it, sent(TWENTY), notice)
        assert (found.earliest, found.latest) == (earliest, D(2026, 3, 17))


def test_a_claim_beyond_what_may_be_taken_can_be_no_extension_at_all() -> None:
    """A body that names a day too far off has, by one reading, refused on its first last day."""
    strict = determine(business(5), extensions=(Extension(length=days(30), over_cap_arguable=True),))
    within = due(strict, sent(TWENTY), noticed(D(2026, 2, 6), days=30))
    assert within.earliest == within.latest
    beyond = due(strict, sent(TWENTY), noticed(D(2026, 2, 6), days=45))
    assert (beyond.earliest, beyond.latest) == (D(2026, 2, 9), within.latest)
    assert beyond.extensions[0].verdict is Verdict.over_cap
