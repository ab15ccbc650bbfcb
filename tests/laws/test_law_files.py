from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from requests_app.clock.calendars import Calendar
from requests_app.clock.rules import LawVersion, Unit
from requests_app.clock.trail import Reading, replay
from requests_app.laws import checks, examples, schema
from requests_app.laws.errors import LawFileError, Refused
from requests_app.laws.loader import load
from requests_app.laws.registry import DATA, Library, library
from requests_app.laws.shapes import Due, Entry, Example
from tests.laws import calculator

TODAY = date(2026, 11, 22)
FILES = sorted((DATA / "us").glob("*.yaml"))
CASES = [
    (entry, version, example)
    for entry in library().laws
    for version in entry.revisions
    for example in entry.examples[version.ref]
]
NAMES = [f"{version.law_id}-{example.id}" for _, version, example in CASES]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
WITHOUT_NUMBERS = ("us-nc", "us-vi")
"""Laws that name no number at all, for the agency or for us."""
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
SAID_DAY = re.compile(rf"\b({'|'.join(WEEKDAYS)}), ({'|'.join(MONTHS)}) (\d+)(?:, (\d{{4}}))?")


def derived(version: LawVersion, due: Due) -> date:
    """The date by the independent calculator, with the closed days of the reading that the example states."""
    reading = calculator.reading_of(due.bound.value, version.by_id[due.clock].owner.value)
    return calculator.derive(due.how, version.calendar.partition(".")[0], reading)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_loads_against_the_published_schema(path: Path) -> None:
    assert load(path, check=True).code.removeprefix("us-") == path.stem


def test_the_published_schema_is_the_one_the_classes_say() -> None:
    published = schema.FILE.read_text(encoding="utf-8")
    assert published == schema.text(), "write it again: python -m requests_app.laws.schema"
    Draft202012Validator.check_schema(schema.schema())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_file_has_a_problem_and_every_numbered_rule_is_shown(path: Path) -> None:
    report = checks.check_file(path, library(), on=TODAY)
    assert report.problems == ()
    assert report.stale == ()
    assert report.covered == report.coverable
    if report.coverable:  # a law without any number has nothing to work out
        assert report.examples >= (12 if report.code == "us-il" else 10)
    else:
        assert report.code in WITHOUT_NUMBERS


@pytest.mark.parametrize(("entry", "version", "example"), CASES, ids=NAMES)
def test_the_engine_gives_every_date_of_the_example(
    entry: Entry, version: LawVersion, example: Example
) -> None:
    results = examples.run(library(), entry, version, example)
    assert [result.wrong for result in results if not result.ok] == []
    assert sum(result.due is not None for result in results) == len(example.due)
    assert example.due or example.absent or example.present, "an example shows something"


@pytest.mark.parametrize(("entry", "version", "example"), CASES, ids=NAMES)
def test_an_independent_calculator_gives_every_date_of_the_example(
    entry: Entry, version: LawVersion, example: Example
) -> None:
    for due in example.due:
        assert derived(version, due) == due.due, due.clock


def test_the_independent_calculator_checked_every_date_there_is() -> None:
    dates = [due for _, _, example in CASES for due in example.due]
    assert len(CASES) >= 70
    assert len(dates) >= 90
    assert sum(
        derived(version, due) == due.due for _, version, example in CASES for due in example.due
    ) == len(dates)


@pytest.mark.parametrize(("entry", "version", "example"), CASES, ids=NAMES)
def test_every_weekday_in_the_words_of_an_example_is_right(
    entry: Entry, version: LawVersion, example: Example
) -> None:
    for due in example.due:
        for weekday, month, day, year in SAID_DAY.findall(due.words):
            years = [int(year)] if year else [due.due.year, due.due.year - 1, example.received.year]
            meant = [date(one, MONTHS.index(month) + 1, int(day)) for one in years]
            assert weekday in [WEEKDAYS[on.weekday()] for on in meant], (weekday, month, day)


