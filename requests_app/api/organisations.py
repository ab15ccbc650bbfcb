"""Organizations for programs: which the caller belongs to, and its name and rules. Owners decide."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import path
from rest_framework import serializers

from requests_app.actions import audit_seals
from requests_app.actions import organisations as acts
from requests_app.actions.refusals import Refused
from requests_app.models import Organisation
from requests_app.models.people import Role

from .base import Given, Words, operation, page_of
from .owners import HERE, OrganisationView
from .paging import PageAsked, Place, Walked, paged, walk
from .work import Done

KEYS = ("name", "public_id")


class OrganisationShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.values, help_text="Yours; of a token, what it may do.")
    requires_second_factor = serializers.BooleanField(
        help_text="Whether editors and owners only read until they have one."
    )
    audit_years = serializers.IntegerField(
        allow_null=True, help_text="How long a line of the audit is kept; null: for good."
    )
    two_to_publish = serializers.BooleanField(help_text="Whether nothing becomes public by one person alone.")
    one_asked = serializers.BooleanField(help_text="An owner asked to switch that off; another one has to, too.")
    created_at = serializers.DateTimeField()
    sample = serializers.BooleanField()


class OrganisationGiven(Given):
    name = Words(max_length=acts.NAME_MAX)


class OrganisationChanged(Given):
    name = Words(max_length=acts.NAME_MAX, required=False)
    requires_second_factor = serializers.BooleanField(required=False)
    audit_years = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text="How long a line of the audit is kept, 2 to 100 years; null: for good.",
    )
    two_to_publish = serializers.BooleanField(
        required=False, help_text="Off only once another owner asked for it, too, within 14 days."
    )


class OwnershipGiven(Given):
    member = Words(max_length=254, help_text="Who becomes an owner, by id or by address.")
    then = serializers.ChoiceField([Role.EDITOR, Role.VIEWER], help_text="What you are afterwards.")


class OrganisationsView(OrganisationView):
    @operation(
        "organisations", "Organizations you belong to", asked=PageAsked, answer=page_of(OrganisationShape),
        signed_in=True,
    )  # fmt: skip
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A token belongs to one."""
        rows = Organisation.objects.visible_to(self.viewer)

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, KEYS, place, limit)

        return paged(self.request, asked, KEYS, read, lambda row: shown(row, self.viewer.roles[row.pk]))


    @operation(
        "organisation-start",
        "Start an organization",
        body=OrganisationGiven,
        example={"name": "Harbor Rights Clinic"},
        answer=OrganisationShape,
        status=201,
    )
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """You are its owner. It asks a second factor of its editors and owners from the start. By session."""
        self.no_token()
        if not (settings.SIGNUP_OPEN or self.actor.is_staff):
            raise Refused("closed", "Nobody starts an organization here by themselves.", status=403)
        made = acts.create_organisation(viewer=self.viewer, name=given["name"], actor=self.actor)
        made.refresh_from_db()
        return shown(made, Role.OWNER)


class OneOrganisationView(OrganisationView):
    @operation("organisation", "One organization of yours", answer=OrganisationShape)
    def get(self, pid: str) -> dict[str, Any]:
        """Its name and its rules."""
        found = self.own(pid)
        return shown(found, self.viewer.roles[found.pk])

    @operation(
        "organisation-change",
        "Change its name or its rules",
        body=OrganisationChanged,
        example={"name": "Harbor Rights Clinic", "requires_second_factor": True},
        answer=OrganisationShape,
    )
    def patch(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Who has no second factor asks it of nobody. Owners, by session, after a fresh proof."""
        found = self.acting_owner(pid)
        stands: dict[str, Any] = {
            "name": found.name,
            "requires_second_factor": found.requires_second_factor,
        }
        if "audit_years" in given:
            audit_seals.keep_for(
                viewer=self.viewer, organisation=found, years=given["audit_years"], actor=self.actor
            )
        stands |= {name: given[name] for name in (*stands, "two_to_publish") if name in given}
        made = acts.change_organisation(viewer=self.viewer, organisation=found, actor=self.actor, **stands)
        return shown(made, self.viewer.roles[made.pk])


class OwnershipView(OrganisationView):
    @operation(
        "ownership-transfer",
        "Hand the organization on",
        body=OwnershipGiven,
        example={"member": "ruth@example.org", "then": "editor"},
        answer=Done,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Another member becomes an owner, and you no longer are, at once. Owners, by session, after a fresh proof."""
        found = self.acting_owner(pid)
        one = self.member(found, given["member"])
        acts.transfer_ownership(viewer=self.viewer, membership=one, then=given["then"], actor=self.actor)
        return {"done": True}


class LeaveView(OrganisationView):
    @operation("organisation-leave", "Leave an organization", answer=Done)
    def post(self, pid: str) -> dict[str, Any]:
        """Whatever your role, but not as the last owner. Requests you answered for remind every editor. By session,
        after a fresh proof."""
        acts.leave(viewer=self.viewer, organisation=self.acting_member(pid), actor=self.actor)
        return {"done": True}


def shown(row: Organisation, role: str) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": row.name,
        "role": role,
        "requires_second_factor": row.requires_second_factor,
        "audit_years": row.audit_years,
        "two_to_publish": row.two_to_publish,
        "one_asked": row.one_asked_at is not None,
        "created_at": row.created_at,
        "sample": row.is_sample,
    }


urlpatterns = [
    path("organisations/", OrganisationsView.door(), name="api-organisations"),
    path(f"{HERE}/", OneOrganisationView.door(), name="api-organisation"),
    path(f"{HERE}/ownership/", OwnershipView.door(), name="api-ownership"),
    path(f"{HERE}/leave/", LeaveView.door(), name="api-organisation-leave"),
]
