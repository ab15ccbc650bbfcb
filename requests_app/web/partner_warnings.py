"""What partners have asked already, beside a letter or a request that is about to go out. It warns and never blocks."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.urls import reverse

from requests_app.actions.partner_looks import A_DAY, look
from requests_app.queries.partner_requests import asked_by_partners

from .shell import Looking

Pair = tuple[int, str]


def partner_warnings(request: Looking, organisation_id: int, pairs: Collection[Pair]) -> dict[Pair, dict[str, Any]]:
    """By agency and kit, for whoever may file; empty where there is nothing to say. asked: requests that partners share
    with the viewer; somebody: one of those who agreed has asked, and shares it with nobody here; unchecked: the day's
    looks are used up."""
    if not request.viewer.may_edit(organisation_id):
        return {}
    pairs = {pair for pair in pairs if pair[1]}
    if not pairs:
        return {}
    shared = asked_by_partners(request.viewer, organisation_id, pairs)
    told = look(viewer=request.viewer, organisation_id=organisation_id, pairs=sorted(pairs))
    found = {}
    for pair in pairs:
        asked = [
            {"url": reverse("request", args=[one.public_id]), "who": one.who, "on": one.filed_on}
            for one in shared.get(pair, [])
        ]
        somebody, unchecked = bool(told.get(pair)) and not asked, told.get(pair) is None and not asked
        if asked or somebody or unchecked:
            found[pair] = {"asked": asked, "somebody": somebody, "unchecked": unchecked, "a_day": A_DAY}
    return found
