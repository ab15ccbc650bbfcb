"""Counsel and common-interest groups for programs: members read who is named, owners name, by session."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import privilege as acts
from requests_app.models import CircleMember, Organisation, PrivilegedCircle
from requests_app.queries import privilege as queries

from .base import Answer, Given, Words, operation
from .owners import HERE, OrganisationView


class CircleMemberShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField(help_text="Of a member; the address of somebody from outside.")
    outside = serializers.BooleanField()


class CircleShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.ChoiceField(PrivilegedCircle.Kind.values)
    name = serializers.CharField()
    agreed_on = serializers.DateField(allow_null=True)
    members = CircleMemberShape(many=True)


class CirclesShape(serializers.Serializer[Any]):
    items = CircleShape(many=True)


class CircleGiven(Given):
    kind = serializers.ChoiceField(PrivilegedCircle.Kind.values)
    name = Words(max_length=acts.NAME_MAX)
    agreed_on = serializers.DateField(required=False, allow_null=True, default=None)


class NamedGiven(Given):
    email = serializers.EmailField(max_length=254)


class CirclesView(OrganisationView):
    @operation("circles", "Who reads privileged items", answer=CirclesShape, signed_in=True)
    def get(self, pid: str) -> Answer:
        """Beside owners and whoever wrote one."""
        return _told(self, self.own(pid))

    @operation(
        "circle-make", "Record counsel or a common-interest group", body=CircleGiven, answer=CirclesShape, status=201,
        example={"kind": "common_interest", "name": "Plate reader suits", "agreed_on": "2026-03-11"},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> Answer:
        """Owners, by session, after a fresh proof."""
        home = self.acting_owner(pid)
        acts.make_circle(
            viewer=self.viewer, organisation=home, actor=self.actor, today=self.now.date(), **given
        )
        return _told(self, home)


class NamesView(OrganisationView):
    @operation("circle-name", "Name somebody in it", body=NamedGiven, answer=CirclesShape, status=201)
    def post(self, given: dict[str, Any], pid: str, key: str) -> Answer:
        """A member by their address; anybody else once they have confirmed it. Nobody is written to."""
        home = self.acting_owner(pid)
        circle = queries.circle(self.viewer, home.pk, key)
        if circle is None:
            raise Http404
        acts.name_in_circle(viewer=self.viewer, circle=circle, email=given["email"], actor=self.actor)
        return _told(self, home)


class NameView(OrganisationView):
    @operation("circle-end", "Take a name out of it", answer=CirclesShape)
    def delete(self, pid: str, key: str, member: str) -> Answer:
        """They read nothing privileged by it from here on."""
        home = self.acting_owner(pid)
        rows = CircleMember.objects.visible_to(self.viewer).filter(organisation=home, circle__public_id=key)
        found = self.found(rows.select_related("circle__organisation"), public_id=member)
        acts.end_in_circle(viewer=self.viewer, member=found, actor=self.actor)
        return _told(self, home)


def _told(view: OrganisationView, home: Organisation) -> Answer:
    return {"items": [_shown(one) for one in queries.circles(view.viewer, home.pk)]}


def _shown(one: Any) -> Answer:
    return {
        "id": one.public_id,
        "kind": one.kind,
        "name": one.name,
        "agreed_on": one.agreed_on,
        "members": [
            {
                "id": member.public_id,
                "name": str(member.person) if member.person else member.guest.email,
                "outside": member.person is None,
            }
            for member in one.named
        ],
    }


urlpatterns = [
    path(f"{HERE}/circles/", CirclesView.door(), name="api-circles"),
    path(f"{HERE}/circles/<slug:key>/members/", NamesView.door(), name="api-circle-members"),
    path(f"{HERE}/circles/<slug:key>/members/<slug:member>/", NameView.door(), name="api-circle-member"),
]
