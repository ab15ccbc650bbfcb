"""Kits that an organization offers to partners. An offer is a text of its own: what becomes of the kit does not reach
it, and a copy is a kit of whoever copied."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from . import ids
from .coalitions import Coalition, CoalitionMember, Tier
from .people import Organisation
from .visibility import Viewer


class KitOfferQuerySet(models.QuerySet["KitOffer"]):
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


class KitOffer(models.Model):
    """Never changed: another text is another offer."""

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    coalition = models.ForeignKey(Coalition, on_delete=models.CASCADE, related_name="+")
    stay = models.ForeignKey(CoalitionMember, on_delete=models.CASCADE, related_name="kits_offered")
    tier = models.PositiveSmallIntegerField(
        choices=Tier.choices, help_text="This tier and those above read it."
    )
    began_from = models.CharField(max_length=80, blank=True, help_text="The built-in kit it began as.")
    title = models.CharField(max_length=120)
    text = models.TextField(help_text="The kit as YAML, without whoever wrote it.")
    offered_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    once = models.CharField(max_length=64, default=ids.public_id)

    objects = KitOfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_kit_offer_an_act"),
            models.CheckConstraint(condition=Q(tier__gte=1, tier__lte=3), name="kit_offer_for_a_tier"),
        ]
        indexes = [
            models.Index(
                fields=["coalition", "-offered_at", "id"],
                condition=Q(withdrawn_at=None),
                name="kits_offered",
            ),
            models.Index(fields=["stay"], condition=Q(withdrawn_at=None), name="kits_of_a_stay"),
        ]

    def __str__(self) -> str:
        return f"kit offer {self.public_id}"
