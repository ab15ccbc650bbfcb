"""Asking again, for programs: who truly waits, who is held back and why, each letter to read, and the sending."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import follow_ups
from requests_app.actions.refusals import Refused
from requests_app.models import Campaign, Organisation
from requests_app.queries import follow_ups as query
from requests_app.queries.waves import campaign_of

from .base import ApiView, Given, Words, operation

DAYS = (7, 14, 30)


class WaitingShape(serializers.Serializer[Any]):
    request = serializers.CharField(help_text="Id of the request.")
    agency = serializers.CharField(help_text="Slug.")
    title = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    late_days = serializers.IntegerField()
    address = serializers.CharField()
    skip = serializers.CharField(help_text="Why it is not asked now; empty: it truly waits.")


class WaitingList(serializers.Serializer[Any]):
    items = WaitingShape(many=True)
    again_days = serializers.IntegerField()


class FollowUpsAsked(serializers.Serializer[Any]):
    organisation = serializers.CharField(required=False, max_length=12, help_text="Needed where you edit several.")
    campaign = serializers.CharField(required=False, max_length=12, help_text="Id of a campaign.")
    again_days = serializers.ChoiceField(
        DAYS, required=False, default=query.AGAIN_DAYS, help_text="Asked again no sooner than after so many days."
    )


class FollowUpsGiven(Given):
    organisation = Words(required=False, max_length=12, help_text="Needed where you edit several.")
    campaign = Words(required=False, max_length=12, help_text="Id of a campaign.")
    again_days = serializers.ChoiceField(DAYS, required=False, default=query.AGAIN_DAYS)
    requests = serializers.ListField(
        child=Words(max_length=12), max_length=follow_ups.MOST, help_text="Ids of requests."
    )


class FollowUpWords(serializers.Serializer[Any]):
    request = serializers.CharField()
    subject = serializers.CharField()
    body = serializers.CharField()
    address = serializers.CharField()
    skip = serializers.CharField(help_text="Why it is not asked now; its words are empty then.")


class FollowUpsPreview(serializers.Serializer[Any]):
    letters = FollowUpWords(many=True)


class HeldShape(serializers.Serializer[Any]):
    agency = serializers.CharField(help_text="Name.")
    why = serializers.CharField()


class FollowUpsDone(serializers.Serializer[Any]):
    letters = serializers.ListField(child=serializers.CharField(), help_text="Ids of the letters in the queue.")
    held = HeldShape(many=True)


class AskingAgain(ApiView):
    def of(self, said: dict[str, Any]) -> tuple[Organisation, Campaign | None]:
        if not said.get("campaign"):
            return self.organisation(said.get("organisation")), None
        campaign = campaign_of(self.viewer, said["campaign"])
        if campaign is None:
            raise Http404
        if not self.viewer.may_edit(campaign.organisation_id):
            raise Refused("editors_only", "Only an editor or an owner may write letters.", status=403)
        return Organisation.objects.get(pk=campaign.organisation_id), campaign


class FollowUpsView(AskingAgain):
    @operation(
        "follow-ups", "Whom to ask again", asked=FollowUpsAsked, answer=WaitingList, signed_in=True
    )
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Requests whose answer begins to be late, those that truly wait first; the others with the reason."""
        organisation, campaign = self.of(asked)
        days = int(asked["again_days"])
        rows = query.waiting(self.viewer, organisation.pk, now=self.now, campaign=campaign, again_days=days)
        return {"items": [waiting_shown(one) for one in rows], "again_days": days}

    @operation("follow-ups-send", "Ask again", body=FollowUpsGiven, answer=FollowUpsDone)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """One letter each, in the queue at once. Each request is looked at anew; what changed holds it back."""
        organisation, campaign = self.of(given)
        done = follow_ups.ask_again(
            viewer=self.viewer, organisation=organisation, chosen=given["requests"], actor=self.actor, now=self.now,
            once=self.once, campaign=campaign, again_days=int(given["again_days"]),
        )  # fmt: skip
        return {
            "letters": [letter.public_id for letter in done.letters],
            "held": [{"agency": agency, "why": why} for agency, why in done.held],
        }


class FollowUpsPreviewView(AskingAgain):
    @operation(
        "follow-ups-preview", "The letters that would go", body=FollowUpsGiven, answer=FollowUpsPreview, plain=True
    )
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """As they would read today. Nothing is written."""
        organisation, campaign = self.of(given)
        rows = query.waiting(
            self.viewer, organisation.pk, now=self.now, campaign=campaign, again_days=int(given["again_days"]),
            only=set(given["requests"]),
        )  # fmt: skip
        letters = []
        for one in rows:
            words = None if one.skip else query.draft(one, organisation, self.actor)
            letters.append(
                {
                    "request": one.request.public_id, "subject": words.subject if words else "",
                    "body": words.body if words else "", "address": one.address, "skip": one.skip,
                }
            )  # fmt: skip
        return {"letters": letters}


def waiting_shown(one: query.Waiting) -> dict[str, Any]:
    return {
        "request": one.request.public_id, "agency": one.request.agency.slug, "title": one.request.public_title,
        "due_on": one.clock.latest, "late_days": one.late_days, "address": one.address, "skip": one.skip,
    }  # fmt: skip


urlpatterns = [
    path("follow-ups/", FollowUpsView.door(), name="api-follow-ups"),
    path("follow-ups/preview/", FollowUpsPreviewView.door(), name="api-follow-ups-preview"),
]