@pytest.mark.parametrize(("entry", "version", "example"), CASES, ids=NAMES)
def test_the_words_of_an_example_come_to_its_date(
    entry: Entry, version: LawVersion, example: Example
) -> None:
    for due in example.due:
        assert re.search(rf"\b{due.due.day}(st|nd|rd|th)?\b", due.words), (due.clock, due.due)


@pytest.mark.parametrize(("entry", "version", "example"), CASES, ids=NAMES)
def test_every_trail_of_an_example_replays_to_its_date(
    entry: Entry, version: LawVersion, example: Example
) -> None:
    calendar: Calendar = library().calendar(version.calendar)
    for result in examples.run(library(), entry, version, example):
        clock = result.clock
        if clock is None or clock.latest is None:
            continue
        assert replay(clock.trail, calendar, Reading.late) == clock.latest
        assert replay(clock.trail, calendar, Reading.early) == clock.earliest


def test_every_rule_is_cited_and_checked_and_a_doubtful_one_says_why() -> None:
    for entry in library().laws:
        for rule in entry.current.rules:
            assert rule.authority.citation
            assert rule.authority.checked_on == TODAY
            assert rule.authority.verified or rule.authority.note or rule.authority.doubts


def test_a_dispute_about_one_rule_does_not_mark_the_others() -> None:
    illinois = library().law("us-il").current.by_id
    assert illinois["determine"].authority.verified
    assert not illinois["determine-voluminous"].authority.verified


def test_a_pending_bill_is_never_a_version() -> None:
    california = library().law("us-ca")
    assert [one.bill for one in california.about.pending] == ["AB 1821 (Pacheco, 2026)"]
    assert [version.ref for version in california.revisions] == ["us-ca@2023-01-01.r1"]
    assert california.law.version(date(2027, 6, 1)) is california.current
    assert california.current.by_id["determine"].length.unit is Unit.calendar_days


def test_a_request_made_under_an_older_text_is_counted_by_it_and_unverified() -> None:
    older = library().version("us", date(2012, 11, 5))
    assert older.ref == "us@2008-12-31.r1"
    assert older.effective_until == date(2016, 6, 30)
    assert not [rule.id for rule in older.rules if rule.authority.verified]
    assert older.by_id["appeal-by"].length.count is None
    assert library().version("us", date(2016, 6, 30)).ref == "us@2016-06-30.r1"


def test_a_rule_not_checked_for_twelve_months_is_listed() -> None:
    place = library().jurisdiction("us-ny")
    assert list(checks.stale(place, date(2027, 11, 22))) == []
    listed = list(checks.stale(place, date(2027, 11, 23)))
    assert "us-ny@2005-05-03.r1: rule determine: not re-checked since 2026-11-22" in listed
    assert len(listed) == len(library().law("us-ny").current.rules)


def test_the_language_says_every_shape_of_law() -> None:
    place = load(Path(__file__).parent / "shapes.yaml", check=True)
    version = place.laws[0].current
    assert version.effective_from is None
    assert version.ref == "us-zz@unknown.r1"
    assert version.requesters == ("citizen", "resident")
    used = {rule.length.unit for rule in version.rules} | {
        variant.length.unit for rule in version.rules for variant in rule.variants
    }
    assert used >= set(Unit)
    assert version.problems() == ()


# What is wrong is named with file, line, rule, field and fix


