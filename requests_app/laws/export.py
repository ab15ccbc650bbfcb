"""The library as one document for other programs: every law, text, reading, rule, example and calendar.

What it writes is what a law file says, so that it can be read back (`laws.exported`) by a Python that knows neither
YAML nor this project. The same library gives the same bytes.
"""

from __future__ import annotations

import copy
import hashlib
import json
from typing import Any

from requests_app.clock.events import JSON
from requests_app.clock.rules import LawVersion
from requests_app.laws.changes import Edition, as_data, editions, sentence
from requests_app.laws.registry import CalendarPage, Library
from requests_app.laws.schema import closed, schema
from requests_app.laws.shapes import Entry, Jurisdiction

FORMAT = 1
LICENSE = {
    "id": "CC0-1.0",
    "name": "Creative Commons Zero v1.0 Universal",
    "url": "https://creativecommons.org/publicdomain/zero/1.0/",
    "covers": "The data of this document. The program that makes it is AGPL-3.0-or-later.",
}
NOTICE = (
    "Not legal advice. Each rule carries its citation and the confidence of two independent readings; what they do "
    "not both hold for sure is to be checked with counsel."
)
FILES = ("laws.json", "laws.schema.json", "laws.changelog.json", "laws.changelog.md")
SUMS = "SHA256SUMS"


def document(shelf: Library) -> dict[str, Any]:
    places = shelf.jurisdictions
    refs = {version.calendar for place in places for entry in place.laws for version in entry.revisions}
    refs |= {place.calendar for place in places}
    refs |= {
        rule.calendar
        for place in places
        for entry in place.laws
        for version in entry.revisions
        for rule in version.rules
        if rule.calendar
    }
    return {
        "format": FORMAT,
        "title": "Public-records laws of the United States, clock by clock",
        "license": LICENSE,
        "notice": NOTICE,
        "jurisdictions": [jurisdiction_data(place) for place in places],
        # As compiled: days name their source and their doubt by key, which `sources` and `entries` spell out.
        "calendars": [shelf.calendar_rows(ref) for ref in sorted(refs)],
    }


def jurisdiction_data(place: Jurisdiction) -> dict[str, Any]:
    return {
        "jurisdiction": place.code,
        "name": place.name,
        "zone": place.zone,
        "calendar": place.calendar,
        "laws": [law_data(entry) for entry in place.laws],
    }


def law_data(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "name": entry.law.name,
        "short_name": entry.law.short_name,
        "citation": entry.law.citation,
        "current": entry.current.ref,
        "about": as_data(entry.about),
        "versions": [version_data(entry, version) for version in entry.revisions],
    }


def version_data(entry: Entry, version: LawVersion) -> dict[str, Any]:
    checked = min((r.authority.checked_on for r in version.rules if r.authority.checked_on), default=None)
    data: dict[str, Any] = as_data(version)
    for filled in ("law_id", "name", "citation"):
        data.pop(filled, None)
    head: dict[str, Any] = {
        "law_ref": version.ref,
        "effective_from": version.effective_from.isoformat() if version.effective_from else "unknown",
        "revision": version.revision,
        "checked_on": checked.isoformat() if checked else None,
    }
    rules = data.pop("rules")
    examples = [as_data(example) for example in entry.examples.get(version.ref, ())]
    return {
        **head,
        **{key: value for key, value in data.items() if key not in head},
        "rules": rules,
        "examples": examples,
    }


def calendar_data(page: CalendarPage, year: int | None = None) -> dict[str, Any]:
    """A calendar as people read it, names and sources beside each day; with a year only the days of that year."""
    return {
        "ref": page.ref,
        "jurisdiction": page.jurisdiction,
        "first": page.first.isoformat(),
        "last": page.last.isoformat(),
        "words": page.words,
        "citation": page.citation,
        "notes": list(page.notes),
        "closed": [
            {
                "on": row.on.isoformat(),
                "name": row.name,
                "source": row.source,
                **({"doubt": row.doubt} if row.doubt else {}),
            }
            for row in page.closed
            if year is None or row.on.year == year
        ],
        "contested": [
            {"on": row.on.isoformat(), "name": row.name, "certainty": row.certainty, "why": row.why}
            for row in page.contested
            if year is None or row.on.year == year
        ],
    }


