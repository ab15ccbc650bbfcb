"""The request kits for programs: each kit whole, with its letter under a law. Read only; the same for everybody."""

from __future__ import annotations

from dataclasses import asdict

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.clock.events import JSON
from requests_app.kits import merge
from requests_app.kits.fields import FIELDS, MergeFacts
from requests_app.kits.registry import clauses, kits
from requests_app.kits.shapes import Kit
from requests_app.laws.registry import library

from .laws import ANSWERS, LawsAPIView


class KitsView(LawsAPIView):
    @extend_schema(
        operation_id="kits",
        summary="Every request kit in short, the shared paragraphs, the merge fields",
        responses=ANSWERS,
    )
    def get(self, request: Request) -> Response:
        self.known(request, ())
        return Response(
            {
                "kits": [short(one) for one in kits()],
                "clauses": [asdict(one) for one in clauses().values()],
                "fields": [{"name": name, "about": about} for name, about in FIELDS.items()],
            }
        )


class KitView(LawsAPIView):
    @extend_schema(
        operation_id="kit",
        summary="One request kit: parts, narrower alternatives, refusals to expect, its letter",
        parameters=[
            OpenApiParameter(
                "kit_id", OpenApiTypes.STR, OpenApiParameter.PATH, description="As in plate-readers."
            ),
            OpenApiParameter("law", OpenApiTypes.STR, description="The law of the letter, as in us-il."),
        ],
        responses=ANSWERS,
    )
    def get(self, request: Request, kit_id: str) -> Response:
        self.known(request, ("law",))
        kit = next((one for one in kits() if one.id == kit_id), None)
        if kit is None:
            raise exceptions.NotFound
        law = str(request.query_params.get("law", ""))
        if law:
            library().law(law)  # says which laws there are
        rendered = merge.render(kit, MergeFacts(law_id=law))
        return Response(
            {
                **asdict(kit),
                "ref": kit.ref,
                "template": merge.template(kit),
                "letter": {
                    "law": law or None,
                    "subject": rendered.subject,
                    "body": rendered.body,
                    "missing": list(rendered.missing),
                },
            }
        )


def short(kit: Kit) -> dict[str, JSON]:
    return {
        "id": kit.id,
        "name": kit.name,
        "version": kit.version,
        "summary": kit.summary,
        "parts": [{"label": part.label, "title": part.title} for part in kit.parts],
        "preservation": kit.preservation,
    }
