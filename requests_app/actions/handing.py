"""One sweep of a queue: claim → journal → check again → hand over → mark → reconcile.

Nothing is marked sent before the mail server took it, and nothing goes out twice without a reason that the journal
names. A process may be killed between any two steps: what it held is found by the next sweep, since its lock is gone.

A sweep with much to do works with several hands, each in a thread with a database connection of its own. They share
a few connections to the mail server: while one waits for an answer, another looks at the next row and a third marks.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Generic, Protocol

import structlog
from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import connection, connections

from requests_app.models.visibility import SCHEDULE, viewing
from requests_app.notices import catcher
from requests_app.notices.outbox import Answer, Came, Outbox, nothing

from .claims import C, Queue, Standing, held
from .liveness import Life, LostLife, alive
from .reminder_policy import STANDARD_TIMING, Timing

log = structlog.get_logger(__name__)

FROM_SETTINGS: Any = object()
MARK_TRIES = 6
# Looked at longer ago than this and still without a connection: it is looked at again.
CONNECTION_PATIENCE = 2.0
COUNTED = ("sent", "skipped", "later", "failed", "unknown", "rescued", "arrived", "again")


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


class Transport(Protocol):
    """What takes things out of the house: the mail server's connection, or another one."""

    def open(self) -> Answer | None: ...
    def hand_over(self, letter: Any) -> Answer: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Post(Generic[C]):
    """What is particular to one queue. gives_up_on_refusal: a 5xx on the message itself is not tried again."""

    queue: Queue[C]
    gives_up_on_refusal = False

    @property
    def connections(self) -> int:
        return int(settings.MAIL_CONNECTIONS)

    def outbox(self, watch: Callable[[str], None]) -> Transport:
        """One way out; a sweep has as many as `connections`."""
        return Outbox(watch)

    def letter_for(self, one: C) -> Any:
        """What the transport hands over of a claimed row: a Letter. Or Skip, or NotNow. Inside the transaction that
        holds the row's lock."""
        raise NotImplementedError

    def delayed(self, one: C, answer: Answer, wait: timedelta) -> None:
        """After the row was put back, to be tried again."""

    def accepted(self, one: C, answer: Answer) -> None:
        """Inside the transaction that marks the row sent."""

    def failed(self, one: C, answer: Answer) -> None:
        """Inside the transaction that marks the row failed: what follows from it is written, or both are not."""


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
        return {name: getattr(self, name) for name in COUNTED if getattr(self, name)}

    def __add__(self, other: Swept) -> Swept:
        """Two queues, one after the other."""
        both = {name: getattr(self, name) + getattr(other, name) for name in COUNTED}
        return Swept(**both, held=self.held or other.held, down=self.down or other.down)


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
    timing = timing.hastened(settings.REMINDER_HASTE)
    until = time.monotonic() + timing.sweep_seconds
    with viewing(SCHEDULE):
        if held():
            return Swept(held=True)
    rescued = post.queue.rescue(timing)
    arrived, again = post.queue.reconcile(oracle, timing)
    with alive() as life, _Outboxes(post, watch) as outboxes:
        work = _Work(post, life, outboxes, timing, watch, until, limit)
        work.done = Swept(rescued=rescued, arrived=arrived, again=again)
        _with_many_hands(work)
    if work.done.down:
        log.error("mail server down", outcome=work.done.down)
    return work.done


class _Outboxes:
    """The connections of one sweep to the mail server: as many as allowed, each opened when it is first needed."""

    def __init__(self, post: Post[Any], watch: Callable[[str], None]) -> None:
        self.count = post.connections
        self._all = [post.outbox(watch) for _ in range(self.count)]
        # The last one used is taken first, so that a sweep with little to do opens one.
        self._free: queue.LifoQueue[Transport] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._answers = threading.Event()
        for one in self._all:
            self._free.put(one)

    def __enter__(self) -> _Outboxes:
        return self

    def __exit__(self, *error: object) -> None:
        for one in self._all:
            one.__exit__(None, None, None)

    @contextmanager
    def taken(self, seconds: float | None = None) -> Iterator[Transport]:
        """One connection for one hand; queue.Empty after so many seconds without."""
        one = self._ready(seconds)
        try:
            yield one
        finally:
            self._free.put(one)

    def _ready(self, seconds: float | None) -> Transport:
        while True:
            one = self._free.get(timeout=seconds)
            if one.open() is None:
                return one
            with self._lock:
                if self.count == 1:
                    return one  # it is asked once more, and its answer is the mail server's
                # A server that allows fewer connections than we would like: the others go on.
                self.count -= 1

    def answers(self) -> Answer | None:
        """None where the mail server let this sweep in; else why it is `down`. Asked before a row is handed over."""
        if self._answers.is_set():
            return None
        with self.taken() as one:
            down = one.open()
        if down is None:
            self._answers.set()
        return down


