"""Agencies from the shipped files: facts with their source, loaded as often as one likes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import yaml
from django.db import models, transaction

from requests_app.laws.governing import governing
from requests_app.models import (
    Agency,
    AgencyContact,
    AgencyCustodian,
    AgencyIdentifier,
    AgencyLaw,
    AgencyName,
)

from .refusals import Refused

Facts = Mapping[str, Any]
# Agencies of the files that ship are known again by their slug.
SHIPPED = "shipped"
PLAIN = (
    "name", "abbreviation", "kind", "jurisdiction", "zone", "city", "area", "governance", "designation",
    "latitude", "longitude", "map_x", "map_y", "confidence", "notes", "sources",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many agencies were new, were changed by the file, or already said what it says."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


def read_agencies(path: Path) -> list[Facts]:
    """The rows of a file in the format of docs/data.md."""
    told = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for key in ("centers", "agencies"):
        if isinstance(told, dict) and isinstance(told.get(key), list):
            return list(told[key])
    raise Refused(
        "not_agencies", f"{path.name} holds neither centers nor agencies; docs/data.md shows the format."
    )


def load_agencies(
    rows: Iterable[Facts], *, is_sample: bool = False, progress: Callable[[str], None] | None = None
) -> Loaded:
    """Write what the rows say, one transaction for all of them. Nothing is removed: history may hang on it."""
    tally = {"added": 0, "changed": 0, "unchanged": 0}
    zones = available_timezones()
    with transaction.atomic():
        for row in rows:
            if row.get("zone") not in zones:
                raise Refused(
                    "zone", f"{row.get('slug')}: {row.get('zone')!r} is not a time zone.", field="zone"
                )
            tally[_load(row, is_sample)] += 1
            if progress:
                progress(row["name"])
    return Loaded(**tally)


def _load(row: Facts, is_sample: bool) -> str:
    wanted = {name: row[name] for name in PLAIN if row.get(name) is not None}
    wanted |= {"claims": _claims(row), "is_sample": is_sample}
    agency, is_new = Agency.objects.get_or_create(slug=row["slug"], defaults=wanted)
    if not is_new and agency.is_sample != is_sample:
        raise Refused("slug_taken", f"{row['slug']} is already the name of another kind of agency.")
    said = _Said(agency, is_new)
    said.follow(agency, "", wanted)
    for name in row.get("other_names", []):
        said.put(AgencyName, {"name": name["name"]}, {"source": name.get("source", "")})
    for contact in row.get("contacts", []):
        said.put(
            AgencyContact,
            {key: contact[key] for key in ("purpose", "channel", "value")},
            {
                "source": contact.get("source", ""), "verified_on": _day(contact.get("verified_on")),
                "note": contact.get("note", ""),
            },
        )  # fmt: skip
    for custodian in row.get("custodians", []):
        said.put(
            AgencyCustodian,
            {"name": custodian["name"]},
            {
                "part": custodian["part"], "kind": custodian["kind"],
                "law_id": custodian.get("law") or _presumed(row["jurisdiction"], custodian["kind"]),
                "source": custodian.get("source", ""), "confidence": custodian.get("confidence", "unknown"),
                "note": custodian.get("note", ""),
            },
        )  # fmt: skip
    for law in row.get("laws", []):
        said.put(
            AgencyLaw,
            {"law_id": law["law"]},
            {key: law.get(key, "") for key in ("why", "source")}
            | {"confidence": law.get("confidence", "unknown")},
        )
    if not is_sample:
        said.remember()
    return "added" if is_new else "changed" if said.changed else "unchanged"


def _presumed(jurisdiction: str, kind: str) -> str:
    """The law of a custodian whose file names none, where kind and place say it; a guess below that stays empty."""
    found = governing(jurisdiction, kind)
    return found.law_id if found.confidence in ("high", "medium") else ""


class _Said:
    """What the file said last of an agency. A field or row that says something else by now was corrected: it stays."""

    def __init__(self, agency: Agency, is_new: bool) -> None:
        self.agency, self.changed = agency, is_new
        self.row = AgencyIdentifier.objects.filter(scheme=SHIPPED, value=agency.slug).first()
        self.before: dict[str, dict[str, Any]] = self.row.told if self.row else {}
        self.now: dict[str, dict[str, Any]] = {}

    def put(self, table: type[models.Model], key: dict[str, Any], facts: dict[str, Any]) -> None:
        path = " ".join((table.__name__, *map(str, key.values())))
        found = table._default_manager.filter(agency=self.agency, **key).first()
        if found is not None:
            self.follow(found, path, facts)
            return
        self.now[path] = _plain(facts)
        if path not in self.before:
            table._default_manager.create(agency=self.agency, **key, **facts)
            self.changed = True

    def follow(self, row: models.Model, path: str, facts: dict[str, Any]) -> None:
        self.now[path] = _plain(facts)
        before = self.before.get(path)
        moved = [
            name
            for name, value in facts.items()
            if getattr(row, name) != value
            and (
                before is None
                or name not in before
                or _plain({name: getattr(row, name)})[name] == before.get(name)
            )
        ]
        for name in moved:
            setattr(row, name, facts[name])
        if moved:
            row.save(update_fields=moved)
            self.changed = True

    def remember(self) -> None:
        if self.row is None:
            AgencyIdentifier.objects.create(
                agency=self.agency, scheme=SHIPPED, value=self.agency.slug, told=self.now
            )
        elif self.row.told != self.now:
            self.row.told = self.now
            self.row.save(update_fields=["told"])


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """As JSON gives it back."""
    plain: dict[str, Any] = json.loads(json.dumps(facts, default=str))
    return plain


def _claims(row: Facts) -> list[dict[str, Any]]:
    """Sourced claims of the file, and the facts of it that have no column of their own."""
    claims = [{key: str(value) for key, value in claim.items()} for claim in row.get("claims", [])]
    if row.get("city_source"):
        claims.append({"field": "city", "value": row.get("city", ""), "source": row["city_source"]})
    if row.get("residency_note"):
        claims.append({"field": "residency", "value": row["residency_note"]})
    for name in row.get("other_names", []):
        if name.get("status") == "former":
            claims.append({"field": "former_name", "value": name["name"], "source": name.get("source", "")})
    for component in row.get("components", []):
        claims.append({"field": "component", "value": component})
    return claims


def _day(value: Any) -> dt.date | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value
