"""What one organization's people have to do today: read anew each time, so that late is never a stored word.

One walk over the standing clocks that matter within the horizon, and a few short ones over questions, drafts, law
readings and imports. One row for one thing to do.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from requests_app.models import (
    Deadline,
    Event,
    ImportBatch,
    Letter,
    OfferedMove,
    RecordsRequest,
    RevisionOffer,
)
from requests_app.models.visibility import Viewer

from . import partner_tasks
from .days import local_day

AHEAD = 30
"""Days: a window of ours further off is on the calendar, not on the desk."""
BEHIND = 14
"""Days: how long a window that closed on us is told."""
OWED = ("answer", "payment")
ASKED = {
    "clarification_asked": ("clarification_answered", "narrowed"),
    "fee_estimated": (
        "fee_paid", "deposit_paid", "fee_waiver_asked", "clarification_answered", "narrowed",
    ),
    "deposit_asked": ("deposit_paid", "fee_paid", "fee_waiver_asked", "narrowed"),
    "fee_invoiced": ("fee_paid", "fee_waiver_asked"),
}  # fmt: skip
SETTLES = ("determined", "produced", "withdrawn", "closed")
GROUPS = (
    "closing", "owed", "closed", "late", "promised", "today", "court", "check", "asked", "drafts", "waves",
    "readings", "imports",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do. `on`: the day it goes by; `until`: the later reading, where the law is in doubt.
    `also`: other clocks of the same request and group, by name and day. `draft`: the open letter, by its id."""

    group: str
    on: dt.date | None
    pid: str = ""
    title: str = ""
    agency: str = ""
    jurisdiction: str = ""
    is_sample: bool = False
    today: dt.date | None = None
    name: str = ""
    until: dt.date | None = None
    owner: str = ""
    rule_id: str = ""
    clock_key: str = ""
    remedy: str = ""
    owes: str = ""
    kind: str = ""
    assignee: str = ""
    since: dt.date | None = None
    also: tuple[tuple[str, dt.date | None], ...] = ()
    draft: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """One due day of the strip and the calendar."""

    on: dt.date
    until: dt.date | None
    name: str
    owner: str
    pid: str
    agency: str
    title: str = ""
    late: bool = False
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """groups: what to do, by GROUPS, each in the order of its days. total: requests of the organization."""

    groups: Mapping[str, list[Todo]]
    marks: list[Mark]
    any_request: bool
    rows: int = field(default=0)


def monday_of(day: dt.date) -> dt.date:
    """The Monday that the two working weeks begin with: at a weekend the coming one."""
    return day - dt.timedelta(days=day.weekday()) + dt.timedelta(days=7 if day.weekday() > 4 else 0)


def live_clocks(organisation_id: int, viewer: Viewer, now: dt.datetime) -> QuerySet[Any]:
    """Standing clocks that still ask for something on the local day of their request, with its standing."""
    today = local_day(now, "request__zone")
    on = Q(request__spans__from_on__lte=today) & (
        Q(request__spans__until_on=None) | Q(request__spans__until_on__gt=today)
    )
    live = (Q(met_on=None) | Q(met_on__gt=today)) & (Q(ended_on=None) | Q(ended_on__gt=today))
    return (
        Deadline.objects.visible_to(viewer)
        .standing()
        .filter(live, Q(opens_on=None) | Q(opens_on__lte=today), organisation_id=organisation_id)
        .annotate(today=today, span=FilteredRelation("request__spans", condition=on))
    )


def mine_only(rows: QuerySet[Any], person_id: int | None, to_request: str = "request__") -> QuerySet[Any]:
    """Assigned to the person, first or as the one who steps in."""
    if person_id is None:
        return rows
    return rows.filter(
        Q(**{f"{to_request}private__assignee": person_id}) | Q(**{f"{to_request}private__backup": person_id})
    )


