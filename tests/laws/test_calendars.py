from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from requests_app.laws import checks
from requests_app.laws import compile as compiler
from tests.laws import calculator

JURISDICTIONS = sorted(path.stem for path in compiler.OVERLAYS.glob("*.yaml"))


def reviewed(ref: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((compiler.CALENDARS / f"{ref}.json").read_text(encoding="utf-8"))
    return data


def names(ref: str) -> dict[str, str]:
    return {row["on"]: row["name"] for row in reviewed(ref)["closed"]}


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_the_reviewed_file_is_what_package_and_overlay_give_today(jurisdiction: str) -> None:
    calendar = compiler.compile_calendar(compiler.load_overlay(compiler.OVERLAYS / f"{jurisdiction}.yaml"))
    reviewed_text = (compiler.CALENDARS / f"{calendar['ref']}.json").read_text(encoding="utf-8")
    assert compiler.to_text(calendar) == reviewed_text


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_an_independent_reading_of_the_overlay_closes_the_same_weekdays(jurisdiction: str) -> None:
    ours = {date.fromisoformat(row["on"]) for row in reviewed(f"{jurisdiction}.c1")["closed"]}
    theirs = {on for on in calculator.closed_days(jurisdiction) if on.weekday() < 5}
    assert ours == theirs
    assert len(ours) >= 31 * checks.FEWEST_CLOSED


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_every_closed_day_has_a_name_a_source_and_its_place_in_order(jurisdiction: str) -> None:
    calendar = reviewed(f"{jurisdiction}.c1")
    days = [row["on"] for row in calendar["closed"]]
    assert days == sorted(set(days))
    for row in calendar["closed"]:
        assert row["name"] and calendar["sources"][row["source"]]
        assert date.fromisoformat(row["on"]).weekday() < 5
    closed = set(days)
    assert not [row for row in calendar["contested"] if row["on"] in closed]


def test_lincolns_birthday_on_a_sunday_is_observed_on_monday_in_illinois() -> None:
    assert names("us-il.c1")["2017-02-13"] == "Lincoln's Birthday (observed)"
    assert "Presidents' Day" in names("us-il.c1")["2017-02-20"]


def test_the_day_after_thanksgiving_closes_illinois_in_every_year_and_pulaski_day_in_none() -> None:
    closed = names("us-il.c1")
    for year in range(2010, 2041):
        thanksgiving = next(
            on for on, name in closed.items() if on.startswith(str(year)) and name == "Thanksgiving Day"
        )
        day_after = date.fromisoformat(thanksgiving) + timedelta(days=1)
        assert closed[day_after.isoformat()] == "Day After Thanksgiving"
    assert not [name for name in closed.values() if "Pulaski" in name]


def test_juneteenth_closes_only_since_it_was_a_holiday() -> None:
    assert not [on for on in names("us.c1") if on[5:] in ("06-18", "06-19", "06-20") and on < "2021-06-17"]
    assert names("us.c1")["2021-06-18"].startswith("Juneteenth")
    assert "2021-06-18" not in names("us-il.c1") and "2022-06-20" in names("us-il.c1")
    assert "2021-06-18" not in names("us-ny.c1") and "2022-06-20" in names("us-ny.c1")
    assert not [on for on, name in names("us-ca.c1").items() if "Juneteenth" in name]
    assert "2012-06-19" in names("us-tx.c1")


def test_new_york_does_not_move_a_saturday_holiday_to_friday_and_california_only_veterans_day() -> None:
    for day in ("2026-07-03", "2027-06-18", "2027-12-24", "2027-12-31"):
        assert day not in names("us-ny.c1")
        assert day in names("us.c1")
    for day in ("2026-07-03", "2027-12-24", "2027-12-31"):
        assert day not in names("us-ca.c1")
    assert names("us-ca.c1")["2023-11-10"] == "Veterans Day (observed)"
    assert names("us-ny.c1")["2026-02-16"] == "Washington's Birthday"
    assert names("us-ny.c1")["2027-02-15"] == "Washington's Birthday"


def test_new_york_votes_in_odd_years_too() -> None:
    assert all(
        any(on.startswith(f"{year}-11") and name == "Election Day" for on, name in names("us-ny.c1").items())
        for year in range(2010, 2041)
    )


def test_texas_counts_optional_and_adjacent_days_as_business_days_and_partial_staffing_days_as_closed() -> (
    None
):
    closed = names("us-tx.c1")
    for day in (
        "2025-04-18",
        "2026-04-03",
        "2026-03-31",
        "2026-07-03",
        "2027-06-18",
        "2027-12-23",
        "2027-12-31",
    ):
        assert day not in closed
    for day in ("2026-03-02", "2026-04-21", "2026-08-27", "2026-11-27", "2026-12-24", "2027-12-24"):
        assert day in closed
    assert not [on for on, name in closed.items() if "Columbus" in name]
    contested = {row["on"] for row in reviewed("us-tx.c1")["contested"]}
    assert {"2026-04-03", "2026-07-03"} <= contested


def test_days_closed_by_executive_order_count_and_are_named_as_doubtful() -> None:
    federal = reviewed("us.c1")
    assert "2025-01-09" not in {row["on"] for row in federal["closed"]}
    assert "2025-01-09" in {row["on"] for row in federal["contested"]}


def test_an_overlay_entry_that_touches_no_day_is_refused_by_name(tmp_path: Path) -> None:
    overlay = compiler.load_overlay(compiler.OVERLAYS / "us-il.yaml")
    overlay["entries"].append(
        {
            "id": "typo",
            "action": "remove",
            "match": "Pulasky",
            "from": 2010,
            "until": 2040,
            "source": "x",
            "certainty": "sure",
            "note": "x",
        }
    )
    with pytest.raises(compiler.OverlayError, match="entry typo touches no day"):
        compiler.compile_calendar(overlay)


def test_an_overlay_without_a_source_is_refused_by_file_and_entry(tmp_path: Path) -> None:
    text = (compiler.OVERLAYS / "us-il.yaml").read_text(encoding="utf-8")
    bad = tmp_path / "us-il.yaml"
    bad.write_text(text.replace('    source: "Illinois Central Management Services holiday list"\n', "", 1))
    with pytest.raises(
        compiler.OverlayError, match=r"us-il.yaml: entry day-after-thanksgiving: 'source' is missing"
    ):
        compiler.load_overlay(bad)
