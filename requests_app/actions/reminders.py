"""Planning reminders: which rows the standing deadlines earn, and which open rows no longer stand.

The stages are computed by `reminder_stages` from the policy that holds; the database gets them as arrays and compares.
One pass over some requests, in the transaction that moved their deadlines, and again every few minutes over
everything. Running it twice, or two at once, changes nothing: the unique key decides.

Order of the pass: cancel what no longer stands, hand rows on to the deadline that carries the same date, add what
is missing, tell those whose date moved, tell others where nobody answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import DatabaseError, connection

from requests_app.models.visibility import organisation_viewer, viewing
from requests_app.notices import reminding
from requests_app.notices.digesting import STOPPED
from requests_app.notices.outbox import own_domain

from . import jobs, nudge
from .reminder_policy import ANCIENT_DAYS, MOST_ATTEMPTS
from .reminder_stages import Held, Stages, Want

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
    request_ids: Iterable[int], *, now: datetime | None = None, hurry: bool = True
) -> Planned:
    """Bring the reminders of these requests in line with their standing deadlines.

    Inside the transaction that moved the deadlines, as the acting person or as the organisation. now: None asks the
    database's clock. hurry: publish a nudge after the commit, if a row is due already.
    """
    ids = sorted(set(request_ids))
    if not ids:
        return Planned()
    with connection.cursor() as cursor:
        stages = Stages(ids, now or _database_now(cursor))
        given = _given(ids, stages)
        cursor.execute(ANY_ROW, given)
        cancelled = moved = 0
        if known := cursor.fetchone()[0]:
            cancelled = _run(cursor, CANCEL, given) + _call_off(cursor, given)
            _run(cursor, HAND_ON, given)
        added = _add(cursor, given)
        if known:
            moved = _count(cursor, MOVED, given) + _count(cursor, GONE, given)
            if given["silent_days"]:
                added += _count(cursor, ESCALATE, given)
        # Then the alarms of the date that stands: the next pass, or this one, adds them.
        if _run(cursor, PASSED, given):
            given = _given(ids, Stages(ids, stages.now))
            cancelled += _run(cursor, CANCEL, given) + _call_off(cursor, given)
            added += _add(cursor, given)
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


def _given(ids: list[int], stages: Stages) -> dict[str, Any]:
    todays = {one.id: stages.today(one) for one in stages.requests.values()}
    wants: list[tuple[Any, ...]] = []
    silent: list[tuple[Any, ...]] = []
    held: list[tuple[Any, ...]] = []
    for one in stages.wanted():
        clock, stage = one.clock, one.stage
        if isinstance(one, Held):
            held.append((clock.request, clock.key, clock.remind_on, stage.kind, stage.number, one.person, one.why))
            continue
        row = (
            one.organisation, clock.request, clock.deadline, clock.key, clock.remind_on, stage.kind, stage.number,
            stage.on, one.person, stage.channel, ",".join(stage.channels), one.at,
        )  # fmt: skip
        if isinstance(one, Want):
            fresh = (todays[clock.request] - clock.remind_on).days <= ANCIENT_DAYS
            wants.append((*row, one.now, fresh, stage.is_repeat, one.news))
        else:
            silent.append((*row, one.days, stage.escalation))
    given: dict[str, Any] = {
        "ids": ids,
        "now": stages.now,
        "stages": list(reminding.STAGES),
        "known": list(todays),
        "todays": list(todays.values()),
        "ancient": ANCIENT_DAYS,
        "most": MOST_ATTEMPTS,
        "stopped": STOPPED,
        "domain": own_domain(),
    }
    arrays = (("asked", ASKED_COLUMNS, wants), ("silent", SILENT_COLUMNS, silent), ("held", HELD_COLUMNS, held))
    for prefix, columns, rows in arrays:
        lists = list(zip(*rows, strict=True)) or [()] * len(columns)
        given |= {f"{prefix}_{name}": list(values) for name, values in zip(columns, lists, strict=True)}
    return given


def _call_off(cursor: Any, given: dict[str, Any]) -> int:
    """Of what is planned, that which nobody asks for now. `given` keeps what is missing or planned otherwise.

    Compared here: with the statistics of a table that has just grown, the database would compare row by row.
    """
    cursor.execute(THERE, given)
    rows = {row[:7]: row[7:] for row in cursor.fetchall()}
    asked = [given[f"asked_{name}"] for name in ASKED_COLUMNS]
    keys = list(zip(*(given[f"asked_{name}"] for name in KEY), strict=True))
    wanted, stages_of = set(keys), {key[:5] for key in keys}
    whys = {one[:6]: one[6] for one in zip(*(given[f"held_{name}"] for name in HELD_COLUMNS), strict=True)}
    gone = [
        (pk, whys.get(key[:6]) or ("somebody else is told now" if key[:5] in stages_of else "no rule asks for it now"))
        for key, (pk, state, handed_over, *_) in rows.items()
        if state == "planned" and not handed_over and key not in wanted
    ]
    kept = [i for i, key in enumerate(keys) if _differs(rows.get(key), given, i)]
    for name, values in zip(ASKED_COLUMNS, asked, strict=True):
        given[f"asked_{name}"] = [values[i] for i in kept]
    if not gone:
        return 0
    return _run(cursor, CALL_OFF, {"pks": [pk for pk, _ in gone], "whys": [why for _, why in gone]})


def _differs(row: tuple[Any, ...] | None, given: dict[str, Any], i: int) -> bool:
    """Whether a row that is wanted now is not there, or may be planned again, or for another instant."""
    if row is None:
        return bool(given["asked_now"][i])
    _, state, _, next_at, stage_on, channels = row
    if state == "planned":
        there = (next_at, stage_on, ",".join(channels))
        return there != (given["asked_next_at"][i], given["asked_stage_on"][i], given["asked_channels"][i])
    return bool(given["asked_now"][i]) and state in ("cancelled", "skipped")


def _add(cursor: Any, given: dict[str, Any]) -> int:
    return _count(cursor, ADD, given) if given["asked_kind"] else 0


def _run(cursor: Any, statement: str, given: dict[str, Any]) -> int:
    cursor.execute(statement, given)
    return int(cursor.rowcount)


def _count(cursor: Any, statement: str, given: dict[str, Any]) -> int:
    cursor.execute(statement, given)
    return int(cursor.fetchone()[0])


# The statements. Days are legal days in the request's zone; alarms go by `remind_on`, which is the due day or what a
# newer reading of the law would make it, whichever is earlier; `now` is handed in, next_at is compared with the
# database's own clock when the time has come. --------------------------------------------------------------------

STAGE_COLUMNS = {
    "organisation_id": "bigint", "request_id": "bigint", "deadline_id": "bigint", "clock_key": "text", "due_on": "date",
    "kind": "text", "number": "int", "stage_on": "date", "person_id": "bigint", "channel": "text", "channels": "text",
    "next_at": "timestamptz",
}  # fmt: skip
ASKED_COLUMNS = STAGE_COLUMNS | {"now": "boolean", "fresh": "boolean", "repeat": "boolean", "news": "boolean"}
SILENT_COLUMNS = STAGE_COLUMNS | {"days": "int", "escalation": "int"}

HELD_COLUMNS = {
    "request_id": "bigint", "clock_key": "text", "due_on": "date", "kind": "text", "number": "int",
    "person_id": "bigint", "why": "text",
}  # fmt: skip


def _handed_in(prefix: str, columns: dict[str, str]) -> str:
    arrays = ", ".join(f"%({prefix}_{name})s::{kind}[]" for name, kind in columns.items())
    return f"{prefix} AS (SELECT * FROM unnest({arrays}) AS t({', '.join(columns)}))"


ASKED = _handed_in("asked", ASKED_COLUMNS)
SILENT = _handed_in("silent", SILENT_COLUMNS)
KEY = ("request_id", "clock_key", "due_on", "kind", "number", "person_id", "channel")

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
UNION
-- A reminder of late that went out has the next one to follow it.
SELECT request_id FROM requests_app_reminder
 WHERE organisation_id = %(organisation)s AND stage_on >= %(now)s::date - %(ancient)s - 1
ORDER BY 1
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
                  OR d.ended_on <= coalesce(r.stage_on, r.due_on - r.offset_days)
           END
     ORDER BY r.id FOR UPDATE OF r
)
UPDATE requests_app_reminder r
   SET state = 'cancelled', outcome = stale.why, owner_key = NULL, claim_token = NULL
  FROM stale WHERE stale.id = r.id
"""

