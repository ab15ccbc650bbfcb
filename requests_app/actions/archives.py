"""A full copy of an organization: every row as JSON and CSV, every file as it came, and a manifest of hashes.

The worker makes it in bounded steps: all rows first, then files as many as the time allows, then the manifest. A file
that grows aside is only gone on with while it has the very size that the last step left; else it is begun anew.
"""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import hashlib
import io
import json
import tempfile
import uuid
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from requests_app.intake import storage
from requests_app.models import Archive, Organisation, Person
from requests_app.models.visibility import Viewer, organisation_viewer, viewing, viewing_as
from requests_app.notices.cells import neutral
from requests_app.queries import archives as query

from . import audit, jobs, nudge
from .deadlines import database_now
from .refusals import Refused
from .rights import must_own

WORK = "requests_app.tasks.archives.work"
LASTS = dt.timedelta(days=7)
MOST_ATTEMPTS = 5
MOST_WAITING = 1
State = Archive.State
README = """This archive holds everything that the organization keeps in the Public Records Tracker.

data/      each table, one JSON object a line; `id` and `…_id` refer to each other within this archive
tables/    the same as CSV, for a spreadsheet
files/     each stored file as it came, named by its SHA-256; data/document.jsonl and data/storedfile.jsonl name them
manifest.json   format, tables with their columns and counts, and the size and SHA-256 of every member

`manage.py import_archive FILE` takes it into another instance. Keys to this instance (tokens, invitations, second
factors, passwords) are not in it.
"""


def ask(*, viewer: Viewer, organisation: Organisation, actor: Person, once: str) -> Archive:
    """An owner asks for a copy; the worker makes it. One at a time; the same form sent twice asks once."""
    must_own(viewer, organisation.pk, _("Only an owner may take a full copy."))
    if not once or len(once) > 64 or "\x00" in once:
        raise Refused("once_missing", _("The form has lost its key; open it again."), field="once")
    mine = Archive.objects.filter(organisation=organisation)
    again: Archive | None = mine.filter(once=once).first()
    if again is not None:
        return again
    # The row of the organization is the queue: two owners who ask in one second do not both begin.
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if mine.filter(state=State.WAITING).count() >= MOST_WAITING:
        raise Refused("one_at_a_time", _("A copy is being made already. Wait for it."), status=409)
    try:
        with transaction.atomic():
            made = Archive.objects.create(organisation=organisation, asked_by=actor, once=once)
    except IntegrityError as problem:
        if "one_archive_an_act" not in str(problem):
            raise
        return mine.get(once=once)
    _log("archive.asked", made, actor)
    nudge.worker_should_look(WORK, organisation.pk, made.pk)
    return made


def work(*, organisation_id: int, archive_id: int, go_on: Callable[[], bool]) -> bool:
    """One bounded step, as the person who asked, while that one owns. True: there is more to do."""
    with viewing(organisation_viewer(organisation_id)):
        row = Archive.objects.select_related("asked_by").filter(pk=archive_id, state=State.WAITING).first()
    if row is None:
        return False
    actor = row.asked_by
    if actor is None or not _begun(organisation_id, archive_id):
        return False
    with viewing_as(actor) as viewer:
        held = Archive.objects.owned_by(viewer).select_for_update(of=("self",), skip_locked=True)
        archive = held.filter(pk=archive_id, state=State.WAITING).first()
        if archive is not None:
            return _step(viewer, archive, go_on)
        if viewer.may_own(organisation_id):
            return False  # another worker has it
    return _given_up(organisation_id, archive_id, _("Who asked for this copy is no longer an owner."))


def _begun(organisation_id: int, archive_id: int) -> bool:
    """Counted before it is tried: what kills its worker again and again is given up."""
    with viewing(organisation_viewer(organisation_id)):
        rows = Archive.objects.filter(pk=archive_id, state=State.WAITING)
        row = rows.first()
        if row is None or (row.size and storage.aside_size(row.public_id) == row.size):
            return row is not None
        if row.attempts < MOST_ATTEMPTS:
            return bool(rows.update(attempts=F("attempts") + 1, size=0, rows=0, files=0))
    return _given_up(organisation_id, archive_id, _("Making this copy failed five times. The operator's log says why."))


def _given_up(organisation_id: int, archive_id: int, problem: str) -> bool:
    with viewing(organisation_viewer(organisation_id)):
        row = Archive.objects.filter(pk=archive_id, state=State.WAITING).first()
        if row is not None:
            storage.drop_aside(row.public_id)
            Archive.objects.filter(pk=row.pk).update(state=State.FAILED, problem=problem)
    return False


def _step(viewer: Viewer, archive: Archive, go_on: Callable[[], bool]) -> bool:
    name, home = archive.public_id, archive.organisation_id
    blobs = query.blobs_of(viewer, home)
    with storage.aside(name, anew=not archive.size) as file:
        if not archive.size:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
                archive.rows = _rows(bundle, viewer, home)
        done = archive.files
        with zipfile.ZipFile(file, "a", zipfile.ZIP_STORED) as bundle:
            held = set(bundle.namelist())
            for blob in blobs:
                if f"files/{blob.sha256}" in held:
                    continue
                if not go_on():
                    break
                member = f"files/{blob.sha256}"
                with storage.opened(blob.name) as source, bundle.open(member, "w", force_zip64=True) as to:
                    _copy(source, to)
                done += 1
            whole = done >= len(blobs)
            if whole:
                _manifest(bundle, archive)
    archive.files = done
    if not whole:
        Archive.objects.filter(pk=archive.pk).update(rows=archive.rows, files=done, size=storage.aside_size(name))
        return True
    stored = storage.keep_aside(name)
    Archive.objects.filter(pk=archive.pk).update(
        state=State.READY, ready_at=Now(), rows=archive.rows, files=done, blob=stored.name, size=stored.size,
        sha256=stored.sha256,
    )  # fmt: skip
    return False


