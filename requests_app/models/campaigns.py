"""Campaigns: one question set put to many agencies. The public title and the working title stand in two tables."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from .agencies import Agency, AgencyCustodian
from .ids import public_id
from .people import Organisation, Person
from .visibility import ContentQuerySet, Level, OwnQuerySet, Reach


class CampaignQuerySet(ContentQuerySet):
    def _shared(self, shares: models.QuerySet[Any]) -> models.Q:
        """Only the owner's grants open the campaign row; another's share of it covers that one's requests."""
        return models.Q(
            Exists(shares.filter(campaign_id=OuterRef("pk"), organisation_id=OuterRef("organisation_id")))
        )


    def within(self, reach: Reach) -> Self:
        """The request's campaign, which a grant of the request alone does not open, and holding back does not close."""
        shown = reach.own or any(grant.shows(self.level) for grant in reach.campaign_grants)
        return self.filter(pk=reach.campaign if shown else None)


class Campaign(models.Model):
    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="campaigns")
    public_title = models.CharField(max_length=200)
    public_summary = models.TextField(blank=True)
    kit = models.CharField(max_length=80, blank=True)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["id", "organisation"], name="campaign_and_owner")]

    def __str__(self) -> str:
        return self.public_title


class CampaignPrivateQuerySet(CampaignQuerySet):
    level = Level.EVERYTHING


class CampaignPrivate(models.Model):
    """Level everything: what only the organisation reads."""

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, primary_key=True, related_name="private")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    working_title = models.CharField(max_length=200, blank=True)
    strategy = models.TextField(blank=True)
    lead = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = CampaignPrivateQuerySet.as_manager()

    def __str__(self) -> str:
        return self.working_title


class CampaignKit(models.Model):
    """A kit that the campaign puts to its agencies, at one version: a newer text is taken on by hand."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="kits")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kit = models.CharField(max_length=80, help_text="A built-in kit by its id; one of our own as own:ID.")
    version = models.CharField(max_length=32)
    parts = models.JSONField(default=list, help_text="Labels that are asked for; empty: all.")
    position = models.PositiveSmallIntegerField(default=0)

    objects = OwnQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["campaign", "kit"], name="one_row_a_campaign_kit")]

    def __str__(self) -> str:
        return f"{self.kit}@{self.version}"


class CampaignAgency(models.Model):
    """The universe of a campaign: whom it means to ask, whether or not they have been asked."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="universe")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    custodian = models.ForeignKey(
        AgencyCustodian, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    left_out = models.BooleanField(default=False)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "agency"], name="one_row_a_campaign_agency")]

    def __str__(self) -> str:
        return str(self.agency_id)


class Wave(models.Model):
    """Letters of a campaign that go out together. How far it is, its letters say."""

    class State(models.TextChoices):
        PLANNED = "planned"
        QUEUED = "queued"
        STOPPED = "stopped"

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="waves")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    planned_for = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    queued_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    queued_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    once = models.CharField(max_length=64, default=public_id)

    objects = OwnQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="one_row_a_wave"),
            models.UniqueConstraint(fields=["organisation", "once"], name="one_wave_an_act"),
            models.UniqueConstraint(fields=["id", "organisation"], name="wave_and_owner"),
        ]

    def __str__(self) -> str:
        return f"wave {self.number}"
