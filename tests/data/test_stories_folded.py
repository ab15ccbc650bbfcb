"""The stories under the real laws: what the clock makes of each ledger is what the story is told for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from requests_app.clock import fold
from requests_app.clock.events import REQUESTERS_OWN, Event, Kind, Outcome
from requests_app.clock.rules import Owner
from requests_app.clock.standing import Standing, State
from requests_app.laws.registry import library
from tests.data.shipped import DAY, is_date, law_of, read, resolved

SCENARIO = read("sample/scenario.yaml")
DEFAULTS = SCENARIO["defaults"]
AGENCIES = {agency["slug"]: agency for agency in SCENARIO["agencies"]}
CAMPAIGNS = {campaign["key"]: campaign for campaign in SCENARIO["campaigns"]}
KITS = {kit["key"]: [part["label"] for part in kit["parts"]] for kit in SCENARIO["kits"]}
# Every weekday, the turn of the year, and the days around holidays that stand in one calendar and not in another.
LOAD_DAYS = [dt.date(2026, 11, 22) + DAY * i for i in (0, 5, 9, 34, 41, 57, 82, 115, 188, 219, 290, 352)]


def ledger(story: Mapping[str, Any], today: dt.date) -> tuple[Event, ...]:
    law, agency = law_of(story), AGENCIES[story["agency"]]
    (custodian,) = [c for c in agency["custodians"] if c["name"] == story["custodian"]]
    uids = {f"@{event['id']}": f"{n:04d}" for n, event in enumerate(story["events"]) if "id" in event}
    opening = {
        "law": law,
        "zone": agency["zone"],
        "agency_kind": custodian["kind"],
        "requester": DEFAULTS["requester"],
        "record_types": DEFAULTS["record_types"],
        "channel": story.get("channel", DEFAULTS["channel"]),
        "basis": story.get("receipt", DEFAULTS["receipt"]),
        "parts": story.get("parts", KITS[CAMPAIGNS[story["campaign"]]["kit"]]),
    }
    lines = []
    for n, event in enumerate(story["events"]):
        kind, on = Kind(event["kind"]), resolved(event, law=law, today=today)
        facts = {
            name: resolved(value, law=law, today=today).isoformat()
            if is_date(value)
            else uids.get(value, value)
            if isinstance(value, str)
            else value
            for name, value in event.get("facts", {}).items()
        }
        times: dict[str, Any] = {}
        if kind is Kind.sent:
            at = dt.time.fromisoformat(DEFAULTS["at"])
            times = {"sent_on": on, "sent_at": at}
            if opening["basis"] != "certified_post":
                times |= {"received_on": on, "received_at": at}
            facts = opening | facts
        elif kind is Kind.receipt_confirmed:
            times = {"received_on": on}
        else:
            times = {"sent_on": on, "received_on": on}
            if kind not in REQUESTERS_OWN:
                times["dated_on"] = on
        outcome = Outcome(event["outcome"]) if "outcome" in event else None
        parts = tuple(event.get("parts", ()))
        lines.append(Event(uid=f"{n:04d}", kind=kind, parts=parts, outcome=outcome, facts=facts, **times))
    return tuple(lines)


@pytest.fixture(scope="module", params=LOAD_DAYS, ids=str)
def standings(request: pytest.FixtureRequest) -> tuple[dt.date, dict[str, Standing]]:
    book, today = library().book(), request.param
    return today, {
        story["key"]: fold.standing(ledger(story, today), book=book, on=today)
        for story in SCENARIO["requests"]
    }


def test_every_clock_of_every_story_can_be_computed(
    standings: tuple[dt.date, dict[str, Standing]],
) -> None:
    today, by_key = standings
    for key, standing in by_key.items():
        assert standing.clocks, key
        assert [c.key for c in standing.clocks if c.state(today) is State.unknown] == [], key


def test_agencies_are_late_only_where_the_story_says_so(
    standings: tuple[dt.date, dict[str, Standing]],
) -> None:
    today, by_key = standings
    late = {
        key
        for key, standing in by_key.items()
        if any(c.owner is Owner.agency and c.late(today) for c in standing.clocks)
    }
    told = {"silent_and_late", "deemed_denied", "lapses_before_load", "extension_late", "part_silent"}
    expected = {story["key"] for story in SCENARIO["requests"] if told & set(story["shows"])}
    # What lapsed yesterday is late only where no day in between is argued to be closed.
    arguable = {
        story["key"]
        for story in SCENARIO["requests"]
        if "lapses_before_load" in story["shows"]
        for clock in by_key[story["key"]].clocks
        if clock.earliest and clock.latest and clock.earliest < today <= clock.latest
    }
    assert late | arguable == expected
    assert not late & arguable


def test_an_appeal_of_ours_has_lapsed_in_one_story_only(
    standings: tuple[dt.date, dict[str, Standing]],
) -> None:
    today, by_key = standings
    lapsed = {
        key
        for key, standing in by_key.items()
        if any(c.rule_id == "appeal-by" and c.state(today) is State.lapsed for c in standing.clocks)
    }
    assert lapsed == {"mohawk-locks"}


def test_one_clock_of_ours_ends_in_three_days_and_one_waits_for_our_answer(
    standings: tuple[dt.date, dict[str, Standing]],
) -> None:
    today, by_key = standings
    (window,) = [c for c in by_key["catskill-hollow"].clocks if c.rule_id == "appeal-by"]
    assert window.state(today) is State.running
    # Gen. Constr. Law § 25-a: a last day on a weekend or holiday moves to the next business day.
    assert window.due_on == resolved({"day": 3}, law="us-ny", today=today)
    (paused,) = [c for c in by_key["tidal-terrace"].clocks if c.rule_id == "determine"]
    assert paused.state(today) is State.paused


def test_a_remand_opens_a_second_round_and_a_bounce_voids_the_first_letter(
    standings: tuple[dt.date, dict[str, Standing]],
) -> None:
    today, by_key = standings
    assert {c.round for c in by_key["genesee-shelf"].clocks} == {1, 2}
    (answer,) = [c for c in by_key["tule-basin-privacy"].clocks if c.rule_id == "determine"]
    assert answer.state(today) is State.running
