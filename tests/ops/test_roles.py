"""The web role owns nothing, and the server refuses to start as a role that the second wall does not hold."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

import psycopg2
import pytest
from django.db import ProgrammingError, connections

from foia_tracker import roles
from foia_tracker.embedded.place import REPOSITORY
from foia_tracker.rolecheck import TooPowerful, powers, refuse_powerful_role

pytestmark = pytest.mark.committed


def test_the_tests_run_as_the_web_role() -> None:
    assert powers("default") == ("foia_web", [])
    assert powers("direct") == ("foia_web", [])


@pytest.mark.parametrize("role", ["foia_web", "foia_worker"])
def test_neither_role_is_powerful_nor_may_make_a_table(role: str, superuser_url: str, as_role: Any) -> None:
    with as_role(role) as cursor:
        cursor.execute(
            "select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles "
            "where rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("create table public.mine (id int)")


def test_the_web_role_may_not_change_a_table_nor_become_its_owner() -> None:
    for statement in (
        "alter table requests_app_recordsrequest disable row level security",
        "set role foia_owner",
    ):
        with pytest.raises(ProgrammingError), connections["default"].cursor() as cursor:
            cursor.execute(statement)


def test_a_powerful_role_is_refused_with_the_command_that_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for role, words in (
        ("foia_owner", "owns tables"),
        ("postgres", "is a superuser"),
        ("foia_backup", "bypasses"),
    ):
        connections["default"].close()
        monkeypatch.setitem(connections["default"].settings_dict, "USER", role)
        with pytest.raises(TooPowerful, match=f"DATABASE_URL.*{role}.*{words}.*setup_roles"):
            refuse_powerful_role()
    connections["default"].close()


def test_setting_up_the_roles_again_changes_nothing(as_role: Any) -> None:
    with as_role("postgres") as cursor:
        assert roles.set_up(cursor, passwords={}) == ["The roles are as they should be."]


def test_a_role_that_may_not_make_roles_is_told_so(as_role: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "ROLES", (*roles.ROLES, "foia_never_made"))
    with as_role("foia_owner") as cursor, pytest.raises(PermissionError, match="foia_never_made are missing"):
        roles.set_up(cursor, passwords={})


def test_the_database_sorts_as_production_does(as_role: Any) -> None:
    with as_role("postgres") as cursor:
        cursor.execute("select datlocprovider, datlocale from pg_database where datname = current_database()")
        assert cursor.fetchone() == ("b", "C.UTF-8")


def test_the_operators_of_full_text_search_are_marked_leakproof(as_role: Any) -> None:
    with as_role("postgres") as cursor:
        cursor.execute("select proleakproof from pg_proc where proname = 'ts_match_vq'")
        assert cursor.fetchone() == (True,)


@pytest.mark.parametrize(
    "door",
    [
        ["-c", "import foia_tracker.wsgi"],
        ["-c", "import foia_tracker.asgi"],
        ["-m", "celery", "--quiet", "--app", "foia_tracker.celery", "worker", "--concurrency", "1"],
    ],
    ids=["gunicorn", "asgi", "worker"],
)
def test_a_server_given_the_owner_ends_with_one_sentence(door: list[str]) -> None:
    name = connections["default"].settings_dict["NAME"]
    owner = re.sub(r"/[^/?]+\?", f"/{name}?", os.environ["DATABASE_OWNER_URL"])
    done = subprocess.run(
        [sys.executable, *door],
        cwd=REPOSITORY,
        env={**os.environ, "FOIA_ENV": "development", "DATABASE_URL": owner},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert (
        "Refused to start: DATABASE_URL signs in as the role 'foia_owner', which owns tables" in done.stderr
    )
    assert "manage.py setup_roles" in done.stderr
    assert "Traceback" not in done.stderr
