"""Ledgers that go wrong in practice, under the five laws, each date counted by hand beside it."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import pytest

from requests_app.clock.course import Course
from requests_app.clock.events import JSON, Event, Kind, Outcome
from requests_app.clock.fold import course
from requests_app.clock.standing import Clock, Move, Stage, Verdict
from requests_app.laws.registry import library

D = dt.date.fromisoformat
Say = tuple[str, str, dict[str, JSON]]


def step(uid: str, kind: str, on: str, facts: dict[str, JSON]) -> Event:
    """One event of a case. `dated`, `sent`, `received`, `outcome` and `parts` are taken out of the facts."""
    said = dict(facts)
    days = {name: D(str(said.pop(name, on))) for name in ("dated", "sent", "received")}
    outcome, parts = said.pop("outcome", None), said.pop("parts", ())
    assert isinstance(parts, list | tuple)
    return Event(
        uid, Kind(kind), days["dated"], days["sent"], days["received"],
        outcome=Outcome(str(outcome)) if outcome else None, parts=tuple(map(str, parts)), facts=said,
    )  # fmt: skip


def fold(law: str, received: str, *steps: Say, **facts: JSON) -> Course:
    known: dict[str, JSON] = {"law": law, "channel": "email", "received_by": "component", **facts}
    sent = Event("sent", Kind.sent, sent_on=D(received), received_on=D(received), facts=known)
    events = [step(f"e{number}", *said) for number, said in enumerate(steps, 1)]
    return course([sent, *events], book=library().book())


def the(made: Course, key: str) -> Clock:
    found = made.clock(f"{key}|r1")
    assert found is not None, [clock.key for clock in made.clocks]
    return found


class Case(NamedTuple):
    """`due`: clock key without its round → earliest, latest (one date where they agree)."""

    said: str
    law: str
    received: str
    steps: tuple[Say, ...]
    due: dict[str, tuple[str, ...]]
    facts: dict[str, JSON] = {}


def did(kind: str, on: str, **facts: JSON) -> Say:
    return kind, on, facts


WHY: dict[str, JSON] = {"reason": "volume"}
CASES = (
    # Federal: 20 working days, 10 more, 90 calendar days, 20 working days, six years.
    Case("July 4 on a Saturday: July 6 is day 1, July 31 day 20", "us", "2026-07-04", (),
         {"determine|request": ("2026-07-31",), "sue-silence|lapse:determine": ("2032-07-30", "2032-08-02")}),
    Case("Christmas and New Year on Saturdays fall on Fridays, then King Day", "us", "2027-12-20", (),
         {"determine|request": ("2028-01-20",)}),
    Case("a leap day is day 19; ninety days from it end on Memorial Day", "us", "2028-02-01",
         (did("determined", "2028-02-29", outcome="denied"),),
         {"determine|request": ("2028-03-01",), "appeal-by|event:e1": ("2028-05-26", "2028-05-30")}),
    Case("six years from a leap day end on February 28", "us", "2028-02-01",
         (did("determined", "2028-02-10", outcome="denied"), did("appeal_filed", "2028-02-15"),
          did("appeal_decided", "2028-02-29", outcome="upheld")),
         {"appeal-decision|event:e2": ("2028-03-15",), "sue|event:e3": ("2034-02-28",)}),
    Case("nine days were used before the question; King Day is not counted", "us", "2026-01-05",
         (did("clarification_asked", "2026-01-16"), did("clarification_answered", "2026-01-20")),
         {"determine|request": ("2026-02-04",)}),
    Case("a question after the lapse stops nothing", "us", "2026-03-02",
         (did("clarification_asked", "2026-04-02"), did("clarification_answered", "2026-04-20")),
         {"determine|request": ("2026-03-30",)}),
    Case("a notice on the last day is in time", "us", "2026-03-02",
         (did("extension_noticed", "2026-03-30", days=10, until="2026-04-13", **WHY),),
         {"determine|request": ("2026-04-13",)}),
    Case("a notice the day after moves only the later reading", "us", "2026-03-02",
         (did("extension_noticed", "2026-03-31", days=10, until="2026-04-14", **WHY),),
         {"determine|request": ("2026-03-30", "2026-04-13")}),
    Case("two notices of five days share the ten", "us", "2026-03-02",
         (did("extension_noticed", "2026-03-20", days=5, until="2026-04-06", **WHY),
          did("extension_noticed", "2026-04-03", days=5, until="2026-04-13", **WHY)),
         {"determine|request": ("2026-04-13",)}),
    Case("a second notice of ten adds nothing", "us", "2026-03-02",
         (did("extension_noticed", "2026-03-20", days=10, until="2026-04-13", **WHY),
          did("extension_noticed", "2026-04-10", days=10, until="2026-04-27", **WHY)),
         {"determine|request": ("2026-04-13",)}),
    Case("a notice that names only April 6 takes no more for certain", "us", "2026-03-02",
         (did("extension_noticed", "2026-03-20", until="2026-04-06", **WHY),),
         {"determine|request": ("2026-04-06", "2026-04-13")}),
    Case("dated Friday, sent Tuesday, received Friday: appealed from its date", "us", "2026-03-02",
         (did("determined", "2026-03-20", sent="2026-03-24", received="2026-03-27", outcome="denied"),),
         {"appeal-by|event:e1": ("2026-06-18",)}),
    Case("after a remand the second denial has its own ninety days", "us", "2026-03-02",
         (did("determined", "2026-03-20", outcome="denied"), did("appeal_filed", "2026-04-01"),
          did("appeal_decided", "2026-04-20", outcome="reversed"), did("remanded", "2026-04-20")),
         {"appeal-by|event:e1": ("2026-06-18",), "appeal-decision|event:e2": ("2026-04-29",)}),
    # California: 10 calendar days, rolled; 14 more.
    Case("the tenth day is a leap day", "us-ca", "2028-02-19", (), {"determine|request": ("2028-02-29",)}),
    Case("fourteen more from the leap day", "us-ca", "2028-02-19",
         (did("extension_noticed", "2028-02-28", days=14, until="2028-03-14", **WHY),),
         {"determine|request": ("2028-03-14",)}),
    Case("the tenth day is New Year's Day, a Friday", "us-ca", "2026-12-22", (),
         {"determine|request": ("2027-01-04",)}),
    Case("received on a Saturday, which counts as day nought", "us-ca", "2026-07-18", (),
         {"determine|request": ("2026-07-28",)}),
    Case("a notice on the tenth day, and one a day late", "us-ca", "2026-03-02",
         (did("extension_noticed", "2026-03-13", days=14, until="2026-03-26", **WHY),),
         {"determine|request": ("2026-03-12", "2026-03-26")}),
    Case("seven and seven are fourteen", "us-ca", "2026-03-02",
         (did("extension_noticed", "2026-03-10", days=7, until="2026-03-19", **WHY),
          did("extension_noticed", "2026-03-18", days=7, until="2026-03-26", **WHY)),
         {"determine|request": ("2026-03-26",)}),
    Case("a date past the fourteen days is worth fourteen", "us-ca", "2026-03-02",
         (did("extension_noticed", "2026-03-12", until="2026-04-20", **WHY),),
         {"determine|request": ("2026-03-26",)}),
    Case("a question stops nothing here", "us-ca", "2026-03-02", (did("clarification_asked", "2026-03-05"),),
         {"determine|request": ("2026-03-12",)}),
    Case("the longer time for a video is none for the decision", "us-ca", "2026-04-15",
         (did("extension_noticed", "2026-05-20", ground="critical-incident", **WHY),),
         {"determine|request": ("2026-04-27",), "critical-incident-video|request": ("2027-04-15",)},
         {"record_types": ["critical-incident-video"]}),
    # Illinois: 5 business days, 5 more, 60 calendar days.
    Case("received on the Saturday before Columbus Day", "us-il", "2026-10-10", (),
         {"determine|request": ("2026-10-19",), "review-by|lapse:determine": ("2026-12-18",)}),
    Case("over Christmas; sixty days end in March", "us-il", "2026-12-23", (),
         {"determine|request": ("2026-12-31",), "review-by|lapse:determine": ("2027-02-26", "2027-03-02")}),
    Case("through a leap day; sixty days end on a Sunday", "us-il", "2028-02-24",
         (did("determined", "2028-03-01", outcome="denied"),), {"review-by|event:e1": ("2028-04-28", "2028-05-01")}),
    Case("a letter dated in time and sent a day late leaves both windows", "us-il", "2026-03-02",
         (did("determined", "2026-03-06", sent="2026-03-10", received="2026-03-13", outcome="denied"),),
         {"review-by|event:e1": ("2026-05-05",), "review-by|lapse:determine": ("2026-05-08",)}),
    Case("a notice that names only March 12: sixty days count from there", "us-il", "2026-03-02",
         (did("extension_noticed", "2026-03-06", until="2026-03-12", **WHY),),
         {"determine|request": ("2026-03-12", "2026-03-16"),
          "review-by|lapse:determine": ("2026-05-11", "2026-05-15")}),
    Case("no reason: our sixty days count from the first five", "us-il", "2026-03-02",
         (did("extension_noticed", "2026-03-06", days=5, until="2026-03-16"),),
         {"determine|request": ("2026-03-09", "2026-03-16"),
          "review-by|lapse:determine": ("2026-05-08", "2026-05-15")}),
    Case("a question across Memorial Day", "us-il", "2026-05-18",
         (did("clarification_asked", "2026-05-20"), did("clarification_answered", "2026-05-26")),
         {"determine|request": ("2026-05-26", "2026-06-02"),
          "review-by|lapse:determine": ("2026-07-24", "2026-08-03")}),
    Case("the Counselor's extension moves no clock of the agency", "us-il", "2026-03-02",
         (did("review_filed", "2026-03-18"), did("extension_noticed", "2026-05-12", by="reviewer", days=30)),
         {"determine|request": ("2026-03-09",), "review-decision|event:e1": ("2026-06-30", "2026-07-01")}),
    # New York: 5 business days, 20 from the acknowledgment or a date certain, 30 calendar days, 4 months.
    Case("received on the Sunday before Memorial Day", "us-ny", "2026-05-24", (),
         {"acknowledge|request": ("2026-06-01",), "appeal-by|lapse:acknowledge": ("2026-07-01",)}),
    Case("a date certain named after the twenty days is arguable", "us-ny", "2026-03-02",
         (did("acknowledged", "2026-03-06"), did("extension_noticed", "2026-04-06", until="2026-05-15", **WHY)),
         {"determine|request": ("2026-04-03", "2026-05-15"),
          "appeal-by|lapse:determine": ("2026-05-04", "2026-06-15")}),
    Case("a second date certain, given before the first has passed", "us-ny", "2026-03-02",
         (did("acknowledged", "2026-03-06"), did("extension_noticed", "2026-04-01", until="2026-05-15", **WHY),
          did("extension_noticed", "2026-05-14", until="2026-06-15", **WHY)),
         {"determine|request": ("2026-06-15",), "appeal-by|lapse:determine": ("2026-07-15",)}),
    Case("a date certain on a Saturday: ours counts from the Saturday", "us-ny", "2026-03-02",
         (did("acknowledged", "2026-03-06"), did("extension_noticed", "2026-04-01", until="2026-05-16", **WHY)),
         {"determine|request": ("2026-05-18",), "appeal-by|lapse:determine": ("2026-06-15",)}),
    Case("thirty days from Columbus Day end on Veterans Day", "us-ny", "2026-10-05",
         (did("determined", "2026-10-12", outcome="denied"),), {"appeal-by|event:e1": ("2026-11-12",)}),
    Case("four months from October 29 end on a leap day", "us-ny", "2027-10-01",
         (did("determined", "2027-10-08", outcome="denied"), did("appeal_filed", "2027-10-15"),
          did("appeal_decided", "2027-10-29", outcome="upheld")),
         {"appeal-decision|event:e2": ("2027-10-29",), "sue|event:e3": ("2028-02-29",)}),
    Case("an appeal posted on the last day and received later", "us-ny", "2026-03-02",
         (did("determined", "2026-03-06", outcome="denied"),
          did("appeal_filed", "2026-04-06", received="2026-04-09")),
         {"appeal-by|event:e1": ("2026-04-06",), "appeal-decision|event:e2": ("2026-04-23",),
          "sue|lapse:appeal-decision:event:e2": ("2026-08-24",)}),
    # Texas: 10 business days, 15 for the brief, 45 for the ruling, all again after an answer.
    Case("over Texas Independence Day in a leap year", "us-tx", "2028-02-22", (),
         {"produce|request": ("2028-03-08",), "ask-ruling|request": ("2028-03-08",)}),
    Case("received on Johnson Day; Labor Day does not count", "us-tx", "2026-08-27", (),
         {"produce|request": ("2026-09-11",)}),
    Case("the answer of May 26 starts the ten days again", "us-tx", "2026-05-18",
         (did("clarification_asked", "2026-05-22"), did("clarification_answered", "2026-05-26")),
         {"ask-ruling|request": ("2026-06-09",), "clarify-by|event:e1": ("2026-07-21", "2026-07-22")}),
    Case("sixty days through a leap February; the sixty-first is a Saturday", "us-tx", "2028-01-20",
         (did("clarification_asked", "2028-01-31"),), {"clarify-by|event:e1": ("2028-03-30", "2028-04-03")}),
    Case("forty-five business days count from the Attorney General's receipt", "us-tx", "2026-05-04",
         (did("ruling_requested", "2026-05-18", received="2026-05-21"),),
         {"ruling-brief|request": ("2026-05-26",), "ruling|event:e1": ("2026-07-27", "2026-07-28")}),
    Case("a date certified a day late", "us-tx", "2026-05-04",
         (did("extension_noticed", "2026-05-19", until="2026-06-19"),),
         {"produce|request": ("2026-05-18", "2026-06-22"), "ask-ruling|request": ("2026-05-18",)}),
    Case("body-camera recordings: twenty days to ask, twenty-five for the brief", "us-tx", "2026-05-04",
         (did("ruling_requested", "2026-06-02"),),
         {"ask-ruling|request": ("2026-06-02",), "ruling-brief|request": ("2026-06-09",)},
         {"record_types": ["body-camera"]}),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.law}: {case.said}")
def test_a_tricky_ledger(case: Case) -> None:
    made = fold(case.law, case.received, *case.steps, **case.facts)
    for key, days in case.due.items():
        found = the(made, key)
        assert (found.earliest, found.latest) == (D(days[0]), D(days[-1])), key


@pytest.mark.parametrize(
    ("law", "received", "rule"),
    [
        ("us", "2040-12-10", "determine"),
        ("us-ca", "2040-12-22", "determine"),
        ("us-il", "2040-12-26", "determine"),
        ("us-ny", "2040-12-26", "acknowledge"),
        ("us-tx", "2040-12-20", "produce"),
    ],
)
def test_past_the_last_year_of_the_calendar_no_date_is_guessed(law: str, received: str, rule: str) -> None:
    found = the(fold(law, received), f"{rule}|request")
    assert (found.earliest, found.latest) == (None, None)
    assert found.unknown is not None
    assert "2040-12-31" in found.unknown


@pytest.mark.parametrize("law", ["us", "us-ca", "us-il", "us-ny", "us-tx"])
def test_a_letter_that_grants_and_encloses_the_records_leaves_nothing_owed(law: str) -> None:
    both = (
        did("determined", "2026-03-06", outcome="granted"),
        did("produced", "2026-03-06", outcome="produced"),
    )
    before = (
        did("produced", "2026-03-05", outcome="produced"),
        did("determined", "2026-03-06", outcome="granted"),
    )
    for steps in (both, both[::-1]):
        on = fold(law, "2026-03-02", *steps).on(D("2026-06-01"))
        assert (on.outcome, on.whose_move, on.late) == (Outcome.produced, Move.nobody, False)
    assert fold(law, "2026-03-02", *before).on(D("2026-06-01")).outcome is Outcome.produced


@pytest.mark.parametrize(
    ("law", "window"),
    [("us", "appeal-by"), ("us-ca", "sue"), ("us-il", "review-by"), ("us-ny", "appeal-by"), ("us-tx", "sue")],
)
def test_pages_that_follow_a_partial_denial_leave_its_window_open(law: str, window: str) -> None:
    partly = did("determined", "2026-03-06", outcome="denied_in_part")
    pages = did("produced", "2026-03-20", outcome="produced")
    made = fold(law, "2026-03-02", partly, pages)
    assert the(made, f"{window}|event:e1").ended_on is None
    assert made.on(D("2026-03-21")).outcome is Outcome.denied_in_part


@pytest.mark.parametrize(
    ("law", "owed", "opened"),
    [
        ("us", "determine", "sue-silence|lapse:determine"),
        ("us-ca", "determine", "sue|lapse:determine"),
        ("us-il", "determine", "review-by|lapse:determine"),
        ("us-tx", "produce", "sue|lapse:produce"),
    ],
)
def test_some_of_the_records_are_no_answer_and_all_of_them_late_end_what_silence_opened(
    law: str, owed: str, opened: str
) -> None:
    some = did("produced", "2026-03-05", outcome="produced_in_part")
    silent = fold(law, "2026-03-02", some)
    assert the(silent, f"{owed}|request").late(D("2026-04-15"))
    done = fold(law, "2026-03-02", some, did("produced", "2026-04-20", outcome="produced"))
    assert the(done, opened).ended_on == D("2026-04-20")
    assert done.on(D("2026-04-20")).whose_move is Move.nobody


def test_a_late_answer_before_suit_revives_the_federal_appeal_and_one_after_suit_does_not_end_the_suit() -> (
    None
):
    late = did("determined", "2026-05-01", outcome="denied")
    made = fold("us", "2026-03-02", late)
    assert the(made, "sue-silence|lapse:determine").ended_on == D("2026-05-01")
    assert the(made, "appeal-by|event:e1").due_on == D("2026-07-30")
    assert made.on(D("2026-05-02")).stage is Stage.appeal_open
    sued = fold("us", "2026-03-02", did("sued", "2026-04-20"), late)
    assert the(sued, "sue-silence|lapse:determine").met_on == D("2026-04-20")
    assert sued.on(D("2026-05-02")).whose_move is Move.court


@pytest.mark.parametrize(
    ("law", "second", "third"),
    [
        ("us", Move.requester, Move.agency),
        ("us-ca", Move.requester, Move.agency),
        ("us-il", Move.requester, Move.requester),
        ("us-tx", Move.requester, Move.requester),
    ],
)
def test_one_part_granted_one_denied_and_one_passed_over_in_silence(
    law: str, second: Move, third: Move
) -> None:
    made = fold(
        law, "2026-03-02", did("determined", "2026-03-05", outcome="granted", parts=["A1"]),
        did("determined", "2026-03-06", outcome="denied", parts=["A2"]), parts=["A1", "A2", "A3"],
    )  # fmt: skip
    on = made.on(D("2026-04-10"))
    assert [part.whose_move for part in on.parts] == [Move.agency, second, third]
    assert [part.late for part in on.parts] == [False, False, True]


@pytest.mark.parametrize("outcome", ["granted", "no_records", "not_ours", "directed_to_web", "destroyed"])
def test_in_texas_nothing_is_asked_of_the_attorney_general_when_nothing_is_withheld(outcome: str) -> None:
    parts: list[JSON] = ["A1", "A2"]
    first = did("determined", "2026-05-08", outcome=outcome, parts=["A1"])
    half = fold("us-tx", "2026-05-04", first, parts=parts)
    assert the(half, "ask-ruling|request").late(D("2026-05-19"))
    rest = did("determined", "2026-05-11", outcome="no_records", parts=["A2"])
    whole = fold("us-tx", "2026-05-04", first, rest, parts=parts)
    assert the(whole, "ask-ruling|request").ended_on == D("2026-05-11")
    assert whole.clock("sue|lapse:ask-ruling|r1") is None


@pytest.mark.parametrize(
    ("outcome", "stage", "came_out", "move"),
    [
        ("upheld", Stage.answered, Outcome.denied, Move.requester),
        ("denied_in_part", Stage.received, Outcome.denied_in_part, Move.agency),
        ("reversed", Stage.received, None, Move.agency),
    ],
)
def test_what_a_ruling_of_the_attorney_general_leaves_to_do(
    outcome: str, stage: Stage, came_out: Outcome | None, move: Move
) -> None:
    made = fold(
        "us-tx", "2026-05-04", did("ruling_requested", "2026-05-18"), did("ruling_brief_sent", "2026-05-22"),
        did("ruling_issued", "2026-07-20", outcome=outcome),
    )  # fmt: skip
    on = made.on(D("2026-08-01"))
    assert (on.stage, on.outcome, on.whose_move, on.late) == (stage, came_out, move, False)


@pytest.mark.parametrize(("law", "how"), [("us-ny", "appeal"), ("us-il", "review")])
def test_who_wins_an_appeal_waits_for_the_agency(law: str, how: str) -> None:
    filed, decided = (
        did(f"{how}_filed", "2026-03-16"),
        did(f"{how}_decided", "2026-03-30", outcome="reversed"),
    )
    steps = did("determined", "2026-03-06", outcome="denied"), filed, decided
    assert fold(law, "2026-03-02", *steps).on(D("2026-04-10")).whose_move is Move.agency
    sent = did("produced", "2026-04-13", outcome="produced")
    assert fold(law, "2026-03-02", *steps, sent).on(D("2026-04-14")).whose_move is not Move.agency


@pytest.mark.parametrize(
    ("law", "types", "rule"),
    [
        ("us-ca", "peace-officer-records", "peace-officer-records"),
        ("us-ca", "critical-incident-video", "critical-incident-video"),
        ("us-il", "arrest-information", "arrest-information"),
    ],
)
def test_a_promise_of_records_is_no_release_of_them(law: str, types: str, rule: str) -> None:
    granted = did("determined", "2026-03-03", outcome="granted")
    made = fold(law, "2026-03-02", granted, record_types=[types])
    assert the(made, f"{rule}|request").late(D("2026-06-01"))
    sent = fold(
        law, "2026-03-02", granted, did("produced", "2026-03-04", outcome="produced"), record_types=[types]
    )
    assert the(sent, f"{rule}|request").met_on == D("2026-03-04")


def test_a_window_of_ours_past_its_earlier_day_is_still_shown_until_the_later_one() -> None:
    late = did("extension_noticed", "2026-04-06", until="2026-05-15", reason="volume")
    on = fold("us-ny", "2026-03-02", did("acknowledged", "2026-03-06"), late).on(D("2026-05-20"))
    assert (on.next_due_on, on.next_clock_key) == (D("2026-06-15"), "appeal-by|lapse:determine|r1")


@pytest.mark.parametrize(
    ("until", "verdict"),
    [("2026-03-12", Verdict.allowed), ("2026-03-16", Verdict.allowed), ("2026-03-30", Verdict.over_cap)],
)
def test_a_notice_that_names_only_a_day_is_held_to_what_the_law_allows(until: str, verdict: Verdict) -> None:
    made = fold("us-il", "2026-03-02", did("extension_noticed", "2026-03-06", until=until, reason="volume"))
    assert [claim.verdict for claim in made.extensions] == [verdict]
