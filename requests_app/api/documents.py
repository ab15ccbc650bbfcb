"""Documents of a request for programs: as on its page, with the bytes through the same check at each fetch."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from requests_app.actions import audit, documents
from requests_app.actions.refusals import Refused
from requests_app.intake import storage
from requests_app.intake.handing_out import as_attachment
from requests_app.intake.uploads import LimitedUpload, too_large
from requests_app.models import Document, Event, RecordsRequest
from requests_app.queries import proposals
from requests_app.queries.documents import Bundle, Kept, Shelf, document_of, shelf_of

from .base import READ_ERRORS, ApiView, Given, Words, operation
from .owners import must_be_fresh
from .problems import MEDIA_TYPE, Problem

STATES = ("unreleased", "released", "withdrawn", "erased")
ACTS = ("release", "hold_back", "withdraw", "restore", "erase")


class DocumentShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    event = serializers.CharField(
        allow_null=True, help_text="Id of the event it came with, or went out with."
    )
    file = serializers.CharField(allow_null=True, help_text="Address of its bytes; null: erased.")
    state = serializers.ChoiceField(STATES)
    added_at = serializers.DateTimeField()
    original_name = serializers.CharField(required=False, help_text="Ours alone: the name as it came.")
    note = serializers.CharField(required=False, help_text="Ours alone: why it was withdrawn or erased.")
    privileged = serializers.BooleanField(required=False, help_text="Ours alone.")
    handed_in_by = serializers.CharField(required=False, help_text="“a partner” or “a guest” that proposed it.")
    received_on = serializers.DateField(
        required=False, allow_null=True, help_text="Ours alone: the day, as whoever handed it in says."
    )


class BundleShape(serializers.Serializer[Any]):
    event = serializers.CharField(allow_null=True)
    on = serializers.DateField(allow_null=True)
    pages_stated = serializers.IntegerField(allow_null=True, help_text="Pages, as the letter with them says.")
    documents = DocumentShape(many=True)


class ShelfShape(serializers.Serializer[Any]):
    bundles = BundleShape(many=True)
    files = serializers.IntegerField()
    size = serializers.IntegerField(help_text="Bytes in all.")
    proposals = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Ours alone: what was handed in and waits, by id."
    )


class UploadGiven(Given):
    event = Words(required=False, max_length=12, help_text="Id of the event it came with.")
    file = serializers.FileField(help_text="Up to 50 MB; 200 MB for one request in all.")
    privileged = serializers.BooleanField(required=False, default=False, help_text="By no token.")
    circle = Words(
        required=False, allow_blank=True, default="", max_length=12,
        help_text="Of a privileged one: who reads it beside owners and you.",
    )  # fmt: skip


class DescribeGiven(Given):
    title = Words(max_length=3000)
    event = Words(required=False, allow_null=True, max_length=12)


class ActGiven(Given):
    act = serializers.ChoiceField(ACTS)
    reason = Words(required=False, allow_blank=True, default="", max_length=3000)
    looked_through = serializers.BooleanField(
        required=False,
        default=False,
        help_text="For release: somebody looked through each page for private data.",
    )


class PagesGiven(Given):
    pages = serializers.IntegerField(allow_null=True, min_value=0, max_value=documents.MOST_PAGES)


class TakesFile(ApiView):
    """Of an operation that is handed a file."""

    parser_classes = (MultiPartParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Before anything reads the form: a file over the limit is thrown away while it arrives.
        if request.method == "POST":
            request._request.upload_handlers = [LimitedUpload(request._request)]
        super().initial(request, *args, **kwargs)

    def check_body(self, request: Request) -> None:
        if too_large(request._request):
            says = "The file is larger than 50 MB. It was not kept. Split it."
            raise Refused("too_large", says, field="file", status=413)


class DocumentsView(TakesFile):
    @operation("documents", "Documents of one request", answer=ShelfShape)
    def get(self, pid: str) -> dict[str, Any]:
        """By what they came with, the newest first. Below the level of documents there is nothing here."""
        return shelf_shown(self, _shelf(self, pid))

    @operation(
        "document-upload", "Keep a file with a request", body=UploadGiven, answer=DocumentShape, status=201,
        upload=True, example={"event": "7h3kq2m9x4ap"},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Byte for byte as it comes. Nobody outside sees it before an owner releases it."""
        shelf = _shelf(self, pid)
        file: UploadedFile[bytes] = given["file"]
        added = documents.add_document(
            viewer=self.viewer, records_request=shelf.request, actor=self.actor, name=file.name or "",
            chunks=file.chunks(storage.MEGABYTE), once=self.once, event=_event(shelf.request, given.get("event")),
            content_type=file.content_type or "", privileged=given["privileged"], circle=given["circle"],
        )  # fmt: skip
        return one_shown(self, added.document.public_id)


class DocumentView(ApiView):
    @operation("document", "One document", answer=DocumentShape)
    def get(self, document_pid: str) -> dict[str, Any]:
        """Its name, fingerprint and state."""
        return one_shown(self, document_pid)

    @operation(
        "document-describe", "Name a document, or put it beside another event", body=DescribeGiven,
        answer=DocumentShape, example={"title": "Decision of March 4.pdf", "event": "7h3kq2m9x4ap"},
    )  # fmt: skip
    def patch(self, given: dict[str, Any], document_pid: str) -> dict[str, Any]:
        """What was handed out under the old name stays out."""
        found = _document(self, document_pid)
        event = _event(found.request, given["event"]) if "event" in given else found.event
        documents.describe(viewer=self.viewer, document=found, title=given["title"], event=event)
        return one_shown(self, document_pid)


