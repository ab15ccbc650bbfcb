from __future__ import annotations

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from requests_app.clock.standing import State
from requests_app.clock.trail import Reading, Step, replay
from requests_app.clock.words import NOUNS
from requests_app.laws.deadline import answer, as_text, facts_from, parse_date, step
from requests_app.laws.errors import Refused
from requests_app.laws.registry import library
from requests_app.management.commands import check_laws, deadline

ON = date(2026, 3, 10)
MONDAY = date(2026, 3, 2)


def test_lincolns_birthday_as_observed_is_skipped_by_name_and_the_act_is_cited() -> None:
    found = answer("us-il", received_on=date(2017, 2, 10), on=ON)
    clock = found.clock("determine")
    assert clock.due_on == date(2017, 2, 21)
    assert clock.due_words == "Tuesday, February 21, 2017"
    skipped = [day for row in clock.rows for day in row["skipped"]]  # type: ignore[attr-defined]
    assert "Monday, February 13 (Lincoln's Birthday, observed)" in skipped
    assert any("Presidents' Day" in day for day in skipped)
    assert clock.citation == "5 ILCS 140/3(d)"
    assert "Lincoln's Birthday, observed" in clock.paragraph
    assert "5 ILCS 140/3(d)" in clock.paragraph
    assert (clock.law_ref, clock.calendar_ref) == ("us-il@2010-01-01.r1", "us-il.c1")
    assert clock.verified


def test_the_text_for_a_terminal_names_every_skipped_day() -> None:
    text = as_text(answer("us-il", received_on=date(2017, 2, 10), on=ON))
    for words in (
        "Due Tuesday, February 21, 2017.",
        "Monday, February 13 (Lincoln's Birthday, observed)",
        "Saturday, February 18",
        "5 ILCS 140/3(d)",
        "us-il@2010-01-01.r1, calendar us-il.c1",
        "Not legal advice",
    ):
        assert words in text


def test_due_today_is_not_late_and_tomorrow_is() -> None:
    due = date(2026, 3, 9)
    assert answer("us-il", received_on=MONDAY, on=due).clock("determine").state is State.running
    assert answer("us-il", received_on=MONDAY, on=due).clock("determine").days_left == 0
    assert answer("us-il", received_on=MONDAY, on=date(2026, 3, 10)).clock("determine").state is State.lapsed


def test_what_follows_silence_is_shown_as_conditional() -> None:
    found = answer("us-ny", received_on=MONDAY, on=MONDAY)
    assert not found.clock("acknowledge").conditional
    appeal = found.clock("appeal-by")
    assert appeal.conditional
    assert appeal.due_on == date(2026, 4, 8)
    assert appeal.opens_on is not None
    assert appeal.opens_on > date(2026, 3, 9)


def test_a_window_over_silence_names_the_request_it_counts_from() -> None:
    found = answer("us-ma", received_on=MONDAY, on=MONDAY).clock("review-silence")
    assert found.rows[0]["said"] == "The request was sent on Monday, March 2, 2026."


def test_what_has_no_day_and_is_done_asks_for_nothing() -> None:
    came = step("acknowledged", date(2026, 3, 4), {})
    waiting = as_text(answer("us-wy", received_on=MONDAY, on=ON)).split("\n\n")[1]
    done = as_text(answer("us-wy", received_on=MONDAY, events=[came], on=ON)).split("\n\n")[1]
    assert "ask again on Wednesday, March 11, 2026" in waiting
    assert "No day in the law." in done
    assert "On Tuesday, March 10, 2026: met." in done


def test_a_date_that_rests_on_an_unverified_step_says_so_in_a_whole_sentence() -> None:
    noticed = step("extension_noticed", date(2026, 3, 10), {"until": "2026-05-01", "reason": "x"})
    appealed = step("appeal_filed", date(2026, 3, 12), {}, number=2)
    found = answer("us-ut", received_on=MONDAY, events=[noticed, appealed], on=date(2026, 4, 1))
    said = found.clock("review-by-request-day").confidence
    assert said == "Unverified: it rests on a step that is unverified itself; check with counsel"


def test_an_argued_holiday_is_no_doubt_of_a_count_in_years_that_ends_elsewhere() -> None:
    denial = step("determined", date(2026, 3, 20), {"outcome": "denied"})
    suit = answer("us-md", received_on=MONDAY, events=[denial], on=ON).clock("sue")
    assert (suit.earliest, suit.latest) == (date(2028, 3, 20), date(2029, 3, 20))
    assert not [doubt for doubt in suit.doubts if "closed" in doubt]


def test_every_event_that_starts_a_clock_has_a_name_for_the_trail() -> None:
    rules = [rule for entry in library().laws for version in entry.law.versions for rule in version.rules]
    assert {kind for rule in rules for start in rule.starts for kind in start.on} <= set(NOUNS)


