"""Reminders: rows under a unique key that somebody claims, sends and marks. The attempts are append-only."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .deadlines import Deadline
from .digests import Digest
from .people import Person
from .queues import Outgoing, OutgoingAttempt
from .requests import RecordsRequest


def only_email() -> list[str]:
    return ["email"]


class Reminder(Outgoing):
    """Ids, dates and states only: the words are made at send time, as the recipient."""

    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="reminders")
    deadline = models.ForeignKey(Deadline, on_delete=models.CASCADE, related_name="reminders")
    clock_key = models.CharField(max_length=200)
    due_on = models.DateField()
    kind = models.CharField(max_length=24, help_text="opened, closing, awaited, lapsed, moved, gone, escalated")
    offset_days = models.SmallIntegerField(
        default=0, help_text="The number that the policy names; counted back from the due day, negative after it."
    )
    stage_on = models.DateField(null=True, blank=True, help_text="The day that number makes; null: a correction.")
    recipient = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reminders")
    channel = models.CharField(max_length=12, default="email", help_text="The one that carries the row.")
    channels = ArrayField(
        models.CharField(max_length=8), default=only_email, db_default=["email"],
        help_text="All it is to reach the person by: email, inbox, webhook.",
    )  # fmt: skip
    escalates = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="The reminder that nobody answered.",
    )  # fmt: skip
    ours = models.BooleanField(
        db_default=False, editable=False, help_text="Of a window of our own; the database fills it in."
    )
    digest = models.ForeignKey(
        Digest, null=True, blank=True, db_index=False, on_delete=models.SET_NULL, related_name="reminders",
        help_text="The digest it rides in.",
    )  # fmt: skip
    alone = models.BooleanField(
        db_default=False, help_text="Looked at when it was due: it goes out as a mail of its own."
    )

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
            models.Index(
                fields=["next_at", "id"],
                condition=Q(state="planned", digest=None),
                name="reminder_single",
            ),
            models.Index(
                fields=["digest"], condition=Q(state="planned", digest__isnull=False), name="reminder_rides"
            ),
            models.Index(fields=["digest", "id"], condition=Q(digest__isnull=False), name="reminder_rode"),
            models.Index(fields=["organisation", "-next_at"], name="reminder_log"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.clock_key} {self.due_on}"


class SendAttempt(OutgoingAttempt):
    """Append-only journal of what was tried and what the mail server said."""

    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="journal")


class SendingHold(models.Model):
    """While a hold stands nothing is sent: after a restore, until somebody has reconciled."""

    reason = models.CharField(max_length=300)
    since = models.DateTimeField(db_default=Now())
    laid_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.reason


class JobRun(models.Model):
    """Last success of each job, for the health page: work done, not process up."""

    job = models.CharField(max_length=60, primary_key=True)
    finished_at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.job
