"""Calendar feeds: an address that shows the due days of one subject to whoever holds it, as one member reads them."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from . import ids
from .campaigns import Campaign
from .coalitions import CoalitionMember
from .desk import SavedView
from .people import Organisation, Person
from .visibility import Viewer


class FeedQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, and to owners every one of their organization. A token has none of a person's own."""
        mine = Q(organisation_id__in=viewer.organisations, person_id=viewer.id)
        if viewer.kind != "person":
            mine = Q(pk=None)
        return self.filter(mine | Q(organisation_id__in=viewer.owned))


class CalendarFeed(models.Model):
    """Only the SHA-256 of the secret is kept: 256 random bits need no slow hash.

    Checked at each fetch by `app_look_by_feed`: revoked, its person gone, or its view no longer theirs, it is nothing.
    """

    class Subject(models.TextChoices):
        PERSON = "person"
        ORGANISATION = "organisation"
        CAMPAIGN = "campaign"
        VIEW = "view"
        COALITION = "coalition"

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="+", help_text="Who made it, and as whom it reads."
    )
    subject = models.CharField(max_length=12, choices=Subject.choices)
    # The database lets a feed go with its subject: whoever gives up a shared view sees no feed of others.
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    view = models.ForeignKey(
        SavedView, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    stay = models.ForeignKey(
        CoalitionMember, null=True, blank=True, on_delete=models.CASCADE, related_name="+",
        help_text="Of the organisation in the coalition whose shared days it shows; it ends with it.",
    )  # fmt: skip
    name = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    last_fetched_at = models.DateTimeField(null=True, blank=True, help_text="To the quarter of an hour.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    once = models.CharField(
        max_length=64,
        default=ids.public_id,
        help_text="Key of the act: the same form sent twice makes one feed.",
    )

    objects = FeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_feed_an_act"),
            models.CheckConstraint(
                condition=Q(subject__in=["person", "organisation"], campaign=None, view=None, stay=None)
                | Q(subject="campaign", campaign__isnull=False, view=None, stay=None)
                | Q(subject="view", view__isnull=False, campaign=None, stay=None)
                | Q(subject="coalition", stay__isnull=False, campaign=None, view=None),
                name="feed_has_one_subject",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "person"], name="feed_of_person")]

    def __str__(self) -> str:
        return self.name
