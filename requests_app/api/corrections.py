"""The public log of corrections and the statements of agencies for programs: the same for everybody, whoever asks."""

from __future__ import annotations

from typing import Any

from django.urls import path, reverse
from rest_framework import serializers

from requests_app.models import Correction, SubjectKind
from requests_app.models.visibility import PUBLIC, viewing
from requests_app.queries import corrections as query
from requests_app.queries.corrections import Note, Statement

from .base import ApiView, operation, page_of
from .paging import PageAsked, Place, Walked, paged, walk

KEYS = ("-on", "-public_id")
STATEMENT_KEYS = ("-received_on", "-public_id")


class CorrectionRow(serializers.Serializer[Any]):
    """`asked_by` says in a word who asked, where the owner chose to; never by name. `path` of what was taken down
    answers 410."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(Correction.Kind.values)
    subject = serializers.ChoiceField(SubjectKind.values)
    path = serializers.CharField()
    on = serializers.DateField()
    asked_by = serializers.CharField(allow_null=True)
    text = serializers.CharField(allow_blank=True)


class CorrectionsAsked(PageAsked):
    kind = serializers.ChoiceField(Correction.Kind.values, required=False)


class CorrectionsView(ApiView):
    @operation(
        "corrections", "What was corrected or taken down", asked=CorrectionsAsked, answer=page_of(CorrectionRow)
    )
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The newest first, as far as whoever answers for a page says so."""
        with viewing(PUBLIC):
            rows = query.log()
            if "kind" in asked:
                rows = rows.filter(kind=asked["kind"])

            def read(place: Place, limit: int) -> Walked:
                found = walk(rows, KEYS, place, limit)
                return Walked(query.notes(PUBLIC, found.rows), found.further, found.count)

            return paged(self.request, asked, KEYS, read, _shown, of=lambda note, name: getattr(note.row, name))


def _shown(note: Note) -> dict[str, Any]:
    row = note.row
    return {
        "id": row.public_id,
        "kind": row.kind,
        "subject": row.subject_kind,
        "path": row.path,
        "on": row.on,
        "asked_by": row.asked_by or None,
        "text": note.text,
    }


class StatementRow(serializers.Serializer[Any]):
    """In full and unchanged, but for names that are withheld. `request` is null where it is about the agency itself."""

    id = serializers.CharField()
    agency = serializers.CharField(help_text="Its short name, as in its address.")
    agency_name = serializers.CharField()
    request = serializers.CharField(allow_null=True)
    text = serializers.CharField()
    sent_by = serializers.CharField(help_text="Office, role and channel, as far as known.")
    verified = serializers.CharField(help_text="How it was made sure that the agency sent it.")
    received_on = serializers.DateField()
    published_at = serializers.DateTimeField(allow_null=True)
    attachment_url = serializers.CharField(allow_blank=True)
    url = serializers.CharField(help_text="The page beside which it stands.")


class StatementsAsked(PageAsked):
    agency = serializers.CharField(required=False, max_length=120, help_text="Its short name.")
    request = serializers.CharField(required=False, max_length=12)


class StatementsView(ApiView):
    @operation("statements", "What agencies say", asked=StatementsAsked, answer=page_of(StatementRow))
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Their own words beside public requests and about themselves, the newest first."""
        with viewing(PUBLIC):
            rows = query.published_statements()
            if "agency" in asked:
                rows = rows.filter(agency__slug=asked["agency"])
            if "request" in asked:
                rows = rows.filter(request_key=asked["request"])

            def read(place: Place, limit: int) -> Walked:
                found = walk(rows, STATEMENT_KEYS, place, limit)
                return Walked(query.statements(PUBLIC, found.rows), found.further, found.count)

            return paged(self.request, asked, STATEMENT_KEYS, read, _said, of=lambda one, name: getattr(one.row, name))


def _said(one: Statement) -> dict[str, Any]:
    row = one.row
    key = row.request_key
    return {
        "id": row.public_id,
        "agency": row.agency.slug,
        "agency_name": row.agency.name,
        "request": key or None,
        "text": one.text,
        "sent_by": one.sent_by,
        "verified": one.verified,
        "received_on": row.received_on,
        "published_at": row.published_at,
        "attachment_url": row.attachment_url,
        "url": reverse("request", args=[key]) if key else reverse("agency", args=[row.agency.slug]),
    }


urlpatterns = [
    path("corrections/", CorrectionsView.door(), name="api-corrections"),
    path("statements/", StatementsView.door(), name="api-statements"),
]
