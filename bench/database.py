"""A migrated database of a bench's own: roles and walls as in production, thrown away afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from foia_tracker import roles
from foia_tracker.embedded import place
from foia_tracker.embedded.postgres import Postgres, ensure_database


@contextmanager
def fresh_database(keep: Path | None = None, /, **settings: str) -> Iterator[dict[str, str]]:
    """Starts PostgreSQL (durable, as in production), migrates, points Django at it, sets it up.

    Only one a process: Django reads its settings once. Yields the environment for child processes.
    keep: the folder that it stands in, and is found in by the next call.
    """
    import psycopg2

    # A socket's address must be short, so it never lies in the folder that is kept.
    folder = Path(tempfile.mkdtemp(prefix="records-bench-"))
    folder.chmod(0o711)
    postgres = Postgres(
        (keep or folder) / "pg", folder / "s", settings={"shared_buffers": "256MB", **settings}
    )
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        postgres.stop_left_over()
    postgres.prepare()
    with (folder / "log").open("wb") as log:
        server = postgres.start(log=log.fileno())
    try:
        ensure_database(postgres.url(place.SUPERUSER, "postgres"), name=place.DATABASE, owner=place.SUPERUSER)
        connection = psycopg2.connect(postgres.url(place.SUPERUSER))
        with connection, connection.cursor() as cursor:
            roles.set_up(cursor, passwords={})
        connection.close()
        addresses = {
            "FOIA_ENV": "test",
            "FOIA_VAR_DIR": str(folder / "var"),
            "DJANGO_SETTINGS_MODULE": "foia_tracker.settings",
            "DATABASE_URL": postgres.url(place.WEB_ROLE),
            "DATABASE_DIRECT_URL": postgres.url(place.WEB_ROLE),
            "DATABASE_OWNER_URL": postgres.url(place.OWNER_ROLE),
            "REDIS_URL": f"unix://{folder}/no-broker.sock",
        }
        os.environ.update(addresses)
        migrate()
        import django

        django.setup()
        yield dict(os.environ)
        from django.db import connections

        connections.close_all()
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def migrate(*target: str, **addresses: str) -> None:
    """To the newest migration, or to this one; addresses: of another database of the same server."""
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--database", "owner", "--verbosity", "0", *target],
        cwd=place.REPOSITORY,
        env={**os.environ, **addresses},
        check=True,
    )
