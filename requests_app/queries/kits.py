"""Which kit a request was made from."""

from __future__ import annotations

from django.db.models import CharField, Value
from django.db.models.functions import Coalesce, NullIf


def kit_of(prefix: str = "") -> Coalesce:
    """The ask's kit, else the campaign's; empty for a request made without one. `prefix` leads to the request."""
    return Coalesce(
        NullIf(f"{prefix}ask__kit", Value("")), f"{prefix}campaign__kit", Value(""), output_field=CharField()
    )
