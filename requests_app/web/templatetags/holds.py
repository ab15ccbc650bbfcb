"""The banner of a legal hold, on each page of a request. For members alone: it stands where their pages are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from requests_app.queries.preservation import hold_on_page

register = template.Library()


@register.inclusion_tag("partials/hold_banner.html", takes_context=True)
def hold_banner(context: Mapping[str, Any], pid: str) -> dict[str, Any]:
    viewer = context.get("viewer")
    hold = hold_on_page(viewer, pid) if viewer is not None and viewer.roles else None
    return {"hold": hold, "pid": pid, "today": context.get("today")}
