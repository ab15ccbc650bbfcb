"""An organization's own request kits. A version that was ready never changes: what was sent by it stays as it was."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from . import ids
from .ids import public_id
from .people import Organisation, Person
from .visibility import OwnQuerySet


class OrganisationKit(models.Model):
    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="kits")
    name = models.CharField(max_length=200)
    copied_from = models.CharField(max_length=80, blank=True, help_text="The built-in kit it began as.")
    by_partner = models.CharField(
        max_length=120, blank=True, help_text="Who offered it, as partners read the name that day."
    )
    offer = models.CharField(max_length=12, blank=True, help_text="Public id of the offer it was copied from.")
    retired = models.BooleanField(default=False, help_text="No longer offered; what was sent by it stays.")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    once = models.CharField(max_length=64, default=ids.public_id)

    objects = OwnQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_kit_an_act"),
            models.UniqueConstraint(fields=["id", "organisation"], name="kit_and_owner"),
            models.UniqueConstraint(
                fields=["organisation", "offer"], condition=~Q(offer=""), name="one_copy_a_kit_offer"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationKitVersion(models.Model):
    """Letters are written from the newest ready one. A draft is the one version that may still be changed."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        READY = "ready", _("Ready")

    kit = models.ForeignKey(OrganisationKit, on_delete=models.CASCADE, related_name="versions")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)
    text = models.TextField(help_text="The kit as YAML, in the form of the built-in ones.")
    saves = models.PositiveIntegerField(default=1, help_text="Raised by each save of a draft.")
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kit", "number"], name="one_row_a_kit_version"),
            models.UniqueConstraint(fields=["kit"], condition=Q(state="draft"), name="one_draft_a_kit"),
        ]

    def __str__(self) -> str:
        return f"{self.kit_id}.{self.number}"
