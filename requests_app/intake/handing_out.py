"""Bytes on their way out: an attachment of no type that opens, in an origin where nothing runs, kept by no cache."""

from __future__ import annotations

from django.http import FileResponse

from requests_app.models import Document

from . import storage

SANDBOX = "default-src 'none'; sandbox"


def as_attachment(document: Document) -> FileResponse:
    """Only for a row that the viewer's own queryset gave, in the same transaction."""
    return attachment(document.blob, document.title, document.size, "application/octet-stream")


def attachment(blob: str, name: str, size: int, content_type: str) -> FileResponse:
    response = FileResponse(storage.opened(blob), as_attachment=True, filename=name, content_type=content_type)
    response["Content-Length"] = str(size)
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
