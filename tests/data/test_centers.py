"""The list of centers: complete, sourced, placed, and silent where nothing is known."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from zoneinfo import ZoneInfo, available_timezones

import pytest

from tests.data.shipped import read

CENTERS = read("fusion_centers.yaml")["centers"]
FEDERAL = read("federal_agencies.yaml")["agencies"]
CODES = {row["code"]: row for row in read("jurisdictions.csv")}
STATES = {row["usps"]: row for row in read("geo/us_states.json")["states"]}
ADMISSIONS = {
    "own knowledge of the compiler, unchecked",
    "compiled list of November 2026, page not named",
    "inferred from the name of the center",
    "MuckRock list of 2017",
}
KINDS = {
    "fusion_center", "state_police", "state_agency", "county_sheriff", "city_police",
    "county_agency", "city_agency", "federal", "university", "tribal", "other",
}  # fmt: skip
by_slug = {center["slug"]: center for center in CENTERS}
each_center = pytest.mark.parametrize("center", CENTERS, ids=lambda c: c["slug"])


def test_there_are_80_centers_54_primary_and_26_recognized() -> None:
    assert Counter(c["designation"] for c in CENTERS) == {"primary": 54, "recognized": 26}
    assert len({c["slug"] for c in CENTERS + FEDERAL}) == 82
    assert len({c["name"] for c in CENTERS}) == 80


def test_each_jurisdiction_but_the_federal_one_and_none_else_has_a_primary_center() -> None:
    primary = Counter(c["jurisdiction"] for c in CENTERS if c["designation"] == "primary")
    assert set(primary) == set(CODES) - {"us"}
    assert set(primary.values()) == {1}


def test_three_abbreviations_name_two_centers_each() -> None:
    shared = {a: n for a, n in Counter(c.get("abbreviation") for c in CENTERS).items() if n > 1}
    assert shared == {"MIAC": 2, "KIFC": 2, "STAC": 2}


@each_center
def test_a_center_stands_in_its_jurisdiction_and_on_the_map(center: dict) -> None:
    assert center["kind"] == "fusion_center"
    assert center["jurisdiction"] == f"us-{center['state'].lower()}"
    left, top, width, height = map(float, read("geo/us_states.json")["viewBox"].split())
    assert left <= center["map_x"] <= left + width
    assert top <= center["map_y"] <= top + height
    # Coasts are generalized: a city on the water may lie a few pixels off the drawn shore.
    (x0, y0), (x1, y1) = corners(STATES[center["state"]]["bbox"])
    assert x0 - 4 <= center["map_x"] <= x1 + 4
    assert y0 - 4 <= center["map_y"] <= y1 + 4


def corners(bbox: list) -> tuple[tuple[float, float], tuple[float, float]]:
    (x0, y0), (x1, y1) = bbox if isinstance(bbox[0], list) else (bbox[:2], bbox[2:])
    return (x0, y0), (x1, y1)


@each_center
def test_a_center_keeps_a_time_zone_of_its_state(center: dict) -> None:
    zones = CODES[center["jurisdiction"]]["all_zones"].split()
    offsets = {offset_of(zone) for zone in zones}
    assert center["zone"] in available_timezones()
    assert offset_of(center["zone"]) in offsets


def offset_of(zone: str) -> tuple[dt.timedelta | None, ...]:
    return tuple(dt.datetime(2026, month, 15, 12, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7))


def test_a_center_in_a_split_state_keeps_the_time_of_its_city() -> None:
    zones = {slug: by_slug[slug]["zone"] for slug in ("tx-matrix", "tx-swtfc", "ky-kifc", "tn-tfc", "id-ic2")}
    assert zones == {
        "tx-matrix": "America/Denver",
        "tx-swtfc": "America/Chicago",
        "ky-kifc": "America/New_York",
        "tn-tfc": "America/Chicago",
        "id-ic2": "America/Boise",
    }
    assert by_slug["ak-alaska-information-and-analysis-center"]["zone"] == "America/Anchorage"


@each_center
def test_every_claim_has_a_source(center: dict) -> None:
    claims = itertools.chain.from_iterable(
        center.get(field, []) for field in ("custodians", "laws", "contacts", "claims", "other_names")
    )
    for claim in claims:
        assert re.match(r"https?://\S+$", claim["source"]) or claim["source"] in ADMISSIONS, claim
        if claim["source"].startswith("http"):
            assert claim["source"] in center["sources"], claim
    assert center["sources"]
    assert all(re.match(r"https?://\S+$", source) for source in center["sources"])


@each_center
def test_what_rests_on_own_knowledge_alone_is_never_called_certain(center: dict) -> None:
    for claim in center["custodians"] + center["laws"]:
        assert claim["confidence"] in {"high", "medium", "low"}
        if not claim["source"].startswith("http"):
            assert claim["confidence"] != "high", claim


@each_center
def test_custodians_and_laws_fit_together(center: dict) -> None:
    custodians = center["custodians"]
    assert custodians
    assert center["hosts"] == [c["name"] for c in custodians if c["part"] == "host"]
    assert len({c["name"] for c in custodians}) == len(custodians)
    assert {c["part"] for c in custodians} <= {"host", "fiscal_agent", "member", "federal_mirror"}
    assert {c["kind"] for c in custodians} <= KINDS
    governing = {c["law"] for c in custodians if "law" in c}
    assert governing == {law["law"] for law in center["laws"]}
    assert governing <= set(CODES)
    assert governing <= {"us", center["jurisdiction"]}
    for custodian in custodians:
        assert ("law" in custodian) or custodian.get("note"), "an unknown law says why"
        assert (custodian.get("law") == "us") == (custodian["part"] == "federal_mirror")


def test_centers_with_several_custodians_name_them_all() -> None:
    counts = {
        slug: len(by_slug[slug]["custodians"])
        for slug in (
            "ca-stac",
            "tn-tfc",
            "wa-wsfc",
            "ca-jric",
            "md-mcac",
            "nd-ndslic",
            "ca-ncric",
            "az-actic",
        )
    }
    assert counts == {
        "ca-stac": 3, "tn-tfc": 2, "wa-wsfc": 3, "ca-jric": 3,
        "md-mcac": 2, "nd-ndslic": 5, "ca-ncric": 2, "az-actic": 3,
    }  # fmt: skip
    federal = {c["slug"] for c in CENTERS if any(law["law"] == "us" for law in c["laws"])}
    assert federal == {"az-actic", "ca-jric"}


@each_center
def test_nothing_was_verified_and_nothing_is_blank(center: dict) -> None:
    for contact in center.get("contacts", []):
        assert contact["health"] == "unchecked"
        assert "verified_on" not in contact
        assert contact["purpose"] in {"records", "general", "website"}
        shapes = {
            "email": r"\S+@\S+\.\S+$",
            "web": r"https?://\S+$",
            "post": r".+\d{5}$",
            "phone": r"[\d-]+$",
        }
        assert re.match(shapes[contact["channel"]], contact["value"])
    for claim in center.get("claims", []):
        assert claim["status"] == "reported"
        assert 2000 < claim.get("year", 2001) <= 2026
    assert list(blanks(center)) == []


def blanks(value: object) -> list[object]:
    if isinstance(value, dict):
        return [b for v in value.values() for b in blanks(v)]
    if isinstance(value, list) and value:
        return [b for v in value for b in blanks(v)]
    return [value] if value in (None, "", [], {}) else []


def test_the_two_offices_of_the_federal_log_are_federal() -> None:
    for agency in FEDERAL:
        assert (agency["kind"], agency["jurisdiction"], agency["zone"]) == (
            "federal",
            "us",
            "America/New_York",
        )
        assert [law["law"] for law in agency["laws"]] == ["us"]
        assert agency["sources"]
