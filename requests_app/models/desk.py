"""Saved views of the list, and what was done to many requests at once. All of it is the organization's own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from . import ids
from .people import Organisation, Person
from .requests import RecordsRequest
from .visibility import OwnQuerySet, Viewer


class SavedViewQuerySet(OwnQuerySet):
    def visible_to(self, viewer: Viewer) -> SavedViewQuerySet:
        """The shared ones of one's organizations, and one's own. A token has no views of a person's own."""
        mine = Q(person=viewer.id) if viewer.kind == "person" else Q(pk=None)
        return super().visible_to(viewer).filter(Q(shared=True) | mine)


class SavedView(models.Model):
    """A narrowing of the list under a name: filters, order and columns as they stand in the address."""

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000, blank=True)
    shared = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False, help_text="What the list opens with for this person.")
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("organisation", "person", Lower("name"), name="one_view_a_name"),
            models.UniqueConstraint(
                fields=["organisation", "person"], condition=Q(is_default=True), name="one_default_view"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BulkAct(models.Model):
    """One act on many requests. `query`: the filter that chose them, where nobody chose row by row."""

    class Kind(models.TextChoices):
        ASSIGN = "assign"
        TAG = "tag"
        CAMPAIGN = "campaign"
        HOLD = "hold"
        CLOSE = "close"

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    value = models.JSONField(default=dict, help_text="Ids of what was set; never titles.")
    query = models.CharField(max_length=1000, blank=True)
    once = models.CharField(max_length=64)
    done = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    acted_at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "once"], name="one_bulk_an_act")]

    def __str__(self) -> str:
        return f"{self.kind} on {self.done}"


class BulkItem(models.Model):
    """One request of an act. `before` is what undoing puts back; `after` is what must still stand for that."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    act = models.ForeignKey(BulkAct, on_delete=models.CASCADE, related_name="items")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    skipped = models.CharField(max_length=300, blank=True, help_text="Why nothing was done here.")
    left = models.CharField(max_length=300, blank=True, help_text="Why undoing left it as it is.")

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "act", "request"], name="one_item_a_request")
        ]

    def __str__(self) -> str:
        return f"{self.act_id}: {self.request_id}"
