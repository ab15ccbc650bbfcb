"""The description of the API for people: the same words as for machines, an operation a page, without a script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from .described import METHODS, description

DEEPEST = 3
# What most come for, first; the rest by the first word of its address.
FIRST = (
    "requests", "campaigns", "agencies", "documents", "search", "deadline", "laws", "jurisdictions", "calendars",
    "kits",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    method: str
    path: str
    told: dict[str, Any]

    @property
    def group(self) -> str:
        return self.path.removeprefix("/api/v1/").partition("/")[0]

    @property
    def address(self) -> str:
        return reverse("api-docs-operation", args=[self.id])


@dataclass(frozen=True, slots=True)
class Field:
    """place: of a parameter: query, path or header."""

    name: str
    type: str
    needed: bool
    says: str
    place: str = ""


@cache
def operations() -> dict[str, Operation]:
    found = {}
    for where, methods in description()["paths"].items():
        for method in METHODS:
            if method in methods:
                told = methods[method]
                found[told["operationId"]] = Operation(told["operationId"], method.upper(), where, told)
    return found


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    groups: dict[str, list[Operation]] = {name: [] for name in FIRST}
    for one in operations().values():
        groups.setdefault(one.group, []).append(one)
    context = {
        "groups": [(name, found) for name, found in groups.items() if found],
        "n": len(operations()),
        "example": request.build_absolute_uri(f"{reverse('api-requests')}?late=1&limit=5"),
    }
    return render(request, "api_docs.html", context)


@require_safe
def operation(request: HttpRequest, operation_id: str) -> HttpResponse:
    one = operations().get(operation_id)
    if one is None:
        raise Http404
    told = one.told
    body = next(iter(told.get("requestBody", {}).get("content", {}).items()), None)
    code, answer = next((code, told["responses"][code]) for code in sorted(told["responses"]))
    content = next(iter(answer.get("content", {}).values()), None)
    shape = content["schema"] if content else {}
    context = {
        "one": one,
        "words": _plain(told.get("description") or told["summary"]),
        "parameters": [_parameter(parameter) for parameter in told.get("parameters", [])],
        "takes": body[0] if body else "",
        "body": list(_fields(body[1]["schema"])) if body else [],
        "example": _example(told),
        "code": code,
        "answer": list(_fields(shape)),
        "errors": [name for name in told["responses"] if name.startswith("4")],
        "open_to_all": {} in told.get("security", [{}]),
    }
    return render(request, "api_docs_operation.html", context)


def _parameter(told: dict[str, Any]) -> Field:
    needed = told.get("required", False)
    return Field(told["name"], _type(told["schema"]), needed, _plain(told.get("description", "")), told["in"])


def _plain(words: str) -> str:
    """Without the marks that make code of words elsewhere."""
    return words.replace("`", "")


def _example(told: dict[str, Any]) -> str:
    for content in told.get("requestBody", {}).get("content", {}).values():
        for one in content.get("examples", {}).values():
            return json.dumps(one["value"], indent=2, ensure_ascii=False)
    return ""


def _meant(schema: dict[str, Any]) -> dict[str, Any]:
    """What a reference leads to; of several shapes the first, which is the whole one."""
    while True:
        if "$ref" in schema:
            schema = description()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            continue
        among = next((schema[name] for name in ("allOf", "anyOf", "oneOf") if schema.get(name)), None)
        if among is None:
            return schema
        schema = next((one for one in among if one.get("type") != "null"), among[0])


def _fields(schema: dict[str, Any], before: str = "", depth: int = 0) -> Iterator[Field]:
    meant = _meant(schema)
    needed = set(meant.get("required", ()))
    for name, inner in meant.get("properties", {}).items():
        here = f"{before}{name}"
        yield Field(here, _type(inner), name in needed, _plain(inner.get("description", "")))
        if depth < DEEPEST:
            below = _meant(inner)
            many = "array" in _kinds(below)
            below = _meant(below["items"]) if many and "items" in below else below
            yield from _fields(below, f"{here}[]." if many else f"{here}.", depth + 1)


def _kinds(schema: dict[str, Any]) -> list[str]:
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _type(schema: dict[str, Any]) -> str:
    meant = _meant(schema)
    if meant.get("enum"):
        return " | ".join("null" if one is None else str(one) for one in meant["enum"])
    kinds = _kinds(meant)
    if "array" in kinds:
        return f"list of {_type(meant.get('items', {}))}"
    form = meant.get("format", "")
    said = [re.sub("^string$", form, kind) if form else kind for kind in kinds]
    if any(one.get("type") == "null" for one in schema.get("oneOf", schema.get("anyOf", ()))):
        said.append("null")
    return " or ".join(said) or "any"


urlpatterns = [
    path("docs/", index, name="api-docs"),
    path("docs/<slug:operation_id>/", operation, name="api-docs-operation"),
]
