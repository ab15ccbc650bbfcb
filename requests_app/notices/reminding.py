"""From a policy to days: which reminders a clock earns, when, for whom and by which channel. Pure: no table, no clock.

Days are legal days at the agency; a rule counts them from the day that alarms go by. Two promises are kept here and no
policy can take them away: the last day of our own window is told by mail, and somebody is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from zoneinfo import ZoneInfo

from requests_app.clock.calendars import ONE_DAY, Calendar, OutsideCalendar

# What a reminder is about. The first four are stages of a policy.
OPENED, CLOSING, AWAITED, LAPSED = "opened", "closing", "awaited", "lapsed"
MOVED, GONE, ESCALATED = "moved", "gone", "escalated"
STAGES = (OPENED, CLOSING, AWAITED, LAPSED)

OURS, AGENCY = "ours", "agency"
CLOCKS = {"requester": OURS, "agency": AGENCY, "reviewer": AGENCY}
"""Whose clock falls under which rules. A court's or another's asks nothing of us."""
CALENDAR, BUSINESS = "calendar", "business"
EMAIL, INBOX, WEBHOOK = "email", "inbox", "webhook"
CHANNELS = (EMAIL, INBOX, WEBHOOK)
ASSIGNEE, BACKUP, OWNERS, EDITORS, VIEWERS = "assignee", "backup", "owners", "editors", "viewers"
RECIPIENTS = (ASSIGNEE, BACKUP, OWNERS, EDITORS, VIEWERS)

# Older than this at the time of planning, a lapse that nobody was told of is history and alarms nobody.
ANCIENT_DAYS = 30
# An opening that is found later than this is told by the days that follow it.
OPENING_DAYS = 7
# In the last days of a window nobody is left to sleep over a reminder that was not answered.
LAST_DAYS = 3
# A stage that somebody put off is theirs alone; beyond these numbers where its own is taken.
SNOOZE_NUMBERS = 2_000
# The escalation of an opening stands beside that of the stages, which are numbered by their days.
OPENING_NUMBERS = 1_000
MORNING, NOON, MIDNIGHT = dt.time(8), dt.time(12), dt.time(0)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a policy. days: negative before the date, 0 on it, positive after it.

    Repeats count from the opening of our own window, and from the last day named after an agency's lapse.
    escalate_after: days without an answer, None for never.
    """

    clocks: str
    days: tuple[int, ...] = ()
    unit: str = CALENDAR
    on_opening: bool = False
    repeat_every: int | None = None
    repeat_unit: str = BUSINESS
    repeat_until: int = 0
    channels: tuple[str, ...] = (EMAIL, INBOX)
    recipients: tuple[str, ...] = (ASSIGNEE, BACKUP)
    escalate_after: int | None = None
    escalate_to: str = OWNERS


STANDARD: tuple[Rule, ...] = (
    Rule(OURS, (-14, -7, -3, -1, 0), on_opening=True, escalate_after=3),
    Rule(AGENCY, (1,), repeat_every=10, repeat_until=6, recipients=(ASSIGNEE,)),
)
# What the last day is told by where a policy names no rule for our own windows.
LAST_DAY = Rule(OURS, (0,))


