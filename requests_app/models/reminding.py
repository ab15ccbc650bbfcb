"""Who is reminded of what and when, as people set it; with no row the standard of `notices/reminding.py` holds."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from .campaigns import Campaign
from .people import Organisation, Person
from .requests import RecordsRequest
from .visibility import OwnQuerySet

NO_SUBJECT = Q(campaign=None, request=None, person=None)


class ReminderPolicy(models.Model):
    """The rules of one subject: of the whole organization where none of the three is named.

    The narrowest one that exists holds whole: a request's before its campaign's before the organization's. A person's
    own says on which days they are told; who is told at all stays with the others.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="reminder_policies")
    campaign = models.ForeignKey(Campaign, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    request = models.ForeignKey(RecordsRequest, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(
        default=0, help_text="Raised by each change; a form that saw an older one is refused."
    )
    changed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(db_default=Now())

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation"], condition=NO_SUBJECT, name="one_policy_an_organisation"),
            models.UniqueConstraint(
                fields=["organisation", "campaign"], condition=~Q(campaign=None), name="one_policy_a_campaign"
            ),
            models.UniqueConstraint(
                fields=["organisation", "request"], condition=~Q(request=None), name="one_policy_a_request"
            ),
            models.UniqueConstraint(
                fields=["organisation", "person"], condition=~Q(person=None), name="one_policy_a_person"
            ),
            models.CheckConstraint(
                condition=NO_SUBJECT
                | Q(request=None, person=None)
                | Q(campaign=None, person=None)
                | Q(campaign=None, request=None),
                name="policy_of_one_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"policy {self.pk} v{self.version}"


class ReminderRule(models.Model):
    """One line of a policy. `notices/reminding.py` turns it into days."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    policy = models.ForeignKey(ReminderPolicy, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField(default=0)
    clocks = models.CharField(max_length=6, help_text="ours, agency")
    days = ArrayField(
        models.SmallIntegerField(), default=list, blank=True,
        help_text="Negative: before the date; 0: on it; positive: after it.",
    )  # fmt: skip
    unit = models.CharField(max_length=8, default="calendar", help_text="calendar, business")
    on_opening = models.BooleanField(default=False)
    repeat_every = models.PositiveSmallIntegerField(null=True, blank=True)
    repeat_unit = models.CharField(max_length=8, default="business")
    repeat_until = models.PositiveSmallIntegerField(null=True, blank=True, help_text="At most so many times.")
    channels = ArrayField(models.CharField(max_length=8), default=list)
    recipients = ArrayField(models.CharField(max_length=8), default=list)
    escalate_after = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Days without an answer; null: never."
    )
    escalate_to = models.CharField(max_length=8, default="owners", help_text="owners, backup, editors")

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(clocks__in=["ours", "agency"]), name="rule_clocks_known"),
            models.CheckConstraint(
                condition=Q(unit__in=["calendar", "business"], repeat_unit__in=["calendar", "business"]),
                name="rule_units_known",
            ),
            models.CheckConstraint(
                condition=Q(channels__len__gt=0, channels__contained_by=["email", "inbox", "webhook"]),
                name="rule_channels_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    recipients__len__gt=0,
                    recipients__contained_by=["assignee", "backup", "owners", "editors", "viewers"],
                ),
                name="rule_tells_somebody",
            ),
            models.CheckConstraint(
                condition=Q(escalate_to__in=["owners", "backup", "editors"]), name="rule_escalates_to_known"
            ),
            models.CheckConstraint(
                condition=Q(repeat_every=None, repeat_until=None) | Q(repeat_every__gt=0, repeat_until__gt=0),
                name="rule_repeats_end",
            ),
        ]
        indexes = [models.Index(fields=["policy", "position"], name="rule_of_policy")]

    def __str__(self) -> str:
        return f"{self.clocks} {self.days}"


class PersonalReminding(models.Model):
    """When one person wants no mail, and whether each reminder comes by itself. Nothing here holds a last day."""

    class Digest(models.TextChoices):
        SINGLE = "single"
        DAILY = "daily"
        WEEKLY = "weekly"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    quiet_from = models.TimeField(null=True, blank=True, help_text="In the person's own zone; may span midnight.")
    quiet_until = models.TimeField(null=True, blank=True)
    quiet_weekdays = ArrayField(
        models.SmallIntegerField(), default=list, blank=True, help_text="0 is Monday, 6 is Sunday."
    )
    digest = models.CharField(max_length=6, choices=Digest.choices, default=Digest.SINGLE)
    digest_at = models.TimeField(default=dt.time(8, 0))
    digest_weekday = models.PositiveSmallIntegerField(default=0, help_text="Of the weekly digest; 0 is Monday.")
    changed_at = models.DateTimeField(db_default=Now())

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "person"], name="one_reminding_a_person"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until")),
                name="quiet_hours_have_two_ends",
            ),
            models.CheckConstraint(
                condition=Q(quiet_weekdays__contained_by=[0, 1, 2, 3, 4, 5, 6], quiet_weekdays__len__lt=7)
                & Q(digest_weekday__lte=6, digest__in=["single", "daily", "weekly"]),
                name="quiet_days_leave_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.organisation_id}"
