"""What the public statistics count is made again: out of what the public reads, and by nobody else's eyes.

Whatever changes puts the number of its request on a list; this takes some off it and writes their rows, in one
transaction. It may run twice, late, or be killed: the list then still holds what is to be done.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Sequence

from django.db import connection

from requests_app.models import PublicCount, PublicFact
from requests_app.models.publication import public_until, publication_generation
from requests_app.models.visibility import PUBLIC, SCHEDULE, viewing
from requests_app.queries.groups import POPULATIONS
from requests_app.queries.public_facts import COLUMNS, facts_of
from requests_app.queries.statistics import KEPT_FOR, Narrowed, counted, holds

CHUNK = 1_000
RENEW = dt.timedelta(minutes=10)  # before a count is too old to be shown
REST = 20  # times as long as it took
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
            PublicCount.objects.filter(is_stale=False).update(is_stale=True)
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


def keep(now: dt.datetime) -> list[str]:
    """Counts for the dashboard what does not hold any more, and says of which populations it did. Facts that were made
    again wait their turn; after something was taken back nothing is shown that was kept, and it is counted at once."""
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('public_counts'))")
        if not cursor.fetchone()[0]:
            return []
        generation = publication_generation()
        # Whoever makes facts again waits here to mark them as stale, and so marks what was counted without them.
        rows = {row.population: row for row in PublicCount.objects.select_for_update()}
        due = [name for name in ("", *POPULATIONS) if name not in rows or _is_due(rows[name], generation, now)]
        done: dict[str, None] = {}
        for name in due:
            if name not in done:
                done |= dict.fromkeys(_keep(name, generation, now))
    return list(done)


def _is_due(row: PublicCount, generation: int, now: dt.datetime) -> bool:
    rested = now >= row.counted_at + REST * dt.timedelta(seconds=row.seconds)
    old = now >= row.counted_at + KEPT_FOR - RENEW
    return not holds(row, generation, now) or old or (row.is_stale and rested)


def _keep(population: str, generation: int, now: dt.datetime) -> set[str]:
    begun = time.monotonic()
    with viewing(PUBLIC):
        until, found = public_until(), counted(Narrowed(population=population), now=now)
    names = {population, found["population"] or population}
    for name in names:
        PublicCount(
            population=name, told=json.dumps(found, separators=(",", ":")), generation=generation, counted_at=now,
            until=until, seconds=time.monotonic() - begun,
        ).save()  # fmt: skip
    return names


def _write(ids: Sequence[int]) -> None:
    facts, params = facts_of(ids)
    changed = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) {facts} ORDER BY id "
            f"ON CONFLICT (request_id) DO UPDATE SET {changed}",
            params,
        )
