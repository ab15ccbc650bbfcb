"""Files as they come: encodings, delimiters, quotes, workbooks, junk and bombs. No database."""

from __future__ import annotations

import datetime as dt
import io
import re
import socket
import tempfile
import zipfile
from typing import Any

import openpyxl
import pytest

from requests_app.intake import spreadsheets
from requests_app.intake.spreadsheets import Peek, Unreadable
from tests.imports.conftest import workbook

TABLE = "Number,Agency,Received\nA-1,Böse Behörde – Süd,2024-03-04\nA-2,Other,2024-03-05\n"


def read(content: bytes, **choices: Any) -> tuple[Peek, list[dict[str, Any]]]:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        peek = spreadsheets.peek(file, choices)
        return peek, list(spreadsheets.rows(file, peek.reading))


@pytest.mark.parametrize(
    ("codec", "mark", "heard"),
    [
        ("utf-8", b"", ""),
        ("utf-8", b"\xef\xbb\xbf", "UTF-8"),
        ("utf-16-le", b"\xff\xfe", "UTF-16"),
        ("utf-16-be", b"\xfe\xff", "UTF-16"),
        ("utf-16-le", b"", "little-endian"),
        ("utf-16-be", b"", "big-endian"),
        ("cp1252", b"", "Windows-1252"),
    ],
)
def test_every_usual_encoding_gives_the_same_table_and_is_said_aloud(
    codec: str, mark: bytes, heard: str
) -> None:
    peek, rows = read(mark + TABLE.encode(codec))
    assert rows[0]["headings"] == ["Number", "Agency", "Received"]
    assert rows[1]["cells"] == ["A-1", "Böse Behörde – Süd", "2024-03-04"]
    assert heard in " ".join(peek.said)
    assert bool(peek.said) == bool(heard)


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")])
def test_another_delimiter_is_found_and_said(mark: str, word: str) -> None:
    peek, rows = read(TABLE.replace(",", mark).encode())
    assert rows[2]["cells"][0] == "A-2"
    assert word in " ".join(peek.said)


def test_commas_inside_cells_do_not_hide_semicolons_between_them() -> None:
    lines = ["Nr;Text;On"] + [f"A-{n};one, two, three, four and five;2024-03-0{n}" for n in range(1, 6)]
    _, rows = read("\n".join(lines).encode())
    assert rows[3]["cells"] == ["A-3", "one, two, three, four and five", "2024-03-03"]


def test_a_wrong_delimiter_says_what_the_right_one_would_give() -> None:
    peek, _ = read(TABLE.encode(), delimiter=";")
    assert peek.trouble == (
        "With semicolons every line is one column. Choose what separates the columns. Commas would give 3."
    )


def test_a_quoted_cell_may_run_over_lines_and_the_line_number_is_its_first() -> None:
    _, rows = read(b'Number,Text\nA-1,"one\ntwo, ""three"""\nA-2,four\n')
    assert rows[1]["cells"] == ["A-1", 'one\ntwo, "three"']
    assert [row["line"] for row in rows[1:]] == [2, 4]


def test_a_quote_never_closed_costs_one_row_and_not_the_file() -> None:
    content = b'Number,Text\nA-1,"open\n' + b"A-9,lost line that goes on and on\n" * 2500 + b"A-2,found\n"
    _, rows = read(content)
    assert "is not closed" in rows[1]["broken"]
    assert rows[-1]["cells"] == ["A-2", "found"]


def test_a_row_with_too_many_cells_is_broken_and_one_with_too_few_may_be_cut_off() -> None:
    _, rows = read(b"Number,Agency,Received\nA-1,x,2024-01-02,y\nA-2,x\nA-3,x,2024-01-02,\n")
    assert "4 cells under 3 headings" in rows[1]["broken"]
    assert "2 of 3 cells" in rows[2]["short"]
    assert rows[3] == {"line": 4, "cells": ["A-3", "x", "2024-01-02"]}


def test_stray_nul_bytes_are_left_out_and_said() -> None:
    _, rows = read(TABLE.encode().replace(b"Other", b"Ot\x00her"))
    assert rows[2]["cells"][1] == "Other"
    assert "NUL" in rows[2]["said"]


