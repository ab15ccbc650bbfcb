"""What people say about a request or a campaign: to their own organisation, to partners, to everybody.

One table a level: a wall knows rows and no columns. A row is never rewritten. Who changes a comment writes the next
version of its thread and the one before is superseded; who withdraws it marks it. Others read what stands alone.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from . import ids
from .campaigns import Campaign
from .coalitions import CoalitionMember
from .joint_rights import JointRight
from .people import Organisation, Person
from .privilege import CircleMember, PrivilegedCircle
from .requests import RecordsRequest
from .shares import Guest
from .visibility import Viewer, live_shares


class CommentQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        return self.filter(superseded_at=None)

    def _reached(self, shares: models.QuerySet[Any]) -> Q:
        by_owner = shares.filter(organisation=OuterRef("organisation_id"))
        return (
            Q(Exists(by_owner.filter(request=OuterRef("request_id"))))
            | (
                Q(request__held_back=False)
                & Exists(by_owner.filter(campaign=OuterRef("request__campaign_id")))
            )
            | (Q(campaign__isnull=False) & Exists(by_owner.filter(campaign=OuterRef("campaign_id"))))
        )


class PartnerCommentQuerySet(CommentQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """The owner's people all of it; who is shown the subject what stands, and their own earlier words."""
        mine = Exists(CommentAuthor.objects.filter(thread=OuterRef("thread"), person_id=viewer.id))
        shown = Q(superseded_at=None, withdrawn_at=None)
        if viewer.kind == "person":
            shown |= Q(mine)
        found = Q(organisation_id__in=viewer.organisations)
        if viewer.kind in ("person", "token", "as-if"):
            found |= self._reached(live_shares(viewer, public=False)) & shown
        return self.filter(found)


class PublicCommentQuerySet(CommentQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """The owner's people all of it; everybody what stands, while the subject is published."""
        if viewer.kind == "schedule":
            return self.none()
        reached = self._reached(live_shares(viewer, public=True)) & Q(superseded_at=None, withdrawn_at=None)
        return self.filter(Q(organisation_id__in=viewer.organisations) | reached)


class PrivateCommentQuerySet(CommentQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """No share reaches it, everything neither. A privileged one reaches owners, its author and who is named in
        its circle; no program, whoever it acts for."""
        ours = Q(organisation_id__in=viewer.organisations)
        found = (Q(privileged=False) & ours) | Q(organisation_id__in=viewer.owned)
        if viewer.kind == "person":
            named = CircleMember.objects.of_person(viewer.id)
            found |= Q(privileged=True) & (
                (ours & Q(author=viewer.id)) | Q(circle__in=named.values("circle"))
            )
        return self.filter(found)


class Comment(models.Model):
    """One version of a thread. organisation: whoever owns the subject, who keeps what was said there."""

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
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
    thread = models.CharField(max_length=12, default=ids.public_id, editable=False)
    version = models.PositiveSmallIntegerField(default=1)
    text = models.TextField()
    once = models.CharField(max_length=64, default=ids.public_id)
    said_at = models.DateTimeField(db_default=Now(), help_text="Of the first version.")
    written_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(request=None, campaign__isnull=False) | Q(request__isnull=False, campaign=None),
                name="%(class)s_of_one_subject",
            ),
            models.UniqueConstraint(fields=["organisation", "once"], name="one_%(class)s_an_act"),
            models.UniqueConstraint(
                fields=["organisation", "thread", "version"], name="one_%(class)s_a_version"
            ),
            models.UniqueConstraint(
                fields=["organisation", "thread"],
                condition=Q(superseded_at=None),
                name="one_%(class)s_stands",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["request", "-said_at"], condition=Q(superseded_at=None), name="%(class)s_request"
            ),
            models.Index(
                fields=["campaign", "-said_at"], condition=Q(superseded_at=None), name="%(class)s_campaign"
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.thread}"


class PrivateComment(Comment):
    """Ours alone; a privileged one is not even all of ours to read."""

    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    privileged = models.BooleanField(db_default=False, default=False)
    circle = models.ForeignKey(
        PrivilegedCircle, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+",
        help_text="Who reads it beside owners and its author.",
    )  # fmt: skip

    objects = PrivateCommentQuerySet.as_manager()

    class Meta(Comment.Meta):
        constraints: ClassVar[list[Any]] = [
            *Comment.Meta.constraints,
            models.CheckConstraint(
                condition=Q(circle=None) | Q(privileged=True), name="circle_of_a_privileged_one"
            ),
        ]


class PartnerComment(Comment):
    """Read by whoever holds a share of the subject. Who wrote it, as a person, stands in `CommentAuthor`."""

    said_by = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="The owner of the subject, or a partner; none: a guest.",
    )  # fmt: skip
    right = models.ForeignKey(
        JointRight, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+",
        help_text="By which a partner or a guest said it; none: the owner's people.",
    )  # fmt: skip
    stay = models.ForeignKey(
        CoalitionMember, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    guest = models.ForeignKey(Guest, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = PartnerCommentQuerySet.as_manager()

    class Meta(Comment.Meta):
        constraints: ClassVar[list[Any]] = [
            *Comment.Meta.constraints,
            models.CheckConstraint(
                condition=Q(right__isnull=False) | Q(stay=None, guest=None), name="partner_comment_by_a_right"
            ),
        ]


class PublicComment(Comment):
    """The organisation's own word to everybody; the person is named in its audit and nowhere else."""

    objects = PublicCommentQuerySet.as_manager()


class CommentAuthorQuerySet(models.QuerySet["CommentAuthor"]):
    def visible_to(self, viewer: Viewer) -> Self:
        own = Q(person=viewer.id) if viewer.kind == "person" else Q(pk=None)
        return self.filter(own | Q(organisation_id__in=viewer.organisations))


class CommentAuthor(models.Model):
    """Who said it among partners: read by the people of the author's own organisation, not by the subject's owner."""

    thread = models.CharField(max_length=12, primary_key=True)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    objects = CommentAuthorQuerySet.as_manager()

    def __str__(self) -> str:
        return self.thread
