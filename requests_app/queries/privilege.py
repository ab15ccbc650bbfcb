"""Counsel and common-interest groups of an organization, with who is named in each now."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch

from requests_app.models import CircleMember, PrivilegedCircle
from requests_app.models.visibility import Viewer

MOST = 200


def circles(viewer: Viewer, organisation_id: int) -> Any:
    named = CircleMember.objects.visible_to(viewer).filter(ended_at=None).select_related("person", "guest")
    return (
        PrivilegedCircle.objects.visible_to(viewer)
        .filter(organisation=organisation_id)
        .select_related("organisation")
        .prefetch_related(Prefetch("members", named.order_by("pk"), to_attr="named"))
        .order_by("name", "pk")[:MOST]
    )


def circle(viewer: Viewer, organisation_id: int, public_id: str) -> PrivilegedCircle | None:
    return (
        PrivilegedCircle.objects.visible_to(viewer)
        .filter(organisation=organisation_id, public_id=public_id)
        .select_related("organisation")
        .first()
    )
