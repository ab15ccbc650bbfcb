"""Campaigns: the list with its counts, and the matrix of one, agency by stage, at the viewer's own level."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, F, Func, JSONField, Min, Q, Value, When
from django.db.models.functions import Coalesce

from requests_app.clock import codec
from requests_app.clock.rules import Owes, Owner
from requests_app.clock.standing import Clock, State
from requests_app.models import Agency, Campaign, Deadline
from requests_app.models import Event as EventRow
from requests_app.models.visibility import PUBLIC, Viewer

from .groups import TOGETHER, group_of
from .masking import Outside, campaigns_outside
from .requests import bare_halves, standing_halves

TOLD = (
    "determined", "produced", "appeal_filed", "review_filed", "ruling_requested", "sued", "retracted",
)  # fmt: skip


@dataclass(slots=True)
class Line:
    """One request of the matrix. In the public projection nothing of it is the requester's."""

    pk: int
    public_id: str
    title: str
    agency: str
    agency_slug: str
    jurisdiction: str
    custodian: str
    law_id: str
    filed_on: dt.date
    is_sample: bool
    today: dt.date
    group: str
    stage: str
    outcome: str
    whose_move: str
    late: bool
    late_since: dt.date | None
    next_on: dt.date | None
    next_name: str
    next_owner: str
    kind: str
    campaign_id: int
    ours: bool
    clocks: list[Clock] = field(default_factory=list)
    told: dict[str, tuple[dt.date, str]] = field(default_factory=dict)

    @property
    def days_late(self) -> int:
        return (self.today - self.late_since).days + 1 if self.late and self.late_since else 0


@dataclass(frozen=True, slots=True)
class Matrix:
    """counts: of the whole campaign, by group. lines: what the filters leave of it, with clocks and answers."""

    campaign: Campaign
    ours: bool
    counts: dict[str, int]
    moves: dict[str, int]
    agencies: int
    first_on: dt.date | None
    last_on: dt.date | None
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Listed:
    """ours: requests in which the next move is the viewer's; None where the campaign is not the viewer's own."""

    campaign: Campaign
    counts: dict[str, int]
    agencies: int
    first_on: dt.date | None
    ours: int | None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def load(
    viewer: Viewer,
    public_id: str,
    *,
    now: dt.datetime,
    group: str = "",
    move: str = "",
    within: int | None = None,
) -> Matrix | None:
    """None where there is nothing to see, whether or not there is a campaign. Five queries at most."""
    campaign = Campaign.objects.visible_to(viewer).filter(public_id=public_id).first()
    if campaign is None:
        return None
    ours = viewer.belongs_to(campaign.organisation_id)
    rows = lines_of(viewer, [campaign.pk], now, ours=ours)
    campaigns_outside(viewer, [campaign])
    counts: dict[str, int] = {}
    moves: dict[str, int] = {}
    for row in rows:
        counts[row.group] = counts.get(row.group, 0) + 1
        moves[row.whose_move] = moves.get(row.whose_move, 0) + 1
    lines = tuple(row for row in rows if _wanted(row, group, move, within))
    add_details(viewer, lines)
    days = [row.filed_on for row in rows]
    return Matrix(
        campaign=campaign,
        ours=ours,
        counts=counts,
        moves=moves,
        agencies=len({row.agency_slug for row in rows}),
        first_on=min(days, default=None),
        last_on=max(days, default=None),
        lines=lines,
    )


def answer_clock(line: Line) -> Clock | None:
    """The agency's clock for an answer: the determination, or records where the law knows no other; the last round."""
    found = [
        clock
        for clock in line.clocks
        if clock.owner is Owner.agency
        and clock.owes in (Owes.determination, Owes.records)
        and clock.scope == "request"
        and clock.state(line.today) not in (State.superseded, State.not_needed)
    ]
    return min(
        found, key=lambda c: (c.owes is not Owes.determination, c.latest is None, -c.round), default=None
    )


def campaigns(viewer: Viewer, *, now: dt.datetime) -> list[Listed]:
    """Every campaign the viewer sees, newest first. Four queries for the public, six for members at most."""
    found = {
        campaign.pk: campaign
        for campaign in campaigns_outside(
            viewer, Campaign.objects.visible_to(viewer).order_by("is_sample", "-created_at", "pk")
        )
    }
    counts: dict[int, dict[str, int]] = {}
    ours: dict[int, int] = {}
    agencies: dict[int, tuple[int, dt.date]] = {}
    # Agencies and days need no standing: to look for that of each request is most of what the page costs.
    bare = bare_halves(viewer, now=now, spans=False)
    for half, plain in zip(standing_halves(viewer, now=now), bare, strict=True):
        grouped = half.filter(campaign__in=list(found)).order_by().annotate(standing=group_of())
        for pk, group, n, n_ours in grouped.values_list("campaign_id", "standing").annotate(
            n=Count("pk"), n_ours=Count("pk", filter=Q(span__whose_move="requester"))
        ):
            row = counts.setdefault(pk, {})
            row[group] = row.get(group, 0) + n
            ours[pk] = ours.get(pk, 0) + n_ours
        of_them = plain.filter(campaign__in=list(found)).order_by().values_list("campaign_id")
        for pk, n, first_on in of_them.annotate(n=Count("agency_id", distinct=True), first_on=Min("filed_on")):
            agencies[pk] = (n, first_on)
    return [
        Listed(
            campaign=campaign,
            counts=counts.get(pk, {}),
            agencies=agencies[pk][0] if pk in agencies else 0,
            first_on=agencies[pk][1] if pk in agencies else None,
            ours=ours.get(pk, 0) if viewer.belongs_to(campaign.organisation_id) else None,
        )
        for pk, campaign in found.items()
    ]


