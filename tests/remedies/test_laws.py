"""What is open after a denial and after silence, under real laws."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests import builders

from .scene import SENT, D, filed, happens, page

pytestmark = pytest.mark.django_db
DENIED = D(2026, 3, 6)


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


def windows(cast: builders.Cast, law: str, on: D, *steps: tuple[str, D, str]) -> dict[str, tuple[str, D | None]]:
    made = filed(cast, law, parts=("A1",))
    for kind, day, outcome in steps:
        happens(cast, made, kind, day, outcome=outcome or None)
    found: dict[str, tuple[str, D | None]] = {}
    for one in page(cast, made, on).windows:  # what is open comes first
        found.setdefault(one.clock.rule_id, (one.state, one.clock.due_on))
    return found


DENIAL = ("determined", DENIED, "denied")
IN = D(2026, 3, 12)
DUES = [
    # law, steps, the day looked at, the windows on it
    ("us-il", [DENIAL], IN, {"review-by": ("open", D(2026, 5, 5)), "sue": ("open", None)}),
    ("us-il", [DENIAL, ("review_filed", D(2026, 3, 20), "")], D(2026, 3, 21),
     {"review-by": ("used", D(2026, 5, 5)), "sue": ("open", None)}),
    ("us-il", [DENIAL, ("sued", D(2026, 3, 20), "")], D(2026, 3, 21), {"review-by": ("gone", D(2026, 5, 5))}),
    ("us-il", [DENIAL], D(2026, 6, 1), {"review-by": ("closed", D(2026, 5, 5)), "sue": ("open", None)}),
    ("us-ny", [DENIAL], IN, {"appeal-by": ("open", D(2026, 4, 6))}),
    ("us-ny", [DENIAL, ("appeal_filed", D(2026, 3, 20), ""), ("appeal_decided", D(2026, 4, 2), "upheld")],
     D(2026, 4, 3), {"appeal-by": ("used", D(2026, 4, 6)), "sue": ("open", D(2026, 8, 3))}),
    ("us-pa", [DENIAL], IN, {"appeal-by": ("open", D(2026, 3, 27))}),
    ("us-pa", [DENIAL, ("appeal_filed", D(2026, 3, 20), ""), ("appeal_decided", D(2026, 4, 17), "upheld")],
     D(2026, 4, 20), {"appeal-by": ("used", D(2026, 3, 27)), "sue": ("open", D(2026, 5, 15))}),
    ("us", [DENIAL], IN, {"appeal-by": ("open", D(2026, 6, 4))}),
    ("us", [], D(2026, 4, 10), {"sue-silence": ("open", D(2032, 3, 30))}),
    ("us-tx", [DENIAL], IN, {"sue": ("open", None)}),
    ("us-ca", [DENIAL], IN, {"sue": ("open", None)}),
    ("us-ct", [DENIAL], IN, {"review-by": ("open", D(2026, 4, 2))}),
    ("us-ky", [DENIAL], IN, {"review-by": ("open", None), "sue": ("open", None)}),
]  # fmt: skip


@pytest.mark.parametrize(("law", "steps", "on", "expected"), DUES)
def test_the_windows_that_a_law_opens(
    cast: builders.Cast, law: str, steps: list[tuple[str, D, str]], on: D, expected: dict[str, tuple[str, D | None]]
) -> None:
    found = windows(cast, law, on, *steps)
    assert {rule: found.get(rule) for rule in expected} == expected, found


def test_silence_opens_pennsylvanias_appeal_and_it_is_not_open_before(cast: builders.Cast) -> None:
    made = filed(cast, "us-pa", parts=("A1",))
    before = page(cast, made, D(2026, 3, 5))
    assert [one.state for one in before.windows if one.clock.rule_id == "appeal-by"] == ["coming"]
    after = page(cast, made, D(2026, 3, 12))
    assert [one.state for one in after.windows if one.clock.rule_id == "appeal-by"] == ["open"]


def test_the_soonest_last_day_comes_first_and_one_without_a_day_last(cast: builders.Cast) -> None:
    made = filed(cast, "us-il")
    happens(cast, made, "determined", DENIED, outcome="denied", parts=("A2",))
    happens(cast, made, "determined", D(2026, 3, 9), outcome="denied", parts=("A1",))
    dues = [one.clock.due_on for one in page(cast, made, D(2026, 3, 13)).of("open")]
    assert dues == [D(2026, 5, 5), D(2026, 5, 8), None, None]


def test_a_suit_is_locked_until_its_appeal_was_made(cast: builders.Cast) -> None:
    made = filed(cast, "us-ny", parts=("A1",))
    happens(cast, made, "determined", DENIED, outcome="denied")
    found = page(cast, made, IN)
    assert [(one.rule.id, one.after) for one in found.ahead] == [("sue", ("Appeal inside the agency",))]


def test_illinois_says_that_suit_ends_the_review_and_that_review_stops_no_suit(cast: builders.Cast) -> None:
    made = filed(cast, "us-il", parts=("A1",))
    happens(cast, made, "determined", DENIED, outcome="denied")
    rows = {one.clock.rule_id: one for one in page(cast, made, IN).windows}
    assert rows["review-by"].runs_on == ("File suit in the circuit court",)
    assert rows["review-by"].ended_by == ("File suit in the circuit court",)
    assert "Ask the Public Access Counselor for review" in rows["sue"].ends
    assert rows["review-by"].body == "Public Access Counselor, Office of the Attorney General"


def test_where_the_forum_is_doubtful_each_place_is_named(cast: builders.Cast) -> None:
    made = filed(cast, "us-pa", parts=("A1",))
    happens(cast, made, "determined", DENIED, outcome="denied")
    [window] = page(cast, made, IN).of("open")
    assert window.forums[0].body == "Office of Open Records"
    assert len(window.forums) == 3
    made = filed(cast, "us-ny", parts=("A1",))
    happens(cast, made, "determined", DENIED, outcome="denied")
    assert [one.forums for one in page(cast, made, IN).of("open")] == [()]


@pytest.mark.parametrize("law", ["us", "us-ny", "us-pa", "us-ct"])
def test_a_remand_opens_the_windows_anew(cast: builders.Cast, law: str) -> None:
    """The agency decides again after the remand; its denial opens a window of round two."""
    made = filed(cast, law, parts=("A1",))
    happens(cast, made, "determined", DENIED, outcome="denied")
    appeals = law != "us-ct"
    happens(cast, made, "appeal_filed" if appeals else "review_filed", D(2026, 3, 20))
    happens(cast, made, "appeal_decided" if appeals else "review_decided", D(2026, 4, 10), outcome="reversed")
    happens(cast, made, "remanded", D(2026, 4, 10))
    happens(cast, made, "determined", D(2026, 5, 4), outcome="denied")
    rule = "appeal-by" if appeals else "review-by"
    rounds = {
        (one.clock.round, one.state) for one in page(cast, made, D(2026, 5, 5)).windows if one.clock.rule_id == rule
    }
    assert rounds == {(1, "used"), (2, "open")}


def test_silence_after_the_letter_was_sent_is_counted_from_the_law(cast: builders.Cast) -> None:
    made = filed(cast, "us-il", parts=("A1",))
    found = page(cast, made, SENT + dt.timedelta(days=8))
    assert {one.clock.rule_id: one.state for one in found.windows} == {"review-by": "open", "sue": "open"}
