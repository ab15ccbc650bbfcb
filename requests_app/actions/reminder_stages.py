"""Which reminders some requests are to have: their clocks, the policy that holds for each, and who is there to be told.

Reads, and computes; nothing is written. The planner hands the outcome to the database, the pages show it, and a policy
that nobody has saved yet is tried on it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from requests_app.clock.book import Book
from requests_app.clock.calendars import Calendar
from requests_app.laws.errors import Refused as NoAnswer
from requests_app.laws.registry import library
from requests_app.models import (
    Agency,
    Deadline,
    Membership,
    PersonalReminding,
    RecordsRequest,
    ReminderPolicy,
    ReminderRule,
)
from requests_app.notices import reminding
from requests_app.notices.reminding import ClockDates, Member, Quiet, Rule, Stage
from requests_app.queries.ledger import book_of

from .answer_effects import Stage as DayTold
from .answer_effects import Told, effects_of

UTC = "UTC"


class Source(NamedTuple):
    """Which policy holds: its subject ("request", "campaign", "organisation", "standard") and its rules."""

    subject: str
    rules: tuple[Rule, ...]


STANDARD = Source("standard", reminding.STANDARD)


@dataclass(slots=True)
class Policies:
    """What the organizations of some requests have set. Each of the three is by the id of its subject."""

    organisations: dict[int, tuple[Rule, ...]] = field(default_factory=dict)
    campaigns: dict[int, tuple[Rule, ...]] = field(default_factory=dict)
    requests: dict[int, tuple[Rule, ...]] = field(default_factory=dict)
    people: dict[tuple[int, int], tuple[Rule, ...]] = field(default_factory=dict)
    """By organization and person: on which days that one is told."""

    def of(self, request: int, campaign: int | None, organisation: int) -> Source:
        if request in self.requests:
            return Source("request", self.requests[request])
        if campaign is not None and campaign in self.campaigns:
            return Source("campaign", self.campaigns[campaign])
        if organisation in self.organisations:
            return Source("organisation", self.organisations[organisation])
        return STANDARD


def policies_of(organisations: Iterable[int], requests: Sequence[int]) -> Policies:
    found = Policies()
    rules: dict[int, list[Rule]] = defaultdict(list)
    rows = ReminderPolicy.objects.filter(organisation__in=list(organisations))
    kept = list(
        rows.filter(request=None).values_list("pk", "organisation_id", "campaign_id", "request_id", "person_id")
    )
    kept += rows.filter(request__in=requests).values_list(
        "pk", "organisation_id", "campaign_id", "request_id", "person_id"
    )
    if not kept:
        return found
    for row in ReminderRule.objects.filter(policy__in=[one[0] for one in kept]).order_by("policy", "position", "pk"):
        rules[row.policy_id].append(rule_of(row))
    for pk, organisation, campaign, request, person in kept:
        if person is not None:
            found.people[organisation, person] = tuple(rules[pk])
        elif request is not None:
            found.requests[request] = tuple(rules[pk])
        elif campaign is not None:
            found.campaigns[campaign] = tuple(rules[pk])
        else:
            found.organisations[organisation] = tuple(rules[pk])
    return found


def rule_of(row: ReminderRule) -> Rule:
    return Rule(
        clocks=row.clocks,
        days=tuple(row.days),
        unit=row.unit,
        on_opening=row.on_opening,
        repeat_every=row.repeat_every,
        repeat_unit=row.repeat_unit,
        repeat_until=row.repeat_until or 0,
        channels=tuple(row.channels),
        recipients=tuple(row.recipients),
        escalate_after=row.escalate_after,
        escalate_to=row.escalate_to,
    )


class Asked(NamedTuple):
    """A request, as far as reminders go."""

    id: int
    organisation: int
    campaign: int | None
    agency: int
    law: str
    zone: str
    alarms_from: dt.date | None
    assignee: int | None
    backup: int | None


class Running(NamedTuple):
    """A clock that stands, is not met and has a day."""

    deadline: int
    request: int
    key: str
    owner: str
    remind_on: dt.date
    due_on: dt.date | None
    latest_on: dt.date | None
    opens_on: dt.date | None
    ended_on: dt.date | None
    calendar_ref: str

    @property
    def dates(self) -> ClockDates:
        last = max(self.remind_on, self.latest_on or self.remind_on)
        return ClockDates(self.owner, self.remind_on, last, self.opens_on, self.ended_on)


class Want(NamedTuple):
    """One reminder of one person. now: it is to stand as a row today; else it is merely still right.

    news: theirs by somebody's answer, so that what another was told of it counts for nothing.
    """

    clock: Running
    organisation: int
    stage: Stage
    person: int
    at: dt.datetime
    now: bool
    news: bool = False


class Held(NamedTuple):
    """Somebody whom a rule names and who is not told, by what people have answered."""

    clock: Running
    stage: Stage
    person: int
    why: str


class Escalation(NamedTuple):
    """Whom to tell if the stage that holds today stays without an answer for so many days."""

    clock: Running
    organisation: int
    stage: Stage
    person: int
    days: int
    at: dt.datetime


class Stages:
    """The requests of one chunk with everything that decides about their reminders."""

    def __init__(self, ids: Sequence[int], now: dt.datetime) -> None:
        self.now = now
        self.requests: dict[int, Asked] = {row[0]: Asked(*row) for row in _requests(ids)}
        clocks = Deadline.objects.standing().filter(
            request__in=ids, met_on=None, remind_on__isnull=False, owner__in=list(reminding.CLOCKS)
        )
        self.clocks = [
            Running(*row)
            for row in clocks.order_by("pk").values_list(
                "pk", "request_id", "clock_key", "owner", "remind_on", "due_on", "latest_on", "opens_on", "ended_on",
                "calendar_ref",
            )
        ]  # fmt: skip
        organisations = {one.organisation for one in self.requests.values()}
        self.crew = crew_of(organisations)
        self.quiet = quiet_of(organisations)
        self.policies = policies_of(organisations, list(self.requests))
        self.effects = effects_of(list(self.requests), self.crew)
        self._book: Book | None = None
        self._slugs: dict[int, str] = {}

    def today(self, one: Asked) -> dt.date:
        return self.now.astimezone(ZoneInfo(zone_of(one.zone))).date()

    def wanted(self, policies: Policies | None = None) -> Iterator[Want | Held | Escalation]:
        """policies: as if these held; None: those that do."""
        policies = policies or self.policies
        for clock in self.clocks:
            one = self.requests[clock.request]
            if one.alarms_from and max(clock.remind_on, clock.due_on or clock.remind_on) < one.alarms_from:
                continue
            yield from self._of(clock, one, policies)

    def stages_of(self, clock: Running, policies: Policies) -> list[Stage]:
        one = self.requests[clock.request]
        rules = policies.of(one.id, one.campaign, one.organisation).rules
        return reminding.stages(rules, clock.dates, self.calendar(clock, rules))

    def _of(self, clock: Running, one: Asked, policies: Policies) -> Iterator[Want | Held | Escalation]:
        today = self.today(one)
        base = self.stages_of(clock, policies)
        told = self._told(one, base)
        found: dict[tuple[str, int, int], Want] = {}
        for stage, person, now in self._named(clock, one, base, told, policies):
            answered = self._answered(clock, one, stage, person)
            if not any(to.person == person for to in answered):
                day = self._day(clock, one, stage.on, stage.is_last_day)
                yield Held(clock, stage, person, self.effects.held(day, person))
            for to in answered:
                key = (stage.kind, stage.number, to.person)
                had = found.get(key)
                at = had.at if had else self._at(stage, clock, one, to.person)
                found[key] = Want(
                    clock, one.organisation, stage, to.person, at, now or bool(had and had.now), to.since is not None
                )
        yield from found.values()
        if not self.effects.nothing:
            yield from self._snoozes(clock, one, base, told)
        yield from self._escalations(clock, one, base, told, today)

    def _told(self, one: Asked, base: Sequence[Stage]) -> dict[int, set[int]]:
        """Whom each stage names, by the stage's place."""
        crew = self.crew[one.organisation]
        return {
            place: reminding.people(stage.recipients, crew, assignee=one.assignee, backup=one.backup)
            for place, stage in enumerate(base)
        }

    def _named(
        self, clock: Running, one: Asked, base: Sequence[Stage], told: Mapping[int, set[int]], policies: Policies
    ) -> Iterator[tuple[Stage, int, bool]]:
        """Each stage with each person it names, and whether it is to stand as a row today."""
        today, dates = self.today(one), clock.dates
        own = {
            person: policies.people[one.organisation, person]
            for person in set().union(*told.values())
            if (one.organisation, person) in policies.people
        }
        planned = reminding.to_plan(base, dates, today)
        for place, stage in enumerate(base):
            now = any(stage is other for other in planned)
            for person in sorted(told[place] - own.keys()):
                yield stage, person, now
        for person, rules in own.items():
            mine = reminding.stages(rules, dates, self.calendar(clock, rules))
            planned = reminding.to_plan(mine, dates, today)
            for stage in mine:
                yield stage, person, any(stage is other for other in planned)

    def _answered(self, clock: Running, one: Asked, stage: Stage, person: int) -> list[Told]:
        """Who is told in the place of a person that a rule names, after all that people have answered."""
        if self.effects.nothing:
            return [Told(person)]
        return self.effects.told(self._day(clock, one, stage.on, stage.is_last_day), person)

    def _day(self, clock: Running, one: Asked, on: dt.date, alarm: bool = False) -> DayTold:
        return DayTold(one.organisation, one.id, clock.key, clock.remind_on, on, alarm)

    def _snoozes(
        self, clock: Running, one: Asked, base: Sequence[Stage], told: Mapping[int, set[int]]
    ) -> Iterator[Want]:
        """Whoever asked to be told again is told on that day, if they would be told at all."""
        today = self.today(one)
        now = reminding.current(base, today)
        for person, until in self.effects.snoozes(self._day(clock, one, today)).items():
            stage = reminding.snoozed(base, clock.dates, until)
            if stage is None:
                continue
            day = self._day(clock, one, until)
            named = set().union(*told.values())
            if not any(to.person == person for name in named for to in self.effects.told(day, name)):
                continue
            fresh = (today - until).days <= reminding.OPENING_DAYS and (now is None or now.on < until)
            yield Want(clock, one.organisation, stage, person, self._at(stage, clock, one, person), fresh, True)

    def _escalations(
        self, clock: Running, one: Asked, base: Sequence[Stage], told: Mapping[int, set[int]], today: dt.date
    ) -> Iterator[Escalation]:
        """Of the stage that holds today alone: a later one is its own reminder, and has its own wait."""
        stage = reminding.current(base, today)
        asks = stage.escalates(clock.remind_on) if stage is not None else None
        if stage is None or asks is None or (clock.ended_on is not None and clock.ended_on <= today):
            return
        day = self._day(clock, one, today)
        if not self.effects.nothing:
            asleep = any(until > today for until in self.effects.snoozes(day).values())
            if asleep or self.effects.acknowledged(day):
                return
        days, to = asks
        crew = self.crew[one.organisation]
        already = {
            answered.person
            for person in told[base.index(stage)]
            for answered in self._answered(clock, one, stage, person)
        }
        named = reminding.people(to, crew, assignee=one.assignee, backup=one.backup)
        for person in sorted(named - already):
            reader = crew[person].zone or zone_of(one.zone)
            quiet = self.quiet.get((one.organisation, person), reminding.NEVER_QUIET)
            bound = reminding.bound(stage.kind, clock.remind_on, zone_of(one.zone))
            at = reminding.hushed(self.now, quiet, reader=reader, before=bound)
            yield Escalation(clock, one.organisation, stage, person, days, at)

    def _at(self, stage: Stage, clock: Running, one: Asked, person: int) -> dt.datetime:
        return reminding.send_at(
            stage,
            clock.dates,
            zone=zone_of(one.zone),
            reader=self.crew[one.organisation][person].zone,
            quiet=self.quiet.get((one.organisation, person), reminding.NEVER_QUIET),
        )

    def calendar(self, clock: Running, rules: Iterable[Rule]) -> Calendar | None:
        """The open days that the clock itself is counted by. None where no rule asks, or nobody knows them."""
        which = reminding.CLOCKS[clock.owner]
        if not any(
            rule.clocks == which and ((rule.unit == reminding.BUSINESS and rule.days) or rule.repeat_every)
            for rule in rules
        ):
            return None
        if self._book is None:
            agencies = {one.agency for one in self.requests.values()}
            self._book = book_of(agencies)
            self._slugs = dict(Agency.objects.filter(pk__in=agencies).values_list("pk", "slug"))
        one = self.requests[clock.request]
        try:
            ref = clock.calendar_ref.partition("+")[0] or library().calendar(one.law).ref
            return self._book.calendar(ref, self._slugs.get(one.agency))
        except (LookupError, NoAnswer):
            return None


