"""The ledger: what is corrected, overridden, waived or closed, and what it does to the clocks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import NamedTuple

import pytest

from requests_app.clock.book import ShelfBook
from requests_app.clock.events import Event, Kind, Outcome
from requests_app.clock.fold import as_of
from requests_app.clock.rules import Authority, Confidence, Lapse, Start, Stop, Transition
from requests_app.clock.standing import Move, Stage, State
from requests_app.clock.trail import Reading, replay

from .shelf import (
    APPEAL,
    CALENDAR,
    FULL,
    TWENTY,
    ask,
    book,
    business,
    clock,
    days,
    determine,
    due,
    event,
    fold,
    law,
    rule,
    sent,
    version,
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


LATER = D(2026, 2, 16)


@pytest.mark.parametrize(
    ("said", "transition", "sent_on", "expected", "ref"),
    [
        (
            "requests made before keep the old",
            Transition.requests_made,
            D(2026, 2, 2),
            20,
            "us-x@2000-01-01.r1",
        ),
        (
            "requests made from then on have the new",
            Transition.requests_made,
            LATER,
            10,
            "us-x@2026-02-16.r1",
        ),
        (
            "a step taken before keeps the old",
            Transition.steps_taken,
            D(2026, 2, 2),
            20,
            "us-x@2000-01-01.r1",
        ),
        ("what is pending is reached", Transition.pending, D(2026, 2, 2), 10, "us-x@2026-02-16.r1"),
    ],
)
def test_a_new_version_reaches(
    said: str, transition: Transition, sent_on: D, expected: int, ref: str
) -> None:
    old = version(determine(business(20)), effective_until=LATER)
    new = version(determine(business(10)), effective_from=LATER, transition=transition)
    shelf = ShelfBook({"us-x": law(old, new)}, {"us-x": CALENDAR})
    found = clock(fold(shelf, sent(sent_on)), "determine")
    assert found.law_ref == ref, said
    assert found.latest == CALENDAR.add_open(sent_on, expected)


def test_what_was_met_before_a_version_took_effect_is_not_reached_by_it() -> None:
    old = version(determine(business(20)), effective_until=LATER)
    new = version(determine(business(5)), effective_from=LATER, transition=Transition.pending)
    shelf = ShelfBook({"us-x": law(old, new)}, {"us-x": CALENDAR})
    answered = event("yes", Kind.determined, D(2026, 2, 12), outcome=Outcome.granted)
    assert clock(fold(shelf, sent(D(2026, 2, 2)), answered), "determine").law_ref == "us-x@2000-01-01.r1"


def test_a_revision_waits_until_an_owner_applies_it_to_all_or_to_some_rules() -> None:
    opens = Lapse((), ("appeal-by",))
    first = version(determine(business(20), lapses_into=opens), APPEAL)
    second = version(determine(business(25), lapses_into=opens), APPEAL, revision=2)
    shelf = ShelfBook(
        {"us-x": law(second)}, {"us-x": CALENDAR}, older={("us-x", first.effective_from, 1): first}
    )
    pinned = sent(TWENTY, revision=1)
    assert clock(fold(shelf, pinned), "determine").latest == CALENDAR.add_open(TWENTY, 20)
    applied = event("new", Kind.law_applied, D(2026, 2, 10), facts={"law": "us-x", "revision": 2})
    found = clock(fold(shelf, pinned, applied), "determine")
    assert (found.latest, found.law_ref) == (CALENDAR.add_open(TWENTY, 25), "us-x@2000-01-01.r2")
    other = event(
        "new", Kind.law_applied, D(2026, 2, 10), facts={"law": "us-x", "revision": 2, "rules": ["appeal-by"]}
    )
    made = fold(shelf, pinned, other)
    assert clock(made, "determine").latest == CALENDAR.add_open(TWENTY, 20)
    assert clock(made, "determine").law_ref == "us-x@2000-01-01.r1"
    assert clock(made, "appeal-by", "lapse:determine").law_ref == "us-x@2000-01-01.r2"


def test_a_transfer_to_an_agency_in_another_state_ends_one_law_and_begins_another() -> None:
    there = version(determine(days(10)), law_id="us-y")
    shelf = ShelfBook({"us-x": law(version(determine(business(20)))), "us-y": law(there)}, {"us-x": CALENDAR})
    moved = event("moved", Kind.transferred, D(2026, 2, 10), facts={"law": "us-y"})
    made = fold(shelf, sent(TWENTY), moved)
    here, over = clock(made, "determine"), clock(made, "determine", "event:moved")
    assert here.state(D(2026, 2, 10)) is State.superseded
    assert here.ended_why == "transferred to another agency"
    assert (over.law_ref, over.latest) == ("us-y@2000-01-01.r1", D(2026, 2, 20))
    answered = event("yes", Kind.determined, D(2026, 2, 18), outcome=Outcome.granted)
    made = fold(shelf, sent(TWENTY), moved, answered)
    assert clock(made, "determine", "event:moved").met_on == D(2026, 2, 18)
    assert clock(made, "determine").met_on is None


def test_a_part_that_is_transferred_leaves_the_rest_behind() -> None:
    there = version(determine(days(10)), law_id="us-y")
    shelf = ShelfBook({"us-x": law(version(determine(business(20)))), "us-y": law(there)}, {"us-x": CALENDAR})
    moved = event("moved", Kind.transferred, D(2026, 2, 10), parts=("A2",), facts={"law": "us-y"})
    made = fold(shelf, sent(TWENTY, parts=["A1", "A2"]), moved)
    assert clock(made, "determine").state(D(2026, 2, 11)) is State.running
    assert clock(made, "determine", "part:A2").parts == ("A2",)


class Proof(NamedTuple):
    said: str
    events: list[Event]
    earliest: D | None
    latest: D | None


def out(channel: str, on: D = TWENTY, uid: str = "sent") -> Event:
    return Event(uid, Kind.sent, sent_on=on, facts={"law": "us-x", "channel": channel})


@pytest.mark.parametrize(
    "case",
    [
        Proof("an e-mail that did not bounce", [out("email")], D(2026, 2, 3), D(2026, 2, 3)),
        Proof("ordinary post has both bounds", [out("post")], D(2026, 2, 3), D(2026, 2, 9)),
        Proof("an unknown way is read as post", [out("")], D(2026, 2, 3), D(2026, 2, 9)),
        Proof("by hand", [out("hand")], D(2026, 2, 3), D(2026, 2, 3)),
        Proof(
            "a return receipt proves the day",
            [out("post"), event("r", Kind.receipt_confirmed, received_on=D(2026, 2, 4))],
            D(2026, 2, 5),
            D(2026, 2, 5),
        ),
        Proof(
            "an acknowledgement that names the day beats a presumption",
            [
                out("post"),
                event("r", Kind.acknowledged, D(2026, 2, 9), facts={"names_received_on": "2026-02-05"}),
            ],
            D(2026, 2, 6),
            D(2026, 2, 6),
        ),
        Proof(
            "an acknowledgement that names no day still shows that it had come",
            [out("post"), event("k", Kind.acknowledged, D(2026, 2, 4), facts={})],
            D(2026, 2, 3),
            D(2026, 2, 5),
        ),
        Proof(
            "an acknowledgement later than the allowance shows nothing more",
            [out("post"), event("k", Kind.acknowledged, D(2026, 2, 12), facts={})],
            D(2026, 2, 3),
            D(2026, 2, 9),
        ),
        Proof(
            "an agency that names a later day than the receipt leaves both",
            [
                out("post"),
                event("r", Kind.receipt_confirmed, received_on=D(2026, 2, 4)),
                event("k", Kind.acknowledged, D(2026, 2, 12), facts={"names_received_on": "2026-02-11"}),
            ],
            D(2026, 2, 5),
            D(2026, 2, 12),
        ),
        Proof(
            "a perfected day stands beside ours",
            [out("email"), event("p", Kind.perfected, D(2026, 2, 10))],
            D(2026, 2, 3),
            D(2026, 2, 11),
        ),
        Proof("a bounce voids it", [out("email"), event("b", Kind.bounced, D(2026, 2, 3))], None, None),
        Proof(
            "sent again after a bounce, it counts from then",
            [out("email"), event("b", Kind.bounced, D(2026, 2, 3)), out("email", D(2026, 2, 9), "again")],
            D(2026, 2, 10),
            D(2026, 2, 10),
        ),
    ],
    ids=lambda case: case.said,
)
def test_receipt(case: Proof) -> None:
    made = fold(book(determine(business(1))), *case.events)
    found = made.clock("determine|request|r1")
    if case.earliest is None:
        assert found is None
        assert made.doubts == ("The request came back undelivered, so no clock runs until it is sent again.",)
        return
    assert found is not None
    assert (found.earliest, found.latest) == (case.earliest, case.latest)


@pytest.mark.parametrize(
    ("said", "facts", "office", "earliest", "latest"),
    [
        ("arrival at the office is not proved: both bounds", {}, None, D(2026, 2, 2), D(2026, 2, 12)),
        ("received by the right office", {"received_by": "component"}, None, D(2026, 2, 2), D(2026, 2, 2)),
        ("arrived there on the fifth", {}, "2026-02-05", D(2026, 2, 5), D(2026, 2, 5)),
        ("arrived there after the ten days", {}, "2026-02-20", D(2026, 2, 12), D(2026, 2, 12)),
    ],
)
def test_in_any_event_not_later_than_ten_days(
    said: str, facts: dict[str, str], office: str | None, earliest: D, latest: D
) -> None:
    routed = rule("determine", business(20), Start(on=(Kind.sent,), routing_cap=days(10)))
    events = [sent(TWENTY, **facts)]
    if office is not None:
        events.append(event("k", Kind.acknowledged, D(2026, 2, 23), facts={"names_received_on": office}))
    found = clock(fold(book(routed), *events), "determine")
    assert (found.earliest, found.latest) == (
        CALENDAR.add_open(earliest, 20),
        CALENDAR.add_open(latest, 20),
    ), said
    assert replay(found.trail, CALENDAR, Reading.late) == found.latest


def test_as_of_a_day_leaves_out_what_came_later_and_what_has_no_day() -> None:
    ledger = [sent(TWENTY), event("yes", Kind.determined, D(2026, 2, 20)), event("when", Kind.determined)]
    assert [each.uid for each in as_of(ledger, D(2026, 2, 19))] == ["sent"]
    assert [each.uid for each in as_of(ledger, D(2026, 2, 20))] == ["sent", "yes"]


def test_what_comes_after_our_closing_does_not_meet_the_clock_and_what_comes_that_day_does() -> None:
    for on, state in ((D(2026, 2, 10), State.met), (D(2026, 2, 11), State.not_needed)):
        answered = event("yes", Kind.determined, on, outcome=Outcome.granted)
        made = fold(FULL, sent(TWENTY), event("c", Kind.closed, D(2026, 2, 10)), answered)
        assert clock(made, "determine").state(D(2026, 3, 1)) is state


def test_a_transfer_that_names_no_law_changes_no_law() -> None:
    made = fold(FULL, sent(TWENTY), event("moved", Kind.transferred, D(2026, 2, 10)))
    assert clock(made, "determine").state(D(2026, 2, 11)) is State.running
    assert len({each.law_ref for each in made.clocks}) == 1


def test_a_date_is_verified_only_when_all_it_counts_from_is() -> None:
    unsure = Authority("Act § 2", confidence=Confidence.high, second_confidence=Confidence.medium)
    opens = Lapse((), ("appeal-by",))
    sure = fold(book(determine(business(20), lapses_into=opens), APPEAL), sent(TWENTY))
    shaky = fold(book(determine(business(20), lapses_into=opens, authority=unsure), APPEAL), sent(TWENTY))
    assert [each.verified for each in sure.clocks] == [True, True]
    assert [each.verified for each in shaky.clocks] == [False, False]


def test_a_transfer_of_every_part_is_a_transfer_of_the_whole() -> None:
    there = version(determine(days(10)), law_id="us-y")
    shelf = ShelfBook({"us-x": law(version(determine(business(20)))), "us-y": law(there)}, {"us-x": CALENDAR})
    moved = event("moved", Kind.transferred, D(2026, 2, 10), parts=("A1", "A2"), facts={"law": "us-y"})
    made = fold(shelf, sent(TWENTY, parts=["A1", "A2"]), moved)
    assert clock(made, "determine").state(D(2026, 2, 11)) is State.superseded
    assert clock(made, "determine", "event:moved").state(D(2026, 2, 11)) is State.running


def test_an_empty_ledger_has_no_clock_no_span_and_says_why() -> None:
    made = fold(FULL)
    assert (made.clocks, made.spans()) == ((), ())
    assert made.doubts == ("No request was sent, so no clock runs.",)


def test_an_event_without_a_day_moves_nothing_and_is_named() -> None:
    made = fold(FULL, sent(TWENTY), event("when", Kind.clarification_asked))
    assert made.doubts == ("An event (clarification asked) has no date and moves no clock.",)
    assert clock(made, "determine").latest == D(2026, 3, 3)


def test_a_law_for_citizens_says_so_to_others() -> None:
    shelf = book(determine(business(20)), requesters=("citizen", "resident"))
    assert fold(shelf, sent(TWENTY, requester=["resident"])).doubts == ()
    assert fold(shelf, sent(TWENTY)).doubts == (
        "Only citizens of the state or residents of the state may ask under the Records Act.",
    )


def test_an_override_gives_a_stopped_clock_its_day() -> None:
    stop = Stop((Kind.clarification_asked,), until=(Kind.clarification_answered,))
    says = event(
        "mine", Kind.override, D(2026, 2, 10), facts={"clock": "determine|request|r1", "due_on": "2026-03-27"}
    )
    found = due(determine(business(20), stops=(stop,)), sent(TWENTY), ask(D(2026, 2, 4)), says)
    assert (found.due_on, found.left_when_paused, found.pauses) == (D(2026, 3, 27), None, ())
    assert found.late(D(2026, 3, 28))


def test_the_proof_of_an_appeals_receipt_belongs_to_the_appeal() -> None:
    steps = [
        sent(TWENTY),
        event("no", Kind.determined, D(2026, 2, 20), outcome=Outcome.denied),
        event("appeal", Kind.appeal_filed, sent_on=D(2026, 3, 2), facts={"channel": "post"}),
    ]
    before = clock(fold(FULL, *steps), "appeal-decision", "event:appeal")
    assert (before.earliest, before.latest) == (D(2026, 3, 16), D(2026, 3, 20))
    proof = event("r", Kind.receipt_confirmed, received_on=D(2026, 3, 4), facts={"of": "appeal"})
    made = fold(FULL, *steps, proof)
    after = clock(made, "appeal-decision", "event:appeal")
    assert (after.earliest, after.latest) == (D(2026, 3, 18), D(2026, 3, 18))
    assert clock(made, "determine").opens_on == TWENTY
    named = event(
        "r", Kind.acknowledged, D(2026, 3, 9), facts={"of": "appeal", "names_received_on": "2026-03-05"}
    )
    assert clock(fold(FULL, *steps, named), "appeal-decision", "event:appeal").due_on == D(2026, 3, 19)


def test_a_step_taken_after_a_new_version_follows_its_transition_clause() -> None:
    for transition, days_to_appeal in ((Transition.requests_made, 30), (Transition.steps_taken, 45)):
        longer = replace(APPEAL, length=days(45), starts=APPEAL.starts[:1])
        old = version(
            determine(business(20)), replace(APPEAL, starts=APPEAL.starts[:1]), effective_until=LATER
        )
        new = version(determine(business(20)), longer, effective_from=LATER, transition=transition)
        shelf = ShelfBook({"us-x": law(old, new)}, {"us-x": CALENDAR})
        denied = event("no", Kind.determined, D(2026, 2, 20), outcome=Outcome.denied)
        found = clock(fold(shelf, sent(TWENTY), denied), "appeal-by")
        assert found.opens_on is not None
        assert found.latest == CALENDAR.roll(found.opens_on + dt.timedelta(days=days_to_appeal))


def test_a_proof_from_before_the_second_sending_proves_nothing_about_it() -> None:
    ledger = [
        out("post"),
        event("r", Kind.receipt_confirmed, received_on=D(2026, 2, 4)),
        event("b", Kind.bounced, D(2026, 2, 5)),
        out("email", D(2026, 2, 9), "again"),
    ]
    assert clock(fold(book(determine(business(1))), *ledger), "determine").latest == D(2026, 2, 10)
