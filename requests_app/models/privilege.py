"""Privilege is not a level: who reads a privileged item is named one by one, and no share reaches it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from . import ids
from .people import Membership, Organisation, Person
from .shares import Guest
from .visibility import OwnQuerySet, Viewer


class PrivilegedCircle(models.Model):
    """Counsel, or a common-interest group with the day on which that was agreed."""

    class Kind(models.TextChoices):
        COUNSEL = "counsel", _("Counsel")
        COMMON_INTEREST = "common_interest", _("Common interest")

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    name = models.CharField(max_length=120)
    agreed_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "organisation"], name="circle_and_owner"),
            models.UniqueConstraint(fields=["organisation", "name"], name="one_circle_a_name"),
            models.CheckConstraint(
                condition=Q(kind__in=["counsel", "common_interest"]), name="circle_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="counsel") | Q(agreed_on__isnull=False), name="common_interest_is_recorded"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CircleMemberQuerySet(OwnQuerySet):
    def of_person(self, person_id: int) -> Self:
        """Named now: a member as long as they are one, a guest by an address they have confirmed."""
        here = Membership.objects.filter(
            organisation=OuterRef("organisation_id"), person=person_id, ended_at=None
        )
        return self.filter(
            Q(Exists(here), person=person_id) | Q(guest__in=Guest.objects.of_person(person_id)), ended_at=None
        )

    def visible_to(self, viewer: Viewer) -> Self:
        found = Q(organisation_id__in=viewer.organisations)
        if viewer.kind == "person":
            found |= Q(guest__in=Guest.objects.of_person(viewer.id))
        return self.filter(found)


def privileged_to(viewer: Viewer, author: str, to: str = "") -> Q:
    """Which privileged rows the viewer reads: owners, `author` (a column) in person as long as they are a member, and
    who is named in the row's circle. No program, whoever it acts for. `to` leads from the row to the privileged one."""
    found = Q(**{f"{to}organisation_id__in": viewer.owned})
    if viewer.kind == "person":
        named = CircleMember.objects.of_person(viewer.id)
        found |= Q(**{f"{to}organisation_id__in": viewer.organisations, f"{to}{author}": viewer.id})
        found |= Q(**{f"{to}circle__in": named.values("circle")})
    return found


class CircleMember(models.Model):
    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    circle = models.ForeignKey(
        PrivilegedCircle, on_delete=models.DO_NOTHING, db_constraint=False, related_name="members"
    )
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    guest = models.ForeignKey(
        Guest, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    named_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CircleMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, guest=None) | Q(person=None, guest__isnull=False),
                name="circle_member_is_somebody",
            ),
            models.UniqueConstraint(
                fields=["organisation", "circle", "person", "guest"], condition=Q(ended_at=None),
                nulls_distinct=False, name="named_once_in_a_circle",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"circle member {self.public_id}"
