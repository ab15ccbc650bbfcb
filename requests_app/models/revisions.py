"""A newer reading of a law, offered to an organisation: which dates of its open requests it would move."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .ids import public_id
from .ledger import Event
from .people import Organisation, Person
from .requests import RecordsRequest
from .visibility import OwnQuerySet


class RevisionOffer(models.Model):
    """One law's newer publication, offered to one organisation. Nothing moves until an owner says so."""

    class State(models.TextChoices):
        COUNTING = "counting"
        READY = "ready"
        APPLYING = "applying"

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    law_id = models.CharField(max_length=40)
    revision = models.PositiveSmallIntegerField(help_text="The publication of the law that is offered.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.COUNTING)
    total = models.PositiveIntegerField(default=0, help_text="Requests under this law, pinned to an earlier one.")
    counted = models.PositiveIntegerField(default=0)
    counted_to = models.BigIntegerField(default=0, help_text="Id of the last request that was looked at.")
    acting = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+",
        help_text="Who pressed the button: the worker acts as this person, or not at all.",
    )  # fmt: skip
    created_at = models.DateTimeField(db_default=Now())
    ready_at = models.DateTimeField(null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "law_id", "revision"], name="one_offer_a_revision")
        ]

    def __str__(self) -> str:
        return f"{self.law_id} r{self.revision}"


class OfferedMove(models.Model):
    """One open request of which the offered publication would move a date."""

    class Decision(models.TextChoices):
        WAITING = "waiting"
        CHOSEN = "chosen"  # to be applied; a worker is on its way
        APPLIED = "applied"
        DECLINED = "declined"
        REPLACED = "replaced"  # by a later publication
        MOOT = "moot"  # the request changed so that nothing would move

    offer = models.ForeignKey(RevisionOffer, on_delete=models.CASCADE, related_name="moves")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="offered_moves")
    from_revision = models.PositiveSmallIntegerField()
    changes = models.JSONField(help_text="[{key, name, owner, what, old: {…}, new: {…}}], the soonest first.")
    ours = models.BooleanField(help_text="A window of ours is among them.")
    decision = models.CharField(max_length=8, choices=Decision.choices, default=Decision.WAITING)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    event = models.ForeignKey(Event, null=True, on_delete=models.PROTECT, related_name="+")

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "request"], name="one_move_a_request")]
        indexes = [
            models.Index(fields=["offer", "decision", "id"], name="move_of_offer"),
            models.Index(fields=["request"], condition=Q(decision="waiting"), name="move_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.decision}"
