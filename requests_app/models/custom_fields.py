"""Columns of an organization's own log that no field of ours holds: kept as they came. Level everything."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from .people import Organisation
from .requests import EverythingQuerySet, RecordsRequest
from .visibility import OwnQuerySet


class CustomField(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="custom_fields")
    name = models.CharField(max_length=120)

    objects = OwnQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("organisation", Lower("name"), name="one_custom_field_a_name"),
            models.UniqueConstraint(fields=["id", "organisation"], name="custom_field_and_owner"),
        ]

    def __str__(self) -> str:
        return self.name


class CustomValue(models.Model):
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="custom_values")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    field = models.ForeignKey(CustomField, on_delete=models.PROTECT, related_name="values")
    text = models.TextField(help_text="The cell as it was read, or as somebody changed it since.")

    objects = EverythingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "field"], name="one_custom_value_a_field")]

    def __str__(self) -> str:
        return self.text[:80]
