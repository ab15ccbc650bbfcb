"""The files of the open data are made all at once, out of one view of the database, and replace the last ones."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from requests_app.intake import storage
from requests_app.models.publication import OpenDataFile, public_until, publication_generation
from requests_app.models.visibility import PUBLIC, SCHEDULE, viewing
from requests_app.notices.cells import neutral
from requests_app.queries import open_data as query

WORK = "requests_app.tasks.open_data.sweep"
ZONE = ZoneInfo("America/New_York")
# Of the night, where most of those who read it are.
HOUR = 3
LOCK = "hashtext('open_data')"


def is_due(now: dt.datetime) -> bool:
    """Something is missing, is not to be served any more, or is from before the last night's hour."""
    with viewing(PUBLIC):
        kept = {row.name: row for row in OpenDataFile.objects.all()}
        generation = publication_generation()
    if set(query.names()) - set(kept) or not all(row.stands(now, generation) for row in kept.values()):
        return True
    night = now.astimezone(ZONE).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if night > now:
        night -= dt.timedelta(days=1)
    return min(row.as_of for row in kept.values()) < night


def make(now: dt.datetime) -> int:
    """All files; how many. 0: somebody else is making them."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            # One view for all files: no event without its request.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({LOCK})")
        if not cursor.fetchone()[0]:
            return 0
        return _make(now)


def _make(now: dt.datetime) -> int:
    made: list[OpenDataFile] = []
    try:
        with viewing(PUBLIC):
            # Before any row is read: what is taken back meanwhile leaves an older number on the files.
            generation, until = publication_generation(), public_until()
            for table in query.TABLES:
                made += _written(table, now, generation, until)
        with viewing(SCHEDULE):
            old = list(OpenDataFile.objects.values_list("blob", flat=True))
            for row in made:
                OpenDataFile.objects.update_or_create(
                    name=row.name,
                    defaults={
                        "blob": row.blob, "size": row.size, "sha256": row.sha256, "rows": row.rows, "as_of": now,
                        "generation": generation, "until_at": until,
                    },
                )  # fmt: skip
    except BaseException:
        _drop([row.blob for row in made])
        raise
    transaction.on_commit(lambda: _drop(old))
    return len(made)


def _written(
    table: query.Table, now: dt.datetime, generation: int, until: dt.datetime | None
) -> list[OpenDataFile]:
    rows = 0
    keys = {form: secrets.token_hex(8) for form in query.FORMS}
    try:
        with ExitStack() as stack:
            files = {form: stack.enter_context(_file(keys[form], form)) for form in query.FORMS}
            sheets = [(one, csv.writer(one)) for form, one in files.items() if form.startswith("csv")]
            lines = [one for form, one in files.items() if form.startswith("jsonl")]
            heads = [column.name for column in table.columns]
            for file, sheet in sheets:
                # The mark tells a spreadsheet that the bytes are UTF-8.
                file.write("\ufeff")
                sheet.writerow(heads)
            for row in table.rows(now):
                told = {head: row[head] for head in heads}
                line = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=_plain) + "\n"
                cells = [_cell(value) for value in told.values()]
                for _text, sheet in sheets:
                    sheet.writerow(cells)
                for file in lines:
                    file.write(line)
                rows += 1
        kept = {form: storage.keep_aside(key) for form, key in keys.items()}
    except BaseException:
        for key in keys.values():
            storage.drop_aside(key)
        raise
    return [
        OpenDataFile(
            name=f"{table.name}.{form}", blob=one.name, size=one.size, sha256=one.sha256, rows=rows, as_of=now,
            generation=generation, until_at=until,
        )
        for form, one in kept.items()
    ]  # fmt: skip


@contextmanager
def _file(key: str, form: str) -> Iterator[io.TextIOWrapper]:
    with storage.aside(key, anew=True) as raw:
        packed: Any = gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) if form.endswith(".gz") else raw
        text = io.TextIOWrapper(packed, encoding="utf-8", newline="")
        yield text
        text.flush()
        text.detach()
        if packed is not raw:
            packed.close()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, (dt.date, dt.datetime)) else value


def _plain(value: Any) -> str:
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    raise TypeError(f"The open data cannot hold {type(value).__name__}.")


def _drop(blobs: list[str]) -> None:
    for blob in blobs:
        storage.drop(blob)
