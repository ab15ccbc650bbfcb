"""The same part at other agencies: who released what this one withheld, and on which grounds others withheld it."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from requests_app.clock.course import outcome_of
from requests_app.clock.ledger import read
from requests_app.models import Event, Part, RecordsRequest, Withholding
from requests_app.models.visibility import Viewer

from .kits import kit_of
from .ledger import EVENT_COLUMNS, ledger_of_rows

GROUPS: Mapping[str, tuple[str, ...]] = {
    "released": ("produced",),
    "part": ("produced_in_part", "denied_in_part"),
    "granted": ("granted", "directed_to_web"),
    "withheld": ("denied",),
    "neither": ("neither_confirms_nor_denies",),
    "none": ("no_records", "not_found_as_described"),
    "destroyed": ("destroyed",),
    "elsewhere": ("not_ours", "not_a_public_body", "not_subject"),
    "withdrawn": ("withdrawn",),
    "open": ("",),
}
"""Outcomes kept apart; each request stands in exactly one group."""
OF = {outcome: group for group, outcomes in GROUPS.items() for outcome in outcomes}
REFUSED = ("withheld", "part", "neither", "none", "destroyed", "elsewhere")
KINDS_READ = (
    "sent", "bounced", "transferred", "determined", "produced", "ruling_issued", "records_destroyed", "remanded",
    "appeal_filed", "appeal_decided", "review_filed", "review_decided", "sued", "suit_decided", "withdrawn", "closed",
    "retracted",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SamePart:
    """Which requests are compared: of one organization, with this part, made from one kit or in one campaign."""

    organisation: int
    part: str
    kit: str = ""
    campaign: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """How one agency dealt with the part. sections: what it asserted for it, where it withheld."""

    request: Any
    title: str
    outcome: str
    group: str
    sections: tuple[str, ...]


def same_part(records_request: RecordsRequest, part: str) -> SamePart | None:
    """None where nothing tells which other requests ask the same: no kit, no campaign."""
    kit = RecordsRequest.objects.filter(pk=records_request.pk).values_list(kit_of(), flat=True).first() or ""
    if not kit and records_request.campaign_id is None:
        return None
    campaign = None if kit else records_request.campaign_id
    return SamePart(records_request.organisation_id, part, kit, campaign)


def counts(
    viewer: Viewer, asked: Sequence[SamePart], *, on: dt.date, without: int | None = None
) -> list[Counter[str]]:
    """For each part asked about, how many other requests stand in each group. One reading of the ledgers for all."""
    if not asked:
        return []
    parts = [one.part for one in asked]
    rows = _parts(viewer, asked[0], parts).values_list("request", "label")
    labels: dict[int, list[str]] = defaultdict(list)
    for request, label in rows:
        if request != without:
            labels[request].append(label)
    found: dict[str, Counter[str]] = {part: Counter() for part in parts}
    for request, ledger in _ledgers(viewer, labels).items():
        lines = read(ledger)
        for label in labels[request]:
            found[label][OF.get(_word(outcome_of(lines, on, label)), "open")] += 1
    return [found[part] for part in parts]


def answers(viewer: Viewer, asked: SamePart, *, on: dt.date) -> list[Answer]:
    """Each request with the part, by agency."""
    titles = dict(_parts(viewer, asked, [asked.part]).values_list("request", "title"))
    ledgers = _ledgers(viewer, titles)
    requests = (
        RecordsRequest.objects.of_organisation(viewer)
        .filter(pk__in=titles)
        .select_related("agency")
        .order_by("agency__name", "pk")
    )
    sections = _sections(viewer, titles, asked.part)
    found = []
    for request in requests:
        outcome = _word(outcome_of(read(ledgers.get(request.pk, ())), on, asked.part))
        found.append(
            Answer(
                request, titles[request.pk], outcome, OF.get(outcome, "open"), tuple(sections.get(request.pk, ()))
            )
        )
    return found


def outcomes(
    viewer: Viewer, records_request: RecordsRequest, parts: Iterable[str], *, on: dt.date
) -> dict[str, str]:
    """How the parts of one request stand."""
    lines = read(_ledgers(viewer, [records_request.pk]).get(records_request.pk, ()))
    return {part: _word(outcome_of(lines, on, part)) for part in parts}


def _word(outcome: Any) -> str:
    return outcome.value if outcome else ""


def _parts(viewer: Viewer, asked: SamePart, labels: Sequence[str]) -> QuerySet[Any]:
    rows = Part.objects.of_organisation(viewer).filter(organisation=asked.organisation, label__in=labels)
    if asked.kit:
        return rows.annotate(kit=kit_of("request__")).filter(kit=asked.kit)
    return rows.filter(request__campaign=asked.campaign)


def _ledgers(viewer: Viewer, requests: Iterable[int]) -> dict[int, Any]:
    rows = Event.objects.of_organisation(viewer).filter(request__in=list(requests), kind__in=KINDS_READ)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows.values_list(*EVENT_COLUMNS):
        found[row[0]].append(row)
    return {request: ledger_of_rows(lines) for request, lines in found.items()}


def _sections(viewer: Viewer, requests: Iterable[int], part: str) -> dict[int, list[str]]:
    """The grounds asserted for the part, or for the request as a whole."""
    rows = (
        Withholding.objects.of_organisation(viewer)
        .standing()
        .filter(request__in=list(requests), part__in=[part, ""])
        .order_by("pk")
        .values_list("request", "section", "ground")
    )
    found: dict[int, list[str]] = defaultdict(list)
    for request, section, ground in rows:
        said = section or ground
        if said not in found[request]:
            found[request].append(said)
    return found
