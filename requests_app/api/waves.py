"""Campaigns as they are filed, for programs: begun, their universe, their waves; queued, stopped, gone on with."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions import waves
from requests_app.models import Agency, Campaign, Wave
from requests_app.queries import waves as query

from .base import ApiView, Given, Words, operation, page_of
from .letters import KEYS as LETTER_KEYS
from .letters import LetterRow, _letters, row_shown
from .paging import PageAsked, Place, Walked, paged, walk

MEMBER_KEYS = ("agency__jurisdiction", "agency__name", "agency__slug")


class CampaignGiven(Given):
    organisation = Words(required=False, max_length=12, help_text="Needed where you edit several.")
    public_title = Words(max_length=3_000)
    public_summary = Words(required=False, allow_blank=True, default="", max_length=5_000)
    working_title = Words(required=False, allow_blank=True, default="", max_length=3_000)
    strategy = Words(required=False, allow_blank=True, default="", max_length=5_000)
    kits = serializers.ListField(
        child=Words(max_length=80), max_length=14, help_text="Ids of kits; own:ID of our own."
    )


class PlanShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()
    kits = serializers.ListField(
        child=serializers.CharField(), help_text="Each with its version: ID@VERSION."
    )
    agencies = serializers.IntegerField()
    written = serializers.IntegerField(help_text="Of those, with a letter.")


class UniverseMemberShape(serializers.Serializer[Any]):
    agency = serializers.CharField(help_text="Slug.")
    name = serializers.CharField()
    jurisdiction = serializers.CharField()
    left_out = serializers.BooleanField()


class UniverseGiven(Given):
    agencies = serializers.ListField(child=Words(max_length=120), max_length=5_000, help_text="Slugs.")


class UniverseShape(serializers.Serializer[Any]):
    agencies = serializers.IntegerField(help_text="In the universe now.")
    changed = serializers.IntegerField()
    unknown = serializers.ListField(child=serializers.CharField())


class WaveGiven(Given):
    planned_for = serializers.DateField(required=False, allow_null=True, default=None)
    most = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=2_000
    )


class WaveQueueGiven(Given):
    accepted = serializers.ListField(child=Words(max_length=40), required=False, max_length=20)


class WaveShape(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    state = serializers.CharField()
    planned_for = serializers.DateField(allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Letters by stage.")
    queued = serializers.IntegerField(required=False, help_text="Queued by this act.")
    left = serializers.DictField(
        child=serializers.IntegerField(),
        required=False,
        help_text="Not queued, by the warning that held them.",
    )
    stopped = serializers.IntegerField(required=False)


class WavesShape(serializers.Serializer[Any]):
    items = WaveShape(many=True)


class CampaignWriting(ApiView):
    def campaign(self, pid: str) -> Campaign:
        found = query.campaign_of(self.viewer, pid)
        return found if found is not None else self.found(Campaign.objects.none())

    def wave(self, pid: str, number: int) -> Wave:
        rows = Wave.objects.visible_to(self.viewer).filter(campaign=self.campaign(pid))
        found: Wave = self.found(rows, number=number)
        return found

    def wave_shown(self, wave: Wave, **more: Any) -> dict[str, Any]:
        wave.refresh_from_db()
        return {
            "number": wave.number, "state": wave.state, "planned_for": wave.planned_for,
            "counts": query.counts_of(self.viewer, wave), **more,
        }  # fmt: skip


class PlansView(CampaignWriting):
    @operation("campaign-begin", "Begin a campaign", body=CampaignGiven, answer=PlanShape, status=201)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """With its kits; then its universe, then a wave. Nothing goes out before a wave is queued."""
        organisation = self.organisation(given.pop("organisation", None))
        made = waves.open_campaign(
            viewer=self.viewer, organisation=organisation, actor=self.actor, once=self.once, **given
        )
        return plan_shown(self, made)


class PlanView(CampaignWriting):
    @operation("campaign-plan", "Plan of a campaign", answer=PlanShape, signed_in=True)
    def get(self, pid: str) -> dict[str, Any]:
        """Kits with their versions, how many agencies, how many written to."""
        return plan_shown(self, self.campaign(pid))


class UniverseView(CampaignWriting):
    @operation(
        "campaign-universe",
        "Whom a campaign asks",
        asked=PageAsked,
        answer=page_of(UniverseMemberShape),
        signed_in=True,
    )
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """By place and name."""
        rows = self.campaign(pid).universe.select_related("agency")

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, MEMBER_KEYS, place, limit)

        def value(row: Any, name: str) -> Any:
            return getattr(row.agency, name.removeprefix("agency__"))

        return paged(self.request, asked, MEMBER_KEYS, read, member_shown, of=value)

    @operation(
        "campaign-universe-add", "Add agencies to a campaign", body=UniverseGiven, answer=UniverseShape
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Each once; a merged one comes in as its survivor."""
        campaign, found, unknown = self._named(given, pid)
        added = waves.put_agencies(viewer=self.viewer, campaign=campaign, agencies=found)
        return self._told(campaign, added, unknown)

    @operation(
        "campaign-universe-remove",
        "Take agencies out of a campaign",
        body=UniverseGiven,
        answer=UniverseShape,
    )
    def delete(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """One that was written to stays, marked as left out."""
        campaign, found, unknown = self._named(given, pid)
        gone = waves.take_out(viewer=self.viewer, campaign=campaign, agencies=[one.pk for one in found])
        return self._told(campaign, gone, unknown)

    def _named(self, given: dict[str, Any], pid: str) -> tuple[Campaign, list[Agency], list[str]]:
        wanted = list(dict.fromkeys(given["agencies"]))
        found = list(Agency.objects.filter(slug__in=wanted))
        unknown = sorted(set(wanted) - {one.slug for one in found})
        return self.campaign(pid), found, unknown

    def _told(self, campaign: Campaign, changed: int, unknown: list[str]) -> dict[str, Any]:
        return {
            "agencies": query.plan(self.viewer, campaign).agencies, "changed": changed, "unknown": unknown
        }  # fmt: skip


class WavesView(CampaignWriting):
    @operation("campaign-waves", "Waves of a campaign", answer=WavesShape, signed_in=True)
    def get(self, pid: str) -> dict[str, Any]:
        """The newest first."""
        found = query.waves_of(self.viewer, self.campaign(pid))
        return {
            "items": [
                {"number": line.wave.number, "state": line.wave.state, "planned_for": line.wave.planned_for,
                 "counts": line.counts}
                for line in found
            ]
        }  # fmt: skip

    @operation(
        "campaign-wave-prepare", "Write the letters of a wave", body=WaveGiven, answer=WaveShape, status=201
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Drafts for everybody of the universe who has no letter yet. 400 where nobody is left."""
        made = waves.prepare_wave(
            viewer=self.viewer, campaign=self.campaign(pid), actor=self.actor, now=self.now, once=self.once,
            planned_for=given["planned_for"], most=given["most"],
        )  # fmt: skip
        return self.wave_shown(made)


class WaveView(CampaignWriting):
    @operation("campaign-wave", "One wave", answer=WaveShape, signed_in=True)
    def get(self, pid: str, number: int) -> dict[str, Any]:
        """How many of its letters stand where."""
        return self.wave_shown(self.wave(pid, number))


class WaveLettersView(CampaignWriting):
    @operation(
        "campaign-wave-letters",
        "Letters of a wave",
        asked=PageAsked,
        answer=page_of(LetterRow),
        signed_in=True,
    )
    def get(self, asked: dict[str, Any], pid: str, number: int) -> dict[str, Any]:
        """Each opens by its id under /letters/."""
        rows = _letters(self).filter(wave=self.wave(pid, number))

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, LETTER_KEYS, place, limit)

        return paged(self.request, asked, LETTER_KEYS, read, row_shown)


class WaveQueueView(CampaignWriting):
    @operation("campaign-wave-queue", "Queue a wave, or go on with it", body=WaveQueueGiven, answer=WaveShape)
    def post(self, given: dict[str, Any], pid: str, number: int) -> dict[str, Any]:
        """What nothing stands in the way of. Sent again, it queues nothing twice."""
        wave = self.wave(pid, number)
        done = waves.queue_wave(
            viewer=self.viewer, wave=wave, actor=self.actor, now=self.now, accepted=given.get("accepted", ())
        )
        return self.wave_shown(wave, queued=done.queued, left=done.left)


class WaveStopView(CampaignWriting):
    @operation("campaign-wave-stop", "Stop a wave", answer=WaveShape)
    def post(self, pid: str, number: int) -> dict[str, Any]:
        """What is not handed over stays; queue it again to go on."""
        wave = self.wave(pid, number)
        stopped = waves.stop_wave(viewer=self.viewer, wave=wave, actor=self.actor)
        return self.wave_shown(wave, stopped=stopped)


def plan_shown(view: ApiView, campaign: Campaign) -> dict[str, Any]:
    found = query.plan(view.viewer, campaign)
    return {
        "id": campaign.public_id,
        "title": campaign.public_title,
        "kits": [str(kit) for kit in found.kits],
        "agencies": found.agencies,
        "written": found.written,
    }


def member_shown(row: Any) -> dict[str, Any]:
    return {
        "agency": row.agency.slug, "name": row.agency.name, "jurisdiction": row.agency.jurisdiction,
        "left_out": row.left_out,
    }  # fmt: skip


urlpatterns = [
    path("campaign-plans/", PlansView.door(), name="api-campaign-plans"),
    path("campaigns/<slug:pid>/plan/", PlanView.door(), name="api-campaign-plan"),
    path("campaigns/<slug:pid>/universe/", UniverseView.door(), name="api-campaign-universe"),
    path("campaigns/<slug:pid>/waves/", WavesView.door(), name="api-campaign-waves"),
    path("campaigns/<slug:pid>/waves/<int:number>/", WaveView.door(), name="api-campaign-wave"),
    path(
        "campaigns/<slug:pid>/waves/<int:number>/letters/",
        WaveLettersView.door(),
        name="api-campaign-wave-letters",
    ),
    path(
        "campaigns/<slug:pid>/waves/<int:number>/queue/", WaveQueueView.door(), name="api-campaign-wave-queue"
    ),
    path("campaigns/<slug:pid>/waves/<int:number>/stop/", WaveStopView.door(), name="api-campaign-wave-stop"),
]
