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
