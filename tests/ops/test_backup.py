"""A backup brings back every row and every file, or says why it will not."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from foia_tracker import env
from foia_tracker.backup import database
from foia_tracker.backup.command import backup, restore
from foia_tracker.backup.manifest import Refused
from foia_tracker.embedded.postgres import ensure_database

pytestmark = pytest.mark.committed
Address = env.DatabaseAddress


@pytest.fixture
def clone(superuser_url: str, django_db_setup: None) -> Iterator[Any]:
    """Makes databases of the test's own; they are dropped afterwards."""
    made: list[str] = []

    def make(name: str, template: str | None = "foia_template") -> Address:
        name = f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        ensure_database(superuser_url, name=name, owner="foia_owner", template=template)
        made.append(name)
        return env.database_address(
            superuser_url.replace("/postgres?", f"/{name}?").replace("postgres@", "foia_owner@")
        )

    yield make
    connection = psycopg2.connect(superuser_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for name in made:
            cursor.execute(f'drop database "{name}" with (force)')
    connection.close()


def run(address: Address, *statements: str) -> list[Any]:
    connection = database.connect(address)
    with connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return list(rows)


NAMES = "select job from requests_app_jobrun order by 1"


def add_row(address: Address, name: str) -> None:
    run(
        address,
        f"insert into requests_app_jobrun (job, finished_at, detail) values ('{name}', now(), '{{}}')",
    )


def test_a_backup_brings_back_rows_files_walls_and_grants(clone: Any, tmp_path: Path) -> None:
    source, target = clone("saved"), clone("brought", None)
    add_row(source, "Öffentlich")
    media = tmp_path / "media"
    (media / "ab").mkdir(parents=True)
    (media / "ab" / "letter.pdf").write_bytes(b"%PDF \x00\xff")

    made = backup(source, media, tmp_path / "backup")
    restore(target, tmp_path / "new-media", tmp_path / "backup", replace=False)

    assert run(target, NAMES) == [("Öffentlich",)]
    assert made.rows["requests_app_jobrun"] == 1
    assert (tmp_path / "new-media" / "ab" / "letter.pdf").read_bytes() == b"%PDF \x00\xff"
    walls = "select count(*) from pg_policies where schemaname = 'public'"
    assert run(target, walls) == run(source, walls) != [(0,)]
    grants = (
        "select grantee, table_name, privilege_type from information_schema.role_table_grants "
        "where grantee in ('foia_web', 'foia_worker') order by 1, 2, 3"
    )
    assert run(target, grants) == run(source, grants) != []


def test_after_a_restore_sending_is_held(clone: Any, tmp_path: Path) -> None:
    source, target = clone("saved"), clone("brought", None)
    backup(source, tmp_path / "media", tmp_path / "backup")
    restore(target, tmp_path / "media", tmp_path / "backup", replace=False)
    held = run(target, "select reason from requests_app_sendinghold where released_at is null")
    assert held == [(database.AWAITED,)]
    assert run(source, "select count(*) from requests_app_sendinghold") == [(0,)]


def test_nothing_full_is_replaced_unasked_and_what_was_there_is_kept_aside(
    clone: Any, tmp_path: Path
) -> None:
    source, target = clone("saved"), clone("brought")
    add_row(source, "Saved")
    add_row(target, "Present")
    old = tmp_path / "media" / "old.txt"
    old.parent.mkdir()
    old.write_text("old")
    backup(source, tmp_path / "none", tmp_path / "backup")

    with pytest.raises(Refused, match=r"Not empty: the database brought.* and the folder .*--replace"):
        restore(target, tmp_path / "media", tmp_path / "backup", replace=False)
    assert run(target, NAMES) == [("Present",)]
    assert old.read_text() == "old"

    restore(target, tmp_path / "media", tmp_path / "backup", replace=True)
    assert run(target, NAMES) == [("Saved",)]
    assert not old.exists()
    assert [p.read_text() for p in (tmp_path / "media").glob(".replaced-*/old.txt")] == ["old"]


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda f: (f / "database.dump").write_bytes(b"x"), "database.dump is not what was saved"),
        (lambda f: (f / "files" / "a").unlink(), "files/a is missing"),
        (lambda f: (f / "files" / "a").write_text("b"), "files/a is not what was saved"),
        (lambda f: (f / "files" / "z").write_text("z"), "files/z is not in the manifest"),
        (lambda f: (f / "manifest.json").unlink(), "holds no manifest.json"),
        (lambda f: (f / "manifest.json").write_text("{"), "cannot be read as a manifest"),
    ],
)
def test_a_damaged_backup_changes_nothing(clone: Any, tmp_path: Path, damage: Any, sentence: str) -> None:
    target = clone("brought")
    add_row(target, "Present")
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a").write_text("a")
    backup(target, tmp_path / "media", tmp_path / "backup")
    damage(tmp_path / "backup")
    with pytest.raises(Refused, match=sentence):
        restore(target, tmp_path / "media", tmp_path / "backup", replace=True)
    assert run(target, NAMES) == [("Present",)]


