"""One sweep: claim → journal → check again as the recipient → hand over → mark → reconcile.

Nothing is marked sent before the mail server took it, and nothing goes out twice without a reason that the journal
names. A process may be killed between any two steps: what it held is found by the next sweep, since its lock is gone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import structlog
from django.db import Error as DatabaseTrouble
from django.db import connection

from requests_app.models import Reminder
from requests_app.models.visibility import SCHEDULE, organisation_viewer, viewing
from requests_app.notices import catcher
from requests_app.notices.outbox import Answer, Came, Letter, Outbox, nothing

from . import claims, jobs
from .claims import Claim
from .liveness import Life, LostLife, alive
from .recheck import NotNow, Skip, letter_for
from .reminder_policy import STANDARD_TIMING, Timing

log = structlog.get_logger(__name__)

FROM_SETTINGS: Any = object()
MARK_TRIES = 6


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did. down: why the mail server took nothing; held: a sending hold stands."""

    sent: int = 0
    skipped: int = 0
    later: int = 0
    failed: int = 0
    unknown: int = 0
    rescued: int = 0
    arrived: int = 0
    again: int = 0
    held: bool = False
    down: str = ""

    @property
    def counts(self) -> dict[str, int]:
        names = ("sent", "skipped", "later", "failed", "unknown", "rescued", "arrived", "again")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


def sweep(
    *,
    timing: Timing = STANDARD_TIMING,
    oracle: catcher.FolderOracle | None = FROM_SETTINGS,
    watch: Callable[[str], None] = nothing,
    limit: int | None = None,
) -> Swept:
    """Send what is due, oldest first, until nothing is, or the time of one sweep is over.

    Any number may run at once. watch: told each step; a drill stops the process there. limit: at most so many rows.
    """
    if oracle is FROM_SETTINGS:
        oracle = catcher.oracle()
    until = time.monotonic() + timing.sweep_seconds
    with viewing(SCHEDULE):
        if claims.held():
            return Swept(held=True)
    done = Swept(rescued=claims.rescue(timing))
    arrived, again = claims.reconcile(oracle, timing)
    done = replace(done, arrived=arrived, again=again)
    with alive() as life, Outbox(watch) as outbox:
        run = _Run(life, outbox, timing, watch, done)
        while time.monotonic() < until and not run.over and (limit is None or run.tried < limit):
            batch = claims.claim(life, min(timing.batch, limit - run.tried) if limit else timing.batch)
            if not batch:
                break
            run.deliver(batch, until)
        done = run.done
    if done.down:
        log.error("mail server down", outcome=done.down)
    return done


