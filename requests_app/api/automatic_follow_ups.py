"""Follow-ups that leave by themselves, for programs: the switch, the limits, the week to come, the stop."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import automatic_follow_ups as acts
from requests_app.models import AutomaticFollowUps, Campaign
from requests_app.queries import automatic_follow_ups as query
from requests_app.queries.waves import campaign_of

from .base import ApiView, Given, operation

LIMITS: dict[str, dict[str, Any]] = {
    name: {"min_value": least, "max_value": most} for name, (least, most) in acts.LIMITS.items()
}


class ComingShape(serializers.Serializer[Any]):
    request = serializers.CharField(help_text="Id of the request.")
    agency = serializers.CharField(help_text="Slug.")
    on = serializers.DateField(allow_null=True, help_text="The day it would leave; null: it is held.")
    number = serializers.IntegerField(help_text="Which letter by itself about this request.")
    why = serializers.CharField(help_text="Why it is held; empty: it is not.")


class AutomaticShape(serializers.Serializer[Any]):
    on = serializers.BooleanField()
    spacing = serializers.IntegerField(help_text="Business days after the lapse, and after each letter.")
    most_a_day = serializers.IntegerField()
    most_a_request = serializers.IntegerField()
    version = serializers.IntegerField(help_text="To be sent back with a change.")
    coming = ComingShape(many=True, help_text="What would leave within a week, if nothing changes.")
    held = ComingShape(many=True)


class AutomaticGiven(Given):
    on = serializers.BooleanField(help_text="false stops at once, also what waits in the queue.")
    spacing = serializers.IntegerField(required=False, default=10, **LIMITS["spacing"])
    most_a_day = serializers.IntegerField(required=False, default=10, **LIMITS["most_a_day"])
    most_a_request = serializers.IntegerField(required=False, default=3, **LIMITS["most_a_request"])
    version = serializers.IntegerField(required=False, default=0, min_value=0)


class AutomaticView(ApiView):
    def of(self, pid: str) -> Campaign:
        found = campaign_of(self.viewer, pid)
        if found is None:
            raise Http404
        return found

    @operation(
        "automatic-follow-ups", "Follow-ups that leave by themselves", answer=AutomaticShape, signed_in=True
    )
    def get(self, pid: str) -> dict[str, Any]:
        """The switch and limits of a campaign, what would leave within a week, and who is held and why."""
        campaign = self.of(pid)
        return self._shown(campaign, query.plan_of(self.viewer, campaign))

    @operation(
        "automatic-follow-ups-set",
        "Switch them on or off",
        body=AutomaticGiven,
        answer=AutomaticShape,
        example={"on": False},
    )
    def put(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """By an owner, as whom they leave from then on."""
        campaign = self.of(pid)
        if given["on"]:
            plan = acts.switch_on(
                viewer=self.viewer, campaign=campaign, actor=self.actor, seen_version=given["version"],
                **{name: given[name] for name in acts.LIMITS},
            )  # fmt: skip
        else:
            plan, _stopped = acts.switch_off(viewer=self.viewer, campaign=campaign, actor=self.actor)
        return self._shown(campaign, plan)

    def _shown(self, campaign: Campaign, plan: AutomaticFollowUps | None) -> dict[str, Any]:
        plan = plan or AutomaticFollowUps(campaign=campaign)
        coming, held = query.next_week(self.viewer, campaign, plan, now=self.now)
        return {
            "on": plan.on_since is not None, "spacing": plan.spacing, "most_a_day": plan.most_a_day,
            "most_a_request": plan.most_a_request, "version": plan.version,
            "coming": [_one(one.candidate) | {"on": one.on} for one in coming],
            "held": [_one(one) for one in held],
        }  # fmt: skip


def _one(one: query.Candidate) -> dict[str, Any]:
    made = one.waiting.request
    return {
        "request": made.public_id, "agency": made.agency.slug, "on": None, "number": one.number, "why": one.why,
    }  # fmt: skip


urlpatterns = [
    path("campaigns/<slug:pid>/automatic-follow-ups/", AutomaticView.door(), name="api-automatic-follow-ups")
]
