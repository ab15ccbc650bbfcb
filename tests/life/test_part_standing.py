"""A1 came, A2 was denied, A3 is silent: three standings, each with its own windows and its own next step, under five
real laws."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from requests_app.models.visibility import viewing_as
from requests_app.queries.request_page import load
from requests_app.web.next_steps import steps_of
from requests_app.web.part_standing import parts_of
from tests import builders

WHOLE = ["A1", "A2", "A3"]
ANSWERED = dt.date(2026, 1, 12)
NOON = dt.time(18, tzinfo=dt.UTC)

# law: the day looked at; for A1, A2, A3: outcome, whose move, late, windows of ours with their days, first step
TABLE: dict[str, tuple[dt.date, list[tuple[str, str, bool, list[tuple[str, str]], str]]]] = {
    "us-il": (
        dt.date(2026, 1, 20),
        [
            ("produced", "nobody", False, [], ""),
            ("denied", "requester", False, [("review-by", "2026-03-13"), ("sue", "")], "review_filed"),
            ("", "requester", True, [("review-by", "2026-03-13"), ("sue", "")], "review_filed"),
        ],
    ),
    "us-ny": (
        dt.date(2026, 2, 9),
        [
            ("produced", "nobody", False, [], ""),
            ("denied", "requester", False, [("appeal-by", "2026-02-11")], "appeal_filed"),
            ("", "requester", True, [("appeal-by", "2026-03-09")], "appeal_filed"),
        ],
    ),
    "us-ca": (
        dt.date(2026, 1, 20),
        [
            ("produced", "nobody", False, [], ""),
            ("denied", "requester", False, [("sue", "")], "sued"),
            ("", "agency", True, [("sue", "")], "follow_up_sent"),
        ],
    ),
    "us-tx": (
        dt.date(2026, 1, 26),
        [
            ("produced", "nobody", False, [], ""),
            ("denied", "requester", False, [("sue", ""), ("sue", "")], "sued"),
            ("", "requester", True, [("review-delay", ""), ("sue", ""), ("sue", "")], "follow_up_sent"),
        ],
    ),
    "us": (
        dt.date(2026, 2, 20),
        [
            ("produced", "nobody", False, [], ""),
            ("denied", "requester", False, [("appeal-by", "2026-04-10")], "appeal_filed"),
            ("", "agency", True, [("sue-silence", "2032-02-03")], "sued"),
        ],
    ),
}


@pytest.mark.parametrize("law", TABLE)
def test_three_parts_give_three_standings(
    cast: builders.Cast, file: Callable[..., Any], record: Callable[..., Any], law: str
) -> None:
    day, expected = TABLE[law]
    kind = "federal" if law == "us" else "fusion_center"
    to = builders.agency(f"Center {law}", law, "America/New_York")
    type(to).objects.filter(pk=to.pk).update(kind=kind)
    sent = dt.date(2026, 1, 5)
    ours = file(agency=to, law_id=law, sent_on=sent, received_on=sent, today=day)
    record(ours, "acknowledged", sent_on=dt.date(2026, 1, 7), received_on=dt.date(2026, 1, 7), today=day)
    came = {"sent_on": ANSWERED, "received_on": ANSWERED, "today": day}
    record(ours, "produced", parts=("A1",), outcome="produced", **came)
    record(ours, "determined", parts=("A2",), outcome="denied", dated_on=ANSWERED, **came)
    with viewing_as(cast.edgar) as viewer:
        page = load(viewer, ours.public_id, now=dt.datetime.combine(day, NOON))
    assert page is not None
    rows = parts_of(page, WHOLE)
    found = []
    for part, row in zip(page.parts, rows, strict=True):
        windows = [
            (clock.rule_id, clock.due_on.isoformat() if clock.due_on else "")
            for clock in page.clocks
            if clock.owner == "requester" and clock.state(day) == "running" and part.label in clock.parts
        ]
        assert len(row["windows"]) >= len(windows)
        steps = steps_of(page, WHOLE, part.label)
        found.append(
            (part.outcome, part.whose_move, part.late, sorted(windows), steps[0].kind if row["step"] else "")
        )
    assert found == [(a, b, c, sorted(d), e) for a, b, c, d, e in expected]


def test_two_windows_of_ours_lead_to_two_letters(
    cast: builders.Cast, file: Callable[..., Any], record: Callable[..., Any]
) -> None:
    ours = file(sent_on=dt.date(2026, 3, 2), received_on=dt.date(2026, 3, 2))
    record(ours, "produced", parts=("A1",), outcome="produced", received_on=dt.date(2026, 3, 5))
    denied = dt.date(2026, 3, 6)
    record(ours, "determined", parts=("A2",), outcome="denied", dated_on=denied, sent_on=denied, received_on=denied)
    with viewing_as(cast.edgar) as viewer:
        page = load(viewer, ours.public_id, now=dt.datetime(2026, 3, 12, 18, tzinfo=dt.UTC))
    assert page is not None
    letters = [step for step in steps_of(page, WHOLE) if step.kind == "review_filed"]
    assert [(step.parts, step.due_on) for step in letters] == [
        (("A2",), dt.date(2026, 5, 5)), (("A3",), dt.date(2026, 5, 8)),
    ]  # fmt: skip
    assert letters[0].text.startswith("A2: Denied, Friday, March 6, 2026: ask for the outside review")
    assert "54 days left, until Tuesday, May 5, 2026" in letters[0].text
    assert letters[1].text.startswith(
        "Silence on A3 is a constructive denial since Tuesday, March 10, 2026: ask for the outside review"
    )
    assert "part=A3" in letters[1].acts[0]["url"]
    assert all(step.parts != ("A1",) for step in steps_of(page, WHOLE))


def test_a_closed_request_offers_nothing(
    cast: builders.Cast, file: Callable[..., Any], record: Callable[..., Any]
) -> None:
    ours = file()
    record(ours, "withdrawn", sent_on=SENT_LATER)
    with viewing_as(cast.edgar) as viewer:
        page = load(viewer, ours.public_id, now=dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC))
    assert page is not None
    assert steps_of(page, WHOLE) == []
    assert steps_of(replace(page, standing=None, clocks=()), WHOLE) == []


SENT_LATER = dt.date(2026, 11, 3)


def test_a_part_that_came_in_time_opens_no_court_when_our_interval_ends(
    cast: builders.Cast, file: Callable[..., Any], record: Callable[..., Any]
) -> None:
    """California gives no number of days for the records themselves: our own interval opens the court."""
    to = builders.agency("Fresno", "us-ca", "America/Los_Angeles")
    sent = dt.date(2026, 8, 3)
    ours = file(agency=to, law_id="us-ca", sent_on=sent, received_on=sent)
    said = {"sent_on": dt.date(2026, 8, 10), "received_on": dt.date(2026, 8, 10)}
    record(ours, "determined", outcome="granted", dated_on=dt.date(2026, 8, 10), **said)
    record(ours, "produced", parts=("A1",), outcome="produced", received_on=dt.date(2026, 8, 14))
    with viewing_as(cast.edgar) as viewer:
        page = load(viewer, ours.public_id, now=dt.datetime(2026, 10, 20, 18, tzinfo=dt.UTC))
    assert page is not None
    courts = [step for step in steps_of(page, WHOLE) if step.kind == "sued"]
    assert [step.parts for step in courts] == [("A2", "A3")]
    assert [part.whose_move for part in page.parts] == ["nobody", "agency", "agency"]
