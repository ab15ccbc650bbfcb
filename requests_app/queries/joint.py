"""Joint campaigns as each viewer sees them. The matrix is the union of the rows that shares reach, and no more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from requests_app.models import Campaign, Coalition, CoalitionMember, JointCampaign, JointPart, RecordsRequest
from requests_app.models.visibility import Viewer

from .groups import TOGETHER
from .matrix import Line, add_details, lines_of

PAGE = 40  # agencies
MOST_PARTS = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """One request of the matrix, and whose it is."""

    part: JointPart
    line: Line

    @property
    def ours(self) -> bool:
        return self.line.ours


@dataclass(frozen=True, slots=True)
class Row:
    """An agency; its cells by what they ask, those of several organizations side by side."""

    agency: str
    slug: str
    jurisdiction: str
    cells: dict[str, list[Cell]]

    @property
    def twice(self) -> bool:
        """Whether two organizations asked the same."""
        return any(len({cell.part.organisation_id for cell in cells}) > 1 for cells in self.cells.values())


@dataclass(frozen=True, slots=True)
class JointMatrix:
    """counts, total: of what the viewer sees. agencies: that the filters leave, of which rows are one page. cells:
    of all pages."""

    joint: JointCampaign
    parts: tuple[JointPart, ...]
    asks: tuple[str, ...]
    seen: dict[int, int]
    counts: dict[str, int]
    cells: int
    agencies: int
    asked: int
    twice: int
    number: int
    rows: tuple[Row, ...]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def organisations(self) -> int:
        return len({part.organisation_id for part in self.parts})


def joint_campaigns(viewer: Viewer, found: Coalition) -> QuerySet[JointCampaign]:
    """The open ones first, the newest first. `mine`: how many campaigns of the viewer's own are in it."""
    mine = Count(
        "parts",
        filter=Q(
            parts__organisation__in=viewer.organisations, parts__taken_out_at=None, parts__stay__left_at=None
        ),
    )
    return (
        JointCampaign.objects.visible_to(viewer)
        .filter(coalition=found)
        .annotate(mine=mine)
        .order_by("-created_at", "-public_id")
    )


def parts_of(viewer: Viewer, joint: JointCampaign) -> QuerySet[JointPart]:
    """Those that are in it now and that the viewer may see, by organization and what they ask."""
    return (
        JointPart.objects.live()
        .visible_to(viewer)
        .filter(joint=joint)
        .select_related("stay", "campaign")
        .order_by("stay__shown_as", "ask", "pk")
    )


def to_put_in(viewer: Viewer, joint: JointCampaign) -> QuerySet[Campaign]:
    """Campaigns of organizations that the viewer owns and that are in the coalition, and that are not in it yet."""
    homes = CoalitionMember.objects.live().filter(
        coalition=joint.coalition_id, organisation__in=viewer.owned
    ).values("organisation")  # fmt: skip
    taken = JointPart.objects.live().filter(joint=joint, organisation__in=viewer.owned)
    rows: QuerySet[Campaign] = Campaign.objects.filter(organisation__in=homes).exclude(pk__in=taken.values("campaign"))
    return rows.select_related("organisation").order_by("-created_at", "pk")


def reached(joint: JointCampaign, organisation_id: int, tier: int) -> list[str]:
    """Partners at this tier or above, by the names they bear here."""
    rows = CoalitionMember.objects.live().filter(coalition=joint.coalition_id, tier__gte=tier)
    return list(rows.exclude(organisation=organisation_id).order_by("shown_as").values_list("shown_as", flat=True))


def cells_of(part: JointPart) -> tuple[int, int]:
    """For its owner: requests of it, and of them held back."""
    rows = RecordsRequest.objects.filter(campaign=part.campaign_id)
    counted = rows.aggregate(n=Count("pk"), held=Count("pk", filter=Q(held_back=True)))
    return counted["n"], counted["held"]


def load(
    viewer: Viewer,
    joint: JointCampaign,
    *,
    now: dt.datetime,
    group: str = "",
    partner: str = "",
    twice: bool = False,
    page: int | None = 1,
) -> JointMatrix:
    """At most five queries, whatever the data. partner: the public id of a stay. page: None for all of it."""
    parts = list(parts_of(viewer, joint)[:MOST_PARTS])
    by_campaign = {part.campaign_id: part for part in parts}
    lines: list[Line] = []
    for ours in (True, False):
        some = [part.campaign_id for part in parts if viewer.belongs_to(part.organisation_id) == ours]
        if some:
            lines += lines_of(viewer, some, now, ours=ours)
    counts: dict[str, int] = {}
    seen: dict[int, int] = {}
    for line in lines:
        counts[line.group] = counts.get(line.group, 0) + 1
        part = by_campaign[line.campaign_id]
        seen[part.pk] = seen.get(part.pk, 0) + 1
    rows = _rows(by_campaign, lines)
    n_twice = sum(row.twice for row in rows)
    if twice:
        rows = [row for row in rows if row.twice]
    rows = _kept(rows, group, partner)
    last = max(1, -(-len(rows) // PAGE))
    number = min(max(page or 1, 1), last)
    shown = rows if page is None else rows[(number - 1) * PAGE : number * PAGE]
    add_details(viewer, [cell.line for row in shown for cells in row.cells.values() for cell in cells])
    return JointMatrix(
        joint=joint,
        parts=tuple(parts),
        asks=tuple(_asks(parts)),
        seen=seen,
        counts=counts,
        cells=sum(len(cells) for row in rows for cells in row.cells.values()),
        agencies=len(rows),
        asked=len({line.agency_slug for line in lines}),
        twice=n_twice,
        number=number,
        rows=tuple(shown),
    )


def _asks(parts: Iterable[JointPart]) -> list[str]:
    """The columns. The same words in other letters are one."""
    named: dict[str, str] = {}
    for part in sorted(parts, key=lambda one: one.pk):
        named.setdefault(part.ask.casefold(), part.ask)
    return list(named.values())


def _rows(parts: dict[int, JointPart], lines: Sequence[Line]) -> list[Row]:
    columns = {ask.casefold(): ask for ask in _asks(parts.values())}
    rows: dict[str, Row] = {}
    order = sorted(lines, key=lambda one: (one.jurisdiction, one.agency, one.agency_slug))
    for line in order:
        part = parts[line.campaign_id]
        row = rows.setdefault(line.agency_slug, Row(line.agency, line.agency_slug, line.jurisdiction, {}))
        row.cells.setdefault(columns[part.ask.casefold()], []).append(Cell(part, line))
    for row in rows.values():
        for cells in row.cells.values():
            cells.sort(key=lambda one: (not one.ours, one.part.stay.shown_as, one.line.filed_on, one.line.pk))
    return list(rows.values())


def _kept(rows: Sequence[Row], group: str, partner: str) -> list[Row]:
    """Rows with the cells that the filters leave; a row without any is left out."""
    if not group and not partner:
        return list(rows)
    wanted = TOGETHER.get(group, ()) if group else None
    found = []
    for row in rows:
        cells = {}
        for ask, here in row.cells.items():
            left = [
                cell
                for cell in here
                if (wanted is None or cell.line.group in wanted)
                and (not partner or cell.part.stay.public_id == partner)
            ]
            if left:
                cells[ask] = left
        if cells:
            found.append(Row(row.agency, row.slug, row.jurisdiction, cells))
    return found
