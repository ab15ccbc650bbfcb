"""What is to be told: rows for each webhook, found in what was written since it was last looked through.

Set by set and once a thing: the unique key decides. What one sweep missed, or a crash lost, the next finds, for a
webhook's mark moves on only with its rows. Acts know nothing of webhooks, and none of them waits for one.
"""

from __future__ import annotations

import structlog
from django.db import Error as DatabaseTrouble
from django.db import connection

from requests_app.models import Webhook
from requests_app.models.visibility import SCHEDULE, organisation_viewer, viewing

log = structlog.get_logger(__name__)

# An act that is written down before the mark may be committed after it: so much is looked through again.
OVERLAP_SECONDS = 600


def plan() -> int:
    """Every organization with somebody to tell, each seen as itself; how many rows are new. One's trouble does not
    silence the others."""
    made = 0
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute("SELECT app_webhook_organisations()")
        organisations = [row[0] for row in cursor.fetchall()]
    told: list[int] = []
    for organisation_id in organisations:
        try:
            made += plan_organisation(organisation_id)
            told.append(organisation_id)
        except DatabaseTrouble as error:
            log.exception(
                "webhooks not planned", organisation_id=organisation_id, outcome=type(error).__name__
            )
    with viewing(SCHEDULE), connection.cursor() as cursor:
        # Of an organization whose rows could not be written now, the reminders wait with them.
        given = {"told": told, "waits": sorted(set(organisations) - set(told))}
        cursor.execute(PASS_ON, given)
    return made


