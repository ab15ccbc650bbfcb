"""Campaigns: one question set put to many agencies. The public title and the working title stand in two tables."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from .ids import public_id
from .people import Organisation, Person
from .visibility import ContentQuerySet, Level


class CampaignQuerySet(ContentQuerySet):
    def _shared(self, shares: models.QuerySet[Any]) -> models.Q:
        """Only the owner's grants open the campaign row; another's share of it covers that one's requests."""
        return models.Q(
            Exists(shares.filter(campaign_id=OuterRef("pk"), organisation_id=OuterRef("organisation_id")))
        )


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