def document_schema() -> dict[str, Any]:
    """The schema of the document: that of a law file, with what the export adds."""
    made = copy.deepcopy(schema())
    definitions = made["$defs"]
    text = {"type": "string"}
    day = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
    definitions["Version"]["properties"]["law_ref"] = {
        "description": "Law, first day and reading in one word.",
        **text,
    }
    definitions["Version"]["properties"]["checked_on"] = {"anyOf": [day, {"type": "null"}]}
    definitions["Version"]["required"] = ["law_ref", *definitions["Version"]["required"]]
    definitions["Law"]["properties"]["current"] = {
        "description": "The text in force, in its newest reading.",
        **text,
    }
    definitions["Law"]["required"] = [*definitions["Law"]["required"], "current"]
    definitions["Jurisdiction"] = {
        "description": made["description"],
        **{key: made[key] for key in ("type", "additionalProperties", "properties", "required")},
    }
    row = {"on": day, "name": text}
    definitions["ClosedDay"] = closed(
        "A weekday that does not count. source: key of `sources`; doubt: id of the entry that says why another reading "
        "would count it.",
        {**row, "source": text, "doubt": text},
        ["on", "name", "source"],
    )
    definitions["ContestedDay"] = closed(
        "A weekday that counts here. entry: id of the entry that says why another reading would leave it out.",
        {**row, "entry": text},
        ["on", "name", "entry"],
    )
    entry = {
        "type": "object",
        "properties": {"id": text, "certainty": text, "note": text},
        "required": ["id", "note"],
    }
    fields: dict[str, Any] = {
        "ref": text,
        "jurisdiction": text,
        "first": day,
        "last": day,
        "definition": {
            "type": "object",
            "properties": {"words": text, "citation": text, "certainty": text},
            "required": ["words", "citation"],
        },
        "notes": {"type": "array", "items": text},
        "sources": {"type": "object", "additionalProperties": text},
        "entries": {"type": "array", "items": entry},
        "closed": {"type": "array", "items": {"$ref": "#/$defs/ClosedDay"}},
        "contested": {"type": "array", "items": {"$ref": "#/$defs/ContestedDay"}},
    }
    definitions["Calendar"] = closed("The closed weekdays of a place, by name.", fields, list(fields))
    top = {
        "format": {"const": FORMAT},
        "title": text,
        "license": closed("Of the data.", dict.fromkeys(LICENSE, text), list(LICENSE)),
        "notice": text,
        "jurisdictions": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Jurisdiction"}},
        "calendars": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Calendar"}},
    }
    return {
        "$schema": made["$schema"],
        "$id": "laws.schema.json",
        "title": "Public-records laws as data",
        **closed("Every law of the library, with its calendars.", top, list(top)),
        "$defs": dict(sorted(definitions.items())),
    }


def changelog(shelf: Library) -> dict[str, Any]:
    """What each published reading changed, rule by rule, law by law."""
    return {
        "format": FORMAT,
        "license": LICENSE,
        "editions": [_edition(edition) for entry in shelf.laws for edition in editions(entry)],
    }


def _edition(edition: Edition) -> dict[str, JSON]:
    return {
        "law": edition.law_id,
        "law_ref": edition.law_ref,
        "since": edition.since or None,
        "checked_on": edition.checked_on.isoformat() if edition.checked_on else None,
        "changes": [
            {
                "rule": change.rule or None,
                "name": change.name,
                "what": change.what,
                "words": [
                    {"term": one.term, "before": one.before, "after": one.after} for one in change.words
                ],
                "fields": [
                    {"field": one.field, "before": one.before, "after": one.after} for one in change.fields
                ],
            }
            for change in edition.changes
        ],
    }


def changelog_text(shelf: Library) -> str:
    lines = [
        "# Changes of the laws as read",
        "",
        "The first reading of a law has nothing to differ from.",
        "",
    ]
    for entry in shelf.laws:
        lines += [f"## {entry.law.name}", ""]
        for edition in reversed(editions(entry)):
            checked = f", checked on {edition.checked_on.isoformat()}" if edition.checked_on else ""
            since = f", beside {edition.since}" if edition.since else ", first reading"
            lines.append(f"- `{edition.law_ref}`{checked}{since}")
            lines += [f"  - {sentence(change)}" for change in edition.changes]
        lines.append("")
    return "\n".join(lines)


def files(shelf: Library) -> dict[str, bytes]:
    """Every file of the export by its name, with the list of their checksums last."""
    made = {
        "laws.json": _bytes(document(shelf)),
        "laws.schema.json": _bytes(document_schema()),
        "laws.changelog.json": _bytes(changelog(shelf)),
        "laws.changelog.md": changelog_text(shelf).encode(),
    }
    sums = "".join(f"{hashlib.sha256(made[name]).hexdigest()}  {name}\n" for name in FILES)
    return {**made, SUMS: sums.encode()}


def _bytes(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()