@dataclass(frozen=True, slots=True)
class ClockDates:
    """What a policy asks of a clock. due_on: the day alarms go by; last_on: until when, by the latest reading."""

    owner: str
    due_on: dt.date
    last_on: dt.date
    opens_on: dt.date | None = None
    ended_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One reminder of a clock, before it is known who reads it. number: as the policy counts, before is positive."""

    kind: str
    number: int
    on: dt.date
    channels: tuple[str, ...]
    recipients: frozenset[str]
    rules: tuple[Rule, ...] = field(compare=False)

    @property
    def is_last_day(self) -> bool:
        return self.kind == CLOSING and self.number == 0

    @property
    def is_repeat(self) -> bool:
        if self.kind == OPENED:
            return self.number < 0
        return self.kind == LAPSED and all(-self.number not in rule.days for rule in self.rules)

    @property
    def channel(self) -> str:
        """The one that carries the row: a mail where one is wanted."""
        return next(one for one in CHANNELS if one in self.channels)

    def escalates(self, due_on: dt.date) -> tuple[int, frozenset[str]] | None:
        """After how many days without an answer, and to whom; None: never."""
        asks = [rule for rule in self.rules if rule.escalate_after is not None]
        if not asks:
            return None
        days = min(rule.escalate_after or 0 for rule in asks)
        if self.kind in (OPENED, CLOSING) and due_on - self.on <= LAST_DAYS * ONE_DAY:
            days = min(days, 1)
        return days, frozenset(rule.escalate_to for rule in asks)

    @property
    def escalation(self) -> int:
        """The number of its escalation, which no other stage of the clock has."""
        return OPENING_NUMBERS - self.number if self.kind == OPENED else self.number


# Days ----------------------------------------------------------------------------------------------------------------


def add_days(day: dt.date, n: int, unit: str, calendar: Calendar | None) -> dt.date:
    """n days on (back, for a negative n). Business days are those of the calendar; beyond it, those of the week."""
    if n == 0:
        return day
    if unit == CALENDAR:
        return day + n * ONE_DAY
    try:
        return calendar.add_open(day, n) if calendar is not None else _weekdays(day, n)
    except OutsideCalendar:
        # A far year that nobody has published: the week alone is known of it.
        return _weekdays(day, n)


def _weekdays(day: dt.date, n: int) -> dt.date:
    step, left = (1 if n > 0 else -1), abs(n)
    while left:
        day += step * ONE_DAY
        left -= day.weekday() < 5
    return day


def stages(rules: Iterable[Rule], clock: ClockDates, calendar: Calendar | None = None) -> list[Stage]:
    """Everything that a clock earns, by day. One day has one reminder of a clock, whichever rules ask for it.

    calendar: the open days of the law, with the agency's own closed days laid over. None: those of the week.
    """
    which = CLOCKS.get(clock.owner)
    asked = [rule for rule in rules if rule.clocks == which]
    if which == OURS and not any(0 in rule.days for rule in asked):
        asked.append(_last_day(asked))
    found: dict[dt.date, Stage] = {}
    for rule in asked:
        for kind, number, on in _days(rule, clock, calendar):
            if clock.ended_on is not None and clock.ended_on <= on:
                continue
            stage = Stage(
                kind, number, on, _channels(rule, kind, number), frozenset(rule.recipients), (rule,)
            )
            found[on] = _one(found[on], stage) if on in found else stage
    return _numbered(found[on] for on in sorted(found))


def _last_day(asked: Sequence[Rule]) -> Rule:
    """Nobody can choose not to be told of the last day: it is told to those who are told of the window at all."""
    if not asked:
        return LAST_DAY
    recipients = tuple(dict.fromkeys(who for rule in asked for who in rule.recipients))
    return Rule(OURS, (0,), recipients=recipients)


def _days(rule: Rule, clock: ClockDates, calendar: Calendar | None) -> Iterable[tuple[str, int, dt.date]]:
    due, opens = clock.due_on, clock.opens_on
    if rule.clocks == OURS:
        if opens is not None and opens <= due:
            if rule.on_opening:
                yield OPENED, 0, opens
            for n in range(1, _times(rule) + 1):
                on = add_days(opens, n * (rule.repeat_every or 0), rule.repeat_unit, calendar)
                if on >= due:
                    break
                yield OPENED, -n, on
        for n in rule.days:
            on = add_days(due, n, rule.unit, calendar)
            if n >= 0 or opens is None or on >= opens:
                yield CLOSING, -n, on
        return
    for n in rule.days:
        on = add_days(due, n, rule.unit, calendar)
        if n > 0:
            yield LAPSED, -n, on
        elif opens is None or on >= opens:
            yield AWAITED, -n, on
    after = max((n for n in rule.days if n > 0), default=0)
    first = add_days(due, after, rule.unit, calendar)
    for n in range(1, _times(rule) + 1):
        count = n * (rule.repeat_every or 0)
        yield LAPSED, -(after + count), add_days(first, count, rule.repeat_unit, calendar)


def _times(rule: Rule) -> int:
    return rule.repeat_until if rule.repeat_every else 0


def _channels(rule: Rule, kind: str, number: int) -> tuple[str, ...]:
    if kind == CLOSING and number == 0:
        return tuple(one for one in CHANNELS if one in (EMAIL, INBOX) or one in rule.channels)
    return tuple(one for one in CHANNELS if one in rule.channels)


def _one(a: Stage, b: Stage) -> Stage:
    """Two that fall on one day. The last day is never told as anything else."""
    kept = b if b.is_last_day or (b.kind == OPENED and not a.is_last_day) else a
    return Stage(
        kept.kind,
        kept.number,
        kept.on,
        tuple(one for one in CHANNELS if one in a.channels or one in b.channels),
        a.recipients | b.recipients,
        (*a.rules, *b.rules),
    )


def _numbered(found: Iterable[Stage]) -> list[Stage]:
    """A number names one row: where business and calendar days use it twice, the earlier day keeps it."""
    seen: set[tuple[str, int]] = set()
    kept = []
    for stage in found:
        if (stage.kind, stage.number) not in seen:
            seen.add((stage.kind, stage.number))
            kept.append(stage)
    return kept


def current(found: Sequence[Stage], today: dt.date) -> Stage | None:
    """The latest whose day has come: what was missed before it is told by it."""
    come = [stage for stage in found if stage.on <= today]
    return come[-1] if come else None


def to_plan(found: Sequence[Stage], clock: ClockDates, today: dt.date) -> list[Stage]:
    """Those that are to stand as rows today: the latest that has come, and what is to come.

    A repeat is written down when what it repeats has come: the others follow one by one.
    """
    if clock.ended_on is not None and clock.ended_on <= today:
        return []
    now = current(found, today)
    kept: list[Stage] = []
    ahead: set[str] = set()
    for stage in found:
        if now is not None and stage.on < now.on:
            continue
        if stage.on > today:
            if stage.kind in ahead and stage.is_repeat:
                continue
            ahead.add(stage.kind)
        elif not _still_said(stage, clock, today):
            continue
        kept.append(stage)
    return kept


def snoozed(found: Sequence[Stage], clock: ClockDates, until: dt.date) -> Stage | None:
    """The stage of somebody who asked to be told again on that day. None where that day has one already."""
    if any(stage.on == until for stage in found) or (clock.ended_on is not None and clock.ended_on <= until):
        return None
    ours = CLOCKS.get(clock.owner) == OURS
    kind = CLOSING if ours else (LAPSED if until > clock.due_on else AWAITED)
    number = (clock.due_on - until).days
    if any((stage.kind, stage.number) == (kind, number) for stage in found):
        number += SNOOZE_NUMBERS if number >= 0 else -SNOOZE_NUMBERS
    rules = tuple(rule for stage in found[:1] for rule in stage.rules)
    return Stage(kind, number, until, (EMAIL, INBOX), frozenset(), rules)


def _still_said(stage: Stage, clock: ClockDates, today: dt.date) -> bool:
    match stage.kind:
        case "opened":
            return today - stage.on <= OPENING_DAYS * ONE_DAY and clock.last_on >= today
        case "closing" if stage.number < 0:
            return today - stage.on <= ANCIENT_DAYS * ONE_DAY
        case "closing":
            return clock.last_on >= today
        case "awaited":
            return clock.last_on >= today
    return today - stage.on < ANCIENT_DAYS * ONE_DAY


# People --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Member:
    id: int
    role: str
    zone: str | None
    """None: one that nobody knows; the agency's serves in its place."""


