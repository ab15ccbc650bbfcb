"""The banner of a legal hold, on each page of a request. For members alone: it stands where their pages are named.
A page that knows that there is none says `is_held` False."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from requests_app.queries.preservation import hold_on_page

register = template.Library()


@register.inclusion_tag("partials/hold_banner.html", takes_context=True)
def hold_banner(context: Mapping[str, Any], pid: str) -> dict[str, Any]:
    viewer = context.get("viewer")
    if viewer is None or not viewer.roles or context.get("is_held") is False:
        hold = None
    else:
        hold = hold_on_page(viewer, pid)
    return {"hold": hold, "pid": pid, "today": context.get("today")}
