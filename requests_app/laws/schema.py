"""Writes `schema.json`, the published JSON Schema (2020-12) of a law file, from the classes themselves:
`python -m requests_app.laws.schema [--check]`. A test holds file and classes together."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import inspect
import json
import sys
import types
import typing
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from requests_app.clock import rules
from requests_app.laws import shapes

FILE = Path(__file__).parent / "schema.json"
LENGTH_WORDS = r"^\d+ (business|calendar) days?$|^\d+ (hours?|months?|years?)$"
DATE = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
TIME = {"type": "string", "pattern": r"^\d{2}:\d{2}(:\d{2})?$"}
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"

LAW_FIELDS: dict[str, Any] = {
    "id": {"type": "string", "pattern": SLUG},
    "name": {"type": "string", "minLength": 1},
    "short_name": {"type": "string", "minLength": 1},
    "citation": {"type": "string", "minLength": 1},
    "about": {"$ref": "#/$defs/About"},
    "versions": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Version"}},
}
VERSION_REQUIRED = ["effective_from", "revision", "checked_on", "rules"]
NOT_IN_FILES = {
    "law_id",
    "name",
    "citation",
    "by_kind",
    "by_lapse",
    "by_due",
    "by_met",
    "by_unanswered",
    "by_id",
    "ref",
}
"""Fields of a `LawVersion` that the loader fills from the law around it."""


def schema() -> dict[str, Any]:
    defs: dict[str, Any] = {}
    for cls in (shapes.About, rules.Rule, shapes.Example):
        _define(cls, defs)
    version = _object_of(rules.LawVersion, defs, leave_out=NOT_IN_FILES)
    version["properties"] |= {
        "effective_from": {
            "description": "The first day of this text of the law, or the word unknown.",
            "anyOf": [DATE, {"const": "unknown"}],
        },
        "checked_on": {
            "description": "The day the rules were last checked; a rule may name its own.",
            **DATE,
        },
        "examples": {"type": "array", "items": {"$ref": "#/$defs/Example"}},
    }
    version["properties"]["rules"] = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Rule"}}
    version["required"] = VERSION_REQUIRED
    defs["Version"] = version
    defs["Law"] = closed(
        "One law of the jurisdiction, with its page and its versions.", LAW_FIELDS, list(LAW_FIELDS)
    )
    # Where a length is expected, "5 business days" says the same as count and unit.
    defs["Length"] = {"anyOf": [{"type": "string", "pattern": LENGTH_WORDS}, defs["Length"]]}
    top = {
        "jurisdiction": {"type": "string", "pattern": SLUG},
        "name": {"type": "string", "minLength": 1},
        "zone": {"type": "string", "description": "IANA name of the legal time zone."},
        "calendar": {"type": "string", "pattern": r"^[a-z0-9-]+\.c\d+$"},
        "laws": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Law"}},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "law-file.schema.json",
        "title": "A law file",
        **closed("Records laws of one jurisdiction as data.", top, list(top)),
        "$defs": dict(sorted(defs.items())),
    }


def closed(description: str, properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    """The schema of an object that takes these keys and no others."""
    return {
        "description": description,
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": required,
    }


def _define(cls: type, defs: dict[str, Any]) -> dict[str, str]:
    if cls.__name__ not in defs:
        defs[cls.__name__] = {}  # holds the place while a class refers to itself
        defs[cls.__name__] = _object_of(cls, defs)
    return {"$ref": f"#/$defs/{cls.__name__}"}


def _object_of(cls: type, defs: dict[str, Any], leave_out: set[str] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment]
    hints = typing.get_type_hints(cls)
    properties = {}
    required = []
    for one in dataclasses.fields(cls):
        if one.name in leave_out or not one.init:
            continue
        properties[one.name] = _of(hints[one.name], defs)
        if one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING:
            required.append(one.name)
    text = " ".join((inspect.getdoc(cls) or cls.__name__).split())
    return closed(text, properties, required)


def _of(hint: Any, defs: dict[str, Any]) -> dict[str, Any]:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        kept = [arg for arg in args if arg is not types.NoneType]
        if len(kept) > 1:
            return {}
        one = _of(kept[0], defs)
        return {"anyOf": [one, {"type": "null"}]} if len(kept) < len(args) else one
    if origin is tuple:
        one = _of(args[0], defs)
        # A single value may stand without brackets.
        return {"anyOf": [{"type": "array", "items": one}, one]}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object"}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _define(hint, defs)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        defs[hint.__name__] = {
            "description": " ".join((inspect.getdoc(hint) or hint.__name__).split()),
            "enum": [member.value for member in hint],
        }
        return {"$ref": f"#/$defs/{hint.__name__}"}
    simple: dict[Any, dict[str, Any]] = {
        str: {"type": "string"},
        int: {"type": "integer"},
        bool: {"type": "boolean"},
        dt.date: DATE,
        dt.time: TIME,
    }
    return dict(simple.get(hint, {}))


def text() -> str:
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write the JSON Schema of law files.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the file differs")
    check: bool = parser.parse_args(argv).check
    if check:
        if FILE.read_text(encoding="utf-8") != text():
            print(
                "schema.json differs from the classes; run python -m requests_app.laws.schema",
                file=sys.stderr,
            )
            return 1
    else:
        FILE.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
