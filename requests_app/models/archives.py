"""Full exports of an organization: asked for by an owner, made by the worker step by step, gone after a week."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from . import ids
from .ids import public_id
from .people import Organisation, Person
from .visibility import OwnQuerySet, Viewer


class ArchiveQuerySet(OwnQuerySet):
    def owned_by(self, viewer: Viewer) -> ArchiveQuerySet:
        return self.filter(organisation_id__in=viewer.owned)


class Archive(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        FAILED = "failed"
        GONE = "gone"

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    ready_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    blob = models.CharField(max_length=40, blank=True)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    once = models.CharField(max_length=64, default=ids.public_id, help_text="The same form sent twice asks once.")

    objects = ArchiveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_archive_an_act"),
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(blob="") & Q(ready_at__isnull=False)), name="archive_ready_is_there"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-asked_at"], name="archive_newest"),
            models.Index(fields=["organisation"], condition=Q(state="waiting"), name="archive_to_do"),
        ]

    def __str__(self) -> str:
        return self.public_id
