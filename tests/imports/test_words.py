"""Their headings and their outcomes in ours."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from requests_app.intake import presets
from requests_app.intake.fields import guess_columns
from requests_app.intake.outcomes import CHOICES, Meaning, guess
from requests_app.notices.cells import neutral


@pytest.mark.parametrize(
    ("headings", "wanted"),
    [
        (
            ["Tracking Number", "Sub-Office", "Submitted Date", "Closed Date", "Detail", "Disposition"],
            {
                "number": "Tracking Number", "sub_office": "Sub-Office", "received_on": "Submitted Date",
                "closed_on": "Closed Date", "description": "Detail", "outcome": "Disposition",
            },
        ),
        (
            ["Fiscal Year", "Case Number", "Recv'd in FOIA", "Document Requested", "Disposition", "Denial Reason"],
            {
                "number_prefix": "Fiscal Year", "number": "Case Number", "received_on": "Recv'd in FOIA",
                "description": "Document Requested", "outcome": "Disposition", "outcome_detail": "Denial Reason",
            },
        ),
        (["x", "y"], {}),
    ],
)  # fmt: skip
def test_the_headings_of_real_logs_find_their_fields(headings: list[str], wanted: dict[str, str]) -> None:
    assert guess_columns(headings) == wanted


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("", "||"), ("Pending", "||"), ("In process", "||"), ("Full grant", "determined|produced|"),
        ("Partial grant/partial denial", "determined|produced_in_part|"),
        ("Denied in part", "determined|denied_in_part|"),
        ("Full denial based on exemptions", "determined|denied|"), ("Not released", "determined|denied|"),
        ("No records", "determined|no_records|"), ("No responsive documents", "determined|no_records|"),
        ("Request withdrawn", "withdrawn|withdrawn|"), ("Duplicate request", "agency_closed||"),
        ("All records referred to another agency", "determined|not_ours|referred"),
        ("Glomar", "determined|neither_confirms_nor_denies|"), ("no_records", "determined|no_records|"),
        ("Fees not paid", "agency_closed||"), ("Closed", "agency_closed||"),
    ],
)  # fmt: skip
def test_their_outcomes_are_guessed_and_kept_apart(words: str, key: str) -> None:
    found = guess(words)
    assert found is not None
    assert found.key == key


def test_a_word_nobody_knows_is_not_guessed() -> None:
    assert guess("Fnord") is None


def test_every_choice_of_the_page_survives_its_own_key() -> None:
    assert [Meaning.of(meaning.key) for meaning, _ in CHOICES] == [meaning for meaning, _ in CHOICES]


def test_the_shipped_preset_knows_every_wording_of_the_shipped_log() -> None:
    listed = yaml.safe_load((presets.DATA / "dispositions.yaml").read_text())["dispositions"]
    assert len(presets.federal_log().words) == len(listed)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("columns: {nummer: A}", "no field “nummer”"),
        ("words: {Granted: fnord}", "“fnord” is no outcome"),
        ("order: sideways", "order is"),
        ("log_on: {x: someday}", "is no day"),
        ("colums: {}", "names “colums”"),
        ("- a", "holds no mapping"),
        (": :", "is not YAML"),
    ],
)
def test_a_mapping_file_says_what_is_wrong_with_it(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text)
    with pytest.raises(presets.BadMapping, match=words):
        presets.from_file(path)


def test_a_mapping_file_takes_outcomes_by_name(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(
        "columns: {number: No}\nwords: {Released: produced, Sent on: referred, Shelved: closed}\norder: day\n"
    )
    mapping = presets.from_file(path)
    assert mapping.words == {
        "released": "determined|produced|", "sent on": "determined|not_ours|referred", "shelved": "agency_closed||",
    }  # fmt: skip
    assert mapping.order == "day"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "  =HYPERLINK()"])
def test_a_cell_that_a_spreadsheet_would_run_is_defused(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"


def test_other_cells_stay_as_they_are() -> None:
    assert [neutral(cell) for cell in ("a=b", 7, None, "")] == ["a=b", "7", "", ""]
