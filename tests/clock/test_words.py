"""The words: a trail must read as a paragraph that can be pasted into a letter, and as a table."""

from __future__ import annotations

import datetime as dt

from requests_app.clock import words
from requests_app.clock.events import Event, Kind, Outcome
from requests_app.clock.rules import Chain, Counting, Extension, Owner, Roll, Start, Stop, Unit
from requests_app.clock.trail import Reading, StepKind

from .shelf import (
    DENIED,
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
    rule,
    sent,
)

D = dt.date


def test_a_date_always_has_its_weekday() -> None:
    assert words.date(D(2026, 1, 15)) == "Thursday, January 15, 2026"


def test_a_paragraph_names_the_trigger_the_count_and_each_day_left_out() -> None:
    found = due(determine(business(5)), sent(D(2026, 1, 15)))
    assert words.paragraph(found.trail) == (
        "The request was received on Thursday, January 15, 2026 (Act § 1). "
        "Five business days from Thursday, January 15, 2026 end on Friday, January 23, 2026, "
        "leaving out Saturday, January 17, Sunday, January 18, and "
        "Monday, January 19 (Martin Luther King Jr. Day). "
        "The last day is Friday, January 23, 2026."
    )


def test_many_days_left_out_are_numbered_but_holidays_keep_their_names() -> None:
    found = due(determine(business(20)), sent(TWENTY))
    assert (
        "leaving out eight weekend days and Monday, February 16 (Washington's Birthday)"
        in words.paragraph(found.trail)
    )


def test_a_pause_an_extension_and_a_roll_are_told_in_order() -> None:
    stop = Stop((Kind.clarification_asked,), until=(Kind.clarification_answered,))
    long = determine(
        business(20), chain=Chain.rolled, stops=(stop,), extensions=(Extension(length=days(11)),)
    )
    found = due(long, sent(TWENTY), ask(D(2026, 2, 4)), answer(D(2026, 2, 11)), noticed(D(2026, 2, 20)))
    assert [step.kind for step in found.trail] == [
        StepKind.start, StepKind.counted, StepKind.pause, StepKind.resume, StepKind.counted, StepKind.extend,
        StepKind.counted, StepKind.roll,
    ]  # fmt: skip
    told = words.paragraph(found.trail)
    for said in (
        "The clock stood still from Wednesday, February 4, 2026 to Wednesday, February 11, 2026; "
        "18 business days were left.",
        "The notice of Friday, February 20, 2026 gives 11 calendar days.",
        "Saturday, March 21, 2026 is not an open day; the next open day is Monday, March 23, 2026.",
    ):
        assert said in told


def test_the_two_readings_are_two_paragraphs() -> None:
    posted = Event("sent", Kind.sent, sent_on=TWENTY, facts={"law": "us-x", "channel": "post"})
    found = due(determine(business(1)), posted)
    assert "The last day is Tuesday, February 3, 2026." in words.paragraph(found.trail, Reading.early)
    assert "The last day is Monday, February 9, 2026." in words.paragraph(found.trail, Reading.late)
    assert "presumed of post" in words.paragraph(found.trail)


def test_a_letter_says_which_date_of_which_paper_it_counts_from() -> None:
    window = rule(
        "appeal-by", days(30), Start(on=(Kind.determined,), when=DENIED), owner=Owner.requester,
        counting=Counting(roll=Roll.none),
    )  # fmt: skip
    letter = event("no", Kind.determined, D(2026, 3, 9), outcome=Outcome.denied)
    found = clock(fold(book(window), sent(TWENTY), letter), "appeal-by")
    assert words.paragraph(found.trail).startswith("The determination was received on Monday, March 9, 2026")
    silent = clock(fold(FULL, sent(TWENTY)), "appeal-by", "lapse:determine")
    assert words.paragraph(silent.trail).startswith(
        "The time before this one ran out on Tuesday, March 3, 2026"
    )


def test_an_open_pause_says_what_is_left_and_names_no_last_day() -> None:
    stop = Stop((Kind.clarification_asked,), until=(Kind.clarification_answered,))
    found = due(determine(business(20), stops=(stop,)), sent(TWENTY), ask(D(2026, 2, 4)))
    told = words.paragraph(found.trail)
    assert told.endswith(
        "The clock stopped on Wednesday, February 4, 2026; 18 business days are left once it goes on."
    )


def test_rows_carry_every_day_left_out_by_name_and_the_citation_of_every_step() -> None:
    found = due(determine(business(5)), sent(D(2026, 1, 15)))
    first, second = words.rows(found.trail)
    assert (first["n"], first["title"], first["on"]) == (1, "Counted from", D(2026, 1, 15))
    assert second["skipped"] == [
        "Saturday, January 17",
        "Sunday, January 18",
        "Monday, January 19 (Martin Luther King Jr. Day)",
    ]
    assert second["citation"] == "Act § 1"


def test_every_kind_of_step_has_a_title_and_a_sentence() -> None:
    from .shelf import ODD

    assert set(words.TITLES) == set(StepKind)
    asked = [
        event("a", Kind.clarification_asked, D(2026, 2, 3)),
        event("b", Kind.clarification_answered, D(2026, 2, 9)),
        event("c", Kind.extension_noticed, D(2026, 2, 10), facts={"kind": "date", "until": "2026-05-02"}),
        event("d", Kind.fee_estimated, D(2026, 2, 11)),
        event(
            "o", Kind.override, D(2026, 2, 11), facts={"clock": "routed|request|r1", "due_on": "2026-03-02"}
        ),
        event("p", Kind.date_promised, D(2026, 2, 12), facts={"until": "2026-03-20"}),
    ]
    made = fold(ODD, sent(TWENTY), *asked)
    seen = set()
    for each in made.clocks:
        for row, step in zip(words.rows(each.trail), each.trail, strict=True):
            seen.add(step.kind)
            assert str(row["said"]).endswith("."), step
            assert str(row["said"])[0].isupper() or str(row["said"])[0].isdigit(), step
    assert {StepKind.restart, StepKind.named, StepKind.note, StepKind.override, StepKind.extend} <= seen


def test_lengths_of_one_are_singular() -> None:
    assert words.length(1, Unit.business_days) == "1 business day"
    assert words.spelled(4, Unit.months) == "four months"
    assert "One business day from" in words.paragraph(due(determine(business(1)), sent(TWENTY)).trail)
