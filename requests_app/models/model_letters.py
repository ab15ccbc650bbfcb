"""Letters that an organization offers to partners as models, and the copies that others made of them for themselves.

An offer is a text of its own: it names no letter and no request, and what becomes of those does not reach it.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from . import ids
from .coalitions import Coalition, CoalitionMember, Tier
from .ids import public_id
from .letters import LetterKind
from .people import Organisation, Person
from .visibility import OwnQuerySet, Viewer


class ModelLetterQuerySet(models.QuerySet["ModelLetter"]):
    def live(self) -> Self:
        return self.filter(withdrawn_at=None, stay__left_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, and those that partners offer to a tier of the viewer's now."""
        here = CoalitionMember.objects.live().filter(
            coalition=OuterRef("coalition_id"),
            organisation_id__in=viewer.organisations,
            tier__gte=OuterRef("tier"),
        )
        return self.filter(
            Q(organisation_id__in=viewer.organisations)
            | Q(Exists(here), withdrawn_at=None, stay__left_at=None)
        )


class ModelLetter(models.Model):
    """Never changed: another text is another offer."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    coalition = models.ForeignKey(Coalition, on_delete=models.CASCADE, related_name="+")
    stay = models.ForeignKey(CoalitionMember, on_delete=models.CASCADE, related_name="models_offered")
    tier = models.PositiveSmallIntegerField(
        choices=Tier.choices, help_text="This tier and those above read it."
    )
    kind = models.CharField(max_length=12, choices=LetterKind.choices)
    law_id = models.CharField(max_length=40, blank=True, help_text="The law it was written under.")
    kit = models.CharField(max_length=80, blank=True, help_text="The built-in kit it was written by.")
    title = models.CharField(max_length=120)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    offered_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    once = models.CharField(max_length=64, default=ids.public_id)

    objects = ModelLetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_model_an_act"),
            models.CheckConstraint(condition=Q(tier__gte=1, tier__lte=3), name="model_for_a_tier"),
        ]
        indexes = [
            models.Index(
                fields=["coalition", "-offered_at", "id"],
                condition=Q(withdrawn_at=None),
                name="models_offered",
            ),
            models.Index(fields=["stay"], condition=Q(withdrawn_at=None), name="models_of_a_stay"),
        ]

    def __str__(self) -> str:
        return f"model {self.public_id}"


class OwnModel(models.Model):
    """A copy of one's own of what a partner offered. It stays when the offer, the stay or the coalition ends."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    copied_from = models.CharField(max_length=12, help_text="Public id of the offer.")
    by_partner = models.CharField(
        max_length=120, help_text="Who offered it, as partners read the name that day."
    )
    kind = models.CharField(max_length=12, choices=LetterKind.choices)
    law_id = models.CharField(max_length=40, blank=True)
    kit = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=120)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    copied_at = models.DateTimeField(db_default=Now())
    copied_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "copied_from"], name="one_copy_a_model"),
        ]
        indexes = [models.Index(fields=["organisation", "-copied_at", "id"], name="own_models_newest")]

    def __str__(self) -> str:
        return f"model of our own {self.public_id}"
