"""Publishing: what was proposed for the public, what a person looked at, who agreed, until when it waits."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .campaigns import Campaign
from .ids import public_id
from .people import Organisation, Person
from .requests import RecordsRequest
from .visibility import OwnQuerySet

WAITING = ("proposed", "agreed")
OPEN = (*WAITING, "published")


class PublicationQuerySet(OwnQuerySet):
    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def waiting(self) -> Self:
        """Nothing of it is public yet, and somebody has to look at it."""
        return self.filter(state__in=WAITING)


class Publication(models.Model):
    """One way to the public: proposed, agreed to (by a second person, where the organization asks for two), published.
    The grant itself is a `Share`; ours alone, as everything here."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        AGREED = "agreed"
        PUBLISHED = "published"
        WITHDRAWN = "withdrawn"
        ENDED = "ended"

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    # The database deletes with the row above it: undoing an import knows nothing of this table.
    request = models.ForeignKey(
        RecordsRequest, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False,
        related_name="publications",
    )  # fmt: skip
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False,
        related_name="publications",
    )  # fmt: skip
    correspondence = models.BooleanField(default=False)
    documents = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    proposed_at = models.DateTimeField(db_default=Now())
    agreed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    embargo_until = models.DateTimeField(null=True, blank=True)
    embargo_set_at = models.DateTimeField(
        null=True, blank=True, help_text="When this end was chosen: warnings count from here."
    )
    embargo_zone = models.CharField(
        max_length=64, blank=True, help_text="In which the day and hour were chosen."
    )
    by_itself = models.BooleanField(
        default=False, help_text="An owner chose that it is published when the embargo ends."
    )
    published_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(request=None, campaign__isnull=False) | Q(request__isnull=False, campaign=None),
                name="publication_of_one_subject",
            ),
            models.UniqueConstraint(
                fields=["organisation", "request", "campaign"],
                condition=Q(state__in=WAITING),
                nulls_distinct=False,
                name="one_open_publication",
            ),
            models.UniqueConstraint(
                fields=["organisation", "request", "campaign"],
                condition=Q(state="published"),
                nulls_distinct=False,
                name="one_published_publication",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*OPEN, "withdrawn", "ended"]), name="publication_state_known"
            ),
            models.CheckConstraint(
                condition=Q(by_itself=False) | Q(embargo_until__isnull=False), name="by_itself_after_an_embargo"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "withdrawn", "ended"]) | Q(agreed_at__isnull=False),
                name="publication_agreed_first",
            ),
            models.UniqueConstraint(fields=["id", "organisation"], name="publication_and_owner"),
        ]
        indexes = [
            models.Index(
                fields=["embargo_until"], condition=Q(state="agreed", embargo_until__isnull=False),
                name="publication_embargoed",
            ),
            models.Index(fields=["request"], condition=Q(state__in=OPEN), name="publication_of_request"),
            models.Index(fields=["campaign"], condition=Q(state__in=OPEN), name="publication_of_campaign"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"publication {self.public_id}"

    @property
    def subject(self) -> RecordsRequest | Campaign:
        found = self.request or self.campaign
        assert found is not None, "a constraint names one"
        return found

    @property
    def by_two(self) -> bool:
        return None not in (self.agreed_by_id, self.proposed_by_id) and self.agreed_by_id != self.proposed_by_id


class PublicationCheck(models.Model):
    """A line of the checklist that a person looked at. What changed since then is to be looked at again."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    publication = models.ForeignKey(
        Publication, on_delete=models.DO_NOTHING, db_constraint=False, related_name="checks"
    )
    item = models.CharField(max_length=40, help_text="titles, letters, metadata, or file: and its id.")
    fingerprint = models.CharField(max_length=64, help_text="Of what was looked at.")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "publication", "item"], name="one_check_an_item")
        ]

    def __str__(self) -> str:
        return self.item


class EmbargoWarning(models.Model):
    """A mail to one owner that an embargo ends in so many days; its unique key is why nobody is warned twice."""

    class MailState(models.TextChoices):
        PLANNED = "planned"
        SENT = "sent"
        FAILED = "failed"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    publication = models.ForeignKey(
        Publication, on_delete=models.DO_NOTHING, db_constraint=False, related_name="warnings"
    )
    embargo_until = models.DateTimeField(help_text="The end it warns of: an extension warns anew.")
    days = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    planned_at = models.DateTimeField(help_text="When it was laid into the inbox.")
    mail_state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.PLANNED)
    mail_next_at = models.DateTimeField(db_default=Now())
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_sent_at = models.DateTimeField(null=True, blank=True)
    mail_outcome = models.CharField(max_length=300, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "publication", "embargo_until", "days", "person"],
                name="warned_of_an_embargo_once",
            ),
            models.CheckConstraint(condition=Q(days__in=[1, 7]), name="embargo_warning_days"),
        ]
        indexes = [
            models.Index(fields=["mail_next_at"], condition=Q(mail_state="planned"), name="embargo_warning_to_send")
        ]

    def __str__(self) -> str:
        return f"{self.days} days before {self.embargo_until}"
