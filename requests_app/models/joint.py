"""Joint campaigns: one effort of a coalition, into which organisations put campaigns of their own.

A part shows nothing by itself. A partner reads it where a share lets them read its campaign; the cells of the matrix
are the requests that shares reach.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from .agencies import Agency
from .campaigns import Campaign
from .coalitions import Coalition, CoalitionMember
from .ids import drawn_by_the_database, public_id
from .people import Organisation
from .shares import Share
from .visibility import OwnQuerySet, Viewer


class JointCampaignQuerySet(models.QuerySet["JointCampaign"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those of a coalition that an organisation of the viewer belongs to now."""
        here = CoalitionMember.objects.live().filter(
            coalition=OuterRef("coalition_id"), organisation_id__in=viewer.organisations
        )
        return self.filter(Exists(here))


class JointCampaign(models.Model):
    public_id = models.CharField(
        max_length=12, unique=True, default=public_id, db_default=drawn_by_the_database(), editable=False
    )
    coalition = models.ForeignKey(Coalition, on_delete=models.CASCADE, related_name="joint_campaigns")
    name = models.CharField(max_length=120)
    question = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="Nothing more is put in; what is in it stays readable."
    )

    objects = JointCampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["coalition", "name"], name="one_joint_campaign_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class JointPartQuerySet(models.QuerySet["JointPart"]):
    def live(self) -> Self:
        return self.filter(taken_out_at=None, stay__left_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, and those of partners now whose campaign the viewer may see."""
        here = CoalitionMember.objects.live().filter(
            coalition=OuterRef("coalition_id"), organisation_id__in=viewer.organisations
        )
        campaigns = Campaign.objects.visible_to(viewer).filter(pk=OuterRef("campaign_id"))
        return self.filter(
            Q(organisation_id__in=viewer.organisations)
            | Q(Exists(here), Exists(campaigns), taken_out_at=None, stay__left_at=None)
        )


class JointPart(models.Model):
    """A campaign that its owner put into a joint one, by its stay in the coalition."""

    public_id = models.CharField(
        max_length=12, unique=True, default=public_id, db_default=drawn_by_the_database(), editable=False
    )
    joint = models.ForeignKey(JointCampaign, on_delete=models.CASCADE, related_name="parts")
    coalition = models.ForeignKey(Coalition, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    stay = models.ForeignKey(CoalitionMember, on_delete=models.CASCADE, related_name="parts")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="parts")
    ask = models.CharField(max_length=80, help_text="What it asks: the column it stands in, which partners read.")
    share = models.ForeignKey(
        Share, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="The grant that was made when it was put in; empty where one stood already.",
    )  # fmt: skip
    put_in_at = models.DateTimeField(db_default=Now())
    taken_out_at = models.DateTimeField(null=True, blank=True)

    objects = JointPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "joint", "campaign"],
                condition=Q(taken_out_at=None),
                name="one_live_part_a_campaign",
            ),
        ]
        indexes = [
            models.Index(fields=["joint"], condition=Q(taken_out_at=None), name="joint_live_parts"),
            models.Index(fields=["stay"], condition=Q(taken_out_at=None), name="joint_parts_of_a_stay"),
        ]

    def __str__(self) -> str:
        return f"joint part {self.public_id}"


class PartnerLook(models.Model):
    """That an organisation has asked on a day whether partners put a kit to an agency before. Written by a function of
    the database alone: what it found is not kept."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    kit = models.CharField(max_length=80)
    looked_on = models.DateField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "looked_on", "agency", "kit"], name="one_look_a_day_and_pair"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kit} to {self.agency_id}"
