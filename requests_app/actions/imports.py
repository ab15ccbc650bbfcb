"""Import of a request log: upload, columns, dry run, apply, undo. Each step is one act; rows go in chunks.

A killed worker loses nothing: what a chunk wrote is committed with the count of rows done, and the next one goes on
from there. Nothing of a request exists before somebody has seen the dry run and pressed apply.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import PurePath
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count
from django.db.models.functions import Now

from requests_app.intake import spreadsheets, storage
from requests_app.intake.fields import BY_KEY, Mapping, guess_columns
from requests_app.intake.judging import KNOWN, REFUSED, Judge, Row
from requests_app.models import (
    ImportBatch,
    ImportRow,
    Organisation,
    Person,
    StoredFile,
)
from requests_app.models.visibility import Viewer, viewing_as

from . import audit, import_filing, nudge
from .refusals import NotYours, Refused

CHECKED_AT_ONCE = 1_000
APPLIED_AT_ONCE = 500
# A file of this size is checked while its sender waits; a larger one by the worker.
CHECKED_IN_PAGE = 2_000
WORK = "requests_app.tasks.imports.work"
State = ImportBatch.State
MOST_CUSTOM = 60
CHOICES = ("delimiter", "encoding", "sheet", "head_line")


def start_import(
    *,
    viewer: Viewer,
    organisation: Organisation,
    actor: Person,
    name: str,
    chunks: Iterable[bytes],
    once: str,
    source: str = "",
    content_type: str = "",
    choices: dict[str, Any] | None = None,
) -> ImportBatch:
    """Keep the file as it came, look at its columns and guess what they hold. The same `once` gives the same batch."""
    _editable(viewer, organisation.pk)
    again: ImportBatch | None = ImportBatch.objects.filter(organisation=organisation, once=once).first()
    if again is not None:
        return again
    try:
        stored = storage.keep(chunks)
    except storage.TooLarge:
        raise Refused("too_large", storage.TOO_LARGE, field="file", status=413) from None
    try:
        with storage.opened(stored.name) as file:
            peek = spreadsheets.peek(file, choices)
        with transaction.atomic():
            kept = StoredFile.objects.create(
                name=stored.name,
                organisation=organisation,
                original_name=PurePath(name.replace("\\", "/")).name[:255] or "log",
                content_type=content_type[:100],
                size=stored.size,
                sha256=stored.sha256,
                stored_by=actor,
            )
            batch = ImportBatch(
                organisation=organisation, file=kept, once=once, created_by=actor, acting=actor
            )
            _read_as(batch, peek)
            before = remembered(batch)
            batch.source = (
                _source(source) or (before.source if before else "") or _source(PurePath(name).stem)
            )
            batch.mapping = (Mapping.of(before.mapping) if before else _guess(batch)).as_json()
            batch.save()
    except spreadsheets.Unreadable as wrong:
        storage.drop(stored.name)
        raise Refused(wrong.code, wrong.sentence, field="file") from None
    except IntegrityError as problem:
        storage.drop(stored.name)
        if "one_import_an_act" not in str(problem):
            raise
        return ImportBatch.objects.get(organisation=organisation, once=once)
    except BaseException:
        storage.drop(stored.name)
        raise
    return batch


def _source(words: str) -> str:
    return " ".join(words.split())[:80]


def _read_as(batch: ImportBatch, peek: spreadsheets.Peek) -> None:
    batch.columns = peek.columns
    batch.rows_total = peek.rows
    batch.reading = {**peek.reading, "said": peek.said, "trouble": peek.trouble}


def headings_of(batch: ImportBatch) -> list[str]:
    return [column["heading"] for column in batch.columns]


def _guess(batch: ImportBatch) -> Mapping:
    headings = headings_of(batch)
    columns = guess_columns(headings)
    filled = {column["heading"] for column in batch.columns if column.get("filled")}
    own = [heading for heading in headings if heading in filled and heading not in columns.values()]
    return Mapping(columns=columns, custom=own[:MOST_CUSTOM])


def remembered(batch: ImportBatch) -> ImportBatch | None:
    """The latest import of this organization whose file had the same headings: its mapping is offered again."""
    latest = ImportBatch.objects.filter(
        organisation=batch.organisation,
        state__in=[State.CHECKED, State.APPLYING, State.APPLIED, State.UNDONE],
    ).order_by("-pk")[:20]
    return next((one for one in latest if headings_of(one) == headings_of(batch)), None)


def read_again(*, viewer: Viewer, batch: ImportBatch, actor: Person, choices: dict[str, Any]) -> ImportBatch:
    """Read the same bytes with another delimiter, encoding, sheet or line of headings."""
    batch = locked(viewer, batch.pk, State.UPLOADED, State.CHECKED, State.FAILED)
    wanted = {key: choices[key] for key in CHOICES if choices.get(key)}
    try:
        with storage.opened(batch.file.name) as file:
            peek = spreadsheets.peek(file, wanted)
    except spreadsheets.Unreadable as wrong:
        raise Refused(wrong.code, wrong.sentence) from None
    before = headings_of(batch)
    _read_as(batch, peek)
    if headings_of(batch) != before:
        batch.mapping = {**batch.mapping, "columns": guess_columns(headings_of(batch))}
    batch.rows.all().delete()
    batch.state, batch.problem, batch.rows_done, batch.counts, batch.acting = State.UPLOADED, "", 0, {}, actor
    batch.save()
    return batch


def map_columns(
    *, viewer: Viewer, batch: ImportBatch, actor: Person, mapping: Mapping, source: str = ""
) -> ImportBatch:
    """Say which column holds what; then every row is looked at. Nothing is written to any request."""
    batch = locked(viewer, batch.pk, State.UPLOADED, State.CHECKED, State.CHECKING, State.FAILED)
    _check_mapping(batch, mapping)
    batch.source = _source(source) or batch.source
    batch.mapping = mapping.as_json()
    batch.rows.all().delete()
    # The token tells a check that is still running for the mapping of before that it is no longer wanted.
    token = int(batch.counts.get("token", 0)) + 1
    batch.state, batch.problem, batch.rows_done, batch.counts = State.CHECKING, "", 0, {"token": token}
    batch.acting = actor
    batch.save()
    return batch


def _check_mapping(batch: ImportBatch, mapping: Mapping) -> None:
    headings = set(headings_of(batch))
    for key, heading in mapping.columns.items():
        if key not in BY_KEY:
            raise Refused("field_unknown", f"There is no field “{key}”.", field=key)
        if heading not in headings:
            raise Refused("column_missing", f"The file has no column “{heading}”.", field=key)
    for heading in mapping.custom:
        if heading not in headings:
            raise Refused("column_missing", f"The file has no column “{heading}”.", field="custom")
        if heading in mapping.columns.values():
            raise Refused(
                "column_twice", f"The column “{heading}” already fills a field of ours.", field="custom"
            )
    if len(mapping.custom) > MOST_CUSTOM:
        raise Refused(
            "too_many_fields", f"At most {MOST_CUSTOM} columns are kept as fields of your own.", field="custom"
        )
    given = mapping.columns.keys() | {key for key, value in mapping.fixed.items() if value}
    if batch.reading.get("trouble") and len(headings) < 2:
        raise Refused("one_column", batch.reading["trouble"])
    if "number" not in mapping.columns:
        raise Refused(
            "number_missing",
            "Choose the column with the number of the request: by it a second import knows a row again.",
            field="number",
        )
    if "agency" not in given:
        raise Refused(
            "agency_missing",
            "Choose the column with the agency, or name one for the whole file.",
            field="agency",
        )
    if not given & {"sent_on", "received_on"}:
        raise Refused(
            "day_missing",
            "Choose the column with the day of sending or of receipt; clocks start there.",
            field="received_on",
        )
    twice = [
        heading for heading in mapping.columns.values() if list(mapping.columns.values()).count(heading) > 1
    ]
    if twice:
        raise Refused("column_twice", f"The column “{twice[0]}” is chosen for two fields.")


def check(
    *,
    actor: Person,
    batch_id: int,
    on: dt.date,
    most: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> bool:
    """Look at every row, a thousand in a transaction. `on` is the legal day of whoever asked.

    Begun again after a kill, or after `most` rows, it reads the file from the start and writes from where it
    stopped. True: there are more rows to look at.
    """
    with viewing_as(actor) as viewer:
        batch = ImportBatch.objects.editable_by(viewer).select_related("file").filter(pk=batch_id).first()
        if batch is None or batch.state != State.CHECKING:
            return False
        token, done = batch.counts.get("token"), batch.rows_done
        begun = done
        judge = import_filing.judge_of(batch, on)
    try:
        with storage.opened(batch.file.name) as file:
            rows = spreadsheets.rows(file, batch.reading)
            next(rows)
            with viewing_as(actor):
                earlier = islice(rows, done)
                while known := list(islice(earlier, CHECKED_AT_ONCE)):
                    judge.prepare(known)
                    for read in known:
                        judge.row(read)
            while chunk := list(islice(rows, CHECKED_AT_ONCE)):
                if not _write_checked(actor, batch_id, token, done, judge, chunk):
                    return False
                done += len(chunk)
                if progress:
                    progress(done)
                if most is not None and done - begun >= most:
                    return True
    except spreadsheets.Unreadable as wrong:
        fail(actor, batch_id, State.CHECKING, wrong.sentence)
        return False
    _finish_check(actor, batch_id, token)
    return False


def judged(batch: ImportBatch, rows: Iterable[ImportRow], *, on: dt.date) -> list[Row]:
    """Stored rows as they would be taken in, for the page that shows them."""
    judge = import_filing.judge_of(batch, on)
    return import_filing.judged_all(list(rows), judge)


def _write_checked(
    actor: Person, batch_id: int, token: int | None, done: int, judge: Judge, chunk: list[dict[str, Any]]
) -> bool:
    """False: somebody else is at it, or has changed the mapping since."""
    with viewing_as(actor) as viewer:
        batch = locked(viewer, batch_id)
        if batch.state != State.CHECKING or batch.counts.get("token") != token or batch.rows_done != done:
            return False
        judge.prepare(chunk)
        judged = [judge.row(read) for read in chunk]
        known = import_filing.numbers_known(batch, (row.number for row in judged))
        made = []
        for row, read in zip(judged, chunk, strict=True):
            if row.number in known and row.verdict != REFUSED:
                row.mark_known()
            cells = {h: c for h, c in zip(judge.headings, read["cells"], strict=False) if c}
            made.append(
                ImportRow(
                    batch=batch, organisation_id=batch.organisation_id, line=row.line, cells=cells,
                    number=row.number, verdict=row.verdict, problems=row.problems,
                )
            )  # fmt: skip
        ImportRow.objects.bulk_create(made, batch_size=1_000)
        counts = batch.counts
        taken = [row for row in judged if row.verdict not in (REFUSED, KNOWN)]
        counts["open"] = counts.get("open", 0) + sum(not row.meaning.event for row in taken)
        counts["without_day"] = counts.get("without_day", 0) + sum(row.answered_without_day for row in taken)
        batch.rows_done = done + len(chunk)
        batch.save(update_fields=["rows_done", "counts"])
    return True


def _finish_check(actor: Person, batch_id: int, token: int | None) -> None:
    with viewing_as(actor) as viewer:
        batch = locked(viewer, batch_id)
        if batch.state != State.CHECKING or batch.counts.get("token") != token:
            return
        batch.counts = {**batch.counts, **verdicts(batch)}
        batch.rows_total = batch.rows_done
        batch.state = State.CHECKED
        batch.save(update_fields=["counts", "rows_total", "state"])


def verdicts(batch: ImportBatch) -> dict[str, int]:
    found = dict(batch.rows.values_list("verdict").annotate(n=Count("pk")))
    return {verdict: found.get(verdict, 0) for verdict in ImportRow.Verdict.values}


def begin_apply(*, viewer: Viewer, batch: ImportBatch, actor: Person) -> ImportBatch:
    """From here on the rows become requests, chunk by chunk. Pressed twice, it is begun once."""
    batch = locked(viewer, batch.pk, State.CHECKED, State.APPLYING, State.APPLIED)
    if batch.state != State.CHECKED:
        return batch
    if not batch.counts.get("new", 0) + batch.counts.get("warned", 0):
        raise Refused("nothing_to_import", "No row of this file would become a request.")
    batch.state, batch.rows_done, batch.acting = State.APPLYING, 0, actor
    batch.save(update_fields=["state", "rows_done", "acting"])
    return batch


def apply_next(*, actor: Person, batch_id: int, on: dt.date, most: int = APPLIED_AT_ONCE) -> bool:
    """The next rows, in one transaction. True: there are more. `on`: no alarm for a date before it."""
    with viewing_as(actor) as viewer:
        batch = locked(viewer, batch_id)
        if batch.state != State.APPLYING:
            return False
        _one_at_a_time(batch)
        todo = batch.rows.filter(verdict__in=("new", "warned"), request=None).order_by("line")
        rows = list(todo[:most])
        if rows:
            import_filing.file_rows(
                batch=batch, rows=rows, judge=import_filing.judge_of(batch, on), actor=actor, on=on
            )
            batch.rows_done = batch.rows_total - todo.count()
            batch.save(update_fields=["rows_done"])
        if todo.exists():
            return True
        batch.counts = {**batch.counts, **verdicts(batch), "made": batch.rows.exclude(request=None).count()}
        batch.state, batch.rows_done, batch.applied_at = State.APPLIED, batch.rows_total, Now()
        batch.save(update_fields=["counts", "state", "rows_done", "applied_at"])
        audit.record(
            act="import.applied",
            subject=f"import {batch.public_id}",
            organisation=batch.organisation,
            actor=actor,
            detail={"requests": batch.counts["made"], "sha256": batch.file.sha256},
        )
    return False


def wake_worker(batch: ImportBatch) -> None:
    """After a step that leaves rows to do, where the caller does not do them itself."""
    nudge.worker_should_look(WORK, batch.organisation_id, batch.pk)


def _one_at_a_time(batch: ImportBatch) -> None:
    # Two logs of one source at one instant: the second waits and then finds the numbers of the first.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))",
            [f"import:{batch.source}", batch.organisation_id],
        )


def start_over(*, viewer: Viewer, batch: ImportBatch, actor: Person, once: str) -> ImportBatch:
    """The same stored file as a new import, with the same columns: after an undo, or after a failure."""
    old = locked(viewer, batch.pk)
    made, _ = ImportBatch.objects.get_or_create(
        organisation_id=old.organisation_id,
        once=once,
        defaults={
            "file": old.file, "source": old.source, "columns": old.columns, "reading": old.reading,
            "mapping": old.mapping, "rows_total": old.rows_total, "created_by": actor, "acting": actor,
        },
    )  # fmt: skip
    return made


def other_sheet(*, viewer: Viewer, batch: ImportBatch, actor: Person, sheet: str, once: str) -> ImportBatch:
    """Another sheet of the same workbook as an import of its own, in the same log. The same `once`: the same import."""
    old = locked(viewer, batch.pk)
    again: ImportBatch | None = ImportBatch.objects.filter(organisation_id=old.organisation_id, once=once).first()
    if again is not None:
        return again
    if sheet not in old.reading.get("sheets", ()):
        raise Refused("no_sheet", f"The workbook has no sheet “{sheet}”.", field="sheet")
    made = ImportBatch(
        organisation_id=old.organisation_id, file=old.file, once=once, created_by=actor, acting=actor,
        source=old.source,
    )  # fmt: skip
    try:
        with storage.opened(old.file.name) as file:
            _read_as(made, spreadsheets.peek(file, {"sheet": sheet}))
    except spreadsheets.Unreadable as wrong:
        raise Refused(wrong.code, wrong.sentence, field="sheet") from None
    before = remembered(made)
    made.mapping = (Mapping.of(before.mapping) if before else _guess(made)).as_json()
    made.save()
    return made


def fail(actor: Person, batch_id: int, state: str, sentence: str) -> None:
    with viewing_as(actor):
        ImportBatch.objects.filter(pk=batch_id, state=state).update(
            state=State.FAILED, problem=sentence[:500]
        )


def _editable(viewer: Viewer, organisation_id: int) -> None:
    if not viewer.may_edit(organisation_id):
        raise NotYours


def locked(viewer: Viewer, batch_id: int, *states: str) -> ImportBatch:
    batch: ImportBatch | None = (
        ImportBatch.objects.editable_by(viewer)
        .select_for_update(of=("self",))
        .select_related("file", "organisation")
        .filter(pk=batch_id)
        .first()
    )
    if batch is None:
        raise NotYours
    if states and batch.state not in states:
        raise Refused(
            "wrong_step",
            f"This import is {batch.get_state_display().lower()}; that step is over.",
            status=409,
        )
    return batch
