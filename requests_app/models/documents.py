"""Files that came with an answer, or belong to a letter of ours: stored as they came, handed out as attachments.

The bytes lie outside the web root under a random name (`blob`). A share reaches a file only after an owner released it;
where the whole strategy is shared, it reaches the others, too.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from . import ids
from .ids import public_id
from .ledger import Event
from .people import Organisation, Person
from .requests import EverythingQuerySet, RecordsRequest
from .visibility import ContentQuerySet, Level, Viewer, live_shares


class DocumentQuerySet(ContentQuerySet):
    level = Level.DOCUMENTS

    def for_partners(self) -> Q:
        return Q(released_at__isnull=False, withdrawn_at=None)

    def visible_to(self, viewer: Viewer, at_least: Level | None = None) -> Self:
        rows = Q(pk__in=super().visible_to(viewer, at_least).values("pk"))
        if viewer.kind in ("person", "token"):
            rows |= self._shared(live_shares(viewer, Level.EVERYTHING, public=False)) & Q(withdrawn_at=None)
        return self.filter(rows)


class ProductionQuerySet(ContentQuerySet):
    level = Level.DOCUMENTS


class Document(models.Model):
    """Level documents, once released; before that, ours alone."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="documents")
    event = models.ForeignKey(
        Event, null=True, blank=True, on_delete=models.SET_NULL, related_name="documents",
        help_text="What it came with, or went out with; none: not put anywhere yet.",
    )  # fmt: skip
    title = models.CharField(max_length=200, help_text="The name under which it is shown and handed out.")
    blob = models.CharField(max_length=40, unique=True, help_text="Random; says nothing.")
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField(db_default=Now())
    released_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="Uploaded by mistake.")
    erased_at = models.DateTimeField(null=True, blank=True, help_text="The bytes are gone; the hash stays.")
    once = models.CharField(
        max_length=64, default=ids.public_id, help_text="Key of the act: the same upload sent twice is one."
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_document_an_act"),
            models.UniqueConstraint(fields=["id", "organisation"], name="document_and_owner"),
            models.CheckConstraint(
                condition=Q(released_at=None) | Q(withdrawn_at=None), name="document_released_or_withdrawn"
            ),
        ]
        indexes = [
            models.Index(fields=["request", "event", "id"], name="document_of_request"),
            models.Index(fields=["organisation", "sha256"], name="document_by_hash"),
        ]

    def __str__(self) -> str:
        return self.title


class DocumentPrivate(models.Model):
    """Level everything: names of files tell of people, and who keeps what is ours."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE, primary_key=True, related_name="private")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    original_name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100, blank=True)
    added_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=500, blank=True, help_text="Why it was withdrawn or erased.")

    objects = EverythingQuerySet.as_manager()

    def __str__(self) -> str:
        return self.original_name


class Production(models.Model):
    """Level documents: what the letter with a production says of its size."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="production")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    pages_stated = models.PositiveIntegerField(null=True, blank=True)

    objects = ProductionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.pages_stated or '–'} pages"
