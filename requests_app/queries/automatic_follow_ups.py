"""Which follow-ups would leave by themselves, and when: the same looks as asking by hand, and narrower ones."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Count

from requests_app.clock import words
from requests_app.models import AutomaticFollowUp, AutomaticFollowUps, Campaign, Event
from requests_app.models.visibility import Viewer

from . import follow_ups
from .follow_ups import Waiting
from .open_days import OpenDays

# A letter leaves while somebody at the agency may read it.
FROM_HOUR, UNTIL_HOUR = 9, 16
A_WEEK = 7
PAID = ("fee_paid", "deposit_paid", "fee_waiver_asked", "narrowed")
# What an agency asks of us, and by what we do it.
ANSWERED_BY = {
    "clarification_asked": ("clarification_answered", "narrowed"),
    "fee_estimated": PAID,
    "deposit_asked": PAID,
    "fee_invoiced": PAID,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A request that waits. number: which letter comes next; soonest: its first possible day; why: held, for now."""

    waiting: Waiting
    number: int
    soonest: dt.date | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Coming:
    on: dt.date
    candidate: Candidate


def plan_of(viewer: Viewer, campaign: Campaign) -> AutomaticFollowUps | None:
    found: AutomaticFollowUps | None = (
        AutomaticFollowUps.objects.visible_to(viewer)
        .filter(campaign=campaign)
        .select_related("acting")
        .first()
    )
    return found


def candidates(
    viewer: Viewer, campaign: Campaign, plan: AutomaticFollowUps, *, now: dt.datetime
) -> list[Candidate]:
    """Those that may be asked first, then those that are held, each with the reason."""
    rows = follow_ups.waiting(viewer, campaign.organisation_id, now=now, campaign=campaign, again_days=0)
    ids = [one.request.pk for one in rows]
    told = dict(
        AutomaticFollowUp.objects.visible_to(viewer)
        .filter(request__in=ids)
        .values_list("request")
        .annotate(n=Count("pk"))
    )
    on_us = _wait_on_us(viewer, rows)
    days = OpenDays([one.request for one in rows])
    found = [_candidate(one, plan, told.get(one.request.pk, 0), on_us, days) for one in rows]
    return sorted(found, key=lambda one: (bool(one.why), one.soonest or dt.date.max, one.waiting.request.pk))


def _candidate(
    one: Waiting, plan: AutomaticFollowUps, told: int, on_us: set[int], days: OpenDays
) -> Candidate:
    lapse = one.clock.latest
    why = one.skip
    if not why and one.request.pk in on_us:
        why = "it waits on us"
    if not why and lapse and one.heard_on and one.heard_on > max(lapse, one.asked_on or lapse):
        why = f"the agency wrote on {words.date(one.heard_on)}; somebody reads that first"
    if not why and told >= plan.most_a_request:
        why = f"asked by itself {told} times already"
    if why or lapse is None:
        return Candidate(one, told + 1, None, why or "no day is known")
    base = max(lapse, one.asked_on or lapse)
    soonest = days.after(one.request, base, plan.spacing)
    if soonest < one.today:
        soonest = one.today if days.is_open(one.request, one.today) else days.after(one.request, one.today, 1)
    return Candidate(one, told + 1, soonest)


def _wait_on_us(viewer: Viewer, rows: list[Waiting]) -> set[int]:
    """Requests whose agency asked us for something that we have not done."""
    ids = [one.request.pk for one in rows]
    taken_back = Event.objects.filter(request__in=ids, retracts__isnull=False).values("retracts")
    events = (
        Event.objects.of_organisation(viewer).filter(request__in=ids).exclude(pk__in=taken_back).in_order()
    )
    open_: dict[int, set[str]] = defaultdict(set)
    for request_id, kind in events.values_list("request_id", "kind"):
        if kind in ANSWERED_BY:
            open_[request_id].add(kind)
        else:
            open_[request_id] = {asked for asked in open_[request_id] if kind not in ANSWERED_BY[asked]}
    return {request_id for request_id, kinds in open_.items() if kinds}


def left_today(plan: AutomaticFollowUps, viewer: Viewer, on: dt.date) -> int:
    """Of a plan that was never switched on, nothing has gone."""
    gone = AutomaticFollowUp.objects.visible_to(viewer).filter(plan=plan.pk, on=on).count() if plan.pk else 0
    return max(plan.most_a_day - gone, 0)


def is_office_hour(one: Waiting, now: dt.datetime) -> bool:
    return FROM_HOUR <= now.astimezone(ZoneInfo(one.request.zone)).hour < UNTIL_HOUR


def next_week(
    viewer: Viewer, campaign: Campaign, plan: AutomaticFollowUps, *, now: dt.datetime
) -> tuple[list[Coming], list[Candidate]]:
    """What would leave within a week if nothing changes, day by day within the limit; and who is held."""
    all_ = candidates(viewer, campaign, plan, now=now)
    days = OpenDays([one.waiting.request for one in all_])
    taken: Counter[dt.date] = Counter()
    coming = []
    for one in all_:
        if one.soonest is None:
            continue
        day, last = one.soonest, one.waiting.today + dt.timedelta(days=A_WEEK)
        while day <= last:
            room = left_today(plan, viewer, day) if day == one.waiting.today else plan.most_a_day
            if taken[day] < room:
                taken[day] += 1
                coming.append(Coming(day, one))
                break
            day = days.after(one.waiting.request, day, 1)
    return sorted(coming, key=lambda one: (one.on, one.candidate.waiting.request.pk)), [
        one for one in all_ if one.why
    ]
