"""Which parts of the kits would tell a fact about a center, or whether a recommendation is followed there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Test:
    """A part of a kit that ships: asked of a center, its answer would tell."""

    kit: str
    label: str


def _tests(said: str) -> tuple[Test, ...]:
    """`plate-readers A6, sanctuary-law A7` as tests."""
    return tuple(Test(*one.split()) for one in said.split(", "))


FACTS: Mapping[str, tuple[Test, ...]] = {
    "custodians": _tests("co-location A2, co-location A3"),
    "board": _tests("co-location A2"),
    "memoranda": _tests("co-location A2, federal-databases A3"),
    "co_located_with": _tests("co-location A1, co-location A3"),
    "dhs_staff": _tests("co-location A4, co-location A1"),
    "fbi": _tests("co-location A4, co-location A1"),
    "own_databases": _tests("co-location A5, gang-database A3"),
    "driver_databases": _tests("face-recognition A4"),
    "federal_databases": _tests("federal-databases A1, federal-databases A2"),
    "vendors": _tests("vendors-and-pilots A2, data-brokers A1"),
    "gang_database": _tests("gang-database A1, gang-database A2"),
    "activity_reports": _tests("protest-and-faith A2"),
    "budget": _tests("grants-and-spending A1"),
    "audits": _tests("privacy-and-audits A4"),
    "complaints": _tests("privacy-and-audits A5"),
}
RECOMMENDATIONS: Mapping[str, tuple[Test, ...]] = {
    "left": _tests("co-location A2, grants-and-spending A7"),
    "no_immigration_staff": _tests("co-location A4"),
    "not_with_ice": _tests("co-location A1, co-location A3"),
    "public_audits": _tests("privacy-and-audits A4, privacy-and-audits A6"),
    "audits_of_ice": _tests("privacy-and-audits A4, sanctuary-law A6"),
    "audits_of_speech": _tests("protest-and-faith A6, privacy-and-audits A4"),
    "audits_of_spending": _tests("grants-and-spending A5"),
    "informal_sharing": _tests("immigration-queries A4, immigration-queries A5"),
    "pass_through": _tests("data-brokers A5, vendors-and-pilots A6"),
    "plate_opt_out": _tests("plate-readers A6, sanctuary-law A7"),
    "court_orders": _tests("federal-databases A3, sanctuary-law A8"),
    "grant_share": _tests("grants-and-spending A2"),
}
TESTS: Mapping[str, tuple[Test, ...]] = {**FACTS, **RECOMMENDATIONS}
KITS = frozenset(test.kit for tests in TESTS.values() for test in tests)
