"""Gathering: every reminder that is due is looked at once, and either rides in a digest or goes out alone.

The queue of the reminders takes only what was looked at, but for the last day of a window of ours, which waits for
nothing. So a gathering that fails can delay a mail, never hide such a day, and the health page turns red.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.db import DatabaseError, connection

from requests_app.models import Digest, MailStop, Person, PersonalReminding, Reminder, SendAttempt
from requests_app.models.visibility import SCHEDULE, organisation_viewer, viewing
from requests_app.notices.digesting import (
    CATCH_UP,
    MOST_RIDERS,
    MOST_SINGLE,
    STOPPED,
    Row,
    Slot,
    Wish,
    is_unwanted,
    places_of,
)
from requests_app.notices.outbox import own_domain

log = structlog.get_logger(__name__)

# People of one organization that are decided in one transaction.
CHUNK = 300
# A week, and a day for the zones.
LONGEST_PERIOD = timedelta(days=8)


def gather() -> None:
    """Before each sweep. Any number at once: an organization that another gathering has in hand is passed over."""
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute(LET_GO)
        cursor.execute(STRAYED)
        cursor.execute(WAITING, [MOST_SINGLE])
        waiting = cursor.fetchall()
    for organisation_id, people in waiting:
        for start in range(0, len(people), CHUNK):
            try:
                _gather(organisation_id, people[start : start + CHUNK])
            except DatabaseError:
                # One organization's trouble must not silence the others.
                log.exception("reminders not gathered", organisation_id=organisation_id)


def _gather(organisation_id: int, people: list[int]) -> None:
    with viewing(organisation_viewer(organisation_id)), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext('digests'), %s), clock_timestamp()", [organisation_id]
        )
        free, now = cursor.fetchone()
        if not free:
            return
        cursor.execute(DUE, [organisation_id, people])
        rows: dict[int, list[Row]] = defaultdict(list)
        for recipient_id, *columns in cursor.fetchall():
            rows[recipient_id].append(Row(*columns))
        known = _Known.of(organisation_id, rows, now.date())
        unwanted = known.take_out_unwanted(rows, now)
        zones = dict(Person.objects.filter(pk__in=rows).values_list("pk", "zone"))
        alone: list[int] = []
        for person_id, due in rows.items():
            wish = known.wishes.get(person_id, Wish())
            places = places_of(
                due,
                wish,
                zones[person_id],
                now,
                closed=frozenset(known.closed[person_id, wish.period]),
                open_catch_up=person_id in known.catching_up,
            )
            alone += places.alone
            for period, slot, ids in places.riding:
                _seat(organisation_id, person_id, period, slot, ids)
        Reminder.objects.filter(pk__in=alone, alone=False).update(alone=True)
        _set_aside(organisation_id, unwanted)


def _set_aside(organisation_id: int, ids: list[int]) -> None:
    """Not mailed, and the log says why. What is meant for the inbox lies there: `inbox.put` goes first."""
    Reminder.objects.filter(pk__in=ids).update(state=Reminder.State.SKIPPED, outcome=STOPPED, alone=False)
    SendAttempt.objects.bulk_create(
        SendAttempt(organisation_id=organisation_id, reminder_id=pk, step="skipped", text=STOPPED)
        for pk in ids
    )


@dataclass
class _Known:
    """What people asked for, and which of their digests have left or wait."""

    wishes: dict[int, Wish] = field(default_factory=dict)
    closed: dict[tuple[int, str], set[date]] = field(default_factory=lambda: defaultdict(set))
    catching_up: set[int] = field(default_factory=set)
    stops: dict[int, bool] = field(
        default_factory=dict
    )  # who wants no digests; whether none of our windows either

    @classmethod
    def of(cls, organisation_id: int, people: Iterable[int], today: date) -> _Known:
        known = cls()
        asked = PersonalReminding.objects.filter(organisation_id=organisation_id, person_id__in=list(people))
        for one in asked:
            known.wishes[one.person_id] = Wish(one.digest, one.digest_at, one.digest_weekday)
        stopped = MailStop.objects.filter(organisation_id=organisation_id, person_id__in=list(people))
        for stop in stopped.exclude(digests_at=None):
            known.stops[stop.person_id] = stop.ours_at is not None
        theirs = Digest.objects.filter(organisation_id=organisation_id, person_id__in=list(people))
        waiting = _open(theirs.filter(period=CATCH_UP))
        known.catching_up.update(waiting.values_list("person_id", flat=True))
        left = theirs.exclude(period=CATCH_UP).filter(period_on__gte=today - LONGEST_PERIOD)
        for person_id, period, on in (
            left.exclude(state=Digest.State.CANCELLED)
            .exclude(state=Digest.State.PLANNED, handed_over_at=None)
            .values_list("person_id", "period", "period_on")
        ):
            known.closed[person_id, period].add(on)
        return known

    def take_out_unwanted(self, rows: dict[int, list[Row]], now: datetime) -> list[int]:
        """Out of `rows` what its reader stopped; the ids."""
        unwanted = []
        for person_id, ours_too in self.stops.items():
            out = [row for row in rows[person_id] if row.fresh and is_unwanted(row, now, ours_too=ours_too)]
            # A minute, so that the inboxes are filled before it is set aside.
            unwanted += [row.id for row in out if row.next_at <= now - timedelta(minutes=1)]
            gone = {row.id for row in out}
            rows[person_id] = [row for row in rows[person_id] if row.id not in gone]
        return unwanted


def _open(digests: Any) -> Any:
    """Those that more reminders may still join: nobody holds them, and none may have left."""
    return digests.filter(state=Digest.State.PLANNED, handed_over_at=None)


def _seat(organisation_id: int, person_id: int, period: str, slot: Slot, ids: tuple[int, ...]) -> None:
    """Into the digest of that day that waits, then into new ones, as many as it takes."""
    theirs = Digest.objects.filter(organisation_id=organisation_id, person_id=person_id, period=period)
    waiting = _open(theirs) if period == CATCH_UP else _open(theirs.filter(period_on=slot.on))
    left = list(ids)
    # Locked, so that none of them leaves with half of what it was given.
    for digest in waiting.select_for_update(skip_locked=True).order_by("number"):
        room = MOST_RIDERS - Reminder.objects.filter(digest=digest, state="planned").count()
        left = _board(digest, left, room)
    number = theirs.filter(period_on=slot.on).count()
    while left:
        digest = Digest.objects.create(
            organisation_id=organisation_id,
            person_id=person_id,
            period=period,
            period_on=slot.on,
            number=number,
            next_at=slot.at,
            message_id=_message_id(organisation_id, person_id, period, slot.on, number),
        )
        left = _board(digest, left, MOST_RIDERS)
        number += 1


def _board(digest: Digest, ids: list[int], room: int) -> list[int]:
    """Takes so many of them; those left over come back."""
    take, left = ids[: max(room, 0)], ids[max(room, 0) :]
    if take:
        Reminder.objects.filter(pk__in=take).update(digest=digest, alone=False)
    return left


def _message_id(organisation_id: int, person_id: int, period: str, on: date, number: int) -> str:
    key = f"digest|{organisation_id}|{person_id}|{period}|{on}|{number}"
    return f"{hashlib.sha256(key.encode()).hexdigest()[:40]}@{own_domain()}"


# An alarm about a window of ours does not wait for a digest that was put off until its date. The most eastern day there
# is decides: the schedule knows no zones.
LET_GO = """
WITH late AS (
    SELECT r.id FROM requests_app_reminder r JOIN requests_app_digest d ON d.id = r.digest_id
     WHERE r.state = 'planned' AND r.handed_over_at IS NULL AND r.ours AND r.kind <> 'gone'
       AND d.state = 'planned' AND d.handed_over_at IS NULL AND d.period <> 'catch_up'
       AND r.due_on <= (greatest(d.next_at, now()) AT TIME ZONE 'UTC' + interval '14 hours')::date
     ORDER BY r.id FOR UPDATE OF r SKIP LOCKED
)
UPDATE requests_app_reminder r SET digest_id = NULL, alone = true FROM late WHERE late.id = r.id
"""

# Planned again after its digest had left without it.
STRAYED = """
WITH stray AS (
    SELECT r.id FROM requests_app_reminder r JOIN requests_app_digest d ON d.id = r.digest_id
     WHERE r.state = 'planned' AND d.state NOT IN ('planned', 'claimed', 'unknown')
     ORDER BY r.id FOR UPDATE OF r SKIP LOCKED
)
UPDATE requests_app_reminder r SET digest_id = NULL, alone = false FROM stray WHERE stray.id = r.id
"""

# People with something nobody has looked at, or with so much that waits alone that it had better come together.
WAITING = """
SELECT organisation_id, array_agg(recipient_id ORDER BY recipient_id) FROM (
    SELECT organisation_id, recipient_id FROM requests_app_reminder
     WHERE state = 'planned' AND digest_id IS NULL AND channel = 'email' AND next_at <= statement_timestamp()
     GROUP BY organisation_id, recipient_id
    HAVING bool_or(NOT alone)
        OR count(*) FILTER (WHERE attempts = 0 AND handed_over_at IS NULL
                              AND NOT (ours AND kind = 'closing' AND offset_days <= 0)) > %s
) one GROUP BY organisation_id ORDER BY organisation_id
"""

DUE = """
SELECT r.recipient_id, r.id, r.next_at, r.kind, r.offset_days, r.due_on, r.ours, q.zone,
       r.attempts = 0 AND r.handed_over_at IS NULL
  FROM requests_app_reminder r JOIN requests_app_recordsrequest q ON q.id = r.request_id
 WHERE r.organisation_id = %s AND r.recipient_id = ANY(%s) AND r.state = 'planned' AND r.digest_id IS NULL
   AND r.channel = 'email' AND r.next_at <= statement_timestamp()
 ORDER BY r.next_at, r.id FOR UPDATE OF r SKIP LOCKED
"""
