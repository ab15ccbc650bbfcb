"""The ledger: append-only events. A mistake is corrected by an event that retracts another."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from .ids import public_id
from .people import Organisation, Person
from .requests import CorrespondenceQuerySet, EverythingQuerySet, RecordsRequest
from .visibility import ContentQuerySet

# Kinds that are ours alone: a partner at status reads their effect in the deadlines, never the row.
INTERNAL_KINDS = (
    "override", "override_released", "waived", "disputed", "law_applied", "closed", "destruction_scheduled",
)  # fmt: skip
# Kinds that would tell the public that the agency waits on us, or what we are about to do.
OUR_TURN_KINDS = (
    "clarification_asked", "clarification_answered", "deposit_asked", "deposit_paid", "fee_estimated", "fee_invoiced",
    "fee_paid", "fee_refunded", "fee_waiver_asked", "fee_waiver_decided", "narrowed", "follow_up_sent", "notice_sent",
    "ordered_us", "order_met", "preservation_demanded", "retracted",
)  # fmt: skip

# Kinds that are a line of the account.
FEE_KINDS = (
    "fee_waiver_asked", "fee_waiver_decided", "fee_estimated", "deposit_asked", "deposit_paid", "fee_invoiced",
    "fee_paid", "fee_refunded",
)  # fmt: skip

# Steps that feeds of news tell, each of which the public reads.
NEWS_KINDS = (
    "sent", "acknowledged", "transferred", "extension_noticed", "date_promised", "ruling_requested", "ruling_issued",
    "determined", "produced", "appeal_filed", "appeal_decided", "review_filed", "review_decided", "sued", "ordered",
    "suit_decided", "remanded", "records_destroyed", "agency_closed", "agency_reopened", "withdrawn",
)  # fmt: skip

# What was taken back, and not restored: the public reads neither the event nor its retraction.
RETRACTED = RawSQL("SELECT app_retracted_events()", [])


class EventQuerySet(ContentQuerySet):
    def for_partners(self) -> Q:
        return ~Q(kind__in=INTERNAL_KINDS)

    def for_public(self) -> Q:
        return ~Q(kind__in=INTERNAL_KINDS + OUR_TURN_KINDS) & ~Q(pk__in=RETRACTED)

    def in_order(self) -> Self:
        return self.order_by("recorded_at", "id")


class Event(models.Model):
    """Level status: that it happened, when, to which parts, with which outcome.

    dated_on, sent_on and received_on are days in the agency's zone; the *_at times are local clock times there.
    `facts` holds what rules ask for (law, zone, receipt basis, days claimed …), never words, amounts or names.
    """

    uid = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=32)
    dated_on = models.DateField(null=True, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    dated_at = models.TimeField(null=True, blank=True)
    sent_at = models.TimeField(null=True, blank=True)
    received_at = models.TimeField(null=True, blank=True)
    parts = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    outcome = models.CharField(max_length=32, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    retracts = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="retracted_by"
    )
    once = models.CharField(
        max_length=64, default=public_id, help_text="Key of the act: the same form sent twice writes once."
    )
    recorded_at = models.DateTimeField(db_default=Now())

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "once"], name="one_event_an_act"),
            models.UniqueConstraint(
                fields=["organisation", "once"], condition=Q(kind="sent"), name="one_filing_an_act"
            ),
            models.UniqueConstraint(
                fields=["request", "retracts"], condition=Q(retracts__isnull=False), name="retracted_once"
            ),
            models.CheckConstraint(
                condition=Q(dated_on__isnull=False)
                | Q(sent_on__isnull=False)
                | Q(received_on__isnull=False)
                | Q(kind="retracted"),
                name="event_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(kind="retracted", retracts__isnull=False)
                | (~Q(kind="retracted") & Q(retracts__isnull=True)),
                name="retraction_names_its_event",
            ),
            # Why, and by whom, is of the note: facts, and the clocks made of them, are read at the level status.
            models.CheckConstraint(
                condition=~Q(kind__in=("override", "waived")) | ~Q(facts__has_any_keys=["reason", "by"]),
                name="event_keeps_no_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["request", "recorded_at"], name="event_of_request"),
            models.Index(fields=["organisation", "recorded_at"], name="event_newest"),
            models.Index(
                fields=["organisation", "request"], condition=Q(kind__in=FEE_KINDS), name="event_of_fees"
            ),
            models.Index(fields=["recorded_at", "uid"], condition=Q(kind__in=NEWS_KINDS), name="event_news"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.received_on or self.sent_on or self.dated_on or ''}".strip()


class EventNote(models.Model):
    """Level everything: who recorded it, and what only we write down (the reason of an override among it)."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="note")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(blank=True)

    objects = EverythingQuerySet.as_manager()

    def __str__(self) -> str:
        return self.text[:80]


class EventCorrespondenceQuerySet(CorrespondenceQuerySet):
    def for_partners(self) -> Q:
        return ~Q(event__kind__in=INTERNAL_KINDS)

    def for_public(self) -> Q:
        return ~Q(event__kind__in=INTERNAL_KINDS + OUR_TURN_KINDS) & ~Q(pk__in=RETRACTED)


class EventCorrespondence(models.Model):
    """Level correspondence: what the letter or mail said, and amounts."""

    event = models.OneToOneField(
        Event, on_delete=models.CASCADE, primary_key=True, related_name="correspondence"
    )
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)

    objects = EventCorrespondenceQuerySet.as_manager()

    def __str__(self) -> str:
        return self.text[:80]
