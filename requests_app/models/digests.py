"""Digests: one mail that carries many reminders of one person. A queue of its own, beside the reminders.

A reminder rides in one digest (`Reminder.digest`) and is then passed over by the queue of the reminders. What becomes
of the digest becomes of its riders in the same statement: the database does that (`migrations/0034_digests.py`).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .people import Organisation, Person
from .queues import Outgoing, OutgoingAttempt
from .visibility import OwnQuerySet


class Digest(Outgoing):
    """The row by which a digest leaves. Its words are made at send time, as the recipient."""

    class Period(models.TextChoices):
        DAILY = "daily", _("Daily")
        WEEKLY = "weekly", _("Weekly")
        CATCH_UP = "catch_up", _("Catching up")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    period = models.CharField(max_length=8, choices=Period.choices)
    period_on = models.DateField(help_text="The person’s own day that it belongs to.")
    number = models.PositiveSmallIntegerField(
        default=0, help_text="Several of one day, where one would be too long."
    )
    upto = models.DateTimeField(null=True, blank=True, help_text="What was due by then rides in it.")
    riders = models.PositiveIntegerField(default=0, help_text="How many reminders it told.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person", "period", "period_on", "number"], name="one_digest_a_period"
            ),
            models.CheckConstraint(
                condition=Q(period__in=["daily", "weekly", "catch_up"]), name="digest_period_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                condition=Q(state__in=["planned", "claimed", "unknown"]),
                name="digest_due",
            ),
            models.Index(fields=["id"], condition=Q(state="failed"), name="digest_failed"),
            models.Index(fields=["person", "-next_at"], name="digest_log"),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.period_on}"


class DigestAttempt(OutgoingAttempt):
    """Append-only journal of what was tried and what the mail server said."""

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="journal")


class MailStop(models.Model):
    """What a person does not want by mail any more. The last day of a window of ours is mailed whatever stands here.

    digests_at: no digest, and nothing that would have come in one; windows of ours come one by one. ours_at: confirmed
    twice, not those either, but for their last day.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    digests_at = models.DateTimeField(null=True, blank=True)
    ours_at = models.DateTimeField(null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "person"], name="one_stop_a_person"),
            models.CheckConstraint(
                condition=Q(ours_at=None) | Q(digests_at__isnull=False), name="ours_stopped_after_digests"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.organisation_id}"
