"""A clock as a row: what is stored with a deadline, the way back, and the fingerprint that says it is the same."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from operator import attrgetter
from typing import Any

from .rules import Confidence, Consequence, Owes, Owner, StepOf, Unit
from .standing import Clock, Extended, Left, Override, Pause, State, Verdict
from .trail import Step

_NAMES = tuple(field.name for field in fields(Clock))
_VALUES = attrgetter(*_NAMES)
_STEP = attrgetter(*(field.name for field in fields(Step)))
_STEP_PLAIN = [field.default for field in fields(Step)]
_PLAIN = {field.name: field.default for field in fields(Clock) if field.default is not MISSING}

_NEEDED: dict[str, Any] = {name: None for name in _NAMES if name not in _PLAIN}


def fingerprint(clock: Clock) -> str:
    """Thirty-two characters; the same for clocks that would be stored alike, in every process and version of Python.

    A field at its default is left out, so that a field added later changes no stored clock.
    """
    said = {
        name: value
        for name, value in zip(_NAMES, _VALUES(clock), strict=True)
        if name not in _PLAIN or value != _PLAIN[name]
    }
    text = json.dumps(said, default=_plain, separators=(",", ":"), sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def to_json(clock: Clock) -> dict[str, Any]:
    """Only what is said: an absent key is the default. Nested rows are objects with the names of their fields."""
    found: dict[str, Any] = {}
    for name, value in zip(_NAMES, _VALUES(clock), strict=True):
        if name not in _PLAIN or value != _PLAIN[name]:
            found[name] = _written(value)
    return found


def from_json(row: Mapping[str, Any]) -> Clock:
    """The inverse of `to_json`. Raises KeyError, TypeError or ValueError on what it did not write."""
    said = {name: _READ.get(name, _same)(value) for name, value in row.items() if value is not None}
    return Clock(**(_NEEDED | said))


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Step):
        row = list(_STEP(value))
        while row[-1] == _STEP_PLAIN[len(row) - 1]:
            row.pop()
        return row
    if isinstance(value, Left):
        return [value.count, value.unit]
    raise TypeError(f"{type(value).__name__} has no place in a stored clock")


def _written(value: Any) -> Any:
    if isinstance(value, Step):
        return value.to_json()
    if isinstance(value, Left):
        return {"count": value.count, "unit": value.unit.value}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _written(part) for name, part in value._asdict().items() if part is not None}
    if isinstance(value, tuple):
        return [_written(part) for part in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value.value if isinstance(value, str) and hasattr(value, "value") else value


def _same(value: Any) -> Any:
    return value


def _day(value: str | None) -> dt.date | None:
    return None if value is None else dt.date.fromisoformat(value)


def _pause(row: Mapping[str, Any]) -> Pause:
    return Pause(
        dt.date.fromisoformat(row["from_on"]), _day(row.get("until_on")), row["event"],
        row.get("restart", False), row.get("disputed", False), row.get("on_us", True),
    )  # fmt: skip


def _extended(row: Mapping[str, Any]) -> Extended:
    unit = row.get("unit")
    return Extended(
        event=row["event"],
        clock_key=row["clock_key"],
        noticed_on=dt.date.fromisoformat(row["noticed_on"]),
        verdict=Verdict(row["verdict"]),
        claimed=row.get("claimed"),
        allowed=row["allowed"],
        unit=None if unit is None else Unit(unit),
        promised_on=_day(row.get("promised_on")),
        reason=row["reason"],
        moves_earliest=row["moves_earliest"],
        moves_latest=row["moves_latest"],
        citation=row.get("citation", ""),
    )


def _override(row: Mapping[str, Any]) -> Override:
    return Override(
        due_on=dt.date.fromisoformat(row["due_on"]),
        computed_earliest=_day(row.get("computed_earliest")),
        computed_latest=_day(row.get("computed_latest")),
        reason=row.get("reason", ""),
        by=row.get("by", ""),
        event=row["event"],
    )


_DAYS = (
    "opens_on",
    "earliest",
    "latest",
    "promised_on",
    "met_on",
    "paused_since",
    "follow_up_on",
    "ended_on",
)
_READ: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_DAYS, dt.date.fromisoformat),
    "owner": Owner,
    "owes": Owes,
    "parts": tuple,
    "remedy": StepOf,
    "due_at": dt.datetime.fromisoformat,
    "met_parts": lambda rows: tuple((part, dt.date.fromisoformat(on), uid) for part, on, uid in rows),
    "gone_parts": lambda rows: tuple((part, dt.date.fromisoformat(on), uid) for part, on, uid in rows),
    "left_when_paused": lambda row: Left(row["count"], Unit(row["unit"])),
    "pauses": lambda rows: tuple(map(_pause, rows)),
    "extensions": lambda rows: tuple(map(_extended, rows)),
    "ended_state": State,
    "override": _override,
    "consequences": lambda rows: tuple(map(Consequence, rows)),
    "confidence": Confidence,
    "doubts": tuple,
    "trail": lambda rows: tuple(map(Step.from_json, rows)),
}
