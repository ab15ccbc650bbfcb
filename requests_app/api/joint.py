"""Joint campaigns for programs: the same matrix, at the viewer's own level; owners put in and take out, by session."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import joint as acts
from requests_app.actions.coalitions import NAME_MAX
from requests_app.actions.refusals import Refused
from requests_app.models import Campaign, JointCampaign, JointPart, Tier
from requests_app.queries import joint as queries
from requests_app.queries.groups import TOGETHER
from requests_app.queries.matrix import answer_clock
from requests_app.queries.share_board import LEVELS

from .base import Given, Words, operation, page_of
from .coalitions import BY_NAME, HERE, CoalitionView
from .paging import PageAsked, Place, Walked, paged, walk
from .requests import AgencyRef, NextDate
from .work import Done

NEWEST = ("-created_at", "-public_id")
OLDEST = ("put_in_at", "public_id")
ONE = f"{HERE}/joint/<slug:key>"
GRANTED = [code for code in LEVELS if code]


class JointShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    question = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class JointGiven(Given):
    name = Words(max_length=NAME_MAX)
    question = Words(max_length=acts.QUESTION_MAX, required=False, allow_blank=True, default="")


class JointPartShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    organization = serializers.CharField(help_text="As partners read it.")
    ours = serializers.BooleanField()
    ask = serializers.CharField(help_text="The column.")
    campaign = serializers.CharField()
    put_in_at = serializers.DateTimeField()


class PutGiven(Given):
    campaign = Words(max_length=20, help_text="One of your own.")
    ask = Words(max_length=acts.ASK_MAX, help_text="The column it stands in, which partners read.")
    tier = serializers.ChoiceField(list(BY_NAME), help_text="This tier and those above see it.")
    level = serializers.ChoiceField(GRANTED, required=False, default="status")


class PutPreviewShape(serializers.Serializer[Any]):
    grants = serializers.BooleanField(help_text="Whether a share is made or raised.")
    level = serializers.CharField(allow_blank=True, help_text="Of the share of that tier now; empty for none.")
    then_level = serializers.CharField()
    requests = serializers.IntegerField(help_text="That it shows.")
    held_back = serializers.IntegerField(help_text="That stay out.")
    partners = serializers.ListField(child=serializers.CharField())


class OutAsked(serializers.Serializer[Any]):
    keep_share = serializers.BooleanField(
        required=False, default=False, help_text="Keep the share that putting in made; else it ends."
    )


class OutShape(serializers.Serializer[Any]):
    cells = serializers.IntegerField(help_text="That would be gone from the matrix.")
    share_ends = serializers.BooleanField(help_text="Whether a share would end, unless kept.")


class JointMatrixAsked(Given):
    group = serializers.ChoiceField(sorted(TOGETHER), required=False)
    partner = serializers.CharField(required=False, max_length=20, help_text="The id of a member of the coalition.")
    twice = serializers.BooleanField(
        required=False, default=False, help_text="Only agencies that two organizations ask the same."
    )
    page = serializers.IntegerField(required=False, min_value=1, max_value=100_000, default=1)


class JointCellShape(serializers.Serializer[Any]):
    ask = serializers.CharField()
    member = serializers.CharField(help_text="Whose it is: the id of a member of the coalition.")
    organization = serializers.CharField()
    ours = serializers.BooleanField()
    request = serializers.CharField()
    custodian = serializers.CharField(allow_null=True)
    law = serializers.CharField()
    filed_on = serializers.DateField()
    group = serializers.CharField()
    stage = serializers.CharField()
    outcome = serializers.CharField(allow_null=True)
    whose_move = serializers.CharField(allow_null=True)
    late = serializers.BooleanField()
    days_late = serializers.IntegerField()
    answer_due_earliest = serializers.DateField(allow_null=True)
    answer_due_latest = serializers.DateField(allow_null=True)
    next = NextDate(allow_null=True)
    sample = serializers.BooleanField()


class JointRowShape(serializers.Serializer[Any]):
    agency = AgencyRef()
    twice = serializers.BooleanField()
    cells = JointCellShape(many=True)


class JointMatrixShape(serializers.Serializer[Any]):
    """`total` and `groups` count what you see of all of it; `items` are one page of what the filters leave."""

    joint = serializers.CharField()
    asks = serializers.ListField(child=serializers.CharField())
    total = serializers.IntegerField()
    groups = serializers.DictField(child=serializers.IntegerField())
    agencies = serializers.IntegerField(help_text="That the filters leave.")
    asked_twice = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    items = JointRowShape(many=True)


class JointView(CoalitionView):
    def joint(self, pid: str, key: str) -> JointCampaign:
        rows = JointCampaign.objects.visible_to(self.viewer).filter(coalition=self.coalition(pid))
        found: JointCampaign = self.found(rows.select_related("coalition"), public_id=key)
        return found

    def own_part(self, pid: str, key: str, part: str) -> JointPart:
        rows = JointPart.objects.live().visible_to(self.viewer).filter(joint=self.joint(pid, key))
        own = rows.filter(organisation__in=self.viewer.organisations)
        found: JointPart = self.found(own.select_related("joint", "campaign__organisation"), public_id=part)
        return found

    def campaign(self, key: str) -> Campaign:
        rows = Campaign.objects.filter(organisation__in=self.viewer.organisations)
        found = rows.select_related("organisation").filter(public_id=key).first()
        if found is None:
            raise Refused("campaign_unknown", "You have no campaign with this id.", field="campaign")
        return found


class JointCampaignsView(JointView):
    @operation(
        "coalition-joint-list", "Joint campaigns of a coalition", asked=PageAsked, answer=page_of(JointShape),
        signed_in=True,
    )  # fmt: skip
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """The newest first. Who left reads none."""
        rows = JointCampaign.objects.visible_to(self.viewer).filter(coalition=self.coalition(pid))

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, NEWEST, place, limit)

        return paged(self.request, asked, NEWEST, read, _joint)

    @operation(
        "coalition-joint-make", "Make a joint campaign", body=JointGiven, answer=JointShape, status=201,
        example={"name": "License plates, 80 centers", "question": "With whom do they share?"},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Owners of who coordinates or steers, by session, after a fresh proof."""
        found = self.coalition(pid)
        self.by_hand()
        return _joint(acts.make(viewer=self.viewer, coalition=found, **given))


