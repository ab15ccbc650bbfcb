"""A campaign's plan as pages read it: its universe, its waves and how far each has come."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, Q, QuerySet, Value, When

from requests_app.models import Agency, Campaign, CampaignAgency, CampaignKit, Letter, Wave
from requests_app.models.letters import STAGES
from requests_app.models.visibility import Viewer


@dataclass(frozen=True, slots=True)
class WaveLine:
    wave: Wave
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values()) - self.counts.get("skipped", 0)


@dataclass(frozen=True, slots=True)
class Plan:
    """agencies: in the universe and not left out; written: of those, with a letter of some kit."""

    campaign: Campaign
    kits: list[CampaignKit]
    waves: list[WaveLine]
    agencies: int
    written: int


def campaign_of(viewer: Viewer, pid: str) -> Campaign | None:
    """A campaign of the viewer's own organizations: whom others' shares show it to plan nothing."""
    rows = Campaign.objects.visible_to(viewer).filter(organisation_id__in=viewer.organisations)
    found: Campaign | None = rows.select_related("organisation").filter(public_id=pid).first()
    return found


def plan(viewer: Viewer, campaign: Campaign) -> Plan:
    universe = CampaignAgency.objects.visible_to(viewer).filter(campaign=campaign, left_out=False)
    letters = Letter.objects.visible_to(viewer).filter(campaign=campaign, kind="request")
    return Plan(
        campaign,
        list(CampaignKit.objects.visible_to(viewer).filter(campaign=campaign)),
        waves_of(viewer, campaign),
        universe.count(),
        universe.filter(agency__in=letters.values("agency")).count(),
    )


def waves_of(viewer: Viewer, campaign: Campaign) -> list[WaveLine]:
    counts = _counts(Letter.objects.visible_to(viewer).filter(wave__campaign=campaign))
    rows = Wave.objects.visible_to(viewer).filter(campaign=campaign).order_by("-number")
    return [WaveLine(wave, dict(counts[wave.pk])) for wave in rows]


def counts_of(viewer: Viewer, wave: Wave) -> dict[str, int]:
    """How many letters of a wave stand where: by stage, the skipped apart."""
    return dict(_counts(Letter.objects.visible_to(viewer).filter(wave=wave))[wave.pk])


def _counts(letters: QuerySet[Letter]) -> dict[int, Counter[str]]:
    rows = letters.values("wave", "state", "sending__state", "skipped").annotate(n=Count("pk")).order_by()
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        stage = row["state"]
        if stage == "queued":
            stage = STAGES.get(row["sending__state"] or "", "queued")
        elif row["skipped"] and stage in ("draft", "stopped"):
            stage = "skipped"
        found[row["wave"]][stage] += row["n"]
    return found


def letters_of(viewer: Viewer, wave: Wave) -> QuerySet[Letter]:
    """Of a wave, in the order of place; those that were refused first."""
    first = Case(When(sending__state__in=["failed", "skipped", "unknown"], then=Value(0)), default=Value(1))
    return (
        Letter.objects.visible_to(viewer)
        .filter(wave=wave)
        .select_related("agency", "custodian", "request", "edited_by")
        .annotate(sending_state=F("sending__state"), outcome=F("sending__outcome"), first=first)
        .order_by("first", "agency__jurisdiction", "agency__name", "pk")
    )


@dataclass(frozen=True, slots=True)
class Member:
    """An agency of a universe, and whether somebody wrote to it."""

    agency: Agency
    left_out: bool
    written: bool


def members(viewer: Viewer, campaign: Campaign, *, first: int, most: int) -> tuple[list[Member], int]:
    rows = (
        CampaignAgency.objects.visible_to(viewer)
        .filter(campaign=campaign)
        .select_related("agency")
        .order_by("left_out", "agency__jurisdiction", "agency__name", "pk")
    )
    shown = list(rows[first : first + most])
    letters = Letter.objects.visible_to(viewer).filter(
        campaign=campaign, agency__in=[one.agency_id for one in shown]
    )
    written = set(letters.values_list("agency_id", flat=True))
    return [Member(one.agency, one.left_out, one.agency_id in written) for one in shown], rows.count()


def choose(
    *, sample: bool, kind: str = "", place: str = "", words: str = "", most: int = 2_000
) -> list[Agency]:
    """Agencies that a filter names. sample: an invented organization asks invented agencies alone."""
    rows = Agency.objects.surviving().filter(is_sample=sample)
    if kind:
        rows = rows.filter(kind=kind)
    if place:
        rows = rows.filter(jurisdiction=place)
    if words:
        rows = rows.matching(words)
    return list(rows.order_by("jurisdiction", "name", "pk")[:most])


def named(lines: list[str]) -> tuple[list[Agency], list[str]]:
    """Agencies by address or exact name, a line each; and the lines that name none, or several."""
    slugs = {agency.slug: agency for agency in Agency.objects.filter(slug__in=lines)}
    by_name: dict[str, list[Agency]] = defaultdict(list)
    rest = [line for line in lines if line not in slugs]
    query = Q(pk=None)
    for line in rest:
        query |= Q(name__iexact=line)
    for agency in Agency.objects.surviving().filter(query):
        by_name[agency.name.casefold()].append(agency)
    found, lost = list(slugs.values()), []
    for line in rest:
        hits = by_name[line.casefold()]
        if len(hits) == 1:
            found.append(hits[0])
        else:
            lost.append(line)
    return found, lost


def days_by_zone(zones: set[str], now: dt.datetime) -> dict[str, dt.date]:
    return {zone: now.astimezone(ZoneInfo(zone)).date() for zone in zones}
