"""Claiming rows of a queue and marking them: the database's clock, SKIP LOCKED, and a token that only the claimer has.

Reminders and letters are two queues of one make: a table of what is to go out, and a journal of what was tried.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import structlog
from django.db import connection, transaction

from requests_app.models import SendingHold
from requests_app.models.visibility import SCHEDULE, viewing
from requests_app.notices.catcher import FolderOracle

from .liveness import OWNER_IS_GONE, Life, lock_of
from .reminder_policy import Timing

log = structlog.get_logger(__name__)


class Held(Protocol):
    """A row as its claimer holds it: ids and dates, no content. again: handed over before, with no certain answer."""

    @property
    def id(self) -> int: ...
    @property
    def token(self) -> UUID: ...
    @property
    def organisation_id(self) -> int: ...
    @property
    def attempts(self) -> int: ...
    @property
    def message_id(self) -> str: ...
    @property
    def again(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Claim:
    """A reminder as its claimer holds it."""

    id: int
    token: UUID
    organisation_id: int
    request_id: int
    clock_key: str
    due_on: date
    kind: str
    offset_days: int
    recipient_id: int
    attempts: int
    message_id: str
    again: bool
    stage_on: date | None = None


C = TypeVar("C", bound=Held)


class Standing(StrEnum):
    """A claimed row, as it is found at the last look."""

    ours = "ours"
    gone = "gone"  # cancelled, or taken on by another
    held = "held"  # a sending hold stands
    life_lost = "life lost"  # our lock is gone, so others may take our rows


class _NotTakenDown(Exception):
    """It arrived, and what follows from that could not be written now."""


def held() -> bool:
    """A hold stands: after a restore, nothing goes out until somebody has reconciled."""
    return SendingHold.objects.filter(released_at=None).exists()


@dataclass(frozen=True, slots=True)
class Queue(Generic[C]):
    """One queue. rows, journal: its tables; names: the journal's column that names a row; columns: what `make` takes.

    sends_again: without an oracle, a row nobody knows about goes out once more; else it waits for a person to say.
    arrived: told of a row that the oracle found, inside the transaction that marks it.
    only: which of the due rows may be taken; the others wait for something else.
    """

    rows: str
    journal_table: str
    names: str
    columns: str
    make: Callable[..., C]
    sends_again: bool = True
    arrived: Callable[[int, datetime], None] | None = None
    only: str = "true"

    def claim(self, life: Life, limit: int) -> list[C]:
        """Due rows, oldest first, ours from the commit on. What another sweep looks at is passed over."""
        with viewing(SCHEDULE), connection.cursor() as cursor:
            cursor.execute(
                f"""
                WITH due AS (
                    SELECT id FROM {self.rows}
                     WHERE state = 'planned' AND next_at <= statement_timestamp() AND ({self.only})
                     ORDER BY next_at, id LIMIT %s FOR UPDATE SKIP LOCKED
                ), taken AS (
                    UPDATE {self.rows} r
                       SET state = 'claimed', owner_key = %s, claim_token = gen_random_uuid(),
                           claimed_at = clock_timestamp(), attempts = least(r.attempts + 1, 32000)
                      FROM due WHERE due.id = r.id RETURNING r.next_at, {self.columns}
                ), noted AS (
                    INSERT INTO {self.journal_table} (organisation_id, {self.names}, step, text)
                    SELECT organisation_id, id, 'claimed', '' FROM taken
                )
                SELECT * FROM taken ORDER BY next_at, id
                """,
                [limit, life.key],
            )
            return [self.make(*row[1:]) for row in cursor.fetchall()]

    def lock(self, one: C, life: Life) -> Standing:
        """Inside `viewing(SCHEDULE)`: the row is ours alone until the end of the transaction, or it is not for us.

        Whether the lock stands is asked of the database, not of its connection: what counts is what others see.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT EXISTS (SELECT FROM requests_app_sendinghold WHERE released_at IS NULL),
                       {lock_of("%(owner)s::bigint")}
                  FROM {self.rows} r
                 WHERE r.id = %(id)s AND r.claim_token = %(token)s AND r.state = 'claimed' FOR UPDATE
                """,
                {"owner": life.key, "id": one.id, "token": one.token},
            )
            found = cursor.fetchone()
        if found is None:
            return Standing.gone
        hold, alive = found
        return Standing.held if hold else Standing.ours if alive else Standing.life_lost

    def hand_over(self, one: C) -> None:
        """The mark that the first byte may go out, and its line in the journal. After `lock`, in its transaction."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                WITH mine AS (
                    UPDATE {self.rows} SET handed_over_at = clock_timestamp() WHERE id = %s
                    RETURNING id, organisation_id
                )
                INSERT INTO {self.journal_table} (organisation_id, {self.names}, step, text)
                SELECT organisation_id, id, 'handed over', '' FROM mine
                """,
                [one.id],
            )

    def rescue(self, timing: Timing) -> int:
        """Rows of owners that are gone. Not yet handed over: planned again. Handed over: nobody knows.

        A row that was held by so many dead workers may be what kills them: it waits, so that the others get out.
        """
        with viewing(SCHEDULE), connection.cursor() as cursor:
            cursor.execute(
                f"""
                WITH orphan AS (
                    SELECT r.id, r.handed_over_at IS NOT NULL AS unknown,
                           CASE WHEN r.attempts >= %(deaths)s THEN r.attempts - %(deaths)s + 1 ELSE 0 END AS suspect
                      FROM {self.rows} r
                     WHERE r.state = 'claimed' AND {OWNER_IS_GONE}
                     ORDER BY r.id FOR UPDATE SKIP LOCKED
                ), saved AS (
                    UPDATE {self.rows} r
                       SET state = CASE WHEN unknown THEN 'unknown'
                                        WHEN r.attempts >= %(most)s THEN 'failed' ELSE 'planned' END,
                           owner_key = NULL,
                           claim_token = CASE WHEN unknown THEN r.claim_token END,
                           next_at = CASE WHEN unknown OR suspect = 0 THEN r.next_at
                                          ELSE now() + make_interval(secs => (%(waits)s::float[])[
                                              least(suspect, array_length(%(waits)s::float[], 1))]) END,
                           claimed_at = CASE WHEN unknown OR suspect = 0 THEN r.claimed_at ELSE now() END,
                           outcome = CASE WHEN unknown THEN 'the sender died after handing over'
                                          WHEN suspect > 0 THEN 'its sender died ' || r.attempts || ' times' ELSE '' END
                      FROM orphan WHERE orphan.id = r.id RETURNING r.id, r.organisation_id, r.state
                )
                INSERT INTO {self.journal_table} (organisation_id, {self.names}, step, text)
                SELECT organisation_id, id, 'rescued',
                       CASE WHEN state = 'unknown' THEN 'unknown' ELSE 'not handed over' END
                  FROM saved
                """,
                {
                    "deaths": timing.deaths,
                    "most": timing.most_tries,
                    "waits": [step.total_seconds() for step in timing.back_off],
                },
            )
            return int(cursor.rowcount)

    def mend_instants(self, timing: Timing) -> None:
        """The database's clock was ahead and stepped back: what it wrote meanwhile would wait for hours.

        An unknown row waits from now on. A row that was put back is due now: whoever writes next_at by the database's
        clock writes claimed_at by it too, so that both are ahead. One that its date makes due later is not touched,
        for it lies further off than any wait of ours.
        """
        longest = max(timing.back_off) + timedelta(minutes=1)
        with viewing(SCHEDULE), connection.cursor() as cursor:
            cursor.execute(
                f"""
                WITH ahead AS (
                    SELECT id FROM {self.rows} WHERE state = 'unknown' AND handed_over_at > clock_timestamp()
                     ORDER BY id FOR UPDATE SKIP LOCKED
                )
                UPDATE {self.rows} r SET handed_over_at = clock_timestamp() FROM ahead WHERE ahead.id = r.id
                """
            )
            cursor.execute(
                f"""
                WITH ahead AS (
                    SELECT id FROM {self.rows}
                     WHERE state = 'planned' AND claimed_at > clock_timestamp() AND next_at > clock_timestamp()
                       AND next_at <= claimed_at + make_interval(secs => %s)
                     ORDER BY id FOR UPDATE SKIP LOCKED
                )
                UPDATE {self.rows} r SET next_at = now(), claimed_at = now() FROM ahead WHERE ahead.id = r.id
                """,
                [longest.total_seconds()],
            )

    def reconcile(self, oracle: FolderOracle | None, timing: Timing) -> tuple[int, int]:
        """Rows nobody knows about: ask the oracle; without one, wait, then send again, or leave it to people.

        Returns how many were found to have arrived and how many go out again.
        """
        self.mend_instants(timing)
        arrived = again = 0
        waits = timing.oracle_patience if oracle else timing.send_again_after
        with viewing(SCHEDULE), connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT id, organisation_id, message_id, handed_over_at,
                       coalesce(handed_over_at + make_interval(secs => %s) <= statement_timestamp(), true)
                  FROM {self.rows}
                 WHERE state = 'unknown' ORDER BY next_at, id LIMIT 500 FOR UPDATE SKIP LOCKED
                """,
                [waits.total_seconds()],
            )
            for pk, organisation_id, message_id, since, patience_is_over in cursor.fetchall():
                if oracle is not None and oracle.arrived(message_id, since):
                    arrived += self._found(pk, organisation_id, since)
                elif patience_is_over and (oracle is not None or self.sends_again):
                    # The oracle's no is certain; without one it may have arrived, and handed_over_at remembers that.
                    certain = oracle is not None
                    cursor.execute(
                        f"""
                        UPDATE {self.rows}
                           SET state = 'planned', owner_key = NULL, outcome = %(said)s,
                               handed_over_at = CASE WHEN NOT %(certain)s THEN handed_over_at END,
                               claim_token = CASE WHEN NOT %(certain)s THEN claim_token END
                         WHERE id = %(id)s
                        """,
                        {
                            "said": "" if certain else "sent again: possible duplicate",
                            "certain": certain,
                            "id": pk,
                        },
                    )
                    self.journal(
                        pk,
                        organisation_id,
                        "again",
                        text="did not arrive" if certain else "possible duplicate",
                    )
                    again += 1
        return arrived, again

    def _found(self, pk: int, organisation_id: int, since: datetime) -> bool:
        # One row that cannot be taken down must not hold up the others; it is asked about again at the next sweep.
        with suppress(_NotTakenDown):
            with transaction.atomic():
                self.settle(
                    pk, organisation_id, since, outcome="found in the mail server's folder", text="arrived"
                )
            return True
        return False

    def settle(self, pk: int, organisation_id: int, at: datetime, *, outcome: str, text: str) -> None:
        """It arrived after all. Inside `viewing(SCHEDULE)` and the row's lock."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {self.rows} SET state = 'sent', sent_at = %s, owner_key = NULL, outcome = %s WHERE id = %s",
                [at, outcome[:300], pk],
            )
        self.journal(pk, organisation_id, "reconciled", text=text)
        if self.arrived is not None:
            try:
                self.arrived(pk, at)
            except Exception as error:
                log.exception("arrived, but not taken down", row=pk, outcome=type(error).__name__)
                raise _NotTakenDown from error

    def revive(self, pk: int) -> int | None:
        """Inside `viewing(SCHEDULE)`: a row that was given up is due again; its organization, or None if it was not."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                UPDATE {self.rows}
                   SET state = 'planned', next_at = now(), claimed_at = now(), attempts = 0, outcome = '',
                       owner_key = NULL, claim_token = NULL
                 WHERE id = %s AND state = 'failed' RETURNING organisation_id
                """,
                [pk],
            )
            found = cursor.fetchone()
        if found is None:
            return None
        self.journal(pk, found[0], "revived", text="a person asked for another try")
        return int(found[0])

    def journal(
        self, pk: int, organisation_id: int, step: str, *, code: int | None = None, text: str = ""
    ) -> None:
        """Inside `viewing(SCHEDULE)`. No RETURNING is needed, and none of it is content."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self.journal_table} (organisation_id, {self.names}, step, code, text) "
                "VALUES (%s, %s, %s, %s, %s)",
                [organisation_id, pk, step, code, text[:500]],
            )

    def put_back(
        self, claims: list[C], *, why: str, count_attempt: bool = False, wait: timedelta | None = None
    ) -> None:
        """Ours no longer, to be tried again. wait: not before then; None leaves next_at, which health watches."""
        seconds = wait.total_seconds() if wait is not None else None
        with viewing(SCHEDULE), connection.cursor() as cursor:
            for one in claims:
                cursor.execute(
                    f"""
                    UPDATE {self.rows}
                       SET state = 'planned', owner_key = NULL, claim_token = NULL, outcome = %s,
                           attempts = greatest(attempts - %s, 0),
                           next_at = coalesce(now() + make_interval(secs => %s), next_at),
                           claimed_at = CASE WHEN %s THEN now() ELSE claimed_at END,
                           handed_over_at = CASE WHEN %s THEN handed_over_at END
                     WHERE id = %s AND claim_token = %s AND state = 'claimed'
                    """,
                    [
                        why[:300], 0 if count_attempt else 1, seconds, wait is not None, one.again, one.id, one.token,
                    ],
                )
                if cursor.rowcount:
                    self.journal(one.id, one.organisation_id, "put back", text=why)

    def mark(
        self,
        one: C,
        state: str,
        *,
        outcome: str,
        step: str,
        code: int | None = None,
        then: Callable[[], None] | None = None,
    ) -> bool:
        """The end of a claim, by its token. False: another took the row on, and it says what that one knows."""
        with viewing(SCHEDULE), connection.cursor() as cursor:
            cursor.execute(
                f"""
                WITH mine AS (
                    UPDATE {self.rows}
                       SET state = %(state)s, outcome = %(outcome)s, owner_key = NULL,
                           sent_at = CASE WHEN %(state)s = 'sent' THEN clock_timestamp() END,
                           handed_over_at = CASE WHEN %(state)s IN ('sent', 'unknown') OR %(again)s
                                                 THEN handed_over_at END
                     WHERE id = %(id)s AND claim_token = %(token)s AND state IN ('claimed', 'unknown', 'planned')
                    RETURNING id
                )
                INSERT INTO {self.journal_table} (organisation_id, {self.names}, step, code, text)
                SELECT %(organisation)s, %(id)s, CASE WHEN EXISTS (SELECT FROM mine) THEN %(step)s ELSE %(late)s END,
                       %(code)s, %(text)s
                RETURNING step
                """,
                {
                    "state": state, "outcome": outcome[:300], "id": one.id, "token": one.token, "again": one.again,
                    "organisation": one.organisation_id, "step": step, "late": f"{step} late"[:16], "code": code,
                    "text": outcome[:500],
                },
            )  # fmt: skip
            done = bool(cursor.fetchone()[0] == step)
            if done and then is not None:
                then()
        return done


REMINDERS = Queue(
    rows="requests_app_reminder",
    journal_table="requests_app_sendattempt",
    names="reminder_id",
    columns=(
        "r.id, r.claim_token, r.organisation_id, r.request_id, r.clock_key, r.due_on, r.kind, r.offset_days, "
        "r.recipient_id, r.attempts, r.message_id, r.handed_over_at IS NOT NULL, r.stage_on"
    ),
    make=Claim,
    # What nobody has looked at may belong into a digest; the last day of a window of ours waits for no look.
    only="digest_id IS NULL AND channel = 'email' AND (alone OR ours AND kind = 'closing' AND offset_days <= 0)",
)
