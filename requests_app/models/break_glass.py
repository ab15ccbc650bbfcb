"""Break-glass: staff opened a request or a campaign of somebody's, for half an hour, with a written reason."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .campaigns import Campaign
from .ids import drawn_by_the_database
from .people import Organisation, Person
from .requests import RecordsRequest
from .visibility import OwnQuerySet, Viewer


class BreakGlassQuerySet(models.QuerySet["BreakGlass"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Owners read who opened what is theirs; whoever opened it reads that."""
        mine = Q(person=viewer.id) if viewer.kind == "person" else Q(pk=None)
        return self.filter(Q(organisation__in=viewer.owned) | mine)


class BreakGlass(models.Model):
    """Written by `app_break_glass` alone, with the share that opens it, the line of the audit and the mails."""

    public_id = models.CharField(max_length=12, unique=True, db_default=drawn_by_the_database(), editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    # The database deletes with the row above it.
    request = models.ForeignKey(
        RecordsRequest, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    campaign = models.ForeignKey(
        Campaign, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    subject = models.CharField(max_length=30, help_text="Kind and public id, as in the audit.")
    reason = models.CharField(max_length=500)
    opened_at = models.DateTimeField(db_default=Now())
    until_at = models.DateTimeField()

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["id", "organisation"], name="break_glass_and_owner")]

    def __str__(self) -> str:
        return f"break-glass {self.public_id}"


class BreakGlassMail(models.Model):
    """A mail to one owner of it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    opened = models.ForeignKey(BreakGlass, on_delete=models.DO_NOTHING, db_constraint=False, related_name="mails")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    mail_state = models.CharField(max_length=8, db_default="planned")
    mail_next_at = models.DateTimeField(db_default=Now())
    mail_attempts = models.PositiveSmallIntegerField(db_default=0)
    mail_sent_at = models.DateTimeField(null=True)
    mail_outcome = models.CharField(max_length=300, db_default="")

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "opened", "person"], name="told_of_break_glass_once"),
            models.CheckConstraint(
                condition=Q(mail_state__in=["planned", "sent", "failed"]), name="break_glass_mail_state"
            ),
        ]
        indexes = [
            models.Index(fields=["mail_next_at"], condition=Q(mail_state="planned"), name="break_glass_mail_to_send")
        ]

    def __str__(self) -> str:
        return f"mail {self.pk}"


class EverythingRead(models.Model):
    """Somebody outside read all of a request, drafts and notes too, or the strategy of a campaign: once for each
    person, subject and day."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    request = models.ForeignKey(
        RecordsRequest, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    campaign = models.ForeignKey(
        Campaign, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "request", "person", "day"], name="read_of_everything_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["organisation", "campaign", "person", "day"], name="read_of_strategy_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"read {self.pk}"
