"""Follow-ups that go out by themselves: only where an owner switched them on for a campaign, within limits."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .campaigns import Campaign
from .letters import Letter
from .people import Organisation, Person
from .requests import RecordsRequest
from .visibility import OwnQuerySet


class AutomaticFollowUps(models.Model):
    """One campaign's switch and limits. The letters go out as the owner's who switched them on, or not at all."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="automatic_follow_ups")
    on_since = models.DateTimeField(null=True, blank=True, help_text="Null: switched off.")
    acting = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    spacing = models.PositiveSmallIntegerField(
        default=10, help_text="Business days after the lapse, and after each letter."
    )
    most_a_day = models.PositiveSmallIntegerField(default=10)
    most_a_request = models.PositiveSmallIntegerField(default=3)
    version = models.PositiveIntegerField(
        default=0, help_text="Raised by each change; a form that saw an older one is refused."
    )
    changed_at = models.DateTimeField(db_default=Now())

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(spacing__range=(5, 60), most_a_day__range=(1, 50), most_a_request__range=(1, 6)),
                name="follow_ups_within_limits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {'on' if self.on_since else 'off'}"


class AutomaticFollowUp(models.Model):
    """One letter that was put into the queue by itself. Its number is its key: a second run finds it taken."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    plan = models.ForeignKey(AutomaticFollowUps, on_delete=models.CASCADE, related_name="letters")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()
    on = models.DateField(help_text="The agency's own day.")
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="+")

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "request", "number"], name="one_automatic_follow_up_a_number"
            ),
        ]
        indexes = [models.Index(fields=["plan", "on"], name="automatic_follow_up_day")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.number}"
