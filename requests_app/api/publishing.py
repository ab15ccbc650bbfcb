"""Publishing for programs: what waits, the checklist, the proposal. Deciding is an owner's, by session."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import publishing as acts
from requests_app.actions.refusals import Refused
from requests_app.actions.shares import Grants
from requests_app.models import Campaign, Publication, RecordsRequest
from requests_app.queries import publishing as query
from requests_app.queries.publishing import Subject

from .base import ApiView, Given, Words, operation, page_of
from .owners import must_be_fresh
from .paging import PageAsked, Place, Walked, paged, walk

KEYS = ("public_id",)
ACTS = ("confirm", "agree", "publish", "extend", "withdraw", "unpublish")
OWNERS_ACTS = ("agree", "publish", "extend", "unpublish")


class ItemShape(serializers.Serializer[Any]):
    item = serializers.CharField(help_text="titles, letters, metadata, or file: and the id of a document.")
    fingerprint = serializers.CharField(help_text="Send it back in `seen` once a person looked.")
    masked = serializers.DictField(help_text="What others will not read, by kind.")
    suspect = serializers.DictField(help_text="What a person should look at, by kind.")
    blocks = serializers.BooleanField(help_text="A title names whoever asked: change it first.")
    looked_at = serializers.BooleanField()
    by = serializers.CharField(allow_null=True)


class PublicationShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    request = serializers.CharField(allow_null=True)
    campaign = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(Publication.State.values)
    correspondence = serializers.BooleanField()
    documents = serializers.BooleanField()
    reason = serializers.CharField()
    proposed_by = serializers.CharField(allow_null=True)
    proposed_at = serializers.DateTimeField()
    agreed_by = serializers.CharField(allow_null=True)
    embargo_until = serializers.DateTimeField(allow_null=True)
    embargo_zone = serializers.CharField()
    by_itself = serializers.BooleanField()


class PublishingShape(serializers.Serializer[Any]):
    public = serializers.BooleanField(help_text="Whether the public sees it now.")
    publication = PublicationShape(allow_null=True)
    checklist = ItemShape(many=True)


class ProposalGiven(Given):
    correspondence = serializers.BooleanField(required=False, default=False)
    documents = serializers.BooleanField(required=False, default=False)
    reason = Words(required=False, allow_blank=True, default="", max_length=500)
    embargo_until = serializers.DateTimeField(required=False, allow_null=True, default=None)
    embargo_zone = Words(required=False, allow_blank=True, default="", max_length=64)
    by_itself = serializers.BooleanField(required=False, default=False)


class DecisionGiven(Given):
    act = serializers.ChoiceField(ACTS)
    seen = serializers.DictField(
        child=Words(max_length=64), required=False, default=dict, help_text="confirm: item to fingerprint."
    )
    embargo_until = serializers.DateTimeField(required=False, help_text="extend: the new end.")
    whole = serializers.BooleanField(required=False, default=False, help_text="unpublish: see the page.")


class PublishingView(ApiView):
    table: Any = RecordsRequest

    def subject(self, pid: str) -> Subject:
        rows = self.table.objects.visible_to(self.viewer).editable_by(self.viewer).select_related("organisation")
        found: Subject = self.found(rows, public_id=pid)
        return found

    def read(self, pid: str) -> dict[str, Any]:
        subject = self.subject(pid)
        found = query.open_publication(self.viewer, subject)
        rows = query.looked_at(found) if found is not None and found.state != "published" else []
        return {
            "public": query.public_shares(subject).exists(),
            "publication": shown(found) if found else None,
            "checklist": [
                {
                    "item": one.item.key, "fingerprint": one.item.fingerprint, "masked": one.item.masked,
                    "suspect": one.item.suspect, "blocks": one.item.blocks, "looked_at": one.done,
                    "by": str(one.check.person or "") if one.check else None,
                }
                for one in rows
            ],
        }  # fmt: skip

    def propose(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        grants = Grants(correspondence=given.pop("correspondence"), documents=given.pop("documents"))
        acts.propose(
            viewer=self.viewer, subject=self.subject(pid), actor=self.actor, now=self.now, grants=grants, **given
        )
        return self.read(pid)

    def decide(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        subject, act = self.subject(pid), given["act"]
        if act in OWNERS_ACTS and self.viewer.may_own(subject.organisation_id):
            must_be_fresh(self)
        who: dict[str, Any] = {"viewer": self.viewer, "actor": self.actor}
        if act == "unpublish":
            acts.unpublish(subject=subject, whole=given["whole"], **who)
            return self.read(pid)
        found = query.open_publication(self.viewer, subject)
        if found is None:
            raise Refused("not_proposed", "Nobody has proposed to publish it.", status=409)
        match act:
            case "confirm":
                acts.confirm(publication=found, seen=given["seen"], **who)
            case "agree":
                acts.agree(publication=found, now=self.now, **who)
            case "publish":
                acts.publish_now(publication=found, now=self.now, **who)
            case "withdraw":
                acts.withdraw(publication=found, **who)
            case "extend":
                if "embargo_until" not in given:
                    raise Refused("embargo_missing", "Say until when it waits.", field="embargo_until")
                acts.extend(publication=found, embargo_until=given["embargo_until"], now=self.now, **who)
        return self.read(pid)


class RequestPublishingView(PublishingView):
    @operation("request-publishing", "Publishing of one request", answer=PublishingShape)
    def get(self, pid: str) -> dict[str, Any]:
        """For editors and owners: whether it is public, what is proposed, and the checklist."""
        return self.read(pid)

    @operation(
        "request-publish", "Propose to publish a request", body=ProposalGiven, answer=PublishingShape, status=201,
        example={"correspondence": True, "reason": "The hearing is on Monday."},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Nothing becomes public by this: a person looks, then an owner agrees."""
        return self.propose(given, pid)

    @operation(
        "request-publish-decide", "Look through, agree, publish, extend, take back", body=DecisionGiven,
        answer=PublishingShape, example={"act": "agree"},
    )  # fmt: skip
    def patch(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Agreeing, publishing, extending and un-publishing are an owner's, by session, after a fresh proof."""
        return self.decide(given, pid)


class CampaignPublishingView(PublishingView):
    table = Campaign

    @operation("campaign-publishing", "Publishing of one campaign", answer=PublishingShape)
    def get(self, pid: str) -> dict[str, Any]:
        """For editors and owners: whether it is public, what is proposed, and the checklist."""
        return self.read(pid)

    @operation(
        "campaign-publish", "Propose to publish a campaign", body=ProposalGiven, answer=PublishingShape, status=201,
        example={"correspondence": True, "reason": "The hearing is on Monday."},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """With every request of it that is not held back. A person looks, then an owner agrees."""
        return self.propose(given, pid)

    @operation(
        "campaign-publish-decide", "Look through, agree, publish, extend, take back", body=DecisionGiven,
        answer=PublishingShape, example={"act": "agree"},
    )  # fmt: skip
    def patch(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Agreeing, publishing, extending and un-publishing are an owner's, by session, after a fresh proof."""
        return self.decide(given, pid)


class WaitingView(ApiView):
    @operation(
        "publishing", "What waits to be published", asked=PageAsked, answer=page_of(PublicationShape), signed_in=True
    )
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Of the organizations you own."""
        if not self.viewer.owned:
            raise Http404
        rows = query.rows(self.viewer).waiting().filter(organisation__in=self.viewer.owned)

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, KEYS, place, limit)

        return paged(self.request, asked, KEYS, read, shown)


def shown(found: Publication) -> dict[str, Any]:
    return {
        "id": found.public_id,
        "request": found.request.public_id if found.request else None,
        "campaign": found.campaign.public_id if found.campaign else None,
        "state": found.state,
        "correspondence": found.correspondence,
        "documents": found.documents,
        "reason": found.reason,
        "proposed_by": str(found.proposed_by) if found.proposed_by else None,
        "proposed_at": found.proposed_at,
        "agreed_by": str(found.agreed_by) if found.agreed_by else None,
        "embargo_until": found.embargo_until,
        "embargo_zone": found.embargo_zone,
        "by_itself": found.by_itself,
    }


urlpatterns = [
    path("requests/<slug:pid>/publishing/", RequestPublishingView.door(), name="api-request-publishing"),
    path("campaigns/<slug:pid>/publishing/", CampaignPublishingView.door(), name="api-campaign-publishing"),
    path("publishing/", WaitingView.door(), name="api-publishing"),
]
