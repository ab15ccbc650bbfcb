"""Values of an organization's own columns: no route of their own; both walls show the same rows."""

from __future__ import annotations

import random

from requests_app.models import CustomField, CustomValue, Event, RecordsRequest

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {}
TABLES = (CustomValue,)


def fill(dice: random.Random, request: RecordsRequest, event: Event) -> None:
    field, _made = CustomField.objects.get_or_create(organisation=request.organisation, name="Box")
    if dice.random() < 0.7:
        CustomValue.objects.create(request=request, organisation=request.organisation, field=field, text="7")
