"""Documents handed in by partners and guests, for programs: as on their pages, with the bytes while they wait."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from requests_app.actions import proposal_files
from requests_app.actions import proposals as acts
from requests_app.intake import storage
from requests_app.intake.handing_out import attachment
from requests_app.queries import proposals as queries
from requests_app.queries.days import day_in

from .base import READ_ERRORS, Answer, ApiView, Given, Words, operation
from .documents import TakesFile
from .problems import MEDIA_TYPE, Problem
from .proposals import OfferView, ProposalShape


class DocumentProposed(Given):
    file = serializers.FileField(allow_empty_file=True, help_text="Up to 50 MB; 200 MB of yours may wait in all.")
    received_on = serializers.DateField(help_text="The day you received it.")
    note = Words(max_length=acts.NOTE_MAX, help_text="What it is, and how you got it.")


class DocumentOfferView(TakesFile, OfferView):
    @operation(
        "proposal-document", "Hand in a document", body=DocumentProposed, answer=ProposalShape, status=201,
        upload=True, example={"received_on": "2026-03-09", "note": "The contract; the city sent it to us, too."},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> Answer:
        """On a request of another's, by the right to hand in documents. Accepted it is kept with the request,
        unreleased; declined or withdrawn it is removed."""
        request = self.request_of(pid)
        file: UploadedFile[bytes] = given["file"]
        made = proposal_files.propose_document(
            viewer=self.viewer, records_request=request, actor=self.actor, once=self.once, name=file.name or "",
            chunks=file.chunks(storage.MEGABYTE), content_type=file.content_type or "", note=given["note"],
            received_on=given["received_on"], today=day_in(request.zone, self.now),
        )  # fmt: skip
        return self.made(made)


class ProposalFileView(ApiView):
    @extend_schema(
        operation_id="proposal-file", summary="The bytes of a document that waits",
        description="As an attachment of no type that opens; asked of the database at every fetch. "
        "To whoever decides, and to whoever handed it in while they are shown the request.",
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            **{(code, MEDIA_TYPE): Problem for code in READ_ERRORS},
        },
    )  # fmt: skip
    def get(self, request: Request, key: str) -> Any:
        found = queries.file_of(self.viewer, key)
        if found is None:
            raise Http404
        return attachment(found.blob, found.title, found.size, "application/octet-stream")


urlpatterns = [
    path("proposals/<slug:key>/file/", ProposalFileView.door(), name="api-proposal-file"),
    path("requests/<slug:pid>/proposals/documents/", DocumentOfferView.door(), name="api-proposal-document"),
]