def load(
    viewer: Viewer,
    organisation_id: int,
    *,
    now: dt.datetime,
    day: dt.date,
    person_id: int | None = None,
) -> Desk:
    """`day`: the reader's own, for the strip. `person_id`: only what is assigned to that person."""
    groups: dict[str, list[Todo]] = {name: [] for name in GROUPS}
    monday = monday_of(day)
    drafts = _drafts(viewer, organisation_id, person_id)
    by_request = {(row.pid, row.kind): row.draft for row in drafts if row.pid}
    marks: list[Mark] = []
    found: dict[tuple[str, str], list[Todo]] = defaultdict(list)
    for todo, mark in _clocks(viewer, organisation_id, now, monday, person_id):
        if mark is not None:
            marks.append(mark)
        if todo is not None:
            found[todo.group, todo.pid].append(todo)
    asked = _questions(viewer, organisation_id, now, person_id)
    for todo in asked:
        # A question with a day of ours beside it is one thing to do, and the day is the clock's.
        if ("owed", todo.pid) not in found:
            found["owed", todo.pid].append(todo)
    for (group, pid), rows in found.items():
        groups[group].append(_together(rows, by_request, pid))
    for name, rows in groups.items():
        rows.sort(key=lambda row: (row.on or dt.date.max, row.agency, row.pid))
        if name == "late":
            rows.sort(key=lambda row: (row.since or row.on or dt.date.max, row.agency, row.pid))
    for draft in drafts:
        groups["waves" if draft.number else "drafts"].append(draft)
    groups["asked"] = _asked(viewer, organisation_id, person_id)
    groups["readings"] = _readings(viewer, organisation_id)
    groups["imports"] = _imports(viewer, organisation_id)
    any_request = bool(groups["late"] or groups["closing"]) or (
        RecordsRequest.objects.of_organisation(viewer).filter(organisation_id=organisation_id).exists()
    )
    return Desk(groups, marks, any_request, sum(map(len, groups.values())))


def _together(rows: list[Todo], drafts: Mapping[tuple[str, str], str], pid: str) -> Todo:
    """The clocks of one request in one group are one thing to do: the first to end, and the others beside it."""
    first, *rest = sorted(rows, key=lambda row: (row.on or dt.date.max, row.name))
    also = tuple((row.name, row.on) for row in rest if (row.name, row.on) != (first.name, first.on))
    wanted = {"appeal": "appeal", "review": "review", "notice": "notice", "suit": "suit"}.get(
        first.remedy, ""
    )
    if first.group in ("late", "check", "promised"):
        wanted = "follow_up"
    if first.group == "owed":
        wanted = "answer"
    return replace(first, also=also, draft=drafts.get((pid, wanted), ""))


def _clocks(
    viewer: Viewer, organisation_id: int, now: dt.datetime, monday: dt.date, person_id: int | None
) -> Iterable[tuple[Todo | None, Mark | None]]:
    end = monday + dt.timedelta(days=12)
    horizon = monday + dt.timedelta(days=AHEAD + 7)
    said = {
        name: KeyTextTransform(name, "clock") for name in ("owes", "remedy", "promised_on", "follow_up_on")
    }
    rows = mine_only(live_clocks(organisation_id, viewer, now), person_id)
    rows = rows.filter(
        Q(owner="requester", latest_on__gte=monday - dt.timedelta(days=BEHIND + 7), due_on__lt=horizon)
        | Q(~Q(owner="requester"), span__late=True, latest_on__lt=monday + dt.timedelta(days=7))
        | Q(~Q(owner="requester"), due_on__gte=monday, due_on__lt=end)
        | Q(owner="court", due_on__gte=monday, due_on__lt=horizon)
        | Q(clock__has_key="promised_on")
        | Q(due_on=None, clock__has_key="follow_up_on")
    )
    columns = (
        "request__public_id", "request__public_title", "request__agency__name", "request__agency__jurisdiction",
        "request__is_sample", "request__is_imported", "today", "name", "owner", "rule_id", "clock_key", "due_on",
        "earliest_on", "latest_on", "span__late", "span__late_since", "span__stage",
        "request__private__assignee__name", *(f"said_{name}" for name in said),
    )  # fmt: skip
    rows = rows.annotate(**{f"said_{name}": Cast(value, TextField()) for name, value in said.items()})
    for row in rows.order_by("due_on", "pk").values_list(*columns):
        yield _read(row, monday, end)