def _requests(ids: Sequence[int]) -> Iterable[tuple[Any, ...]]:
    return RecordsRequest.objects.filter(pk__in=ids).values_list(
        "pk", "organisation_id", "campaign_id", "agency_id", "law_id", "zone", "alarms_from", "private__assignee_id",
        "private__backup_id",
    )  # fmt: skip


def crew_of(organisations: Iterable[int]) -> Mapping[int, Mapping[int, Member]]:
    """Who belongs to each organization today, by id."""
    found: dict[int, dict[int, Member]] = defaultdict(dict)
    rows = Membership.objects.filter(organisation__in=list(organisations), ended_at=None, person__is_active=True)
    for organisation, person, role, zone in rows.order_by("person_id").values_list(
        "organisation_id", "person_id", "role", "person__zone"
    ):
        found[organisation][person] = Member(person, role, zone if is_zone(zone) else None)
    return found


def quiet_of(organisations: Iterable[int]) -> dict[tuple[int, int], Quiet]:
    rows = PersonalReminding.objects.filter(organisation__in=list(organisations))
    return {
        (row.organisation_id, row.person_id): Quiet(
            row.quiet_from, row.quiet_until, frozenset(row.quiet_weekdays)
        )
        for row in rows
    }


def zone_of(name: str) -> str:
    return name if is_zone(name) else UTC


@lru_cache(maxsize=1024)
def is_zone(name: str) -> bool:
    """One person with a mistyped zone must not stop the planning of everybody."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not found, not a zone's name, a folder of zones
        return False
    return True
