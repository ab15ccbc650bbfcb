"""Planning reminders: which rows the standing deadlines earn, and which open rows no longer stand.

One set-based pass over some requests, in the transaction that moved their deadlines, and again every few minutes
over everything. Running it twice, or two at once, changes nothing: the unique key decides.

Order of the pass: cancel what no longer stands, hand rows on to the deadline that carries the same date, add what
is missing, tell those whose date moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.db import DatabaseError, connection

from requests_app.models.visibility import organisation_viewer, viewing
from requests_app.notices.outbox import own_domain

from . import jobs, nudge
from .reminder_policy import ANCIENT_DAYS, MOST_ATTEMPTS, STANDARD, Rule

log = structlog.get_logger(__name__)

# Small enough that a plan made on old statistics, row by row, stays bearable.
CHUNK = 250


@dataclass(frozen=True, slots=True)
class Planned:
    added: int = 0
    moved: int = 0
    cancelled: int = 0

    def __add__(self, other: Planned) -> Planned:
        return Planned(self.added + other.added, self.moved + other.moved, self.cancelled + other.cancelled)


class PlanIncomplete(Exception):
    """Some organisations could not be planned; the others were. Each failure stands in the log."""


def plan_for_requests(
    request_ids: Iterable[int],
    *,
    now: datetime | None = None,
    policy: Sequence[Rule] = STANDARD,
    hurry: bool = True,
) -> Planned:
    """Bring the reminders of these requests in line with their standing deadlines.

    Inside the transaction that moved the deadlines, as the acting person or as the organisation. now: None asks the
    database's clock. hurry: publish a nudge after the commit, if a row is due already.
    """
    ids = sorted(set(request_ids))
    if not ids:
        return Planned()
    with connection.cursor() as cursor:
        given = _given(cursor, ids, now or _database_now(cursor), policy)
        cursor.execute(ANY_ROW, given)
        cancelled = moved = 0
        if known := cursor.fetchone()[0]:
            cancelled = _run(cursor, CANCEL, given) + _run(cursor, REASSIGN, given)
            _run(cursor, HAND_ON, given)
        added = _count(cursor, ADD, given)
        if known:
            moved = _count(cursor, MOVED, given) + _count(cursor, GONE, given)
        # Then the alarms of the date that stands: the next pass, or this one, adds them.
        if _run(cursor, PASSED, given):
            cancelled += _run(cursor, CANCEL, given)
            added += _count(cursor, ADD, given)
            moved += _count(cursor, MOVED, given)
        if hurry and added + moved:
            cursor.execute(ANY_DUE, given)
            if cursor.fetchone()[0]:
                nudge.worker_should_look()
    return Planned(added, moved, cancelled)


def plan_everything(*, now: datetime) -> Planned:
    """Every organisation, each seen as itself. What one act forgot, or one crash lost, is found here."""
    organisations = jobs.organisations()
    total, failed = Planned(), 0
    for organisation_id in organisations:
        try:
            total += plan_organisation(organisation_id, now=now)
        except DatabaseError:
            # One organisation's trouble must not silence the others'.
            failed += 1
            log.exception("reminders not planned", organisation_id=organisation_id)
    if failed:
        raise PlanIncomplete(f"{failed} of {len(organisations)} organizations could not be planned")
    return total


def plan_organisation(organisation_id: int, *, now: datetime) -> Planned:
    viewer = organisation_viewer(organisation_id)
    with viewing(viewer), connection.cursor() as cursor:
        cursor.execute(WORTH_A_LOOK, {"organisation": organisation_id, "now": now, "ancient": ANCIENT_DAYS})
        ids = [row[0] for row in cursor.fetchall()]
    total = Planned()
    for start in range(0, len(ids), CHUNK):
        with viewing(viewer), connection.cursor() as cursor:
            # Shorter than deadlock_timeout: where a person's act and this pass wait on each other, this one gives way.
            cursor.execute("SELECT set_config('lock_timeout', '500ms', true)")
            total += plan_for_requests(ids[start : start + CHUNK], now=now, hurry=False)
    return total


def _database_now(cursor: Any) -> datetime:
    cursor.execute("SELECT clock_timestamp()")
    at: datetime = cursor.fetchone()[0]
    return at


def _given(cursor: Any, ids: list[int], now: datetime, policy: Sequence[Rule]) -> dict[str, Any]:
    rules = [(r.kind, owner, before) for r in policy for owner in r.owners for before in r.days_before]
    cursor.execute(ZONES, {"ids": ids})
    return {
        "ids": ids,
        "now": now,
        "kinds": [kind for kind, _, _ in rules],
        "owners": [owner for _, owner, _ in rules],
        "befores": [before for _, _, before in rules],
        "bad_zones": [zone for (zone,) in cursor.fetchall() if not _is_zone(zone)],
        "ancient": ANCIENT_DAYS,
        "most": MOST_ATTEMPTS,
        "domain": own_domain(),
    }


def _run(cursor: Any, statement: str, given: dict[str, Any]) -> int:
    cursor.execute(statement, given)
    return int(cursor.rowcount)


def _count(cursor: Any, statement: str, given: dict[str, Any]) -> int:
    cursor.execute(statement, given)
    return int(cursor.fetchone()[0])


@lru_cache(maxsize=1024)
def _is_zone(name: str) -> bool:
    """One person with a mistyped zone must not stop the planning of everybody: PostgreSQL would refuse the whole."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not found, not a zone's name, a folder of zones
        return False
    return True


