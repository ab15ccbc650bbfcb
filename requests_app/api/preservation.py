"""What keeps records alive, for programs: demands, days of destruction, legal holds."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions import legal_holds, preservation
from requests_app.models import Campaign, LegalHold, RecordsRequest
from requests_app.models.preservation import PeriodUnit
from requests_app.queries.preservation import holds_of, preservation_of

from .base import Given, Words, operation
from .own import HERE, MOST, RequestView

NOTE = 5_000


class HoldShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    of = serializers.CharField(help_text="request or campaign")
    reason = serializers.CharField()
    set_at = serializers.DateTimeField()
    set_by = serializers.CharField(allow_null=True)
    lifted_at = serializers.DateTimeField(allow_null=True)


class AlarmShape(serializers.Serializer[Any]):
    event = serializers.CharField()
    parts = serializers.ListField(child=serializers.CharField())
    noted_on = serializers.DateField(help_text="The day we learned of it.")
    destroys_on = serializers.DateField()
    ask_by = serializers.DateField(allow_null=True)
    state = serializers.CharField(help_text="ahead, met, over or gone.")
    citation = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]


class DemandShape(serializers.Serializer[Any]):
    event = serializers.CharField()
    sent_on = serializers.DateField(allow_null=True)
    parts = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField()


class PreservationShape(serializers.Serializer[Any]):
    demands = DemandShape(many=True)
    alarms = AlarmShape(many=True)
    holds = HoldShape(many=True)
    version = serializers.IntegerField(help_text="Of the request: send it back as seen_version.")


class ByPartGiven(Given):
    seen_version = serializers.IntegerField(min_value=0, max_value=MOST)
    parts = serializers.ListField(child=Words(max_length=12), required=False, default=list, max_length=200)
    citation = Words(required=False, allow_blank=True, default="", max_length=preservation.CITATION_MAX)
    note = Words(required=False, allow_blank=True, default="", max_length=NOTE)


class DemandGiven(ByPartGiven):
    sent_on = serializers.DateField()
    text = Words(required=False, allow_blank=True, default="", max_length=NOTE)


class DestructionGiven(ByPartGiven):
    source = Words(max_length=preservation.SOURCE_MAX)  # type: ignore[assignment]
    destroys_on = serializers.DateField(required=False, default=None)
    begins_on = serializers.DateField(required=False, default=None)
    period = serializers.IntegerField(
        required=False, default=None, min_value=1, max_value=preservation.PERIOD_MAX
    )
    unit = serializers.ChoiceField(PeriodUnit.choices, required=False, default="")


class HoldGiven(Given):
    reason = Words(max_length=legal_holds.REASON_MAX)
    lift = serializers.BooleanField(required=False, default=False)


class KeptView(RequestView):
    def kept(self, found: RecordsRequest) -> dict[str, Any]:
        kept = preservation_of(self.viewer, found, today=self.today(found))
        return {
            "demands": [
                {
                    "event": event.uid, "sent_on": event.sent_on, "parts": event.parts,
                    "text": event.correspondence.text if hasattr(event, "correspondence") else "",
                }
                for event in kept.demands
            ],
            "alarms": [
                {
                    "event": one.retention.event.uid, "parts": one.retention.event.parts,
                    "ask_by": one.ask_by, "noted_on": one.retention.event.dated_on,
                    "destroys_on": one.retention.destroys_on, "state": one.state,
                    "citation": one.retention.citation, "source": one.retention.source,
                }
                for one in kept.alarms
            ],
            "holds": [hold_shown(hold) for hold in kept.holds],
            "version": found.ledger_version,
        }  # fmt: skip


class PreservationView(KeptView):
    @operation(
        "request-preservation", "What keeps its records alive", answer=PreservationShape, signed_in=True
    )
    def get(self, pid: str) -> dict[str, Any]:
        """Our demands, the days on which the records would go, and the holds. Ours alone."""
        return self.kept(self.own(pid))


class DemandView(KeptView):
    @operation(
        "preservation-demand", "Record a demand", body=DemandGiven, answer=PreservationShape, status=201
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """It answers each alarm of its parts."""
        found = self.own(pid, edit=True)
        preservation.demand_preservation(
            viewer=self.viewer, records_request=found, actor=self.actor, once=self.once,
            today=self.today(found), **given,
        )  # fmt: skip
        return self.kept(self.own(pid))


class DestructionView(KeptView):
    @operation(
        "preservation-date",
        "Note when records go",
        body=DestructionGiven,
        answer=PreservationShape,
        status=201,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """The day itself, or when the period begins and how long it is. An alarm stands on the day before."""
        found = self.own(pid, edit=True)
        preservation.schedule_destruction(
            viewer=self.viewer, records_request=found, actor=self.actor, once=self.once,
            today=self.today(found), **given,
        )  # fmt: skip
        return self.kept(self.own(pid))


class HoldView(RequestView):
    """A hold on a request or, below, on a campaign."""

    def subject(self, pid: str) -> RecordsRequest | Campaign:
        return self.own(pid, edit=True)

    def act(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        subject = self.subject(pid)
        act: dict[str, Any] = {"viewer": self.viewer, "reason": given["reason"], "actor": self.actor}
        if not given["lift"]:
            return hold_shown(legal_holds.set_hold(**act, subject=subject))
        own = {"request": subject} if isinstance(subject, RecordsRequest) else {"campaign": subject}
        return hold_shown(
            legal_holds.lift_hold(**act, hold=self.found(holds_of(self.viewer, subject).filter(**own)))
        )

    @operation("hold", "Set or lift a legal hold", body=HoldGiven, answer=HoldShape)
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Nothing of it is removed while the hold stands. Only an owner lifts it, and so no token."""
        return self.act(given, pid)


class CampaignHoldView(HoldView):
    def subject(self, pid: str) -> RecordsRequest | Campaign:
        rows = Campaign.objects.of_organisation(self.viewer).editable_by(self.viewer)
        found: Campaign = self.found(rows.select_related("organisation"), public_id=pid)
        return found

    @operation("campaign-hold", "Set or lift a legal hold on a campaign", body=HoldGiven, answer=HoldShape)
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """It holds every request of the campaign, those filed later too."""
        return self.act(given, pid)


def hold_shown(hold: LegalHold) -> dict[str, Any]:
    return {
        "id": hold.public_id, "of": "campaign" if hold.campaign_id else "request", "reason": hold.reason,
        "set_at": hold.set_at, "set_by": str(hold.set_by) if hold.set_by else None, "lifted_at": hold.lifted_at,
    }  # fmt: skip


urlpatterns = [
    path(f"{HERE}/preservation/", PreservationView.door(), name="api-request-preservation"),
    path(f"{HERE}/preservation/demands/", DemandView.door(), name="api-preservation-demand"),
    path(f"{HERE}/preservation/dates/", DestructionView.door(), name="api-preservation-date"),
    path(f"{HERE}/hold/", HoldView.door(), name="api-request-hold"),
    path("campaigns/<slug:pid>/hold/", CampaignHoldView.door(), name="api-campaign-hold"),
]
