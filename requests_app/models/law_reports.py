"""What readers say is wrong with a law of ours. Anybody may add one; only operators read them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now


class LawReport(models.Model):
    """`reference` is what the reporter keeps. `email` is for a question back, and goes when the report is settled."""

    reference = models.CharField(max_length=12, unique=True)
    once = models.CharField(
        max_length=64, unique=True, help_text="One act of a form, however often it is sent."
    )
    law_ref = models.CharField(max_length=80, help_text="The text and reading that was on the page.")
    clock = models.CharField(max_length=80, blank=True, help_text="The rule it is about; empty: the page.")
    problem = models.CharField(max_length=4000)
    source_url = models.CharField(max_length=1000, blank=True)
    email = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=1000, blank=True, help_text="What came of it.")

    objects: models.Manager[Any] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["settled_at", "created_at"], name="law_report_open")]

    def __str__(self) -> str:
        return self.reference