THERE = """
SELECT request_id, clock_key, due_on, kind, offset_days, recipient_id, channel,
       id, state, handed_over_at IS NOT NULL, next_at, stage_on, channels
  FROM requests_app_reminder
 WHERE request_id = ANY(%(ids)s) AND kind = ANY(%(stages)s)
"""

# What no policy asks for, or not of that person, any more. A stage that a later one has overtaken stays: the last look
# before the sending knows better than a planner whose clock may be wrong. Owners who stand in for an address that
# bounced keep their row.
CALL_OFF = """
WITH other AS (
    SELECT r.id, o.why
      FROM unnest(%(pks)s::bigint[], %(whys)s::text[]) AS o(pk, why)
      JOIN requests_app_reminder r ON r.id = o.pk
     WHERE r.state = 'planned' AND r.handed_over_at IS NULL
       AND NOT EXISTS (SELECT FROM requests_app_reminder f
                        WHERE f.request_id = r.request_id AND f.clock_key = r.clock_key AND f.due_on = r.due_on
                          AND f.kind = r.kind AND f.offset_days = r.offset_days AND f.state = 'failed')
     ORDER BY r.id FOR UPDATE OF r
)
UPDATE requests_app_reminder r SET state = 'cancelled', outcome = other.why FROM other WHERE other.id = r.id
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
# A late comer is not told what the house was told already, and nobody hears of an earlier stage after a later one,
# the last day apart. A row that nobody has tried yet follows its reader to another zone, and its rule to another day;
# one that the last look has put off stays put off.
WRITE = """
, mine AS (
    SELECT w.*, r.id
      FROM wanted w LEFT JOIN requests_app_reminder r
        ON r.request_id = w.request_id AND r.clock_key = w.clock_key AND r.due_on = w.due_on AND r.kind = w.kind
       AND r.offset_days = w.number AND r.recipient_id = w.person_id AND r.channel = w.channel
), revived AS (
    UPDATE requests_app_reminder r
       SET state = 'planned', deadline_id = m.deadline_id, next_at = m.next_at, stage_on = m.stage_on,
           channels = string_to_array(m.channels, ','), outcome = '', owner_key = NULL, claim_token = NULL
      FROM mine m
     WHERE m.id = r.id
       AND ((r.state IN ('cancelled', 'skipped') AND r.attempts < %(most)s AND r.outcome <> %(stopped)s)
            OR (r.state = 'planned' AND r.attempts = 0 AND m.kind NOT IN ('moved', 'gone', 'escalated')
                AND NOT (m.next_at <= %(now)s AND r.next_at > %(now)s)
                AND (r.next_at, r.stage_on, r.channels)
                    IS DISTINCT FROM (m.next_at, m.stage_on, string_to_array(m.channels, ',')::varchar[])))
    RETURNING 1
), added AS (
    INSERT INTO requests_app_reminder (
        organisation_id, request_id, deadline_id, clock_key, due_on, kind, offset_days, stage_on, recipient_id, channel,
        channels, state, next_at, attempts, outcome, message_id, escalates_id)
    SELECT organisation_id, request_id, deadline_id, clock_key, due_on, kind, number, stage_on, person_id, channel,
           string_to_array(channels, ','), 'planned', next_at, 0, '',
           left(encode(sha256(convert_to(concat_ws(
               '|', request_id, clock_key, due_on, kind, number, person_id, channel), 'UTF8')), 'hex'), 40)
               || '@' || %(domain)s, escalates
      FROM mine m
     WHERE id IS NULL
       AND (kind IN ('moved', 'gone') OR news OR next_at > %(now)s OR NOT EXISTS (
            SELECT FROM requests_app_reminder t
             WHERE t.request_id = m.request_id AND t.clock_key = m.clock_key AND t.due_on = m.due_on
               AND t.kind = m.kind AND t.offset_days = m.number AND t.state = 'sent'))
       AND (NOT kind = ANY(%(stages)s) OR (kind = 'closing' AND number = 0) OR NOT EXISTS (
            SELECT FROM requests_app_reminder t
             WHERE t.request_id = m.request_id AND t.clock_key = m.clock_key AND t.due_on = m.due_on
               AND t.kind = ANY(%(stages)s) AND t.recipient_id = m.person_id AND t.stage_on >= m.stage_on
               AND t.state IN ('sent', 'unknown')))
     ORDER BY request_id, clock_key, due_on, kind, number, person_id
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM revived) + (SELECT count(*) FROM added)
"""

# A lapse that is history alarms nobody, unless somebody was told of it while it was news. A repeat that is to come is
# written down when one before it has gone out, or was passed over for a reason.
ADD = f"""
WITH {ASKED}, wanted AS (
    SELECT a.*, NULL::bigint AS escalates FROM asked a
     WHERE a.now AND (a.kind <> 'lapsed' OR a.fresh OR EXISTS (
           SELECT FROM requests_app_reminder t
            WHERE t.request_id = a.request_id AND t.clock_key = a.clock_key AND t.due_on = a.due_on
              AND t.kind = 'lapsed'))
       AND (NOT a.repeat OR a.next_at <= %(now)s OR EXISTS (
           SELECT FROM requests_app_reminder t
            WHERE t.request_id = a.request_id AND t.clock_key = a.clock_key AND t.due_on = a.due_on
              AND t.kind = a.kind AND t.state NOT IN ('planned', 'claimed')))
)
{WRITE}
"""

# The last thing each person was told of each clock, and how often a date moved under them.
TOLD = """
WITH crew AS (
    SELECT m.organisation_id, m.person_id
      FROM requests_app_membership m JOIN requests_app_person p ON p.id = m.person_id
     WHERE m.ended_at IS NULL AND p.is_active
       AND m.organisation_id IN (SELECT organisation_id FROM requests_app_recordsrequest WHERE id = ANY(%(ids)s))
), told AS (
    SELECT DISTINCT ON (request_id, clock_key, recipient_id) *
      FROM requests_app_reminder
     WHERE request_id = ANY(%(ids)s) AND (handed_over_at IS NOT NULL OR state = 'sent')
     ORDER BY request_id, clock_key, recipient_id, coalesce(handed_over_at, sent_at) DESC, id DESC
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
           coalesce(c.times, 0)::int AS number, told.recipient_id AS person_id, now() AS next_at,
           NULL::date AS stage_on, 'email'::text AS channel, 'email,inbox'::text AS channels, NULL::bigint AS escalates,
           false AS news
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
  FROM unnest(%(known)s::bigint[], %(todays)s::date[]) AS q(id, today)
 WHERE q.id = d.request_id AND d.superseded_at IS NULL AND d.proposed_on < q.today AND d.due_on >= q.today
   AND NOT EXISTS (SELECT FROM requests_app_reminder r
                    WHERE r.request_id = d.request_id AND r.clock_key = d.clock_key AND r.due_on = d.proposed_on
                      AND r.state IN ('planned', 'claimed', 'unknown'))
"""

GONE = f"""
{TOLD}, wanted AS (
    SELECT told.organisation_id, told.request_id, told.deadline_id, told.clock_key, told.due_on, 'gone'::text AS kind,
           coalesce(c.times, 0)::int AS number, told.recipient_id AS person_id, now() AS next_at,
           NULL::date AS stage_on, 'email'::text AS channel, 'email,inbox'::text AS channels, NULL::bigint AS escalates,
           false AS news
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

# The stage that holds today went out so many days ago, and nobody has answered: others are told, once. What was sent
# longer ago than a week beyond that is not dug out again.
ESCALATE = f"""
WITH {SILENT}, wanted AS (
    SELECT e.organisation_id, e.request_id, e.deadline_id, e.clock_key, e.due_on, 'escalated'::text AS kind,
           e.escalation AS number, e.stage_on, e.person_id, 'email'::text AS channel, 'email,inbox'::text AS channels,
           e.next_at, sent.id AS escalates, false AS news
      FROM silent e
      CROSS JOIN LATERAL (
          SELECT r.id, r.sent_at FROM requests_app_reminder r
           WHERE r.request_id = e.request_id AND r.clock_key = e.clock_key AND r.due_on = e.due_on AND r.kind = e.kind
             AND r.offset_days = e.number AND r.state = 'sent'
           ORDER BY r.sent_at DESC, r.id DESC LIMIT 1
      ) sent
     WHERE sent.sent_at <= %(now)s - make_interval(days => e.days)
       AND sent.sent_at > %(now)s - make_interval(days => e.days + 7)
)
{WRITE}
"""