# The statements. Days are legal days in the request's zone; alarms go by `remind_on`, which is the due day or what a
# newer reading of the law would make it, whichever is earlier; `now` is handed in, next_at is compared with the
# database's own clock when the time has come. --------------------------------------------------------------------

ZONES = """
SELECT q.zone FROM requests_app_recordsrequest q WHERE q.id = ANY(%(ids)s)
UNION
SELECT p.zone FROM requests_app_person p
  JOIN requests_app_membership m ON m.person_id = p.id AND m.ended_at IS NULL
 WHERE m.organisation_id IN (SELECT organisation_id FROM requests_app_recordsrequest WHERE id = ANY(%(ids)s))
"""

ANY_ROW = "SELECT EXISTS (SELECT FROM requests_app_reminder WHERE request_id = ANY(%(ids)s))"

ANY_DUE = """
SELECT EXISTS (SELECT FROM requests_app_reminder
                WHERE request_id = ANY(%(ids)s) AND state = 'planned' AND next_at <= now())
"""

WORTH_A_LOOK = """
SELECT request_id FROM requests_app_deadline
 WHERE organisation_id = %(organisation)s AND superseded_at IS NULL AND met_on IS NULL
   AND greatest(due_on, latest_on) >= %(now)s::date - %(ancient)s - 1
UNION
SELECT request_id FROM requests_app_reminder
 WHERE organisation_id = %(organisation)s AND state IN ('planned', 'claimed', 'unknown')
UNION
SELECT request_id FROM requests_app_reminder
 WHERE organisation_id = %(organisation)s AND handed_over_at IS NOT NULL
   AND due_on >= %(now)s::date - %(ancient)s - 1
ORDER BY 1
"""

# Who is told: the assignee while a member, else the backup, else every editor and owner.
CREW = """
crew AS (
    SELECT m.organisation_id, m.person_id, m.role,
           CASE WHEN p.zone = ANY(%(bad_zones)s) THEN NULL ELSE p.zone END AS zone
      FROM requests_app_membership m JOIN requests_app_person p ON p.id = m.person_id
     WHERE m.ended_at IS NULL AND p.is_active
       AND m.organisation_id IN (SELECT organisation_id FROM requests_app_recordsrequest WHERE id = ANY(%(ids)s))
),
told_to AS (
    SELECT q.id AS request_id, c.person_id, c.zone
      FROM requests_app_recordsrequest q
      LEFT JOIN requests_app_requestprivate v ON v.request_id = q.id
      LEFT JOIN LATERAL (
          SELECT person_id FROM crew
           WHERE organisation_id = q.organisation_id AND person_id IN (v.assignee_id, v.backup_id)
           ORDER BY person_id = v.assignee_id DESC LIMIT 1
      ) a ON true
      JOIN crew c ON c.organisation_id = q.organisation_id
       AND CASE WHEN a.person_id IS NOT NULL THEN c.person_id = a.person_id ELSE c.role IN ('editor', 'owner') END
     WHERE q.id = ANY(%(ids)s)
)
"""

