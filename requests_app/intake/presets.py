"""Mappings that ship, and mappings in a file of one's own (docs/importing.md says the form)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from .fields import BY_KEY, Mapping
from .outcomes import KNOWN, OPEN, Meaning, normal, table

DATA = Path(__file__).resolve().parents[1] / "data" / "sample"
FEDERAL_LOG = "federal-log"


class BadMapping(Exception):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def federal_log() -> Mapping:
    """`data/sample/federal_log.csv`: logs that the offices published themselves; nothing is known after they end."""
    shipped = yaml.safe_load((DATA / "dispositions.yaml").read_text(encoding="utf-8"))
    return Mapping(
        columns={
            "number": "external_number", "agency": "agency", "sub_office": "sub_office",
            "received_on": "received_on", "closed_on": "closed_on", "description": "description",
            "outcome": "disposition", "log": "source",
        },
        words=table(shipped["dispositions"]),
        log_on={normal("DHS Office of Inspector General FOIA log, fiscal year 2013"): "2013-09-30"},
        history=True,
    )  # fmt: skip


PRESETS = {FEDERAL_LOG: federal_log}


def from_file(path: Path) -> Mapping:
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise BadMapping(f"{path} could not be read: {problem.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise BadMapping(f"{path} is not YAML.") from None
    if not isinstance(given, dict):
        raise BadMapping(f"{path} holds no mapping. It begins with “columns:”.")
    unknown = given.keys() - set(Mapping.__slots__)
    if unknown:
        raise BadMapping(
            f"{path} names “{sorted(unknown)[0]}”, which is none of {', '.join(Mapping.__slots__)}."
        )
    for name in ("columns", "fixed"):
        for key in _strings(given.get(name, {}), name, path):
            if key not in BY_KEY:
                raise BadMapping(f"{path}: there is no field “{key}”. Fields: {', '.join(BY_KEY)}.")
    days = {normal(str(log)): _day(day, path) for log, day in dict(given.get("log_on", {})).items()}
    order = str(given.get("order", ""))
    if order not in ("", "day", "month"):
        raise BadMapping(f"{path}: order is “day” or “month”, for what comes first in 03/04/2017.")
    return Mapping(
        columns=_strings(given.get("columns", {}), "columns", path),
        fixed=_strings(given.get("fixed", {}), "fixed", path),
        words={
            normal(word): meaning_named(name, path)
            for word, name in _strings(given.get("words", {}), "words", path).items()
        },
        agencies={normal(k): v for k, v in _strings(given.get("agencies", {}), "agencies", path).items()},
        order=order,
        log_on=days,
        history=bool(given.get("history", False)),
    )


def meaning_named(name: str, path: Path) -> str:
    """An outcome ("produced"), "referred", "closed" or "open"; or a key of `outcomes.Meaning`."""
    if name == "open":
        return OPEN.key
    for meaning in KNOWN:
        if (
            name == meaning.key
            or (meaning.also and name == meaning.also)
            or (name == meaning.outcome and not meaning.also)
        ):
            return meaning.key
        if name == "closed" and meaning == Meaning("agency_closed"):
            return meaning.key
    raise BadMapping(
        f"{path}: “{name}” is no outcome. Use open, closed, referred, or an outcome such as produced."
    )


def _strings(given: Any, name: str, path: Path) -> dict[str, str]:
    if not isinstance(given, dict):
        raise BadMapping(f"{path}: {name} is a list of “ours: theirs”.")
    return {str(key): str(value) for key, value in given.items()}


def _day(given: Any, path: Path) -> str:
    try:
        return dt.date.fromisoformat(str(given)).isoformat()
    except ValueError:
        raise BadMapping(f"{path}: “{given}” is no day. Write it as 2013-09-30.") from None
