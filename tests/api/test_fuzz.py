"""Junk at every operation, as a program that may write: refused in a sentence, never an accident, never a leak."""

from __future__ import annotations

import json
import random
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from requests_app.api.events import KINDS
from requests_app.models import RecordsRequest
from tests import builders

from .conftest import Program
from .described import Operation, description, operations

pytestmark = pytest.mark.django_db
OVER_CONTENT = [one for one in operations() if one.over_content]
JUNK: tuple[Any, ...] = (
    None, True, -1, 2**63, 1e308, 0.1, "", " ", "\x00", "\ud83d", "📷" * 3, "مرحبا", "x" * 4_000, "2026-02-30",
    "9999-12-31",
    "0001-01-01", "../../etc/passwd", "' OR 1=1 --", "<script>", [], [[]], ["\x00"], {}, {"": ""}, {"a": {"b": [None]}},
    [{}] * 300, "us-il", "request", "T25:61", "1e5", "NaN",
)  # fmt: skip


def words_of(schema: dict[str, Any], chance: random.Random, depth: int = 0) -> Any:
    """Something of the shape that the description asks for, or nearly."""
    if "$ref" in schema:
        schema = description()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for among in ("oneOf", "anyOf", "allOf"):
        if among in schema:
            return words_of(chance.choice(schema[among]), chance, depth)
    if chance.random() < 0.15:
        return chance.choice(JUNK)
    if "enum" in schema:
        return chance.choice(schema["enum"])
    match schema.get("type"):
        case "object" if "properties" in schema:
            needed = set(schema.get("required", ()))
            return {
                name: words_of(inner, chance, depth + 1)
                for name, inner in schema["properties"].items()
                if name in needed or chance.random() < 0.4
            }
        case "object":
            return {chance.choice(["a", "", "x" * 90, "requester"]): chance.choice(JUNK)}
        case "array":
            return [
                words_of(schema.get("items", {}), chance, depth + 1) for _one in range(chance.randrange(3))
            ]
        case "integer":
            return chance.choice([0, 1, 2, 3, 7, 2**31 - 1])
        case "number":
            return chance.choice([0, 1.5, -1])
        case "boolean":
            return chance.choice([True, False])
    if schema.get("format") == "date":
        return chance.choice(["2026-03-02", "2026-03-05", "2026-03-11", "2030-01-01", "1966-07-04"])
    if schema.get("format") == "time-local":
        return chance.choice(["09:30:00", "23:59:59"])
    if schema.get("format") == "decimal":
        return chance.choice(["12.50", "0", "99999999.99"])
    return chance.choice(["A1", "x", "us-il", "Sharing lists"])


def address(one: Operation, known: dict[str, list[str]], chance: random.Random) -> str:
    path = one.path
    for parameter in one.told.get("parameters", []):
        if parameter["in"] == "path":
            among = [*known.get(parameter["name"], []), "zzzzzzzzzzzz", "x-1"]
            path = path.replace("{" + parameter["name"] + "}", chance.choice(among))
    asked = [
        (parameter["name"], words_of(parameter["schema"], chance))
        for parameter in one.told.get("parameters", [])
        if parameter["in"] == "query" and chance.random() < 0.5
    ]
    return path + ("?" + urlencode(asked, errors="replace") if asked else "")


@pytest.mark.parametrize("one", OVER_CONTENT, ids=lambda one: one.told["operationId"])
def test_junk_is_refused_and_breaks_nothing(
    cast: builders.Cast, writer: Program, ours: RecordsRequest, one: Operation
) -> None:
    chance = random.Random(one.told["operationId"])
    known = {
        "pid": [ours.public_id, cast.harbor.public_id],
        "uid": [event["id"] for event in writer.get(f"/requests/{ours.public_id}/events/").json()["items"]],
        "slug": [cast.agency.slug],
    }
    body = next(iter(one.told.get("requestBody", {}).get("content", {}).values()), {}).get("schema", {})
    for _turn in range(40):
        cache.clear()
        path = address(one, known, chance)
        with transaction.atomic():
            if one.method == "get":
                answer = writer.client.get(path, headers=writer.headers)
            elif one.takes == "multipart/form-data":
                file = SimpleUploadedFile("log.csv", chance.choice([b"", b"a,b\n1,2\n", b"\x00\xff" * 50]))
                words = {"file": file, "log": chance.choice(["", "x", "\x00", "x" * 900])}
                answer = writer.client.post(path, words, headers=writer.headers)
            else:
                words = words_of(body, chance) if body else chance.choice([None, {}, {"a": 1}])
                answer = getattr(writer.client, one.method)(
                    path, json.dumps(words), content_type="application/json", headers=writer.headers
                )
            transaction.set_rollback(True)
        assert answer.status_code < 500, (path, answer.status_code)
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["detail"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_is_recorded_or_refused_in_a_sentence(
    writer: Program, ours: RecordsRequest, kind: str
) -> None:
    words = {"kind": kind, "seen_version": 1, "received_on": "2026-03-04"}
    answer = writer.post(f"/requests/{ours.public_id}/events/", words)
    assert answer.status_code in (201, 400), answer.json()
