"""Full copies of an organization for its owners, by session: asked for and watched here, fetched on the page alone."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers

from requests_app.actions import archives as acts
from requests_app.models import Archive, Organisation

from .base import operation, page_of
from .owners import HERE, OrganisationView
from .paging import PageAsked, Place, Walked, paged, walk

NEWEST = ("-asked_at", "-public_id")


class ArchiveShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    state = serializers.ChoiceField(Archive.State.values)
    by = serializers.CharField(allow_null=True, help_text="Address of who asked.")
    asked_at = serializers.DateTimeField()
    ready_at = serializers.DateTimeField(allow_null=True)
    fetched_at = serializers.DateTimeField(allow_null=True)
    rows = serializers.IntegerField()
    files = serializers.IntegerField()
    size = serializers.IntegerField(allow_null=True, help_text="Bytes, once it is ready.")
    sha256 = serializers.CharField(allow_null=True, help_text="Once it is ready.")
    problem = serializers.CharField(help_text="Why it failed.")


class FullCopiesView(OrganisationView):
    def copies(self, organisation: Organisation) -> QuerySet[Any]:
        rows: QuerySet[Any] = Archive.objects.owned_by(self.viewer).filter(organisation=organisation)
        return rows.select_related("asked_by")


class ArchivesView(FullCopiesView):
    @operation(
        "archives",
        "Full copies of an organization you own",
        asked=PageAsked,
        answer=page_of(ArchiveShape),
        signed_in=True,
    )
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """The newest first. A copy is kept for a week; its bytes are fetched on the page."""
        rows = self.copies(self.owned(pid))

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, NEWEST, place, limit)

        return paged(self.request, asked, NEWEST, read, archive_shown)

    @operation("archive-ask", "Ask for a full copy", answer=ArchiveShape, status=201)
    def post(self, pid: str) -> dict[str, Any]:
        """One at a time; read it again until its state is ready. Owners, by session, after a fresh proof."""
        found = self.acting_owner(pid)
        made = acts.ask(viewer=self.viewer, organisation=found, actor=self.actor, once=self.once)
        return archive_shown(self.copies(found).get(pk=made.pk))


class ArchiveView(FullCopiesView):
    @operation("archive", "One full copy", answer=ArchiveShape, signed_in=True)
    def get(self, pid: str, key: str) -> dict[str, Any]:
        """Its state, and the hash to hold the fetched file against."""
        return archive_shown(self.found(self.copies(self.owned(pid)), public_id=key))


def archive_shown(row: Archive) -> dict[str, Any]:
    ready = row.state == Archive.State.READY
    return {
        "id": row.public_id,
        "state": row.state,
        "by": row.asked_by.email if row.asked_by else None,
        "asked_at": row.asked_at,
        "ready_at": row.ready_at,
        "fetched_at": row.fetched_at,
        "rows": row.rows,
        "files": row.files,
        "size": row.size if ready else None,
        "sha256": row.sha256 if ready else None,
        "problem": row.problem,
    }


urlpatterns = [
    path(f"{HERE}/archives/", ArchivesView.door(), name="api-archives"),
    path(f"{HERE}/archives/<slug:key>/", ArchiveView.door(), name="api-archive"),
]
