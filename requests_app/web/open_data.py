"""The page of the open data, its dictionary and checksums, and its files: handed out while all of them may be."""

from __future__ import annotations

import csv
import io
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests_app.actions import nudge
from requests_app.actions.open_data import WORK
from requests_app.intake.handing_out import attachment
from requests_app.models.publication import OpenDataFile
from requests_app.models.visibility import PUBLIC, Viewer, tell_database
from requests_app.queries import open_data as query

from .shell import PUBLIC_ZONE, Looking

TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8", "gz": "application/gzip"}
SOON = 60
FIELDS = ("table", "field", "type", "meaning", "level")


def _public(request: HttpRequest) -> Viewer:
    tell_database(PUBLIC)
    return PUBLIC


@require_safe
def index(request: Looking) -> HttpResponse:
    tell_database(PUBLIC)
    found, whole = query.kept(request.now)
    as_of = min((row.as_of for row in found.values()), default=None) if whole else None
    context = {
        "license": query.LICENSE,
        "whole": whole,
        "any_made": bool(found),
        "as_of": as_of.astimezone(ZoneInfo(PUBLIC_ZONE)) if as_of else None,
        "as_of_zone": "Eastern",
        "tables": [
            {
                "name": table.name, "what": table.what, "columns": table.columns,
                "files": [_file(found[name]) for name in _names(table) if name in found] if whole else [],
                "rows": next((found[name].rows for name in _names(table) if name in found), 0),
            }
            for table in query.TABLES
        ],
    }  # fmt: skip
    return render(request, "open_data.html", context)


def _names(table: query.Table) -> list[str]:
    return [f"{table.name}.{form}" for form in query.FORMS]


def _file(row: OpenDataFile) -> dict[str, Any]:
    return {"name": row.name, "url": reverse("data-file", args=[row.name]), "size": row.size, "sha256": row.sha256}


@require_safe
def file(request: Looking, name: str) -> HttpResponseBase:
    if name not in set(query.names()):
        raise Http404
    found, whole = query.kept(request.now)
    if whole and name in found:
        row = found[name]
        try:
            response = attachment(row.blob, name, row.size, TYPES[name.rpartition(".")[2]])
        except FileNotFoundError:
            return _later()  # replaced between the two
        response["Cache-Control"] = "no-cache"
        response["X-Robots-Tag"] = "noindex"
        return response
    return _later()


def _later() -> HttpResponse:
    """Made before something was taken back: handed out no more, and made anew at once."""
    nudge.worker_should_look(WORK)
    said = _("The files are being made anew, because what is public changed. Come back in a few minutes.")
    response = HttpResponse(said, status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(SOON)
    return response


@require_safe
def checksums(request: Looking) -> HttpResponse:
    """As `sha256sum --check` reads it."""
    found, whole = query.kept(request.now)
    if not whole:
        return _later()
    lines = [f"{row.sha256}  {name}\n" for name, row in sorted(found.items())]
    return HttpResponse("".join(lines), content_type="text/plain; charset=utf-8")


def dictionary_rows() -> list[dict[str, str]]:
    return [
        dict(zip(FIELDS, (table.name, one.name, one.type, one.meaning, one.level), strict=True))
        for table in query.TABLES
        for one in table.columns
    ]


@require_safe
def dictionary(request: Looking, form: str) -> HttpResponse:
    if form == "json":
        return JsonResponse({"fields": dictionary_rows()}, json_dumps_params={"ensure_ascii": False, "indent": 1})
    if form != "csv":
        raise Http404
    out = io.StringIO()
    write = csv.DictWriter(out, FIELDS)
    write.writeheader()
    write.writerows(dictionary_rows())
    return HttpResponse("\ufeff" + out.getvalue(), content_type=TYPES["csv"])


file.looks = _public  # type: ignore[attr-defined]
checksums.looks = _public  # type: ignore[attr-defined]
dictionary.looks = _public  # type: ignore[attr-defined]

urlpatterns = [
    path("data/", index, name="open-data"),
    path("data/SHA256SUMS", checksums, name="data-checksums"),
    path("data/dictionary.<slug:form>", dictionary, name="data-dictionary"),
    path("data/<str:name>", file, name="data-file"),
]