def broken(tmp_path: Path, old: str, new: str, name: str = "il.yaml") -> list[str]:
    """The problems `check_laws` finds in a copy of a shipped file in which one thing was changed."""
    text = (DATA / "us" / name).read_text(encoding="utf-8")
    assert old in text
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / "us" / name
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    report = checks.check_file(path, Library(tmp_path / "data"), on=TODAY)
    assert all(problem.startswith(name) for problem in report.problems)
    return list(report.problems)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "length: 5 business days",
            "length: 5 buisness days",
            r"^il.yaml:\d+: rule determine .*no length.*'5 business days'",
        ),
        (
            "length: 5 business days",
            "length: {count: 5, unit: fortnights}",
            r"rule determine .*'fortnights' is unknown",
        ),
        (
            "owner: agency",
            "owner: agencies",
            r"rule determine field rules.owner: 'agencies' is unknown.*'agency'",
        ),
        (
            "            counting: {roll: forward}",
            "            countng: {roll: forward}",
            r"'countng' is not a field here.*'counting'",
        ),
        (
            "{on: sent, date: received}",
            "{on: set, date: received}",
            r"rule determine .*'set' is unknown.*'sent'",
        ),
        (
            'citation: "5 ILCS 140/3(d)"\n              url',
            'citation: ""\n              url',
            r"rule determine field authority.citation: the citation is missing",
        ),
        ("            name: Answer the request\n", "", r"rule determine .*'name' is missing"),
        (
            "lapse_of: [determine, determine-voluminous]",
            "lapse_of: [determin, determine-voluminous]",
            r"rule review-by: .*determin, which is no rule",
        ),
        (
            "starts: [review-by, sue]",
            "starts: [sue]",
            r"rule determine field lapses_into.starts: review-by opens on its lapse",
        ),
        ("calendar: us-il.c1", "calendar: us-il.c9", r"no calendar us-il.c9"),
        (
            "zone: America/Chicago",
            "zone: America/Springfield",
            r"^il.yaml:4: field zone: 'America/Springfield' is no time zone",
        ),
        ("effective_from: 2010-01-01", "effective_from: 2010-02-30", r"2010-02-30"),
        ("received: 2017-02-10", "received: 2017-02-30", r"example lincoln-observed .*2017-02-30.*no date"),
        (
            "due: 2017-02-21",
            "due: 2017-02-20",
            r"lincoln-observed.*expected Monday, February 20, 2017, the engine says Tuesday",
        ),
        (
            "clock: determine, due: 2026-12-02",
            "clock: decide, due: 2026-12-02",
            r"example thanksgiving-week: 'decide' is no rule",
        ),
        (
            "            until: clarification_answered",
            "            until: []",
            r"rule determine field stops: a restart that nothing ends",
        ),
        (
            "jurisdiction: us-il",
            "jurisdiction: us-il\njurisdiction: us-il",
            r"^il.yaml:3: .*'jurisdiction' stands twice",
        ),
        ("        revision: 1\n", "        revision: one\n", r"revision"),
        (
            "- {on: sent, date: received}",
            "- {on: override, date: received}",
            r"^il.yaml:\d+: rule determine field starts: no form or rule produces a start by override",
        ),
        (
            "            length: 60 calendar days\n            starts:\n              - {on: [determined",
            "            length: {count: 60, unit: moons}\n            starts:\n              - {on: [determined",
            r"rule review-by .*'moons' is unknown",
        ),
    ],
)
def test_a_broken_file_is_named_by_line_and_fix(tmp_path: Path, old: str, new: str, says: str) -> None:
    problems = broken(tmp_path, old, new)
    assert any(re.search(says, problem) for problem in problems), problems


