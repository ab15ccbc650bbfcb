"""Proof of life: an advisory lock on a connection of its own. It ends with the process, whatever a clock says."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connections

# A machine that lost its power says no goodbye; the server must not hold its lock for hours.
KEEPALIVE = (("tcp_keepalives_idle", "15"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "3"))


def lock_of(key: str) -> str:
    """Whether somebody holds the lock of a key, which is SQL for a bigint."""
    return f"""
EXISTS (SELECT FROM pg_locks l
         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND l.classid::bigint = {key} >> 32 AND l.objid::bigint = {key} & 4294967295)
"""


# For a row with an owner_key: nobody holds that lock any more.
OWNER_IS_GONE = f"NOT {lock_of('r.owner_key')}"


class LostLife(Exception):
    """The lock's connection broke: another worker may take our rows at any moment, so nothing more is sent."""


@dataclass(frozen=True, slots=True)
class Life:
    """key: what rows are claimed under."""

    key: int


@contextmanager
def alive() -> Iterator[Life]:
    """While inside, rows claimed under the key are ours. Past a pooler: a lock lives as long as its connection."""
    # A copy: whatever else this thread does with `direct` must not end our life, nor a reconnection hide its end.
    connection = connections["direct"].copy()
    key = secrets.randbits(61) + 1
    try:
        with connection.cursor() as cursor:
            for name, value in KEEPALIVE:
                cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
            cursor.execute("SELECT pg_advisory_lock(%s)", [key])
        yield Life(key)
    finally:
        connection.close()
