"""What an amount is made of. The amounts themselves are the ledger's: fee events and their correspondence."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .ledger import INTERNAL_KINDS, OUR_TURN_KINDS, RETRACTED, Event
from .people import Organisation
from .requests import CorrespondenceQuerySet, RecordsRequest


class FeeBasisQuerySet(CorrespondenceQuerySet):
    """A row goes where the letter goes that named the price."""

    def for_partners(self) -> Q:
        return ~Q(event__kind__in=INTERNAL_KINDS)

    def for_public(self) -> Q:
        return ~Q(event__kind__in=INTERNAL_KINDS + OUR_TURN_KINDS) & ~Q(event__in=RETRACTED)


class FeeBasis(models.Model):
    """Level correspondence. How the agency reckons the amount of one fee event, in US dollars."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="fee_basis")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="fee_bases")
    hours = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    hourly = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    page_rate = models.DecimalField(max_digits=8, decimal_places=4, null=True, blank=True)
    media = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, blank=True, help_text="Disks, post and the like."
    )

    objects = FeeBasisQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "fee bases"

    def __str__(self) -> str:
        return f"basis of {self.event_id}"
