"""The hold on sending: laid by a restore, released by an operator who knows what went out meanwhile."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from requests_app.models import Person, SendingHold


def release_sending(*, actor: Person | None = None) -> list[str]:
    """Releases every standing hold; returns the reason of each. actor: None is an operator at the machine itself."""
    with transaction.atomic():
        standing = SendingHold.objects.select_for_update().filter(released_at=None)
        reasons = list(standing.order_by("since").values_list("reason", flat=True))
        standing.update(released_at=Now(), released_by=actor)
    return reasons
