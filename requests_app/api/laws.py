"""The laws for programs: the table, one law whole, its clocks in words, the closed days, the places.

Facts that ship with the program and are the same for everybody: no viewer, no session, no query. Every answer has an
ETag, so that a reader who has it already is told only that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from requests_app.laws.choice import CHOICES, LONGEST_QUERY, SORTS, Asked, select, totals
from requests_app.laws.errors import Refused
from requests_app.laws.export import calendar_data, law_data
from requests_app.laws.plain import rule_words
from requests_app.laws.registry import library
from requests_app.laws.shapes import Entry
from requests_app.laws.summary import rows

from .problems import MEDIA_TYPE, Problem
from .sparse import HAVE, STANDS, told_once

FRESH = "public, max-age=300"
LAW = OpenApiParameter("law_id", OpenApiTypes.STR, OpenApiParameter.PATH, description="The law, as in us-il.")
ANSWERS: dict[Any, Any] = {
    200: OpenApiTypes.OBJECT,
    304: STANDS,
    **{(code, MEDIA_TYPE): Problem for code in (400, 404, 406)},
}


class LawsAPIView(APIView):
    """Base: anybody may read, and what is unchanged is not sent again."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    renderer_classes = (JSONRenderer,)

    @classmethod
    def door(cls) -> Callable[..., Any]:
        """The view, without a transaction and a viewer: it asks the database nothing."""
        view: Any = cls.as_view()
        view.without_viewer = True
        return view

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        made = super().finalize_response(request, response, *args, **kwargs)
        if made.status_code == 200:
            made["Cache-Control"] = FRESH
        return told_once(request, made)

    def known(self, request: Request, names: Iterable[str]) -> None:
        names = set(names)
        unknown = sorted(set(request.query_params) - names)
        if unknown:
            listed = f"Known: {', '.join(sorted(names))}." if names else "There are none here."
            raise Refused("unknown_parameter", f"There is no parameter {unknown[0]!r}. {listed}", unknown[0])


def _today() -> dt.date:
    return timezone.now().date()


def _find(law_id: str) -> Entry:
    entry = next((one for one in library().laws if one.id == law_id), None)
    if entry is None:
        raise exceptions.NotFound
    return entry


class LawsView(LawsAPIView):
    @extend_schema(
        operation_id="laws",
        summary="Every law as a row, with the filters of the table",
        parameters=[
            HAVE,
            OpenApiParameter("q", OpenApiTypes.STR, description="Words of name, citation or reviewer."),
            *(OpenApiParameter(name, OpenApiTypes.STR, enum=values) for name, values in CHOICES.items()),
            OpenApiParameter(
                "sort",
                OpenApiTypes.STR,
                enum=[*SORTS, *(f"-{name}" for name in SORTS)],
                description="A column.",
            ),
        ],
        responses=ANSWERS,
    )
    def get(self, request: Request) -> Response:
        self.known(request, ("q", "sort", *CHOICES))
        given = {name: str(value) for name, value in request.query_params.items()}
        if len(given.get("q", "")) > LONGEST_QUERY:
            raise Refused("too_long", f"Search for at most {LONGEST_QUERY} characters.", "q")
        asked = Asked(**given)
        asked.check()
        found = select(rows(library()), asked)
        today = _today()
        return Response({"totals": asdict(totals(found)), "laws": [row.to_json(today) for row in found]})


class LawView(LawsAPIView):
    @extend_schema(
        operation_id="law",
        summary="One law: its page in words, every text and reading with rules and worked examples",
        parameters=[LAW, HAVE],
        responses=ANSWERS,
    )
    def get(self, request: Request, law_id: str) -> Response:
        self.known(request, ())
        entry = _find(law_id)
        row = next(one for one in rows(library()) if one.id == law_id)
        return Response({**law_data(entry), "row": row.to_json(_today())})


class LawRulesView(LawsAPIView):
    @extend_schema(
        operation_id="law-rules",
        summary="The clocks of one text in plain words, as its page says them",
        parameters=[
            LAW,
            HAVE,
            OpenApiParameter(
                "version", OpenApiTypes.STR, description="A law_ref; the text in force by default."
            ),
        ],
        responses=ANSWERS,
    )
    def get(self, request: Request, law_id: str) -> Response:
        self.known(request, ("version",))
        entry = _find(law_id)
        ref = str(request.query_params.get("version", "")) or entry.current.ref
        version = next((one for one in entry.revisions if one.ref == ref), None)
        if version is None:
            raise exceptions.NotFound
        today = _today()
        said = [asdict(rule_words(rule, version, on=today)) for rule in version.rules]
        return Response(
            {"law": entry.id, "law_ref": version.ref, "calendar": version.calendar, "rules": said}
        )


class CalendarView(LawsAPIView):
    @extend_schema(
        operation_id="calendar",
        summary="The weekdays that do not count, by name, and those that are argued",
        parameters=[
            HAVE,
            OpenApiParameter("ref", OpenApiTypes.STR, OpenApiParameter.PATH, description="As in us-il.c1."),
            OpenApiParameter("year", OpenApiTypes.INT, description="One year; all by default."),
        ],
        responses=ANSWERS,
    )
    def get(self, request: Request, ref: str) -> Response:
        self.known(request, ("year",))
        refs = {version.calendar for entry in library().laws for version in entry.revisions}
        if ref not in refs | {place.calendar for place in library().jurisdictions}:
            raise exceptions.NotFound
        page = library().calendar_page(ref)
        asked = str(request.query_params.get("year", ""))
        year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else None
        if asked and (year is None or not page.first.year <= year <= page.last.year):
            says = f"Give a year from {page.first.year} to {page.last.year}, as in 2026."
            raise Refused("year_wrong", says, "year")
        return Response(calendar_data(page, year))


class JurisdictionsView(LawsAPIView):
    @extend_schema(
        operation_id="jurisdictions",
        summary="The places, their legal time and laws",
        parameters=[HAVE],
        responses=ANSWERS,
    )
    def get(self, request: Request) -> Response:
        self.known(request, ())
        return Response(
            {
                "jurisdictions": [
                    {
                        "code": place.code,
                        "name": place.name,
                        "zone": place.zone,
                        "calendar": place.calendar,
                        "laws": [
                            {"id": entry.id, "name": entry.law.name, "current": entry.current.ref}
                            for entry in place.laws
                        ],
                    }
                    for place in library().jurisdictions
                ]
            }
        )
