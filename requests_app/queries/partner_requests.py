"""Requests of partners to the same offices with the same kit, as far as they are shared with the viewer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from requests_app.models import Campaign, CoalitionMember, OrganisationKit, RecordsRequest
from requests_app.models.visibility import Viewer

from .own_kits import OWN

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A partner's request. who: as partners are called in the coalition."""

    public_id: str
    who: str
    filed_on: dt.date


def partner_names(viewer: Viewer, organisation_id: int) -> dict[int, str]:
    """Partners that this organization is in a coalition with now, by the names they bear there."""
    here = CoalitionMember.objects.live().filter(coalition=OuterRef("coalition_id"), organisation=organisation_id)
    rows = CoalitionMember.objects.live().visible_to(viewer).filter(Exists(here))
    found = rows.exclude(organisation__in=viewer.organisations).order_by("-pk")
    return dict(found.values_list("organisation_id", "shown_as"))


def kit_keys(viewer: Viewer, refs: Collection[str]) -> dict[str, str]:
    """A kit of one's own that began as a shipped one is the same question."""
    pids = [ref.removeprefix(OWN) for ref in refs if ref.startswith(OWN)]
    began = {}
    if pids:
        rows = OrganisationKit.objects.visible_to(viewer).filter(public_id__in=pids).exclude(copied_from="")
        began = {f"{OWN}{pid}": kit for pid, kit in rows.values_list("public_id", "copied_from")}
    return {ref: began.get(ref, ref) for ref in refs if ref}


def asked_by_partners(
    viewer: Viewer, organisation_id: int, pairs: Collection[tuple[int, str]]
) -> dict[tuple[int, str], list[Asked]]:
    """By agency and kit, the newest first. At most three queries, whatever the data."""
    keys = kit_keys(viewer, {kit for _agency, kit in pairs})
    names = partner_names(viewer, organisation_id) if keys else {}
    if not names:
        return {}
    campaigns = Campaign.objects.visible_to(viewer).filter(kit__in=set(keys.values()), organisation__in=names)
    rows = (
        RecordsRequest.objects.visible_to(viewer)
        .filter(campaign__in=campaigns, agency__in={agency for agency, _kit in pairs}, organisation__in=names)
        .order_by("-filed_on", "pk")
        .values_list("agency_id", "campaign__kit", "public_id", "organisation_id", "filed_on")
    )
    by_key: dict[tuple[int, str], list[Asked]] = {}
    for agency, kit, pid, organisation, on in rows:
        by_key.setdefault((agency, kit), []).append(Asked(pid, names[organisation], on))
    return {
        (agency, kit): by_key[agency, keys[kit]][:SHOWN]
        for agency, kit in pairs
        if kit and (agency, keys[kit]) in by_key
    }
