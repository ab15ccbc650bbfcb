"""The description of the API (OpenAPI) beside the routes that answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator, FormatChecker

from tests.walls.matrix import routes

SPARSE = "Sparse"
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """route: the name under which it is declared. told: its part of the description."""

    route: str
    method: str
    path: str
    told: dict[str, Any]

    @property
    def over_content(self) -> bool:
        """Not the laws, the calendars and the calculator, which are the same for everybody."""
        return {"token": []} in self.told.get("security", [])

    @property
    def example(self) -> Any:
        for content in self.told.get("requestBody", {}).get("content", {}).values():
            for one in content.get("examples", {}).values():
                return one["value"]
        return None

    @property
    def takes(self) -> str:
        """The content type of its body."""
        return next(iter(self.told.get("requestBody", {}).get("content", {})), "application/json")


@cache
def description() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def operations() -> Iterator[Operation]:
    names = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", "/" + route.path): route.name for route in routes()}
    for path, methods in description()["paths"].items():
        for method in METHODS:
            if method in methods:
                yield Operation(names[path], method, path, methods[method])


def unlike(answer: Any, schema: dict[str, Any]) -> list[str]:
    """Where the answer is not as described, a name that is not described among it."""
    whole = {**_closed(schema), "components": {"schemas": _components()}}
    checker = Draft202012Validator(whole, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message[:200]}" for error in checker.iter_errors(answer)]


@cache
def _components() -> dict[str, Any]:
    return {name: _closed(one) for name, one in description()["components"]["schemas"].items()}


def _closed(schema: Any) -> Any:
    """The same, with no names but those that are described."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _closed(one) for name, one in schema.items()}
    if "properties" in made and "additionalProperties" not in made:
        made["additionalProperties"] = False
    if "anyOf" in made and SPARSE in str(made["anyOf"]):
        # Nobody asked for some fields alone: it is the whole one.
        return made["anyOf"][0]
    return made