def test_events_move_the_answer() -> None:
    denial = step("determined", date(2026, 3, 9), {"outcome": "denied", "received": "2026-03-13"})
    appeal = answer("us-ny", received_on=MONDAY, events=[denial], on=ON).clock("appeal-by")
    assert (appeal.earliest, appeal.latest) == (date(2026, 4, 8), date(2026, 4, 13))
    assert appeal.due_on == appeal.earliest
    assert "Wednesday, April 8, 2026 to Monday, April 13, 2026" in appeal.due_words


def test_a_commercial_request_is_shown_as_unverified_with_its_own_citation() -> None:
    facts = facts_from({"requester": "commercial"})
    clock = answer("us-il", received_on=MONDAY, on=ON, facts=facts).clock("determine")
    assert clock.due_on == date(2026, 3, 31)
    assert clock.citation == "5 ILCS 140/3.1(a)"
    assert not clock.verified
    assert clock.confidence.startswith("Unverified")
    assert "21 working days" in clock.quote


def test_a_body_that_certifies_a_date_is_not_late_because_it_did_not_ask_to_withhold() -> None:
    certified = step("extension_noticed", date(2026, 5, 15), {"until": "2026-06-05"})
    found = answer("us-tx", received_on=date(2026, 5, 4), events=[certified], on=date(2026, 5, 20))
    assert found.clock("ask-ruling").state is State.lapsed
    assert not found.course.on(date(2026, 6, 5)).late
    assert found.course.on(date(2026, 6, 6)).late


def test_the_brief_is_owed_only_once_a_ruling_was_asked_for() -> None:
    silent = answer("us-tx", received_on=date(2026, 5, 4), on=ON)
    assert "ruling-brief" not in [clock.rule_id for clock in silent.clocks]
    asked = step("ruling_requested", date(2026, 5, 14))
    brief = answer("us-tx", received_on=date(2026, 5, 4), events=[asked], on=date(2026, 5, 13)).clock(
        "ruling-brief"
    )
    assert brief.due_on == date(2026, 5, 26)
    assert brief.opens_on == date(2026, 5, 14)
    assert brief.state is State.not_open


def test_a_day_whose_closing_is_argued_is_named_and_both_readings_are_counted() -> None:
    july = answer("us-tx", received_on=date(2026, 6, 26), on=ON).clock("produce")
    assert (july.earliest, july.latest) == (date(2026, 7, 10), date(2026, 7, 13))
    assert any("Friday, July 3, 2026 (Independence Day (observed))" in doubt for doubt in july.doubts)
    christmas = answer("us", received_on=date(2025, 12, 15), on=ON).clock("determine")
    assert any("December 24, 2025" in doubt and "is argued" in doubt for doubt in christmas.doubts)
    lincoln = answer("us-ny", received_on=date(2026, 2, 11), on=ON).clock("acknowledge")
    assert (lincoln.earliest, lincoln.latest) == (date(2026, 2, 19), date(2026, 2, 20))
    assert any("February 12, 2026 (Lincoln's Birthday) is a closed day is argued" in d for d in lincoln.doubts)
    plain = answer("us-il", received_on=date(2026, 4, 13), on=ON).clock("determine")
    assert plain.doubts == ()


def test_a_stopped_clock_says_what_is_left_instead_of_a_day() -> None:
    asked = step("clarification_asked", date(2026, 3, 9))
    clock = answer("us", received_on=MONDAY, events=[asked], on=ON).clock("determine")
    assert clock.due_on is None
    assert clock.due_words == "stopped since Monday, March 9, 2026; 15 business days left once it goes on"
    assert clock.to_json()["paused_since"] == "2026-03-09"
    assert clock.state is State.paused


def test_closures_of_an_agency_are_laid_over_the_calendar() -> None:
    closures = {"springfield": {date(2026, 3, 5): ("Snow emergency", "notice of the city clerk")}}
    found = answer("us-il", received_on=MONDAY, on=ON, facts={"agency": "springfield"}, closures=closures)
    assert found.clock("determine").due_on == date(2026, 3, 10)
    assert "Snow emergency" in found.clock("determine").paragraph


def test_json_says_the_same_and_its_trail_replays_to_the_same_day() -> None:
    found = answer("us-tx", received_on=date(2026, 12, 18), on=ON)
    data: Any = json.loads(json.dumps(found.to_json()))
    first = next(clock for clock in data["clocks"] if clock["rule"] == "produce")
    assert first["due_on"] == "2027-01-06"
    trail = [Step.from_json(row) for row in first["trail"]]
    assert replay(trail, library().calendar("us-tx"), Reading.late) == date(2027, 1, 6)
    assert data["law_ref"] == "us-tx@2025-09-01.r1"


