"""The sweep of the reminders: what is due goes out, and what bounces is told to the owners instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.db import Error as DatabaseTrouble
from django.db import connection

from requests_app.models.visibility import organisation_viewer, viewing
from requests_app.notices import catcher
from requests_app.notices.outbox import Answer, Letter, nothing

from . import claims, inbox, jobs, recheck
from .claims import Claim
from .handing import FROM_SETTINGS, Post, Swept, sweep_queue
from .reminder_policy import STANDARD_TIMING, Timing

log = structlog.get_logger(__name__)


class ReminderPost(Post[Claim]):
    queue = claims.REMINDERS

    def letter_for(self, one: Claim) -> Letter:
        return recheck.letter_for(one)

    def accepted(self, one: Claim, answer: Answer) -> None:
        inbox.put_sent(one.id)

    def failed(self, one: Claim, answer: Answer) -> None:
        """An address that bounced: the owners are told the same thing in its place."""
        with viewing(organisation_viewer(one.organisation_id)), connection.cursor() as cursor:
            cursor.execute(TELL_OWNERS, {"id": one.id, "domain": one.message_id.rpartition("@")[2]})


def sweep(
    *,
    timing: Timing = STANDARD_TIMING,
    oracle: catcher.FolderOracle | None = FROM_SETTINGS,
    watch: Callable[[str], None] = nothing,
    limit: int | None = None,
) -> Swept:
    """Put what is due into the inboxes, then send what is to be mailed, as `sweep_queue` says.

    The inbox first, whether or not mail can go out; and whatever goes wrong with it, the mails do.
    """
    try:
        inbox.put()
    except DatabaseTrouble as error:
        log.exception("inboxes not filled", outcome=type(error).__name__)
    return sweep_queue(ReminderPost(), timing=timing, oracle=oracle, watch=watch, limit=limit)


def sweep_and_note(**given: Any) -> Swept:
    """A sweep and its line for the health page; what every door calls."""
    done = sweep(**given)
    jobs.finished("reminders.sweep", done.counts)
    jobs.note_mail(done.down, asked=bool(done.down or done.sent or done.later or done.failed or done.unknown))
    return done


TELL_OWNERS = """
WITH owner AS (
    SELECT r.*, m.person_id
      FROM requests_app_reminder r
      JOIN requests_app_membership m
        ON m.organisation_id = r.organisation_id AND m.ended_at IS NULL AND m.role = 'owner'
      JOIN requests_app_person p ON p.id = m.person_id AND p.is_active
     WHERE r.id = %(id)s AND m.person_id <> r.recipient_id
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
