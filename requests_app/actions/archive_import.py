"""A full copy of an organization taken into an instance that does not have it: whole or not at all.

Every hash is checked before the first row is written. Rows get new numbers and keep their public ids, so that every
address still leads where it led. Runs as the owner of the database, for operators.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from django.db import connections, models, transaction

from requests_app.intake import storage
from requests_app.laws.registry import library
from requests_app.models import Agency, AgencyCustodian, Organisation, Person
from requests_app.queries import archives as query

from . import audit
from .refusals import Refused

CHUNK = 1_000
# Not sent yet when the copy was made: this instance plans its own, and sends no letter that the other may send.
UNSENT = {"reminder": ("planned", "claimed")}
STOPPED = {
    "letter": {"queued": "stopped"},
    "lettersending": {"planned": "cancelled", "claimed": "cancelled"},
}
Ids = dict[str, dict[int, int]]


@dataclass(slots=True)
class Imported:
    organisation: Organisation
    rows: int = 0
    files: int = 0
    new_people: int = 0
    new_agencies: int = 0
    left_out: list[str] = field(default_factory=list)


def take_in(file: BinaryIO, *, using: str = "owner") -> Imported:
    """Refused, with nothing written: a member that is missing, changed or not named; a format or a table of a newer
    version; a law that this instance does not know; an organization that is here already."""
    try:
        bundle = zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        raise Refused("not_an_archive", "This file is no archive of an organization.", field="file") from None
    with bundle:
        told = _checked(bundle)
        kept: dict[str, storage.Stored] = {}
        try:
            with transaction.atomic(using=using):
                return _Import(bundle, told, kept, using).run()
        except BaseException:
            for stored in kept.values():
                storage.drop(stored.name)
            raise


def _checked(bundle: zipfile.ZipFile) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(bundle.read("manifest.json"))
        members = {one["path"]: one for one in told["members"]}
        tables = told["tables"]
    except (KeyError, ValueError, TypeError):
        raise Refused("no_manifest", "The archive has no manifest that can be read.", field="file") from None
    if told.get("format") != query.FORMAT:
        raise Refused("format_unknown", f"The archive has format {told.get('format')!r}; this program reads 1.")
    there = {info.filename for info in bundle.infolist()} - {"manifest.json"}
    if odd := sorted(there ^ members.keys()):
        raise Refused("members_differ", f"{odd[0]} is in the archive or in its manifest, but not in both.")
    for path, one in members.items():
        digest, size = hashlib.sha256(), 0
        try:
            with bundle.open(path) as member:
                while chunk := member.read(storage.MEGABYTE):
                    size += len(chunk)
                    if size > one["size"]:
                        break
                    digest.update(chunk)
        except zipfile.BadZipFile:
            raise Refused("changed", f"{path} was damaged since the archive was made.") from None
        if (size, digest.hexdigest()) != (one["size"], one["sha256"]):
            raise Refused("changed", f"{path} was changed since the archive was made.")
    known = {query.label(model): model for model in query.tables()}
    for name, table in tables.items():
        if name not in known and name not in query.OUTSIDE:
            raise Refused("table_unknown", f"The archive has a table {name!r} that this version does not know.")
        if name in known:
            columns = {one.attname for one in query.columns(known[name])}
            if odd := sorted(set(table["columns"]) - columns):
                raise Refused("column_unknown", f"The table {name!r} has a column {odd[0]!r} unknown to this version.")
    return told


def _chunks(file: Any) -> Iterator[bytes]:
    while chunk := file.read(storage.MEGABYTE):
        yield chunk


class _Import:
    def __init__(
        self, bundle: zipfile.ZipFile, told: dict[str, Any], kept: dict[str, storage.Stored], using: str
    ) -> None:
        self.bundle, self.told, self.kept, self.using = bundle, told, kept, using
        self.ids: Ids = {}
        self.skipped: dict[str, set[int]] = {}
        self.counts = {"people": 0, "agencies": 0, "shares": 0, "rows": 0}

    def run(self) -> Imported:
        whose = self.told["organization"]
        if Organisation.objects.using(self.using).filter(public_id=whose["id"]).exists():
            raise Refused("here_already", f"{whose['name']} is here already; an archive is never taken in twice.")
        self._laws()
        self._outside()
        for model in query.tables():
            self._number(model)
        self._files()
        for model in query.tables():
            self._insert(model)
        organisation = Organisation.objects.using(self.using).get(public_id=whose["id"])
        done = Imported(
            organisation, self.counts["rows"], len(self.kept), self.counts["people"], self.counts["agencies"]
        )
        if self.counts["shares"]:
            done.left_out.append(
                f"Left out: {self.counts['shares']} shares with organizations, coalitions or guests that are not here."
            )
        audit.record(
            act="archive.imported", subject=f"organisation {organisation.public_id}", organisation=organisation,
            actor=None, detail={"rows": done.rows, "files": done.files}, using=self.using,
        )  # fmt: skip
        return done

    def _lines(self, name: str) -> Iterator[dict[str, Any]]:
        path = f"data/{name}.jsonl"
        if path in self.bundle.namelist():
            with self.bundle.open(path) as member:
                for line in member:
                    yield json.loads(line)

    def _laws(self) -> None:
        here = {entry.id for entry in library().laws}
        for row in self._lines("recordsrequest"):
            if row["law_id"] not in here:
                raise Refused("law_unknown", f"This instance does not know the law {row['law_id']!r}.")

    def _outside(self) -> None:
        """People by address, agencies by the last part of their page's address, offices by agency and name."""
        people, agencies, offices = {}, {}, {}
        for row in self._lines("person"):
            email = row["email"].lower()
            found = Person.objects.using(self.using).filter(email__iexact=email).first()
            if found is None:
                found = Person(email=email, name=row["name"], zone=row["zone"])
                found.set_unusable_password()
                found.save(using=self.using)
                self.counts["people"] += 1
            people[row["id"]] = found.pk
        for row in self._lines("agency"):
            facts = {name: row[name] for name in query.OUTSIDE["agency"][1]}
            found_agency, made = Agency.objects.using(self.using).get_or_create(slug=facts.pop("slug"), defaults=facts)
            self.counts["agencies"] += made
            agencies[row["id"]] = found_agency.pk
        for row in self._lines("agencycustodian"):
            office, _made = AgencyCustodian.objects.using(self.using).get_or_create(
                agency_id=agencies[row["agency_id"]], name=row["name"],
                defaults={"law_id": row["law_id"], "note": row["note"]},
            )  # fmt: skip
            offices[row["id"]] = office.pk
        self.ids |= {"person": people, "agency": agencies, "agencycustodian": offices}

    def _number(self, model: type[models.Model]) -> None:
        """New numbers for all rows of a table before the first is written, in the same order."""
        name, key = query.label(model), model._meta.pk
        if key.remote_field is not None:
            return
        old = [row[key.attname] for row in self._lines(name)]
        with connections[self.using].cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [model._meta.db_table, key.column, len(old)],
            )
            self.ids[name] = dict(zip(old, sorted(row[0] for row in cursor.fetchall()), strict=True))

    def _files(self) -> None:
        for info in self.bundle.infolist():
            folder, _, sha256 = info.filename.partition("/")
            if folder != "files":
                continue
            with self.bundle.open(info) as member:
                stored = storage.keep(_chunks(member), most=info.file_size)
            self.kept[sha256] = stored
            if stored.sha256 != sha256:
                raise Refused("changed", f"{info.filename} is not the file that its name says.")

    def _insert(self, model: type[models.Model]) -> None:
        name = query.label(model)
        fields = {one.attname: one for one in query.columns(model)}
        used: set[str] = set()
        rows = (self._row(name, model, fields, row, used) for row in self._lines(name))
        made = (row for row in rows if row is not None)
        while chunk := list(islice(made, CHUNK)):
            model._default_manager.using(self.using).bulk_create(chunk)
            self.counts["rows"] += len(chunk)

    def _row(
        self, name: str, model: type[models.Model], fields: dict[str, Any], row: dict[str, Any], used: set[str]
    ) -> models.Model | None:
        key = model._meta.pk
        if row.get("state") in UNSENT.get(name, ()) or (name == "share" and not self._grantee(row)):
            self.skipped.setdefault(name, set()).add(row[key.attname])
            return None
        given: dict[str, Any] = {}
        for column, value in row.items():
            one = fields[column]
            if value is None:
                given[column] = None
            elif one.remote_field is not None:
                target = query.label(one.related_model)
                if value in self.skipped.get(target, ()):
                    self.skipped.setdefault(name, set()).add(row[key.attname])
                    return None
                given[column] = self.ids[target][value]
            elif column == "state" and value in STOPPED.get(name, {}):
                given[column] = STOPPED[name][value]
            elif one is key:
                given[column] = self.ids[name][value]
            else:
                given[column] = value if isinstance(one, models.JSONField) else one.to_python(value)
        blob = query.BLOBS.get(name)
        if blob:
            given[blob] = self._blob(row["sha256"], row[blob], used)
        return model(**given)

    def _blob(self, sha256: str, before: str, used: set[str]) -> str:
        """The same bytes under two rows lie once in the archive and twice here: either row may be erased."""
        stored = self.kept.get(sha256)
        if stored is None:
            return before  # erased before the copy was made
        if stored.name not in used:
            used.add(stored.name)
            return stored.name
        with storage.opened(stored.name) as source:
            twin = storage.keep(_chunks(source), most=stored.size)
        self.kept[f"{sha256}:{len(self.kept)}"] = twin
        return twin.name

    def _grantee(self, row: dict[str, Any]) -> bool:
        if row["grantee_kind"] == "public":
            return True
        if row["grantee_kind"] == "person":
            return self._known_person(row)
        self.counts["shares"] += 1
        return False

    def _known_person(self, row: dict[str, Any]) -> bool:
        """A guest is named by a number that is no reference: it is exchanged here."""
        new = self.ids["person"].get(row["grantee_id"])
        row["grantee_id"] = new
        self.counts["shares"] += new is None
        return new is not None