class _Run:
    """The rows of one sweep, over one connection to the mail server."""

    def __init__(
        self, life: Life, outbox: Outbox, timing: Timing, watch: Callable[[str], None], done: Swept
    ) -> None:
        self.life, self.outbox, self.timing, self.watch, self.done = life, outbox, timing, watch, done
        self.tried = 0
        self.over = False
        self._lost_in_a_row = 0

    def deliver(self, batch: list[Claim], until: float) -> None:
        for i, one in enumerate(batch):
            if self.over or time.monotonic() > until:
                claims.put_back(batch[i:], why="the sweep ended")
                return
            self.tried += 1
            try:
                self._one(one)
            except LostLife:
                # Our rows may be somebody else's by now; they are rescued, not touched.
                self.over = True
                log.error("liveness lock lost", outcome="the sweep stopped")
                return

    def _one(self, one: Claim) -> None:
        self.watch("claimed")
        down = self.outbox.open()
        if down is not None:
            self._went_down(one, down)
            return
        self.watch("connected")
        self.life.check()
        try:
            letter = self._hand_over(one)
        except DatabaseTrouble:
            raise
        except Exception as error:
            # A row that cannot be put into words must not stop the others; the log names the error.
            log.exception("reminder not written", reminder_id=one.id, kind=one.kind)
            self._later(
                one, Answer(Came.later, None, f"not written: {type(error).__name__}"), self.timing.refusals
            )
            return
        if letter is None:
            return
        self.watch("handed over")
        answer = self.outbox.hand_over(letter)
        self.watch("answered")
        self._mark(one, answer)
        self.watch("marked")

    def _hand_over(self, one: Claim) -> Letter | None:
        """In one transaction: the mark that the first byte may go out, and the last look at whether it is true.

        The row is locked first. Whoever moves the deadline meanwhile either finds the row handed over, or has
        cancelled it before, and then there is nothing to hand over.
        """
        with viewing(SCHEDULE):
            if claims.held():
                self.over = True
                claims.put_back([one], why="a sending hold stands")
                return None
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE requests_app_reminder SET handed_over_at = clock_timestamp() "
                    "WHERE id = %s AND claim_token = %s AND state = 'claimed'",
                    [one.id, one.token],
                )
                if cursor.rowcount == 0:
                    self._count("skipped")
                    return None
            try:
                letter = letter_for(one)
            except Skip as skip:
                claims.mark(one, Reminder.State.SKIPPED, outcome=skip.why, step="skipped")
                self._count("skipped")
                return None
            except NotNow as not_now:
                claims.put_back([one], why=not_now.why)
                Reminder.objects.filter(pk=one.id, state="planned").update(next_at=not_now.at)
                return None
            claims.journal(one.id, one.organisation_id, "handed over")
            return letter

    def _mark(self, one: Claim, answer: Answer) -> None:
        self._lost_in_a_row = self._lost_in_a_row + 1 if answer.came is Came.lost else 0
        match answer.came:
            case Came.accepted:
                words = "sent again: possible duplicate" if one.again else "accepted"
                self._surely(
                    lambda: claims.mark(one, "sent", outcome=words, step="accepted", code=answer.code)
                )
                self._count("sent")
            case Came.unknown:
                self._surely(
                    lambda: claims.mark(one, "unknown", outcome=answer.text, step="unknown", code=answer.code)
                )
                self._count("unknown")
            case Came.bounced:
                claims.mark(one, "failed", outcome=_said(answer), step="bounced", code=answer.code)
                self._tell_owners(one)
                self._count("failed")
            case Came.refused:
                self._later(one, answer, self.timing.refusals)
            case Came.later | Came.lost:
                self._later(one, answer, self.timing.most_tries)
                if self._lost_in_a_row >= self.timing.lost_in_a_row:
                    self.over = True
                    self.done = replace(self.done, down=_said(answer))
            case Came.down:
                self._went_down(one, answer)

    def _later(self, one: Claim, answer: Answer, most: int) -> None:
        if one.attempts >= most:
            claims.mark(one, "failed", outcome=f"given up: {_said(answer)}", step="failed", code=answer.code)
            self._tell_owners(one)
            self._count("failed")
            return
        steps = self.timing.back_off
        wait = steps[min(max(one.attempts, 1), len(steps)) - 1]
        claims.put_back([one], why=_said(answer), count_attempt=True, wait=wait)
        self._count("later")

    def _went_down(self, one: Claim, answer: Answer) -> None:
        """The circuit is open: nothing more this sweep, and the row keeps its time, so that it shows as waiting."""
        claims.put_back([one], why=_said(answer))
        self.over = True
        self.done = replace(self.done, down=_said(answer))

    def _tell_owners(self, one: Claim) -> None:
        """An address that bounced: the owners are told the same thing in its place."""
        with viewing(organisation_viewer(one.organisation_id)), connection.cursor() as cursor:
            cursor.execute(TELL_OWNERS, {"id": one.id, "domain": one.message_id.rpartition("@")[2]})

    def _surely(self, write: Callable[[], bool]) -> None:
        """What the mail server said must not be lost to a restart of the database."""
        for wait in range(MARK_TRIES):
            try:
                write()
                return
            except DatabaseTrouble:
                if wait == MARK_TRIES - 1 or connection.in_atomic_block:
                    raise
                with suppress(DatabaseTrouble):
                    connection.close()
                time.sleep(0.2 * 2**wait)

    def _count(self, name: str) -> None:
        self.done = replace(self.done, **{name: getattr(self.done, name) + 1})


def sweep_and_note(**given: Any) -> Swept:
    """A sweep and its line for the health page; what every door calls."""
    done = sweep(**given)
    jobs.finished("reminders.sweep", done.counts)
    jobs.note_mail(done.down, asked=bool(done.down or done.sent or done.later or done.failed or done.unknown))
    return done


def _said(answer: Answer) -> str:
    return f"{answer.came}: {answer.code or ''} {answer.text}".replace("  ", " ")[:300]


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
    organisation_id, request_id, deadline_id, clock_key, due_on, kind, offset_days, recipient_id, channel, state,
    next_at, attempts, outcome, message_id)
SELECT organisation_id, request_id, deadline_id, clock_key, due_on, kind, offset_days, person_id, channel, 'planned',
       now(), 0, '',
       left(encode(sha256(convert_to(concat_ws(
           '|', request_id, clock_key, due_on, kind, offset_days, person_id, channel), 'UTF8')), 'hex'), 40)
           || '@' || %(domain)s
  FROM owner ORDER BY person_id
ON CONFLICT DO NOTHING
"""
