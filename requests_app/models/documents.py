"""Files that came with an answer, or belong to a letter of ours: stored as they came, handed out as attachments.

The bytes lie outside the web root under a random name (`blob`). A share reaches a file only after an owner released it;
where the whole strategy is shared, it reaches the others, too.
"""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from . import ids
from .ids import public_id
from .ledger import Event
from .people import Organisation, Person
from .privilege import PrivilegedCircle, privileged_to
from .requests import EverythingQuerySet, RecordsRequest
from .visibility import ContentQuerySet, Level, Reach, Viewer, live_shares


class DocumentQuerySet(ContentQuerySet):
    level = Level.DOCUMENTS

    def for_partners(self) -> Q:
        return Q(released_at__isnull=False, withdrawn_at=None)

    def visible_to(self, viewer: Viewer, at_least: Level | None = None) -> Self:
        rows = Q(pk__in=super().visible_to(viewer, at_least).values("pk"))
        if viewer.kind in ("person", "token", "as-if"):
            shares = live_shares(viewer, Level.EVERYTHING, public=False)
            # As a set of its own: a join to requests would hide what is privileged from who is named and shown none.
            everything = self.filter(self._shared(shares), withdrawn_at=None)
            rows |= Q(pk__in=everything.values("pk"))
        return self.filter(rows & Q(privileged=False) | _privileged(viewer))

    def reached_by(self, shares: models.QuerySet[Any]) -> Self:
        return super().reached_by(shares).filter(privileged=False)

    def within(self, reach: Reach) -> Self:
        # Who reads what is privileged is asked of a viewer, not of grants.
        return super().within(reach).filter(privileged=False)

    def of_organisation(self, viewer: Viewer) -> Self:
        return super().of_organisation(viewer).filter(Q(privileged=False) | _privileged(viewer))

    def editable_by(self, viewer: Viewer) -> Self:
        return super().editable_by(viewer).filter(Q(privileged=False) | _privileged(viewer))


def _privileged(viewer: Viewer) -> Q:
    """What was withdrawn is its own people's alone, as with everything else."""
    here = Q(withdrawn_at=None) | Q(organisation_id__in=viewer.organisations)
    return Q(privileged=True) & here & privileged_to(viewer, "privileged_by")


class DocumentPrivateQuerySet(EverythingQuerySet):
    def visible_to(self, viewer: Viewer, at_least: Level | None = None) -> Self:
        """With its document, and never without."""
        rows = super().visible_to(viewer, at_least)
        return rows.filter(document__in=Document.objects.visible_to(viewer))

    def within(self, reach: Reach) -> Self:
        return super().within(reach).filter(document__privileged=False)


class ProductionQuerySet(ContentQuerySet):
    level = Level.DOCUMENTS


class Document(models.Model):
    """Level documents, once released; before that, ours alone; a privileged one not even all of ours to read."""

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
    privileged = models.BooleanField(db_default=False, default=False)
    privileged_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="Who marked it: reads it beside owners.",
    )  # fmt: skip
    circle = models.ForeignKey(
        PrivilegedCircle, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+",
        help_text="Who else reads it.",
    )  # fmt: skip

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_document_an_act"),
            models.UniqueConstraint(fields=["id", "organisation"], name="document_and_owner"),
            models.CheckConstraint(
                condition=Q(released_at=None) | Q(withdrawn_at=None), name="document_released_or_withdrawn"
            ),
            models.CheckConstraint(
                condition=Q(released_at=None) | Q(privileged=False), name="privileged_document_is_not_released"
            ),
            models.CheckConstraint(
                condition=Q(circle=None, privileged_by=None) | Q(privileged=True),
                name="circle_of_a_privileged_document",
            ),
        ]
        indexes = [
            models.Index(fields=["request", "event", "id"], name="document_of_request"),
            models.Index(fields=["organisation", "sha256"], name="document_by_hash"),
            models.Index(
                fields=["-released_at", "-id"], condition=Q(released_at__isnull=False), name="document_newest_out"
            ),
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
    handed_in_by = models.CharField(
        max_length=254, blank=True, help_text="“a partner” or “a guest” that proposed it."
    )
    received_on = models.DateField(null=True, blank=True, help_text="As whoever handed it in says.")

    objects = DocumentPrivateQuerySet.as_manager()

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
