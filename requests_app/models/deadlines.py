"""Stored deadlines: the shadow of the fold. Same stays, changed is superseded and kept, new is added."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Least, Now, Substr

from requests_app.clock.alarms import APART

from .ledger import Event
from .people import Organisation
from .requests import RecordsRequest
from .visibility import ContentQuerySet

# Whose clocks the public may see. A window of ours, or counsel's, reaches no public page.
PUBLIC_OWNERS = ("agency", "reviewer", "court", "third_party")


class DeadlineQuerySet(ContentQuerySet):
    def for_partners(self) -> Q:
        """All but the alarms that are strategy: when records would be destroyed is known to us alone."""
        return ~Q(rule_id__in=APART)

    def for_public(self) -> Q:
        """No window of ours, no clock that stands still (for whom would be told), no date that once stood, and nothing
        that a notice of ours opened."""
        notices = Event.objects.filter(request=OuterRef("request"), kind="notice_sent")
        hangs = Exists(notices.filter(uid=Substr(OuterRef("scope"), 7)))
        shown = Q(owner__in=PUBLIC_OWNERS, paused_since=None, superseded_at=None)
        return self.for_partners() & shown & ~Q(hangs)

    def standing(self) -> Self:
        """The rows that count today; superseded ones are history."""
        return self.filter(superseded_at=None)


class Deadline(models.Model):
    """Level status. One clock of one request, independent of the day on which it is read."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="deadlines")
    clock_key = models.CharField(max_length=200)
    rule_id = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    owner = models.CharField(max_length=12)
    scope = models.CharField(max_length=120)
    round = models.PositiveSmallIntegerField(default=1)
    law_ref = models.CharField(max_length=60)
    calendar_ref = models.CharField(max_length=60, blank=True)
    opens_on = models.DateField(null=True, blank=True)
    earliest_on = models.DateField(null=True, blank=True)
    latest_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(
        null=True, blank=True, help_text="The reading that binds: latest for the agency, earliest for us."
    )
    proposed_on = models.DateField(
        null=True, blank=True, help_text="What a newer reading of the law would make it, while nobody has decided."
    )
    remind_on = models.GeneratedField(
        expression=Least("due_on", "proposed_on"),
        output_field=models.DateField(null=True),
        db_persist=True,
        help_text="The day alarms go by: the earlier, for nobody else is held to a proposed date.",
    )
    due_at = models.DateTimeField(null=True, blank=True)
    met_on = models.DateField(null=True, blank=True)
    paused_since = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    conditional = models.BooleanField(default=False)
    clock = models.JSONField(help_text="The whole clock with its trail, as the fold gave it.")
    fingerprint = models.CharField(max_length=32)
    derived_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "clock_key"], condition=Q(superseded_at=None), name="one_standing_deadline"
            ),
            models.CheckConstraint(
                condition=Q(earliest_on=None) | Q(latest_on=None) | Q(earliest_on__lte=F("latest_on")),
                name="earliest_before_latest",
            ),
        ]
        indexes = [
            models.Index(fields=["request"], condition=Q(superseded_at=None), name="deadline_standing"),
            models.Index(
                fields=["organisation", "due_on"],
                condition=Q(superseded_at=None, met_on=None, ended_on=None),
                name="deadline_live_due",
            ),
            models.Index(
                fields=["organisation", "derived_at"], condition=Q(superseded_at=None), name="deadline_newest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.due_on}"


class PartnerSpanQuerySet(ContentQuerySet):
    """The whole standing: own people and partners. The public has a table of its own."""

    def for_public(self) -> Q:
        return Q(pk=None)


class Span(models.Model):
    """The standing as a step function of the day: nothing needs a write when time alone passes."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True, help_text="First day on which it no longer holds.")
    stage = models.CharField(max_length=24)
    outcome = models.CharField(max_length=32, blank=True)
    whose_move = models.CharField(max_length=16)
    late = models.BooleanField(default=False)
    late_since = models.DateField(null=True, blank=True)
    next_on = models.DateField(null=True, blank=True)
    next_name = models.CharField(max_length=200, blank=True)
    next_owner = models.CharField(max_length=12, blank=True)
    next_clock_key = models.CharField(max_length=200, blank=True)
    produced = models.BooleanField(default=False, help_text="Records came, on whatever day.")

    class Meta:
        abstract = True


def _late(name: str) -> models.Index:
    """For the lists of what is late: spans that say so, with their days."""
    told = ["organisation", "from_on", "until_on"]
    return models.Index(fields=["request"], include=told, condition=Q(late=True), name=name)


class StandingSpan(Span):
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="spans")

    objects = PartnerSpanQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "from_on"], name="one_span_a_day")]
        indexes = [_late("span_late")]


class PublicStandingSpan(Span):
    """The public projection: no clock of ours, no move of ours."""

    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="public_spans")

    objects = ContentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "from_on"], name="one_public_span_a_day")]
        indexes = [_late("public_span_late")]
