"""Privileged documents and notes in a session: no token reads one, marks one or ends one."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import path, reverse
from rest_framework import serializers

from requests_app.actions import privileged as acts
from requests_app.models import Document, RequestNote
from requests_app.queries import privileged as queries
from requests_app.queries.privileged import Item

from .base import Answer, ApiView, Given, Words, operation, page_of
from .owners import must_be_fresh
from .paging import PageAsked, Place, Walked, paged, walk

NEWEST = ("-written_at", "-public_id")


class PrivilegeShape(serializers.Serializer[Any]):
    privileged = serializers.BooleanField()
    circle = serializers.CharField(allow_null=True, help_text="Id of the counsel or group that reads it, too.")


class PrivilegeGiven(Given):
    privileged = serializers.BooleanField()
    circle = Words(required=False, allow_blank=True, default="", max_length=12, help_text="Who else reads it.")
    reason = Words(required=False, allow_blank=True, default="", max_length=3000, help_text="To end it (owners).")


class PrivilegedDocument(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    file = serializers.CharField(help_text="Address of its bytes.")
    circle = serializers.CharField(allow_null=True)


class PrivilegedNote(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField()
    written_at = serializers.DateTimeField()
    author = serializers.EmailField(allow_null=True, help_text="Of your own organization only.")
    circle = serializers.CharField(allow_null=True)


EXAMPLE = {"privileged": True, "circle": ""}


class PrivilegedView(ApiView):
    @operation(
        "privileged", "What is privileged on a request", asked=PageAsked, signed_in=True,
        answer=page_of(
            PrivilegedNote, documents=PrivilegedDocument(many=True, help_text="At most 200, the newest first.")
        ),
    )  # fmt: skip
    def get(self, asked: dict[str, Any], pid: str) -> Answer:
        """Notes, the newest first, and the documents, as far as you read them: owners, whoever marked or wrote it, and
        who is named. Empty for a token."""
        found = queries.request_of(self.viewer, pid)
        if found is None or self.viewer.kind == "public":
            raise Http404
        ours = self.viewer.belongs_to(found.organisation_id)

        def read(place: Place, limit: int) -> Walked:
            return walk(queries.notes(self.viewer, found), NEWEST, place, limit)

        def told(one: RequestNote) -> Answer:
            return {
                "id": one.public_id, "text": one.text, "written_at": one.written_at,
                "author": one.author.email if one.author and ours else None,
                "circle": one.circle.public_id if one.circle else None,
            }  # fmt: skip

        documents = [
            {
                "id": one.public_id, "title": one.title, "size": one.size, "sha256": one.sha256,
                "file": reverse("api-document-file", args=[one.public_id]),
                "circle": one.circle.public_id if one.circle else None,
            }
            for one in queries.documents(self.viewer, found)
        ]  # fmt: skip
        return paged(self.request, asked, NEWEST, read, told) | {"documents": documents}


class ItemView(ApiView):
    def decided(self, item: Item, given: dict[str, Any]) -> Answer:
        who: dict[str, Any] = {"viewer": self.viewer, "item": item, "actor": self.actor}
        if given["privileged"]:
            acts.mark(**who, circle=given["circle"])
        else:
            if self.viewer.may_own(item.organisation_id):
                must_be_fresh(self)
            acts.end(**who, reason=given["reason"])
        item.refresh_from_db()
        return {"privileged": item.privileged, "circle": item.circle.public_id if item.circle else None}


class DocumentPrivilegeView(ItemView):
    @operation(
        "document-privilege", "Mark a document as privileged, or end that", body=PrivilegeGiven, answer=PrivilegeShape,
        example=EXAMPLE,
    )  # fmt: skip
    def post(self, given: dict[str, Any], document_pid: str) -> Answer:
        """At once nobody reads it but owners, whoever marked it, and those named. Owners end it, with a reason."""
        rows = Document.objects.editable_by(self.viewer).select_related("request", "organisation")
        found = self.found(rows, public_id=document_pid)
        return self.decided(found, given)


class NotePrivilegeView(ItemView):
    @operation(
        "note-privilege", "Mark a note as privileged, or end that", body=PrivilegeGiven, answer=PrivilegeShape,
        example=EXAMPLE,
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str, note_pid: str) -> Answer:
        """By its author or an owner; owners end it, with a reason."""
        rows = RequestNote.objects.editable_by(self.viewer).filter(deleted_at=None, request__public_id=pid)
        return self.decided(self.found(rows.select_related("request", "organisation"), public_id=note_pid), given)


urlpatterns = [
    path("requests/<slug:pid>/privileged/", PrivilegedView.door(), name="api-privileged"),
    path("documents/<slug:document_pid>/privilege/", DocumentPrivilegeView.door(), name="api-document-privilege"),
    path(
        "requests/<slug:pid>/notes/<slug:note_pid>/privilege/", NotePrivilegeView.door(), name="api-note-privilege"
    ),
]
