"""Which reminders ride in which digest: pure, rows and wishes in, places out. Days are the reader's and the agency's.

What a digest never carries: the last day of a window of ours, an alarm about such a window that the digest would bring
only on its date or after it, an escalation while the digest is hours away, and what was tried as a single mail before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAILY, WEEKLY, CATCH_UP = "daily", "weekly", "catch_up"
# In the delivery log of what its reader does not want by mail.
STOPPED = "its reader stopped this mail"
# So many may come one by one; more that are due to one person at once come together.
MOST_SINGLE = 20
# More lines than this nobody reads in one mail, and mail readers cut it off.
MOST_RIDERS = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """How one person wants what does not hurry. period: single, daily or weekly; weekday: 0 is Monday."""

    period: str = "single"
    at: time = time(8)
    weekday: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A reminder that is due. fresh: nobody has tried to send it yet."""

    id: int
    next_at: datetime
    kind: str
    offset_days: int
    due_on: date
    ours: bool
    zone: str
    fresh: bool = True


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A digest's place in time: the reader's own day, and the instant that it is due."""

    on: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Places:
    """alone: ids that go out by themselves; riding: digest period and slot, and the ids in it."""

    alone: tuple[int, ...]
    riding: tuple[tuple[str, Slot, tuple[int, ...]], ...]


def places_of(
    rows: Sequence[Row],
    wish: Wish,
    zone: str,
    now: datetime,
    *,
    closed: frozenset[date] = frozenset(),
    open_catch_up: bool = False,
) -> Places:
    """All rows that are due to one person in one organization, decided.

    closed: days whose daily or weekly digest has left already. open_catch_up: one waits that has not left.
    """
    if wish.period in (DAILY, WEEKLY):
        return _periodical(rows, wish, zone, now, closed)
    may_ride = [row for row in rows if row.fresh and not is_last_day(row, now)]
    if len(may_ride) <= MOST_SINGLE and not open_catch_up:
        return Places(tuple(row.id for row in rows), ())
    riding = {row.id for row in may_ride}
    slot = Slot(now.astimezone(zone_of(zone)).date(), now)
    together = ((CATCH_UP, slot, tuple(row.id for row in may_ride)),) if may_ride else ()
    return Places(tuple(row.id for row in rows if row.id not in riding), together)


def is_unwanted(row: Row, now: datetime, *, ours_too: bool) -> bool:
    """Its reader stopped this mail. A window of ours was stopped apart, and its last day cannot be."""
    if not row.ours or row.kind == "gone":
        return True
    return ours_too and not is_last_day(row, now)


def _periodical(rows: Sequence[Row], wish: Wish, zone: str, now: datetime, closed: frozenset[date]) -> Places:
    last, following = slots(wish, zone, now)
    if following.on in closed:
        # Its reader moved the hour after that day's digest had left.
        _, following = slots(wish, zone, following.at)
    alone: list[int] = []
    riding: dict[Slot, list[int]] = {}
    for row in rows:
        slot = last if row.next_at <= last.at and last.on not in closed else following
        if not row.fresh or row.kind == "escalated" or is_last_day(row, now) or comes_too_late(row, slot.at):
            alone.append(row.id)
        else:
            riding.setdefault(slot, []).append(row.id)
    return Places(
        tuple(alone), tuple((wish.period, slot, tuple(ids)) for slot, ids in sorted(riding.items()))
    )


def slots(wish: Wish, zone: str, now: datetime) -> tuple[Slot, Slot]:
    """The last time of the digest that has come, and the next. An hour that a change of clocks skips comes after it."""
    there = zone_of(zone)
    today = now.astimezone(there).date()
    step = 7 if wish.period == WEEKLY else 1
    back = (today.weekday() - wish.weekday) % 7 if wish.period == WEEKLY else 0
    on = today - timedelta(days=back)
    last = _slot(on, wish.at, there)
    if last.at > now:
        return _slot(on - timedelta(days=step), wish.at, there), last
    return last, _slot(on + timedelta(days=step), wish.at, there)


def _slot(on: date, at: time, there: ZoneInfo) -> Slot:
    return Slot(on, datetime.combine(on, at, tzinfo=there).astimezone(ZoneInfo("UTC")))


def is_last_day(row: Row, now: datetime) -> bool:
    """An alarm of our own window on its last day, or after it: nothing holds it."""
    if not row.ours or row.kind == "gone":
        return False
    if row.kind == "closing" and row.offset_days <= 0:
        return True
    return row.due_on <= now.astimezone(zone_of(row.zone)).date()


def comes_too_late(row: Row, at: datetime) -> bool:
    """A digest at this instant would bring an alarm of our own window on its date, or past it."""
    return row.ours and row.kind != "gone" and row.due_on <= at.astimezone(zone_of(row.zone)).date()


def zone_of(name: str) -> ZoneInfo:
    """A mistyped zone must not silence anybody."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
