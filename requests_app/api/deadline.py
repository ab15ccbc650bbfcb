"""The calculator for programs: the same answer as the page and the command."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from requests_app.clock.events import Event
from requests_app.laws.deadline import answer, facts_from, parse_date, step
from requests_app.laws.errors import Refused
from requests_app.laws.registry import library

MOST_EVENTS = 50
KNOWN = {"law", "received", "sent", "on", "event", "fact"}


def _pair(text: str, field: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found or not name.strip() or not value.strip():
        raise Refused("not_a_pair", f"{text!r} is not of the form name=value.", field)
    return name.strip(), value.strip()


def _event(text: str, number: int) -> Event:
    head, *rest = text.split(",")
    kind, day = _pair(head, "event")
    return step(kind, parse_date(day, "event"), dict(_pair(one, "event") for one in rest), number=number)


class DeadlineView(APIView):
    """Every clock of one request, with the steps that led to each date. Nothing is kept."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="deadline",
        summary="When is it due?",
        parameters=[
            OpenApiParameter("law", OpenApiTypes.STR, required=True, description="The law, as in us-il."),
            OpenApiParameter("received", OpenApiTypes.DATE, required=True, description="Day of receipt."),
            OpenApiParameter("sent", OpenApiTypes.DATE, description="Day of sending, if it is another."),
            OpenApiParameter("on", OpenApiTypes.DATE, description="The day to look from; today by default."),
            OpenApiParameter(
                "event",
                OpenApiTypes.STR,
                many=True,
                description="A later step: kind=date, then any of outcome=, parts=, until=, joined by commas.",
                examples=[OpenApiExample("A denial", value="determined=2026-03-09,outcome=denied")],
            ),
            OpenApiParameter(
                "fact",
                OpenApiTypes.STR,
                many=True,
                description="A fact of the request: requester=commercial, record_types=body-camera …",
            ),
        ],
        responses={200: OpenApiTypes.OBJECT, (400, "application/problem+json"): OpenApiTypes.OBJECT},
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params
        unknown = sorted(set(asked) - KNOWN)
        if unknown:
            known = ", ".join(sorted(KNOWN))
            raise Refused(
                "unknown_parameter", f"There is no parameter {unknown[0]!r}. Known: {known}.", unknown[0]
            )
        for name in ("law", "received"):
            if not asked.get(name):
                raise Refused("missing", f"Give the parameter {name}.", name)
        events = asked.getlist("event")
        if len(events) > MOST_EVENTS:
            raise Refused("too_many_events", f"At most {MOST_EVENTS} events are counted at once.", "event")
        place = library().place_of(asked["law"])
        found = answer(
            asked["law"],
            received_on=parse_date(asked["received"], "received"),
            sent_on=self._day(asked, "sent"),
            events=[_event(text, number) for number, text in enumerate(events, 1)],
            facts=facts_from(dict(_pair(text, "fact") for text in asked.getlist("fact"))),
            on=self._day(asked, "on") or timezone.now().astimezone(ZoneInfo(place.zone)).date(),
        )
        return Response(found.to_json())

    @staticmethod
    def _day(asked: Any, name: str) -> dt.date | None:
        return parse_date(asked[name], name) if asked.get(name) else None
