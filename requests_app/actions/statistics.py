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
from django.db.models import F

from requests_app.models import PublicCount, PublicFact
from requests_app.models.publication import public_standing, public_until
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
            PublicCount.objects.update(changes=F("changes") + 1)
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
    done: dict[str, None] = {}
    for name in ("", *POPULATIONS):
        if name not in done:
            done |= dict.fromkeys(_keep(name, now))
    return list(done)


def _keep(population: str, now: dt.datetime) -> tuple[str, ...]:
    """One transaction, in which the rows are held by its last statements alone: nobody who makes facts again waits for
    a count."""
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('public_counts'))")
        if not cursor.fetchone()[0]:
            return ()
        number = public_standing().number
        rows = {row.population: row for row in PublicCount.objects.defer("told")}
        if population in rows and not _is_due(rows[population], number, now):
            return ()
        begun = time.monotonic()
        with viewing(PUBLIC):
            until, found = public_until(), counted(Narrowed(population=population), now=now)
        names = tuple(dict.fromkeys((population, found["population"] or population)))
        told = {
            "told": json.dumps(found, separators=(",", ":")), "number": number, "counted_at": now, "until": until,
            "seconds": time.monotonic() - begun,
        }  # fmt: skip
        for name in names:
            seen = rows[name].changes if name in rows else 0
            PublicCount.objects.update_or_create(told | {"counted_changes": seen}, population=name)
    return names


def _is_due(row: PublicCount, number: int, now: dt.datetime) -> bool:
    rested = now >= row.counted_at + REST * dt.timedelta(seconds=row.seconds)
    old = now >= row.counted_at + KEPT_FOR - RENEW
    return not holds(row, number, now) or old or (row.changes != row.counted_changes and rested)


def _write(ids: Sequence[int]) -> None:
    facts, params = facts_of(ids)
    changed = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) {facts} ORDER BY id "
            f"ON CONFLICT (request_id) DO UPDATE SET {changed}",
            params,
        )
