"""Shares: who outside the organisation sees a request or a campaign, at which level, from when until when."""

from __future__ import annotations

from typing import Self

from allauth.account.models import EmailAddress
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from .campaigns import Campaign
from .coalitions import CoalitionMember, Tier
from .ids import drawn_by_the_database, public_id
from .people import Organisation, Person
from .requests import RecordsRequest
from .visibility import OwnQuerySet, Viewer


class GuestQuerySet(OwnQuerySet):
    def of_person(self, person_id: int) -> Self:
        """Guests that are this person: by an address the person has confirmed."""
        confirmed = EmailAddress.objects.filter(
            user_id=person_id, verified=True, user__is_active=True, email__iexact=OuterRef("email")
        )
        return self.filter(Exists(confirmed))


class Guest(models.Model):
    """An address that an organisation shares with. Whether it has an account, now or later, is asked when somebody
    looks, so that naming it tells nothing."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField(help_text="In small letters.")
    created_at = models.DateTimeField(db_default=Now())

    objects = GuestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "email"], name="one_guest_an_address"),
            models.UniqueConstraint(fields=["id", "organisation"], name="guest_and_owner"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="guest_in_small_letters"),
        ]

    def __str__(self) -> str:
        return f"guest {self.public_id}"


class ShareQuerySet(models.QuerySet["Share"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """The share board: an organisation reads its own grants."""
        return self.filter(organisation_id__in=viewer.organisations)


class Share(models.Model):
    """A grant. Its reason and author stand in `ShareNote`, which no grantee reads."""

    class Grantee(models.TextChoices):
        PUBLIC = "public", _("The public")
        COALITION = "coalition", _("Coalition")
        ORGANISATION = "organisation", _("Organization")
        PERSON = "person", _("Person")
        GUEST = "guest", _("Guest")

    public_id = models.CharField(
        max_length=12, unique=True, default=public_id, db_default=drawn_by_the_database(), editable=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="shares")
    request = models.ForeignKey(
        RecordsRequest, null=True, blank=True, on_delete=models.CASCADE, related_name="shares"
    )
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.CASCADE, related_name="shares"
    )
    grantee_kind = models.CharField(max_length=12, choices=Grantee.choices)
    grantee_id = models.BigIntegerField(null=True, blank=True)
    stay = models.ForeignKey(
        CoalitionMember, null=True, blank=True, on_delete=models.CASCADE, related_name="shares",
        help_text="Of the granting organisation in that coalition: when it ends, so does what it shared there.",
    )  # fmt: skip
    tier = models.PositiveSmallIntegerField(
        choices=Tier.choices, null=True, blank=True, help_text="Of a coalition: this tier and those above."
    )
    guest = models.ForeignKey(Guest, null=True, blank=True, on_delete=models.CASCADE, related_name="shares")
    correspondence = models.BooleanField(default=False)
    documents = models.BooleanField(default=False)
    everything = models.BooleanField(default=False)
    from_at = models.DateTimeField(db_default=Now())
    until_at = models.DateTimeField(null=True, blank=True)
    embargo_until = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(request=None, campaign__isnull=False) | Q(request__isnull=False, campaign=None),
                name="share_of_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(grantee_kind="public", grantee_id=None, everything=False)
                | Q(~Q(grantee_kind="public"), grantee_id__isnull=False),
                name="share_grantee_named",
            ),
            models.CheckConstraint(
                condition=Q(grantee_kind="coalition", stay__isnull=False, tier__isnull=False)
                | Q(~Q(grantee_kind="coalition"), stay=None, tier=None),
                name="share_by_a_stay",
            ),
            models.CheckConstraint(
                condition=Q(grantee_kind="guest", guest__isnull=False, grantee_id=F("guest"), until_at__isnull=False)
                | Q(~Q(grantee_kind="guest"), guest=None),
                name="share_with_a_guest_ends",
            ),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gt=F("from_at")), name="share_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["organisation", "request", "campaign", "grantee_kind", "grantee_id", "tier"],
                condition=Q(revoked_at=None),
                nulls_distinct=False,
                name="one_live_share_a_grantee",
            ),
        ]
        indexes = [
            models.Index(fields=["request"], condition=Q(revoked_at=None), name="share_live_request"),
            models.Index(fields=["campaign"], condition=Q(revoked_at=None), name="share_live_campaign"),
            models.Index(
                fields=["until_at"],
                condition=Q(grantee_kind="public", revoked_at=None, until_at__isnull=False),
                name="public_share_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grantee_kind} {self.grantee_id or ''}".strip()


class ShareNote(models.Model):
    """Level everything: why a share was granted, and by whom."""

    share = models.OneToOneField(Share, on_delete=models.CASCADE, primary_key=True, related_name="note")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    granted_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    granted_to = models.CharField(
        max_length=254, blank=True, db_default="", help_text="The grantee's name when it was granted."
    )

    def __str__(self) -> str:
        return self.reason
