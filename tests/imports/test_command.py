"""`manage.py import_log`, as an operator types it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from requests_app.models import ImportBatch, RecordsRequest
from requests_app.models.visibility import viewing_as
from tests.builders import Cast
from tests.imports.conftest import log, three_rows


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "county.csv"
    made.write_bytes(three_rows())
    return made


def said(*args: str) -> str:
    out = io.StringIO()
    call_command("import_log", *args, stdout=out)
    return out.getvalue()


def test_a_dry_run_then_the_import_then_the_same_again_then_undo(people: Cast, path: Path) -> None:
    who = ("--as", people.edgar.email)
    assert "Nothing was written: a dry run." in said(str(path), *who, "--dry-run")
    with viewing_as(people.edgar):
        assert not RecordsRequest.objects.exists()
    assert "3 requests made" in said(str(path), *who)
    assert "3 known already" in said(str(path), *who, "--organisation", people.harbor.name)
    with viewing_as(people.edgar):
        batch = ImportBatch.objects.get(state="applied")
        assert batch.source == "county"
    assert "3 requests taken out" in said("--undo", batch.public_id, *who)
    with viewing_as(people.edgar):
        assert not RecordsRequest.objects.exists()


def test_each_problem_is_printed_with_its_line_and_field(people: Cast, path: Path) -> None:
    path.write_bytes(
        log(
            "A-1,Sangamon Bend Fusion Center,2024-02-30,,Text,",
            "A-2,Sangamon Bend Fusion Center,2024-03-04,,Text,",
        )
    )
    told = said(str(path), "--as", people.edgar.email)
    assert (
        "line 2, received_on: Day the agency received it: There is no February 30 in 2024. [refused]" in told
    )
    assert "1 new, 0 taken with a warning, 0 known already, 1 refused" in told


def test_a_mapping_file_names_columns_nobody_could_guess(people: Cast, path: Path) -> None:
    path.write_text("p;q;r;s\n1;4.3.2024;8.3.2024;raus\n")
    mapping = path.with_suffix(".yaml")
    mapping.write_text(
        f"columns: {{number: p, received_on: q, closed_on: r, outcome: s}}\nfixed: {{agency: {people.agency.slug}}}\n"
        "words: {raus: produced}\norder: day\n"
    )
    assert "1 requests made" in said(str(path), "--as", people.edgar.email, "--mapping", str(mapping))
    with viewing_as(people.edgar):
        made = RecordsRequest.objects.get()
        assert made.filed_on.isoformat() == "2024-03-04"
        assert made.events.get(kind="determined").outcome == "produced"


@pytest.mark.parametrize(
    ("who", "args", "words"),
    [
        ("edgar", ["nowhere.csv"], "There is no file"),
        ("edgar", [], "Name the file"),
        ("edgar", ["--undo", "aaaaaaaaaaaa"], "may edit no import"),
        ("vera", ["FILE"], "may edit no organization"),
        (
            "ravi",
            ["FILE", "--organisation", "Harbor Rights Clinic"],
            "may edit no organization Harbor Rights Clinic",
        ),
        ("edgar", ["FILE", "--mapping", "nowhere.yaml"], "could not be read"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    people: Cast, path: Path, who: str, args: list[str], words: str
) -> None:
    given = [str(path) if arg == "FILE" else arg for arg in args]
    with pytest.raises(CommandError, match=words):
        said(*given, "--as", getattr(people, who).email)
    with pytest.raises(CommandError, match="Nobody has an account"):
        said(str(path), "--as", "nobody@nowhere.example")


def test_another_organizations_import_cannot_be_undone_by_its_number(people: Cast, path: Path) -> None:
    said(str(path), "--as", people.edgar.email)
    with viewing_as(people.edgar):
        pid = ImportBatch.objects.get().public_id
    with pytest.raises(CommandError, match="may edit no import"):
        said("--undo", pid, "--as", people.ravi.email)
    with viewing_as(people.edgar):
        assert RecordsRequest.objects.count() == 3
