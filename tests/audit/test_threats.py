"""The page of threats names tests that are there; and the role of backups is what the page says of it."""

from __future__ import annotations

import re

import psycopg2
import pytest
from django.db import connections

from foia_tracker.embedded.place import REPOSITORY

PAGE = (REPOSITORY / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_each_test_that_the_page_names_is_there(file: str, name: str) -> None:
    assert re.search(rf"^\s*def {name}\(", (REPOSITORY / file).read_text(encoding="utf-8"), re.M)


def test_every_threat_names_a_test() -> None:
    rows = [
        line
        for line in PAGE.splitlines()
        if line.startswith("| ") and not line.startswith(("| part", "| ---"))
    ]
    assert len(rows) > 30
    for row in rows:
        assert "::test_" in row, row
    parts = {row.split("|")[1].strip() for row in rows}
    assert {
        "Web", "API", "Tokens", "Feeds", "Webhooks", "Mail", "Files", "Worker", "Database", "Backups", "Staff",
        "Partners",
    } <= parts  # fmt: skip


@pytest.mark.committed
def test_the_role_of_backups_reads_everything_and_writes_nothing() -> None:
    given = connections["default"].settings_dict
    made = psycopg2.connect(
        dbname=given["NAME"], user="foia_backup", host=given["HOST"], port=given["PORT"] or 5432
    )
    with made, made.cursor() as cursor:
        cursor.execute(
            "SELECT rolbypassrls, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (True, False, False)
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace "
            "AND (NOT has_table_privilege(c.oid, 'SELECT') "
            "OR has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))"
        )
        assert cursor.fetchall() == []
    made.close()
