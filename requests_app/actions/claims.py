"""Claiming reminder rows and marking them: the database's clock, SKIP LOCKED, and a token that only the claimer has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection

from requests_app.models import Reminder, SendAttempt, SendingHold
from requests_app.models.visibility import SCHEDULE, viewing
from requests_app.notices.catcher import FolderOracle

from .liveness import OWNER_IS_GONE, Life
from .reminder_policy import Timing


@dataclass(frozen=True, slots=True)
class Claim:
    """A row as its claimer holds it: ids and dates, no content."""

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
    again: bool  # handed over before, with no certain answer


COLUMNS = (
    "r.id, r.claim_token, r.organisation_id, r.request_id, r.clock_key, r.due_on, r.kind, r.offset_days, "
    "r.recipient_id, r.attempts, r.message_id, r.handed_over_at IS NOT NULL"
)


def held() -> bool:
    """A hold stands: after a restore, nothing goes out until somebody has reconciled."""
    return SendingHold.objects.filter(released_at=None).exists()


def claim(life: Life, limit: int) -> list[Claim]:
    """Due rows, oldest first, ours from the commit on. Rows another sweep looks at are passed over, not waited for."""
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH due AS (
                SELECT id FROM requests_app_reminder
                 WHERE state = 'planned' AND next_at <= statement_timestamp()
                 ORDER BY next_at, id LIMIT %s FOR UPDATE SKIP LOCKED
            ), taken AS (
                UPDATE requests_app_reminder r
                   SET state = 'claimed', owner_key = %s, claim_token = gen_random_uuid(),
                       claimed_at = clock_timestamp(), attempts = least(r.attempts + 1, 32000)
                  FROM due WHERE due.id = r.id RETURNING r.next_at, {COLUMNS}
            ), noted AS (
                INSERT INTO requests_app_sendattempt (organisation_id, reminder_id, step, text)
                SELECT organisation_id, id, 'claimed', '' FROM taken
            )
            SELECT * FROM taken ORDER BY next_at, id
            """,
            [limit, life.key],
        )
        return [Claim(*row[1:]) for row in cursor.fetchall()]


def rescue(timing: Timing) -> int:
    """Rows of owners that are gone. Not yet handed over: planned again. Handed over: nobody knows.

    A row that was held by so many dead workers may be what kills them: it waits, so that the others get out.
    """
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH orphan AS (
                SELECT r.id, r.handed_over_at IS NOT NULL AS unknown,
                       CASE WHEN r.attempts >= %(deaths)s THEN r.attempts - %(deaths)s + 1 ELSE 0 END AS suspect
                  FROM requests_app_reminder r
                 WHERE r.state = 'claimed' AND {OWNER_IS_GONE}
                 ORDER BY r.id FOR UPDATE SKIP LOCKED
            ), saved AS (
                UPDATE requests_app_reminder r
                   SET state = CASE WHEN unknown THEN 'unknown'
                                    WHEN r.attempts >= %(most)s THEN 'failed' ELSE 'planned' END,
                       owner_key = NULL,
                       claim_token = CASE WHEN unknown THEN r.claim_token END,
                       next_at = CASE WHEN unknown OR suspect = 0 THEN r.next_at
                                      ELSE now() + make_interval(secs => (%(waits)s::float[])[
                                          least(suspect, array_length(%(waits)s::float[], 1))]) END,
                       outcome = CASE WHEN unknown THEN 'the sender died after handing over'
                                      WHEN suspect > 0 THEN 'its sender died ' || r.attempts || ' times' ELSE '' END
                  FROM orphan WHERE orphan.id = r.id RETURNING r.id, r.organisation_id, r.state
            )
            INSERT INTO requests_app_sendattempt (organisation_id, reminder_id, step, text)
            SELECT organisation_id, id, 'rescued', CASE WHEN state = 'unknown' THEN 'unknown' ELSE 'not handed over' END
              FROM saved
            """,
            {
                "deaths": timing.deaths,
                "most": timing.most_tries,
                "waits": [step.total_seconds() for step in timing.back_off],
            },
        )
        return int(cursor.rowcount)


def reconcile(oracle: FolderOracle | None, timing: Timing) -> tuple[int, int]:
    """Rows nobody knows about: ask the oracle; without one, wait, then send again and say so.

    Returns how many were found to have arrived and how many go out again.
    """
    arrived = again = 0
    waits = timing.oracle_patience if oracle else timing.send_again_after
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, organisation_id, message_id, handed_over_at,
                   coalesce(handed_over_at + make_interval(secs => %s) <= statement_timestamp(), true)
              FROM requests_app_reminder
             WHERE state = 'unknown' ORDER BY next_at, id LIMIT 500 FOR UPDATE SKIP LOCKED
            """,
            [waits.total_seconds()],
        )
        for pk, organisation_id, message_id, since, patience_is_over in cursor.fetchall():
            if oracle is not None and oracle.arrived(message_id, since):
                Reminder.objects.filter(pk=pk).update(
                    state="sent", sent_at=since, owner_key=None, outcome="found in the mail server's folder"
                )
                journal(pk, organisation_id, "reconciled", text="arrived")
                arrived += 1
            elif patience_is_over:
                # The oracle's no is certain; without an oracle it may have arrived, and handed_over_at remembers that.
                Reminder.objects.filter(pk=pk).update(
                    state="planned",
                    owner_key=None,
                    outcome="" if oracle else "sent again: possible duplicate",
                    **({"handed_over_at": None, "claim_token": None} if oracle else {}),
                )
                journal(
                    pk, organisation_id, "again", text="did not arrive" if oracle else "possible duplicate"
                )
                again += 1
    return arrived, again


