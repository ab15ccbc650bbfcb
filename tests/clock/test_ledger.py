"""The ledger: what is corrected, overridden, waived or closed, and what it does to the clocks."""

from __future__ import annotations

import datetime as dt

from requests_app.clock.events import Kind, Outcome
from requests_app.clock.standing import Move, Stage, State

from .shelf import (
    FULL,
    TWENTY,
    business,
    clock,
    determine,
    due,
    event,
    fold,
    sent,
)

D = dt.date


def test_an_override_stands_beside_the_computed_date_and_survives_a_change_of_law() -> None:
    says = event(
        "mine",
        Kind.override,
        D(2026, 2, 10),
        facts={
            "clock": "determine|request|r1",
            "due_on": "2026-03-27",
            "reason": "agreed by phone",
            "by": "Olive",
        },
    )
    for length, computed in ((business(20), D(2026, 3, 3)), (business(10), D(2026, 2, 17))):
        found = due(determine(length), sent(TWENTY), says)
        assert found.due_on == D(2026, 3, 27)
        assert found.override is not None
        assert found.override.computed_latest == computed
        assert (found.override.reason, found.override.by) == ("agreed by phone", "Olive")
    freed = event("free", Kind.override_released, D(2026, 2, 11), facts={"clock": "determine|request|r1"})
    released = due(determine(business(20)), sent(TWENTY), says, freed)
    assert (released.due_on, released.override) == (D(2026, 3, 3), None)


def test_a_trigger_that_moves_earlier_moves_the_date_earlier() -> None:
    """A proof of receipt comes in after the reminder was planned: the date moves and the shadow changes."""
    posted = event("sent", Kind.sent, sent_on=D(2026, 2, 2), facts={"law": "us-x", "channel": "post"})
    before = due(determine(business(5)), posted)
    proof = event("proof", Kind.receipt_confirmed, received_on=D(2026, 2, 3))
    after = due(determine(business(5)), posted, proof)
    assert (before.earliest, before.latest) == (D(2026, 2, 9), D(2026, 2, 13))
    assert (after.earliest, after.latest) == (D(2026, 2, 10), D(2026, 2, 10))
    assert before.shadow != after.shadow


def test_a_waiver_ends_only_the_clock_it_names() -> None:
    waived = event(
        "w", Kind.waived, D(2026, 3, 10), facts={"clock": "appeal-by|request|r1", "reason": "not worth it"}
    )
    made = fold(
        FULL, sent(TWENTY), event("no", Kind.determined, D(2026, 2, 20), outcome=Outcome.denied), waived
    )
    found = clock(made, "appeal-by")
    assert (found.state(D(2026, 3, 9)), found.state(D(2026, 3, 10))) == (State.running, State.not_needed)
    assert found.ended_why == "not worth it"


def test_the_agencys_closing_is_an_event_and_ours_a_closure() -> None:
    theirs = fold(FULL, sent(TWENTY), event("c", Kind.agency_closed, D(2026, 2, 10)))
    assert clock(theirs, "determine").state(D(2026, 2, 11)) is State.running
    ours = fold(FULL, sent(TWENTY), event("c", Kind.closed, D(2026, 2, 10)))
    assert clock(ours, "determine").state(D(2026, 2, 11)) is State.not_needed
    assert (ours.on(D(2026, 4, 1)).stage, ours.on(D(2026, 4, 1)).late) == (Stage.closed, False)
    assert ours.on(D(2026, 4, 1)).whose_move is Move.nobody


def test_an_unknown_law_gives_an_unknown_clock_with_its_reason() -> None:
    made = fold(FULL, sent(TWENTY, law_id="us-zz"))
    (found,) = made.clocks
    assert found.state(TWENTY) is State.unknown
    assert found.unknown == "no law us-zz is known"


def test_retraction_of_a_retraction_restores_the_answer() -> None:
    answered = event("yes", Kind.determined, D(2026, 2, 20), outcome=Outcome.granted)
    back = event("r1", Kind.retracted, D(2026, 2, 21), retracts="yes")
    again = event("r2", Kind.retracted, D(2026, 2, 22), retracts="r1")
    assert clock(fold(FULL, sent(TWENTY), answered), "determine").met_on == D(2026, 2, 20)
    assert clock(fold(FULL, sent(TWENTY), answered, back), "determine").met_on is None
    assert clock(fold(FULL, sent(TWENTY), answered, back, again), "determine").met_on == D(2026, 2, 20)
