"""What every queue of things going out is made of: rows that somebody claims, sends and marks, and their journal.

`actions/claims.py` works on these columns by name, whichever table they stand in.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from .people import Organisation
from .visibility import OwnQuerySet


class Outgoing(models.Model):
    """One thing to go out, once: ids, instants and states only, for a sweep reads no content.

    A queue adds what it is about, its unique key, and the partial index of its open rows by (`next_at`, `id`).
    """

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
        abstract = True


class OutgoingAttempt(models.Model):
    """Append-only journal of what was tried and what the other side said. A queue adds the row it speaks of."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=Now())
    step = models.CharField(max_length=16, help_text="claimed, sending, accepted, refused, failed, skipped …")
    code = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.CharField(max_length=500, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.step} {self.code or ''}".strip()