def journal(pk: int, organisation_id: int, step: str, *, code: int | None = None, text: str = "") -> None:
    """Inside `viewing(SCHEDULE)`. No RETURNING is needed, and none of it is content."""
    SendAttempt.objects.bulk_create(
        [SendAttempt(reminder_id=pk, organisation_id=organisation_id, step=step, code=code, text=text[:500])]
    )


def put_back(
    claims: list[Claim], *, why: str, count_attempt: bool = False, wait: timedelta | None = None
) -> None:
    """Ours no longer, to be tried again. wait: not before then; None leaves next_at, which the health page watches."""
    seconds = wait.total_seconds() if wait is not None else None
    with viewing(SCHEDULE), connection.cursor() as cursor:
        for one in claims:
            cursor.execute(
                """
                UPDATE requests_app_reminder
                   SET state = 'planned', owner_key = NULL, claim_token = NULL, outcome = %s,
                       attempts = greatest(attempts - %s, 0),
                       next_at = coalesce(now() + make_interval(secs => %s), next_at),
                       handed_over_at = CASE WHEN %s THEN handed_over_at END
                 WHERE id = %s AND claim_token = %s AND state = 'claimed'
                """,
                [why[:300], 0 if count_attempt else 1, seconds, one.again, one.id, one.token],
            )
            if cursor.rowcount:
                journal(one.id, one.organisation_id, "put back", text=why)


def mark(one: Claim, state: str, *, outcome: str, step: str, code: int | None = None) -> bool:
    """The end of a claim, by its token. False: the row has been taken on by another, and says what that one knows."""
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE requests_app_reminder
               SET state = %(state)s, outcome = %(outcome)s, owner_key = NULL,
                   sent_at = CASE WHEN %(state)s = 'sent' THEN clock_timestamp() END,
                   handed_over_at = CASE WHEN %(state)s IN ('sent', 'unknown') OR %(again)s THEN handed_over_at END
             WHERE id = %(id)s AND claim_token = %(token)s AND state IN ('claimed', 'unknown', 'planned')
            """,
            {"state": state, "outcome": outcome[:300], "id": one.id, "token": one.token, "again": one.again},
        )
        done = bool(cursor.rowcount == 1)
        journal(one.id, one.organisation_id, step if done else f"{step} late"[:16], code=code, text=outcome)
    return done
