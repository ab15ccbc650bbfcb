"""The open data: which files there are, what their columns mean, and their rows, read as the public reads them.

One list of columns makes the files, their heads and the data dictionary. Rows come in batches through a server's
cursor: a million requests take as much memory as two thousand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from requests_app.laws.registry import library
from requests_app.models import Agency, Campaign, Deadline, Document, Event
from requests_app.models.publication import OpenDataFile, publication_generation
from requests_app.models.visibility import PUBLIC

from .groups import POPULATIONS
from .masking import Outside
from .places import jurisdictions
from .requests import standing_halves
from .statistics import Narrowed, count

BATCH = 2_000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """level: at which level of sharing the public reads it."""

    name: str
    type: str
    meaning: str
    level: str = "status"


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    what: str
    columns: tuple[Column, ...]
    rows: Callable[[dt.datetime], Iterator[Row]]


def _columns(level: str, *told: tuple[str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(*one, level) for one in told)


def _batches(rows: QuerySet[Any], *names: str) -> Iterator[list[Any]]:
    """names are read; each batch is a list of rows."""
    found = iter(rows.order_by("pk").values(*names).iterator(chunk_size=BATCH))
    while some := list(islice(found, BATCH)):
        yield some


def _requests(now: dt.datetime) -> Iterator[Row]:
    campaigns = dict(Campaign.objects.visible_to(PUBLIC).values_list("pk", "public_id"))
    (rows,) = standing_halves(PUBLIC, now=now)
    names = (
        "pk", "public_id", "public_title", "organisation_id", "agency_slug", "agency_name", "jurisdiction",
        "custodian__name", "law_id", "filed_on", "campaign_id", "stage", "outcome", "late", "late_since", "is_sample",
        "is_imported",
    )  # fmt: skip
    for some in _batches(rows, *names):
        outside = Outside(PUBLIC, requests=[(row["pk"], row["organisation_id"]) for row in some])
        for row in some:
            yield {
                "id": row["public_id"], "title": outside(row["public_title"], row["organisation_id"]),
                "agency": row["agency_slug"], "agency_name": row["agency_name"],
                "custodian": row["custodian__name"] or "", "jurisdiction": row["jurisdiction"], "law": row["law_id"],
                "filed_on": row["filed_on"], "campaign": campaigns.get(row["campaign_id"], ""),
                "stage": row["stage"] or "", "outcome": row["outcome"] or "", "late": bool(row["late"]),
                "late_since": row["late_since"] if row["late"] else None,
                "sample": row["is_sample"] and not row["is_imported"], "from_log": row["is_imported"],
            }  # fmt: skip


def _events(now: dt.datetime) -> Iterator[Row]:
    names = ("dated_on", "sent_on", "received_on", "outcome", "parts", "recorded_at")
    rows = Event.objects.visible_to(PUBLIC)
    for some in _batches(rows, "uid", "kind", "request__public_id", "facts__day_unknown", *names):
        for row in some:
            unknown = bool(row["facts__day_unknown"])
            days = {name: None if unknown else row[name] for name in names[:3]}
            yield {"id": row["uid"], "request": row["request__public_id"], "kind": row["kind"]} | days | {
                "outcome": row["outcome"], "parts": " ".join(row["parts"]), "recorded_at": row["recorded_at"],
            }  # fmt: skip


def _deadlines(now: dt.datetime) -> Iterator[Row]:
    rows = Deadline.objects.visible_to(PUBLIC).standing().filter(owner="agency")
    names = ("rule_id", "name", "law_ref", "opens_on", "earliest_on", "latest_on", "met_on", "ended_on")
    for some in _batches(rows, "request__public_id", *names):
        for row in some:
            yield {"request": row["request__public_id"], "rule": row["rule_id"], "law": row["law_ref"]} | {
                name: row[name] for name in names if name not in ("rule_id", "law_ref")
            }


def _agencies(now: dt.datetime) -> Iterator[Row]:
    names = (
        "slug", "name", "abbreviation", "kind", "jurisdiction", "zone", "city", "county", "latitude", "longitude",
        "merged_into__slug", "is_sample",
    )  # fmt: skip
    for some in _batches(Agency.objects.all(), *names):
        for row in some:
            told = {name: row[name] for name in names[1:10]}
            yield {"id": row["slug"]} | told | {"merged_into": row["merged_into__slug"], "sample": row["is_sample"]}


def _jurisdictions(now: dt.datetime) -> Iterator[Row]:
    laws = {place.code: " ".join(entry.id for entry in place.laws) for place in library().jurisdictions}
    for code, place in jurisdictions().items():
        yield {"id": code, "name": place.name, "usps": place.usps, "zone": place.zone, "laws": laws.get(code, "")}


def _documents(now: dt.datetime) -> Iterator[Row]:
    rows = Document.objects.visible_to(PUBLIC).filter(released_at__isnull=False, erased_at=None)
    own = ("public_id", "title", "size", "sha256", "released_at")
    names = (*own, "request__public_id", "request_id", "organisation_id")
    for some in _batches(rows, *names):
        outside = Outside(PUBLIC, requests={(row["request_id"], row["organisation_id"]) for row in some})
        for row in some:
            yield {
                "id": row["public_id"], "request": row["request__public_id"],
                "title": outside(row["title"], row["organisation_id"]), "size": row["size"], "sha256": row["sha256"],
                "released_at": row["released_at"],
            }  # fmt: skip


def _statistics(now: dt.datetime) -> Iterator[Row]:
    for population in POPULATIONS:
        for one in count(Narrowed(population=population), now=now, every_agency=True).agencies:
            for group, n in sorted(one.counts.items()):
                yield {
                    "population": population, "jurisdiction": one.jurisdiction, "agency": one.slug,
                    "agency_kind": one.kind, "standing": str(group), "requests": n,
                }  # fmt: skip


TABLES = (
    Table(
        "requests", "Public requests, each to one office under one law, with their standing on the day of the file.",
        _columns(
            "status",
            ("id", "text", "Id of the request; its page is /requests/ID/."),
            ("title", "text", "Its public title; names of whoever asked are withheld."),
            ("agency", "text", "Id of the agency, as in agencies."),
            ("agency_name", "text", "Name of the agency."),
            ("custodian", "text", "The office that holds the records, where it is another."),
            ("jurisdiction", "text", "Code of the agency’s jurisdiction, as in jurisdictions."),
            ("law", "text", "Id of the law that the request was made under."),
            ("filed_on", "day", "Day on which it was filed."),
            ("campaign", "text", "Id of its campaign, where that is public."),
            ("stage", "text", "Where it stands: sent, received, acknowledged, answered …"),
            ("outcome", "text", "What came of it so far: granted, denied, no_records …"),
            ("late", "true or false", "Past the last day of the law on every reading of it."),
            ("late_since", "day", "First day on which it was late."),
            ("sample", "true or false", "Invented, to show how this works: leave such rows out of any count."),
            ("from_log", "true or false", "Out of a log that an office or a requester published."),
        ),
        _requests,
    ),
    Table(
        "events", "What happened in public requests, as far as the public reads it. What was taken back is left out.",
        _columns(
            "status",
            ("id", "text", "Id of the event."),
            ("request", "text", "Id of the request."),
            ("kind", "text", "What happened: sent, acknowledged, determined, produced …"),
            ("dated_on", "day", "Date on the letter."),
            ("sent_on", "day", "Day on which it was sent."),
            ("received_on", "day", "Day on which it came in. Without any day, the log does not tell one."),
            ("outcome", "text", "Of a decision or of records."),
            ("parts", "text", "Labels of the parts that it concerns, with blanks between; empty: all."),
            ("recorded_at", "instant", "When it was recorded here."),
        ),
        _events,
    ),
    Table(
        "deadlines", "Days by which agencies have to act under the law, as they stand. Nobody else’s clocks.",
        _columns(
            "status",
            ("request", "text", "Id of the request."),
            ("rule", "text", "Id of the rule of the law."),
            ("law", "text", "The version of the law that it was counted by."),
            ("name", "text", "What is due."),
            ("opens_on", "day", "Day from which it is counted."),
            ("earliest_on", "day", "Last day on the strictest reading."),
            ("latest_on", "day", "Last day on the most lenient reading; empty: the law names no number of days."),
            ("met_on", "day", "Day on which it was done."),
            ("ended_on", "day", "Day on which it fell away."),
        ),
        _deadlines,
    ),
    Table(
        "agencies", "Offices that are or could be asked.",
        _columns(
            "public",
            ("id", "text", "Id of the agency; its page is /agencies/ID/."),
            ("name", "text", "Its name."),
            ("abbreviation", "text", "A short name, if it has one."),
            ("kind", "text", "fusion_center, state_police, city_police …"),
            ("jurisdiction", "text", "Code, as in jurisdictions."),
            ("zone", "text", "Time zone in which its days are counted."),
            ("city", "text", "City, where known."),
            ("county", "text", "County or counties, with semicolons between."),
            ("latitude", "number", "Degrees north, where known."),
            ("longitude", "number", "Degrees east, where known."),
            ("merged_into", "text", "Id of the agency that it became part of."),
            ("sample", "true or false", "Invented: leave it out of any count."),
        ),
        _agencies,
    ),
    Table(
        "jurisdictions", "Places with a public-records law of their own.",
        _columns(
            "public",
            ("id", "text", "Code, such as us-il; us is the federal government."),
            ("name", "text", "Its name."),
            ("usps", "text", "Two letters of the post."),
            ("zone", "text", "Its main time zone."),
            ("laws", "text", "Ids of its laws here, with blanks between."),
        ),
        _jurisdictions,
    ),
    Table(
        "documents", "Released files of public requests; the files themselves lie at /documents/ID/file/.",
        _columns(
            "documents",
            ("id", "text", "Id of the document."),
            ("request", "text", "Id of the request."),
            ("title", "text", "Its name; names of whoever asked are withheld."),
            ("size", "number", "Bytes."),
            ("sha256", "text", "SHA-256 of the bytes."),
            ("released_at", "instant", "When it was released here."),
        ),
        _documents,
    ),
    Table(
        "statistics", "How many requests stand where, by agency. The populations are never to be added up.",
        _columns(
            "status",
            ("population", "text", "filed: filed here; sample: invented; log: out of published logs."),
            ("jurisdiction", "text", "Code, as in jurisdictions."),
            ("agency", "text", "Id of the agency."),
            ("agency_kind", "text", "Kind, as in agencies."),
            ("standing", "text", "Full, part, denied, pending, late … as the dashboard counts."),
            ("requests", "number", "How many."),
        ),
        _statistics,
    ),
)
BY_NAME = {table.name: table for table in TABLES}
FORMS = ("csv", "csv.gz", "jsonl", "jsonl.gz")
# Of our compilation. What agencies released may carry other rights.
LICENSE = "https://creativecommons.org/licenses/by/4.0/"


def names() -> Iterable[str]:
    return (f"{table.name}.{form}" for table in TABLES for form in FORMS)


def kept(now: dt.datetime) -> tuple[dict[str, OpenDataFile], bool]:
    """The files by name, and whether they may be handed out."""
    generation = publication_generation()
    found = {row.name: row for row in OpenDataFile.objects.all()}
    return found, bool(found) and all(row.stands(now, generation) for row in found.values())
