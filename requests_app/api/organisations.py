"""Organizations for programs: which the caller belongs to, and who else does."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.models import Membership, Organisation
from requests_app.models.people import Role

from .base import ApiView, operation, page_of
from .paging import PageAsked, Place, Walked, paged, walk

KEYS = ("name", "public_id")
MEMBER_KEYS = ("since", "person__email")


class OrganisationShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.values, help_text="Yours; of a token, what it may do.")
    created_at = serializers.DateTimeField()
    sample = serializers.BooleanField()


class OrganisationMemberShape(serializers.Serializer[Any]):
    email = serializers.CharField()
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.values)
    since = serializers.DateTimeField()


class OrganisationsView(ApiView):
    @operation(
        "organisations", "Organizations you belong to", asked=PageAsked, answer=page_of(OrganisationShape),
        signed_in=True,
    )  # fmt: skip
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A token belongs to one."""
        rows = Organisation.objects.visible_to(self.viewer)

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, KEYS, place, limit)

        return paged(self.request, asked, KEYS, read, self._shown)

    def _shown(self, row: Organisation) -> dict[str, Any]:
        return {
            "id": row.public_id,
            "name": row.name,
            "role": self.viewer.roles[row.pk],
            "created_at": row.created_at,
            "sample": row.is_sample,
        }


class MembersView(ApiView):
    @operation(
        "members",
        "Who belongs to an organization of yours",
        asked=PageAsked,
        answer=page_of(OrganisationMemberShape),
    )
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """By the day they joined. Who left is not listed."""
        organisation = self.found(Organisation.objects.visible_to(self.viewer), public_id=pid)
        rows = Membership.objects.filter(organisation=organisation, ended_at=None).select_related("person")

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, MEMBER_KEYS, place, limit)

        def of(row: Membership, name: str) -> Any:
            return row.person.email if name == "person__email" else getattr(row, name)

        return paged(self.request, asked, MEMBER_KEYS, read, _member, of=of)


def _member(row: Membership) -> dict[str, Any]:
    return {"email": row.person.email, "name": row.person.name, "role": row.role, "since": row.since}


urlpatterns = [
    path("organisations/", OrganisationsView.door(), name="api-organisations"),
    path("organisations/<slug:pid>/members/", MembersView.door(), name="api-members"),
]
