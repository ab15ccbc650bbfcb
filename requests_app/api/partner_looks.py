"""Before filing, for programs: what partners have asked already, by consent. It never blocks; each look is logged."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions.partner_looks import A_DAY, look
from requests_app.models import Agency, CampaignAgency, CampaignKit
from requests_app.queries.partner_requests import asked_by_partners

from .base import ApiView, Given, operation
from .waves import CampaignWriting

PAGE = 50


class PartnersAsked(Given):
    agency = serializers.CharField(max_length=120, help_text="Its id.")
    kit = serializers.CharField(max_length=80, help_text="A kit's id, or own:ID.")
    organization = serializers.CharField(max_length=20, required=False, help_text="Which of those you edit for.")


class CampaignPartnersAsked(Given):
    page = serializers.IntegerField(required=False, min_value=1, max_value=10_000, default=1)


class PartnerRequestShape(serializers.Serializer[Any]):
    request = serializers.CharField()
    organization = serializers.CharField(help_text="As partners read it.")
    filed_on = serializers.DateField()


class PartnersAskedShape(serializers.Serializer[Any]):
    agency = serializers.CharField()
    kit = serializers.CharField()
    asked = PartnerRequestShape(many=True, help_text="Requests that partners share with you.")
    somebody = serializers.BooleanField(
        allow_null=True,
        help_text=f"Whether a partner who agreed has asked; not who. Null: not checked, the day's {A_DAY} are used up.",
    )


class PartnersAskedPage(serializers.Serializer[Any]):
    items = PartnersAskedShape(many=True)
    page = serializers.IntegerField()
    pages = serializers.IntegerField()


class PartnersAskedView(ApiView):
    @operation(
        "partners-asked", "Whether partners have put a kit to an agency", asked=PartnersAsked,
        answer=PartnersAskedShape, signed_in=True,
    )  # fmt: skip
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """For editors and owners. The look is logged, in numbers, for every partner who agreed to be told of."""
        home = self.organisation(asked.get("organization"))
        agency: Agency = self.found(Agency.objects.all(), slug=asked["agency"])
        return _told(self, home.pk, [(agency, asked["kit"])])[0]


class CampaignPartnersAskedView(CampaignWriting):
    @operation(
        "campaign-partners-asked", "What partners have asked of a campaign's universe",
        asked=CampaignPartnersAsked, answer=PartnersAskedPage, signed_in=True,
    )  # fmt: skip
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """Fifty agencies a page, each by each kit of the campaign. For editors and owners; looks are logged."""
        campaign = self.campaign(pid)
        kits = list(CampaignKit.objects.visible_to(self.viewer).filter(campaign=campaign).values_list("kit", flat=True))
        rows = CampaignAgency.objects.visible_to(self.viewer).filter(campaign=campaign, left_out=False)
        pages = max(1, -(-rows.count() // PAGE))
        number = min(asked["page"], pages)
        part = rows.select_related("agency").order_by("agency__slug")[(number - 1) * PAGE : number * PAGE]
        pairs = [(row.agency, kit) for row in part for kit in kits]
        return {"items": _told(self, campaign.organisation_id, pairs), "page": number, "pages": pages}


def _told(view: ApiView, organisation_id: int, rows: list[tuple[Agency, str]]) -> list[dict[str, Any]]:
    pairs = [(agency.pk, kit) for agency, kit in rows]
    # First the right: who may not file is told nothing.
    told = look(viewer=view.viewer, organisation_id=organisation_id, pairs=pairs)
    shared = asked_by_partners(view.viewer, organisation_id, pairs)
    return [
        {
            "agency": agency.slug,
            "kit": kit,
            "asked": [
                {"request": one.public_id, "organization": one.who, "filed_on": one.filed_on}
                for one in shared.get((agency.pk, kit), [])
            ],
            "somebody": told.get((agency.pk, kit)),
        }
        for agency, kit in rows
    ]


urlpatterns = [
    path("partners-asked/", PartnersAskedView.door(), name="api-partners-asked"),
    path("campaigns/<slug:pid>/partners-asked/", CampaignPartnersAskedView.door(), name="api-campaign-partners-asked"),
]
