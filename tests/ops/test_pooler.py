"""One server connection serves many viewers, transaction by transaction: nobody sees what another one sees.

The same sentences hold of a connection that is handed from hand to hand here, and through PgBouncer in transaction
mode where the machine has one (or `PGBOUNCER` names it).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg2
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from foia_tracker.embedded.postgres import account
from requests_app.actions.liveness import alive
from tests import builders

pytestmark = pytest.mark.committed
REQUEST = "SELECT public_id FROM requests_app_recordsrequest ORDER BY 1"
Open = Callable[[], Any]


@pytest.fixture
def bouncer(tmp_path_factory: pytest.TempPathFactory, superuser_url: str) -> Iterator[Path]:
    """PgBouncer in transaction mode with one server connection for all; yields the folder of its socket."""
    program = os.environ.get("PGBOUNCER") or shutil.which("pgbouncer")
    if not program:
        pytest.skip("There is no PgBouncer here; PGBOUNCER may name one.")
    folder = Path(f"/tmp/bouncer-{os.getpid()}-{time.monotonic_ns() % 10**6}")
    folder.mkdir(mode=0o700)
    home = parse_qs(urlsplit(superuser_url).query)["host"][0]
    (folder / "users").write_text('"foia_web" ""\n')
    (folder / "ini").write_text(
        f"[databases]\n* = host={home}\n[pgbouncer]\nlisten_port = 6432\nlisten_addr =\nunix_socket_dir = {folder}\n"
        f"auth_type = trust\nauth_file = {folder}/users\npool_mode = transaction\ndefault_pool_size = 1\n"
        "max_client_conn = 20\nserver_reset_query =\n"
    )
    who = account()
    if who.switch:
        for one in (folder, *folder.iterdir()):
            os.chown(one, who.uid, who.gid)
    running = subprocess.Popen(
        [program, "-q", str(folder / "ini")], preexec_fn=who.demote(), stdout=subprocess.DEVNULL,
        stderr=(tmp_path_factory.mktemp("bouncer") / "log").open("wb"),
    )  # fmt: skip
    try:
        until = time.monotonic() + 20
        while not (folder / ".s.PGSQL.6432").exists():
            assert running.poll() is None and time.monotonic() < until, "PgBouncer did not start"
            time.sleep(0.05)
        yield folder
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(20)
        shutil.rmtree(folder)


@pytest.fixture(params=["handed on", "pgbouncer"])
def opened(request: pytest.FixtureRequest, superuser_url: str) -> Iterator[Open]:
    """Opens what a client holds for a connection; all of them end at one and the same of the server."""
    name = connections["default"].settings_dict["NAME"]
    made: list[Any] = []
    if request.param == "pgbouncer":
        host, port = str(request.getfixturevalue("bouncer")), 6432
    else:
        host, port = parse_qs(urlsplit(superuser_url).query)["host"][0], 5432

    def open_one() -> Any:
        if request.param == "handed on" and made:
            return made[0]
        connection = psycopg2.connect(dbname=name, user="foia_web", host=host, port=port)
        made.append(connection)
        return connection

    yield open_one
    for connection in made:
        connection.close()


def looks(connection: Any, person: Any) -> list[str]:
    """One transaction of hers, up to what she reads; it is left open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organisation_id FROM app_look_as(%s)", [person.pk])
        cursor.execute(REQUEST)
        return [row[0] for row in cursor.fetchall()]


def server(connection: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


@pytest.fixture
def two() -> tuple[builders.Cast, str, str]:
    cast = builders.cast()
    ours = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    theirs = builders.bare_request(cast.ravi, cast.prairie, cast.agency)
    return cast, ours.public_id, theirs.public_id


@pytest.mark.parametrize("end", ["commit", "rollback", "error"])
def test_in_turns_on_one_connection_each_sees_her_own_and_nothing_of_the_viewer_stays(
    opened: Open, two: tuple[builders.Cast, str, str], end: str
) -> None:
    cast, ours, theirs = two
    hers, his = opened(), opened()
    served = set()
    for _ in range(5):
        for connection, person, own in (
            (hers, cast.olive, ours),
            (his, cast.ravi, theirs),
            (hers, cast.noor, ""),
        ):
            assert looks(connection, person) == ([own] if own else [])
            served.add(server(connection))
            if end == "error":
                with pytest.raises(psycopg2.errors.DivisionByZero), connection.cursor() as cursor:
                    cursor.execute("SELECT 1 / 0")
            connection.commit() if end == "commit" else connection.rollback()
            with connection.cursor() as cursor:
                cursor.execute("SELECT coalesce(current_setting('app.viewer', true), '')")
                assert cursor.fetchone() == ("",)
                with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="no viewer is set"):
                    cursor.execute(REQUEST)
            connection.rollback()
    assert len(served) == 1, "it was one connection of the server all along"


def test_who_imagined_to_be_somebody_leaves_a_connection_that_writes(
    opened: Open, two: tuple[builders.Cast, str, str]
) -> None:
    """Looking as somebody else makes its transaction read-only; the next one is not."""
    cast, *_ = two
    with opened() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM app_look_as(%s)", [cast.olive.pk])
        cursor.execute("SELECT app_look_as_if(%s, 'public', 0, 0)", [cast.harbor.pk])
        cursor.execute(REQUEST)
        assert cursor.fetchall() == []
    with opened() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM app_look_as(%s)", [cast.ravi.pk])
        cursor.execute("UPDATE requests_app_recordsrequest SET public_title = 'Another'")
        assert cursor.rowcount == 1


@pytest.fixture
def web_through_the_bouncer(bouncer: Path) -> Iterator[None]:
    web = connections["default"]
    before = dict(web.settings_dict)
    web.close()
    web.settings_dict.update({"HOST": str(bouncer), "PORT": "6432", "CONN_MAX_AGE": 0})
    yield
    web.close()
    web.settings_dict.update(before)


def test_pages_of_two_persons_at_once_through_the_pooler_show_each_her_own(
    web_through_the_bouncer: None, two: tuple[builders.Cast, str, str]
) -> None:
    cast, ours, theirs = two
    told: list[tuple[str, int, int]] = []

    def walk(person: Any, own: str, other: str) -> None:
        try:
            client = Client()
            client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
            for _ in range(6):
                told.append(("own", client.get(f"/requests/{own}/").status_code, 200))
                told.append(("other", client.get(f"/requests/{other}/").status_code, 404))
                page = client.get("/requests/").content.decode()
                told.append(("list", own in page, other not in page))
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=walk, args=given)
        for given in ((cast.olive, ours, theirs), (cast.ravi, theirs, ours))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 36
    assert [one for one in told if one[1] != one[2]] == []


def test_nothing_of_the_web_outlives_its_transaction_at_the_server() -> None:
    """No cursor of the server, no prepared statement; a lock that must outlive a transaction goes past the pooler."""
    assert connections["default"].settings_dict["DISABLE_SERVER_SIDE_CURSORS"]
    assert "direct" in connections
    with connections["default"].cursor() as cursor, alive():
        cursor.execute("SELECT name FROM pg_prepared_statements")
        assert cursor.fetchall() == []
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone()[0] >= 1
