"""Fusion centers for programs: the twelve recommendations of all of them, and claims, one's own and what is public."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.urls import path
from rest_framework import serializers

from requests_app.actions import center_claims as acts
from requests_app.actions.refusals import Refused
from requests_app.kits.centers import RECOMMENDATIONS, TESTS
from requests_app.models import (
    Agency,
    CenterClaim,
    ClaimStatus,
    Document,
    FactField,
    Finding,
    Recommendation,
)
from requests_app.queries import centers as query

from .base import Answer, ApiView, Given, Words, operation, page_of
from .paging import PageAsked, Place, Walked, paged, walk

NEWEST = ("-recorded_at", "-public_id")
TOPICS = [*FactField.values, *Recommendation.values]
STATUSES = [one for one in ClaimStatus.values if one != ClaimStatus.ASKED]
STATES = [*Finding.values, query.UNKNOWN, query.NOT_ASKED]


class CentersAsked(serializers.Serializer[Any]):
    jurisdiction = serializers.CharField(required=False, max_length=12)
    sample = serializers.BooleanField(required=False, help_text="The invented ones in place of the real ones.")


class OversightShape(serializers.Serializer[Any]):
    recommendation = serializers.ChoiceField(list(RECOMMENDATIONS))
    value = serializers.ChoiceField(STATES)
    known = serializers.ChoiceField(STATUSES, allow_null=True, help_text="How the source knows.")
    page = serializers.CharField()
    from_on = serializers.DateField(allow_null=True)
    until_on = serializers.DateField(allow_null=True)
    citation = serializers.CharField()
    sources_differ = serializers.BooleanField()
    first_asked_on = serializers.DateField(allow_null=True, help_text="Of requests that the public sees.")
    tested_by = serializers.ListField(child=serializers.CharField(), help_text="Kits and their parts.")


class CenterShape(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="Slug of its agency.")
    name = serializers.CharField()
    jurisdiction = serializers.CharField()
    sample = serializers.BooleanField()
    oversight = OversightShape(many=True)


class CentersShape(serializers.Serializer[Any]):
    items = CenterShape(many=True)


class ClaimShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    agency = serializers.CharField()
    topic = serializers.ChoiceField(TOPICS)
    finding = serializers.CharField(help_text="Of a recommendation; empty of a fact.")
    value = serializers.CharField()
    status = serializers.ChoiceField(STATUSES)
    from_on = serializers.DateField()
    until_on = serializers.DateField(allow_null=True)
    citation = serializers.CharField()
    address = serializers.CharField()
    page = serializers.CharField()
    document = serializers.CharField(allow_null=True)
    ours = serializers.BooleanField()
    public = serializers.BooleanField()
    stands = serializers.BooleanField(help_text="Neither replaced nor withdrawn.")
    withdrawn_because = serializers.CharField()


class ClaimsAsked(PageAsked):
    agency = serializers.CharField(required=False, max_length=120)
    topic = serializers.ChoiceField(TOPICS, required=False)


class ClaimGiven(Given):
    organisation = Words(max_length=20, required=False)
    agency = Words(max_length=120)
    topic = serializers.ChoiceField(TOPICS)
    finding = serializers.ChoiceField(Finding.values, required=False)
    value = Words(max_length=acts.VALUE_MAX, required=False)
    status = serializers.ChoiceField(STATUSES)
    from_on = serializers.DateField()
    until_on = serializers.DateField(required=False, allow_null=True)
    citation = Words(max_length=acts.CITATION_MAX)
    address = Words(max_length=acts.ADDRESS_MAX, required=False)
    page = Words(max_length=acts.PAGE_MAX, required=False)
    document = Words(max_length=20, required=False, help_text="Id of a document of your own.")


class ClaimReason(Given):
    reason = Words(max_length=acts.REASON_MAX)


class CentersView(ApiView):
    @operation("centers", "Fusion centers by twelve recommendations", asked=CentersAsked, answer=CentersShape)
    def get(self, asked: dict[str, Any]) -> Answer:
        """As the public sees them, whoever asks. Nothing is added up."""
        found = query.all_centers(sample=asked.get("sample", False), jurisdiction=asked.get("jurisdiction", ""))
        return {"items": [_center(one) for one in found]}


def _center(center: query.Center) -> Answer:
    agency = center.agency
    return {
        "id": agency.slug,
        "name": agency.name,
        "jurisdiction": agency.jurisdiction,
        "sample": agency.is_sample,
        "oversight": [_oversight(cell) for cell in center.cells],
    }


def _oversight(cell: query.Cell) -> Answer:
    told = cell.told[0] if cell.told else None
    return {
        "recommendation": cell.topic,
        "value": cell.state,
        "known": told.status if told else None,
        "page": told.page if told else "",
        "from_on": told.from_on if told else None,
        "until_on": told.until_on if told else None,
        "citation": told.citation if told else "",
        "sources_differ": cell.differs,
        "first_asked_on": cell.first_asked,
        "tested_by": [f"{test.kit} {test.label}" for test in TESTS[cell.topic]],
    }


class ClaimsBase(ApiView):
    def rows(self) -> Any:
        rows = CenterClaim.objects.visible_to(self.viewer).select_related("agency")
        return rows.annotate(document_key=F("document__public_id"))

    def claim(self, pid: str) -> CenterClaim:
        found: CenterClaim = self.found(self.rows(), public_id=pid)
        return found

    def shown(self, row: Any) -> Answer:
        names = (
            "topic", "finding", "value", "status", "from_on", "until_on", "citation", "address", "page",
            "withdrawn_because",
        )  # fmt: skip
        return {
            "id": row.public_id,
            "agency": row.agency.slug,
            **{name: getattr(row, name) for name in names},
            "document": row.document_key,
            "ours": self.viewer.belongs_to(row.organisation_id),
            "public": row.published_at is not None,
            "stands": row.superseded_at is None and row.withdrawn_at is None,
        }


class ClaimsView(ClaimsBase):
    @operation("claims", "What sources say of fusion centers", asked=ClaimsAsked, answer=page_of(ClaimShape))
    def get(self, asked: dict[str, Any]) -> Answer:
        """What is public, and your own; the newest first."""
        rows = self.rows()
        if "agency" in asked:
            rows = rows.filter(agency__slug=asked["agency"])
        if "topic" in asked:
            rows = rows.filter(topic=asked["topic"])

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, NEWEST, place, limit)

        return paged(self.request, asked, NEWEST, read, self.shown)

    @operation(
        "claim-record", "Record what a source says of a fusion center", body=ClaimGiven, answer=ClaimShape, status=201,
        example={
            "agency": "prairie-state-center", "topic": "vendors", "value": "Platewise", "status": "documented",
            "citation": "Contract of 2025", "page": "4", "from_on": "2026-03-02",
        },
    )  # fmt: skip
    def post(self, given: dict[str, Any]) -> Answer:
        """Your own alone until an owner publishes it. Editors."""
        home = self.organisation(given.pop("organisation", None))
        center = Agency.objects.filter(slug=given.pop("agency")).first()
        if center is None:
            raise Refused("agency_unknown", "There is no agency with this id.", field="agency")
        key = given.pop("document", "")
        document = Document.objects.of_organisation(self.viewer).filter(public_id=key).first() if key else None
        if key and document is None:
            raise Refused("document_unknown", "Your organization has no such document.", field="document")
        made = acts.record(
            viewer=self.viewer, organisation=home, agency=center, said=acts.Said(**given, document=document),
            actor=self.actor, once=self.once, today=self.now.astimezone(ZoneInfo(center.zone)).date(),
        )  # fmt: skip
        return self.shown(self.claim(made.public_id))


class ClaimView(ClaimsBase):
    @operation("claim", "One claim", answer=ClaimShape)
    def get(self, pid: str) -> Answer:
        return self.shown(self.claim(pid))


class ClaimPublishView(ClaimsBase):
    @operation("claim-publish", "Publish a claim", answer=ClaimShape)
    def post(self, pid: str) -> Answer:
        """Everybody reads it from here on. Owners, by session: a token never publishes."""
        acts.publish(viewer=self.viewer, claim=self.claim(pid), actor=self.actor)
        return self.shown(self.claim(pid))


class ClaimWithdrawView(ClaimsBase):
    @operation("claim-withdraw", "Withdraw a claim", body=ClaimReason, answer=ClaimShape)
    def post(self, given: dict[str, Any], pid: str) -> Answer:
        """Your own people still read it, with the reason. Editors; of a public one owners."""
        acts.withdraw(viewer=self.viewer, claim=self.claim(pid), reason=given["reason"], actor=self.actor)
        return self.shown(self.claim(pid))


urlpatterns = [
    path("centers/", CentersView.door(), name="api-centers"),
    path("claims/", ClaimsView.door(), name="api-claims"),
    path("claims/<slug:pid>/", ClaimView.door(), name="api-claim"),
    path("claims/<slug:pid>/publish/", ClaimPublishView.door(), name="api-claim-publish"),
    path("claims/<slug:pid>/withdraw/", ClaimWithdrawView.door(), name="api-claim-withdraw"),
]
