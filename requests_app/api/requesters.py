"""Requesters of record for programs: under which names an organization asks. Ours alone."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.models import Organisation, RequesterProfile

from .base import ApiView, operation, page_of
from .paging import PageAsked, Place, Walked, paged, walk

KEYS = ("name", "public_id")


class RequesterShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    signs_as = serializers.CharField(help_text="The organization, as it signs; empty: a person alone.")
    postal_address = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    residency = serializers.CharField(help_text="Code of the state, such as us-tn.")
    fee_category = serializers.CharField()
    protected = serializers.BooleanField(help_text="The name appears on nothing that leaves, but the letter.")
    default = serializers.BooleanField()
    version = serializers.IntegerField()


class RequestersView(ApiView):
    @operation(
        "requesters",
        "Under which names an organization of yours asks",
        asked=PageAsked,
        answer=page_of(RequesterShape),
    )
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """Those in use, by name."""
        organisation = self.found(Organisation.objects.visible_to(self.viewer), public_id=pid)
        rows = RequesterProfile.objects.visible_to(self.viewer).filter(
            organisation=organisation, retired_at=None
        )

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, KEYS, place, limit)

        return paged(self.request, asked, KEYS, read, _shown)


def _shown(row: RequesterProfile) -> dict[str, Any]:
    names = ("name", "signs_as", "postal_address", "email", "phone", "residency", "fee_category", "protected")
    return {
        "id": row.public_id,
        **{name: getattr(row, name) for name in names},
        "default": row.is_default,
        "version": row.version,
    }


urlpatterns = [
    path("organisations/<slug:pid>/requesters/", RequestersView.door(), name="api-requesters"),
]
