"""Records that may be destroyed: when, by which schedule; and our own rows that must not be."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .campaigns import Campaign
from .ids import public_id
from .ledger import RETRACTED, Event
from .people import Organisation, Person
from .requests import RecordsRequest
from .visibility import OwnQuerySet


class PeriodUnit(models.TextChoices):
    DAYS = "days", _("days")
    MONTHS = "months", _("months")
    YEARS = "years", _("years")


class RetentionQuerySet(OwnQuerySet):
    def standing(self) -> RetentionQuerySet:
        return self.exclude(event__in=RETRACTED)


class Retention(models.Model):
    """Ours alone. Why we believe that records go on a day: the schedule's citation and where we read it.

    The day itself is a fact of the event, from which the fold makes our alarm.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="retentions")
    event = models.OneToOneField(
        Event, on_delete=models.CASCADE, primary_key=True, related_name="retention"
    )
    citation = models.CharField(max_length=300, blank=True, help_text="Of the retention schedule.")
    source = models.CharField(max_length=500, help_text="Where it was read, or who said it.")
    begins_on = models.DateField(null=True, blank=True)
    period = models.PositiveSmallIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=6, choices=PeriodUnit.choices, blank=True)
    destroys_on = models.DateField()

    objects = RetentionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.destroys_on}: {self.citation}"


class LegalHold(models.Model):
    """Ours alone. While it stands, nothing of the request or campaign is removed by any act."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(
        RecordsRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="holds"
    )
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="holds"
    )
    reason = models.TextField()
    set_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    set_at = models.DateTimeField(db_default=Now())
    lifted_because = models.TextField(blank=True)
    lifted_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(request__isnull=False, campaign=None) | Q(request=None, campaign__isnull=False),
                name="hold_has_one_subject",
            ),
            models.UniqueConstraint(
                fields=["organisation", "request"], condition=Q(lifted_at=None, request__isnull=False),
                name="one_hold_a_request",
            ),
            models.UniqueConstraint(
                fields=["organisation", "campaign"], condition=Q(lifted_at=None, campaign__isnull=False),
                name="one_hold_a_campaign",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"hold on {'request' if self.request_id else 'campaign'}"