def test_a_calendar_with_a_gap_is_named_by_year(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    calendar = tmp_path / "data" / "calendars" / "us-il.c1.json"
    lines = calendar.read_text(encoding="utf-8").splitlines()
    calendar.write_text("\n".join(line for line in lines if '{"on": "2031-' not in line), encoding="utf-8")
    report = checks.check_file(tmp_path / "data" / "us" / "il.yaml", Library(tmp_path / "data"), on=TODAY)
    assert [
        problem for problem in report.problems if "us-il.c1.json: 2031 has 0 closed days, a gap" in problem
    ]


def versions_of(text: str) -> str:
    """The version of a file once more, with anchors of its own."""
    from_here = text[text.index("      - effective_from:") :]
    return from_here.replace("&adverse", "&again").replace("*adverse", "*again")


def test_the_same_version_twice_is_refused(tmp_path: Path) -> None:
    text = (DATA / "us" / "ny.yaml").read_text(encoding="utf-8")
    path = tmp_path / "ny.yaml"
    path.write_text(text + "\n" + versions_of(text), encoding="utf-8")
    with pytest.raises(LawFileError, match=r"us-ny@2005-05-03\.r1 stands twice"):
        load(path)


def test_two_versions_that_overlap_are_refused(tmp_path: Path) -> None:
    text = (DATA / "us" / "ny.yaml").read_text(encoding="utf-8")
    first = text.replace(
        "effective_from: 2005-05-03", "effective_from: 2005-05-03\n        effective_until: 2027-06-01", 1
    )
    later = versions_of(text).replace("effective_from: 2005-05-03", "effective_from: 2027-01-01", 1)
    path = tmp_path / "ny.yaml"
    path.write_text(first + "\n" + later, encoding="utf-8")
    with pytest.raises(
        LawFileError, match=r"ny.yaml:\d+: .*two versions overlap: us-ny@2005-05-03.r1 holds until 2027-06-01"
    ):
        load(path)


def test_a_text_that_ended_governs_nothing_after_it(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / "us" / "ny.yaml"
    text = path.read_text(encoding="utf-8")
    until = "effective_from: 2005-05-03\n        effective_until: 2027-07-01"
    path.write_text(text.replace("effective_from: 2005-05-03", until, 1), encoding="utf-8")
    shelf = Library(tmp_path / "data")
    assert shelf.version("us-ny", date(2027, 6, 30)).ref == "us-ny@2005-05-03.r1"
    with pytest.raises(Refused, match="ended before Thursday, July 1, 2027"):
        shelf.version("us-ny", date(2027, 7, 1))


def test_a_text_that_came_later_is_not_known_to_an_older_request(tmp_path: Path) -> None:
    """Shipped in June, in force since January: what was filed in March keeps its dates until somebody decides."""
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / "us" / "ny.yaml"
    text = path.read_text(encoding="utf-8")
    later = versions_of(text).replace("effective_from: 2005-05-03", "effective_from: 2026-01-01", 1)
    path.write_text(text + "\n" + later.replace("revision: 1", "revision: 2", 1), encoding="utf-8")
    book = Library(tmp_path / "data").book()
    assert book.law("us-ny", date(2026, 3, 2), revision=1).ref == "us-ny@2005-05-03.r1"
    assert book.law("us-ny", date(2026, 3, 2), revision=1).effective_until is None
    assert book.law("us-ny", date(2026, 3, 2)).ref == "us-ny@2026-01-01.r2"
    assert book.law("us-ny", date(2025, 3, 3)).effective_until == date(2026, 1, 1)


def test_a_later_revision_is_used_and_the_earlier_one_is_kept(tmp_path: Path) -> None:
    text = (DATA / "us" / "ny.yaml").read_text(encoding="utf-8")
    again = versions_of(text).replace("revision: 1", "revision: 2", 1)
    again = again.replace("length: 30 calendar days", "length: 31 calendar days", 1)
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data" / "us" / "ny.yaml").write_text(text + "\n" + again, encoding="utf-8")
    shelf = Library(tmp_path / "data")
    assert shelf.law("us-ny").current.ref == "us-ny@2005-05-03.r2"
    day = date(2026, 3, 2)
    assert shelf.book().law("us-ny", day).by_id["appeal-by"].length.count == 31
    assert shelf.book().law("us-ny", day, revision=1).by_id["appeal-by"].length.count == 30
    assert shelf.revision("us-ny@2005-05-03.r1").revision == 1
    with pytest.raises(LookupError, match="no revision 3"):
        shelf.book().law("us-ny", day, revision=3)
