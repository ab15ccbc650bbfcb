"""Cross-checks of law files that a schema cannot say. `manage.py check_laws` prints what they find."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from requests_app.clock.events import Kind
from requests_app.clock.rules import (
    Authority,
    Confidence,
    Effect,
    Form,
    LawVersion,
    Owner,
    Rule,
    StepOf,
)
from requests_app.laws.age import is_stale
from requests_app.laws.errors import LawFileError, Problem, Refused
from requests_app.laws.examples import Result, run
from requests_app.laws.governing import KINDS
from requests_app.laws.loader import Where, load
from requests_app.laws.questions import conditions
from requests_app.laws.registry import Library
from requests_app.laws.shapes import Entry, Example, Jurisdiction
from requests_app.laws.yaml_file import line_of

LEAST_EXAMPLES = 8
"""Worked examples a law with numbers must have."""
OLDEST = dt.date(1990, 1, 1)
FEWEST_CLOSED = 7
"""The fewest weekdays any jurisdiction closes on in a year (Wisconsin in 2028); fewer mean a gap in the file."""
FIRST_WEEKEND_DAY = 5
NO_START = frozenset(
    {
        Kind.law_applied, Kind.override, Kind.override_released, Kind.retracted, Kind.waived, Kind.closed,
        Kind.disputed,
    }
)  # fmt: skip
"""Notes of our own in the ledger: no form and no rule makes one of them the start of a clock."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one jurisdiction counts, and what is wrong with it."""

    code: str
    laws: int
    versions: int
    rules: int
    verified: int
    by_confidence: Counter[str]
    examples: int
    dates: int
    covered: int
    coverable: int
    problems: tuple[str, ...]
    stale: tuple[str, ...]


def check_file(path: Path, library: Library, *, on: dt.date) -> Report:
    """Schema, cross-checks and examples of one file. Never raises on a bad file: it reports."""
    try:
        place = load(path, check=True)
    except LawFileError as error:
        problems = tuple(str(problem) for problem in error.problems)
        return Report(path.stem, 0, 0, 0, 0, Counter(), 0, 0, 0, 0, problems, ())
    text = path.read_text(encoding="utf-8")
    found = [str(problem) for problem in cross_checks(place, path.name, text, library)]
    found += list(calendar_problems(place.calendar, library))
    results = () if found else tuple(_run(place, library))
    found += [
        f"{path.name}: example {result.example.id} of {result.law_ref}: {result.wrong}"
        for result in results
        if not result.ok
    ]
    rules = [rule for entry in place.laws for version in entry.law.versions for rule in version.rules]
    numbered = {rule.id for rule in rules if rule.length.count is not None}
    shown = {result.due.clock for result in results if result.due is not None and result.ok}
    return Report(
        code=place.code,
        laws=len(place.laws),
        versions=sum(len(entry.revisions) for entry in place.laws),
        rules=len(rules),
        verified=sum(rule.authority.verified for rule in rules),
        by_confidence=Counter(str(rule.authority.confidence) for rule in rules),
        examples=sum(len(examples) for entry in place.laws for examples in entry.examples.values()),
        dates=sum(result.due is not None for result in results),
        covered=len(numbered & shown),
        coverable=len(numbered),
        problems=tuple(found),
        stale=tuple(stale(place, on)),
    )


def _run(place: Jurisdiction, library: Library) -> Iterator[Result]:
    for entry in place.laws:
        for version in entry.revisions:
            for example in entry.examples.get(version.ref, ()):
                yield from run(library, entry, version, example)


def stale(place: Jurisdiction, on: dt.date) -> Iterator[str]:
    """Rules nobody has checked for twelve months, in words."""
    for entry in place.laws:
        for version in entry.law.versions:
            for rule in version.rules:
                checked = rule.authority.checked_on
                if checked is None or is_stale(checked, on):
                    since = "ever" if checked is None else checked.isoformat()
                    yield f"{version.ref}: rule {rule.id}: not re-checked since {since}"


