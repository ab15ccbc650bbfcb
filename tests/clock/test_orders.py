"""What a court sets in a suit: days that no law counts, for the agency and for us."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from requests_app.clock import codec
from requests_app.clock.course import Course
from requests_app.clock.events import Event, Kind, Outcome
from requests_app.clock.orders import THINGS
from requests_app.clock.rules import Owner
from requests_app.clock.standing import Clock, Move, Stage, State
from requests_app.clock.trail import replay
from requests_app.clock.words import paragraph

from .shelf import CALENDAR, book, business, clock, determine, event, fold, sent

D = dt.date
FILED, SUED, ORDER = D(2026, 2, 2), D(2026, 4, 1), D(2026, 5, 4)
DUE = D(2026, 6, 5)


def order(
    uid: str = "order", kind: Kind = Kind.ordered, on: D = ORDER, due: D | str | None = DUE, **facts: Any
) -> Event:
    said = due.isoformat() if isinstance(due, D) else due
    given = {"what": "production", **facts} | ({"due_on": said} if said else {})
    return event(uid, kind, on, facts=given)


def suit(*events: Event) -> Course:
    return fold(book(determine(business(20))), sent(FILED), event("suit", Kind.sued, SUED), *events)


def ordered(*events: Event, uid: str = "order") -> Clock:
    return clock(suit(*events), "order", f"event:{uid}")


@pytest.mark.parametrize(("what", "name"), [(what, name) for what, (name, _owes) in THINGS.items()])
@pytest.mark.parametrize(("kind", "owner"), [(Kind.ordered, Owner.agency), (Kind.ordered_us, Owner.requester)])
def test_an_order_sets_a_day_for_whoever_owes(what: str, name: str, kind: Kind, owner: Owner) -> None:
    found = ordered(order(kind=kind, what=what, entry="24"))
    assert (found.name, found.owner, found.due_on) == (name, owner, DUE)
    assert found.earliest == found.latest == DUE
    assert found.citation == "Order of Monday, May 4, 2026, docket entry 24"
    assert found.verified


@pytest.mark.parametrize("due", [D(2026, 6, 6), D(2026, 6, 7), D(2026, 12, 25), D(2060, 1, 2)])
def test_the_day_stands_as_the_order_gives_it_on_closed_days_and_beyond_the_calendar(due: D) -> None:
    found = ordered(order(due=due))
    assert found.due_on == due
    assert replay(found.trail, CALENDAR) == due


def test_the_trail_says_which_order_set_the_day_and_which_moved_it() -> None:
    found = ordered(order(entry="24"), order("later", on=D(2026, 6, 1), due=D(2026, 7, 6), of="order"))
    assert paragraph(found.trail) == (
        "The order is dated Monday, May 4, 2026 (Order of Monday, May 4, 2026, docket entry 24). "
        "The court set Friday, June 5, 2026 as the day. "
        "The order is dated Monday, June 1, 2026 (Order of Monday, June 1, 2026). "
        "The court moved the day from Friday, June 5, 2026 to Monday, July 6, 2026. "
        "The last day is Monday, July 6, 2026."
    )


LATER = D(2026, 6, 1)
MOVED = order("later", on=LATER, due=D(2026, 7, 6), of="order")
AGAIN = order("again", on=D(2026, 7, 1), due=D(2026, 8, 3), of="later")


@pytest.mark.parametrize(
    ("said", "events", "due"),
    [
        ("one order", [order()], DUE),
        ("moved once", [order(), MOVED], D(2026, 7, 6)),
        ("moved, and moved again by naming the move", [order(), MOVED, AGAIN], D(2026, 8, 3)),
        ("moved on the day it was made", [order("z", due=DUE), order("a", due=D(2026, 7, 6), of="z")], D(2026, 7, 6)),
        ("the move was taken back", [order(), MOVED, Event("r", Kind.retracted, retracts="later")], DUE),
        ("a move that names no day moves nothing", [order(), order("later", on=LATER, due=None, of="order")], DUE),
        ("a move that names nonsense moves nothing", [order(), order("later", on=LATER, due="soon", of="order")], DUE),
        ("set by hand", [order(), event("o", Kind.override, LATER, facts={
            "clock": "order|event:order|r1", "due_on": "2026-06-20"})], D(2026, 6, 20)),
    ],
)  # fmt: skip
def test_the_last_order_of_a_chain_decides_the_day(said: str, events: list[Event], due: D) -> None:
    found = suit(*events)
    orders = [one for one in found.clocks if one.rule_id == "order"]
    assert [one.due_on for one in orders] == [due]
    assert [one.key for one in orders] == [f"order|event:{events[0].uid}|r1"]
    assert codec.from_json(codec.to_json(orders[0])) == orders[0]


def test_orders_that_name_each_other_in_a_circle_are_one_clock() -> None:
    found = suit(order("a", of="b"), order("b", on=LATER, due=D(2026, 7, 6), of="a"))
    assert [(one.key, one.due_on) for one in found.clocks if one.rule_id == "order"] == [
        ("order|event:a|r1", D(2026, 7, 6))
    ]


def test_an_order_without_a_day_is_unknown_and_says_why() -> None:
    found = ordered(order(due=None))
    assert found.unknown == "the order names no day"
    assert found.due_on is None


def test_two_orders_are_two_clocks() -> None:
    found = suit(order(), order("index", what="index", due=D(2026, 7, 1)))
    assert sorted(one.due_on or DUE for one in found.clocks if one.rule_id == "order") == [DUE, D(2026, 7, 1)]


def done(kind: Kind, on: D, of: str | None = "order", **fields: Any) -> Event:
    return event("done", kind, on, facts={"of": of} if of else {}, **fields)


@pytest.mark.parametrize(
    ("said", "end", "state"),
    [
        ("nothing came", None, State.lapsed),
        ("met in time", done(Kind.order_met, D(2026, 6, 5)), State.met),
        ("met a day late", done(Kind.order_met, D(2026, 6, 6)), State.met_late),
        ("pages that name the order", done(Kind.produced, D(2026, 6, 1)), State.met),
        ("pages that do not name it", done(Kind.produced, D(2026, 6, 1), None), State.lapsed),
        ("met, but of another order", done(Kind.order_met, D(2026, 6, 1), "other"), State.lapsed),
        ("met before it was ordered", done(Kind.order_met, D(2026, 5, 1)), State.lapsed),
        ("the suit was withdrawn", done(Kind.suit_decided, D(2026, 5, 20), None, outcome=Outcome.withdrawn),
         State.not_needed),
        ("the suit was won: what was ordered stands", done(Kind.suit_decided, D(2026, 5, 20), None,
         outcome=Outcome.reversed), State.lapsed),
        ("let go", event("w", Kind.waived, D(2026, 5, 20), facts={"clock": "order|event:order|r1"}),
         State.not_needed),
        ("the request was withdrawn", event("x", Kind.withdrawn, D(2026, 5, 20)), State.not_needed),
        ("the request was closed", event("x", Kind.closed, D(2026, 5, 20)), State.not_needed),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [Kind.ordered, Kind.ordered_us])
def test_what_meets_and_what_ends_an_order(said: str, end: Event | None, state: State, kind: Kind) -> None:
    found = ordered(order(kind=kind), *([end] if end else []))
    assert found.state(D(2026, 6, 30)) is state
    assert found.state(DUE) is not State.lapsed


def test_an_order_on_the_agency_makes_it_late_and_one_on_us_is_our_move() -> None:
    theirs, ours = suit(order()), suit(order(kind=Kind.ordered_us, what="status_report"))
    assert theirs.on(DUE).whose_move is Move.court
    assert not theirs.on(D(2026, 2, 10)).late
    assert clock(theirs, "order", "event:order").late(D(2026, 6, 6))
    before = ours.on(D(2026, 5, 5))
    assert (before.stage, before.whose_move, before.next_due_on) == (Stage.suit, Move.requester, DUE)
    assert ours.on(D(2026, 6, 6)).whose_move is Move.court


def test_the_public_reads_the_agencys_order_and_never_ours() -> None:
    course = suit(order(), order("ours", Kind.ordered_us, due=D(2026, 5, 20), what="brief"))
    public = [span for span in course.spans(public=True) if span.from_on >= ORDER]
    assert {span.next_clock_key for span in public} <= {"order|event:order|r1", None}
    assert not {span.whose_move for span in public} & {Move.requester}


def test_a_remand_numbers_the_orders_that_follow_it() -> None:
    found = suit(event("back", Kind.remanded, D(2026, 5, 1)), order())
    assert [one.key for one in found.clocks if one.rule_id == "order"] == ["order|event:order|r2"]
