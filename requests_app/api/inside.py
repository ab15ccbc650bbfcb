"""Drafts and notes of a request for programs whose people are shown everything. They read; no door here writes."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import audit
from requests_app.models import Letter, LetterKind, RecordsRequest, RequestNote
from requests_app.queries import everything

from .base import Answer, ApiView, operation, page_of
from .paging import PageAsked, Place, Walked, paged, walk

EDITED, WRITTEN = ("-edited_at", "-public_id"), ("-written_at", "-public_id")


class InsideDraft(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.ChoiceField(LetterKind.choices)
    state = serializers.ChoiceField(["draft", "queued", "stopped"])
    subject = serializers.CharField()
    body = serializers.CharField(help_text="Names and signatures of who asks are left out.")
    by = serializers.CharField(help_text="Who changed it last; empty: nobody who is named.")
    edited_at = serializers.DateTimeField()


class InsideNote(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField()
    by = serializers.CharField()
    written_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)


class InsideView(ApiView):
    def opened(self, pid: str) -> RecordsRequest:
        found = everything.request_of(self.viewer, pid)
        if found is None:
            raise Http404
        audit.read_everything(self.viewer, found, self.actor, self.now.date())
        return found


class DraftsView(InsideView):
    @operation(
        "inside-drafts", "Letters of a request that have not gone out", asked=PageAsked, answer=page_of(InsideDraft)
    )
    def get(self, asked: dict[str, Any], pid: str) -> Answer:
        """Where everything of the request is shared with you; your own as partners read them. The newest first."""
        found = self.opened(pid)
        as_read = everything.AsRead(found)

        def read(place: Place, limit: int) -> Walked:
            return walk(everything.drafts(self.viewer, found), EDITED, place, limit)

        def told(row: Letter) -> Answer:
            one = as_read.draft(row)
            return {
                "id": one.public_id, "kind": one.kind, "state": one.state, "subject": one.subject, "body": one.body,
                "by": one.by, "edited_at": one.edited_at,
            }  # fmt: skip

        return paged(self.request, asked, EDITED, read, told)


class InsideNotesView(InsideView):
    @operation("inside-notes", "Notes on a request that is shared whole", asked=PageAsked, answer=page_of(InsideNote))
    def get(self, asked: dict[str, Any], pid: str) -> Answer:
        """Where everything of the request is shared with you; never a privileged one. The newest first."""
        found = self.opened(pid)
        as_read = everything.AsRead(found)

        def read(place: Place, limit: int) -> Walked:
            return walk(everything.notes(self.viewer, found), WRITTEN, place, limit)

        def told(row: RequestNote) -> Answer:
            one = as_read.note(row)
            return {
                "id": one.public_id, "text": one.text, "by": one.by, "written_at": one.written_at,
                "edited_at": one.edited_at,
            }  # fmt: skip

        return paged(self.request, asked, WRITTEN, read, told)


urlpatterns = [
    path("requests/<slug:pid>/inside/drafts/", DraftsView.door(), name="api-inside-drafts"),
    path("requests/<slug:pid>/inside/notes/", InsideNotesView.door(), name="api-inside-notes"),
]
