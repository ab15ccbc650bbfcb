"""Rows of a log become requests with their events: the bulk path of filing, one statement a table for each chunk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from requests_app.intake.agencies import Directory
from requests_app.intake.days import order_of
from requests_app.intake.fields import Mapping
from requests_app.intake.judging import Judge, Row
from requests_app.laws.registry import library
from requests_app.models import (
    Ask,
    CustomField,
    CustomValue,
    Event,
    EventCorrespondence,
    EventNote,
    ExternalNumber,
    ImportBatch,
    ImportRow,
    Person,
    RecordsRequest,
    RequestCorrespondence,
    RequestPrivate,
)
from requests_app.models.ids import public_id
from requests_app.queries.ledger import book_of

from . import deadlines
from .filing import revision_of, uid_of

CUSTOM_NAME = 120
DAY_UNKNOWN = (
    "The log gives this answer without a day. It stands under the first possible day, so that the agency is not "
    "counted as late; when it was given is not known."
)
LOG_ENDS = (
    "From a log of somebody else's requests: what became of this one afterwards is not known, and its windows were "
    "never ours. No clock of it runs on."
)


class LawDesk:
    """What the judge of rows asks about laws."""

    def __init__(self) -> None:
        self.known = {entry.id for entry in library().laws}
        self.ranges: dict[str, tuple[dt.date, dt.date]] = {}

    def has(self, law_id: str) -> bool:
        return law_id in self.known

    def range_of(self, law_id: str) -> tuple[dt.date, dt.date]:
        if law_id not in self.ranges:
            calendar = library().calendar(law_id)
            self.ranges[law_id] = (calendar.first, calendar.last)
        return self.ranges[law_id]

    def closed_name(self, law_id: str, on: dt.date) -> str:
        return _closed_name(law_id, on)


@cache
def _closed_name(law_id: str, on: dt.date) -> str:
    closed = library().calendar(law_id).closed(on)
    return closed.name if closed else ""


def judge_of(batch: ImportBatch, on: dt.date) -> Judge:
    mapping = Mapping.of(batch.mapping)
    columns = [column for column in batch.columns if column["heading"] in mapping.headings_of_days()]
    return Judge(
        mapping,
        [column["heading"] for column in batch.columns],
        order_of(columns, mapping.order),
        on,
        batch.reading.get("epoch", 1900),
        Directory(mapping.agencies),
        LawDesk(),
    )


def numbers_known(batch: ImportBatch, numbers: Iterable[str]) -> set[str]:
    return set(
        ExternalNumber.objects.filter(
            organisation_id=batch.organisation_id, source=batch.source, number__in=list(numbers)
        ).values_list("number", flat=True)
    )


def file_rows(*, batch: ImportBatch, rows: list[ImportRow], judge: Judge, actor: Person, on: dt.date) -> None:
    """In the transaction of the caller, which holds the batch and the numbers of its source.

    A row whose number has come in meanwhile becomes "known" and nothing else.
    """
    found_rows = judged_all(rows, judge)
    known = numbers_known(batch, (row.number for row in found_rows))
    changed: list[ImportRow] = []
    fresh: list[tuple[ImportRow, Row]] = []
    for row, found in zip(rows, found_rows, strict=True):
        if found.verdict != "refused" and found.number in known:
            found.mark_known()
        if found.verdict in ("refused", "known"):
            row.verdict, row.problems = found.verdict, found.problems
            changed.append(row)
        else:
            fresh.append((row, found))
    ImportRow.objects.bulk_update(changed, ["verdict", "problems"], batch_size=500)
    if fresh:
        _file(batch, fresh, actor, on)


def judged_all(rows: list[ImportRow], judge: Judge) -> list[Row]:
    reads = [
        {"line": row.line, "cells": [row.cells.get(heading, "") for heading in judge.headings]}
        for row in rows
    ]
    judge.prepare(reads)
    return [judge.row(read) for read in reads]


def _file(batch: ImportBatch, fresh: list[tuple[ImportRow, Row]], actor: Person, on: dt.date) -> None:
    home = batch.organisation_id
    is_sample = batch.organisation.is_sample
    asks = Ask.objects.bulk_create(
        Ask(organisation_id=home, agency_id=_agency(found).id) for _, found in fresh
    )
    events = [list(_events(batch, found)) for _, found in fresh]
    requests = RecordsRequest.objects.bulk_create(
        RecordsRequest(
            public_id=public_id(),
            organisation_id=home,
            ask=ask,
            agency_id=_agency(found).id,
            custodian_id=found.custodian_id,
            law_id=found.law_id,
            law_revision=revision_of(found.law_id),
            zone=_agency(found).zone,
            public_title=found.title,
            filed_on=found.filed_on,
            is_imported=True,
            is_sample=is_sample,
            alarms_from=on,
            ledger_version=len(ledger),
        )
        for (_, found), ask, ledger in zip(fresh, asks, events, strict=True)
    )
    made = list(zip(fresh, requests, events, strict=True))
    RequestPrivate.objects.bulk_create(
        RequestPrivate(request=request, organisation_id=home, notes=_note(found), created_by=actor)
        for (_, found), request, _ in made
    )
    RequestCorrespondence.objects.bulk_create(
        RequestCorrespondence(
            request=request, organisation_id=home, tracking_number=found.tracking, letter=found.description
        )
        for (_, found), request, _ in made
    )
    _write_events(home, [(request, one) for _, request, ledger in made for one in ledger], actor)
    ExternalNumber.objects.bulk_create(
        ExternalNumber(
            organisation_id=home, source=batch.source, number=found.number, request=request, batch=batch
        )
        for (_, found), request, _ in made
    )
    _keep_own_columns(batch, [(row, request) for (row, _), request, _ in made])
    for (row, _), request, _ in made:
        row.request = request
    ImportRow.objects.bulk_update([row for row, _ in fresh], ["request"], batch_size=1_000)
    deadlines.derive_requests(
        [request.pk for request in requests],
        book=book_of({request.agency_id for request in requests}),
    )


def _keep_own_columns(batch: ImportBatch, made: list[tuple[ImportRow, RecordsRequest]]) -> None:
    """The columns that no field of ours takes, under the name they have in the file."""
    headings = Mapping.of(batch.mapping).custom
    if not headings:
        return
    home = batch.organisation_id
    names = {heading: " ".join(heading.split())[:CUSTOM_NAME] for heading in headings}
    CustomField.objects.bulk_create(
        [CustomField(organisation_id=home, name=name) for name in names.values()], ignore_conflicts=True
    )
    fields = {field.name.lower(): field for field in CustomField.objects.filter(organisation_id=home)}
    CustomValue.objects.bulk_create(
        [
            CustomValue(request=request, organisation_id=home, field=fields[names[heading].lower()], text=text)
            for row, request in made
            for heading in headings
            if (text := str(row.cells.get(heading, "")).strip())
        ],
        ignore_conflicts=True,  # two headings that differ in capitals alone are one field
        batch_size=5_000,
    )


def _agency(found: Row) -> Any:
    if found.agency is None:
        raise ValueError("A row without an agency is refused and never filed.")
    return found.agency


def _note(found: Row) -> str:
    return f"Office in the log: {found.sub_office}" if found.sub_office and not found.custodian_id else ""


def _events(batch: ImportBatch, found: Row) -> Iterator[dict[str, Any]]:
    """Events as plain fields; `text` goes to the correspondence, `note` beside the actor."""
    agency = _agency(found)
    act = f"import:{batch.public_id}:{found.line}"
    facts: dict[str, Any] = {
        "law": found.law_id, "revision": revision_of(found.law_id), "zone": agency.zone,
        "agency_kind": found.agency_kind, "agency": agency.slug,
        "requester": [], "record_types": [], "channel": "unknown", "parts": [],
    }  # fmt: skip
    if found.received_on:
        facts["basis"] = "stated"
    yield {
        "kind": "sent", "sent_on": found.sent_on, "received_on": found.received_on, "facts": facts,
        "once": f"{act}:sent",
    }  # fmt: skip
    meaning = found.meaning
    if meaning.event:
        answered = found.closed_on or found.filed_on
        known = found.closed_on is not None
        text = f"In the log: {found.words}" if found.words else ""
        for kind, outcome in ((meaning.also, ""), (meaning.event, meaning.outcome)):
            if kind:
                yield {
                    "kind": kind, "dated_on": answered, "outcome": outcome, "once": f"{act}:{kind}",
                    "facts": {} if known else {"day_unknown": True}, "text": text,
                    "note": "" if known else DAY_UNKNOWN,
                }  # fmt: skip
    if batch.mapping.get("history"):
        ends = max(day for day in (found.filed_on, found.closed_on, found.log_on) if day)
        yield {"kind": "closed", "sent_on": ends, "note": LOG_ENDS, "once": f"{act}:closed"}


def _write_events(home: int, ledger: list[tuple[RecordsRequest, dict[str, Any]]], actor: Person) -> None:
    rows = Event.objects.bulk_create(
        Event(
            uid=uid_of(request.public_id, one["once"]),
            organisation_id=home,
            request=request,
            kind=one["kind"],
            dated_on=one.get("dated_on"),
            sent_on=one.get("sent_on"),
            received_on=one.get("received_on"),
            outcome=one.get("outcome", ""),
            facts=one.get("facts", {}),
            once=one["once"],
        )
        for request, one in ledger
    )
    EventNote.objects.bulk_create(
        EventNote(
            event=event,
            request_id=event.request_id,
            organisation_id=home,
            actor=actor,
            text=one.get("note", ""),
        )
        for event, (_, one) in zip(rows, ledger, strict=True)
    )
    EventCorrespondence.objects.bulk_create(
        EventCorrespondence(event=event, request_id=event.request_id, organisation_id=home, text=one["text"])
        for event, (_, one) in zip(rows, ledger, strict=True)
        if one.get("text")
    )
