"""Agencies from the shipped files: facts with their source, loaded as often as one likes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import yaml
from django.db import models, transaction

from requests_app.models import Agency, AgencyContact, AgencyCustodian, AgencyLaw, AgencyName

from .refusals import Refused

Facts = Mapping[str, Any]
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
    changed = not is_new and _change(agency, wanted)
    for name in row.get("other_names", []):
        changed |= _put(
            AgencyName, {"agency": agency, "name": name["name"]}, {"source": name.get("source", "")}
        )
    for contact in row.get("contacts", []):
        changed |= _put(
            AgencyContact,
            {"agency": agency, **{key: contact[key] for key in ("purpose", "channel", "value")}},
            {"source": contact.get("source", ""), "verified_on": _day(contact.get("verified_on"))},
        )
    for custodian in row.get("custodians", []):
        changed |= _put(
            AgencyCustodian,
            {"agency": agency, "name": custodian["name"]},
            {
                "part": custodian["part"], "kind": custodian["kind"], "law_id": custodian.get("law", ""),
                "source": custodian.get("source", ""), "confidence": custodian.get("confidence", "unknown"),
            },
        )  # fmt: skip
    for law in row.get("laws", []):
        changed |= _put(
            AgencyLaw,
            {"agency": agency, "law_id": law["law"]},
            {key: law.get(key, "") for key in ("why", "source")}
            | {"confidence": law.get("confidence", "unknown")},
        )
    return "added" if is_new else "changed" if changed else "unchanged"


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


def _put(table: type[models.Model], key: dict[str, Any], facts: dict[str, Any]) -> bool:
    row, is_new = table._default_manager.get_or_create(**key, defaults=facts)
    return is_new or _change(row, facts)


def _change(row: models.Model, facts: dict[str, Any]) -> bool:
    moved = [name for name, value in facts.items() if getattr(row, name) != value]
    for name in moved:
        setattr(row, name, facts[name])
    if moved:
        row.save(update_fields=moved)
    return bool(moved)


def _day(value: Any) -> dt.date | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value
