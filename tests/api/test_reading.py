"""A program reads pages that do not shift, at its own level, and is told by name what it got wrong."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as configured
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from requests_app.models import RecordsRequest
from tests import builders

from .conftest import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(cast: builders.Cast) -> list[str]:
    """Seven requests, some of one day, the newest first."""
    made = [
        builders.bare_request(cast.olive, cast.harbor, cast.agency, filed_on=dt.date(2026, 3, 1 + n // 2))
        for n in range(7)
    ]
    made.sort(key=lambda row: (row.filed_on, row.public_id), reverse=True)
    return [row.public_id for row in made]


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["items"]]


def follow(program: Program, address: str) -> Any:
    found = urlsplit(address)
    return program.get(f"{found.path.removeprefix('/api/v1')}?{found.query}")


def test_pages_follow_each_other_there_and_back(reader: Program, many: list[str]) -> None:
    first = reader.get("/requests/?limit=3")
    assert ids(first) == many[:3]
    assert first.json()["previous"] is None
    second = follow(reader, first.json()["next"])
    third = follow(reader, second.json()["next"])
    assert [ids(second), ids(third)] == [many[3:6], many[6:]]
    assert third.json()["next"] is None
    back = follow(reader, third.json()["previous"])
    assert ids(back) == many[3:6]
    home = follow(reader, back.json()["previous"])
    assert ids(home) == many[:3]
    assert home.json()["previous"] is None
    oldest = reader.get("/requests/?limit=3&sort=oldest")
    assert ids(oldest) == many[::-1][:3]
    assert ids(follow(reader, oldest.json()["next"])) == many[::-1][3:6]


def test_a_row_that_comes_in_between_shifts_nothing(
    cast: builders.Cast, reader: Program, many: list[str]
) -> None:
    first = reader.get("/requests/?limit=3").json()
    builders.bare_request(cast.olive, cast.harbor, cast.agency, filed_on=dt.date(2026, 3, 9))
    assert ids(follow(reader, first["next"])) == many[3:6]


def test_a_cursor_tells_no_number_of_ours_and_fits_one_list(reader: Program, many: list[str]) -> None:
    address = reader.get("/requests/?limit=3").json()["next"]
    cursor = address.partition("cursor=")[2]
    for path in (
        f"/requests/?limit=3&sort=oldest&cursor={cursor}", f"/requests/?q=x&cursor={cursor}",
        f"/requests/?cursor={cursor}x", "/requests/?cursor=junk", "/requests/?cursor=%00", "/requests/?cursor=ewo6",
    ):  # fmt: skip
        answer = reader.get(path)
        assert answer.status_code == 400, path
        assert answer.json()["errors"][0]["field"] == "cursor"


def test_a_page_costs_the_same_whatever_its_size(
    reader: Program, many: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for limit in (1, 7):
        with django_assert_num_queries(6):
            reader.get(f"/requests/?limit={limit}")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=red", "colour"), ("limit=0", "limit"), ("limit=201", "limit"), ("limit=many", "limit"),
        ("sort=colour", "sort"), ("within=-1", "within"), ("late=perhaps", "late"), ("q=a%00b", "q"),
        ("q=" + "x" * 201, "q"), ("format=xml", "format"), ("stage=sent&stage=closed", "stage"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named(reader: Program, query: str, field: str) -> None:
    answer = reader.get(f"/requests/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_filters_are_those_of_the_page(cast: builders.Cast, reader: Program, ours: RecordsRequest) -> None:
    builders.bare_request(cast.olive, cast.harbor, cast.agency, public_title="Drones")
    assert ids(reader.get("/requests/?q=sharing")) == [ours.public_id]
    assert ids(reader.get("/requests/?q=canary-number")) == [ours.public_id]
    assert ids(reader.get(f"/requests/?agency={cast.agency.slug}&law=us-il&limit=200"))
    assert ids(reader.get("/requests/?jurisdiction=us-tx")) == []
    assert ids(reader.get("/requests/?view=public")) == []


def test_what_the_viewer_may_not_read_is_absent(
    cast: builders.Cast, anybody: Program, reader: Program, ours: RecordsRequest
) -> None:
    private = {"working_title", "letter", "tracking_number", "version", "assignee", "superseded", "published"}
    assert private <= set(reader.get(f"/requests/{ours.public_id}/").json())
    assert anybody.get(f"/requests/{ours.public_id}/").status_code == 404
    builders.publish(cast.olive, ours)
    told = anybody.get(f"/requests/{ours.public_id}/")
    assert not private & set(told.json())
    assert all(
        clock["owner"] != "requester" and "follow_up_on" not in clock for clock in told.json()["clocks"]
    )
    lines = anybody.get(f"/requests/{ours.public_id}/events/").json()
    assert "version" not in lines
    assert not {"text", "note", "amount", "recorded_by"} & set(lines["items"][0])
    assert set(lines["items"][0]["facts"]) <= {"channel", "basis"}


@pytest.mark.parametrize(
    "path", ["/requests/zzzzzzzzzzzz/", "/requests/zzzzzzzzzzzz/events/", "/requests/%00/"]
)
def test_missing_and_forbidden_are_the_same_bytes(
    cast: builders.Cast, anybody: Program, ours: RecordsRequest, path: str
) -> None:
    missing = anybody.get(path)
    forbidden = anybody.get(f"/requests/{ours.public_id}/")
    assert missing.status_code == forbidden.status_code == 404
    assert missing.json() == forbidden.json()


def test_every_error_is_a_problem_document(reader: Program, writer: Program, ours: RecordsRequest) -> None:
    path = f"/requests/{ours.public_id}/events/"
    answers = {
        404: reader.get("/nowhere/"),
        405: writer.client.delete(f"/api/v1{path}", headers=writer.headers),
        406: reader.get("/requests/", Accept="text/html"),
        413: writer.post(path, {"kind": "x" * 3_000_000}),
        415: writer.client.post(f"/api/v1{path}", "a=b", content_type="text/plain", headers=writer.headers),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == status
        assert answer.json()["detail"]


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '"x"', "null", "NaN", '{"kind": NaN}', "[" * 100_000, "9" * 10_000, b"\xff\xfe", "{}"]
)  # fmt: skip
def test_junk_is_a_problem_and_no_accident(writer: Program, ours: RecordsRequest, body: Any) -> None:
    answer = writer.client.post(
        f"/api/v1/requests/{ours.public_id}/events/", body, content_type="application/json", headers=writer.headers
    )  # fmt: skip
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_nothing_of_it_is_kept_by_a_cache_or_asked_for_anew(reader: Program, anybody: Program) -> None:
    for program, told in ((reader, "private, no-store"), (anybody, "private, no-cache")):
        answer = program.get("/requests/")
        assert answer.headers["Cache-Control"] == told
        assert "Authorization" in answer.headers["Vary"]


def test_too_many_are_told_when_to_come_back(settings: Any, anybody: Program, reader: Program) -> None:
    settings.API_A_MINUTE = {**configured.API_A_MINUTE, "anybody": 3, "refused": 2}
    for _time in range(3):
        assert anybody.get("/requests/").status_code == 200
    for n in range(3):
        # Whoever forges the way it came is still counted by where it came from.
        answer = anybody.get("/requests/", **{"X-Forwarded-For": f"203.0.113.{n}"})
        assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert reader.get("/requests/").status_code == 200, "a program with a token is counted by itself"


def test_guessing_at_tokens_is_slowed(settings: Any) -> None:
    settings.API_A_MINUTE = {**configured.API_A_MINUTE, "refused": 2}
    told = [Program(f"prt_guess_{n}").get("/requests/").status_code for n in range(4)]
    assert told == [401, 401, 429, 429]


def test_a_trusted_proxy_names_the_caller(settings: Any) -> None:
    settings.API_A_MINUTE = {**configured.API_A_MINUTE, "anybody": 1}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client = Client()
    told = [
        client.get("/api/v1/requests/", headers={"X-Forwarded-For": f"9.9.9.9, 203.0.113.{n}"}).status_code
        for n in (1, 2, 1)
    ]
    assert told == [200, 200, 429]
