"""Webhooks: addresses of others that are told what happened, and the queue of what they are told."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from . import ids
from .people import Organisation, Person
from .queues import Outgoing, OutgoingAttempt
from .requests import RecordsRequest
from .visibility import OwnQuerySet, Viewer


class OwnersQuerySet(OwnQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """An address may hold a key, and what goes there leaves the house: owners alone, never a token."""
        return self.filter(organisation_id__in=viewer.owned)

    def editable_by(self, viewer: Viewer) -> Self:
        return self.visible_to(viewer)


class Webhook(models.Model):
    """The secret is derived from the key of this installation and `nonce`: the database alone does not give it away."""

    class Form(models.TextChoices):
        JSON = "json"
        SLACK = "slack"

    class Kind(models.TextChoices):
        REMINDER_DUE = "reminder.due"
        REQUEST_FILED = "request.filed"
        EVENT_RECORDED = "event.recorded"
        LETTER_SENT = "letter.sent"
        LETTER_FAILED = "letter.failed"
        DATE_MOVED = "date.moved"

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    form = models.CharField(max_length=5, choices=Form.choices)
    kinds = ArrayField(models.CharField(max_length=16))
    nonce = models.CharField(max_length=32, default=ids.public_id)
    active = models.BooleanField(default=True)
    since = models.DateTimeField(db_default=Now(), help_text="Nothing from before is told.")
    told_until = models.DateTimeField(db_default=Now(), help_text="Up to here everything was looked through.")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    waits_until = models.DateTimeField(
        null=True, blank=True, help_text="After a failure: nothing before this."
    )
    failing_since = models.DateTimeField(null=True, blank=True)
    last_failure = models.CharField(max_length=300, blank=True)
    last_sent_at = models.DateTimeField(null=True, blank=True)
    switched_off_at = models.DateTimeField(
        null=True, blank=True, help_text="By the program, after days of failures."
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    once = models.CharField(max_length=64, default=ids.public_id)

    objects = OwnersQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_webhook_an_act"),
            models.UniqueConstraint(fields=["id", "organisation"], name="webhook_and_owner"),
            models.CheckConstraint(condition=Q(form__in=["json", "slack"]), name="webhook_form_known"),
        ]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(Outgoing):
    """One thing that happened, for one webhook. `message_id` is the id that the receiver sees, at each try the same."""

    # The database lets it go with what it speaks of, as an undone import or removed sample data does.
    webhook = models.ForeignKey(
        Webhook, on_delete=models.DO_NOTHING, db_constraint=False, related_name="deliveries"
    )
    kind = models.CharField(max_length=16)
    source = models.CharField(max_length=320, help_text="What it is about, so that it is told once.")
    request = models.ForeignKey(
        RecordsRequest, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    about = models.JSONField(default=dict, help_text="Ids and kinds alone.")

    objects = OwnersQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "webhook", "source"], name="one_delivery_a_webhook"
            ),
            models.UniqueConstraint(fields=["id", "organisation"], name="delivery_and_owner"),
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                condition=Q(state__in=["planned", "claimed", "unknown"]),
                name="delivery_due",
            ),
            models.Index(fields=["id"], condition=Q(state="failed"), name="delivery_failed"),
            models.Index(fields=["webhook", "-id"], name="delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class WebhookAttempt(OutgoingAttempt):
    """`code`: the status that the receiver answered with."""

    delivery = models.ForeignKey(
        WebhookDelivery, on_delete=models.DO_NOTHING, db_constraint=False, related_name="journal"
    )

    objects = OwnersQuerySet.as_manager()  # type: ignore[misc]