@pytest.mark.parametrize(
    ("law", "received", "code", "says"),
    [
        ("us-ilinois", "2026-03-02", "unknown_law", "Did you mean us-il? Known: us, us-ak"),
        ("il", "2026-03-02", "unknown_law", "Did you mean us-il?"),
        ("us-il", "2026-02-30", "impossible_date", "February 2026 has 28 days, not 30."),
        ("us-il", "2026-13-01", "impossible_date", "There is no month 13"),
        ("us-il", "0202-01-01", "impossible_date", "The year 0202 cannot be meant"),
        ("us-il", "next week", "not_a_date", "Write year-month-day"),
        ("us-il", "2009-12-31", "no_version", "in force since Friday, January 1, 2010"),
        ("us-il", "2041-01-02", "outside_calendar", "January 1, 2010 to Monday, December 31, 2040"),
        ("us-il", "2040-12-28", "outside_calendar", "The last day would lie outside the calendar."),
        ("us-tx", "2025-08-29", "no_version", "in force since Monday, September 1, 2025"),
    ],
)
def test_what_has_no_answer_is_refused_with_a_sentence(law: str, received: str, code: str, says: str) -> None:
    with pytest.raises(Refused) as refused:
        answer(law, received_on=parse_date(received, "received_on"), on=ON)
    assert refused.value.code == code
    assert says in refused.value.sentence
    assert refused.value.field


def test_received_before_sent_is_refused() -> None:
    with pytest.raises(Refused, match="nothing arrives before it is sent") as refused:
        answer("us-il", received_on=MONDAY, sent_on=date(2026, 3, 3), on=ON)
    assert refused.value.code == "received_before_sent"


def test_an_event_before_the_request_is_refused() -> None:
    with pytest.raises(Refused, match="comes before the request"):
        answer("us-il", received_on=MONDAY, on=ON, events=[step("determined", date(2026, 2, 2))])


@pytest.mark.parametrize(
    ("kind", "facts", "code"),
    [
        ("denied", {}, "unknown_event"),
        ("override", {}, "unknown_event"),
        ("determined", {"outcome": "deny"}, "unknown_outcome"),
        ("determined", {"received": "2026-02-30"}, "impossible_date"),
    ],
)
def test_a_step_that_cannot_be_is_refused(kind: str, facts: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        step(kind, MONDAY, facts)
    assert refused.value.code == code


# The commands: no database is allowed in these tests, and none is asked for


COMMANDS = {"deadline": deadline.Command, "check_laws": check_laws.Command}


def run(name: str, *args: str) -> str:
    out = StringIO()
    call_command(COMMANDS[name](), *args, stdout=out)
    return out.getvalue()


def test_the_command_answers_without_a_database() -> None:
    text = run("deadline", "us-il", "--received", "2017-02-10", "--on", "2017-02-14")
    assert "Due Tuesday, February 21, 2017." in text
    assert "7 days left" in text
    assert "Lincoln's Birthday, observed" in text


def test_the_command_takes_events_facts_and_json() -> None:
    out = run(
        "deadline", "us-il", "--received", "2026-03-02", "--sent", "2026-02-27", "--format", "json",
        "--event", "extension_noticed=2026-03-06,days=5,unit=business_days,reason=Consultation,until=2026-03-16",
    )  # fmt: skip
    data = json.loads(out)
    assert data["clocks"][0]["due_on"] == "2026-03-16"
    assert data["sent_on"] == "2026-02-27"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["us-nw", "--received", "2026-03-02"], "Known: us, us-ak, us-al"),
        (["us-il", "--received", "2026-02-30"], "has 28 days"),
        (["us-il", "--received", "2026-03-02", "--event", "determined"], "not of the form name=value"),
        (["us-il", "--received", "2026-03-02", "--fact", "requester="], "not of the form name=value"),
    ],
)
def test_the_command_refuses_with_a_sentence(args: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        run("deadline", *args)


def test_check_laws_prints_counts_and_passes() -> None:
    text = run("check_laws", "--on", "2026-11-22")
    assert f"{len(library().codes)} jurisdictions" in text
    assert "us-il" in text


def test_check_laws_lists_what_was_not_re_checked() -> None:
    assert "rule appeal-by: not re-checked since 2026-11-22" in run("check_laws", "--on", "2028-01-01")


def test_check_laws_fails_on_a_broken_file(tmp_path: Any, capsys: Any) -> None:
    bad = tmp_path / "us" / "il.yaml"
    bad.parent.mkdir()
    bad.write_text("jurisdiction: us-il\n", encoding="utf-8")
    with pytest.raises(CommandError, match="in the law files"):
        run("check_laws", str(bad))
    assert "il.yaml" in capsys.readouterr().err