def test_a_count_that_differs_undoes_the_whole_restore(clone: Any, tmp_path: Path) -> None:
    target = clone("brought")
    add_row(target, "Present")
    backup(target, tmp_path / "media", tmp_path / "backup")
    path = tmp_path / "backup" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["rows"]["requests_app_jobrun"] = 7
    path.write_text(json.dumps(manifest))
    with pytest.raises(Refused, match="requests_app_jobrun has 1 rows, the manifest says 7"):
        restore(target, tmp_path / "media", tmp_path / "backup", replace=True)
    assert run(target, NAMES) == [("Present",)]


def test_a_role_that_does_not_see_every_row_may_not_back_up(clone: Any, tmp_path: Path) -> None:
    source = clone("saved")
    web = Address(source.name, "foia_web", "", source.host, source.port, source.options)
    with pytest.raises(Refused, match="does not see every row"):
        backup(web, tmp_path / "media", tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def as_backup(address: Address) -> Address:
    return dataclasses.replace(address, user="foia_backup")


def test_the_backup_role_saves_the_rows_of_every_organization_past_the_walls(
    clone: Any, tmp_path: Path
) -> None:
    source, target = clone("saved"), clone("brought", None)
    for n in (1, 2):
        run(
            source,
            f"insert into requests_app_person (id, email, password, name, zone, is_staff, is_active, is_sample, "
            f"is_superuser, short_password, session_turn) values ({n}, 'owner{n}@saved.example', '!', '', 'UTC', "
            f"false, true, true, false, false, 0)",
            f"insert into requests_app_organisation (id, public_id, name, created_by_id, is_sample, "
            f"requires_second_factor) values ({n}, 'org{n}', 'Organization {n}', {n}, true, false)",
            f"insert into requests_app_campaign (id, public_id, organisation_id, public_title, public_summary, kit, "
            f"is_sample) values ({n}, 'campaign{n}', {n}, 'Quiet {n}', '', '', true)",
            f"insert into requests_app_campaignprivate (campaign_id, organisation_id, working_title, strategy) "
            f"values ({n}, {n}, 'working', 'strategy {n}')",
        )
    made = backup(as_backup(source), tmp_path / "media", tmp_path / "backup")
    assert made.rows["requests_app_campaignprivate"] == 2
    restore(target, tmp_path / "media", tmp_path / "backup", replace=False)
    assert run(target, "select strategy from requests_app_campaignprivate order by 1") == [
        ("strategy 1",), ("strategy 2",),
    ]  # fmt: skip


def test_the_backup_role_writes_nothing(clone: Any) -> None:
    source = as_backup(clone("saved"))
    rights = run(
        source,
        "select relname, kind from pg_class, unnest(array['insert', 'update', 'delete', 'truncate']) kind "
        "where relkind in ('r', 'p', 'v') and relnamespace = 'public'::regnamespace "
        "and has_table_privilege(oid, kind)",
    )
    assert rights == []
    assert run(
        source,
        "select has_schema_privilege('public', 'create'), rolsuper, rolcreaterole, rolcreatedb, rolbypassrls "
        "from pg_roles where rolname = current_user",
    ) == [(False, False, False, False, True)]
    member_of = run(
        source,
        "select roleid::regrole::text from pg_auth_members where member = 'foia_backup'::regrole",
    )
    assert member_of == [("pg_read_all_data",)]
    added = "insert into requests_app_jobrun (job, finished_at, detail) values ('x', now(), '{}')"
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        run(source, "set transaction read write", added)
    # Nor by a function that runs as the owner.
    looking = "select set_config('app.viewer', 'person:1', true)"
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        run(source, "set transaction read write", looking, "select app_forget_keys()")
