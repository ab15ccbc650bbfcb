"""Less than the whole: numbered pages, some fields, what is new, and nothing where the reader has it already."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import RequestFactory
from django.urls import get_resolver
from pytest_django import DjangoAssertNumQueries

from requests_app.actions import correspondence
from requests_app.api import paging
from requests_app.models import RecordsRequest, Share
from requests_app.models.visibility import viewing_as
from tests import builders

from .conftest import Program
from .described import operations, unlike
from .test_reading import follow, ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(cast: builders.Cast) -> list[str]:
    """Seven requests, the newest first; the last two are another organization's and published."""
    made = [
        builders.bare_request(cast.olive, cast.harbor, cast.agency, filed_on=dt.date(2026, 3, 9 - n))
        for n in range(5)
    ]
    theirs = [
        builders.bare_request(cast.ravi, cast.prairie, cast.agency, filed_on=dt.date(2026, 2, 9 - n))
        for n in range(2)
    ]
    for one in theirs:
        builders.publish(cast.ravi, one)
    return [row.public_id for row in [*made, *theirs]]


def numbered(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_pages_by_number_hold_every_row_once(reader: Program, many: list[str]) -> None:
    first = reader.get("/requests/?page=1&limit=3").json()
    assert (first["count"], first["count_exact"], first["previous"]) == (7, True, None)
    second = follow(reader, first["next"])
    third = follow(reader, second.json()["next"])
    assert [row["id"] for row in first["results"]] + numbered(second) + numbered(third) == many
    assert third.json()["next"] is None
    assert numbered(follow(reader, third.json()["previous"])) == numbered(second)
    assert numbered(reader.get("/requests/?page=9")) == []
    assert numbered(reader.get("/requests/?page=1&limit=3&ordering=filed_on")) == many[::-1][:3]


def test_a_count_counts_what_one_may_see(anybody: Program, reader: Program, many: list[str]) -> None:
    assert anybody.get("/requests/?page=1").json()["count"] == 2
    assert reader.get("/requests/?page=1&view=public").json()["count"] == 2
    assert reader.get("/agencies/?page=1&mark=both&ordering=-name").json()["count"] >= 1


def test_a_count_goes_as_far_as_it_says(
    monkeypatch: pytest.MonkeyPatch, reader: Program, many: list[str]
) -> None:
    monkeypatch.setattr(paging, "COUNTED", 4)
    monkeypatch.setattr("requests_app.api.requests.COUNTED", 4)
    told = reader.get("/requests/?page=1&limit=2").json()
    assert (told["count"], told["count_exact"]) == (4, False)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"), ("page=101", "page"), ("page=1000000000", "page"), ("page=1&cursor=abc", "page"),
        ("page=two", "page"), ("ordering=colour", "ordering"), ("ordering=filed_on&sort=newest", "ordering"),
        ("updated_since=yesterday", "updated_since"), ("fields=id,letter", "fields"),
        ("fields=" + "x" * 1001, "fields"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named(reader: Program, query: str, field: str) -> None:
    answer = reader.get(f"/requests/?{query}")
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_a_page_by_number_costs_the_same_whatever_its_size(
    reader: Program, many: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for limit in (4, 5):
        with django_assert_num_queries(9):
            reader.get(f"/requests/?page=2&limit={limit}")


def test_some_fields_alone_are_told(reader: Program, many: list[str]) -> None:
    told = reader.get("/requests/?fields=id,late&limit=2").json()
    assert [set(row) for row in told["items"]] == [{"id", "late"}] * 2
    assert set(follow(reader, told["next"]).json()["items"][0]) == {"id", "late"}
    assert set(reader.get("/requests/?fields=id&page=1").json()["results"][0]) == {"id"}
    one = reader.get(f"/requests/{many[0]}/?fields=id,clocks").json()
    assert set(one) == {"id", "clocks"}


def test_a_field_one_may_not_read_stays_absent(anybody: Program, many: list[str]) -> None:
    assert anybody.get(f"/requests/{many[5]}/?fields=id,working_title,letter").json() == {"id": many[5]}


def test_who_has_it_is_told_that_it_stands(anybody: Program, many: list[str]) -> None:
    for path in (f"/requests/{many[5]}/", "/requests/?limit=1", "/laws/", "/schema/"):
        whole = anybody.get(path)
        tag = whole.headers["ETag"]
        for have in (tag, f"W/{tag}", f'"other", {tag}'):
            same = anybody.get(path, **{"If-None-Match": have})
            assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
            assert same.headers["Cache-Control"] == whole.headers["Cache-Control"]
        assert anybody.get(path, **{"If-None-Match": '"other"'}).status_code == 200


def test_what_changed_has_another_tag(cast: builders.Cast, reader: Program, ours: RecordsRequest) -> None:
    path = f"/requests/{ours.public_id}/"
    before = reader.get(path).headers["ETag"]
    with viewing_as(cast.olive) as viewer:
        correspondence.record_event(
            viewer=viewer, records_request=ours, kind="acknowledged", received_on=dt.date(2026, 3, 4),
            actor=cast.olive, once="x1", seen_version=1, today=dt.date(2026, 3, 10),
        )  # fmt: skip
    assert reader.get(path, **{"If-None-Match": before}).status_code == 200


def test_no_way_of_asking_tells_the_forbidden_from_the_missing(
    anybody: Program, reader: Program, ours: RecordsRequest
) -> None:
    tag = reader.get(f"/requests/{ours.public_id}/").headers["ETag"]
    told = []
    for pid in (ours.public_id, "zzzzzzzzzzzz"):
        path = f"/api/v1/requests/{pid}/"
        asked: list[Any] = [
            anybody.client.head(path),
            anybody.client.get(path, headers={"If-None-Match": tag}),
            anybody.client.get(path, headers={"If-None-Match": "*"}),
            anybody.client.get(path + "?fields=id"),
        ]
        told.append([(one.status_code, one.content, one.headers.get("ETag")) for one in asked])
    assert told[0] == told[1]
    assert {status for status, _content, _tag in told[0]} == {404}


def test_a_head_tells_what_a_get_would(anybody: Program, many: list[str]) -> None:
    path = f"/api/v1/requests/{many[5]}/"
    got, head = anybody.client.get(path), anybody.client.head(path)
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", got.headers["ETag"])


def test_what_is_new_is_told_at_ones_own_level(
    cast: builders.Cast, reader: Program, anybody: Program, ours: RecordsRequest
) -> None:
    def since(program: Program, at: dt.datetime) -> list[str]:
        return ids(program.get(f"/requests/?updated_since={quote(at.isoformat())}"))

    builders.publish(cast.olive, ours)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        [after] = cursor.fetchone()
    before = after - dt.timedelta(days=1)
    assert since(reader, before) == since(anybody, before) == [ours.public_id]
    ahead = after + dt.timedelta(days=1)
    assert since(reader, ahead) == since(anybody, ahead) == []


def test_how_many_calls_are_left_is_told(settings: Any, anybody: Program, writer: Program) -> None:
    settings.API_A_MINUTE = {**configured.API_A_MINUTE, "anybody": 2}
    left = []
    for _time in range(3):
        answer = anybody.get("/requests/")
        assert answer.headers["RateLimit-Policy"] == '"anybody";q=2;w=60'
        left.append(answer.headers["RateLimit"].partition(";t=")[0])
    assert left == ['"anybody";r=1', '"anybody";r=0', '"anybody";r=0']
    assert answer.status_code == 429
    told = writer.post("/requests/", {}).headers["RateLimit"]
    assert [part.split(";")[0] for part in told.split(", ")] == ['"known"', '"writing"']


BY_NUMBER = [
    one for one in operations()
    if one.method == "get" and "{" not in one.path
    and "page" in [told["name"] for told in one.told.get("parameters", ())]
]  # fmt: skip


@pytest.mark.parametrize("one", BY_NUMBER, ids=lambda one: one.told["operationId"])
def test_every_list_is_read_by_number(reader: Program, ours: RecordsRequest, one: Any) -> None:
    answer = reader.client.get(one.path + "?page=1&limit=2", headers=reader.headers)
    assert answer.status_code in (200, 404), answer.content
    if answer.status_code == 200:
        schema = one.told["responses"]["200"]["content"]["application/json"]["schema"]
        assert unlike(answer.json(), schema) == []
        assert answer.json()["count"] >= len(answer.json()["results"])


def test_answers_of_every_form_are_as_described(reader: Program, many: list[str]) -> None:
    of = {one.told["operationId"]: one for one in operations() if one.method == "get"}
    for name, path in (("requests-list", "/requests/"), ("agencies", "/agencies/"), ("campaigns", "/campaigns/")):
        schema = of[name].told["responses"]["200"]["content"]["application/json"]["schema"]
        for query in ("", "?page=1"):
            assert unlike(reader.get(path + query).json(), schema) == []


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "get"])
def test_an_address_that_leads_nowhere_is_a_problem(anybody: Program, method: str) -> None:
    for path in ("/nowhere/", "/requests/é/comments/", "/requests/a b/"):
        answer = getattr(anybody.client, method)("/api/v1" + path)
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_fault_of_ours_is_a_problem_that_tells_nothing(rf: RequestFactory) -> None:
    handler = get_resolver().resolve_error_handler(500)
    answer = handler(rf.get("/api/v1/requests/"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert json.loads(answer.content)["code"] == "failed"
    assert handler(rf.get("/requests/")).headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("who", ["reader", "anybody"])
def test_a_page_of_fifty_among_two_thousand_asks_six_times_at_most(
    request: pytest.FixtureRequest, cast: builders.Cast, django_assert_max_num_queries: Any, who: str
) -> None:
    program: Program = request.getfixturevalue(who)
    laid(cast, 2_000)
    # Two more are the savepoint that a test has in the place of the transaction.
    with django_assert_max_num_queries(6 + 2):
        answer = program.get("/requests/?limit=50")
    assert len(answer.json()["items"]) == 50


def laid(cast: builders.Cast, n: int) -> None:
    """Half are Harbor's, half another organization's; all are published."""
    for owner, home in ((cast.olive, cast.harbor), (cast.ravi, cast.prairie)):
        with viewing_as(owner):
            made = RecordsRequest.objects.bulk_create(
                RecordsRequest(
                    organisation=home, agency=cast.agency, law_id="us-il", zone=cast.agency.zone,
                    public_title=f"Sharing lists {row}", filed_on=dt.date(2026, 3, 2) - dt.timedelta(days=row % 300),
                )
                for row in range(n // 2)
            )  # fmt: skip
            Share.objects.bulk_create(
                Share(organisation=home, request=one, grantee_kind="public") for one in made
            )