# A row that was handed to the mail server is never cancelled: it is known or unknown, and says so.
CANCEL = """
WITH stale AS (
    SELECT r.id, CASE
             WHEN d.id IS NULL THEN 'the clock no longer stands'
             WHEN d.due_on IS NULL THEN 'the clock has no due date now'
             WHEN d.due_on <> r.due_on THEN 'the date moved to ' || d.due_on
             WHEN d.met_on IS NOT NULL THEN 'met on ' || d.met_on
             ELSE 'ended on ' || d.ended_on END AS why
      FROM requests_app_reminder r
      LEFT JOIN LATERAL (
          SELECT id, remind_on AS due_on, met_on, ended_on FROM requests_app_deadline
           WHERE request_id = r.request_id AND clock_key = r.clock_key AND superseded_at IS NULL LIMIT 1
      ) d ON true
     WHERE r.request_id = ANY(%(ids)s) AND r.state IN ('planned', 'claimed') AND r.handed_over_at IS NULL
       AND CASE r.kind
             WHEN 'gone' THEN d.id IS NOT NULL
             WHEN 'moved' THEN d.id IS NULL OR d.due_on IS DISTINCT FROM r.due_on OR d.met_on IS NOT NULL
             ELSE d.id IS NULL OR d.due_on IS DISTINCT FROM r.due_on OR d.met_on IS NOT NULL
                  OR d.ended_on <= r.due_on - r.offset_days
           END
     ORDER BY r.id FOR UPDATE OF r
)
UPDATE requests_app_reminder r
   SET state = 'cancelled', outcome = stale.why, owner_key = NULL, claim_token = NULL
  FROM stale WHERE stale.id = r.id
"""

# Owners who stand in for an address that bounced keep their row.
REASSIGN = f"""
WITH {CREW}, other AS (
    SELECT r.id FROM requests_app_reminder r
     WHERE r.request_id = ANY(%(ids)s) AND r.state = 'planned' AND r.handed_over_at IS NULL
       AND r.kind IN (SELECT unnest(%(kinds)s::text[]))
       AND NOT EXISTS (SELECT FROM told_to t WHERE t.request_id = r.request_id AND t.person_id = r.recipient_id)
       AND NOT EXISTS (SELECT FROM requests_app_reminder f
                        WHERE f.request_id = r.request_id AND f.clock_key = r.clock_key AND f.due_on = r.due_on
                          AND f.kind = r.kind AND f.offset_days = r.offset_days AND f.state = 'failed')
     ORDER BY r.id FOR UPDATE OF r
)
UPDATE requests_app_reminder r SET state = 'cancelled', outcome = 'somebody else is told now'
  FROM other WHERE other.id = r.id
"""

HAND_ON = """
WITH same AS (
    SELECT r.id, d.id AS deadline_id FROM requests_app_reminder r
      CROSS JOIN LATERAL (
          SELECT id FROM requests_app_deadline
           WHERE request_id = r.request_id AND clock_key = r.clock_key AND superseded_at IS NULL
             AND remind_on = r.due_on LIMIT 1
      ) d
     WHERE d.id <> r.deadline_id AND r.request_id = ANY(%(ids)s) AND r.state IN ('planned', 'claimed', 'unknown')
     ORDER BY r.id FOR UPDATE OF r
)
UPDATE requests_app_reminder r SET deadline_id = same.deadline_id FROM same WHERE same.id = r.id
"""

