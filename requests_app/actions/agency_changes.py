"""What operators do to agencies: rename, merge, split, correct, and take each of them back.

Nothing is deleted by a merge: the agency that was merged keeps its row, its address and its requests, and points to the
survivor. So an undo has nothing to reconstruct. Requests keep the agency, the law and the zone they were filed with.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection
from django.db.models import Q
from django.utils.text import slugify

from requests_app.laws.governing import governing
from requests_app.models import (
    Agency,
    AgencyChange,
    AgencyContact,
    AgencyIdentifier,
    AgencyLaw,
    AgencyName,
    Person,
)
from requests_app.models.visibility import OPERATOR, viewing

from .refusals import Refused

Kind = AgencyChange.Kind
CONTACT = ("purpose", "channel", "value", "source", "verified_on", "health", "note")
LAW = ("law_id", "why", "source", "confidence")
MOVABLE = {"identifiers": AgencyIdentifier, "contacts": AgencyContact, "names": AgencyName}


@dataclass(frozen=True, slots=True)
class Why:
    """Who, why, and from where it is known."""

    actor: Person | None
    reason: str
    source: str = ""

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise Refused("reason_missing", "Say why: the reason stays with the change.", field="reason")
        for name in ("reason", "source"):
            if len(getattr(self, name)) > 500:
                raise Refused("too_long", f"The {name} has more than 500 characters.", field=name)


@dataclass(frozen=True, slots=True)
class Parts:
    """What goes along to the new agency of a split. identifiers: (scheme, value)."""

    identifiers: Sequence[tuple[str, str]] = ()
    contacts: Sequence[str] = ()
    names: Sequence[str] = ()


@dataclass(slots=True)
class Corrections:
    """New values of fields of the row itself, and of all contacts of a purpose and channel."""

    fields: dict[str, Any] = field(default_factory=dict)
    contacts: dict[tuple[str, str], list[str]] = field(default_factory=dict)


def rename(*, agency: Agency, name: str, why: Why, on: dt.date | None = None) -> AgencyChange:
    """The old name stays findable. `on`: the day from which it bears the new one."""
    with viewing(OPERATOR):
        agency = _locked(agency)
        _alive(agency)
        before, after = _rename(agency, name, why, on)
        return _record(Kind.RENAME, agency, None, before, after, why)


def merge(*, agency: Agency, into: Agency, why: Why) -> AgencyChange:
    """`into` may itself have been merged: its survivor is meant."""
    with viewing(OPERATOR):
        agency, into = _locked(agency, into)
        survivor = into.merged_into or into
        if survivor.pk == agency.pk:
            raise Refused(
                "merged_with_itself",
                f"{agency.name} cannot be merged into itself"
                + ("." if into.pk == agency.pk else f": {into.name} was merged into it. Undo that first."),
                field="into",
            )
        _alive(agency)
        if agency.is_sample != survivor.is_sample:
            raise Refused(
                "sample_and_real", "One of the two is a sample; they cannot be merged.", field="into"
            )
        if agency.jurisdiction != survivor.jurisdiction:
            raise Refused(
                "two_places",
                f"{agency.name} lies in {agency.jurisdiction} and {survivor.name} in {survivor.jurisdiction}: "
                "two laws would stand under one agency. Correct the jurisdiction of one of them first.",
                field="into",
            )
        # Whoever was merged into this one points to the survivor at once: nobody has to follow a chain.
        moved = {row.pk: row.merged_into_id for row in Agency.objects.filter(merged_into=agency)}
        moved[agency.pk] = None
        Agency.objects.filter(pk__in=moved).update(merged_into=survivor)
        before = {"merged_into": {str(pk): there for pk, there in moved.items()}}
        after = {"merged_into": {str(pk): survivor.pk for pk in moved}}
        return _record(Kind.MERGE, agency, survivor, before, after, why)


def split(
    *, agency: Agency, name: str, why: Why, parts: Parts | None = None, fields: dict[str, Any] | None = None
) -> AgencyChange:
    """A new agency out of a part of this one. `fields`: where it differs, such as kind, city or county."""
    parts = parts or Parts()
    name = _name(name)
    with viewing(OPERATOR):
        agency = _locked(agency)
        _alive(agency)
        moved = {
            "identifiers": [
                _one(agency.identifiers.filter(scheme=scheme, value=value), f"{scheme} {value}", agency)
                for scheme, value in parts.identifiers
            ],
            "contacts": [
                _one(agency.contacts.filter(value=value), value, agency) for value in parts.contacts
            ],
            "names": [_one(agency.names.filter(name=old), old, agency) for old in parts.names],
        }
        same = ("kind", "jurisdiction", "zone", "city", "county", "confidence", "is_sample")
        made = Agency(name=name, **{key: getattr(agency, key) for key in same} | dict(fields or {}))
        made.slug = _free_slug(made)
        made.sources = [why.source] if why.source.startswith(("https://", "http://")) else []
        made.save()
        law = governing(made.jurisdiction, made.kind)
        if law.law_id:
            AgencyLaw.objects.create(
                agency=made,
                law_id=law.law_id,
                why=law.why[:500],
                source=law.source[:500],
                confidence=law.confidence,
            )
        try:
            for what, rows in moved.items():
                MOVABLE[what]._default_manager.filter(pk__in=rows).update(agency=made)
        except IntegrityError:
            raise Refused("named_twice", "The same address or name was given twice.") from None
        return _record(
            Kind.SPLIT, agency, made, {**moved, "agency": agency.pk}, {**moved, "agency": made.pk}, why
        )


def correct(*, agency: Agency, new: Corrections, why: Why, on: dt.date | None = None) -> AgencyChange:
    """Fields as somebody found them to be. A changed kind or place brings the law that it says, where the law at hand
    was the one that the old ones said."""
    with viewing(OPERATOR):
        agency = _locked(agency)
        _alive(agency)
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        fields = {key: value for key, value in new.fields.items() if getattr(agency, key) != value}
        if "name" in fields:
            before, after = _rename(agency, fields.pop("name"), why, on)
        laws, presumed = _laws(agency), _presumed(agency)
        for key, value in fields.items():
            before[key], after[key] = getattr(agency, key), value
            setattr(agency, key, value)
        if fields:
            agency.save(update_fields=list(fields))
        if {"kind", "jurisdiction"} & fields.keys() and laws == presumed:
            before["laws"], after["laws"] = laws, _presumed(agency)
            _put_laws(agency, after["laws"])
        contacts = {key: values for key, values in new.contacts.items() if values != _values(agency, *key)}
        if contacts:
            before["contacts"] = _contacts(agency)
            for (purpose, channel), values in contacts.items():
                agency.contacts.filter(purpose=purpose, channel=channel).exclude(value__in=values).delete()
                AgencyContact.objects.bulk_create(
                    (
                        AgencyContact(
                            agency=agency,
                            purpose=purpose,
                            channel=channel,
                            value=value,
                            source=why.source,
                        )
                        for value in values
                    ),
                    ignore_conflicts=True,
                )
            after["contacts"] = _contacts(agency)
        if not after:
            raise Refused("nothing_changed", f"{agency.name} says so already.")
        return _record(Kind.EDIT, agency, None, before, after, why)


def undo(*, change: AgencyChange, why: Why) -> AgencyChange:
    """Put everything back as it was. Of two changes to one agency the later goes first."""
    with viewing(OPERATOR):
        there = [row for row in (change.agency, change.other) if row is not None]
        rows = {row.pk: row for row in _locked(*there)} if len(there) > 1 else {there[0].pk: _locked(*there)}
        agency = rows[change.agency_id]
        _may_undo(change, [row.pk for row in there])
        match change.kind:
            case Kind.MERGE:
                _unmerge(change)
            case Kind.SPLIT:
                _unsplit(change, agency, rows[change.other_id or 0])
            case _:
                _put_back(agency, change)
        return _record(Kind.UNDO, agency, change.other, change.after, change.before, why, undoes=change)


def _may_undo(change: AgencyChange, ids: list[int]) -> None:
    if change.kind == Kind.UNDO:
        raise Refused("undo_of_undo", "An undo is not undone; do again what it took back.")
    if AgencyChange.objects.filter(undoes=change).exists():
        raise Refused("undone_before", f"Change {change.pk} was undone before.")
    later = (
        AgencyChange.objects.filter(Q(agency__in=ids) | Q(other__in=ids), pk__gt=change.pk, undone_by=None)
        .exclude(kind=Kind.UNDO)
        .order_by("-pk")
        .first()
    )
    if later is not None:
        raise Refused(
            "changed_since",
            f"Change {later.pk} ({later.get_kind_display().lower()}) came later. Undo it first.",
        )


def _unmerge(change: AgencyChange) -> None:
    after, before = change.after["merged_into"], change.before["merged_into"]
    now = dict(Agency.objects.filter(pk__in=map(int, after)).values_list("pk", "merged_into_id"))
    if now != {int(pk): there for pk, there in after.items()}:
        raise Refused("changed_since", "Somebody merged these agencies anew since; undo that first.")
    for pk, there in before.items():
        Agency.objects.filter(pk=int(pk)).update(merged_into=there)


def _unsplit(change: AgencyChange, agency: Agency, made: Agency) -> None:
    """The address of the new agency may have been published: it stays alive and leads back."""
    try:
        for what, table in MOVABLE.items():
            rows = table._default_manager.filter(pk__in=change.after[what], agency=made)
            if rows.update(agency=agency) != len(change.after[what]):
                raise Refused("changed_since", f"Some of its {what} have gone elsewhere since.")
    except IntegrityError:
        raise Refused("there_already", f"{agency.name} has got the same name or address since.") from None
    made.merged_into = agency
    made.save(update_fields=["merged_into"])


def _put_back(agency: Agency, change: AgencyChange) -> None:
    before, after = dict(change.before), dict(change.after)
    former = after.pop("former", None)
    before.pop("former", None)
    for what, reads, writes in (("laws", _laws, _put_laws), ("contacts", _contacts, _put_contacts)):
        if what in after:
            if reads(agency) != after.pop(what):
                raise Refused("changed_since", f"The {what} of {agency.name} have changed since.")
            writes(agency, before.pop(what))
    changed = [key for key, value in after.items() if getattr(agency, key) != value]
    if changed:
        raise Refused("changed_since", f"{agency.name} has got another {' and '.join(changed)} since.")
    for key, value in before.items():
        setattr(agency, key, value)
    if before:
        agency.save(update_fields=list(before))
    if former is not None:
        AgencyName.objects.filter(pk=former, agency=agency).delete()


def _rename(agency: Agency, name: str, why: Why, on: dt.date | None) -> tuple[dict[str, Any], dict[str, Any]]:
    name, old = _name(name), agency.name
    if name == old:
        raise Refused("same_name", f"It is called {old} already.", field="name")
    former, made = AgencyName.objects.get_or_create(
        agency=agency, name=old, defaults={"until_on": on, "source": why.source}
    )
    agency.name = name
    agency.save(update_fields=["name"])
    return {"name": old}, {"name": name, "former": former.pk if made else None}


def _name(name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise Refused("name_missing", "Write the name of the agency.", field="name")
    if len(name) > 300:
        raise Refused(
            "name_too_long", f"The name has {len(name)} characters; at most 300 can be kept.", field="name"
        )
    return name


def _locked(*agencies: Agency) -> Any:
    """The rows as they stand; no other act changes them until this one is done. One for one, a list for several."""
    with connection.cursor() as cursor:
        # Two merges at once could make a circle that neither of them sees.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('agency_changes'))")
    rows = Agency.objects.select_related("merged_into").in_bulk([agency.pk for agency in agencies])
    found = [rows[agency.pk] for agency in agencies]
    return found[0] if len(found) == 1 else found


def _alive(agency: Agency) -> None:
    if agency.merged_into is not None:
        raise Refused(
            "merged_already",
            f"{agency.name} was merged into {agency.merged_into.name} ({agency.merged_into.slug}). "
            "Change that one, or undo the merge first.",
            field="agency",
        )


def _one(rows: Any, word: str, agency: Agency) -> int:
    found = list(rows.values_list("pk", flat=True))
    if len(found) != 1:
        many = f"has {len(found)} of" if found else "has no"
        raise Refused("part_unknown", f"{agency.name} {many} “{word}”.", field="parts")
    return int(found[0])


def _free_slug(agency: Agency) -> str:
    place = agency.jurisdiction.removeprefix("us-")
    plain = slugify(f"{place} {agency.name}")[:110] or place
    taken = set(Agency.objects.filter(slug__startswith=plain).values_list("slug", flat=True))
    return next(
        slug for n in range(1, len(taken) + 2) if (slug := plain if n == 1 else f"{plain}-{n}") not in taken
    )


def _record(
    kind: str,
    agency: Agency,
    other: Agency | None,
    before: dict[str, Any],
    after: dict[str, Any],
    why: Why,
    *,
    undoes: AgencyChange | None = None,
) -> AgencyChange:
    return AgencyChange.objects.create(
        kind=kind, agency=agency, other=other, before=before, after=after, reason=why.reason.strip(),
        source=why.source.strip(), by=why.actor, undoes=undoes,
    )  # fmt: skip


def _laws(agency: Agency) -> list[dict[str, Any]]:
    return list(agency.laws.order_by("pk").values(*LAW))


def _presumed(agency: Agency) -> list[dict[str, Any]]:
    law = governing(agency.jurisdiction, agency.kind)
    if not law.law_id:
        return []
    return [
        {"law_id": law.law_id, "why": law.why[:500], "source": law.source[:500], "confidence": law.confidence}
    ]


def _put_laws(agency: Agency, laws: list[dict[str, Any]]) -> None:
    agency.laws.all().delete()
    AgencyLaw.objects.bulk_create(AgencyLaw(agency=agency, **law) for law in laws)


def _contacts(agency: Agency) -> list[dict[str, Any]]:
    rows = agency.contacts.order_by("purpose", "channel", "value").values(*CONTACT)
    return [{**row, "verified_on": row["verified_on"] and row["verified_on"].isoformat()} for row in rows]


def _put_contacts(agency: Agency, contacts: list[dict[str, Any]]) -> None:
    agency.contacts.all().delete()
    AgencyContact.objects.bulk_create(
        AgencyContact(
            agency=agency,
            **{**row, "verified_on": row["verified_on"] and dt.date.fromisoformat(row["verified_on"])},
        )
        for row in contacts
    )


def _values(agency: Agency, purpose: str, channel: str) -> list[str]:
    rows = agency.contacts.filter(purpose=purpose, channel=channel).order_by("value")
    return list(rows.values_list("value", flat=True))
