"""The tests' database: each pytest process works on its own copy of the migrated template, as the web role.

`default` and `direct` are foia_web, `owner` is foia_owner, as in production. They are different connections:
what a builder writes through `owner` is seen through `default` only once committed, which the mark
`committed` arranges (rows are then removed after the test).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says more of the machine than of the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

SAMPLES_ABSENT = "SAMPLES_DIR is absent"
# Rows that migrations and post-migrate wrote for Django itself stay; every other table is put back.
KEPT = ("django_migrations", "django_content_type", "auth_permission")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("committed"):
            item.add_marker(pytest.mark.django_db(transaction=True, databases=["default", "owner", "direct"]))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if SAMPLES_ABSENT in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} tests were skipped because {SAMPLES_ABSENT}.")


@pytest.fixture(scope="session")
def samples_dir() -> Path:
    """The received documents and logs that are too large, or not ours, to ship."""
    path = os.environ.get("SAMPLES_DIR")
    if not path or not Path(path).is_dir():
        pytest.skip(SAMPLES_ABSENT)
    return Path(path)


@pytest.fixture(scope="session")
def superuser_url() -> str:
    """The test cluster's superuser: only the harness and the tests of the roles themselves may ask for it."""
    url = os.environ.get("TEST_SUPERUSER_URL")
    if not url:
        pytest.fail("There is no database. Run the tests with bin/test, which starts its own.", pytrace=False)
    return url


@pytest.fixture(scope="session")
def django_db_setup(superuser_url: str, django_db_blocker: Any) -> Iterator[None]:
    if os.environ.get("TEST_MIGRATION_FAILED"):
        pytest.fail("The migrations failed; bin/test printed why before the tests began.", pytrace=False)
    import psycopg2
    from django.db import connections
    from django.test import TransactionTestCase

    from foia_tracker.embedded.postgres import ensure_database

    name = f"foia_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    ensure_database(superuser_url, name=name, owner="foia_owner", template="foia_template")
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    admin = psycopg2.connect(superuser_url.replace("/postgres?", f"/{name}?"))
    admin.autocommit = True
    _keep_baseline(admin)

    def put_back(self: TransactionTestCase) -> None:
        for alias in connections:
            connections[alias].close()
        _put_back(admin)

    # Django would TRUNCATE as the role of `default`, which owns nothing.
    TransactionTestCase._fixture_teardown = put_back  # type: ignore[method-assign]
    with django_db_blocker.unblock():
        yield
        for connection in connections.all():
            connection.close()
    admin.close()


def _keep_baseline(admin: Any) -> None:
    with admin.cursor() as cursor:
        cursor.execute(
            "select tablename from pg_tables where schemaname = 'public' and tablename <> all(%s)",
            [list(KEPT)],
        )
        tables = [row[0] for row in cursor.fetchall()]
        cursor.execute("create schema baseline")
        for table in tables:
            cursor.execute(f'create table baseline."{table}" as table public."{table}"')


def _put_back(admin: Any) -> None:
    with admin.cursor() as cursor:
        # replica: the triggers that make the ledger append-only hold for the roles, not for the harness.
        cursor.execute("set session_replication_role = replica")
        cursor.execute("""
            do $$
            declare t name; here boolean; there boolean; columns text;
            begin
              for t in select tablename from pg_tables where schemaname = 'baseline' loop
                execute format('select exists (select from public.%I), exists (select from baseline.%I)',
                               t, t) into here, there;
                if here then execute format('delete from public.%I', t); end if;
                if there then
                  select string_agg(quote_ident(attname), ', ') into columns from pg_attribute
                   where attrelid = format('public.%I', t)::regclass and attnum > 0
                     and not attisdropped and attgenerated = '';
                  execute format('insert into public.%I (%s) overriding system value '
                                 'select %s from baseline.%I', t, columns, columns, t);
                end if;
              end loop;
            end $$""")