class DocumentActView(ApiView):
    @operation(
        "document-act", "Release, hold back, withdraw, restore or erase", body=ActGiven, answer=DocumentShape,
        example={"act": "withdraw", "reason": "It belongs to another request."},
    )  # fmt: skip
    def post(self, given: dict[str, Any], document_pid: str) -> dict[str, Any]:
        """Releasing and erasing are an owner's, after a fresh proof, and so never a token's."""
        found = _document(self, document_pid)
        who: dict[str, Any] = {"viewer": self.viewer, "document": found, "actor": self.actor}
        if given["act"] in ("release", "erase") and self.viewer.may_own(found.organisation_id):
            must_be_fresh(self)
        match given["act"]:
            case "release":
                documents.release(looked_through=given["looked_through"], **who)
            case "hold_back":
                documents.hold_back(**who)
            case "withdraw":
                documents.withdraw(reason=given["reason"], **who)
            case "restore":
                documents.restore(**who)
            case "erase":
                documents.erase(reason=given["reason"], **who)
        return one_shown(self, document_pid)


class ProductionView(ApiView):
    @operation(
        "production-pages", "State the pages of a production", body=PagesGiven, answer=ShelfShape,
        example={"pages": 340},
    )  # fmt: skip
    def put(self, given: dict[str, Any], pid: str, uid: str) -> dict[str, Any]:
        """As the letter with it says; null: it says none."""
        shelf = _shelf(self, pid)
        event = _event(shelf.request, uid)
        if event is None or event.kind != "produced":
            raise Http404
        documents.state_pages(
            viewer=self.viewer, records_request=shelf.request, event=event, pages=given["pages"]
        )
        return shelf_shown(self, _shelf(self, pid))


class FileView(ApiView):
    @extend_schema(
        operation_id="document-file", summary="The bytes of a document",
        description="As an attachment of no type that opens; asked of the database at every fetch.",
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            **{(code, MEDIA_TYPE): Problem for code in READ_ERRORS},
        },
    )  # fmt: skip
    def get(self, request: Request, document_pid: str) -> Any:
        found = _document(self, document_pid)
        if found.erased_at is not None:
            raise Http404
        if self.viewer.kind in ("person", "token"):
            audit.downloaded(self.viewer, found, self.actor)
        return as_attachment(found)


def _shelf(view: ApiView, pid: str) -> Shelf:
    shelf = shelf_of(view.viewer, pid)
    if shelf is None:
        raise Http404
    return shelf


def _document(view: ApiView, pid: str) -> Document:
    found = document_of(view.viewer, pid)
    if found is None:
        raise Http404
    return found


def _event(of: RecordsRequest, uid: str | None) -> Event | None:
    if not uid:
        return None
    found = Event.objects.filter(request=of, uid=uid).first()
    if found is None:
        raise Refused("event_unknown", "Choose an event of this request.", field="event")
    return found


def one_shown(view: ApiView, pid: str) -> dict[str, Any]:
    found = _document(view, pid)
    shelf = _shelf(view, found.request.public_id)
    return next(
        kept_shown(kept) for bundle in shelf.bundles for kept in bundle.kept if kept.document.pk == found.pk
    )


def shelf_shown(view: ApiView, shelf: Shelf) -> dict[str, Any]:
    waiting = proposals.waiting_files(view.viewer, shelf.request) if shelf.ours else []
    return {
        "bundles": [_bundle(bundle) for bundle in shelf.bundles],
        "files": shelf.files,
        "size": shelf.size,
        **({"proposals": [one.row.public_id for one in waiting]} if shelf.ours else {}),
    }


def _bundle(bundle: Bundle) -> dict[str, Any]:
    return {
        "event": bundle.event.uid if bundle.event else None,
        "on": bundle.on,
        "pages_stated": bundle.pages,
        "documents": [kept_shown(kept) for kept in bundle.kept],
    }


def kept_shown(kept: Kept) -> dict[str, Any]:
    found = kept.document
    released = "released" if found.released_at else "unreleased"
    shown: dict[str, Any] = {
        "id": found.public_id,
        "title": found.title,
        "size": found.size,
        "sha256": found.sha256,
        "event": kept.event.uid if kept.event else None,
        "file": None if found.erased_at else reverse("api-document-file", args=[found.public_id]),
        "state": "erased" if found.erased_at else "withdrawn" if found.withdrawn_at else released,
        "added_at": found.added_at,
    }
    if kept.private is not None:
        shown |= {
            "original_name": kept.private.original_name, "note": kept.private.note,
            "privileged": found.privileged,
            "handed_in_by": kept.private.handed_in_by, "received_on": kept.private.received_on,
        }  # fmt: skip
    return shown


urlpatterns = [
    path("requests/<slug:pid>/documents/", DocumentsView.door(), name="api-documents"),
    path("requests/<slug:pid>/productions/<slug:uid>/", ProductionView.door(), name="api-production"),
    path("documents/<slug:document_pid>/", DocumentView.door(), name="api-document"),
    path("documents/<slug:document_pid>/act/", DocumentActView.door(), name="api-document-act"),
    path("documents/<slug:document_pid>/file/", FileView.door(), name="api-document-file"),
]
