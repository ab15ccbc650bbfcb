"""The sweep of the reminders: what is due goes out, and what bounces is told to the owners instead."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import structlog
from django.db import Error as DatabaseTrouble

from requests_app.models.visibility import organisation_viewer, viewing
from requests_app.notices import catcher, ping
from requests_app.notices.outbox import Answer, Letter, nothing

from . import bounced, claims, digest_sending, digests, inbox, jobs, recheck
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
        with viewing(organisation_viewer(one.organisation_id)):
            bounced.tell_owners([one.id])


def sweep(
    *,
    timing: Timing = STANDARD_TIMING,
    oracle: catcher.FolderOracle | None = FROM_SETTINGS,
    watch: Callable[[str], None] = nothing,
    limit: int | None = None,
) -> Swept:
    """Put what is due into the inboxes, gather it into digests, then send reminders and digests, as `sweep_queue` says.

    The inbox first, whether or not mail can go out; and whatever goes wrong with it, the mails do. What nobody could
    gather waits for the next sweep, but for the last day of a window of ours.
    """
    until = time.monotonic() + timing.sweep_seconds
    try:
        inbox.put()
    except DatabaseTrouble as error:
        log.exception("inboxes not filled", outcome=type(error).__name__)
    try:
        digest_sending.tell_owners_of_lost()
        digests.gather()
    except DatabaseTrouble as error:
        log.exception("digests not gathered", outcome=type(error).__name__)
    watch("gathered")
    # The digests keep a part of the time for themselves, however many reminders wait.
    first = replace(timing, sweep_seconds=timing.sweep_seconds * 3 / 4)
    done = sweep_queue(ReminderPost(), timing=first, oracle=oracle, watch=watch, limit=limit)
    tried = done.sent + done.skipped + done.later + done.failed + done.unknown
    if done.held or done.down or (limit is not None and tried >= limit):
        return done
    rest = replace(timing, sweep_seconds=max(until - time.monotonic(), 0))
    left = limit - tried if limit is not None else None
    return done + sweep_queue(
        digest_sending.DigestPost(), timing=rest, oracle=oracle, watch=watch, limit=left
    )


def sweep_and_note(**given: Any) -> Swept:
    """A sweep and its line for the health page; what every door calls."""
    done = sweep(**given)
    jobs.finished("reminders.sweep", done.counts)
    jobs.note_mail(done.down, asked=bool(done.down or done.sent or done.later or done.failed or done.unknown))
    if not done.down:
        # Silence is the alarm: a watcher outside hears nothing while no mail can leave.
        ping.sweep_completed()
    return done
