"""What people answer to reminders, who stands in for whom while away, and each person's inbox."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from . import ids
from .people import Organisation, Person
from .reminders import Reminder
from .requests import RecordsRequest
from .visibility import OwnQuerySet, Viewer


class ReminderAnswer(models.Model):
    """Append-only. What somebody said to the reminders of one clock; the last word of each kind counts.

    "I have it" and a snooze are about one date: a date that moves is a new one. Handing on and muting are about the
    clock, whatever its date.
    """

    class What(models.TextChoices):
        ACKNOWLEDGED = "acknowledged"
        SNOOZED = "snoozed"
        DELEGATED = "delegated"
        MUTED = "muted"
        UNMUTED = "unmuted"

    class Via(models.TextChoices):
        MAIL = "mail"
        APP = "app"
        API = "api"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="reminder_answers")
    clock_key = models.CharField(max_length=200)
    due_on = models.DateField(help_text="The date it was said about.")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=12, choices=What.choices)
    until_on = models.DateField(null=True, blank=True, help_text="Of a snooze: the day on which it ends.")
    to_person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+",
        help_text="Told instead; oneself, where what was handed on is taken back.",
    )  # fmt: skip
    via = models.CharField(max_length=4, choices=Via.choices)
    reminder = models.ForeignKey(
        Reminder, null=True, blank=True, on_delete=models.CASCADE, related_name="answers"
    )
    once = models.CharField(max_length=64, default=ids.public_id)
    at = models.DateTimeField(db_default=Now())

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_answer_an_act"),
            models.CheckConstraint(
                condition=Q(what__in=["acknowledged", "snoozed", "delegated", "muted", "unmuted"]),
                name="answer_known",
            ),
            models.CheckConstraint(
                condition=Q(what="snoozed", until_on__isnull=False) | (~Q(what="snoozed") & Q(until_on=None)),
                name="snoozed_until_a_day",
            ),
            models.CheckConstraint(
                condition=Q(what="delegated", to_person__isnull=False)
                | (~Q(what="delegated") & Q(to_person=None)),
                name="delegated_to_somebody",
            ),
        ]
        indexes = [models.Index(fields=["request", "clock_key", "person"], name="answer_of_clock")]

    def __str__(self) -> str:
        return f"{self.what} {self.clock_key} {self.due_on}"


class Absence(models.Model):
    """From one day to another, both counted, somebody else is told what this person would be told."""

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    cover = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField()
    set_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(from_on__lte=F("until_on")), name="absence_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~Q(person=F("cover")), name="nobody_covers_for_themselves"),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "person", "until_on"],
                condition=Q(withdrawn_at=None),
                name="absence_standing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.from_on}–{self.until_on}"


class InboxQuerySet(OwnQuerySet):
    def of(self, viewer: Viewer, person: Person) -> Self:
        """One's own, in the organisations that the viewer belongs to; a program looks for its person."""
        return self.visible_to(viewer).filter(person=person)


class InboxItem(models.Model):
    """Something that one person should see in the app. Ids alone: what may be seen is asked when it is read."""

    # Put in by the thousand in one statement: the database makes the id that is told.
    public_id = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    class Kind(models.TextChoices):
        REMINDER = "reminder"
        MENTION = "mention"
        OFFER = "offer"
        ESCALATED = "escalated"
        CORRECTION = "correction"
        ASSIGNED = "assigned"
        WEBHOOK = "webhook"
        PUBLISHING = "publishing"
        PROPOSAL = "proposal"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=300, help_text="What it comes from; once for each person.")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    request = models.ForeignKey(
        RecordsRequest, null=True, blank=True, on_delete=models.CASCADE, related_name="inbox_items"
    )
    reminder = models.ForeignKey(
        Reminder, null=True, blank=True, on_delete=models.CASCADE, related_name="inbox_items"
    )
    at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, blank=True)

    objects = InboxQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "person", "source"], name="once_in_an_inbox"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "reminder", "mention", "offer", "escalated", "correction", "assigned", "webhook", "publishing",
                        "proposal",
                    ]
                ),
                name="inbox_kind_known",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "organisation", "-id"], name="inbox_of_person"),
            models.Index(fields=["person", "organisation"], condition=Q(read_at=None), name="inbox_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.person_id}"
