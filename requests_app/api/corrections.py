"""The public log of corrections for programs: the same for everybody, whoever asks."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.models import Correction, SubjectKind
from requests_app.models.visibility import PUBLIC, viewing
from requests_app.queries import corrections as query
from requests_app.queries.corrections import Note

from .base import ApiView, operation, page_of
from .paging import PageAsked, Place, Walked, paged, walk

KEYS = ("-on", "-public_id")


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


urlpatterns = [path("corrections/", CorrectionsView.door(), name="api-corrections")]