def calendar_problems(ref: str, library: Library) -> Iterator[str]:
    """A compiled calendar with a gap, a day out of order or a weekend day."""
    try:
        page = library.calendar_page(ref)
    except Refused:
        return  # said already, with its line
    days = [row.on for row in page.closed]
    for before, after in pairwise(days):
        if after <= before:
            yield f"{ref}.json: {after} stands after {before}. Fix: compile the calendar again."
    for on in (on for on in days if on.weekday() >= FIRST_WEEKEND_DAY):
        yield f"{ref}.json: {on} is a weekend day. Fix: compile the calendar again."
    for year in range(page.first.year, page.last.year + 1):
        count = len(page.year(year))
        if count < FEWEST_CLOSED:
            yield f"{ref}.json: {year} has {count} closed days, a gap. Fix: compile the calendar again."


def cross_checks(place: Jurisdiction, file: str, text: str, library: Library) -> Iterator[Problem]:
    try:
        ZoneInfo(place.zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield Problem(
            file,
            line_of(text, ("zone",)),
            "",
            "zone",
            f"{place.zone!r} is no time zone.",
            "write an IANA name.",
        )
    for law, entry in enumerate(place.laws):
        at: Where = ("laws", law)
        if entry.id != place.code and not entry.id.startswith(f"{place.code}-"):
            says = f"the law {entry.id!r} does not begin with its jurisdiction {place.code!r}."
            yield Problem(file, line_of(text, (*at, "id")), "", "id", says, f"name it {place.code}-…")
        yield from _about(entry, file, text, (*at, "about"))
        refs = Counter(version.ref for version in entry.revisions)
        for number, version in enumerate(entry.revisions):
            within = (*at, "versions", number)
            if refs[version.ref] > 1:
                yield Problem(file, line_of(text, within), "", "revision", f"{version.ref} stands twice.")
            yield from _version(entry, version, file, text, within, library)


def _about(entry: Entry, file: str, text: str, at: Where) -> Iterator[Problem]:
    about = entry.about
    for name, citation in (
        ("who_may_ask", about.who_may_ask.citation),
        ("counting", about.counting.citation),
        ("fees", about.fees.citation),
        *((f"exemptions {one.code}", one.citation) for one in about.exemptions),
        *((f"courts {one.venue[:20]}", one.citation) for one in about.courts),
        *((f"reviewers {one.body[:20]}", one.citation) for one in about.reviewers),
    ):
        if not citation.strip():
            yield Problem(
                file, line_of(text, (*at, name.split()[0])), "", name, "the citation is missing.", "add it."
            )
    if len(about.readings) != 2:
        yield Problem(
            file, line_of(text, at), "", "readings", "two independent readings are kept.", "add the other."
        )


def _version(
    entry: Entry, version: LawVersion, file: str, text: str, at: Where, library: Library
) -> Iterator[Problem]:
    for says in version.problems():
        rule_id = says.partition(":")[0]
        place = next((number for number, rule in enumerate(version.rules) if rule.id == rule_id), None)
        path = at if place is None else (*at, "rules", place)
        yield Problem(
            file,
            line_of(text, path),
            "" if place is None else rule_id,
            "",
            f"{says}.",
            "name a rule of this version.",
        )
    for calendar in {version.calendar, *(rule.calendar for rule in version.rules if rule.calendar)}:
        try:
            library.calendar(calendar)
        except Refused as error:
            yield Problem(file, line_of(text, at), "", "calendar", f"{error}", "compile it first.")
    for number, rule in enumerate(version.rules):
        line = line_of(text, (*at, "rules", number))
        for field, says, fix in _rule(rule, version):
            yield Problem(file, line, rule.id, field, says, fix)
    yield from _examples(entry, version, file, text, at)


def _rule(rule: Rule, version: LawVersion) -> Iterator[tuple[str, str, str]]:
    for where, authority in _authorities(rule):
        if not authority.citation.strip():
            yield f"{where}.citation", "the citation is missing.", "cite the section."
        if authority.readings_agree and authority.second_confidence is None:
            yield (
                f"{where}.second_confidence",
                "two readings agree, but only one has a confidence.",
                "add the second.",
            )
        if authority.checked_on is not None and authority.checked_on < OLDEST:
            yield (
                f"{where}.checked_on",
                f"{authority.checked_on} is too long ago to be meant.",
                "correct the year.",
            )
        if authority.confidence is not Confidence.high and not (authority.note or authority.doubts):
            yield (
                f"{where}.note",
                f"confidence {authority.confidence} without a word why.",
                "say why in note or doubts.",
            )
    for kind in (*(kind for start in rule.starts for kind in start.on), *rule.only_after):
        if kind in NO_START:
            yield "starts", f"no form or rule produces a start by {kind}.", "name what the agency or we do."
    for word in {word for when in conditions(rule) for word in when.agency_kinds} - KINDS:
        yield "agency_kinds", f"{word!r} is no kind of agency.", f"use one of {', '.join(sorted(KINDS))}."
    passes = rule.owner is Owner.nobody
    if passes and (rule.met_by or rule.lapses_into or rule.length.count is None):
        yield "owner", "what only has to pass has a number, and neither meets nor lapses.", "take those out."
    if not rule.met_by and not passes:
        yield "met_by", "nothing meets this clock.", "name the events that do."
    if rule.length.count is not None and rule.length.count < 1:
        yield "length", f"{rule.length.count} is no length.", "count at least one."
    if rule.length.count is not None and rule.lapses_into is None and not passes:
        yield (
            "lapses_into",
            "a clock with a number says nothing about its lapse.",
            "write consequences, [nothing] if so.",
        )
    if rule.owner is Owner.requester and rule.remedy is None and not rule.lapses_into:
        yield "remedy", "a requester's window names neither a remedy nor a lapse.", "add one of them."
    if (
        rule.remedy is not None
        and rule.owner is not Owner.requester
        and rule.remedy.step is not StepOf.notice
    ):
        yield "remedy", "only a requester's clock is a remedy.", "take it out."
    for stop in rule.stops:
        if stop.effect in (Effect.pause, Effect.restart) and not stop.until:
            yield "stops", f"a {stop.effect} that nothing ends.", "write until."
    for extension in rule.extensions:
        if extension.length is not None and extension.length.or_else is not None:
            yield (
                "extensions",
                "an extension's length has one reading.",
                "mark the extension doubtful instead.",
            )
        counted = extension.form in (Form.adds, Form.total, Form.from_event)
        if counted and extension.length is None:
            yield "extensions", f"an extension that {extension.form} has no length.", "write length."
    announced = set(rule.lapses_into.starts) if rule.lapses_into else set()
    for child, _ in version.by_lapse.get(rule.id, ()):
        if child.id not in announced:
            yield (
                "lapses_into.starts",
                f"{child.id} opens on its lapse, but the lapse does not say so.",
                f"add {child.id}.",
            )


def _authorities(rule: Rule) -> Iterator[tuple[str, Authority]]:
    yield "authority", rule.authority
    for name, parts in (("variants", rule.variants), ("stops", rule.stops), ("extensions", rule.extensions)):
        for part in parts:
            if part.authority is not None:
                yield f"{name}.authority", part.authority
            elif name != "variants":
                yield f"{name}.authority", Authority("")


def _examples(entry: Entry, version: LawVersion, file: str, text: str, at: Where) -> Iterator[Problem]:
    examples = entry.examples.get(version.ref, ())
    newest = version.ref == entry.current.ref
    if newest and len(examples) < LEAST_EXAMPLES and any(rule.length.count for rule in version.rules):
        says = f"{len(examples)} worked examples; at least {LEAST_EXAMPLES} are needed."
        yield Problem(file, line_of(text, at), "", "examples", says, "add examples.")
    twice = [name for name, count in Counter(example.id for example in examples).items() if count > 1]
    for number, example in enumerate(examples):
        line = line_of(text, (*at, "examples", number))
        for says, fix in _example(example, version, twice):
            yield Problem(file, line, f"example {example.id}", "", says, fix)


def _example(example: Example, version: LawVersion, twice: list[str]) -> Iterator[tuple[str, str]]:
    if example.id in twice:
        yield "two examples share this id.", "give each its own."
    for named in (*example.absent, *example.present):
        if named not in version.by_id:
            yield f"{named!r} is no rule of {version.ref}.", f"use one of {', '.join(version.by_id)}."
    if not (example.due or example.absent or example.present):
        yield "it states nothing.", "give a date, or a clock that runs or does not."
    events = [event.id for event in example.events if event.id]
    for due in example.due:
        if due.clock not in version.by_id:
            yield f"{due.clock!r} is no rule of {version.ref}.", f"use one of {', '.join(version.by_id)}."
        if due.of and due.of not in events:
            yield f"no event of the example has the id {due.of!r}.", "give the event that id."
        if not due.words.strip():
            yield f"the date of {due.clock} has no derivation in words.", "write it."
    if example.sent is not None and example.sent > example.received:
        yield "received before it was sent.", "correct one of the dates."
