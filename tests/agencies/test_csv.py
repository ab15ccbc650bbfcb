"""A table out to a spreadsheet and back: untouched it changes nothing, whatever the spreadsheet did by itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from requests_app.actions.agency_changes import Why, merge
from requests_app.intake.agency_csv import HEAD, kept
from requests_app.models import Agency, AgencyChange, AgencyContact
from requests_app.models.visibility import OPERATOR, viewing
from tests import builders

from .conftest import ROWS, Loader

pytestmark = pytest.mark.django_db
Rows = list[list[str]]
SPRINGFIELD, EL_PASO = "il-springfield-police-department", "tx-el-paso-county-sheriffs-office"


@pytest.fixture
def table(load: Loader, tmp_path: Path) -> Path:
    load()
    agency = Agency.objects.get(slug=SPRINGFIELD)
    # What a spreadsheet would turn into a date, a number and a formula.
    agency.abbreviation, agency.notes, agency.area = (
        "MAR1",
        '=HYPERLINK("x")\nsecond line; with "quotes"',
        "007",
    )
    agency.save()
    AgencyContact.objects.create(agency=agency, purpose="records", channel="email", value="b@example.org")
    AgencyContact.objects.create(agency=agency, purpose="records", channel="email", value="a@example.org")
    path = tmp_path / "agencies.csv"
    call_command("agencies_csv", "export", str(path))
    return path


def rows_of(path: Path) -> Rows:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def write(
    path: Path, rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8-sig", head: str = ""
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path.write_bytes((head + out.getvalue()).encode(encoding))


def edited(path: Path, slug: str, **cells: str) -> None:
    rows = rows_of(path)
    for row in rows[1:]:
        if row[0] == slug:
            for column, cell in cells.items():
                row[HEAD.index(column)] = cell
    write(path, rows)


def done() -> list[AgencyChange]:
    with viewing(OPERATOR):
        return list(AgencyChange.objects.select_related("by"))


def bring(path: Path, *arguments: str) -> str:
    out = io.StringIO()
    call_command("agencies_csv", "import", str(path), *arguments, stdout=out)
    return out.getvalue()


def test_what_leaves_runs_nothing_and_is_made_nothing_of(table: Path) -> None:
    row = next(row for row in rows_of(table) if row[0] == SPRINGFIELD)
    cells = dict(zip(HEAD, row, strict=True))
    assert cells["abbreviation"] == "'MAR1"
    assert cells["area"] == "'007"
    assert cells["notes"].startswith("'=HYPERLINK")
    assert cells["records_email"] == "a@example.org | b@example.org"
    assert cells["longitude"] == "-89.656"
    assert cells["ori"] == "IL0840200"
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")
    assert len(rows_of(table)) == len(ROWS) + 1


@pytest.mark.parametrize(
    "cell", ["MAR1", "1-Mar", "3/4/2017", "2017-03-04", "007", "1E5", "123456789012", "TRUE", "'x"]
)
def test_an_apostrophe_keeps_what_a_spreadsheet_would_turn(cell: str) -> None:
    assert kept(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Marion", "907-786-8500", "Division 1", "10", "May Township Police", ""])
def test_what_it_would_leave_alone_leaves_as_it_is(cell: str) -> None:
    assert kept(cell) == cell


def untouched(path: Path) -> None:
    return None


def semicolons(path: Path) -> None:
    rows = rows_of(path)
    for row in rows[1:]:
        for column in ("latitude", "longitude"):
            row[HEAD.index(column)] = row[HEAD.index(column)].replace(".", ",")
    write(path, rows, delimiter=";")


def windows(path: Path) -> None:
    write(path, rows_of(path), encoding="cp1252")


def utf_16(path: Path) -> None:
    write(path, rows_of(path), delimiter="\t", encoding="utf-16")


def with_sep(path: Path) -> None:
    write(path, rows_of(path), delimiter=";", head="sep=;\r\n")


def lost_zeros(path: Path) -> None:
    edited(path, SPRINGFIELD, area="7")


def without_apostrophes(path: Path) -> None:
    write(path, [[cell.removeprefix("'") for cell in row] for row in rows_of(path)])


def columns_left_out(path: Path) -> None:
    write(path, [[row[0], row[HEAD.index("zone")]] for row in rows_of(path)])


def other_order_and_empty_rows(path: Path) -> None:
    head, *rows = rows_of(path)
    write(path, [head[::-1], *([*row[::-1], "", ""] for row in reversed(rows)), [""] * len(head)])


@pytest.mark.parametrize(
    "habit",
    [
        untouched, semicolons, windows, utf_16, with_sep, lost_zeros, without_apostrophes, columns_left_out,
        other_order_and_empty_rows,
    ],
)  # fmt: skip
def test_an_untouched_table_changes_nothing_whatever_a_spreadsheet_does(
    table: Path, habit: Callable[[Path], None]
) -> None:
    habit(table)
    assert f"{len(ROWS)} rows; nothing differs." in bring(table)


def test_old_and_new_of_each_cell_are_shown_and_only_apply_writes_them(table: Path) -> None:
    omar = builders.cast().omar
    edited(
        table, EL_PASO, zone="America/Chicago", general_phone="915-555-0100", records_email="foia@example.org"
    )
    edited(table, SPRINGFIELD, name="Springfield Police", records_email="a@example.org", latitude="39,9")
    told = bring(table)
    assert f"{EL_PASO}, zone: America/Denver → America/Chicago" in told
    assert f"{EL_PASO}, general_phone: 915-538-2292 → 915-555-0100" in told
    assert f"{EL_PASO}, records_email: (empty) → foia@example.org" in told
    assert f"{SPRINGFIELD}, records_email: a@example.org | b@example.org → a@example.org" in told
    assert f"{SPRINGFIELD}, latitude: 39.763 → 39,9" in told
    assert f"{len(ROWS)} rows; 6 cells of 2 agencies differ. Nothing was written" in told
    assert done() == []
    with pytest.raises(CommandError, match="--as"):
        bring(table, "--apply")
    with pytest.raises(CommandError, match="Say why"):
        bring(table, "--apply", "--as", omar.email)
    assert done() == []
    bring(
        table,
        "--apply",
        "--as",
        omar.email,
        "--reason",
        "Checked by phone",
        "--source",
        "https://example.org/a",
    )
    there = Agency.objects.get(slug=EL_PASO)
    assert there.zone == "America/Chicago"
    new = there.contacts.get(purpose="records")
    assert (new.value, new.source) == ("foia@example.org", "https://example.org/a")
    assert there.contacts.get(channel="phone").value == "915-555-0100"
    renamed = Agency.objects.get(slug=SPRINGFIELD)
    assert (renamed.name, renamed.latitude) == ("Springfield Police", 39.9)
    assert renamed.names.get().name == "Springfield Police Department"
    assert list(renamed.contacts.filter(purpose="records").values_list("value", flat=True)) == [
        "a@example.org"
    ]
    assert [(change.kind, change.by, change.reason) for change in done()] == [
        ("edit", omar, "Checked by phone")
    ] * 2
    edited(table, SPRINGFIELD, former_names="Springfield Police Department")
    assert "nothing differs" in bring(table)
    for change in done():
        call_command("agency", "undo", str(change.pk), "--reason", "wrong", "--as", omar.email)
    call_command("agencies_csv", "export", str(table))
    assert Agency.objects.get(slug=EL_PASO).zone == "America/Denver"
    assert Agency.objects.get(slug=SPRINGFIELD).name == "Springfield Police Department"
    assert not Agency.objects.get(slug=SPRINGFIELD).names.exists()


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"zone": "America/Chicagoo"}, "zone: “America/Chicagoo” is no zone of ours. Did you mean America/Chicago?"),
        ({"kind": "sheriff"}, "kind: “sheriff” is no kind of ours."),
        ({"jurisdiction": "us-zz"}, "jurisdiction: “us-zz” is no jurisdiction of ours."),
        ({"confidence": "sure"}, "confidence: “sure” is no confidence of ours."),
        ({"name": ""}, "name: An agency needs a name."),
        ({"name": "x" * 301}, "name: It has 301 characters; at most 300 can be kept."),
        ({"latitude": "north"}, "latitude: “north” is no latitude."),
        ({"longitude": "-200"}, "longitude: “-200” is no longitude."),
        ({"records_email": "nobody"}, "records_email: “nobody” is not an e-mail address."),
        ({"records_web": "example.org"}, "records_web: “example.org” is not an address that begins with https://."),
        ({"general_phone": "none"}, "general_phone: “none” is not a phone number."),
        ({"ori": "IL0000000"}, "ori: This column is for reading: it says “TX0710000”."),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_taken_is_named_and_nothing_is_written(
    table: Path, cells: dict[str, str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edited(table, EL_PASO, city="Elsewhere", **cells)
    line = next(n for n, row in enumerate(rows_of(table), start=1) if row[0] == EL_PASO)
    with pytest.raises(CommandError, match="1 cells cannot be taken"):
        call_command(
            "agencies_csv", "import", str(table), "--apply", "--as", "x@example.org", "--reason", "y"
        )
    told = capsys.readouterr().out
    # The notes of the agency before it take two lines.
    assert says in told
    assert f"line {line}, " in told or f"line {line + 1}, " in told
    assert Agency.objects.get(slug=EL_PASO).city == "El Paso"


def test_an_invented_agency_says_so_in_the_table(table: Path) -> None:
    builders.agency("Sangamon Bend Fusion Center")
    body = b"".join(Client().get("/agencies/agencies.csv?mark=both"))
    told = {row[0]: row[HEAD.index("sample")] for row in csv.reader(io.StringIO(body.decode("utf-8-sig")))}
    assert [mark for slug, mark in told.items() if slug.startswith("sangamon")] == ["sample"]
    assert told[EL_PASO] == ""


def test_rows_and_columns_that_nobody_knows_are_named(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of(table)
    rows[0][HEAD.index("zone")] = "zones"
    rows += [["il-nobody", *rows[1][1:]], rows[1], [*rows[2], "more"]]
    write(table, rows)
    merge(
        agency=Agency.objects.get(slug="me-state-fire-marshal"),
        into=Agency.objects.get(slug="me-state-fire-marshal-kennebec"),
        why=Why(None, "one office"),
    )
    with pytest.raises(CommandError, match="5 cells cannot be taken"):
        call_command("agencies_csv", "import", str(table))
    told = capsys.readouterr().out
    assert "line 1, zones: There is no such column. Did you mean zone?" in told
    assert "agency: There is no agency il-nobody." in told
    assert f"agency: {rows[1][0]} stands already on line 2." in told
    assert f"row: It has {len(HEAD) + 1} cells under {len(HEAD)} headings." in told
    assert "me-state-fire-marshal was merged into me-state-fire-marshal-kennebec" in told


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "has no line of headings"),
        (b"name,zone\nx,y\n", "has no column “agency”"),
        (b"PK\x03\x04\x00\x00", "is no text"),
        (b"name,agency\nonly a name\n", "1 cells? cannot be taken"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=says):
        call_command("agencies_csv", "import", str(path))
    with pytest.raises(CommandError, match="could not be read"):
        call_command("agencies_csv", "import", str(tmp_path / "nothing.csv"))


def test_the_list_page_gives_the_same_table_at_its_filters(table: Path, tmp_path: Path) -> None:
    seen = Client().get("/agencies/?jurisdiction=us-pa")
    address = seen.context["csv_url"]
    assert address == "/agencies/agencies.csv?jurisdiction=us-pa"
    answer: Any = Client().get(address)
    assert answer.streaming and "attachment" in answer["Content-Disposition"]
    body = b"".join(answer.streaming_content)
    path = tmp_path / "page.csv"
    path.write_bytes(body)
    assert [row[0] for row in rows_of(path)] == [
        "agency", "pa-jefferson-township-police-department-lackawanna",
        "pa-jefferson-township-police-department-washington",
    ]  # fmt: skip
    assert "2 rows; nothing differs." in bring(path)
    assert Client().get("/agencies/agencies.csv?q=%00&kind=nonsense").status_code == 200
