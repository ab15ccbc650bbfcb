"""What a later reading of a law says otherwise than an earlier one, rule by rule and field by field."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from requests_app.clock.events import JSON
from requests_app.clock.rules import LawVersion, Length
from requests_app.laws.plain import RuleWords, figure, rule_words
from requests_app.laws.shapes import Entry

NO_DAY = dt.date.min
"""The words of a rule hang on a day only by whether it is stale, which is no change of the law."""
TERMS = {
    "sentence": "Time",
    "starts": "Starts",
    "variants": "Otherwise",
    "longer": "Longer",
    "stops": "Stops",
    "met_by": "Met by",
    "if_missed": "If missed",
    "remedy": "Remedy",
    "counting": "Counted",
    "citation": "Cited",
    "confidence": "Confidence",
    "doubts": "Not settled",
}
FIELDS_OF_VERSION = ("calendar", "transition", "requesters", "receipt", "note")


@dataclass(frozen=True, slots=True)
class FieldChange:
    field: str
    before: JSON
    after: JSON


@dataclass(frozen=True, slots=True)
class WordChange:
    """The same for people: what the page said under a heading, and what it says now."""

    term: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RuleChange:
    """`rule` is empty for what concerns the text as a whole. `what`: added, removed or changed."""

    rule: str
    name: str
    what: str
    fields: tuple[FieldChange, ...] = ()
    words: tuple[WordChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """One published text or reading and what it changed; `since` is the ref it is compared with, if any."""

    law_id: str
    law_ref: str
    since: str
    checked_on: dt.date | None
    changes: tuple[RuleChange, ...]


def as_data(value: Any) -> Any:
    """A shape of the rule language as the plain data that a law file holds. What has its default is left out."""
    if isinstance(value, Length) and value == Length(value.count, value.unit) and value.count is not None:
        return " ".join(figure(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            one.name: as_data(held)
            for one in dataclasses.fields(value)
            if one.init and not _is_default(one, held := getattr(value, one.name))
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): as_data(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_data(one) for one in value]
    return value


def _is_default(one: dataclasses.Field[Any], value: Any) -> bool:
    if one.default is not dataclasses.MISSING:
        return bool(value == one.default)
    return one.default_factory is not dataclasses.MISSING and bool(value == one.default_factory())


def changes(before: LawVersion, after: LawVersion) -> tuple[RuleChange, ...]:
    """In the order of the later text; what is gone comes last."""
    return tuple(_changes(before, after))


def _changes(before: LawVersion, after: LawVersion) -> Iterator[RuleChange]:
    whole = tuple(
        FieldChange(name, as_data(getattr(before, name)), as_data(getattr(after, name)))
        for name in FIELDS_OF_VERSION
        if getattr(before, name) != getattr(after, name)
    )
    if whole:
        told = tuple(WordChange(one.field.capitalize(), words(one.before), words(one.after)) for one in whole)
        yield RuleChange("", "The text as a whole", "changed", whole, told)
    for rule in after.rules:
        old = before.by_id.get(rule.id)
        if old is None:
            yield RuleChange(rule.id, rule.name, "added")
        elif found := tuple(_fields(flat(as_data(old)), flat(as_data(rule)))):
            told = tuple(_told(rule_words(old, before, on=NO_DAY), rule_words(rule, after, on=NO_DAY)))
            yield RuleChange(rule.id, rule.name, "changed", found, told)
    for rule in before.rules:
        if rule.id not in after.by_id:
            yield RuleChange(rule.id, rule.name, "removed")


def _fields(before: Mapping[str, JSON], after: Mapping[str, JSON]) -> Iterator[FieldChange]:
    for name in dict.fromkeys((*after, *before)):
        if before.get(name) != after.get(name):
            yield FieldChange(name, before.get(name), after.get(name))


def flat(data: Mapping[str, Any], prefix: str = "") -> dict[str, JSON]:
    """Nested mappings by dotted names; lists stay whole, since their order is the law's."""
    found: dict[str, JSON] = {}
    for name, value in data.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = value
    return found


def editions(entry: Entry) -> tuple[Edition, ...]:
    """Every text and reading of a law, oldest first: a reading beside the one before it of the same text, the first
    reading of a text beside the last of the text before."""
    ordered = sorted(entry.revisions, key=lambda one: (one.effective_from or dt.date.min, one.revision))
    found = []
    for place, version in enumerate(ordered):
        before = ordered[place - 1] if place else None
        found.append(
            Edition(
                law_id=entry.id,
                law_ref=version.ref,
                since=before.ref if before else "",
                checked_on=max(
                    (r.authority.checked_on for r in version.rules if r.authority.checked_on), default=None
                ),
                changes=changes(before, version) if before else (),
            )
        )
    return tuple(found)


def _told(before: RuleWords, after: RuleWords) -> Iterator[WordChange]:
    """Of a heading with several lines only those that came or went."""
    for name, term in TERMS.items():
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        if isinstance(old, tuple):
            gone, came = [one for one in old if one not in new], [one for one in new if one not in old]
            old, new = " ".join(gone), " ".join(came)
        yield WordChange(term, old, new)


def sentence(change: RuleChange) -> str:
    """Answer the request. Time: “…” became “…”."""
    if change.what != "changed":
        return f"{change.name}: {change.what}."
    said = [f"{one.term}: {one.before or '(nothing)'} → {one.after or '(nothing)'}" for one in change.words]
    return f"{change.name}. {' '.join(said)}".strip()


def words(value: JSON) -> str:
    if value is None or value in ("", []):
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
