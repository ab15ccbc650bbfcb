"""What the description says beside the operations, and its pages for people."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from requests_app.api.described import TOLD
from requests_app.api.docs import operations as pages
from requests_app.models import RecordsRequest, Webhook

from .conftest import Program
from .described import description, operations

pytestmark = pytest.mark.django_db


def test_it_is_of_the_newest_kind_and_valid() -> None:
    told = Client().get("/api/v1/schema/").json()
    assert told["openapi"].startswith("3.1.")
    for shape in told["components"]["schemas"].values():
        Draft202012Validator.check_schema(shape)
    assert not [schema for schema in walked(told) if schema.get("nullable")]


def walked(told: Any) -> list[dict[str, Any]]:
    below = list(told.values()) if isinstance(told, dict) else told if isinstance(told, list) else []
    here = [told] if isinstance(told, dict) else []
    return here + [one for inner in below for one in walked(inner)]


def test_webhooks_are_described() -> None:
    told = description()["webhooks"]["delivery"]["post"]
    shape = told["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    Draft202012Validator(description()["components"]["schemas"][shape]).validate(TOLD)
    assert "X-Records-Signature" in told["description"]
    assert description()["components"]["schemas"][shape]["properties"]["kind"]["enum"] == [*Webhook.Kind.values, "test"]


def test_times_of_day_are_told_as_described(reader: Program, ours: RecordsRequest) -> None:
    shape = description()["components"]["schemas"]["EventShape"]["properties"]["sent_at"]
    assert re.fullmatch(shape["pattern"], "10:20:00")
    assert not re.fullmatch(shape["pattern"], "24:00")
    assert shape["format"] == "time-local"


def test_every_operation_has_a_page_without_a_script() -> None:
    index = Client().get("/api/v1/docs/")
    assert "script" not in index.content.decode()
    assert "'unsafe" not in index.headers["Content-Security-Policy"]
    assert set(pages()) == {one.told["operationId"] for one in operations()}
    for one in pages().values():
        assert f'href="{one.address}"' in index.content.decode()


@pytest.mark.parametrize(
    "operation_id", ["requests-list", "request-file", "laws", "deadline", "document-file"]
)
def test_a_page_says_what_it_takes_and_gives(operation_id: str) -> None:
    page = Client().get(f"/api/v1/docs/{operation_id}/").content.decode()
    one = pages()[operation_id]
    assert one.told["summary"] in page
    for parameter in one.told.get("parameters", []):
        assert f"<code>{parameter['name']}</code>" in page
    assert Client().get("/api/v1/docs/no-such-operation/").status_code == 404