def test_headings_twice_or_blank_get_names_of_their_own_and_titles_above_are_passed_over() -> None:
    _, rows = read(b"FOIA log of the county\n\nDate,Date,,No\n1,2,3,4\n")
    assert rows[0] == {"headings": ["Date", "Date (2)", "Column 3", "No"], "line": 3}


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "empty", "is empty"),
        (b"\xef\xbb\xbf \r\n \n", "empty", "is empty"),
        (b"Number,Agency,Received\n", "only_headings", "no rows"),
        (bytes(range(256)) * 40, "binary", "binary file"),
        (b"\x93\x01\xff\x02\x81\x05" * 500, "binary", "binary file"),
        (b"%PDF-1.7 and so on", "not_a_table", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "not_a_table", ".xls"),
        (b"PK\x03\x04 torn", "damaged", "damaged"),
        (",".join(f"c{n}" for n in range(201)).encode() + b"\n" + b"," * 200, "too_many_columns", "200"),
    ],
)
def test_what_is_no_log_gets_one_clear_sentence(content: bytes, code: str, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(content)
    assert refused.value.code == code
    assert words in refused.value.sentence


def test_an_encoding_that_nobody_knows_is_said() -> None:
    with pytest.raises(Unreadable, match="no encoding called klingon"):
        read(b"a,b\n1,2\n", encoding="klingon")


def test_more_than_a_hundred_thousand_rows_are_refused() -> None:
    with pytest.raises(Unreadable, match="100,000"):
        read(b"a,b\n" + b"1,2\n" * 100_001)


def test_a_workbook_gives_days_as_days_and_numbers_as_written() -> None:
    _, rows = read(
        workbook(
            ("Number", "Received", "n"),
            (17, dt.date(2024, 2, 29), 1.5),
            ("A", dt.datetime.fromisoformat("2024-01-02 09:00"), True),
        )
    )
    assert rows[1]["cells"] == ["17", "2024-02-29", "1.5"]
    assert rows[2]["cells"] == ["A", "2024-01-02 09:00", "TRUE"]


def test_a_workbook_that_counts_from_1904_says_so_and_gives_the_same_days() -> None:
    peek, rows = read(workbook(("Number", "Received"), ("A", dt.date(2024, 2, 29)), epoch_1904=True))
    assert rows[1]["cells"][1] == "2024-02-29"
    assert peek.reading["epoch"] == 1904
    assert "1904" in " ".join(peek.said)


def test_a_formula_gives_its_stored_value_and_one_without_a_value_is_marked() -> None:
    content = workbook(("Number", "Text"), ("A-1", "x"), ("A-2", "=1+1"), ("A-3", "y"))
    stored = with_value(content, "B3", "2")
    _, rows = read(content)
    assert rows[2]["marks"] == {"1": "formula_empty"}
    _, rows = read(stored)
    assert rows[2]["cells"] == ["A-2", "2"]
    assert rows[2]["marks"] == {"1": "formula"}
    assert "marks" not in rows[1]


def with_value(content: bytes, cell: str, value: str) -> bytes:
    """What Excel does on saving: the result of a formula beside it."""

    def put(name: str, data: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return data
        found = re.sub(
            rb'(<c r="' + cell.encode() + rb'"[^>]*><f>[^<]*</f>)<v ?/?>(</v>)?',
            rb"\1<v>" + value.encode() + rb"</v>",
            data,
        )
        assert found != data
        return found

    return rewritten(content, put)


def rewritten(content: bytes, put: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member.filename, put(member.filename, old.read(member)))
    return out.getvalue()


def test_hidden_rows_and_other_sheets_are_said() -> None:
    book = openpyxl.Workbook()
    for row in (("Number", "Text"), ("A-1", "x"), ("A-2", "y")):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.create_sheet("Notes").append(("Number", "Other"))
    book["Notes"].append(("N", "z"))
    out = io.BytesIO()
    book.save(out)
    peek, rows = read(out.getvalue())
    assert "1 rows are hidden" in " ".join(peek.said)
    assert "2 sheets" in " ".join(peek.said)
    assert rows[2]["said"] == "This row is hidden in the sheet."
    assert "said" not in rows[1]
    _, rows = read(out.getvalue(), sheet="Notes")
    assert rows[1]["cells"] == ["N", "z"]


def test_a_bomb_in_a_workbook_is_measured_and_not_opened() -> None:
    def blow(name: str, data: bytes) -> bytes:
        return (
            data.replace(b"</sheetData>", b" " * 90_000_000 + b"</sheetData>") if "sheet1" in name else data
        )

    bomb = rewritten(workbook(("a", "b"), (1, 2)), blow)
    assert len(bomb) < 200_000
    with pytest.raises(Unreadable, match="unpacks to far more"):
        read(bomb)


def test_a_document_that_refers_to_itself_is_refused() -> None:
    laughs = b'<!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'

    def put(name: str, data: bytes) -> bytes:
        return data.replace(b"<worksheet", laughs + b"<worksheet", 1) if "sheet1" in name else data

    with pytest.raises(Unreadable, match="damaged"):
        read(rewritten(workbook(("a", "b"), (1, 2)), put))


def test_a_zip_that_is_no_workbook_is_named() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../etc/passwd", "x")
    with pytest.raises(Unreadable, match="not an Excel workbook"):
        read(out.getvalue())


def test_the_box_runs_out_of_memory_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        spreadsheets, "START", spreadsheets.START.replace("main()", "x = bytearray(3 * 1024**3)")
    )
    with pytest.raises(Unreadable, match="more memory or time"):
        read(TABLE.encode())


def test_the_box_reaches_no_network_where_the_system_allows_that(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        spy = (
            "import json, socket; from requests_app.intake.box import limits; cut = limits.cut_off_network(); "
            f"got = socket.socket().connect_ex(('127.0.0.1', {listening.getsockname()[1]})); "
            "print(json.dumps({'cut': cut, 'got': got}))"
        )
        monkeypatch.setattr(spreadsheets, "START", f"import sys; sys.path.insert(0, sys.argv.pop(1)); {spy}")
        with tempfile.TemporaryFile() as file:
            (answer,) = spreadsheets._boxed("rows", file, {})
    if not answer["cut"]:
        pytest.skip("this system allows no namespace of one's own")
    assert answer["got"] != 0


def test_the_box_knows_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOIA_SECRET_KEY", "a secret of ours")
    spy = "import os, json; print(json.dumps({'end': True, 'env': dict(os.environ)}))"
    monkeypatch.setattr(spreadsheets, "START", f"import sys; sys.argv.pop(1); {spy}")
    with tempfile.TemporaryFile() as file:
        answers = list(spreadsheets._boxed("rows", file, {}))
    assert answers[0]["env"].keys() <= {"LANG", "LC_CTYPE"}