def _rows(bundle: zipfile.ZipFile, viewer: Viewer, home: int) -> int:
    """What refers is read before what it refers to: a row born meanwhile is never missing."""
    total = 0
    counts: dict[str, dict[str, Any]] = {}
    outside: dict[str, set[int]] = {name: set() for name in query.OUTSIDE}
    for model in reversed(query.tables()):
        name = query.label(model)
        refers = [(f.attname, query.label(f.related_model)) for f in query.references(model)]
        heads = [field.attname for field in query.columns(model)]

        rows = _noting(query.rows_of(model, viewer, home), refers, outside)
        counts[name] = {"columns": heads, "rows": _table(bundle, name, heads, rows)}
        total += counts[name]["rows"]
    for name in ("agencycustodian", "agency", "person"):
        known = list(query.outside_rows(name, outside[name]))
        if name == "agencycustodian":
            outside["agency"] |= {row["agency_id"] for row in known}
        heads = ["id", *query.OUTSIDE[name][1]]
        counts[name] = {"columns": heads, "rows": _table(bundle, name, heads, known)}
    bundle.writestr("data/tables.json", _json(counts))
    return total


def _noting(
    rows: Iterable[dict[str, Any]], refers: list[tuple[str, str]], outside: dict[str, set[int]]
) -> Iterable[dict[str, Any]]:
    """The same rows; whom and what they name outside of the organization is noted as they pass."""
    for row in rows:
        for column, target in refers:
            if target in outside and row[column] is not None:
                outside[target].add(row[column])
        if row.get("grantee_kind") == "person":
            outside["person"].add(row["grantee_id"])
        yield row


def _table(bundle: zipfile.ZipFile, name: str, heads: list[str], rows: Iterable[dict[str, Any]]) -> int:
    count = 0
    with tempfile.SpooledTemporaryFile(max_size=8 * storage.MEGABYTE) as aside:
        text = io.TextIOWrapper(aside, encoding="utf-8-sig", newline="", write_through=True)
        sheet = csv.writer(text)
        sheet.writerow(heads)
        with bundle.open(f"data/{name}.jsonl", "w", force_zip64=True) as lines:
            for row in rows:
                lines.write(_json(row).encode() + b"\n")
                sheet.writerow([neutral(_cell(row[head])) for head in heads])
                count += 1
        text.detach()
        aside.seek(0)
        with bundle.open(f"tables/{name}.csv", "w", force_zip64=True) as member:
            _copy(aside, member)
    return count


def _manifest(bundle: zipfile.ZipFile, archive: Archive) -> None:
    """Last of all, over what lies in the archive by now."""
    bundle.writestr("README.txt", README)
    members = []
    for info in bundle.infolist():
        digest = hashlib.sha256()
        with bundle.open(info) as member:
            while chunk := member.read(storage.MEGABYTE):
                digest.update(chunk)
        members.append({"path": info.filename, "size": info.file_size, "sha256": digest.hexdigest()})
    organisation = archive.organisation
    told = {
        "format": query.FORMAT,
        "made_at": database_now().isoformat(),
        "organization": {"id": organisation.public_id, "name": organisation.name},
        "tables": json.loads(bundle.read("data/tables.json")),
        "members": members,
    }
    bundle.writestr("manifest.json", json.dumps(told, indent=1, ensure_ascii=False))


def fetched(*, viewer: Viewer, archive: Archive, actor: Person) -> None:
    """Each fetch of a full copy leaves a line in the audit."""
    must_own(viewer, archive.organisation_id, _("Only an owner may take a full copy."))
    Archive.objects.filter(pk=archive.pk).update(fetched_at=Now())
    _log("archive.fetched", archive, actor)


def clear(organisation_id: int) -> int:
    """Copies older than a week go. Returns how many."""
    with viewing(organisation_viewer(organisation_id)):
        old = Archive.objects.filter(
            organisation=organisation_id, state=State.READY, ready_at__lt=Now() - LASTS
        ).select_for_update(of=("self",), skip_locked=True)
        names = []
        for row in old:
            names.append(row.blob)
            Archive.objects.filter(pk=row.pk).update(state=State.GONE)
        transaction.on_commit(lambda: _drop(names))
    return len(names)


def _drop(names: list[str]) -> None:
    for name in names:
        storage.drop(name)


def organisations_with_work() -> list[tuple[int, int]]:
    """Every organization with the copies that wait to be made, as (organization, archive); 0: nothing waits."""
    out = []
    for pk in jobs.organisations():
        with viewing(organisation_viewer(pk)):
            waiting = list(Archive.objects.filter(organisation=pk, state=State.WAITING).values_list("pk", flat=True))
        out += [(pk, one) for one in waiting] or [(pk, 0)]
    return out


def _copy(source: Any, to: Any) -> None:
    while chunk := source.read(storage.MEGABYTE):
        to.write(chunk)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> str:
    """Whole, to the microsecond: what comes back must be what went."""
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (decimal.Decimal, uuid.UUID)):
        return str(value)
    raise TypeError(f"An archive cannot hold {type(value).__name__}.")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else _json(value).strip('"')


def _log(act: str, archive: Archive, actor: Person) -> None:
    audit.record(
        act=act, subject=f"archive {archive.public_id}", organisation=archive.organisation, actor=actor
    )
