"""An address that takes no mail: the owners are told the same things in its place."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from requests_app.notices.outbox import own_domain


def tell_owners(reminder_ids: Sequence[int]) -> None:
    """Inside the organization's own `viewing`. Doing it twice tells nobody twice."""
    with connection.cursor() as cursor:
        cursor.execute(TELL_OWNERS, {"ids": list(reminder_ids), "domain": own_domain()})


TELL_OWNERS = """
WITH owner AS (
    SELECT r.*, m.person_id
      FROM requests_app_reminder r
      JOIN requests_app_membership m
        ON m.organisation_id = r.organisation_id AND m.ended_at IS NULL AND m.role = 'owner'
      JOIN requests_app_person p ON p.id = m.person_id AND p.is_active
     WHERE r.id = ANY(%(ids)s) AND m.person_id <> r.recipient_id
), revived AS (
    UPDATE requests_app_reminder mine
       SET state = 'planned', next_at = now(), outcome = '', owner_key = NULL, claim_token = NULL
      FROM owner o
     WHERE mine.request_id = o.request_id AND mine.clock_key = o.clock_key AND mine.due_on = o.due_on
       AND mine.kind = o.kind AND mine.offset_days = o.offset_days AND mine.recipient_id = o.person_id
       AND mine.channel = o.channel AND mine.state IN ('cancelled', 'skipped')
)
INSERT INTO requests_app_reminder (
    organisation_id, request_id, deadline_id, clock_key, due_on, kind, offset_days, stage_on, recipient_id, channel,
    channels, state, next_at, attempts, outcome, message_id, escalates_id)
SELECT organisation_id, request_id, deadline_id, clock_key, due_on, kind, offset_days, stage_on, person_id, channel,
       channels, 'planned', now(), 0, '',
       left(encode(sha256(convert_to(concat_ws(
           '|', request_id, clock_key, due_on, kind, offset_days, person_id, channel), 'UTF8')), 'hex'), 40)
           || '@' || %(domain)s, escalates_id
  FROM owner ORDER BY person_id
ON CONFLICT DO NOTHING
"""
