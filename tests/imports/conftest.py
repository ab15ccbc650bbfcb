"""Harbor Rights Clinic imports a log. Sangamon Bend is the agency, under the law of Illinois."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from requests_app.actions import imports
from requests_app.intake.fields import Mapping
from requests_app.models import ImportBatch
from requests_app.models.ids import public_id
from requests_app.models.visibility import viewing_as
from tests.builders import Cast, cast

TODAY = dt.date(2026, 11, 20)
HEAD = "Number,Agency,Received,Closed,Description,Disposition"
Importer = Callable[..., ImportBatch]


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def log(*lines: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *lines]).encode()


def three_rows(agency: str = "Sangamon Bend Fusion Center") -> bytes:
    return log(
        f"A-1,{agency},2024-03-04,2024-03-08,Sharing agreements,Full grant",
        f"A-2,{agency},2024-03-05,2024-03-20,Vendor contracts,Full denial",
        f"A-3,{agency},2024-03-06,,Privacy audits,",
    )


def workbook(*rows: tuple[Any, ...], epoch_1904: bool = False) -> bytes:
    book = openpyxl.Workbook()
    if epoch_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def bring(people: Cast) -> Importer:
    """Upload, map and look at a log, as Edgar; with apply=True also take it in."""

    def act(
        content: bytes, *, name: str = "log.csv", source: str = "", apply: bool = False, **mapping: Any
    ) -> ImportBatch:
        who = people.edgar
        with viewing_as(who) as viewer:
            batch = imports.start_import(
                viewer=viewer,
                organisation=people.harbor,
                actor=who,
                name=name,
                chunks=[content],
                once=public_id(),
                source=source,
            )
            guessed = Mapping.of(batch.mapping)
            wanted = Mapping(**{**guessed.as_json(), **mapping}) if mapping else guessed
            imports.map_columns(viewer=viewer, batch=batch, actor=who, mapping=wanted)
        imports.check(actor=who, batch_id=batch.pk, on=TODAY)
        if apply:
            take_in(people, batch)
        return seen(people, batch)

    return act


def take_in(people: Cast, batch: ImportBatch, *, most: int = imports.APPLIED_AT_ONCE) -> ImportBatch:
    with viewing_as(people.edgar) as viewer:
        imports.begin_apply(viewer=viewer, batch=batch, actor=people.edgar)
    while imports.apply_next(actor=people.edgar, batch_id=batch.pk, on=TODAY, most=most):
        continue
    return seen(people, batch)


def seen(people: Cast, batch: ImportBatch) -> ImportBatch:
    with viewing_as(people.edgar):
        return ImportBatch.objects.select_related("file").get(pk=batch.pk)


def sentences(people: Cast, batch: ImportBatch) -> dict[int, list[str]]:
    with viewing_as(people.edgar):
        return {
            row.line: [problem["sentence"] for problem in row.problems] for row in batch.rows.order_by("line")
        }


def verdict_of(people: Cast, batch: ImportBatch) -> dict[int, str]:
    with viewing_as(people.edgar):
        return dict(batch.rows.order_by("line").values_list("line", "verdict"))
