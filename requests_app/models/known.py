"""What the staff of an installation may know of rows whose words are not theirs: that they are there."""

from __future__ import annotations

from django.db import models


class KnownOrganisation(models.Model):
    """A view: an organization without its name."""

    public_id = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    is_sample = models.BooleanField()
    requires_second_factor = models.BooleanField()
    members = models.BigIntegerField()

    class Meta:
        managed = False
        verbose_name = "organization"

    def __str__(self) -> str:
        return self.public_id


class KnownLawReport(models.Model):
    """A view: a report of an error in a law, without its words and its author."""

    reference = models.CharField(max_length=12)
    law_ref = models.CharField(max_length=80)
    clock = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        verbose_name = "law report"

    def __str__(self) -> str:
        return self.reference
