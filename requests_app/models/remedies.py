"""Appeals, outside reviews, notices and suits. The ledger holds that they were filed and decided, and when; these
tables hold what it does not: grounds, relief, counsel, the docket, costs. All of it is strategy: no share reaches it.
"""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .ids import public_id
from .ledger import Event
from .people import Organisation, Person
from .requests import RecordsRequest
from .visibility import OwnQuerySet


class Remedy(models.Model):
    """Level everything. One step against a refusal or a silence, from its draft to its decision."""

    class Kind(models.TextChoices):
        APPEAL = "appeal", _("Appeal")
        REVIEW = "review", _("Outside review")
        NOTICE = "notice", _("Notice before suit")
        SUIT = "suit", _("Suit")

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="remedies")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    level = models.PositiveSmallIntegerField(default=1, help_text="First or second instance of its kind.")
    round = models.PositiveSmallIntegerField(default=1, help_text="Two after a first remand, and so on.")
    clock_key = models.CharField(max_length=200, blank=True, help_text="The window it uses, where one was open.")
    body = models.CharField(max_length=300, blank=True, help_text="Who hears it.")
    parts = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    challenged = models.JSONField(
        default=list, blank=True, help_text="Sections we contest: [{part, section, basis, withholding}]."
    )
    grounds = models.TextField(blank=True)
    relief = models.TextField(blank=True)
    subject = models.CharField(max_length=300, blank=True)
    letter = models.TextField(blank=True)
    letter_pid = models.CharField(max_length=12, blank=True, help_text="Public id of its letter among the letters.")
    court = models.CharField(max_length=300, blank=True)
    docket = models.CharField(max_length=120, blank=True)
    judge = models.CharField(max_length=200, blank=True)
    counsel = models.CharField(max_length=300, blank=True)
    notes = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1, help_text="Raised by each change; a stale form is refused.")
    once = models.CharField(max_length=64)
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    dropped_at = models.DateTimeField(null=True, blank=True, help_text="A draft put aside.")

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_remedy_an_act"),
            models.UniqueConstraint(fields=["id", "organisation"], name="remedy_and_owner"),
            models.CheckConstraint(condition=Q(level__gte=1, round__gte=1), name="remedy_counts_from_one"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "id"], name="remedy_newest"),
            models.Index(fields=["request"], name="remedy_of_request"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class RemedyEvent(models.Model):
    """Level everything. Which events of the ledger are steps of a remedy. One that was taken back counts no more."""

    class Step(models.TextChoices):
        FILED = "filed", _("Filed")
        DECIDED = "decided", _("Decided")
        REMANDED = "remanded", _("Sent back")
        ORDERED = "ordered", _("Ordered")
        ORDER_MET = "order_met", _("Order met")

    remedy = models.ForeignKey(Remedy, on_delete=models.CASCADE, related_name="steps")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    step = models.CharField(max_length=10, choices=Step.choices)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "event"], name="one_remedy_an_event")]
        indexes = [models.Index(fields=["remedy", "step"], name="steps_of_remedy")]

    def __str__(self) -> str:
        return f"{self.step} {self.event_id}"


class RemedyCost(models.Model):
    """Level everything. What a remedy cost us: a filing fee, postage, an expert. Struck through, never deleted."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    remedy = models.ForeignKey(Remedy, on_delete=models.CASCADE, related_name="costs")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=10, decimal_places=2, default=Decimal(0))
    on = models.DateField()
    once = models.CharField(max_length=64)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_cost_an_act"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="cost_is_no_gain"),
        ]
        indexes = [models.Index(fields=["remedy", "on"], name="costs_of_remedy")]

    def __str__(self) -> str:
        return self.what
