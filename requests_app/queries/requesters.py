"""Requesters of record of an organization."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from requests_app.models import Organisation, RequesterProfile
from requests_app.models.visibility import Viewer


def profiles(viewer: Viewer, organisation: Organisation) -> QuerySet[Any]:
    """Those in use, the default first."""
    return (
        RequesterProfile.objects.visible_to(viewer)
        .filter(organisation=organisation, retired_at=None)
        .select_related("organisation")
        .prefetch_related("proxies")
        .order_by("-is_default", "name", "pk")
    )
