"""Statements of agencies for whoever takes them: drafts, what is public, what was taken back."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from requests_app.models import AgencyStatement
from requests_app.models.visibility import Viewer

PAGE = 50


def own(viewer: Viewer, organisation_id: int | None, *, site: bool) -> QuerySet[Any]:
    """Of the organization somebody works in, and, to staff, of the site."""
    homes = [Q(organisation=organisation_id)] if organisation_id else []
    homes += [Q(organisation=None)] if site else []
    rows = AgencyStatement.objects.visible_to(viewer).select_related("agency")
    return rows.filter(reduce(or_, homes)).order_by("-created_at", "-pk") if homes else rows.none()
