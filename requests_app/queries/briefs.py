"""What a city or county can be told of its police and of the fusion centers around it, and how each thing is known.

That a center's area takes in a place is what its listing says. It is not said to hold data of the place's police: that
stands only where a source says so.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Q

from requests_app.kits.centers import RECOMMENDATIONS
from requests_app.models import Agency, AgencyKind
from requests_app.models.visibility import PUBLIC

from . import centers
from .groups import group_of
from .requests import standing_halves

LOCAL = (
    AgencyKind.CITY_POLICE, AgencyKind.COUNTY_SHERIFF, AgencyKind.CITY_AGENCY, AgencyKind.COUNTY_AGENCY,
    AgencyKind.UNIVERSITY, AgencyKind.TRIBAL, AgencyKind.OTHER,
)  # fmt: skip
PASSES_ON = ("vendors", "memoranda", "driver_databases", "federal_databases", "pass_through", "plate_opt_out")
MOST_AGENCIES = 200
CLOSED = ("yes",)


class Known(StrEnum):
    """How it is known that a center covers a place: its area is the state, or names the place, or says neither."""

    STATE = "state"
    NAMED = "named"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Near:
    center: centers.Center
    known: Known


@dataclass(frozen=True, slots=True)
class Police:
    """An agency of the place, with the public requests to it by where they stand."""

    agency: Agency
    counts: Mapping[str, int]

    @property
    def requests(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Open:
    """A recommendation that is not told to be followed, with the centers where it is open."""

    topic: str
    cells: tuple[tuple[centers.Center, centers.Cell], ...]


@dataclass(frozen=True, slots=True)
class Brief:
    police: tuple[Police, ...]
    near: tuple[Near, ...]
    passes_on: tuple[tuple[centers.Center, centers.Told], ...]
    open: tuple[Open, ...]

    @property
    def covering(self) -> list[centers.Center]:
        return [one.center for one in self.near if one.known != Known.UNSAID]


def brief(jurisdiction: str, *, city: str = "", county: str = "", now: dt.datetime) -> Brief | None:
    """None where no agency of that place is known. Eight queries at most."""
    agencies = _agencies(jurisdiction, city, county)
    near = _near(jurisdiction, agencies, city, county)
    if not agencies and not any(one.known == Known.NAMED for one in near):
        return None
    covering = [one.center for one in near if one.known != Known.UNSAID]
    told = [(center, one) for center in covering for topic in PASSES_ON for one in center.told.get(topic, ())]
    found = []
    for topic in RECOMMENDATIONS:
        cells = [(center, cell) for center in covering if (cell := center.cell(topic)).state not in CLOSED]
        if cells:
            found.append(Open(topic, tuple(cells)))
    return Brief(_asked(agencies, now), tuple(near), tuple(told), tuple(found))


def _agencies(jurisdiction: str, city: str, county: str) -> list[Agency]:
    rows = Agency.objects.real().surviving().filter(jurisdiction=jurisdiction, kind__in=LOCAL).order_by("name", "pk")
    if city:
        rows = rows.filter(Q(city__iexact=city) | Q(city="", name__istartswith=f"{city} "))
        return list(rows[:MOST_AGENCIES])
    wanted = plain(county)
    return [row for row in rows.filter(county__icontains=wanted) if wanted in _counties(row)][:MOST_AGENCIES]


def _counties(agency: Agency) -> set[str]:
    return {plain(one) for one in agency.county.split(";")}


def plain(county: str) -> str:
    """Cook, for Cook County."""
    return re.sub(r"\s+(county|parish)$", "", county.strip().casefold())


def _near(jurisdiction: str, agencies: Sequence[Agency], city: str, county: str) -> list[Near]:
    names = {city.casefold(), plain(county)} - {""}
    for one in agencies:
        names |= _counties(one) - {""}
    there = centers.all_centers(jurisdiction=jurisdiction)
    found = [Near(center, _known(center.agency, names)) for center in there]
    return sorted(found, key=lambda one: list(Known).index(one.known))


def _known(center: Agency, names: set[str]) -> Known:
    if center.area.casefold() == "statewide":
        return Known.STATE
    area = _words(center.area)
    return Known.NAMED if any(_words(name) in area for name in names) else Known.UNSAID


def _words(said: str) -> str:
    return f" {re.sub(r'[^a-z0-9]+', ' ', said.casefold()).strip()} "


def _asked(agencies: Sequence[Agency], now: dt.datetime) -> tuple[Police, ...]:
    counts: dict[int, dict[str, int]] = {}
    ids = [one.pk for one in agencies]
    survivor = dict(Agency.objects.filter(merged_into__in=ids).values_list("pk", "merged_into_id"))
    for half in standing_halves(PUBLIC, now=now):
        rows = half.filter(agency__in=[*ids, *survivor]).order_by().annotate(standing=group_of())
        for agency_id, group, n in rows.values_list("agency_id", "standing").annotate(n=Count("pk")):
            mine = counts.setdefault(survivor.get(agency_id) or agency_id, {})
            mine[group] = mine.get(group, 0) + n
    found = [Police(one, counts.get(one.pk, {})) for one in agencies]
    return tuple(sorted(found, key=lambda one: -one.requests))
