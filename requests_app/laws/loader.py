"""Reads a law file: YAML into the shapes of `clock.rules` and `laws.shapes`.

Every error names the file, the line, the rule, the field and the fix. `check=True` also holds the
file against the published schema; the product loads shipped files without, since `check_laws` did it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import json
import re
import types
import typing
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from requests_app.clock import rules
from requests_app.laws import shapes
from requests_app.laws.errors import LawFileError, Problem
from requests_app.laws.schema import FILE as SCHEMA_FILE

Shape = TypeVar("Shape")
Where = tuple[str | int, ...]
_FIELDS: dict[type, tuple[dict[str, bool], dict[str, Any]]] = {}
LENGTH = re.compile(r"^(\d+) (business day|calendar day|hour|month|year)s?$")


class _Wrong(Exception):
    """Raised while building; turned into a Problem by the file that knows its lines."""

    def __init__(self, path: Where, says: str, fix: str = "") -> None:
        super().__init__(says)
        self.path, self.says, self.fix = path, says, fix


def from_data(file: str, data: dict[str, Any]) -> shapes.Jurisdiction:
    """One jurisdiction from plain data in the form of a law file."""
    return _jurisdiction(file, data)


def load(path: Path, *, check: bool = False) -> shapes.Jurisdiction:
    """One jurisdiction. Raises LawFileError."""
    text = path.read_text(encoding="utf-8")
    # YAML and the schema's checker are needed by whoever reads files, not by whoever reads an export.
    from requests_app.laws.yaml_file import parse

    data = parse(path.name, text)
    if check:
        problems = schema_problems(path.name, text, data)
        if problems:
            raise LawFileError(problems)
    try:
        return _jurisdiction(path.name, data)
    except _Wrong as wrong:
        raise LawFileError((_problem(path.name, text, data, wrong.path, wrong.says, wrong.fix),)) from wrong


# Errors of the schema, in words


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))


def schema_problems(name: str, text: str, data: Mapping[str, Any]) -> tuple[Problem, ...]:
    found = []
    for error in sorted(
        _validator().iter_errors(data), key=lambda error: [str(step) for step in error.absolute_path]
    ):
        deepest = _deepest(error)
        path: Where = tuple(deepest.absolute_path)
        says, fix = _words(deepest)
        found.append(_problem(name, text, data, path, says, fix))
    return tuple(found)


def _deepest(error: Any) -> Any:
    """The error a person would name: within `anyOf`, the branch that went furthest into the file."""
    while error.context:
        error = max(error.context, key=lambda one: (len(one.absolute_path), one.validator != "type"))
    return error


def _words(error: Any) -> tuple[str, str]:
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        return f"'{missing}' is missing.", f"add '{missing}:'."
    if error.validator == "additionalProperties":
        allowed = list(error.schema["properties"])
        unknown = next(key for key in error.instance if key not in allowed)
        return f"'{unknown}' is not a field here.", _nearest(str(unknown), allowed)
    if error.validator == "enum":
        return f"{error.instance!r} is unknown.", _nearest(str(error.instance), error.validator_value)
    if error.validator == "pattern" and error.validator_value.startswith(r"^\d+ (business"):
        return f"{error.instance!r} is no length.", "write a number and a unit, as in '5 business days'."
    return f"{error.message}.", ""


def _nearest(word: str, allowed: typing.Sequence[str]) -> str:
    close = difflib.get_close_matches(word, allowed, 1)
    return f"did you mean {close[0]!r}?" if close else f"use one of {', '.join(allowed)}."


def _problem(name: str, text: str, data: Any, path: Where, says: str, fix: str) -> Problem:
    from requests_app.laws.yaml_file import line_of

    rule, at = "", data
    for step in path:
        if isinstance(at, dict) and "owner" in at and "id" in at:
            rule = str(at["id"])
        if isinstance(at, dict) and "received" in at and "id" in at:
            rule = f"example {at['id']}"
        try:
            at = at[step]
        except (KeyError, IndexError, TypeError):
            break
    if isinstance(at, dict) and "id" in at and ("owner" in at or "starts" in at or "authority" in at):
        rule = str(at["id"])
    field = ".".join(str(step) for step in path[-3:] if not isinstance(step, int))
    return Problem(name, line_of(text, path), rule, field, says, fix)


# From data to shapes


def build(cls: type[Shape], data: Any, path: Where) -> Shape:
    """One dataclass of the rule language from plain data; refuses what it does not know."""
    if cls is rules.Length and isinstance(data, str):
        return typing.cast(Shape, _length(data, path))
    if not isinstance(data, dict):
        raise _Wrong(path, f"a mapping is needed here, not {data!r}.", f"write the fields of {cls.__name__}.")
    fields, hints = _fields(cls)
    made = {}
    for key, value in data.items():
        if key not in fields:
            raise _Wrong((*path, key), f"'{key}' is not a field here.", _nearest(str(key), list(fields)))
        made[key] = _value(hints[key], value, (*path, key))
    for key, required in fields.items():
        if required and key not in made:
            raise _Wrong(path, f"'{key}' is missing.", f"add '{key}:'.")
    return cls(**made)


def _fields(cls: type) -> tuple[dict[str, bool], dict[str, Any]]:
    """Field → required, and field → type, of one dataclass; worked out once."""
    if cls not in _FIELDS:
        missing = dataclasses.MISSING
        required = {
            one.name: one.default is missing and one.default_factory is missing
            for one in dataclasses.fields(cls)
            if one.init
        }
        _FIELDS[cls] = required, typing.get_type_hints(cls)
    return _FIELDS[cls]


def _value(hint: Any, data: Any, path: Where) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        kept = [arg for arg in args if arg is not types.NoneType]
        if data is None and len(kept) < len(args):
            return None
        return _value(kept[0], data, path) if len(kept) == 1 else data
    if origin is tuple:
        items = data if isinstance(data, list) else [data]
        return tuple(_value(args[0], item, (*path, place)) for place, item in enumerate(items))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(args, data, path)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return build(hint, data, path)
    return _scalar(hint, data, path)


def _mapping(args: tuple[Any, ...], data: Any, path: Where) -> Any:
    if not isinstance(data, dict):
        raise _Wrong(path, f"a mapping of names is needed here, not {data!r}.")
    listed = typing.get_origin(args[1]) is tuple
    return {
        str(key): (tuple(value) if isinstance(value, list) else (value,)) if listed else value
        for key, value in data.items()
    }


def _scalar(hint: Any, data: Any, path: Where) -> Any:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        if data not in [member.value for member in hint]:
            raise _Wrong(
                path, f"{data!r} is unknown.", _nearest(str(data), [member.value for member in hint])
            )
        return hint(data)
    if hint is dt.date:
        return _date(data, path)
    if hint is dt.time:
        try:
            return dt.time.fromisoformat(str(data))
        except ValueError:
            raise _Wrong(path, f"{data!r} is no time of day.", "write it as '17:00', in quotes.") from None
    if hint in (str, int, bool) and (not isinstance(data, hint) or (hint is int and isinstance(data, bool))):
        raise _Wrong(path, f"{data!r} is not of the type {hint.__name__}.")
    return data


def _date(data: Any, path: Where) -> dt.date:
    try:
        return dt.date.fromisoformat(str(data))
    except ValueError:
        raise _Wrong(path, f"{data!r} is no date.", "write year-month-day, as in 2026-03-02.") from None


def _length(data: str, path: Where) -> rules.Length:
    found = LENGTH.match(data)
    if found is None:
        raise _Wrong(path, f"{data!r} is no length.", "write a number and a unit, as in '5 business days'.")
    return rules.Length(int(found[1]), rules.Unit(found[2].replace(" ", "_") + "s"))


def _jurisdiction(file: str, data: dict[str, Any]) -> shapes.Jurisdiction:
    for key in ("jurisdiction", "name", "zone", "calendar", "laws"):
        if key not in data:
            raise _Wrong((), f"'{key}' is missing.", f"add '{key}:' at the top level.")
    entries = tuple(_entry(file, data, law, ("laws", place)) for place, law in enumerate(data["laws"]))
    return shapes.Jurisdiction(data["jurisdiction"], data["name"], data["zone"], data["calendar"], entries)


def _entry(file: str, top: dict[str, Any], data: dict[str, Any], path: Where) -> shapes.Entry:
    for key in ("id", "name", "short_name", "citation", "about", "versions"):
        if key not in data:
            raise _Wrong(path, f"'{key}' is missing.", f"add '{key}:' to the law.")
    revisions = [
        _version(top, data, version, (*path, "versions", place))
        for place, version in enumerate(data["versions"])
    ]
    examples = {
        revision.ref: tuple(
            build(shapes.Example, example, (*path, "versions", place, "examples", number))
            for number, example in enumerate(data["versions"][place].get("examples", []))
        )
        for place, revision in enumerate(revisions)
    }
    versions = in_force(revisions, path)
    return shapes.Entry(
        law=rules.Law(
            id=data["id"],
            name=data["name"],
            short_name=data["short_name"],
            citation=data["citation"],
            jurisdiction=top["jurisdiction"],
            versions=versions,
        ),
        about=build(shapes.About, data["about"], (*path, "about")),
        revisions=tuple(revisions),
        examples=examples,
        file=file,
    )


def _version(top: dict[str, Any], law: dict[str, Any], data: dict[str, Any], path: Where) -> rules.LawVersion:
    fields = dict(data)
    fields.pop("examples", None)
    for key in ("effective_from", "revision", "checked_on", "rules"):
        if key not in fields:
            raise _Wrong(path, f"'{key}' is missing.", f"add '{key}:' to the version.")
    checked_on = _date(fields.pop("checked_on"), (*path, "checked_on"))
    fields["effective_from"] = None if fields["effective_from"] == "unknown" else fields["effective_from"]
    fields |= {"law_id": law["id"], "name": law["name"], "citation": law["citation"]}
    fields.setdefault("calendar", top["calendar"])
    version = build(rules.LawVersion, fields, path)
    # One day checks the whole version; a rule that was checked on another day says so itself.
    return dataclasses.replace(version, rules=tuple(_checked(rule, checked_on) for rule in version.rules))


def _checked(rule: rules.Rule, on: dt.date) -> rules.Rule:
    if rule.authority.checked_on is not None:
        return rule
    return dataclasses.replace(rule, authority=dataclasses.replace(rule.authority, checked_on=on))


def in_force(revisions: Iterable[rules.LawVersion], path: Where = ()) -> tuple[rules.LawVersion, ...]:
    """The newest reading of each version, oldest first, each ending where the next begins or earlier by a sunset."""
    newest: dict[dt.date | None, rules.LawVersion] = {}
    for version in revisions:
        other = newest.get(version.effective_from)
        if other is not None and other.revision == version.revision:
            raise _Wrong(
                (*path, "versions"),
                f"{version.ref} stands twice.",
                "give the later reading the next revision.",
            )
        if other is None or other.revision < version.revision:
            newest[version.effective_from] = version
    ordered = sorted(newest.values(), key=lambda version: version.effective_from or dt.date.min)
    return tuple(
        _ending(version, after, path) for version, after in zip(ordered, [*ordered[1:], None], strict=True)
    )


def _ending(version: rules.LawVersion, after: rules.LawVersion | None, path: Where) -> rules.LawVersion:
    until, begins = version.effective_until, after.effective_from if after else None
    if until is not None and begins is not None and begins < until:
        raise _Wrong(
            (*path, "versions"),
            f"two versions overlap: {version.ref} holds until {until}, but the next one begins on {begins}.",
            "end the first where the second begins, or leave effective_until out.",
        )
    return dataclasses.replace(version, effective_until=until or begins)