def people(
    wanted: Iterable[str], crew: Mapping[int, Member], *, assignee: int | None, backup: int | None
) -> set[int]:
    """Who is meant. Where that is nobody: the assignee, else the backup, else every editor and owner."""
    found: set[int] = set()
    for one in wanted:
        match one:
            case "assignee":
                found |= {assignee or 0, *(() if assignee in crew else (backup or 0,))}
            case "backup":
                found.add(backup or 0)
            case "owners" | "editors" | "viewers":
                found |= {who.id for who in crew.values() if who.role == one[:-1]}
    found &= crew.keys()
    if found:
        return found
    for stand_in in (assignee, backup):
        if stand_in in crew and stand_in is not None:
            return {stand_in}
    return {who.id for who in crew.values() if who.role in ("editor", "owner")}


@dataclass(frozen=True, slots=True)
class Quiet:
    """When one person wants no mail, in their own zone. The hours may span midnight."""

    from_: dt.time | None = None
    until: dt.time | None = None
    weekdays: frozenset[int] = frozenset()

    def over(self, at: dt.datetime) -> dt.datetime:
        """The first instant from `at` on, in its own zone, that is not quiet; `at` itself where it is not."""
        local = at.replace(tzinfo=None)
        for _ in range(16):
            if local.weekday() in self.weekdays:
                local = dt.datetime.combine(local.date() + ONE_DAY, MORNING)
            elif (ends := self._ends(local)) is not None:
                local = ends
            else:
                break
        return local.replace(tzinfo=at.tzinfo) if local != at.replace(tzinfo=None) else at

    def _ends(self, local: dt.datetime) -> dt.datetime | None:
        if self.from_ is None or self.until is None:
            return None
        time, day = local.time(), local.date()
        if self.from_ < self.until:
            return dt.datetime.combine(day, self.until) if self.from_ <= time < self.until else None
        if time >= self.from_:
            return dt.datetime.combine(day + ONE_DAY, self.until)
        return dt.datetime.combine(day, self.until) if time < self.until else None


NEVER_QUIET = Quiet()


def send_at(stage: Stage, clock: ClockDates, *, zone: str, reader: str | None, quiet: Quiet) -> dt.datetime:
    """Eight in the morning where the reader is, in UTC. zone: the agency's.

    A lapse waits for the agency's day to be over; our own window and what is still awaited come before noon at the
    agency. Quiet hours hold what may be held: nothing of our own window past its date, and its last day not at all.
    """
    reader = reader or zone
    morning = instant(stage.on, MORNING, reader)
    if stage.kind == LAPSED:
        at = max(morning, instant(stage.on, MIDNIGHT, zone))
    else:
        at = min(morning, instant(stage.on, NOON, zone))
    if stage.is_last_day or quiet == NEVER_QUIET:
        return at
    return hushed(at, quiet, reader=reader, before=bound(stage.kind, clock.due_on, zone))


def bound(kind: str, due_on: dt.date, zone: str) -> dt.datetime | None:
    """Until when a reminder may be held: one of our own window, only while its date lasts."""
    return instant(due_on + ONE_DAY, MIDNIGHT, zone) if kind in (OPENED, CLOSING) else None


def hushed(at: dt.datetime, quiet: Quiet, *, reader: str, before: dt.datetime | None) -> dt.datetime:
    """`at`, or the end of the quiet that it falls into; `at` where that would not come before `before`."""
    local = at.astimezone(ZoneInfo(reader))
    later = quiet.over(local)
    if later is local:
        return at
    held = later.astimezone(dt.UTC)
    return at if before is not None and held >= before else held


@lru_cache(maxsize=65_536)
def instant(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    return dt.datetime.combine(day, time, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
