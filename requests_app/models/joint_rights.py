"""Rights to do, beside levels to see: what a partner or a guest may do with what is shared with them."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .campaigns import Campaign
from .coalitions import CoalitionMember
from .ids import public_id
from .people import Organisation, Person
from .requests import RecordsRequest
from .shares import Guest, Share
from .visibility import OwnQuerySet, Viewer, live_shares


class JointRightQuerySet(models.QuerySet["JointRight"]):
    def live(self) -> Self:
        return self.filter(
            Q(until_at=None) | Q(until_at__gt=Now()),
            Q(stay=None) | Q(stay__left_at=None),
            revoked_at=None,
            from_at__lte=Now(),
        )

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own grants; and what one was given, as long as a share with the same grantee shows its subject."""
        given = Q(partner__in=viewer.organisations) if viewer.roles else Q(pk=None)
        if viewer.kind == "person":
            given |= Q(guest__in=Guest.objects.of_person(viewer.id))
        shares = live_shares(viewer, public=False).filter(
            _with_the_grantee(), organisation=OuterRef("organisation_id")
        )
        of_request = shares.filter(request=OuterRef("request_id"))
        of_campaign = shares.filter(campaign=OuterRef("campaign_id"))
        above = shares.filter(campaign=OuterRef("request__campaign_id"))
        shown = (
            Q(Exists(of_request), request__isnull=False)
            | Q(Exists(above), request__held_back=False)
            | Q(Exists(of_campaign), campaign__isnull=False)
        )
        return self.filter(Q(organisation_id__in=viewer.organisations) | (given & shown))

    def doable_by(self, viewer: Viewer) -> Self:
        """What the viewer may use: a guest in person, of a partner whoever edits there."""
        given = Q(partner__in=viewer.editable)
        if viewer.kind == "person":
            given |= Q(guest__in=Guest.objects.of_person(viewer.id))
        return self.live().visible_to(viewer).filter(given)


def _with_the_grantee() -> Q:
    """Of a share, inside a subquery over rights: whether it is with whom the right was given to."""
    theirs = CoalitionMember.objects.live().filter(
        organisation=OuterRef(OuterRef("partner_id")),
        coalition=OuterRef("grantee_id"),
        tier__gte=OuterRef("tier"),
    )
    return (
        Q(grantee_kind=Share.Grantee.GUEST, guest=OuterRef("guest_id"))
        | Q(grantee_kind=Share.Grantee.ORGANISATION, grantee_id=OuterRef("partner_id"))
        | Q(Exists(theirs), grantee_kind=Share.Grantee.COALITION)
    )


class JointRight(models.Model):
    """It lets nobody see. Its reason and author stand in `JointRightNote`, which no grantee reads."""

    class Kind(models.TextChoices):
        COMMENT = "comment", _("Comment")
        PROPOSE_EVENT = "propose_event", _("Propose events")
        LOG_EVENT = "log_event", _("Log events")
        UPLOAD = "upload", _("Add documents")
        DRAFT = "draft", _("Draft letters")

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    request = models.ForeignKey(
        RecordsRequest,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    kind = models.CharField(max_length=13, choices=Kind.choices)
    partner = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    stay = models.ForeignKey(
        CoalitionMember, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+",
        help_text="Of the partner: the right ends with it. None: the partner holds a share of its own.",
    )  # fmt: skip
    guest = models.ForeignKey(
        Guest, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    from_at = models.DateTimeField(db_default=Now())
    until_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = JointRightQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(request=None, campaign__isnull=False) | Q(request__isnull=False, campaign=None),
                name="joint_right_of_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(partner__isnull=False, guest=None)
                | Q(partner=None, stay=None, guest__isnull=False),
                name="joint_right_of_one_grantee",
            ),
            models.CheckConstraint(
                condition=Q(partner=None) | ~Q(partner=F("organisation")), name="joint_right_not_to_oneself"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["comment", "propose_event", "log_event", "upload", "draft"]),
                name="joint_right_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gt=F("from_at")), name="joint_right_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["organisation", "request", "campaign", "kind", "partner", "guest"],
                condition=Q(revoked_at=None),
                nulls_distinct=False,
                name="one_joint_right_a_grantee",
            ),
            models.UniqueConstraint(fields=["id", "organisation"], name="joint_right_and_owner"),
        ]
        indexes = [
            models.Index(fields=["request"], condition=Q(revoked_at=None), name="joint_right_of_request"),
            models.Index(fields=["campaign"], condition=Q(revoked_at=None), name="joint_right_of_campaign"),
            models.Index(fields=["stay"], condition=Q(revoked_at=None), name="joint_right_of_stay"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class JointRightNote(models.Model):
    """Level everything: why a right was given, by whom, and what the grantee was called."""

    right = models.OneToOneField(
        JointRight, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="note"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    granted_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    granted_to = models.CharField(max_length=254, blank=True)

    objects = OwnQuerySet.as_manager()

    def __str__(self) -> str:
        return self.reason
