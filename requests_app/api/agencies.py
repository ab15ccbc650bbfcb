"""Agencies for programs: facts with their source, the same for everybody; only the counts are the viewer's own."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.models import Agency
from requests_app.models.agencies import AgencyKind
from requests_app.queries import agencies as query

from .base import ApiView, operation, page_of
from .paging import PageAsked, Place, Walked, paged, walk

KEYS = ("is_sample", "jurisdiction", "name", "slug")
ORDERS = {
    "jurisdiction": KEYS,
    "name": ("name", "slug"),
    "-name": ("-name", "-slug"),
}
CLOSURES = 50


class LawOfAgency(serializers.Serializer[Any]):
    law = serializers.CharField()
    why = serializers.CharField()
    confidence = serializers.CharField()
    seen_at = serializers.CharField(help_text="Where it was seen.")


class AgencyRow(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="Its slug.")
    name = serializers.CharField()
    abbreviation = serializers.CharField()
    kind = serializers.CharField()
    jurisdiction = serializers.CharField()
    city = serializers.CharField()
    county = serializers.CharField()
    zone = serializers.CharField(help_text="Legal days are counted in this time zone.")
    confidence = serializers.CharField()
    sample = serializers.BooleanField(help_text="Invented, for the sample.")
    laws = LawOfAgency(many=True)
    former_names = serializers.ListField(child=serializers.CharField())


class AgenciesAsked(PageAsked):
    q = serializers.CharField(required=False, max_length=200, help_text="Words of its names, city or county.")
    jurisdiction = serializers.CharField(required=False, max_length=12)
    kind = serializers.ChoiceField(AgencyKind.values, required=False)
    mark = serializers.ChoiceField(
        ["real", "sample", "both"], required=False, help_text="real, or both with q, unless told."
    )
    ordering = serializers.ChoiceField(list(ORDERS), required=False, help_text="jurisdiction unless told.")


class AgencyContactShape(serializers.Serializer[Any]):
    purpose = serializers.CharField()
    channel = serializers.CharField()
    value = serializers.CharField()
    note = serializers.CharField()
    verified_on = serializers.DateField(allow_null=True)
    health = serializers.CharField()
    seen_at = serializers.CharField()


class CustodianShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    part = serializers.CharField()
    law = serializers.CharField(allow_null=True)
    confidence = serializers.CharField()
    note = serializers.CharField()
    seen_at = serializers.CharField()


class ClosureShape(serializers.Serializer[Any]):
    on = serializers.DateField()
    name = serializers.CharField()
    seen_at = serializers.CharField()


class AgencyShape(AgencyRow):
    """One agency. `groups`: the requests to it that you may see, by where they stand."""

    area = serializers.CharField()
    governance = serializers.CharField()
    designation = serializers.CharField()
    notes = serializers.CharField()
    merged_into = serializers.CharField(allow_null=True, help_text="Id of the agency it became part of.")
    contacts = AgencyContactShape(many=True)
    custodians = CustodianShape(many=True)
    closures = ClosureShape(
        many=True, help_text="Days on which this office alone was closed, the latest first."
    )
    identifiers = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    requests = serializers.IntegerField()
    groups = serializers.DictField(child=serializers.IntegerField())


class AgenciesView(ApiView):
    @operation("agencies", "Agencies, searched and filtered", asked=AgenciesAsked, answer=page_of(AgencyRow))
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """By jurisdiction and name; those that were merged into another are found under that one."""
        q = asked.get("q", "")
        wanted = query.Asked(
            q=q, jurisdiction=asked.get("jurisdiction", ""), kind=asked.get("kind", ""),
            mark=asked.get("mark", "both" if q else "real"),
        )  # fmt: skip
        rows = query.matching(wanted).prefetch_related("laws", "names")
        keys = ORDERS[asked.get("ordering", "jurisdiction")]

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, keys, place, limit)

        return paged(self.request, asked, keys, read, agency_shown)


class AgencyView(ApiView):
    @operation("agency", "One agency: contacts, custodians, laws, closed days", answer=AgencyShape, sparse=True)
    def get(self, slug: str) -> dict[str, Any]:
        """Each fact with where it was seen. A merged agency still answers, and names the one it became part of."""
        found = query.load(self.viewer, slug, now=self.now)
        if found is None:
            raise Http404
        agency = found.agency
        closures = sorted(agency.closures.all(), key=lambda row: row.on, reverse=True)
        identifiers: dict[str, list[str]] = {}
        for one in agency.identifiers.all():
            identifiers.setdefault(one.scheme, []).append(one.value)
        return agency_shown(agency) | {
            "area": agency.area,
            "governance": agency.governance,
            "designation": agency.designation,
            "notes": agency.notes,
            "merged_into": agency.merged_into.slug if agency.merged_into else None,
            "contacts": [
                {
                    "purpose": row.purpose, "channel": row.channel, "value": row.value, "note": row.note,
                    "verified_on": row.verified_on, "health": row.health, "seen_at": row.source,
                }
                for row in agency.contacts.all()
            ],
            "custodians": [
                {
                    "name": row.name, "part": row.part, "law": row.law_id or None, "confidence": row.confidence,
                    "note": row.note, "seen_at": row.source,
                }
                for row in agency.custodians.all()
            ],
            "closures": [
                {"on": row.on, "name": row.name, "seen_at": row.source}
                for row in closures
                if not row.taken_back
            ][:CLOSURES],
            "identifiers": identifiers,
            "requests": found.total,
            "groups": found.counts,
        }  # fmt: skip


def agency_shown(agency: Agency) -> dict[str, Any]:
    return {
        "id": agency.slug,
        "name": agency.name,
        "abbreviation": agency.abbreviation,
        "kind": agency.kind,
        "jurisdiction": agency.jurisdiction,
        "city": agency.city,
        "county": agency.county,
        "zone": agency.zone,
        "confidence": agency.confidence,
        "sample": agency.is_sample,
        "laws": [
            {"law": row.law_id, "why": row.why, "confidence": row.confidence, "seen_at": row.source}
            for row in agency.laws.all()
        ],
        "former_names": [row.name for row in agency.names.all() if row.name != agency.name],
    }


urlpatterns = [
    path("agencies/", AgenciesView.door(), name="api-agencies"),
    path("agencies/<slug:slug>/", AgencyView.door(), name="api-agency"),
]
