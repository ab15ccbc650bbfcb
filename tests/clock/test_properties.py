"""What holds for every ledger, whatever is written in it and in whichever order."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from requests_app.clock.book import ShelfBook
from requests_app.clock.calendars import Calendar
from requests_app.clock.codec import fingerprint
from requests_app.clock.events import Event, Kind, Outcome
from requests_app.clock.fold import course
from requests_app.clock.rules import Counting, Length, Roll, Unit
from requests_app.clock.standing import Move, StandingSpan, State
from requests_app.clock.trail import Reading, Step, replay

from .shelf import CALENDAR, FIRST, FULL, LAST, ODD, clock, determine, event, fold, sent
from .shelf import book as shelf_book

D = dt.date
PARTS = st.lists(st.sampled_from(["A1", "A2", "A3"]), max_size=3, unique=True).map(tuple)
NEAR = st.dates(D(2026, 1, 1), D(2026, 6, 30))
ANY_DAY = st.one_of(NEAR, st.dates(), st.none())
TIMES = st.one_of(st.none(), st.times())
UIDS = [f"e{number}" for number in range(8)]
KEYS = ["determine|request|r1", "appeal-by|lapse:determine|r1", "second|request|r1", "nothing"]
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 50), st.text(max_size=4), NEAR.map(str), st.sampled_from(UIDS),
    st.sampled_from(KEYS), st.lists(st.text(max_size=3), max_size=2),
    st.sampled_from(["email", "post", "us-x", "fees"]),
)  # fmt: skip
FACTS = st.dictionaries(
    st.sampled_from(
        ["law", "channel", "parts", "names_received_on", "received_by", "days", "until", "reason", "agreed", "of",
         "event", "clock", "due_on", "kind", "revision", "basis", "agency", "accepted"]
    ),
    VALUES,
    max_size=4,
)  # fmt: skip


@st.composite
def wild_events(draw: st.DrawFn) -> Event:
    """Anything a door might let through: no dates, wrong dates, nonsense facts, circular retractions."""
    return Event(
        draw(st.sampled_from(UIDS)),
        draw(st.sampled_from(Kind)),
        draw(ANY_DAY), draw(ANY_DAY), draw(ANY_DAY), draw(TIMES), draw(TIMES), draw(TIMES),
        None, draw(PARTS), draw(st.one_of(st.none(), st.sampled_from(Outcome))), draw(FACTS),
        draw(st.one_of(st.none(), st.sampled_from(UIDS))),
    )  # fmt: skip


TAME_KINDS = [
    Kind.receipt_confirmed, Kind.acknowledged, Kind.clarification_asked, Kind.clarification_answered,
    Kind.fee_estimated, Kind.fee_paid, Kind.deposit_asked, Kind.deposit_paid, Kind.extension_noticed,
    Kind.date_promised, Kind.determined, Kind.produced, Kind.appeal_filed, Kind.appeal_decided, Kind.remanded,
    Kind.sued, Kind.perfected, Kind.agency_closed, Kind.disputed, Kind.withdrawn, Kind.closed,
]  # fmt: skip


@st.composite
def ledgers(draw: st.DrawFn) -> list[Event]:
    """A plausible ledger: a request sent early in 2026 and up to seven things that happen to it."""
    channel = draw(st.sampled_from(["email", "post", "certified_post", "hand"]))
    facts = {"law": "us-x", "channel": channel, "parts": draw(PARTS)}
    filed = draw(st.dates(D(2026, 1, 1), D(2026, 2, 1)))
    arrived = draw(st.one_of(st.none(), st.integers(0, 9).map(lambda lag: filed + dt.timedelta(days=lag))))
    made = [Event("sent", Kind.sent, sent_on=filed, received_on=arrived, facts=facts)]
    for number in range(draw(st.integers(0, 7))):
        on = draw(st.dates(D(2026, 1, 5), D(2026, 5, 30)))
        lag = draw(st.integers(0, 6))
        given_facts: dict[str, Any] = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "days": st.integers(1, 30), "until": NEAR.map(str), "reason": st.just("volume"),
                    "kind": st.sampled_from(["adds", "total", "event", "date"]), "agreed": st.booleans(),
                    "event": st.sampled_from(UIDS), "names_received_on": NEAR.map(str),
                },
            )
        )  # fmt: skip
        made.append(
            Event(
                f"e{number}", draw(st.sampled_from(TAME_KINDS)), on, on, on + dt.timedelta(days=lag),
                parts=draw(PARTS), outcome=draw(st.one_of(st.none(), st.sampled_from(Outcome))), facts=given_facts,
            )
        )  # fmt: skip
    return made


def shape(events: list[Event], shelf: ShelfBook) -> tuple[Any, ...]:
    made = course(events, book=shelf)
    return made.clocks, made.extensions, made.doubts, made.spans(), made.spans(public=True)


@pytest.mark.parametrize("shelf", [FULL, ODD], ids=["plain law", "law of oddities"])
class TestEveryLedger:
    @settings(max_examples=300)
    @given(events=st.lists(wild_events(), max_size=8))
    def test_no_ledger_raises(self, shelf: ShelfBook, events: list[Event]) -> None:
        made = course(events, book=shelf)
        for on in (D.min, D(2026, 3, 1), D.max):
            standing = made.on(on)
            assert {part.part for part in standing.parts} == set(made.parts)
            for each in standing.clocks:
                assert each.state(on) in State
                assert (each.state(on) is State.unknown) == (each.unknown is not None)
        made.spans()

    @settings(max_examples=150)
    @given(events=st.lists(wild_events(), max_size=6), data=st.data())
    def test_the_order_of_recording_does_not_matter(
        self, shelf: ShelfBook, events: list[Event], data: st.DataObject
    ) -> None:
        shuffled = data.draw(st.permutations(events))
        assert shape(events, shelf) == shape(shuffled, shelf)

    @settings(max_examples=200)
    @given(events=ledgers())
    def test_the_trail_counts_again_to_the_stored_dates_even_after_storage(
        self, shelf: ShelfBook, events: list[Event]
    ) -> None:
        for each in course(events, book=shelf).clocks:
            if each.unknown is not None or each.standard is not None:
                continue
            stored = [Step.from_json(step.to_json()) for step in each.trail]
            assert tuple(stored) == each.trail
            assert replay(stored, CALENDAR, Reading.early) == each.earliest
            assert replay(stored, CALENDAR, Reading.late) == each.latest

    @settings(max_examples=200)
    @given(events=ledgers())
    def test_the_earliest_reading_is_never_after_the_latest(
        self, shelf: ShelfBook, events: list[Event]
    ) -> None:
        for each in course(events, book=shelf).clocks:
            if each.latest is not None:
                assert each.earliest is not None
                assert each.earliest <= each.latest
                assert not each.late(each.latest)

    @settings(max_examples=100)
    @given(events=ledgers(), public=st.booleans())
    def test_spans_agree_with_the_standing_on_every_day(
        self, shelf: ShelfBook, events: list[Event], public: bool
    ) -> None:
        made = course(events, book=shelf)
        spans = made.spans(public=public)
        assert spans[0].from_on == made.first_on
        assert spans[-1].until_on is None
        for one, other in itertools.pairwise(spans):
            assert one.until_on == other.from_on
            assert one[2:] != other[2:], "a break where nothing changes"
        day = spans[0].from_on
        for _ in range(260):
            span = next(each for each in reversed(spans) if each.from_on <= day)
            if public:
                assert span.whose_move is not Move.requester
                assert "appeal-by" not in (span.next_clock_key or "")
            else:
                on = made.on(day)
                assert span[2:] == (
                    on.stage, on.outcome, on.whose_move, on.late, on.next_due_on, on.next_clock_key,
                )  # fmt: skip
            day += dt.timedelta(days=1)

    @settings(max_examples=100)
    @given(events=ledgers())
    def test_spans_from_the_horizon_are_the_last_ones_of_all(
        self, shelf: ShelfBook, events: list[Event]
    ) -> None:
        made = course(events, book=shelf)
        horizon = made.horizon
        assert horizon is not None
        late: tuple[StandingSpan, ...] = made.spans(since=horizon)
        every = [span for span in made.spans() if span.until_on is None or span.until_on > horizon]
        assert late[0][1:] == every[0][1:]
        assert late[1:] == tuple(every[1:])

    @settings(max_examples=150)
    @given(events=ledgers(), data=st.data())
    def test_a_retraction_takes_back_and_its_retraction_restores(
        self, shelf: ShelfBook, events: list[Event], data: st.DataObject
    ) -> None:
        target = data.draw(st.sampled_from(events))
        on = data.draw(NEAR)
        back = event("r1", Kind.retracted, on, retracts=target.uid)
        again = event("r2", Kind.retracted, on, retracts="r1")
        without = [each for each in events if each is not target]
        assert facts_of([*events, back], shelf) == facts_of(without, shelf)
        assert facts_of([*events, back, again], shelf) == facts_of(events, shelf)


def facts_of(events: list[Event], shelf: ShelfBook) -> list[str]:
    return [fingerprint(each) for each in course(events, book=shelf).clocks]


@settings(max_examples=200)
@given(
    start=st.dates(D(2025, 1, 1), D(2030, 1, 1)),
    count=st.integers(1, 60),
    unit=st.sampled_from([Unit.business_days, Unit.calendar_days, Unit.months]),
    offset=st.integers(-5, 120),
    events=ledgers(),
)
def test_an_added_holiday_never_makes_a_date_that_rolls_forward_earlier(
    start: dt.date, count: int, unit: Unit, offset: int, events: list[Event]
) -> None:
    extra = CALENDAR.with_closures({start + dt.timedelta(days=offset): ("Added Day", "proclamation")})
    rules = (determine(Length(count, unit), counting=Counting(roll=Roll.forward)),)
    before = clock(fold(shelf_book(*rules), sent(start)), "determine")
    after = clock(fold(shelf_book(*rules, calendar=extra), sent(start)), "determine")
    assert before.latest is not None
    assert after.latest is not None
    assert after.latest >= before.latest


@settings(max_examples=200)
@given(
    asked=st.integers(0, 40),
    gap=st.integers(0, 40),
    unit=st.sampled_from([Unit.business_days, Unit.calendar_days, Unit.months]),
    counts_day=st.booleans(),
)
def test_a_pause_that_ended_never_shortens_what_is_left(
    asked: int, gap: int, unit: Unit, counts_day: bool
) -> None:
    from requests_app.clock.rules import Counting, Roll, Stop

    start = D(2026, 3, 2)
    # Not rolled: a last day on a Sunday and one on the Monday after would come out the same.
    still = Counting(roll=Roll.none)
    stop = Stop(
        (Kind.clarification_asked,), until=(Kind.clarification_answered,), resume_day_counts=counts_day
    )
    shelf = shelf_book(
        determine(Length(2 if unit is Unit.months else 20, unit), stops=(stop,), counting=still)
    )
    on = start + dt.timedelta(days=asked)
    plain = clock(fold(shelf, sent(start)), "determine").latest
    stopped = clock(
        fold(
            shelf,
            sent(start),
            event("q", Kind.clarification_asked, on),
            event("a", Kind.clarification_answered, on + dt.timedelta(days=gap)),
        ),
        "determine",
    ).latest
    assert plain is not None
    assert stopped is not None
    assert stopped >= plain
    if asked == 0 or on > plain:
        assume(gap)
        assert (stopped > plain) == (on <= plain) or unit is Unit.business_days


@settings(max_examples=300)
@given(start=st.dates(FIRST, D(2039, 12, 1)), count=st.integers(-60, 60), closed=st.sets(st.integers(0, 200)))
def test_counting_by_table_is_counting_by_walking(start: dt.date, count: int, closed: set[int]) -> None:
    odd = Calendar("odd", FIRST, LAST, {start + dt.timedelta(days=n): ("Odd", "") for n in closed})
    here, left, step = start, abs(count), dt.timedelta(days=1 if count > 0 else -1)
    while left and here > FIRST:
        here += step
        left -= odd.is_open(here)
    assume(not left)
    assert odd.add_open(start, count) == here
    if count > 0:
        assert odd.open_days_between(start, here) == count
        walked = [start + dt.timedelta(days=n) for n in range(1, (here - start).days + 1)]
        assert [day.on for day in odd.skipped(start, here)] == [day for day in walked if not odd.is_open(day)]
        assert odd.add_open_many([start] * 600, count) == [here] * 600