# No organization has this number: rows that are somebody else's, whosever.
OTHERS = 0


def lines_of(viewer: Viewer, campaigns: Sequence[int], now: dt.datetime, *, ours: bool) -> list[Line]:
    """The requests of these campaigns that the viewer sees, without clocks and answers. ours: whether the campaigns
    are the viewer's own: every request of a campaign is its organization's, so one half of the two holds them all."""
    halves = standing_halves(viewer, now=now)
    half = halves[0] if ours else halves[-1]
    found = _read(viewer, half.filter(campaign__in=campaigns))
    if not ours:
        _outside(viewer, found)
    return found


def public_lines_to(slug: str, now: dt.datetime, most: int) -> list[Line]:
    """Published requests to an agency and to those that were merged into it, as the public reads them; one more than
    `most` where there are more. With clocks and answers."""
    half = standing_halves(PUBLIC, now=now)[-1].filter(agency__in=Agency.objects.together(slug))
    found = _read(PUBLIC, half, most + 1)
    _outside(PUBLIC, found)
    add_details(PUBLIC, found)
    return found


def _outside(viewer: Viewer, found: Sequence[Line]) -> None:
    outside = Outside(viewer, requests=[(row.pk, OTHERS) for row in found])
    for row in found:
        row.title = outside(row.title, OTHERS)


def _read(viewer: Viewer, requests: Any, most: int | None = None) -> list[Line]:
    words = {
        name: Coalesce(F(f"span__{name}"), Value(""))
        for name in ("stage", "outcome", "whose_move", "next_name", "next_owner")
    }
    rows = (
        requests.annotate(
            standing=group_of(),
            custodian_name=Coalesce(F("custodian__name"), Value("")),
            is_late=Coalesce(F("span__late"), Value(False)),
            **{f"said_{name}": value for name, value in words.items()},
        )
        .order_by("law_id", "agency_name", "custodian_name", "pk")
        .values_list(
            "pk", "public_id", "public_title", "agency_name", "agency_slug", "jurisdiction", "custodian_name",
            "law_id", "filed_on", "is_sample", "today", "standing", "said_stage", "said_outcome",
            "said_whose_move", "is_late", "span__late_since", "span__next_on", "said_next_name",
            "said_next_owner", "agency__kind", "campaign_id", "ours",
        )
    )  # fmt: skip
    return [Line(*row) for row in rows[:most]]


def _wanted(row: Line, group: str, move: str, within: int | None) -> bool:
    if group and row.group not in TOGETHER.get(group, ()):
        return False
    if move and row.whose_move != move:
        return False
    if within is None:
        return True
    return row.next_on is not None and 0 <= (row.next_on - row.today).days <= within


def add_details(viewer: Viewer, lines: Iterable[Line]) -> None:
    """Clocks and answers of these lines: two queries."""
    lines = list(lines)
    _add_clocks(viewer, lines)
    _add_answers(viewer, lines)


def _add_clocks(viewer: Viewer, lines: Iterable[Line]) -> None:
    """Each stored clock is read once. Its trail is left in the database unless a line needs it to be drawn: to know
    where an extension began."""
    by_pk = {line.pk: line for line in lines}
    bare = Func(F("clock"), Value("trail"), arg_joiner=" - ", template="(%(expressions)s)")
    drawn = Case(When(clock__has_key="extensions", then=F("clock")), default=bare, output_field=JSONField())
    rows = (
        Deadline.objects.visible_to(viewer)
        .standing()
        .filter(request__in=list(by_pk))
        .annotate(drawn=drawn)
        .order_by("opens_on", "pk")
        .values_list("request_id", "drawn")
    )
    for request_id, clock in rows:
        read = codec.from_json(clock)
        line = by_pk[request_id]
        if not line.ours:
            # That an agency waits for the requester is the requester's own to tell, and so is when we ask again.
            read.pauses = tuple(pause for pause in read.pauses if not pause.on_us)
            read.follow_up_on = None
        line.clocks.append(read)


def _add_answers(viewer: Viewer, lines: Iterable[Line]) -> None:
    """The last event of each kind that stands, with its day and outcome."""
    by_pk = {line.pk: line for line in lines}
    on = Coalesce("received_on", "sent_on", "dated_on")
    rows: list[tuple[Any, ...]] = list(
        EventRow.objects.visible_to(viewer)
        .filter(request__in=list(by_pk), kind__in=TOLD)
        .annotate(day=on)
        .order_by("day", "recorded_at", "pk")
        .values_list("pk", "retracts_id", "request_id", "kind", "day", "outcome")
    )
    taken_back = _taken_back({pk: retracts for pk, retracts, *_ in rows if retracts})
    for pk, _retracts, request_id, kind, day, outcome in rows:
        if day is not None and pk not in taken_back:
            by_pk[request_id].told[kind] = (day, outcome)


def _taken_back(retractions: dict[int, int]) -> set[int]:
    """Events that a standing retraction takes back; a retraction may itself be taken back."""
    gone: set[int] = set()
    for pk in sorted(retractions, reverse=True):
        if pk not in gone:
            gone.add(retractions[pk])
    return gone