# What is wanted and not there is added; what was cancelled or skipped and is wanted again takes its old row. The insert
# names no constraint on purpose: two planners at one instant may meet in either unique key, and both are the same row.
WRITE = """
, mine AS (
    SELECT w.*, r.id
      FROM wanted w LEFT JOIN requests_app_reminder r
        ON r.request_id = w.request_id AND r.clock_key = w.clock_key AND r.due_on = w.due_on AND r.kind = w.kind
       AND r.offset_days = w.before AND r.recipient_id = w.person_id AND r.channel = 'email'
), revived AS (
    UPDATE requests_app_reminder r
       SET state = 'planned', deadline_id = m.deadline_id, next_at = m.next_at, outcome = '', owner_key = NULL,
           claim_token = NULL
      FROM mine m
     WHERE m.id = r.id
       AND ((r.state IN ('cancelled', 'skipped') AND r.attempts < %(most)s)
            OR (r.state = 'planned' AND r.attempts = 0 AND r.next_at <> m.next_at AND m.kind NOT IN ('moved', 'gone')))
    RETURNING 1
), added AS (
    INSERT INTO requests_app_reminder (
        organisation_id, request_id, deadline_id, clock_key, due_on, kind, offset_days, recipient_id, channel, state,
        next_at, attempts, outcome, message_id)
    SELECT organisation_id, request_id, deadline_id, clock_key, due_on, kind, before, person_id, 'email', 'planned',
           next_at, 0, '',
           left(encode(sha256(convert_to(concat_ws(
               '|', request_id, clock_key, due_on, kind, before, person_id, 'email'), 'UTF8')), 'hex'), 40)
               || '@' || %(domain)s
      FROM mine m
     WHERE id IS NULL
       AND (kind IN ('moved', 'gone') OR next_at > %(now)s OR NOT EXISTS (
            SELECT FROM requests_app_reminder t
             WHERE t.request_id = m.request_id AND t.clock_key = m.clock_key AND t.due_on = m.due_on
               AND t.kind = m.kind AND t.offset_days = m.before AND t.state = 'sent'))
     ORDER BY request_id, clock_key, due_on, kind, before, person_id
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM revived) + (SELECT count(*) FROM added)
"""

# Of the stages whose day has come only the latest is planned. A lapse is told at eight in the morning where the
# reader is, but not before the agency's day is over; our own window at eight, but not after noon at the agency.
# A late comer is not told again what the house was told already. A row that nobody has tried yet follows its reader to
# another zone.
ADD = f"""
WITH {CREW}, rule AS (
    SELECT * FROM unnest(%(kinds)s::text[], %(owners)s::text[], %(befores)s::int[]) AS t(kind, owner, before)
), zoned AS (
    SELECT q.id, q.alarms_from, CASE WHEN q.zone = ANY(%(bad_zones)s) THEN 'UTC' ELSE q.zone END AS zone
      FROM requests_app_recordsrequest q WHERE q.id = ANY(%(ids)s)
), stage AS (
    SELECT d.id, d.organisation_id, d.request_id, d.clock_key, d.remind_on AS due_on, d.opens_on, d.ended_on, q.zone,
           greatest(d.remind_on, d.latest_on) AS last_on, (%(now)s AT TIME ZONE q.zone)::date AS today,
           rule.kind, rule.before, d.remind_on - rule.before AS day
      FROM requests_app_deadline d
      JOIN zoned q ON q.id = d.request_id
      JOIN rule ON rule.owner = d.owner
     WHERE d.request_id = ANY(%(ids)s) AND d.superseded_at IS NULL AND d.remind_on IS NOT NULL AND d.met_on IS NULL
       AND (q.alarms_from IS NULL OR greatest(d.due_on, d.remind_on) >= q.alarms_from)
), come AS (
    SELECT stage.*, max(CASE WHEN day <= today THEN day END) OVER (PARTITION BY id, kind) AS latest_come
      FROM stage
     WHERE (ended_on IS NULL OR ended_on > day) AND (before <= 0 OR opens_on IS NULL OR day >= opens_on)
), wanted AS (
    SELECT come.organisation_id, come.request_id, come.id AS deadline_id, come.clock_key, come.due_on, come.kind,
           come.before, t.person_id,
           CASE WHEN before < 0
                THEN greatest((day + time '08:00') AT TIME ZONE coalesce(t.zone, come.zone),
                              day::timestamp AT TIME ZONE come.zone)
                ELSE least((day + time '08:00') AT TIME ZONE coalesce(t.zone, come.zone),
                           (day + time '12:00') AT TIME ZONE come.zone)
           END AS next_at
      FROM come JOIN told_to t ON t.request_id = come.request_id
     WHERE (latest_come IS NULL OR day >= latest_come)
       AND CASE WHEN before < 0 THEN due_on >= today - %(ancient)s ELSE last_on >= today END
)
{WRITE}
"""

