"""An import carried through: by the worker step by step, or by a command in one call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from django.db import DataError, IntegrityError

from requests_app.intake import storage
from requests_app.intake.fields import Mapping
from requests_app.models import ImportBatch, Membership, Organisation, Person
from requests_app.models.ids import public_id
from requests_app.models.visibility import organisation_viewer, viewing, viewing_as

from . import imports
from .imports import State
from .refusals import Refused

LEFT = (
    "Who began this import may no longer edit here, so it stopped. Somebody else can import the file again."
)


def import_file(
    *,
    actor: Person,
    organisation: Organisation,
    path: Path,
    mapping: Mapping | None,
    on: dt.date,
    source: str = "",
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ImportBatch:
    """The whole way in one call, for commands and the sample: read, map (None: guess), check, apply.

    Run from outside any transaction, each chunk commits by itself and a second call goes on where the first was
    killed: the numbers it has taken in are known.
    """
    with viewing_as(actor) as viewer, open(path, "rb") as file:
        batch = imports.start_import(
            viewer=viewer,
            organisation=organisation,
            actor=actor,
            name=path.name,
            chunks=iter(lambda: file.read(storage.MEGABYTE), b""),
            once=public_id(),
            source=source or path.stem,
        )
    with viewing_as(actor) as viewer:
        if batch.reading["trouble"]:
            raise Refused("one_column", batch.reading["trouble"])
        imports.map_columns(viewer=viewer, batch=batch, actor=actor, mapping=mapping or Mapping.of(batch.mapping))
    imports.check(actor=actor, batch_id=batch.pk, on=on, progress=progress)
    with viewing_as(actor) as viewer:
        batch = imports.locked(viewer, batch.pk)
        if batch.state == State.FAILED:
            raise Refused("unreadable", batch.problem)
        if dry_run or not batch.counts["new"] + batch.counts["warned"]:
            return batch
        imports.begin_apply(viewer=viewer, batch=batch, actor=actor)
    while imports.apply_next(actor=actor, batch_id=batch.pk, on=on):
        if progress:
            progress(batch.pk)
    with viewing_as(actor) as viewer:
        return imports.locked(viewer, batch.pk)


def work(*, actor: Person, batch_id: int, on: dt.date, most: int | None = None) -> bool:
    """One bounded step of whatever the batch waits for. True: there is more to do. most: rows to look at.

    What the database or the box refuses for good ends the batch in a sentence; everything else is tried again.
    """
    with viewing_as(actor) as viewer:
        batch = ImportBatch.objects.editable_by(viewer).filter(pk=batch_id).first()
    if batch is None:
        return False
    try:
        if batch.state == State.CHECKING:
            return imports.check(actor=actor, batch_id=batch_id, on=on, most=most)
        if batch.state == State.APPLYING:
            return imports.apply_next(actor=actor, batch_id=batch_id, on=on)
    except (DataError, IntegrityError, FileNotFoundError) as problem:
        sentence = f"The import stopped: {type(problem).__name__}. The operator's log says more."
        imports.fail(actor, batch_id, batch.state, sentence)
        raise
    return False


def who_acts(*, organisation_id: int, batch_id: int) -> Person | None:
    """Whoever pressed the last button, as long as they may still edit; else the batch ends in a sentence.

    Seen by the organization itself: the worker has no person of its own.
    """
    with viewing(organisation_viewer(organisation_id)):
        batch = (
            ImportBatch.objects.select_related("acting")
            .filter(pk=batch_id, state__in=[State.CHECKING, State.APPLYING])
            .first()
        )
        if batch is None:
            return None
        person: Person | None = batch.acting
        if (
            person is not None
            and person.is_active
            and Membership.objects.filter(
                organisation_id=organisation_id, person=person, ended_at=None, role__in=["editor", "owner"]
            ).exists()
        ):
            return person
        batch.state, batch.problem = State.FAILED, LEFT
        batch.save(update_fields=["state", "problem"])
    return None
