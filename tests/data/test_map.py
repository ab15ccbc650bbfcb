"""Map and jurisdictions."""

from __future__ import annotations

import re
from collections import Counter
from zoneinfo import available_timezones

from tests.data.shipped import DATA, read

MAP = read("geo/us_states.json")
CODES = read("jurisdictions.csv")


def points(path: str) -> list[list[tuple[int, int]]]:
    rings = []
    for ring in re.findall(r"M([^z]+)z", path):
        start, steps = ring.split("l")
        numbers = [int(n) for n in re.findall(r"-?\d+", steps)]
        x, y = (int(n) for n in re.findall(r"-?\d+", start))
        walk = [(x, y)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            walk.append((x, y))
        rings.append(walk)
    return rings


def test_there_are_55_jurisdictions_with_their_zones() -> None:
    assert len(CODES) == 55
    assert [row["code"] for row in CODES] == ["us", *sorted(row["code"] for row in CODES[1:])]
    assert Counter(row["kind"] for row in CODES) == {"federal": 1, "state": 50, "district": 1, "territory": 3}
    for row in CODES:
        zones = row["all_zones"].split()
        assert row["zone"] in zones
        assert set(zones) <= available_timezones()
        assert row["capital"]
        assert re.fullmatch(r"\d\d", row["fips"]) or row["code"] == "us"


def test_the_map_draws_56_places_and_names_the_law_of_all_but_two() -> None:
    assert len({state["usps"] for state in MAP["states"]}) == 56
    without = {state["usps"] for state in MAP["states"] if "jurisdiction" not in state}
    assert without == {"AS", "MP"}
    known = {row["code"] for row in CODES}
    assert {s["jurisdiction"] for s in MAP["states"] if "jurisdiction" in s} == known - {"us"}


def test_every_shape_is_whole_pixels_within_the_frame_and_holds_its_label() -> None:
    left, top, width, height = map(float, MAP["viewBox"].split())
    for state in MAP["states"]:
        assert re.fullmatch(r"(M-?\d+ -?\d+l[-\d ]+z)+", state["d"]), state["usps"]
        rings = points(state["d"])
        assert all(len(ring) >= 3 for ring in rings)
        xs = [x for ring in rings for x, _ in ring]
        ys = [y for ring in rings for _, y in ring]
        assert left <= min(xs) <= state["label_x"] <= max(xs) <= left + width, state["usps"]
        assert top <= min(ys) <= state["label_y"] <= max(ys) <= top + height, state["usps"]


def test_the_map_weighs_little_and_names_its_licenses() -> None:
    assert (DATA / "geo/us_states.json").stat().st_size < 40_000
    notice = (DATA / "geo/NOTICE.md").read_text(encoding="utf-8")
    for name in (
        "Census Bureau",
        "ISC License",
        "MIT License",
        "us-atlas 3.0.1",
        "geo-albers-usa-territories",
    ):
        assert name in notice
