"""Statements straight into the database, past every queryset: the policies alone hold, table by table."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.utils import DatabaseError

from requests_app.models import Ask, Campaign, RecordsRequest, Share
from requests_app.models.ids import public_id
from requests_app.models.visibility import viewing_as

from .declared import Stage

pytestmark = pytest.mark.django_db


def owned_tables() -> list[type[models.Model]]:
    found = [
        model
        for model in apps.get_app_config("requests_app").get_models()
        if model._meta.managed and any(field.name == "organisation" for field in model._meta.fields)
    ]
    return sorted(found, key=lambda model: model.__name__)


TABLES = [model._meta.db_table for model in owned_tables()]
BY_NAME = {model._meta.db_table: model for model in owned_tables()}
PUBLISHED = (Campaign, Share)
"""Of these a stranger reads what was published itself."""
REFUSED = ("row-level security", "permission denied", "foreign key", "append-only", "only ")


def columns(table: str, right: str) -> list[str]:
    """Of which the web role has the right; those that are counted by the database itself are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND "
            "attgenerated = '' AND has_column_privilege(%s, attname, %s) ORDER BY attnum",
            [table, table, right],
        )
        return [row[0] for row in cursor.fetchall()]


def ran(statement: str, values: list[Any]) -> int:
    """Rows that it touched; what the database refuses touches none. Nothing stays."""
    told = ""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                touched = cursor.rowcount
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except DatabaseError as problem:
        touched, told = 0, str(problem)
    assert not told or any(word in told for word in REFUSED), (statement[:200], told[:300])
    return touched


def rows_of(owner: Any, table: str, organisation: int) -> list[dict[str, Any]]:
    readable = columns(table, "SELECT")
    if "organisation_id" not in readable:
        return []
    with viewing_as(owner), connection.cursor() as cursor:
        names = ", ".join(f'"{one}"' for one in readable)
        cursor.execute(f"SELECT {names} FROM {table} WHERE organisation_id = %s", [organisation])
        return [dict(zip(readable, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.parametrize("who", ["ravi", "noor", "omar", "vera"])
def test_no_statement_of_a_stranger_reads_changes_or_removes_a_row_of_ours(stage: Stage, who: str) -> None:
    harbor, wrong, seen = stage.cast.harbor.pk, [], 0
    with viewing_as(stage.cast.olive):
        # Another request of the published campaign stands there too.
        rows = RecordsRequest.objects.filter(campaign=stage.published.campaign)
        published = set(rows.values_list("pk", flat=True))
        asked = set(rows.exclude(ask=None).values_list("ask", flat=True))
    for table in TABLES:
        seen += len(rows_of(stage.cast.olive, table, harbor))
        can_read, can_write = columns(table, "SELECT"), columns(table, "UPDATE")
        with viewing_as(getattr(stage.cast, who)):
            if "organisation_id" in can_read and who != "vera":
                told = rows_of(getattr(stage.cast, who), table, harbor)
                name = "id" if BY_NAME[table] in (RecordsRequest, Ask) else "request_id"
                hidden = [row for row in told if row.get(name) not in (asked if BY_NAME[table] is Ask else published)]
                if hidden and BY_NAME[table] not in PUBLISHED:
                    wrong.append(f"{table}: {len(hidden)} rows read")
            for column in can_write[:3]:
                if "organisation_id" in can_read:
                    said = f'UPDATE {table} SET "{column}" = "{column}" WHERE organisation_id = %s'
                    if ran(said, [harbor]) and not _her_own(table, who):
                        wrong.append(f"{table}: changed")
            if ran(f"DELETE FROM {table} WHERE organisation_id = %s", [harbor]) and not _her_own(table, who):
                wrong.append(f"{table}: removed")
    assert wrong == []
    assert seen > 60, "there are rows to protect"


def _her_own(table: str, who: str) -> bool:
    """What a viewer keeps for herself alone."""
    return who == "vera" and BY_NAME[table].__name__ == "SavedView"


def _copy(row: dict[str, Any], model: type[models.Model], **other: Any) -> tuple[list[str], list[Any]]:
    made = {**row, **other}
    for field in model._meta.fields:
        if field.name in ("public_id", "uid", "once", "name", "message_id", "blob") and made.get(field.attname):
            made[field.attname] = uuid4() if isinstance(field, models.UUIDField) else public_id()
        if field.primary_key and not field.is_relation:
            made.pop(field.attname, None)
    values = [
        json.dumps(value) if isinstance(model._meta.get_field(_field(model, name)), models.JSONField) else value
        for name, value in made.items()
    ]
    return list(made), values


def _field(model: type[models.Model], column: str) -> str:
    return next(field.name for field in model._meta.fields if field.column == column)


@pytest.mark.parametrize("who", ["ravi", "vera"])
def test_no_row_is_put_into_our_organization_from_outside(stage: Stage, who: str) -> None:
    wrong, tried = [], 0
    for table in TABLES:
        may = set(columns(table, "INSERT"))
        for row in rows_of(stage.cast.olive, table, stage.cast.harbor.pk)[:1]:
            names, values = _copy({k: v for k, v in row.items() if k in may}, BY_NAME[table])
            if "organisation_id" not in names:
                continue
            tried += 1
            said = ", ".join(f'"{one}"' for one in names)
            with viewing_as(getattr(stage.cast, who)):
                marksof = ", ".join(["%s"] * len(values))
                if ran(f"INSERT INTO {table} ({said}) VALUES ({marksof})", values) and not _her_own(table, who):
                    wrong.append(table)
    assert wrong == []
    assert tried > 30
