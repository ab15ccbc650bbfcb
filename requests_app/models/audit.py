"""What was done to rows that decide who sees what, and every removal. Append-only by grant."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from .people import Organisation, Person
from .visibility import OwnQuerySet


class AuditEntry(models.Model):
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    act = models.CharField(max_length=60, help_text="share.granted, import.undone, sample.removed …")
    subject = models.CharField(max_length=80, help_text="Kind and public id, never a title.")
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["organisation", "-at"], name="audit_newest")]

    def __str__(self) -> str:
        return self.act


class AuditSeal(models.Model):
    """A link of an organization's chain: its hash covers the one before and the lines it seals."""

    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="1, 2, 3 … in its chain; none is left out.")
    sealed_at = models.DateTimeField()
    entries = models.PositiveIntegerField(help_text="How many lines it covers.")
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"], nulls_distinct=False, name="one_seal_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"seal {self.number}"


class SealedEntry(models.Model):
    """A line's place under a seal and its digest; it stays when the line itself is let go."""

    entry_id = models.BigIntegerField(primary_key=True)
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    seal = models.ForeignKey(AuditSeal, on_delete=models.PROTECT, related_name="covers")
    digest = models.BinaryField(max_length=32)

    objects = OwnQuerySet.as_manager()

    def __str__(self) -> str:
        return f"entry {self.entry_id}"


class UnsealedEntry(models.Model):
    """A line that waits for its seal. Written by a trigger with the line, so it is seen when the line is."""

    entry_id = models.BigIntegerField(primary_key=True)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")

    objects = OwnQuerySet.as_manager()

    def __str__(self) -> str:
        return f"entry {self.entry_id}"
