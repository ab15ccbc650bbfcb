"""Coalitions: organisations that work together. Belonging to one shows nothing yet; what is shared, shares say."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .ids import drawn_by_the_database, public_id
from .invitations import MailState
from .people import Organisation, Person
from .visibility import OwnQuerySet, Viewer


class Tier(models.IntegerChoices):
    """What is shared with a tier reaches it and those above."""

    OBSERVER = 1, _("Observer")
    MEMBER = 2, _("Member")
    STEERING = 3, _("Steering")


class CoalitionQuerySet(models.QuerySet["Coalition"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those that an organisation of the viewer belongs to, or belonged to."""
        ours = CoalitionMember.objects.filter(
            coalition=OuterRef("pk"), organisation_id__in=viewer.organisations
        )
        return self.filter(Exists(ours))


class Coalition(models.Model):
    public_id = models.CharField(
        max_length=12, unique=True, default=public_id, db_default=drawn_by_the_database(), editable=False
    )
    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    dissolved_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(db_default=False)

    objects = CoalitionQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class CoalitionMemberQuerySet(models.QuerySet["CoalitionMember"]):
    def live(self) -> Self:
        return self.filter(left_at=None, coalition__dissolved_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, and the partners in every coalition that one belongs to now. Who is imagined reads the name of
        the organisation that shares, where both are in a coalition."""
        who = viewer.as_if
        if who is not None:
            ours = self.live().filter(organisation_id=who.home)
            if who.kind == "coalition":
                return ours.filter(coalition=who.id)
            theirs = CoalitionMember.objects.live().filter(
                coalition=OuterRef("coalition_id"), organisation_id=who.id
            )
            return ours.filter(Exists(theirs)) if who.kind == "organisation" else self.none()
        here = CoalitionMember.objects.live().filter(
            coalition=OuterRef("coalition_id"), organisation_id__in=viewer.organisations
        )
        return self.filter(Q(organisation_id__in=viewer.organisations) | Exists(here))


class CoalitionMember(models.Model):
    """One stay of an organisation in a coalition. Who comes back has a new row: what was shared before stays over."""

    class Ended(models.TextChoices):
        LEFT = "left", _("Left")
        REMOVED = "removed", _("Removed")
        DISSOLVED = "dissolved", _("Dissolved")

    public_id = models.CharField(
        max_length=12, unique=True, default=public_id, db_default=drawn_by_the_database(), editable=False
    )
    coalition = models.ForeignKey(Coalition, on_delete=models.CASCADE, related_name="members")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="coalitions")
    shown_as = models.CharField(max_length=120, help_text="The name that partners read.")
    tier = models.PositiveSmallIntegerField(choices=Tier.choices)
    coordinates = models.BooleanField(db_default=False, help_text="Invites, removes, dissolves.")
    tells_counts = models.BooleanField(
        db_default=False, help_text="The coordinator may be told how many windows are open, and nothing else."
    )
    tells_collisions = models.BooleanField(
        db_default=False, help_text="Partners are told that somebody has asked an office with this kit; not who."
    )
    joined_at = models.DateTimeField(db_default=Now())
    left_at = models.DateTimeField(null=True, blank=True)
    ended = models.CharField(max_length=9, choices=Ended.choices, blank=True)

    objects = CoalitionMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["coalition", "organisation"],
                condition=Q(left_at=None),
                name="one_stay_in_a_coalition",
            ),
            models.UniqueConstraint(fields=["id", "organisation"], name="coalition_member_and_owner"),
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="coalition_tier_known"),
            models.CheckConstraint(
                condition=Q(left_at=None, ended="")
                | Q(left_at__isnull=False, ended__in=["left", "removed", "dissolved"]),
                name="coalition_stay_ended_why",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation"], condition=Q(left_at=None), name="coalition_stays"),
        ]

    def __str__(self) -> str:
        return f"coalition member {self.public_id}"


class CoalitionInvitation(models.Model):
    """An owner somewhere is asked to bring an organisation of theirs in. The row is the inviting organisation's."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    coalition = models.ForeignKey(Coalition, on_delete=models.CASCADE, related_name="invitations")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", help_text="Who invites: a coordinator."
    )
    email = models.EmailField(help_text="In small letters.")
    tier = models.PositiveSmallIntegerField(choices=Tier.choices, default=Tier.MEMBER)
    message = models.CharField(max_length=1000, blank=True)
    turn = models.PositiveSmallIntegerField(
        default=1, help_text="Raised by each resending: the old link dies."
    )
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_as = models.ForeignKey(
        CoalitionMember, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    mail_state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.PLANNED)
    mail_next_at = models.DateTimeField(db_default=Now())
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_sent_at = models.DateTimeField(null=True, blank=True)
    mail_outcome = models.CharField(max_length=300, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["coalition", "email"],
                condition=Q(revoked_at=None, accepted_at=None, declined_at=None),
                name="one_open_coalition_invitation",
            ),
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="coalition_invitation_tier"),
        ]
        indexes = [
            models.Index(
                fields=["mail_next_at"],
                condition=Q(mail_state="planned", revoked_at=None, accepted_at=None, declined_at=None),
                name="coalition_invitation_to_send",
            )
        ]

    def __str__(self) -> str:
        return f"coalition invitation {self.public_id}"
