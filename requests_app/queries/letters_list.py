"""Letters as lists show them, with how far the queued ones have come."""

from __future__ import annotations

from django.db.models import F, QuerySet

from requests_app.models import Letter, RecordsRequest
from requests_app.models.visibility import Viewer


def rows(viewer: Viewer) -> QuerySet[Letter]:
    return (
        Letter.objects.visible_to(viewer)
        .select_related("agency", "edited_by")
        .annotate(sending_state=F("sending__state"))
        .defer("body")
    )


def page(
    viewer: Viewer, *, stage: str = "", kind: str = "", first: int, most: int
) -> tuple[list[Letter], int]:
    found = narrowed(rows(viewer), stage)
    if kind:
        found = found.filter(kind=kind)
    total = found.count()
    return list(found.order_by("-created_at", "-pk")[first : first + most]), total


def narrowed(found: QuerySet[Letter], stage: str) -> QuerySet[Letter]:
    """By stage. What was thrown away is listed only where it is asked for."""
    if stage == "failed":
        return found.filter(state=Letter.State.QUEUED, sending__state__in=["failed", "skipped", "unknown"])
    if stage == "queued":
        return found.filter(state=Letter.State.QUEUED).exclude(
            sending__state__in=["failed", "skipped", "unknown"]
        )
    return found.filter(state=stage) if stage else found.exclude(state=Letter.State.DISCARDED)


def of_request(viewer: Viewer, request: RecordsRequest) -> list[Letter]:
    return list(rows(viewer).filter(request=request).order_by("-created_at", "-pk"))
