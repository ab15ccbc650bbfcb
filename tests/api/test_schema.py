"""The description is whole and true: what is not described there is not offered, and answers are as described."""

from __future__ import annotations

import re
from typing import Any

import pytest
from rest_framework import serializers

from tests.walls.matrix import routes

from .described import Operation, description, operations

ALL = list(operations())
OVER_CONTENT = [one for one in ALL if one.over_content]
UNDESCRIBED = {"api-schema", "api-docs", "api-docs-operation", "api-not-found"}


def name(one: Operation) -> str:
    return str(one.told["operationId"])


def test_every_route_of_the_api_is_described() -> None:
    ours = {route.name for route in routes() if route.path.startswith("api/")}
    assert ours - {one.route for one in ALL} == UNDESCRIBED


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [name(one) for one in ALL]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", one) for one in names), names


@pytest.mark.parametrize("one", OVER_CONTENT, ids=name)
def test_each_says_what_it_takes_gives_and_refuses(one: Operation) -> None:
    told = one.told
    assert told["summary"]
    assert told["description"]
    given = [code for code in told["responses"] if code.startswith("2")]
    assert len(given) == 1
    for code in given:
        content = told["responses"][code]["content"]
        if one.route not in ("api-document-file", "api-proposal-file"):
            shape = content["application/json"]["schema"]
            assert "$ref" in shape.get("anyOf", [shape])[0], "the answer has named fields"
    # 414 is the server's own, before the program is asked.
    refused = {code for code in told["responses"] if code.startswith("4")} - {"414"}
    assert {"400", "401", "404", "429"} <= refused
    for code in refused:
        content = told["responses"][code]["content"]
        assert content == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    if one.method != "get":
        assert {"403", "409", "422"} <= refused
        assert "Idempotency-Key" in [parameter["name"] for parameter in told["parameters"]]
    if "requestBody" in told:
        assert one.example is not None, "a body has an example"
    for parameter in told.get("parameters", []):
        if parameter["in"] == "query":
            assert parameter["schema"].get("type") or "enum" in parameter["schema"], parameter


def test_no_number_of_the_database_is_told() -> None:
    for shape, schema in description()["components"]["schemas"].items():
        for field, told in schema.get("properties", {}).items():
            assert field != "pk", shape
            if field == "id" or field.endswith("_id"):
                assert told.get("type") in ("string", ["string", "null"]), f"{shape}.{field}"


def test_no_two_shapes_share_a_name() -> None:
    """The generator would describe one of them and call it both."""
    found: dict[str, set[str]] = {}
    todo: list[type[Any]] = [serializers.Serializer]
    while todo:
        one = todo.pop()
        todo += one.__subclasses__()
        if one.__module__.startswith("requests_app.api."):
            found.setdefault(one.__name__, set()).add(one.__module__)
    assert {name: among for name, among in found.items() if len(among) > 1} == {}
