"""Campaigns for programs: the list with its counts, one, and its matrix agency by agency."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import audit
from requests_app.models import Campaign
from requests_app.queries import everything, matrix
from requests_app.queries.groups import TOGETHER

from .base import ApiView, Given, operation, page_of
from .paging import PageAsked, Place, Walked, paged, walk
from .requests import AgencyRef, NextDate

KEYS = ("-created_at", "-public_id")
OLDEST = ("created_at", "public_id")


class CampaignRow(serializers.Serializer[Any]):
    """A campaign with its requests by where they stand: full, part, denied, none, elsewhere, review, late, pending,
    closed. Each request is in exactly one."""

    id = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    kit = serializers.CharField()
    ours = serializers.BooleanField()
    sample = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    requests = serializers.IntegerField()
    agencies = serializers.IntegerField()
    first_filed_on = serializers.DateField(allow_null=True)
    groups = serializers.DictField(child=serializers.IntegerField())
    our_move = serializers.IntegerField(required=False, help_text="Ours: requests that wait for you.")


class CampaignShape(CampaignRow):
    working_title = serializers.CharField(required=False, help_text="Ours, and where everything is shared with you.")
    strategy = serializers.CharField(required=False)
    lead = serializers.CharField(required=False, help_text="Empty: nobody.")


class CampaignsAsked(PageAsked):
    ordering = serializers.ChoiceField(
        ["created_at", "-created_at"], required=False, help_text="-created_at, the newest first, unless told."
    )


class MatrixAsked(Given):
    group = serializers.ChoiceField(sorted(TOGETHER), required=False)
    move = serializers.ChoiceField(
        ["agency", "requester", "reviewer", "court", "third_party", "nobody"], required=False
    )
    within = serializers.IntegerField(
        required=False, min_value=0, max_value=366, help_text="Days until the next date."
    )


class MatrixStepShape(serializers.Serializer[Any]):
    on = serializers.DateField()
    outcome = serializers.CharField(allow_null=True)


class MatrixLine(serializers.Serializer[Any]):
    """One request. `steps`: the last of each kind that stands (determined, produced, appeal_filed, review_filed,
    ruling_requested, sued)."""

    id = serializers.CharField()
    title = serializers.CharField()
    agency = AgencyRef()
    custodian = serializers.CharField(allow_null=True)
    law = serializers.CharField()
    filed_on = serializers.DateField()
    today = serializers.DateField()
    group = serializers.CharField()
    stage = serializers.CharField()
    outcome = serializers.CharField(allow_null=True)
    whose_move = serializers.CharField(allow_null=True)
    late = serializers.BooleanField()
    days_late = serializers.IntegerField()
    answer_due_earliest = serializers.DateField(allow_null=True)
    answer_due_latest = serializers.DateField(allow_null=True)
    steps = serializers.DictField(child=MatrixStepShape())
    next = NextDate(allow_null=True)
    sample = serializers.BooleanField()


class MatrixShape(serializers.Serializer[Any]):
    """`groups` and `moves` count the whole campaign, `items` are what the filters leave of it."""

    campaign = serializers.CharField()
    total = serializers.IntegerField()
    agencies = serializers.IntegerField()
    first_filed_on = serializers.DateField(allow_null=True)
    last_filed_on = serializers.DateField(allow_null=True)
    groups = serializers.DictField(child=serializers.IntegerField())
    moves = serializers.DictField(child=serializers.IntegerField())
    items = MatrixLine(many=True)


class CampaignsView(ApiView):
    @operation("campaigns", "Campaigns you may see", asked=CampaignsAsked, answer=page_of(CampaignRow))
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The newest first, each with its requests counted by where they stand."""
        counted = {row.campaign.pk: row for row in matrix.campaigns(self.viewer, now=self.now)}
        rows = Campaign.objects.visible_to(self.viewer)
        keys = OLDEST if asked.get("ordering") == "created_at" else KEYS

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, keys, place, limit)

        return paged(
            self.request, asked, keys, read, lambda row: campaign_shown(counted[row.pk], self.viewer)
        )


class CampaignView(ApiView):
    @operation("campaign", "One campaign with its counts", answer=CampaignShape, sparse=True)
    def get(self, pid: str) -> dict[str, Any]:
        """Its row in the list; with its strategy where that is yours or shared with you."""
        found = next(
            (row for row in matrix.campaigns(self.viewer, now=self.now) if row.campaign.public_id == pid),
            None,
        )
        if found is None:
            raise Http404
        shown, inside = campaign_shown(found, self.viewer), everything.of_campaign(self.viewer, found.campaign)
        if inside is None:
            return shown
        audit.read_everything(self.viewer, found.campaign, self.actor, self.now.date())
        return shown | {name: getattr(inside, name) for name in ("working_title", "strategy", "lead")}


class MatrixView(ApiView):
    @operation(
        "campaign-matrix",
        "Agency by stage: every request of a campaign",
        asked=MatrixAsked,
        answer=MatrixShape,
    )
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """The matrix of the page in one answer, with the same filters."""
        found = matrix.load(
            self.viewer, pid, now=self.now, group=asked.get("group", ""), move=asked.get("move", ""),
            within=asked.get("within"),
        )  # fmt: skip
        if found is None:
            raise Http404
        return {
            "campaign": found.campaign.public_id,
            "total": found.total,
            "agencies": found.agencies,
            "first_filed_on": found.first_on,
            "last_filed_on": found.last_on,
            "groups": found.counts,
            "moves": {move or "nobody": n for move, n in found.moves.items()},
            "items": [_line(line) for line in found.lines],
        }


def campaign_shown(row: matrix.Listed, viewer: Any) -> dict[str, Any]:
    campaign = row.campaign
    shown: dict[str, Any] = {
        "id": campaign.public_id,
        "title": campaign.public_title,
        "summary": campaign.public_summary,
        "kit": campaign.kit,
        "ours": viewer.belongs_to(campaign.organisation_id),
        "sample": campaign.is_sample,
        "created_at": campaign.created_at,
        "requests": row.total,
        "agencies": row.agencies,
        "first_filed_on": row.first_on,
        "groups": row.counts,
    }
    return shown if row.ours is None else shown | {"our_move": row.ours}


def _line(line: matrix.Line) -> dict[str, Any]:
    due = matrix.answer_clock(line)
    return {
        "id": line.public_id,
        "title": line.title,
        "agency": {"id": line.agency_slug, "name": line.agency, "jurisdiction": line.jurisdiction},
        "custodian": line.custodian or None,
        "law": line.law_id,
        "filed_on": line.filed_on,
        "today": line.today,
        "group": line.group,
        "stage": line.stage,
        "outcome": line.outcome or None,
        "whose_move": line.whose_move or None,
        "late": line.late,
        "days_late": line.days_late,
        "answer_due_earliest": due.earliest if due else None,
        "answer_due_latest": due.latest if due else None,
        "steps": {kind: {"on": on, "outcome": outcome or None} for kind, (on, outcome) in line.told.items()},
        "next": {"on": line.next_on, "name": line.next_name, "owner": line.next_owner}
        if line.next_on
        else None,
        "sample": line.is_sample,
    }


urlpatterns = [
    path("campaigns/", CampaignsView.door(), name="api-campaigns"),
    path("campaigns/<slug:pid>/", CampaignView.door(), name="api-campaign"),
    path("campaigns/<slug:pid>/matrix/", MatrixView.door(), name="api-campaign-matrix"),
]
