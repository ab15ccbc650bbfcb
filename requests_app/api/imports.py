"""Imports of logs for programs: upload, say which column holds what, look at the rows, apply, undo."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from requests_app.actions import import_undo, imports
from requests_app.actions.refusals import Refused
from requests_app.intake import storage
from requests_app.intake.agencies import Directory
from requests_app.intake.fields import FIELDS, Mapping
from requests_app.intake.outcomes import KNOWN, normal
from requests_app.intake.uploads import LimitedUpload, too_large
from requests_app.models import ImportBatch, ImportRow

from .base import ApiView, Given, Words, operation, page_of
from .paging import PageAsked, Place, Walked, paged, walk

KEYS = ("-created_at", "-public_id")
ROW_KEYS = ("line",)
MEANINGS = sorted(meaning.key for meaning in KNOWN)


class ColumnShape(serializers.Serializer[Any]):
    heading = serializers.CharField()
    examples = serializers.ListField(child=serializers.CharField())


class MappingShape(serializers.Serializer[Any]):
    """columns: our field to their heading. fixed: one value for every row. words: their outcome to a meaning. agencies:
    their name to the id of an agency."""

    columns = serializers.DictField(child=serializers.CharField())
    fixed = serializers.DictField(child=serializers.CharField())
    words = serializers.DictField(child=serializers.CharField(allow_blank=True))
    agencies = serializers.DictField(child=serializers.CharField())
    order = serializers.CharField()
    log_on = serializers.DictField(child=serializers.CharField())
    history = serializers.BooleanField()
    custom = serializers.ListField(child=serializers.CharField())


class ImportRowShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    state = serializers.ChoiceField(ImportBatch.State.values)
    file = serializers.CharField(help_text="Its name as it came.")
    sha256 = serializers.CharField()
    log = serializers.CharField(help_text="Name of the log: numbers are unique within it.")
    created_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)
    rows = serializers.IntegerField()
    rows_done = serializers.IntegerField()
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="Rows: new, warned, known, refused, made."
    )
    problem = serializers.CharField()


class ImportShape(ImportRowShape):
    columns = ColumnShape(many=True)
    trouble = serializers.CharField(help_text="What makes the file hard to read.")
    mapping = MappingShape()


class LogUploadGiven(Given):
    organisation = serializers.CharField(
        required=False, max_length=12, help_text="Needed where you edit several."
    )
    log = serializers.CharField(required=False, allow_blank=True, default="", max_length=80)
    file = serializers.FileField(help_text="CSV or XLSX, up to 50 MB and 100,000 rows.")


class ReadingGiven(Given):
    delimiter = serializers.ChoiceField([",", ";", "\t", "|"], required=False)
    encoding = Words(required=False, max_length=20)
    sheet = Words(required=False, max_length=100)
    head_line = serializers.IntegerField(required=False, min_value=1, max_value=200_000)


class ColumnsGiven(Given):
    """Each a heading of the file. The number is needed, an agency, and the day of sending or of receipt."""

    def get_fields(self) -> dict[str, Any]:
        return {one.key: Words(required=False, max_length=500, help_text=one.label) for one in FIELDS}


class FixedGiven(Given):
    agency = Words(required=False, max_length=300, help_text="Name, ORI or id of one agency for every row.")
    law = Words(required=False, max_length=40)


class MappingGiven(Given):
    log = Words(required=False, max_length=80)
    columns = ColumnsGiven()
    fixed = FixedGiven(required=False)
    words = serializers.DictField(
        child=serializers.ChoiceField(MEANINGS),
        required=False,
        help_text="Their word for the outcome to ours.",
    )
    agencies = serializers.DictField(
        child=Words(max_length=300), required=False, help_text="Their name to name, ORI or id of an agency."
    )
    order = serializers.ChoiceField(
        ["month", "day"], required=False, help_text="03/04/2017 is March 4, or April 3."
    )
    log_on = serializers.DateField(required=False, help_text="Day on which the log was drawn up.")
    history = serializers.BooleanField(required=False, help_text="Nothing is known after that day.")
    custom = serializers.ListField(
        child=Words(max_length=500), required=False, max_length=imports.MOST_CUSTOM
    )


class RowsAsked(PageAsked):
    verdict = serializers.ChoiceField(ImportRow.Verdict.values, required=False)


class ProblemShape(serializers.Serializer[Any]):
    field = serializers.CharField()
    sentence = serializers.CharField()


class LineShape(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    verdict = serializers.CharField()
    number = serializers.CharField()
    cells = serializers.DictField(child=serializers.CharField(allow_blank=True))
    problems = ProblemShape(many=True)
    request = serializers.CharField(allow_null=True, help_text="Id of the request it became.")


class UndoneShape(serializers.Serializer[Any]):
    removed = serializers.IntegerField()
    state = serializers.CharField()


class ImportView(ApiView):
    """Base: one import that the viewer may work on."""

    def batches(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = ImportBatch.objects.editable_by(self.viewer).select_related(
            "file", "organisation"
        )
        return rows

    def batch(self, pid: str) -> ImportBatch:
        found: ImportBatch = self.found(self.batches(), public_id=pid)
        return found

    def told(self, batch: ImportBatch) -> dict[str, Any]:
        return import_shown(self.batch(batch.public_id))

    @property
    def today(self) -> Any:
        return self.now.astimezone(ZoneInfo(self.actor.zone)).date()


class ImportsView(ImportView):
    parser_classes = (MultiPartParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Before anything reads the form: a file over the limit is thrown away while it arrives.
        if request.method == "POST":
            request._request.upload_handlers = [LimitedUpload(request._request)]
        super().initial(request, *args, **kwargs)

    @operation(
        "imports",
        "Imports of your organizations",
        asked=PageAsked,
        answer=page_of(ImportRowShape),
        signed_in=True,
    )
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The newest first, where you may edit."""

        def read(place: Place, limit: int) -> Walked:
            return walk(self.batches(), KEYS, place, limit)

        return paged(self.request, asked, KEYS, read, batch_shown)

    @operation(
        "import-upload", "Upload a log", body=LogUploadGiven, answer=ImportShape, status=201, upload=True,
        example={"log": "State police 2026"},
    )  # fmt: skip
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """The file is kept as it came, its columns are looked at and guessed. No request is made yet."""
        file: UploadedFile[bytes] = given["file"]
        batch = imports.start_import(
            viewer=self.viewer, organisation=self.organisation(given.get("organisation")), actor=self.actor,
            name=file.name or "log", content_type=file.content_type or "", chunks=file.chunks(storage.MEGABYTE),
            once=self.once, source=given["log"],
        )  # fmt: skip
        return self.told(batch)

    def check_body(self, request: Request) -> None:
        if too_large(request._request):
            raise Refused("too_large", storage.TOO_LARGE, field="file", status=413)


