"""Reminders: rows under a unique key that somebody claims, sends and marks. The attempts are append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .deadlines import Deadline
from .people import Organisation, Person
from .requests import RecordsRequest
from .visibility import OwnQuerySet


class Reminder(models.Model):
    """Ids, dates and states only: the words are made at send time, as the recipient."""

    class State(models.TextChoices):
        PLANNED = "planned"
        CLAIMED = "claimed"
        SENT = "sent"
        SKIPPED = "skipped"
        CANCELLED = "cancelled"
        FAILED = "failed"
        UNKNOWN = "unknown"

    OPEN = (State.PLANNED, State.CLAIMED, State.UNKNOWN)

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="reminders")
    deadline = models.ForeignKey(Deadline, on_delete=models.CASCADE, related_name="reminders")
    clock_key = models.CharField(max_length=200)
    due_on = models.DateField()
    kind = models.CharField(max_length=24, help_text="lapsed, closing, opened, moved")
    offset_days = models.SmallIntegerField(default=0)
    recipient = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reminders")
    channel = models.CharField(max_length=12, default="email")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    next_at = models.DateTimeField(help_text="Not before this instant.")
    attempts = models.PositiveSmallIntegerField(default=0)
    owner_key = models.BigIntegerField(null=True, blank=True, help_text="Advisory lock of the claiming worker.")
    claim_token = models.UUIDField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(
        null=True, blank=True, help_text="Set before the first byte goes out; with no mark after it, unknown."
    )
    message_id = models.CharField(max_length=200, unique=True)
    outcome = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "clock_key", "due_on", "kind", "offset_days", "recipient", "channel"],
                name="one_reminder_a_person_a_clock",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                condition=Q(state__in=["planned", "claimed", "unknown"]),
                name="reminder_due",
            ),
            models.Index(fields=["organisation", "-next_at"], name="reminder_log"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.clock_key} {self.due_on}"


class SendAttempt(models.Model):
    """Append-only journal of what was tried and what the mail server said."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="journal")
    at = models.DateTimeField(db_default=Now())
    step = models.CharField(max_length=16, help_text="claimed, sending, accepted, refused, failed, skipped …")
    code = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.CharField(max_length=500, blank=True)

    objects = OwnQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.step} {self.code or ''}".strip()


class SendingHold(models.Model):
    """While a hold stands nothing is sent: after a restore, until somebody has reconciled."""

    reason = models.CharField(max_length=300)
    since = models.DateTimeField(db_default=Now())
    released_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.reason


class JobRun(models.Model):
    """Last success of each job, for the health page: work done, not process up."""

    job = models.CharField(max_length=60, primary_key=True)
    finished_at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.job
