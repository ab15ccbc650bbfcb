"""One sweep of a queue: claim → journal → check again → hand over → mark → reconcile.

Nothing is marked sent before the mail server took it, and nothing goes out twice without a reason that the journal
names. A process may be killed between any two steps: what it held is found by the next sweep, since its lock is gone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic

import structlog
from django.db import Error as DatabaseTrouble
from django.db import connection

from requests_app.models.visibility import SCHEDULE, viewing
from requests_app.notices import catcher
from requests_app.notices.outbox import Answer, Came, Letter, Outbox, nothing

from . import claims
from .claims import C, Queue
from .liveness import Life, LostLife, alive
from .reminder_policy import STANDARD_TIMING, Timing

log = structlog.get_logger(__name__)

FROM_SETTINGS: Any = object()
MARK_TRIES = 6


class Skip(Exception):
    """It is no longer true, or no longer theirs to know. `why` stands in the delivery log: no content."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotNow(Exception):
    """True, but not yet: look again at `at`."""

    def __init__(self, why: str, at: datetime) -> None:
        super().__init__(why)
        self.why, self.at = why, at


class Post(Generic[C]):
    """What is particular to one queue. gives_up_on_refusal: a 5xx on the message itself is not tried again."""

    queue: Queue[C]
    gives_up_on_refusal = False

    def letter_for(self, one: C) -> Letter:
        """The mail of a claimed row, or Skip, or NotNow. Inside the transaction that holds the row's lock."""
        raise NotImplementedError

    def accepted(self, one: C, answer: Answer) -> None:
        """Inside the transaction that marks the row sent."""

    def failed(self, one: C, answer: Answer) -> None:
        """After the row was marked failed."""


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


def sweep_queue(
    post: Post[C],
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
    done = Swept(rescued=post.queue.rescue(timing))
    arrived, again = post.queue.reconcile(oracle, timing)
    done = replace(done, arrived=arrived, again=again)
    with alive() as life, Outbox(watch) as outbox:
        run = _Run(post, life, outbox, timing, watch, done)
        while time.monotonic() < until and not run.over and (limit is None or run.tried < limit):
            batch = post.queue.claim(life, min(timing.batch, limit - run.tried) if limit else timing.batch)
            if not batch:
                break
            run.deliver(batch, until)
        done = run.done
    if done.down:
        log.error("mail server down", outcome=done.down)
    return done


class _Run(Generic[C]):
    """The rows of one sweep, over one connection to the mail server."""

    def __init__(
        self,
        post: Post[C],
        life: Life,
        outbox: Outbox,
        timing: Timing,
        watch: Callable[[str], None],
        done: Swept,
    ) -> None:
        self.post, self.queue = post, post.queue
        self.life, self.outbox, self.timing, self.watch, self.done = life, outbox, timing, watch, done
        self.tried = 0
        self.over = False
        self._lost_in_a_row = 0

    def deliver(self, batch: list[C], until: float) -> None:
        for i, one in enumerate(batch):
            if self.over or time.monotonic() > until:
                self.queue.put_back(batch[i:], why="the sweep ended")
                return
            self.tried += 1
            try:
                self._one(one)
            except LostLife:
                # Our rows may be somebody else's by now; they are rescued, not touched.
                self.over = True
                log.error("liveness lock lost", outcome="the sweep stopped")
                return

    def _one(self, one: C) -> None:
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
            log.exception("mail not written", queue=self.queue.rows, row=one.id)
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

    def _hand_over(self, one: C) -> Letter | None:
        """In one transaction: the mark that the first byte may go out, and the last look at whether it is true.

        The row is locked first. Whoever moves the deadline meanwhile either finds the row handed over, or has
        cancelled it before, and then there is nothing to hand over.
        """
        with viewing(SCHEDULE):
            if claims.held():
                self.over = True
                self.queue.put_back([one], why="a sending hold stands")
                return None
            with connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE {self.queue.rows} SET handed_over_at = clock_timestamp() "
                    "WHERE id = %s AND claim_token = %s AND state = 'claimed'",
                    [one.id, one.token],
                )
                if cursor.rowcount == 0:
                    self._count("skipped")
                    return None
            try:
                letter = self.post.letter_for(one)
            except Skip as skip:
                self.queue.mark(one, "skipped", outcome=skip.why, step="skipped")
                self._count("skipped")
                return None
            except NotNow as not_now:
                self.queue.put_back([one], why=not_now.why)
                with connection.cursor() as cursor:
                    cursor.execute(
                        f"UPDATE {self.queue.rows} SET next_at = %s WHERE id = %s AND state = 'planned'",
                        [not_now.at, one.id],
                    )
                return None
            self.queue.journal(one.id, one.organisation_id, "handed over")
            return letter

    def _mark(self, one: C, answer: Answer) -> None:
        self._lost_in_a_row = self._lost_in_a_row + 1 if answer.came is Came.lost else 0
        match answer.came:
            case Came.accepted:
                words = "sent again: possible duplicate" if one.again else "accepted"
                said = f"{words}: {answer.text}" if answer.text and self.post.gives_up_on_refusal else words
                self._surely(
                    lambda: self.queue.mark(
                        one, "sent", outcome=said, step="accepted", code=answer.code,
                        then=lambda: self.post.accepted(one, answer),
                    )
                )  # fmt: skip
                self._count("sent")
            case Came.unknown:
                self._surely(
                    lambda: self.queue.mark(
                        one, "unknown", outcome=answer.text, step="unknown", code=answer.code
                    )
                )
                self._count("unknown")
            case Came.bounced:
                self.queue.mark(one, "failed", outcome=_said(answer), step="bounced", code=answer.code)
                self.post.failed(one, answer)
                self._count("failed")
            case Came.refused:
                self._later(one, answer, 0 if self.post.gives_up_on_refusal else self.timing.refusals)
            case Came.later | Came.lost:
                self._later(one, answer, self.timing.most_tries)
                if self._lost_in_a_row >= self.timing.lost_in_a_row:
                    self.over = True
                    self.done = replace(self.done, down=_said(answer))
            case Came.down:
                self._went_down(one, answer)

    def _later(self, one: C, answer: Answer, most: int) -> None:
        if one.attempts >= most:
            self.queue.mark(
                one, "failed", outcome=f"given up: {_said(answer)}", step="failed", code=answer.code
            )
            self.post.failed(one, answer)
            self._count("failed")
            return
        steps = self.timing.back_off
        wait = steps[min(max(one.attempts, 1), len(steps)) - 1]
        self.queue.put_back([one], why=_said(answer), count_attempt=True, wait=wait)
        self._count("later")

    def _went_down(self, one: C, answer: Answer) -> None:
        """The circuit is open: nothing more this sweep, and the row keeps its time, so that it shows as waiting."""
        self.queue.put_back([one], why=_said(answer))
        self.over = True
        self.done = replace(self.done, down=_said(answer))

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


def _said(answer: Answer) -> str:
    return f"{answer.came}: {answer.code or ''} {answer.text}".replace("  ", " ")[:300]