def _read(row: tuple[Any, ...], monday: dt.date, end: dt.date) -> tuple[Todo | None, Mark | None]:
    (
        pid, title, agency, jurisdiction, is_sample, is_imported, today, name, owner, rule_id, clock_key, due_on,
        earliest, latest, late, late_since, stage, assignee, owes, remedy, promised, follow_up,
    ) = row  # fmt: skip
    sample = is_sample and not is_imported
    until = latest if latest != earliest else None
    common: dict[str, Any] = {
        "pid": pid, "title": title, "agency": agency, "jurisdiction": jurisdiction, "is_sample": sample,
        "today": today, "name": name, "owner": owner, "rule_id": rule_id, "clock_key": clock_key,
        "remedy": remedy or "", "owes": owes or "determination", "assignee": assignee or "",
    }  # fmt: skip
    mark = None
    if due_on is not None and monday <= due_on < end and owes != "presumption":
        gone = latest is not None and latest < today
        mark = Mark(due_on, until, name, owner, pid, agency, title, gone and owner != "requester", sample)
    if owner == "requester":
        if due_on is None or latest is None:
            return None, mark
        if latest < today:
            return (Todo("closed", latest, **common) if (today - latest).days <= BEHIND else None), mark
        if (due_on - today).days > AHEAD:
            return None, mark
        group = "owed" if owes in OWED else "closing"
        return Todo(group, due_on, until=until, **common), mark
    if stage == "closed":
        return None, mark
    if latest is not None and latest < today and late and owes != "presumption":
        return Todo("late", latest, since=late_since, **common), mark
    if owner == "court" and due_on is not None and 0 <= (due_on - today).days <= AHEAD:
        return Todo("court", due_on, until=until, **common), mark
    if due_on == today and owes != "presumption":
        return Todo("today", due_on, **common), mark
    if promised and dt.date.fromisoformat(promised) < today and not late:
        return Todo("promised", dt.date.fromisoformat(promised), **common), mark
    if due_on is None and follow_up and dt.date.fromisoformat(follow_up) <= today:
        return Todo("check", dt.date.fromisoformat(follow_up), **common), mark
    return None, mark


def _questions(viewer: Viewer, organisation_id: int, now: dt.datetime, person_id: int | None) -> list[Todo]:
    """What an agency asked of us and nobody has answered, by the last question of each request."""
    today = local_day(now, "request__zone")
    kinds = {*ASKED, *SETTLES, *(kind for answers in ASKED.values() for kind in answers), "retracted"}
    on = Q(request__spans__from_on__lte=today) & (
        Q(request__spans__until_on=None) | Q(request__spans__until_on__gt=today)
    )
    asking = Event.objects.filter(organisation_id=organisation_id, kind__in=ASKED).values("request")
    rows = mine_only(
        Event.objects.visible_to(viewer).filter(
            organisation_id=organisation_id, kind__in=kinds, request__in=asking
        ),
        person_id,
    )
    rows = (
        rows.annotate(
            span=FilteredRelation("request__spans", condition=on),
            today=today,
            day=Coalesce("received_on", "sent_on", "dated_on"),
        )
        .exclude(span__stage="closed")
        .order_by("request", "day", "recorded_at", "pk")
        .values_list(
            "pk", "retracts_id", "kind", "day", "request__public_id", "request__public_title",
            "request__agency__name", "request__agency__jurisdiction", "request__is_sample",
            "request__is_imported", "today", "request__private__assignee__name",
        )
    )  # fmt: skip
    found = list(rows)
    gone = taken_back({row[0]: row[1] for row in found if row[1]})
    open_now: dict[str, Todo] = {}
    for pk, _, kind, day, pid, title, agency, place, sample, imported, local, assignee in found:
        if pk in gone:
            continue
        if kind in ASKED:
            open_now[pid] = Todo(
                "owed", None, pid=pid, title=title, agency=agency, jurisdiction=place, today=local, kind=kind,
                is_sample=sample and not imported, since=day, assignee=assignee or "",
            )  # fmt: skip
        elif pid in open_now and (kind in SETTLES or kind in ASKED[open_now[pid].kind]):
            del open_now[pid]
    return list(open_now.values())


