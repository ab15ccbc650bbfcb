"""What a calendar feed shows: due days that stand, and those that went away not long ago, each with its history.

The database is told that the feed looks, so that nothing is read that its person may not read in its organization.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from requests_app.models import CalendarFeed, CoalitionMember, Deadline
from requests_app.models.visibility import FeedLook, Viewer

from .days import local_day
from .desk_list import own_matching
from .requests import Filters
from .today import mine_only

BEHIND = dt.timedelta(days=366)
"""How long a day that stands stays in the calendar after it has passed."""
GONE = dt.timedelta(days=60)
"""How long the calendar is told that a day went away."""
TOGETHER = dt.timedelta(seconds=5)
"""Within one act the old row ends and the new one begins at two statements; later than this, the clock was away."""
MOST = 1_000
MOST_REQUESTS = 20_000


@dataclass(frozen=True, slots=True)
class Dated:
    """One clock as a calendar has it. sequence: rises whenever its day moves, goes away or comes back."""

    pid: str
    clock_key: str
    on: dt.date
    other_on: dt.date | None
    name: str
    owner: str
    rule_id: str
    agency: str
    title: str
    filed_on: dt.date
    is_sample: bool
    gone: bool
    sequence: int
    changed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """cut: there are more than one calendar takes."""

    rows: tuple[Dated, ...]
    cut: bool


COLUMNS = (
    "pk", "request_id", "clock_key", "due_on", "earliest_on", "latest_on", "name", "owner", "rule_id", "met_on",
    "ended_on", "derived_at", "superseded_at", "today", "request__public_id", "request__public_title",
    "request__agency__name", "request__filed_on", "request__is_sample", "request__is_imported",
    "organisation_id",
)  # fmt: skip


def shown(viewer: Viewer, look: FeedLook, *, now: dt.datetime, filters: Filters | None = None) -> Shown:
    """filters: those of the feed's saved view. Four queries, five with a view, six for a coalition."""
    rows = _of_subject(viewer, look, now, filters)
    today = local_day(now, "request__zone")
    owes = Coalesce(KeyTextTransform("owes", "clock"), Value("", output_field=TextField()))
    # Nobody owes anything by the last day of a presumption: it opens windows of ours, which are here themselves.
    rows = rows.annotate(today=today, owes=owes).exclude(owes="presumption").filter(due_on__isnull=False)
    near = now.date()
    standing = (
        rows.standing()
        .filter(Q(opens_on=None) | Q(opens_on__lte=today), due_on__gte=near - BEHIND)
        .exclude(Q(met_on__lt=near - GONE) | Q(ended_on__lt=near - GONE))
    )
    # Where there are too many, the nearest days are those to know.
    found = list(standing.filter(due_on__gte=near).order_by("due_on", "pk").values_list(*COLUMNS)[: MOST + 1])
    passed = standing.filter(due_on__lt=near).order_by("-due_on", "-pk")
    found += passed.values_list(*COLUMNS)[: MOST + 1 - len(found)]
    still = Deadline.objects.filter(
        request=OuterRef("request"), clock_key=OuterRef("clock_key"), superseded_at=None, due_on__isnull=False
    )
    removed = rows.filter(~Exists(still), superseded_at__gte=now - GONE)
    newest = removed.order_by("request_id", "clock_key", "-pk").distinct("request_id", "clock_key")
    found += newest.values_list(*COLUMNS)[: MOST + 1 - len(found)]
    cut = len(found) > MOST
    past = _past(viewer, found)
    out = [_dated(dict(zip(COLUMNS, row, strict=True)), past) for row in found[:MOST]]
    if look.subject == CalendarFeed.Subject.COALITION:
        # Whose it is says more than a title, and is what partners read of each other anyhow.
        names = partners(viewer, look)
        owners = {row[COLUMNS.index("request__public_id")]: row[-1] for row in found}
        out = [dataclasses.replace(one, title=names.get(owners[one.pid], "")) for one in out]
    return Shown(tuple(sorted(out, key=lambda one: (one.on, one.pid, one.clock_key))), cut)


def _of_subject(viewer: Viewer, look: FeedLook, now: dt.datetime, filters: Filters | None) -> QuerySet[Any]:
    home = look.organisation_id
    if look.subject == CalendarFeed.Subject.COALITION:
        return Deadline.objects.visible_to(viewer).filter(organisation_id__in=partners(viewer, look))
    rows = Deadline.objects.visible_to(viewer).filter(organisation_id=home)
    match look.subject:
        case CalendarFeed.Subject.PERSON:
            return mine_only(rows, look.person_id)
        case CalendarFeed.Subject.CAMPAIGN:
            return rows.filter(request__campaign=look.campaign_id)
        case CalendarFeed.Subject.VIEW:
            ids = own_matching(viewer, home, now=now, filters=filters or Filters(), most=MOST_REQUESTS)
            return rows.filter(request__in=ids)
    return rows


def partners(viewer: Viewer, look: FeedLook) -> dict[int, str]:
    """Who is in the coalition of the feed now, but for oneself, by the names they bear there."""
    stays = CoalitionMember.objects.live().visible_to(viewer).filter(coalition=look.coalition_id)
    return dict(stays.exclude(organisation=look.organisation_id).values_list("organisation_id", "shown_as"))


History = dict[tuple[int, str], list[tuple[Any, ...]]]


def _past(viewer: Viewer, found: list[tuple[Any, ...]]) -> History:
    """The earlier rows of the clocks that were found, in the order in which they stood."""
    rows = Deadline.objects.visible_to(viewer).filter(
        superseded_at__isnull=False, request__in={row[1] for row in found}
    )
    out: History = defaultdict(list)
    for request_id, key, *rest in rows.order_by("pk").values_list(
        "request_id", "clock_key", "pk", "due_on", "met_on", "ended_on", "derived_at", "superseded_at"
    ):
        out[request_id, key].append(tuple(rest))
    return out


def _dated(row: dict[str, Any], past: History) -> Dated:
    earlier = [one for one in past.get((row["request_id"], row["clock_key"]), ()) if one[0] < row["pk"]]
    now_row = tuple(
        row[name] for name in ("pk", "due_on", "met_on", "ended_on", "derived_at", "superseded_at")
    )
    today = row["today"]
    over = [on for on in (row["met_on"], row["ended_on"]) if on is not None and on <= today]
    gone = bool(over) or row["superseded_at"] is not None
    due, earliest, latest = row["due_on"], row["earliest_on"], row["latest_on"]
    other = latest if due == earliest else earliest
    return Dated(
        pid=row["request__public_id"],
        clock_key=row["clock_key"],
        on=due,
        other_on=other if other != due else None,
        name=row["name"],
        owner=row["owner"],
        rule_id=row["rule_id"],
        agency=row["request__agency__name"],
        title=row["request__public_title"],
        filed_on=row["request__filed_on"],
        is_sample=row["request__is_sample"] and not row["request__is_imported"],
        gone=gone,
        sequence=_moves([*earlier, now_row]) + gone,
        changed_at=row["superseded_at"] or row["derived_at"],
    )


def _moves(rows: list[tuple[Any, ...]]) -> int:
    """How often a calendar must look again. Away and back are two moves, so that the number never falls."""
    moves = 0
    for (_, was, met, ended, _, until), (_, on, _, _, since, _) in pairwise(rows):
        if met or ended or on is None or was is None or since - until > TOGETHER:
            moves += 2
        elif was != on:
            moves += 1
    return moves
