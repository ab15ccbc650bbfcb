"""The law library counted: places, rules by confidence, worked examples by two ways of counting, rules they show."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from bench.result import Result
from requests_app.clock.rules import LawVersion
from requests_app.laws import examples
from requests_app.laws.checks import LEAST_EXAMPLES
from requests_app.laws.journey import PATHS, journey
from requests_app.laws.registry import Library
from requests_app.laws.shapes import Jurisdiction
from tests.laws import calculator

PLACES, EXAMPLES, COVERED, LOAD_SECONDS = 55, 500, 0.95, 2.0


@dataclass
class Counted:
    """One jurisdiction. `shown`: rules that an example states a date of, or whose clock one of them runs."""

    code: str
    rules: int = 0
    cited: int = 0
    verified: int = 0
    numbered: int = 0
    dated: int = 0
    shown: int = 0
    examples: int = 0
    dates: int = 0
    wrong: list[str] = field(default_factory=list)
    confidence: Counter[str] = field(default_factory=Counter)


def bench() -> list[Result]:
    began = time.monotonic()
    shelf = Library()
    places = shelf.jurisdictions
    seconds = time.monotonic() - began
    counted = [_count(shelf, place) for place in places]
    _print(counted)
    unknown = [
        clock.key
        for place in places
        for entry in place.laws
        for path in PATHS
        for clock in journey(shelf, entry, entry.current, path).unknown
        if entry.current.by_id[clock.rule_id].authority.verified
    ]
    rules, shown = sum(one.rules for one in counted), sum(one.shown for one in counted)
    numbered, dated = sum(one.numbered for one in counted), sum(one.dated for one in counted)
    dates, wrong = sum(one.dates for one in counted), [word for one in counted for word in one.wrong]
    few = [one.code for one in counted if one.numbered and one.examples < LEAST_EXAMPLES]
    levels = sum((one.confidence for one in counted), Counter[str]())
    said = ", ".join(f"{levels[level]} {level}" for level in ("high", "medium", "low"))
    return [
        Result("laws, jurisdictions", str(len(places)), f"{PLACES}", len(places) == PLACES),
        Result(
            "laws, rules with a citation", f"{sum(one.cited for one in counted)} of {rules}", "all",
            all(one.cited == one.rules for one in counted),
            f"{sum(one.verified for one in counted)} verified by two readings; confidence of the first: {said}",
        ),
        Result(
            "laws, worked examples", str(sum(one.examples for one in counted)), f"≥ {EXAMPLES}",
            sum(one.examples for one in counted) >= EXAMPLES and not few,
            f"fewer than {LEAST_EXAMPLES}: {', '.join(few)}" if few else "",
        ),
        Result(
            "laws, dates by engine and calculator", f"{dates - len(wrong)} of {dates}", "all", not wrong,
            "; ".join(wrong[:5]),
        ),
        Result(
            "laws, rules an example shows", f"{shown / rules:.1%}", f"≥ {COVERED:.0%}", shown / rules >= COVERED,
            f"{dated} of {numbered} rules with a number have a dated example",
        ),
        Result("laws, unknown clocks that are not doubtful", str(len(unknown)), "0", not unknown),
        Result("laws, read from the files", f"{seconds:.2f} s", f"≤ {LOAD_SECONDS:.0f} s", seconds <= LOAD_SECONDS),
    ]  # fmt: skip


def _count(shelf: Library, place: Jurisdiction) -> Counted:
    found = Counted(place.code)
    for entry in place.laws:
        for version in entry.revisions:
            _version(found, shelf, version)
            stated, walked = set[str](), set[str]()
            for example in entry.examples.get(version.ref, ()):
                found.examples += 1
                walked |= {clock.rule_id for clock in examples.walk(shelf, entry, version, example)}
                for result in examples.run(shelf, entry, version, example):
                    due = result.due
                    if due is None:
                        continue
                    found.dates += 1
                    stated.add(due.clock)
                    reading = calculator.reading_of(due.bound.value, version.by_id[due.clock].owner.value)
                    counted = calculator.derive(due.how, version.calendar.partition(".")[0], reading)
                    if not result.ok or counted != due.due:
                        found.wrong.append(f"{version.ref} {example.id} {due.clock}")
            found.dated += sum(rule.length.count is not None and rule.id in stated for rule in version.rules)
            found.shown += sum(rule.id in stated | walked for rule in version.rules)
    return found


def _version(found: Counted, shelf: Library, version: LawVersion) -> None:
    found.rules += len(version.rules)
    found.cited += sum(bool(rule.authority.citation.strip()) for rule in version.rules)
    found.verified += sum(rule.authority.verified for rule in version.rules)
    found.numbered += sum(rule.length.count is not None for rule in version.rules)
    found.confidence.update(rule.authority.confidence.value for rule in version.rules)


def _print(counted: list[Counted]) -> None:
    columns = (
        ("rules", 7),
        ("verified", 10),
        ("high", 6),
        ("medium", 8),
        ("low", 5),
        ("examples", 10),
        ("dates", 7),
    )
    print(
        f"{'place':8}" + "".join(f"{name:>{width}}" for name, width in columns) + "   shown", file=sys.stderr
    )
    for one in counted:
        levels = [one.confidence[level] for level in ("high", "medium", "low")]
        figures = (one.rules, one.verified, *levels, one.examples, one.dates)
        row = "".join(f"{figure:>{width}}" for figure, (_, width) in zip(figures, columns, strict=True))
        print(f"{one.code:8}{row}{f'{one.shown}/{one.rules}':>8}", file=sys.stderr)


BENCHES = {"laws": bench}
