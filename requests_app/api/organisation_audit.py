"""What was done in an organization, for programs of its owners: by session only, for no token reads it."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions.refusals import Refused
from requests_app.models import AuditEntry, Membership
from requests_app.queries import audit as queries

from .base import Words, operation, page_of
from .owners import HERE, OrganisationView
from .paging import PageAsked, Place, Walked, paged, walk

NEWEST = ("-at", "-pk")
PEOPLE = ("person", "successor")


class AuditAsked(PageAsked):
    actor = serializers.EmailField(required=False, max_length=254, help_text="Who did it, by address.")
    act = Words(required=False, max_length=60, help_text="As in the lines: member.ended.")
    kind = Words(required=False, max_length=60, help_text="The part of the act before the dot: member.")
    subject = Words(required=False, max_length=100, help_text="By id, or some words of a title.")
    since = serializers.DateTimeField(required=False, help_text="From this instant on.")
    until = serializers.DateTimeField(required=False, help_text="Before this instant.")


class AuditLineShape(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    actor = serializers.CharField(allow_null=True, help_text="Address of who did it; null: the system.")
    act = serializers.CharField()
    subject_kind = serializers.CharField(help_text="request, invitation, token, organisation …")
    subject = serializers.CharField(help_text="Its id.")
    subject_name = serializers.CharField(allow_null=True, help_text="As far as you may read it now.")
    person = serializers.CharField(allow_null=True, help_text="Address of whom it was done to.")
    successor = serializers.CharField(allow_null=True, help_text="Address of who took over.")
    sealed = serializers.BooleanField(help_text="Whether a seal covers the line already.")
    detail = serializers.DictField(help_text="What else the line keeps; differs by act.")


class AuditView(OrganisationView):
    @operation(
        "audit",
        "What was done in an organization you own",
        asked=AuditAsked,
        answer=page_of(AuditLineShape),
        signed_in=True,
    )
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """Each act that decides who sees what, and each removal, the newest first. For owners, by session."""
        found = self.owned(pid)
        actor = None
        if asked.get("actor"):
            ever = Membership.objects.filter(organisation=found, person__email__iexact=asked["actor"])
            actor = ever.values_list("person", flat=True).first()
            if actor is None:
                raise Refused("not_a_member", "Nobody here ever had this address.", field="actor")
        filters: dict[str, Any] = {name: asked.get(name) for name in ("since", "until")}
        words = {name: asked.get(name, "") for name in ("act", "kind", "subject")}
        rows = queries.entries(self.viewer, found, actor=actor, **words, **filters)
        told: dict[int, dict[str, Any]] = {}

        def read(place: Place, limit: int) -> Walked:
            page = walk(rows, NEWEST, place, limit)
            told.update(_shown(self, list(page.rows)))
            return page

        return paged(self.request, asked, NEWEST, read, lambda row: told[row.pk])


def _shown(view: AuditView, rows: list[AuditEntry]) -> dict[int, dict[str, Any]]:
    names = queries.names(view.viewer, rows)
    addresses = queries.addresses(rows)
    sealed = queries.sealed(view.viewer, rows)
    told = {}
    for row in rows:
        kind, _space, key = row.subject.partition(" ")
        detail = row.detail if isinstance(row.detail, dict) else {}
        told[row.pk] = {
            "at": row.at,
            "actor": row.actor.email if row.actor else None,
            "act": row.act,
            "subject_kind": kind,
            "subject": key,
            "subject_name": names.subjects.get(row.subject),
            **{name: addresses.get(str(detail.get(name, ""))) for name in PEOPLE},
            "sealed": row.pk in sealed,
            "detail": {name: value for name, value in detail.items() if name not in PEOPLE},
        }
    return told


urlpatterns = [path(f"{HERE}/audit/", AuditView.door(), name="api-audit")]