class _Work(Generic[C]):
    """What the hands of one sweep share."""

    def __init__(
        self,
        post: Post[C],
        life: Life,
        outboxes: _Outboxes,
        timing: Timing,
        watch: Callable[[str], None],
        until: float,
        limit: int | None,
    ) -> None:
        self.post, self.life, self.outboxes, self.timing, self.watch = post, life, outboxes, timing, watch
        self.until, self.limit = until, limit
        self.done = Swept()
        self.over = threading.Event()
        self.trouble: list[Exception] = []
        self._lock = threading.Lock()
        self._claimed = 0
        self._lost_in_a_row = 0

    def claim(self) -> list[C]:
        """The next rows for one hand; none when all is done or the sweep is over."""
        if self.over.is_set() or time.monotonic() > self.until:
            return []
        size = self.timing.batch
        if self.limit is not None:
            with self._lock:
                size = min(size, self.limit - self._claimed)
                self._claimed += size
        return self.post.queue.claim(self.life, size) if size > 0 else []

    def count(self, name: str) -> None:
        with self._lock:
            self.done = replace(self.done, **{name: getattr(self.done, name) + 1})

    def went_down(self, why: str) -> None:
        self.over.set()
        with self._lock:
            self.done = replace(self.done, down=why)

    def came(self, answer: Answer) -> None:
        """Many connections lost one after the other, with no answer between: the server is as good as down."""
        with self._lock:
            self._lost_in_a_row = self._lost_in_a_row + 1 if answer.came is Came.lost else 0
            many = self._lost_in_a_row >= self.timing.lost_in_a_row
        if many:
            self.went_down(_said(answer))