def taken_back(retractions: Mapping[int, int]) -> set[int]:
    """Events that a standing retraction takes back; a retraction may itself be taken back."""
    gone: set[int] = set()
    for pk in sorted(retractions, reverse=True):
        if pk not in gone:
            gone.add(retractions[pk])
    return gone


def _drafts(viewer: Viewer, organisation_id: int, person_id: int | None) -> list[Todo]:
    """Letters that wait: one by one, and those of a campaign's wave as one."""
    stuck = Q(state="queued", sending__state__in=["failed", "unknown"])
    rows = Letter.objects.visible_to(viewer).filter(
        Q(state__in=["draft", "stopped"]) | stuck, organisation_id=organisation_id, skipped=False
    )
    if person_id is not None:
        rows = rows.filter(Q(edited_by=person_id) | Q(created_by=person_id))
    singles = rows.exclude(kind="request", campaign__isnull=False).order_by("edited_at", "pk")
    out = [
        Todo(
            "drafts", edited.date(), pid=pid or "", title=subject, agency=agency, kind=kind, draft=letter,
            owes=sending or state, assignee=by or "", is_sample=bool(sample),
        )
        for letter, subject, kind, state, edited, by, pid, agency, sending, sample in singles.values_list(
            "public_id", "subject", "kind", "state", "edited_at", "edited_by__name", "request__public_id",
            "agency__name", "sending__state", "organisation__is_sample",
        )[:200]
    ]  # fmt: skip
    waves = (
        rows.filter(kind="request", campaign__isnull=False)
        .order_by()
        .values_list("campaign__public_id", "campaign__public_title", "campaign__is_sample")
        .annotate(n=Count("pk"))
        .order_by("campaign__public_title")
    )
    out += [
        Todo("waves", None, kind="wave", draft=pid, title=title, number=n, is_sample=sample)
        for pid, title, sample, n in waves
    ]
    return out


def _asked(viewer: Viewer, organisation_id: int, person_id: int | None) -> list[Todo]:
    """What partners ask of the organization, until it is declined or done."""
    return [
        Todo(
            "asked", one.task.due_on, pid=one.pid, title=one.title, agency=one.agency, name=one.asked_by,
            kind=one.task.state, assignee=one.person, draft=one.task.public_id, is_sample=one.task.request.is_sample,
        )
        for one in partner_tasks.open_of(viewer, organisation_id, person_id)
    ]  # fmt: skip


def _readings(viewer: Viewer, organisation_id: int) -> list[Todo]:
    """Newer readings of the law that an owner has to decide about."""
    if not viewer.may_own(organisation_id):
        return []
    found = (
        RevisionOffer.objects.visible_to(viewer)
        .filter(organisation_id=organisation_id, moves__decision=OfferedMove.Decision.WAITING)
        .annotate(waiting=Count("moves"))
        .order_by("-pk")
    )
    return [
        Todo("readings", None, draft=offer.public_id, jurisdiction=offer.law_id, number=offer.waiting)
        for offer in found
    ]


def _imports(viewer: Viewer, organisation_id: int) -> list[Todo]:
    """Imports that wait for somebody: not mapped, not applied, or failed."""
    if not viewer.may_edit(organisation_id):
        return []
    states = [ImportBatch.State.UPLOADED, ImportBatch.State.CHECKED, ImportBatch.State.FAILED]
    rows = (
        ImportBatch.objects.visible_to(viewer)
        .filter(organisation_id=organisation_id, state__in=states)
        .annotate(name=F("file__original_name"))
        .order_by("-created_at")
        .values_list("public_id", "name", "state", "rows_total", "created_at")[:20]
    )
    return [
        Todo("imports", at.date(), draft=pid, title=name, kind=state, number=total)
        for pid, name, state, total, at in rows
    ]
