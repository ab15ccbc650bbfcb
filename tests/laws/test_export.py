"""The laws as data: the same bytes each time, true to their schema, read back whole, counted without Django."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from requests_app.clock.rules import Length, Unit
from requests_app.laws.changes import changes, editions, sentence
from requests_app.laws.export import FILES, SUMS, files
from requests_app.laws.exported import ExportedLibrary
from requests_app.laws.registry import DATA, Library, library

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return files(library())


@pytest.fixture(scope="module")
def exported(made: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "laws.json"
    path.write_bytes(made["laws.json"])
    return path


def test_another_reading_of_the_files_gives_the_same_bytes(made: dict[str, bytes]) -> None:
    assert files(Library(DATA)) == made


def test_the_export_keeps_its_own_schema(made: dict[str, bytes]) -> None:
    schema = json.loads(made["laws.schema.json"])
    Draft202012Validator.check_schema(schema)
    document = json.loads(made["laws.json"])
    assert [error.message for error in Draft202012Validator(schema).iter_errors(document)] == []
    document["jurisdictions"][0]["laws"][0]["versions"][0]["rules"][0]["lenght"] = "5 business days"
    assert list(Draft202012Validator(schema).iter_errors(document)), "a field nobody knows must not pass"


def test_the_export_read_back_is_the_library(exported: Path) -> None:
    back = ExportedLibrary(exported)
    assert back.codes == library().codes
    for code in library().codes:
        assert back.jurisdiction(code) == library().jurisdiction(code), code
    for entry in library().laws:
        for version in entry.revisions:
            ref = version.calendar
            assert back.calendar_page(ref) == library().calendar_page(ref), ref
            assert back.calendar(ref).is_open(
                version.rules[0].authority.checked_on or back.calendar(ref).first
            ) == (
                library()
                .calendar(ref)
                .is_open(version.rules[0].authority.checked_on or library().calendar(ref).first)
            )


def test_the_data_say_their_license_and_their_sums(made: dict[str, bytes]) -> None:
    assert json.loads(made["laws.json"])["license"]["id"] == "CC0-1.0"
    lines = made[SUMS].decode().splitlines()
    assert lines == [f"{hashlib.sha256(made[name]).hexdigest()}  {name}" for name in FILES]


def test_a_better_reading_is_told_rule_by_rule() -> None:
    before = library().law("us-il").current
    first, *others = before.rules
    longer = dataclasses.replace(first, length=Length(7, Unit.business_days))
    gone, new = others[-1], dataclasses.replace(others[0], id="brand-new", name="A new clock")
    # By hand rather than through the loader: a file with a second revision is the exception.
    after = dataclasses.replace(before, revision=2, rules=(longer, *others[:-1], new))
    found = {change.rule: change for change in changes(before, after)}
    assert {rule: change.what for rule, change in found.items()} == {
        first.id: "changed",
        "brand-new": "added",
        gone.id: "removed",
    }
    assert [(one.field, one.before, one.after) for one in found[first.id].fields] == [
        ("length", "5 business days", "7 business days")
    ]
    said = sentence(found[first.id])
    assert "The agency has 5 business days from the receipt of the request" in said
    assert "→ The agency has 7 business days" in said
    assert changes(before, before) == ()


def test_the_first_reading_of_a_law_has_nothing_to_differ_from() -> None:
    for entry in library().laws:
        told = editions(entry)
        assert [edition.law_ref for edition in told][0:1] == [told[0].law_ref]
        assert told[0].since == ""
        assert told[0].changes == ()
        assert {edition.law_ref for edition in told} == {version.ref for version in entry.revisions}


@pytest.fixture(scope="module")
def alone(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An empty virtual environment, and a folder with the two rooms and the export and nothing else."""
    folder = tmp_path_factory.mktemp("alone")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    for room in ("clock", "laws"):
        shutil.copytree(
            ROOT / "requests_app" / room,
            folder / "requests_app" / room,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    shutil.copy(exported, folder / "laws.json")
    return folder / "venv" / "bin" / "python", folder


def told(alone: tuple[Path, Path], *words: str) -> subprocess.CompletedProcess[str]:
    python, folder = alone
    return subprocess.run(
        # -E -s: neither this project nor this machine's packages may help.
        [python, "-E", "-s", "-m", "requests_app.laws", *words],
        cwd=folder, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip


def test_an_empty_python_counts_from_the_export(alone: tuple[Path, Path]) -> None:
    python, folder = alone
    found = subprocess.run([python, "-c", "import django"], cwd=folder, capture_output=True, check=False)
    assert found.returncode != 0, "the environment is not empty"
    done = told(alone, "deadline", "us-il", "--received", "2017-02-10", "--from", "laws.json")
    assert done.returncode == 0, done.stderr
    assert "Tuesday, February 21, 2017" in done.stdout
    assert "Lincoln's Birthday" in done.stdout


def test_an_empty_python_walks_a_request_to_its_last_remedy(alone: tuple[Path, Path]) -> None:
    done = told(alone, "journey", "us-pa", "--from", "laws.json")
    assert done.returncode == 0, done.stderr
    assert "us-pa@2009-01-01.r1, refused: last remedy suit" in done.stdout
    assert "us-pa@2009-01-01.r1, silent: last remedy suit" in done.stdout
    assert "requester: appeal_filed (appeal-by)" in done.stdout


def test_an_empty_python_counts_every_worked_example(alone: tuple[Path, Path]) -> None:
    done = told(alone, "examples", "--from", "laws.json")
    assert done.returncode == 0, done.stdout + done.stderr
    dates = sum(
        len(example.due)
        for entry in library().laws
        for examples in entry.examples.values()
        for example in examples
    )
    counted, wrong = done.stdout.splitlines()[-1].split(" dates of worked examples, ")
    assert int(counted) >= dates > 40
    assert wrong == "0 wrong."


def test_with_pyyaml_alone_the_law_files_themselves_are_read(alone: tuple[Path, Path]) -> None:
    refused = told(alone, "examples")
    assert refused.returncode == 1
    assert "yaml is missing: give --from laws.json" in refused.stderr
    packages = next((alone[1] / "venv" / "lib").glob("python*/site-packages"))
    shutil.copytree(Path(yaml.__file__).parent, packages / "yaml")
    done = told(alone, "examples")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 wrong" in done.stdout


def test_what_cannot_be_answered_is_refused_with_a_sentence(alone: tuple[Path, Path]) -> None:
    for words, says in (
        (
            ("deadline", "us-xx", "--received", "2026-03-02", "--from", "laws.json"),
            "is no law in this library",
        ),
        (("deadline", "us-il", "--received", "2026-02-30", "--from", "laws.json"), "28 days"),
        (
            ("deadline", "us-il", "--received", "2026-03-02", "--from", "gone.json"),
            "gone.json cannot be read",
        ),
    ):
        done = told(alone, *words)
        assert done.returncode == 1
        assert says in done.stderr
        assert "Traceback" not in done.stderr