def _with_many_hands(work: _Work[Any]) -> None:
    first = work.claim()
    if not first:
        return
    # A caller in a transaction, as a test is, shows its rows to nobody else; and few rows need no help.
    alone = connection.in_atomic_block or len(first) < work.timing.batch or work.outboxes.count == 1
    # Half as many again as connections: each connection then always finds a letter that is ready.
    helpers = [] if alone else [
        threading.Thread(target=_help, args=(work,), name=f"hand {n}", daemon=True)
        for n in range(work.outboxes.count + work.outboxes.count // 2 - 1)
    ]  # fmt: skip
    for one in helpers:
        one.start()
    try:
        _Hand(work).work_on(first)
    except BaseException:
        work.over.set()
        raise
    finally:
        _see_off(work, helpers)
    if work.trouble:
        raise work.trouble[0]


def _see_off(work: _Work[Any], helpers: list[threading.Thread]) -> None:
    """The lock that keeps our rows ours is let go only when no hand holds a row any more, whatever interrupts us."""
    try:
        for one in helpers:
            one.join()
    except BaseException:
        work.over.set()
        for one in helpers:
            one.join()
        raise


def _help(work: _Work[Any]) -> None:
    try:
        if batch := work.claim():
            _Hand(work).work_on(batch)
    except Exception as error:
        # Not lost: the hand that began raises it once all have put down what they held.
        work.over.set()
        work.trouble.append(error)
    finally:
        connections.close_all()


class _Hand(Generic[C]):
    """One thread of a sweep, with one row in its hand at a time."""

    def __init__(self, work: _Work[C]) -> None:
        self.work, self.post, self.queue = work, work.post, work.post.queue
        self.timing, self.watch = work.timing, work.watch

    def work_on(self, batch: list[C]) -> None:
        while batch:
            self._deliver(batch)
            batch = self.work.claim()

    def _deliver(self, batch: list[C]) -> None:
        for i, one in enumerate(batch):
            if self.work.over.is_set() or time.monotonic() > self.work.until:
                self.queue.put_back(batch[i:], why="the sweep ended")
                return
            try:
                self._one(one)
            except LostLife:
                # Our rows may be somebody else's by now; they are rescued, not touched.
                self.work.over.set()
                log.error("liveness lock lost", outcome="the sweep stopped")
                return

    def _one(self, one: C) -> None:
        self.watch("claimed")
        down = self.work.outboxes.answers()
        if down is not None:
            self._went_down(one, down)
            return
        self.watch("connected")
        while (letter := self._looked_at(one)) is not None:
            self.watch("handed over")
            try:
                with self.work.outboxes.taken(CONNECTION_PATIENCE) as outbox:
                    answer = outbox.hand_over(letter)
            except queue.Empty:
                continue  # what was true some seconds ago is looked at again
            self.watch("answered")
            self._mark(one, answer)
            self.watch("marked")
            return

    def _looked_at(self, one: C) -> Any:
        try:
            return self._hand_over(one)
        except (DatabaseTrouble, LostLife):
            raise
        except Exception as error:
            # A row that cannot be put into words must not stop the others; the log names the error.
            log.exception("mail not written", queue=self.queue.rows, row=one.id)
            self._later(
                one, Answer(Came.later, None, f"not written: {type(error).__name__}"), self.timing.refusals
            )
            return None

    def _hand_over(self, one: C) -> Any:
        """In one transaction: the mark that the first byte may go out, and the last look at whether it is true.

        The row is locked first. Whoever moves the deadline meanwhile either finds the row handed over, or has
        cancelled it before, and then there is nothing to hand over.
        """
        with viewing(SCHEDULE):
            match self.queue.lock(one, self.work.life):
                case Standing.held:
                    self.work.over.set()
                    self.queue.put_back([one], why="a sending hold stands")
                    return None
                case Standing.life_lost:
                    raise LostLife
                case Standing.gone:
                    self.work.count("skipped")
                    return None
            try:
                letter = self.post.letter_for(one)
            except Skip as skip:
                self.queue.mark(one, "skipped", outcome=skip.why, step="skipped")
                self.work.count("skipped")
                return None
            except NotNow as not_now:
                self.queue.put_back([one], why=not_now.why)
                with connection.cursor() as cursor:
                    cursor.execute(
                        f"UPDATE {self.queue.rows} SET next_at = %s WHERE id = %s AND state = 'planned'",
                        [not_now.at, one.id],
                    )
                return None
            self.queue.hand_over(one)
            return letter

    def _mark(self, one: C, answer: Answer) -> None:
        self.work.came(answer)
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
                self.work.count("sent")
            case Came.unknown:
                self._surely(
                    lambda: self.queue.mark(
                        one, "unknown", outcome=answer.text, step="unknown", code=answer.code
                    )
                )
                self.work.count("unknown")
            case Came.bounced:
                self._give_up(one, answer, _said(answer), "bounced")
            case Came.refused:
                self._later(one, answer, 0 if self.post.gives_up_on_refusal else self.timing.refusals)
            case Came.later | Came.lost:
                self._later(one, answer, self.timing.most_tries)
            case Came.down:
                self._went_down(one, answer)

    def _later(self, one: C, answer: Answer, most: int) -> None:
        if one.attempts >= most:
            self._give_up(one, answer, f"given up: {_said(answer)}", "failed")
            return
        steps = self.timing.back_off
        wait = steps[min(max(one.attempts, 1), len(steps)) - 1]
        self.queue.put_back([one], why=_said(answer), count_attempt=True, wait=wait)
        self.post.delayed(one, answer, wait)
        self.work.count("later")

    def _give_up(self, one: C, answer: Answer, outcome: str, step: str) -> None:
        given: dict[str, Any] = {"outcome": outcome, "step": step, "code": answer.code}
        try:
            self.queue.mark(one, "failed", **given, then=lambda: self.post.failed(one, answer))
        except Exception:
            # Else the row would come back at every sweep, and stop the others; the log names it.
            log.exception("what follows from a failure was not written", queue=self.queue.rows, row=one.id)
            self.queue.mark(one, "failed", **given)
        self.work.count("failed")

    def _went_down(self, one: C, answer: Answer) -> None:
        """The circuit is open: nothing more this sweep, and the row keeps its time, so that it shows as waiting."""
        self.queue.put_back([one], why=_said(answer))
        self.work.went_down(_said(answer))

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


def _said(answer: Answer) -> str:
    return f"{answer.came}: {answer.code or ''} {answer.text}".replace("  ", " ")[:300]
