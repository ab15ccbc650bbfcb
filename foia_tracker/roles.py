"""The database's roles. That each exists is said here; which table it may touch, by the migrations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from foia_tracker.embedded.place import BACKUP_ROLE, OWNER_ROLE, WEB_ROLE, WORKER_ROLE

ROLES = (OWNER_ROLE, WEB_ROLE, WORKER_ROLE, BACKUP_ROLE)
# A page that waits longer than this is broken; a task has its own limit of 120 s.
LIMITS = {
    WEB_ROLE: {
        "statement_timeout": "30s",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "60s",
    },
    WORKER_ROLE: {
        "statement_timeout": "110s",
        "lock_timeout": "30s",
        "idle_in_transaction_session_timeout": "130s",
    },
    # It has no right to write a table; functions that run as the owner refuse it too.
    BACKUP_ROLE: {"default_transaction_read_only": "on"},
}


def set_up(cursor: Any, *, passwords: Mapping[str, str | None]) -> list[str]:
    """Makes or mends the roles in the connected database; returns a sentence for each thing done or refused.

    The caller is a superuser, or a role with CREATEROLE that owns the database (managed services).
    """
    cursor.execute(
        "select current_user, rolsuper, rolcreaterole, rolbypassrls, current_database() "
        "from pg_roles where rolname = current_user"
    )
    caller, superuser, creates_roles, bypasses, database = cursor.fetchone()
    may_create = superuser or creates_roles
    said: list[str] = []

    cursor.execute("select rolname from pg_roles where rolname = any(%s)", [list(ROLES)])
    present = {row[0] for row in cursor.fetchall()}
    missing = [role for role in ROLES if role not in present]
    if missing and not may_create:
        raise PermissionError(
            f"The role {caller!r} may not create roles, and {', '.join(missing)} are missing: run "
            "setup_roles with DATABASE_OWNER_URL of a superuser or of a role with CREATEROLE."
        )
    for role in missing:
        cursor.execute(f'create role "{role}" login')
        said.append(f"Made the role {role}.")
    if may_create:
        for role in (OWNER_ROLE, WEB_ROLE, WORKER_ROLE):
            if role == caller:
                continue
            powers = (
                "nosuperuser nobypassrls nocreatedb nocreaterole noreplication"
                if superuser
                else "nocreaterole"
            )
            cursor.execute(f'alter role "{role}" login {powers}')
        if superuser or bypasses:
            cursor.execute(f'alter role "{BACKUP_ROLE}" login bypassrls')
        else:
            said.append(f"{BACKUP_ROLE} could not be given BYPASSRLS; back up as the owner of the tables.")
        for role, password in passwords.items():
            if password:
                cursor.execute(f'alter role "{role}" password %s', [password])
                said.append(f"Set the password of {role}.")
        for role, limits in LIMITS.items():
            for name, value in limits.items():
                cursor.execute(f'alter role "{role}" set {name} = %s', [value])

    if superuser:
        cursor.execute("select pg_get_userbyid(datdba) from pg_database where datname = current_database()")
        if cursor.fetchone()[0] != OWNER_ROLE:
            cursor.execute(f'alter database "{database}" owner to "{OWNER_ROLE}"')
            said.append(f"Gave the database {database} to {OWNER_ROLE}.")
        cursor.execute("alter schema public owner to pg_database_owner")
        cursor.execute(f'grant pg_read_all_data to "{BACKUP_ROLE}"')
        # Full-text search below row-level security: see docs/running.md for the reason and the risk.
        cursor.execute("alter function pg_catalog.ts_match_vq(tsvector, tsquery) leakproof")
    else:
        said.append(
            "ts_match_vq stays as it is: only a superuser may mark it leakproof (search will be slower)."
        )
    cursor.execute("revoke create on schema public from public")
    for role in (WEB_ROLE, WORKER_ROLE):
        cursor.execute(f'revoke create on schema public from "{role}"')
    cursor.execute(f'grant usage on schema public to "{WEB_ROLE}", "{WORKER_ROLE}", "{BACKUP_ROLE}"')
    return said or ["The roles are as they should be."]
