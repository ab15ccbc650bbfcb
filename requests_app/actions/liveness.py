"""Proof of life: an advisory lock on a connection of its own. It ends with the process, whatever a clock says."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import Error as DatabaseTrouble
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

# A machine that lost its power says no goodbye; the server must not hold its lock for hours.
KEEPALIVE = (("tcp_keepalives_idle", "15"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "3"))

# For a row with an owner_key: nobody holds that lock any more.
OWNER_IS_GONE = """
NOT EXISTS (SELECT FROM pg_locks l
             WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
               AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND l.classid::bigint = r.owner_key >> 32 AND l.objid::bigint = r.owner_key & 4294967295)
"""


class LostLife(Exception):
    """The lock's connection broke: another worker may take our rows at any moment, so nothing more is sent."""


@dataclass(frozen=True, slots=True)
class Life:
    key: int
    connection: BaseDatabaseWrapper

    def check(self) -> None:
        """Raises LostLife unless the lock is still held by this very connection."""
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(
                    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
                    "AND pid = pg_backend_pid() AND classid::bigint = %s AND objid::bigint = %s)",
                    [self.key >> 32, self.key & 0xFFFFFFFF],
                )
                held = cursor.fetchone()[0]
        except DatabaseTrouble as error:
            raise LostLife from error
        if not held:
            raise LostLife


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
        yield Life(key, connection)
    finally:
        connection.close()