def plan_organisation(organisation_id: int) -> int:
    with viewing(organisation_viewer(organisation_id)), connection.cursor() as cursor:
        hooks = list(
            Webhook.objects.select_for_update(skip_locked=True)
            .filter(organisation_id=organisation_id, active=True)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        if not hooks:
            return 0
        cursor.execute("SELECT statement_timestamp()")
        [now] = cursor.fetchone()
        made = 0
        given = {"organisation": organisation_id, "hooks": hooks, "now": now, "overlap": OVERLAP_SECONDS}
        for found in (REMINDERS, EVENTS, LETTERS, MOVED):
            cursor.execute(ADD.format(found=found), given)
            made += cursor.rowcount
        Webhook.objects.filter(pk__in=hooks).update(told_until=now)
        return made


# `hook`: each active webhook with the span to look through. Each statement below gives: hook, kind, source, request,
# about, and the instant it happened. ---------------------------------------------------------------------------------

ADD = """
WITH hook AS (
    SELECT id, kinds, greatest(since, told_until - make_interval(secs => %(overlap)s)) AS after
      FROM requests_app_webhook WHERE id = ANY(%(hooks)s)
), span AS (
    SELECT min(after) AS after FROM hook
), found AS ({found})
INSERT INTO requests_app_webhookdelivery (
    organisation_id, webhook_id, kind, source, request_id, about, state, next_at, attempts, outcome, message_id)
SELECT %(organisation)s, hook.id, f.kind, f.source, f.request_id, f.about, 'planned', %(now)s, 0, '',
       left(encode(sha256(convert_to(hook.id || '|' || f.source, 'UTF8')), 'hex'), 24)
  FROM found f JOIN hook ON f.kind = ANY(hook.kinds) AND f.at > hook.after
 ORDER BY f.at, f.source, hook.id
ON CONFLICT DO NOTHING
"""

# One for a stage of a clock, whoever is told of it, and by which channel. A row that an act cancelled is not true.
REMINDERS = """
    SELECT 'reminder.due' AS kind,
           concat_ws('|', 'reminder', r.request_id, r.clock_key, r.due_on, r.kind, r.offset_days) AS source,
           r.request_id,
           jsonb_build_object('clock', r.clock_key, 'reminder', r.kind, 'due_on', r.due_on) AS about,
           min(r.next_at) AS at
      FROM requests_app_reminder r, span
     WHERE r.organisation_id = %(organisation)s AND r.next_at > span.after AND r.next_at <= %(now)s
       AND r.state <> 'cancelled' AND r.kind IN ('lapsed', 'closing', 'opened')
     GROUP BY r.request_id, r.clock_key, r.due_on, r.kind, r.offset_days
"""

# Reminders that a policy gives to webhooks alone: passed on by now, or there is nobody to pass them on to.
PASS_ON = """
WITH due AS (
    SELECT r.id FROM requests_app_reminder r
     WHERE r.state = 'planned' AND r.channel = 'webhook' AND r.next_at <= statement_timestamp()
       AND r.organisation_id <> ALL(%(waits)s::bigint[])
     ORDER BY r.next_at, r.id LIMIT 2000 FOR UPDATE SKIP LOCKED
), passed AS (
    UPDATE requests_app_reminder r
       SET state = CASE WHEN here THEN 'sent' ELSE 'skipped' END,
           handed_over_at = CASE WHEN here THEN clock_timestamp() END,
           sent_at = CASE WHEN here THEN clock_timestamp() END,
           outcome = CASE WHEN here THEN 'given to the webhooks' ELSE 'there is no webhook' END
      FROM (SELECT due.id, q.organisation_id = ANY(%(told)s::bigint[]) AS here
              FROM due JOIN requests_app_reminder q ON q.id = due.id) d
     WHERE d.id = r.id
    RETURNING r.id, r.organisation_id, r.state, r.outcome
)
INSERT INTO requests_app_sendattempt (organisation_id, reminder_id, step, text)
SELECT organisation_id, id, CASE state WHEN 'sent' THEN 'accepted' ELSE 'skipped' END, outcome FROM passed
"""

# A log that is taken in is history, and nothing that happens now.
EVENTS = """
    SELECT CASE e.kind WHEN 'sent' THEN 'request.filed' ELSE 'event.recorded' END AS kind, 'event|' || e.uid AS source,
           e.request_id, jsonb_build_object('event', e.uid, 'event_kind', e.kind) AS about, e.recorded_at AS at
      FROM span, requests_app_event e JOIN requests_app_recordsrequest q ON q.id = e.request_id
     WHERE e.organisation_id = %(organisation)s AND e.recorded_at > span.after
       AND NOT (q.is_imported AND e.recorded_at < q.created_at + interval '1 minute')
"""

LETTERS = """
    SELECT CASE WHEN a.step IN ('failed', 'bounced') THEN 'letter.failed' ELSE 'letter.sent' END AS kind,
           'letter|' || a.id AS source, l.request_id, jsonb_build_object('letter', l.public_id) AS about, a.at
      FROM span, requests_app_lettersendattempt a
      JOIN requests_app_lettersending s ON s.id = a.sending_id
      JOIN requests_app_letter l ON l.id = s.letter_id
     WHERE a.organisation_id = %(organisation)s AND a.at > span.after
       AND (a.step IN ('accepted', 'failed', 'bounced', 'reconciled')
            OR (a.step = 'settled' AND s.state = 'sent'))
"""

MOVED = """
    SELECT 'date.moved' AS kind, 'moved|' || d.id AS source, d.request_id,
           jsonb_build_object('clock', d.clock_key, 'deadline', d.id) AS about, d.derived_at AS at
      FROM span, requests_app_deadline d
      CROSS JOIN LATERAL (
          SELECT p.due_on FROM requests_app_deadline p
           WHERE p.request_id = d.request_id AND p.clock_key = d.clock_key AND p.id < d.id
           ORDER BY p.id DESC LIMIT 1
      ) was
     WHERE d.organisation_id = %(organisation)s AND d.superseded_at IS NULL AND d.derived_at > span.after
       AND d.met_on IS NULL AND d.ended_on IS NULL AND d.due_on IS NOT NULL AND was.due_on IS DISTINCT FROM d.due_on
"""
