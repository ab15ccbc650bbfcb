"""What the public statistics count is made again: out of what the public reads, and by nobody else's eyes.

Whatever changes puts the number of its request on a list; this takes some off it and writes their rows, in one
transaction. It may run twice, late, or be killed: the list then still holds what is to be done.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from requests_app.models import PublicFact
from requests_app.models.visibility import PUBLIC, SCHEDULE, viewing
from requests_app.queries.public_facts import COLUMNS, facts_of

CHUNK = 1_000
TABLE = PublicFact._meta.db_table


def refresh_some(most: int = CHUNK) -> int:
    """One chunk of what is stale. How many requests were looked at; 0: nothing is stale now."""
    with viewing(SCHEDULE):
        with connection.cursor() as cursor:
            cursor.execute("SELECT app_take_stale_facts(%s)", [most])
            (taken,) = cursor.fetchone()
        if taken:
            with viewing(PUBLIC):
                _write(taken)
    return len(taken)


def refresh(most_chunks: int | None = None) -> int:
    """Until nothing is stale, or for so many chunks: a sweep does a bounded piece of work."""
    total = chunks = 0
    while most_chunks is None or chunks < most_chunks:
        done = refresh_some()
        total, chunks = total + done, chunks + 1
        if done < CHUNK:
            break
    return total


def rebuild() -> int:
    """All of it anew. Readers never see it empty: each row stands until its chunk is written."""
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute("SELECT app_all_facts_are_stale()")
    return refresh()


def _write(ids: Sequence[int]) -> None:
    facts, params = facts_of(ids)
    changed = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) {facts} ORDER BY id "
            f"ON CONFLICT (request_id) DO UPDATE SET {changed}",
            params,
        )