class JointCampaignView(JointView):
    @operation("coalition-joint", "One joint campaign", answer=JointShape, signed_in=True)
    def get(self, pid: str, key: str) -> dict[str, Any]:
        return _joint(self.joint(pid, key))

    @operation("coalition-joint-change", "Its name and question", body=JointGiven, answer=JointShape)
    def put(self, given: dict[str, Any], pid: str, key: str) -> dict[str, Any]:
        """Owners of who coordinates or steers, by session, after a fresh proof."""
        row = self.joint(pid, key)
        self.by_hand()
        return _joint(acts.change(viewer=self.viewer, joint=row, actor=self.actor, **given))

    @operation("coalition-joint-close", "Close it", answer=Done)
    def delete(self, pid: str, key: str) -> dict[str, Any]:
        """Nothing more is put in; what is in it stays. Twice is once. By session, after a fresh proof."""
        row = self.joint(pid, key)
        self.by_hand()
        acts.close(viewer=self.viewer, joint=row)
        return {"done": True}


class JointMatrixView(JointView):
    @operation(
        "coalition-joint-matrix", "Agencies by what is asked, as you see it", asked=JointMatrixAsked,
        answer=JointMatrixShape, signed_in=True,
    )  # fmt: skip
    def get(self, asked: dict[str, Any], pid: str, key: str) -> dict[str, Any]:
        """Forty agencies a page. What is held back, or not shared with you, is neither shown nor counted."""
        row = self.joint(pid, key)
        found = queries.load(
            self.viewer, row, now=self.now, group=asked.get("group", ""), partner=asked.get("partner", ""),
            twice=asked["twice"], page=asked["page"],
        )  # fmt: skip
        return {
            "joint": row.public_id,
            "asks": list(found.asks),
            "total": found.total,
            "groups": found.counts,
            "agencies": found.agencies,
            "asked_twice": found.twice,
            "page": found.number,
            "pages": max(1, -(-found.agencies // queries.PAGE)),
            "items": [_row(one) for one in found.rows],
        }


class JointPartsView(JointView):
    @operation(
        "coalition-joint-parts", "What is in it, as far as you see it", asked=PageAsked,
        answer=page_of(JointPartShape), signed_in=True,
    )  # fmt: skip
    def get(self, asked: dict[str, Any], pid: str, key: str) -> dict[str, Any]:
        rows = JointPart.objects.live().visible_to(self.viewer).filter(joint=self.joint(pid, key))
        rows = rows.select_related("stay", "campaign")

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, OLDEST, place, limit)

        return paged(self.request, asked, OLDEST, read, self._shown)

    @operation(
        "coalition-joint-put", "Put a campaign in", body=PutGiven, answer=JointPartShape, status=201,
        example={"campaign": "7h3kq2m9x4ap", "ask": "Sharing lists", "tier": "member", "level": "status"},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str, key: str) -> dict[str, Any]:
        """It shares the campaign with that tier. A share that shows more stays. By session, after a fresh proof."""
        row = self.joint(pid, key)
        self.by_hand()
        part = acts.put_in(
            viewer=self.viewer, joint=row, campaign=self.campaign(given["campaign"]), ask=given["ask"],
            tier=BY_NAME[given["tier"]], level=given["level"], actor=self.actor, now=self.now,
        )  # fmt: skip
        part.refresh_from_db(fields=["public_id", "put_in_at"])
        return self._shown(part)

    def _shown(self, row: JointPart) -> dict[str, Any]:
        return {
            "id": row.public_id,
            "organization": row.stay.shown_as,
            "ours": self.viewer.belongs_to(row.organisation_id),
            "ask": row.ask,
            "campaign": row.campaign.public_id,
            "put_in_at": row.put_in_at,
        }


class JointPreviewView(JointView):
    @operation(
        "coalition-joint-preview", "What putting a campaign in would show", body=PutGiven, answer=PutPreviewShape,
        plain=True,
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str, key: str) -> dict[str, Any]:
        """Nothing is saved. Owners, by session, after a fresh proof."""
        row = self.joint(pid, key)
        self.by_hand()
        campaign, tier = self.campaign(given["campaign"]), BY_NAME[given["tier"]]
        told = acts.preview(
            viewer=self.viewer, joint=row, campaign=campaign, tier=tier, level=given["level"], now=self.now
        )
        return {
            "grants": told.grants,
            "level": told.given.code,
            "then_level": told.then_given.code,
            "requests": told.requests,
            "held_back": told.held,
            "partners": queries.reached(row, campaign.organisation_id, Tier(tier)),
        }


class JointPartView(JointView):
    @operation("coalition-joint-part", "What taking it out would do", answer=OutShape, signed_in=True)
    def get(self, pid: str, key: str, part: str) -> dict[str, Any]:
        """Of your own."""
        row = self.own_part(pid, key, part)
        if not self.viewer.may_own(row.organisation_id):
            raise Http404
        requests, held = queries.cells_of(row)
        return {"cells": requests - held, "share_ends": acts.ending_share(row) is not None}

    @operation("coalition-joint-out", "Take a campaign of your own out", asked=OutAsked, answer=Done)
    def delete(self, pid: str, key: str, part: str) -> dict[str, Any]:
        """The share that putting in made ends, unless `keep_share=true`. By session, after a fresh proof."""
        row = self.own_part(pid, key, part)
        self.by_hand()
        asked = OutAsked(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        end = not asked.validated_data["keep_share"]
        acts.take_out(viewer=self.viewer, part=row, end_share=end, actor=self.actor)
        return {"done": True}


def _joint(row: JointCampaign) -> dict[str, Any]:
    names = ("name", "question", "created_at", "closed_at")
    return {"id": row.public_id, **{name: getattr(row, name) for name in names}}


def _row(row: queries.Row) -> dict[str, Any]:
    return {
        "agency": {"id": row.slug, "name": row.agency, "jurisdiction": row.jurisdiction},
        "twice": row.twice,
        "cells": [_cell(ask, cell) for ask, cells in row.cells.items() for cell in cells],
    }


def _cell(ask: str, cell: queries.Cell) -> dict[str, Any]:
    line, due = cell.line, answer_clock(cell.line)
    step = {"on": line.next_on, "name": line.next_name, "owner": line.next_owner} if line.next_on else None
    return {
        "ask": ask,
        "member": cell.part.stay.public_id,
        "organization": cell.part.stay.shown_as,
        "ours": cell.ours,
        "request": line.public_id,
        "custodian": line.custodian or None,
        "law": line.law_id,
        "filed_on": line.filed_on,
        "group": line.group,
        "stage": line.stage,
        "outcome": line.outcome or None,
        "whose_move": line.whose_move or None,
        "late": line.late,
        "days_late": line.days_late,
        "answer_due_earliest": due.earliest if due else None,
        "answer_due_latest": due.latest if due else None,
        "next": step,
        "sample": line.is_sample,
    }


urlpatterns = [
    path(f"{HERE}/joint/", JointCampaignsView.door(), name="api-coalition-joint-list"),
    path(f"{ONE}/", JointCampaignView.door(), name="api-coalition-joint"),
    path(f"{ONE}/matrix/", JointMatrixView.door(), name="api-coalition-joint-matrix"),
    path(f"{ONE}/parts/", JointPartsView.door(), name="api-coalition-joint-parts"),
    path(f"{ONE}/parts/preview/", JointPreviewView.door(), name="api-coalition-joint-preview"),
    path(f"{ONE}/parts/<slug:part>/", JointPartView.door(), name="api-coalition-joint-part"),
]
