"""Strict reading: a file of YAML becomes a shape of `shapes.py`, or a list of problems with line and fix.

The classes are the schema: a field without a default is needed and may not be empty, an unknown key is a problem.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import re
import typing
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from requests_app.kits.errors import KitFileError, Problem
from requests_app.laws.errors import LawFileError
from requests_app.laws.yaml_file import Where, line_of, parse_plain

Shape = TypeVar("Shape")
_MISSING = object()
MOST_PROBLEMS = 40
"""More are not looked for: whoever pastes something else than a kit is told so soon enough."""
MAY_BE_EMPTY = frozenset({"heading", "opening"})


class Reader:
    """Reads one file; collects what is wrong instead of stopping at the first."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
        self.problems: list[Problem] = []

    def wrong(self, at: Where, says: str, fix: str = "") -> None:
        if len(self.problems) >= MOST_PROBLEMS:
            return
        field = ".".join(str(step) for step in at)
        self.problems.append(Problem(self.file, line_of(self.text, at), "", field, says, fix))

    def shape(self, cls: type[Shape], data: Any, at: Where) -> Shape | None:
        if not isinstance(data, dict):
            self.wrong(at, f"this is no {cls.__name__}.", "write its fields as key: value, each on a line.")
            return None
        hints = typing.get_type_hints(cls)
        fields = {one.name: one for one in dataclasses.fields(typing.cast(Any, cls))}
        for key in data:
            if key not in fields and len(self.problems) < MOST_PROBLEMS:
                near = difflib.get_close_matches(str(key), fields, 1, 0.6)
                fix = f"did you mean {near[0]}?" if near else f"known are {', '.join(fields)}."
                self.wrong((*at, str(key)), f"there is no field {key!r} here.", fix)
        made = {}
        for name, field in fields.items():
            value = data.get(name, _MISSING)
            if value is _MISSING:
                if field.default is dataclasses.MISSING:
                    self.wrong(at, f"the field {name!r} is missing.", "add it.")
                continue
            found = self.value(hints[name], value, (*at, name))
            needed = field.default is dataclasses.MISSING and name not in MAY_BE_EMPTY
            if needed and found in ("", ()):
                self.wrong((*at, name), f"{name!r} is empty.", "write it, or take the entry out.")
            made[name] = found
        if self.problems:
            return None
        return cls(**made)

    def value(self, hint: Any, value: Any, at: Where) -> Any:
        if typing.get_origin(hint) is tuple:
            if not isinstance(value, list):
                self.wrong(at, "a list is needed.", "begin each line with a dash.")
                return ()
            inner = typing.get_args(hint)[0]
            return tuple(self.value(inner, one, (*at, number)) for number, one in enumerate(value))
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            return self.shape(hint, value, at)
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            if value not in list(hint):
                known = ", ".join(hint)
                self.wrong(at, f"{value!r} is no {hint.__name__.lower()}.", f"use one of {known}.")
                return None
            return hint(value)
        if hint is dt.date:
            return self.day(value, at)
        if hint is bool:
            if not isinstance(value, bool):
                self.wrong(at, f"{value!r} is neither true nor false.", "write true or false.")
            return value
        if not isinstance(value, str):
            self.wrong(at, f"{value!r} is no text.", "put it in quotation marks.")
            return ""
        return tidy(value)

    def day(self, value: Any, at: Where) -> dt.date:
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.wrong(at, f"{value!r} is no day.", "write it as 2026-03-31.")
            return dt.date.min


def read(cls: type[Shape], path: Path) -> tuple[Shape, str]:
    """The file as a shape, and its text for whoever names lines. Raises KitFileError with every problem."""
    text = path.read_text(encoding="utf-8")
    return read_text(cls, path.name, text), text


def read_text(cls: type[Shape], name: str, text: str) -> Shape:
    try:
        data = parse_plain(name, text, next(iter(typing.get_type_hints(cls))))
    except LawFileError as error:
        raise KitFileError(error.problems) from error
    reader = Reader(name, text)
    made = reader.shape(cls, data, ())
    if reader.problems or made is None:
        raise KitFileError(tuple(reader.problems))
    return made


def tidy(text: str) -> str:
    """Paragraphs parted by one empty line, without blanks at the ends of lines."""
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