class OneImportView(ImportView):
    @operation("import", "One import", answer=ImportShape)
    def get(self, pid: str) -> dict[str, Any]:
        """While it is being looked at or applied, `rows_done` of `rows` tells how far it is."""
        return import_shown(self.batch(pid))


class ReadingView(ImportView):
    @operation(
        "import-read",
        "Read the file otherwise",
        body=ReadingGiven,
        answer=ImportShape,
        example={"delimiter": ";"},
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """The same bytes with another delimiter, encoding, sheet or line of headings."""
        batch = self.batch(pid)
        return self.told(imports.read_again(viewer=self.viewer, batch=batch, actor=self.actor, choices=given))


class MappingView(ImportView):
    @operation(
        "import-map", "Say which column holds what", body=MappingGiven, answer=ImportShape,
        example={"columns": {"number": "Number", "received_on": "Received"}, "fixed": {"agency": "us-ice"}},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Every row is then looked at: at once where there are few, else by the worker; see `state`. No request is made
        yet."""
        batch = self.batch(pid)
        mapping = _mapping(given)
        imports.map_columns(
            viewer=self.viewer, batch=batch, actor=self.actor, mapping=mapping, source=given.get("log", "")
        )
        if batch.rows_total <= imports.CHECKED_IN_PAGE:
            imports.check(actor=self.actor, batch_id=batch.pk, on=self.today)
        else:
            imports.wake_worker(batch)
        return self.told(batch)


class ApplyView(ImportView):
    @operation("import-apply", "Make requests of the rows", answer=ImportShape, status=202)
    def post(self, pid: str) -> dict[str, Any]:
        """The worker does it, chunk by chunk; see `state` and `rows_done`."""
        begun = imports.begin_apply(viewer=self.viewer, batch=self.batch(pid), actor=self.actor)
        imports.wake_worker(begun)
        return self.told(begun)


class UndoView(ImportView):
    @operation("import-undo", "Take out every request that an import made", answer=UndoneShape)
    def post(self, pid: str) -> dict[str, Any]:
        """Whole or not at all: 409 once anybody has built upon one of them."""
        batch = self.batch(pid)
        removed = import_undo.undo(viewer=self.viewer, batch=batch, actor=self.actor)
        return {"removed": removed, "state": self.batch(pid).state}


class AgainView(ImportView):
    @operation("import-again", "The same file as a new import", answer=ImportShape, status=201)
    def post(self, pid: str) -> dict[str, Any]:
        """With the same columns: after an undo, or after a failure."""
        return self.told(
            imports.start_over(viewer=self.viewer, batch=self.batch(pid), actor=self.actor, once=self.once)
        )


class RowsView(ImportView):
    @operation(
        "import-rows",
        "Rows of an import with what is wrong with each",
        asked=RowsAsked,
        answer=page_of(LineShape),
    )
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """In the order of the file, once it has been looked at."""
        rows = self.batch(pid).rows.select_related("request")
        if asked.get("verdict"):
            rows = rows.filter(verdict=asked["verdict"])

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, ROW_KEYS, place, limit)

        return paged(self.request, asked, ROW_KEYS, read, _line)


def batch_shown(batch: ImportBatch) -> dict[str, Any]:
    return {
        "id": batch.public_id,
        "state": batch.state,
        "file": batch.file.original_name,
        "sha256": batch.file.sha256,
        "log": batch.source,
        "created_at": batch.created_at,
        "applied_at": batch.applied_at,
        "undone_at": batch.undone_at,
        "rows": batch.rows_total,
        "rows_done": batch.rows_done,
        "counts": {name: batch.counts[name] for name in COUNTED if name in batch.counts},
        "problem": batch.problem,
    }


COUNTED = ("new", "warned", "known", "refused", "made", "open", "without_day")


def import_shown(batch: ImportBatch) -> dict[str, Any]:
    return batch_shown(batch) | {
        "columns": [
            {"heading": one["heading"], "examples": one.get("examples", [])} for one in batch.columns
        ],
        "trouble": batch.reading.get("trouble") or "",
        "mapping": Mapping.of(batch.mapping).as_json(),
    }


def _line(row: ImportRow) -> dict[str, Any]:
    return {
        "line": row.line,
        "verdict": row.verdict,
        "number": row.number,
        "cells": row.cells,
        "problems": [{"field": one["field"], "sentence": one["sentence"]} for one in row.problems],
        "request": row.request.public_id if row.request else None,
    }


def _mapping(given: dict[str, Any]) -> Mapping:
    named = given.get("agencies", {})
    fixed = dict(given.get("fixed", {}))
    directory = Directory({})
    directory.prepare([*named.values(), *filter(None, [fixed.get("agency")])], near=False)
    if fixed.get("agency"):
        fixed["agency"] = _slug(directory, fixed["agency"], "fixed.agency")
    if given.get("history") and not given.get("log_on"):
        raise Refused("log_on_missing", "Say on which day the log was drawn up.", field="log_on")
    return Mapping(
        columns=dict(given["columns"]),
        fixed=fixed,
        words={normal(word): meaning for word, meaning in given.get("words", {}).items()},
        agencies={
            normal(name): _slug(directory, word, f"agencies.{name[:60]}") for name, word in named.items()
        },
        order=given.get("order", ""),
        log_on={"": given["log_on"].isoformat()} if given.get("log_on") else {},
        history=given.get("history", False),
        custom=list(given.get("custom", ())),
    )


def _slug(directory: Directory, word: str, field: str) -> str:
    found = directory.find(word)
    if found is None:
        raise Refused("agency_unknown", f"“{word[:100]}” names no single agency.", field=field)
    return str(found.slug)


urlpatterns = [
    path("imports/", ImportsView.door(), name="api-imports"),
    path("imports/<slug:pid>/", OneImportView.door(), name="api-import"),
    path("imports/<slug:pid>/reading/", ReadingView.door(), name="api-import-read"),
    path("imports/<slug:pid>/mapping/", MappingView.door(), name="api-import-map"),
    path("imports/<slug:pid>/apply/", ApplyView.door(), name="api-import-apply"),
    path("imports/<slug:pid>/undo/", UndoView.door(), name="api-import-undo"),
    path("imports/<slug:pid>/again/", AgainView.door(), name="api-import-again"),
    path("imports/<slug:pid>/rows/", RowsView.door(), name="api-import-rows"),
]
