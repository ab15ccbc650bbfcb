"""The laws for programs: the same rows as the page, nothing asked of the database, nothing sent twice."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from requests_app.laws.export import FILES, SUMS, calendar_data, law_data
from requests_app.laws.registry import library
from tests import builders

pytestmark = pytest.mark.django_db
ADDRESSES = (
    "/api/v1/laws/", "/api/v1/laws/?silence=denied&sort=-window", "/api/v1/laws/us-il/", "/api/v1/laws/us-il/rules/",
    "/api/v1/calendars/us-il.c1/", "/api/v1/calendars/us-il.c1/?year=2026", "/api/v1/jurisdictions/",
)  # fmt: skip


def get(path: str, **headers: str) -> Any:
    return Client().get(path, headers=headers)


@pytest.mark.parametrize("path", ADDRESSES)
def test_an_answer_asks_the_database_nothing(
    path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert get(path).status_code == 200


def test_even_who_is_signed_in_costs_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = Client()
    client.force_login(builders.cast().olive)
    with django_assert_num_queries(0):
        assert client.get("/api/v1/laws/us-il/").status_code == 200


@pytest.mark.parametrize("path", ADDRESSES)
def test_what_a_reader_has_is_not_sent_again(path: str) -> None:
    first = get(path)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    again = get(path, if_none_match=first.headers["ETag"])
    assert again.status_code == 304
    assert again.content == b""
    assert get(path, if_none_match='"another"').status_code == 200


def test_different_answers_have_different_marks() -> None:
    assert len({get(path).headers["ETag"] for path in ADDRESSES}) == len(ADDRESSES)


def test_one_law_is_what_the_export_says_of_it() -> None:
    entry = library().law("us-il")
    told = get("/api/v1/laws/us-il/").json()
    row = told.pop("row")
    assert told == json.loads(json.dumps(law_data(entry)))
    assert row["answer"]["words"] == "5 business days"
    assert row["court"]["about_days"] is None


def test_the_clocks_are_told_in_words() -> None:
    told = get("/api/v1/laws/us-il/rules/").json()
    assert told["law_ref"] == library().law("us-il").current.ref
    first = told["rules"][0]
    assert (
        first["sentence"]
        == "The agency has 5 business days from the receipt of the request to answer the request."
    )
    assert first["verified"] is True
    assert len(told["rules"]) == len(library().law("us-il").current.rules)
    assert get(f"/api/v1/laws/us-il/rules/?version={told['law_ref']}").json() == told


def test_a_year_of_a_calendar_is_told_day_by_day() -> None:
    page = library().calendar_page("us-il.c1")
    told = get("/api/v1/calendars/us-il.c1/?year=2026").json()
    assert told == json.loads(json.dumps(calendar_data(page, 2026)))
    assert {"on": "2026-02-12", "name": "Lincoln's Birthday"}.items() <= told["closed"][2].items()
    assert len(get("/api/v1/calendars/us-il.c1/").json()["closed"]) == len(page.closed)


def test_every_place_names_its_laws() -> None:
    told = get("/api/v1/jurisdictions/").json()["jurisdictions"]
    assert [place["code"] for place in told] == list(library().codes)
    assert [law["id"] for place in told for law in place["laws"]] == [entry.id for entry in library().laws]


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/api/v1/laws/?silence=maybe", 400, "silence"),
        ("/api/v1/laws/?sort=color", 400, "no column"),
        ("/api/v1/laws/?colour=red", 400, "no parameter 'colour'"),
        ("/api/v1/laws/?q=" + "x" * 90, 400, "80 characters"),
        ("/api/v1/laws/us-zz/", 404, "nothing at this address"),
        ("/api/v1/laws/us-zz/rules/", 404, "nothing at this address"),
        ("/api/v1/laws/us-il/rules/?version=us-il@1900-01-01.r9", 404, "nothing at this address"),
        ("/api/v1/calendars/us-zz.c1/", 404, "nothing at this address"),
        ("/api/v1/calendars/..%2F..%2Fsettings/", 404, "nothing at this address"),
        ("/api/v1/calendars/us-il.c1/?year=1066", 400, "2010 to 2040"),
        ("/api/v1/calendars/us-il.c1/?year=soon", 400, "2010 to 2040"),
    ],
)
def test_what_has_no_answer_is_a_problem_document(path: str, status: int, says: str) -> None:
    response = get(path)
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("application/problem+json")
    assert says in response.json()["detail"]
    assert "ETag" not in response.headers


def test_only_reading_is_offered() -> None:
    assert Client().post("/api/v1/laws/").status_code == 405


def test_the_description_of_the_api_names_each_address() -> None:
    paths = get("/api/v1/schema/").json()["paths"]
    for path in (
        "/laws/",
        "/laws/{law_id}/",
        "/laws/{law_id}/rules/",
        "/calendars/{ref}/",
        "/jurisdictions/",
    ):
        assert any(known.endswith(path) for known in paths), path


def test_the_command_writes_what_it_then_finds_unchanged_and_notices_a_hand(tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("export_laws", out=tmp_path, stdout=out)
    assert {path.name for path in tmp_path.iterdir()} == {*FILES, SUMS}
    call_command("export_laws", out=tmp_path, check=True, stdout=out)
    assert "are what the library says" in out.getvalue()
    laws = tmp_path / "laws.json"
    laws.write_text(
        laws.read_text(encoding="utf-8").replace("5 business days", "6 business days"), encoding="utf-8"
    )
    with pytest.raises(CommandError, match=r"laws\.json in .* differ"):
        call_command("export_laws", out=tmp_path, check=True)
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_laws", out=laws)
