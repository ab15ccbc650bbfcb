"""Imported request logs: the file as it came, each row with what became of it, and the way back."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from . import ids
from .ids import public_id
from .people import Organisation, Person
from .requests import RecordsRequest
from .visibility import OwnQuerySet


class StoredFile(models.Model):
    """Level everything. The bytes live outside the web root under a random name and never change."""

    name = models.CharField(max_length=40, unique=True, help_text="Random; says nothing.")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    original_name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    stored_at = models.DateTimeField(db_default=Now())

    objects = OwnQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "sha256"], name="file_by_hash")]

    def __str__(self) -> str:
        return self.original_name


class ImportBatch(models.Model):
    class State(models.TextChoices):
        UPLOADED = "uploaded"
        CHECKING = "checking"
        CHECKED = "checked"
        APPLYING = "applying"
        APPLIED = "applied"
        UNDONE = "undone"
        FAILED = "failed"

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="imports")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=80, help_text="Name of the log: external numbers are unique in it.")
    columns = models.JSONField(
        default=list, help_text="Headings as read, in order, each with what its cells look like."
    )
    reading = models.JSONField(
        default=dict,
        help_text="How the bytes are read: form, encoding, delimiter, sheet, line of the headings.",
    )
    mapping = models.JSONField(default=dict, help_text="Our field to their heading, with fixed values.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    problem = models.CharField(max_length=500, blank=True)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    once = models.CharField(
        max_length=64,
        default=ids.public_id,
        help_text="Key of the act: the same upload sent twice is one batch.",
    )
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    acting = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+",
        help_text="Who pressed the last button: the worker acts as this person, or not at all.",
    )  # fmt: skip
    created_at = models.DateTimeField(db_default=Now())
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "once"], name="one_import_an_act")]
        indexes = [
            models.Index(
                fields=["organisation"],
                condition=models.Q(state__in=["checking", "applying"]),
                name="import_to_do",
            )
        ]

    def __str__(self) -> str:
        return self.source


class ImportRow(models.Model):
    class Verdict(models.TextChoices):
        NEW = "new"
        KNOWN = "known"
        WARNED = "warned"
        REFUSED = "refused"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    line = models.PositiveIntegerField()
    cells = models.JSONField(help_text="Their heading to the cell as read.")
    number = models.CharField(max_length=120, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)
    problems = models.JSONField(default=list, help_text="[{field, sentence}]")
    request = models.ForeignKey(
        RecordsRequest, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="one_row_a_line")]
        indexes = [models.Index(fields=["batch", "verdict", "line"], name="import_row_verdict")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.line}"


class ExternalNumber(models.Model):
    """Number of a request in somebody's log: the second import of the same row finds the first."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=80)
    number = models.CharField(max_length=120)
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="external_numbers")
    batch = models.ForeignKey(ImportBatch, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "source", "number"], name="one_request_a_number")
        ]

    def __str__(self) -> str:
        return self.number
