"""A request under every law, walked from filing to the requester's last remedy."""

from __future__ import annotations

import pytest

from requests_app.clock.rules import Owner, StepOf
from requests_app.clock.standing import Clock
from requests_app.laws.journey import PATHS, Journey, journey
from requests_app.laws.registry import library
from requests_app.laws.shapes import Entry

LAWS = library().laws


def walked(entry: Entry, path: str) -> Journey:
    return journey(library(), entry, entry.current, path)


def said_by_the_data(entry: Entry, clock: Clock) -> bool:
    """The data itself calls the rule doubtful: then its clock may stay without a date."""
    rule = entry.current.by_id[clock.rule_id]
    return not rule.authority.verified and bool(rule.authority.doubts or rule.authority.note)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("entry", LAWS, ids=lambda entry: entry.id)
def test_no_clock_on_the_way_is_unknown_unless_the_data_calls_it_doubtful(entry: Entry, path: str) -> None:
    walk = walked(entry, path)
    assert [clock.key for clock in walk.unknown if not said_by_the_data(entry, clock)] == []
    assert [clock.key for clock in walk.clocks if clock.rule_id not in entry.current.by_id] == []


@pytest.mark.parametrize("entry", LAWS, ids=lambda entry: entry.id)
def test_a_refused_request_comes_to_the_last_remedy_the_law_has(entry: Entry) -> None:
    walk = walked(entry, "refused")
    ladder = [rule.remedy.step for rule in entry.current.rules if rule.remedy is not None]
    assert ladder, "the law offers no remedy at all"
    assert walk.reached is (StepOf.suit if StepOf.suit in ladder else ladder[-1])


@pytest.mark.parametrize("entry", LAWS, ids=lambda entry: entry.id)
def test_silence_never_leaves_the_requester_without_a_next_step(entry: Entry) -> None:
    numbered = [
        rule
        for rule in entry.current.rules
        if rule.owner is Owner.agency and rule.length.count and rule.lapses_into and rule.lapses_into.starts
    ]
    walk = walked(entry, "silent")
    if numbered:
        assert walk.reached is not None
    else:
        assert any(clock.standard and clock.follow_up_on for clock in walk.clocks)


def test_every_jurisdiction_is_walked() -> None:
    assert {library().place_of(entry.id).code for entry in LAWS} == set(library().codes)
