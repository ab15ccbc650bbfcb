"""The federal log: every row read, every date sane, every disposition kept apart."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter

from requests_app.clock.events import Kind, Outcome
from tests.data.shipped import DATA, read

ROWS = read("sample/federal_log.csv")
WORDS = read("sample/dispositions.yaml")
DOJ, OIG = (agency["name"] for agency in read("federal_agencies.yaml")["agencies"])
COLUMNS = [
    "external_number", "agency", "sub_office", "received_on", "closed_on",
    "description", "disposition", "outcome", "source",
]  # fmt: skip


def test_the_log_holds_every_row_of_both_logs_once() -> None:
    with (DATA / "sample/federal_log.csv").open(encoding="utf-8", newline="") as log:
        assert next(csv.reader(log)) == COLUMNS
    assert Counter(row["agency"] for row in ROWS) == {DOJ: 244, OIG: 54}
    assert len({row["external_number"] for row in ROWS}) == 298
    assert all(row["description"] and row["source"] for row in ROWS)


def test_numbers_and_sub_offices_fit_the_agency() -> None:
    doj, _ = read("federal_agencies.yaml")["agencies"]
    for row in ROWS:
        shape = r"DOJ-\d{4}-\d{6}" if row["agency"] == DOJ else r"2013-\d{3}"
        assert re.fullmatch(shape, row["external_number"])
        assert (row["sub_office"] in doj["components"]) == (row["agency"] == DOJ)


def test_every_disposition_has_one_reading_and_the_rows_follow_it() -> None:
    readings = {word["as_logged"]: word for word in WORDS["dispositions"]}
    assert len(readings) == len(WORDS["dispositions"])
    assert {row["disposition"] for row in ROWS} - {""} == set(readings)
    for word in readings.values():
        assert Kind(word["event"])
        assert word.get("also", "referred") == "referred"
        assert ("outcome" in word) != ("why" in word), word
        if "outcome" in word:
            assert Outcome(word["outcome"])
    for row in ROWS:
        assert row["outcome"] == readings.get(row["disposition"], {}).get("outcome", ""), row[
            "external_number"
        ]


def test_a_referral_a_duplicate_and_a_withdrawal_are_no_denials() -> None:
    denied = {row["disposition"] for row in ROWS if row["outcome"] == "denied"}
    assert denied == {"Full denial based on exemptions", "Total Denial", "Total Denial: Specify other"}
    assert Counter(row["outcome"] for row in ROWS) == {
        "produced": 52, "produced_in_part": 80, "denied": 15, "no_records": 55, "not_ours": 47,
        "directed_to_web": 6, "not_subject": 7, "withdrawn": 7, "": 29,
    }  # fmt: skip


def test_the_dates_give_exactly_the_warnings_that_are_expected() -> None:
    expected = WORDS["expected_warnings"]
    backwards, weekend, undated, unanswered = [], [], 0, 0
    for row in ROWS:
        received = dt.date.fromisoformat(row["received_on"])
        assert dt.date(2012, 1, 1) <= received <= dt.date(2017, 8, 31)
        if row["closed_on"]:
            closed = dt.date.fromisoformat(row["closed_on"])
            assert closed.weekday() < 5
            assert dt.date(2017, 6, 1) <= closed <= dt.date(2017, 8, 31)
            if closed < received:
                backwards.append(row["external_number"])
        if received.weekday() >= 5:
            weekend.append(row["external_number"])
        undated += bool(row["disposition"] and not row["closed_on"])
        unanswered += not row["disposition"]
    assert sorted(backwards) == expected["closed_before_received"]
    assert sorted(weekend) == expected["received_on_a_closed_day"]
    assert undated == expected["answered_without_a_date"]
    assert unanswered == expected["no_answer_in_the_log"]
    assert ROWS[-1]["external_number"] in expected["cut_off_at_the_source"]