# The last thing each person was told of each clock, and how often a date moved under them.
TOLD = f"""
WITH {CREW}, told AS (
    SELECT DISTINCT ON (request_id, clock_key, recipient_id) *
      FROM requests_app_reminder
     WHERE request_id = ANY(%(ids)s) AND handed_over_at IS NOT NULL
     ORDER BY request_id, clock_key, recipient_id, handed_over_at DESC, id DESC
), corrected AS (
    SELECT request_id, clock_key, recipient_id, kind, count(*) AS times FROM requests_app_reminder
     WHERE request_id = ANY(%(ids)s) AND handed_over_at IS NOT NULL AND kind IN ('moved', 'gone')
     GROUP BY request_id, clock_key, recipient_id, kind
)
"""

# offset_days numbers the corrections, so that a date that moves to and fro is told each time.
MOVED = f"""
{TOLD}, wanted AS (
    SELECT d.organisation_id, d.request_id, d.id AS deadline_id, d.clock_key, d.remind_on AS due_on,
           'moved'::text AS kind,
           coalesce(c.times, 0)::int AS before, told.recipient_id AS person_id, now() AS next_at
      FROM told
      JOIN crew ON crew.organisation_id = told.organisation_id AND crew.person_id = told.recipient_id
      JOIN requests_app_deadline d
        ON d.request_id = told.request_id AND d.clock_key = told.clock_key AND d.superseded_at IS NULL
      LEFT JOIN corrected c ON c.request_id = told.request_id AND c.clock_key = told.clock_key
       AND c.recipient_id = told.recipient_id AND c.kind = 'moved'
     WHERE d.remind_on IS NOT NULL AND (d.remind_on <> told.due_on OR told.kind = 'gone')
       AND d.met_on IS NULL AND d.ended_on IS NULL
       AND greatest(d.remind_on, told.due_on) >= %(now)s::date - %(ancient)s
)
{WRITE}
"""

# An offered day that has passed undecided, and was announced, warns of nothing more; the date that stands still does.
PASSED = """
UPDATE requests_app_deadline d SET proposed_on = NULL
  FROM (SELECT id, (%(now)s AT TIME ZONE CASE WHEN zone = ANY(%(bad_zones)s) THEN 'UTC' ELSE zone END)::date AS today
          FROM requests_app_recordsrequest WHERE id = ANY(%(ids)s)) q
 WHERE q.id = d.request_id AND d.superseded_at IS NULL AND d.proposed_on < q.today AND d.due_on >= q.today
   AND NOT EXISTS (SELECT FROM requests_app_reminder r
                    WHERE r.request_id = d.request_id AND r.clock_key = d.clock_key AND r.due_on = d.proposed_on
                      AND r.state IN ('planned', 'claimed', 'unknown'))
"""

GONE = f"""
{TOLD}, wanted AS (
    SELECT told.organisation_id, told.request_id, told.deadline_id, told.clock_key, told.due_on, 'gone'::text AS kind,
           coalesce(c.times, 0)::int AS before, told.recipient_id AS person_id, now() AS next_at
      FROM told
      JOIN crew ON crew.organisation_id = told.organisation_id AND crew.person_id = told.recipient_id
      LEFT JOIN corrected c ON c.request_id = told.request_id AND c.clock_key = told.clock_key
       AND c.recipient_id = told.recipient_id AND c.kind = 'gone'
     WHERE told.kind <> 'gone' AND told.due_on >= %(now)s::date - %(ancient)s
       AND NOT EXISTS (SELECT FROM requests_app_deadline d WHERE d.request_id = told.request_id
                        AND d.clock_key = told.clock_key AND d.superseded_at IS NULL)
)
{WRITE}
"""
