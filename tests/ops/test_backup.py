"""A backup brings back every row and every file, or says why it will not."""

from __future__ import annotations

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
