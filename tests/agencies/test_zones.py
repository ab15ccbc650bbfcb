"""Whose day it is, county by county."""

from __future__ import annotations

import csv
from zoneinfo import available_timezones

import pytest

from requests_app.intake.county_zones import DATA, zone_of

ZONES = list(csv.DictReader((DATA / "county_zones.csv").open(encoding="utf-8")))


@pytest.mark.parametrize(
    ("usps", "county", "zone"),
    [
        ("TX", "El Paso", "America/Denver"), ("TX", "Bexar", "America/Chicago"), ("TX", "Culberson", "America/Chicago"),
        ("FL", "Escambia", "America/Chicago"), ("FL", "Leon", "America/New_York"),
        ("IN", "Lake", "America/Chicago"), ("IN", "LaPorte", "America/Chicago"),
        ("IN", "Marion", "America/Indiana/Indianapolis"), ("IN", "Pulaski", "America/Indiana/Indianapolis"),
        ("KY", "Mccracken", "America/Chicago"), ("KY", "Wayne", "America/New_York"),
        ("TN", "Knox", "America/New_York"), ("TN", "Davidson", "America/Chicago"), ("TN", "Marion", "America/Chicago"),
        ("MI", "Gogebic", "America/Menominee"), ("MI", "Wayne", "America/Detroit"),
        ("ND", "Stark", "America/Denver"), ("ND", "Morton", "America/Chicago"),
        ("SD", "Pennington", "America/Denver"), ("SD", "Minnehaha", "America/Chicago"),
        ("NE", "Scotts Bluff", "America/Denver"), ("NE", "Douglas", "America/Chicago"),
        ("KS", "Sherman", "America/Denver"), ("KS", "Johnson", "America/Chicago"),
        ("OR", "Malheur", "America/Boise"), ("OR", "Multnomah", "America/Los_Angeles"),
        ("ID", "Kootenai", "America/Los_Angeles"), ("ID", "Ada", "America/Boise"),
        ("AZ", "Maricopa", "America/Phoenix"), ("HI", "Honolulu", "Pacific/Honolulu"),
        ("PR", "", "America/Puerto_Rico"),
    ],
)  # fmt: skip
def test_a_county_keeps_the_time_of_its_side_of_the_line(usps: str, county: str, zone: str) -> None:
    assert zone_of(usps, county).name == zone


def test_a_city_may_part_from_its_county_and_a_nation_from_its_state() -> None:
    assert zone_of("NV", "Elko", city="West Wendover").name == "America/Denver"
    assert zone_of("NV", "Elko", city="Elko").name == "America/Los_Angeles"
    assert zone_of("AK", "Aleutians West", name="Adak Police Department").name == "America/Adak"
    assert zone_of("AK", "Aleutians West", name="Unalaska Police Department").name == "America/Anchorage"
    assert zone_of("AZ", "", name="Navajo Nation").name == "America/Denver"
    assert zone_of("AZ", "Navajo", name="Navajo County Sheriff's Office").name == "America/Phoenix"


def test_what_is_assumed_says_so() -> None:
    assert (
        zone_of("TX", "").doubt
        == "Texas has two time zones and its county is not known; the capital's is assumed"
    )
    assert "lie in two" in zone_of("TX", "El Paso; Bexar").doubt
    assert "Gulf County is split" in zone_of("FL", "Gulf").doubt
    for certain in (zone_of("TX", "Bexar; Medina"), zone_of("TX", "El Paso; Hudspeth"), zone_of("IL", "")):
        assert certain.doubt == ""
    assert zone_of("TX", "El Paso; Hudspeth").name == "America/Denver"


def test_the_file_is_whole() -> None:
    assert {row["zone"] for row in ZONES} <= available_timezones()
    assert all(row["citation"] for row in ZONES)
    assert len({(row["state"], row["county"], row["place"]) for row in ZONES}) == len(ZONES)
    whole = {
        state: sum(r["state"] == state and not r["place"] for r in ZONES) for state in ("KY", "TN", "IN")
    }
    assert whole == {"KY": 41, "TN": 30, "IN": 12}
    for row in ZONES:
        if row["county"] != "*" and not row["place"]:
            assert zone_of(row["state"], row["county"]).name == row["zone"]
