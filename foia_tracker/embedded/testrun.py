"""`bin/test`: a PostgreSQL and a Redis of its own in a fresh folder, one migration, then pytest."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

from foia_tracker import roles
from foia_tracker.embedded import place
from foia_tracker.embedded.postgres import UNSAFE_BUT_QUICK, Postgres, ensure_database, stop
from foia_tracker.embedded.redis import Redis

TEMPLATE = "foia_template"
PREFIX = "records-test-"
LONG = ("slow", "browser", "fault")
# Floors 0 and 1 know neither Django nor a database, and neither do their tests.
PURE = (Path("tests/clock"), Path("tests/laws"))


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, _interrupt)
    everything = "--all" in arguments
    arguments = [a for a in arguments if a != "--all"]
    options = _options(arguments, everything=everything)
    if _only_pure(arguments):
        return subprocess.call(
            [sys.executable, "-m", "pytest", "-p", "no:django", *options], cwd=place.REPOSITORY
        )
    _sweep_left_overs()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)
    (folder / "pid").write_text(str(os.getpid()))
    try:
        return _with_services(folder, options)
    except KeyboardInterrupt:
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _options(arguments: list[str], *, everything: bool) -> list[str]:
    options = list(arguments)
    if not everything and not any(a == "-m" or a.startswith("-m=") for a in arguments):
        options += ["-m", " and ".join(f"not {word}" for word in LONG)]
    named = any(not a.startswith("-") and (place.REPOSITORY / a.split("::")[0]).exists() for a in arguments)
    counted = any(a.startswith(("-n", "--numprocesses")) for a in arguments)
    if not counted and not named:
        options += ["-n", "2", "--dist", "loadfile"]
    return options


def _only_pure(arguments: list[str]) -> bool:
    paths = [Path(a.split("::")[0]) for a in arguments if not a.startswith("-")]
    paths = [p for p in paths if (place.REPOSITORY / p).exists()]
    return bool(paths) and all(any(p == room or room in p.parents for room in PURE) for p in paths)


def _with_services(folder: Path, options: list[str]) -> int:
    log_path = folder / "services.log"
    with log_path.open("wb") as log:
        postgres = Postgres(
            folder / "pg", folder / "s", settings={**UNSAFE_BUT_QUICK, "max_connections": "120"}, tell=_tell
        )
        postgres.prepare()
        server = postgres.start(log=log.fileno())
        broker = None
        try:
            redis = Redis("broker", folder / "r", folder / "rs")
            redis.prepare()
            broker = redis.start(log=log.fileno())
            environment = _environment(folder, postgres, redis)
            _make_template(postgres, environment)
            return subprocess.call(
                [sys.executable, "-m", "pytest", *options], cwd=place.REPOSITORY, env=environment
            )
        finally:
            if broker is not None:
                broker.kill()
                broker.wait()
            # Nothing of it is kept: an immediate shutdown is the quick one.
            server.send_signal(signal.SIGQUIT)
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                stop(server)


def _environment(folder: Path, postgres: Postgres, redis: Redis) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("FOIA_")}
    for name in (
        "CACHE_URL",
        "EMAIL_URL",
        "MAIL_CATCHER_DIR",
        "DATABASE_PASSWORD",
        "DATABASE_OWNER_PASSWORD",
    ):
        kept.pop(name, None)
    return {
        **kept,
        "FOIA_ENV": "test",
        "FOIA_VAR_DIR": str(folder / "var"),
        "DJANGO_SETTINGS_MODULE": "foia_tracker.settings",
        "DATABASE_URL": postgres.url(place.WEB_ROLE, TEMPLATE),
        "DATABASE_DIRECT_URL": postgres.url(place.WEB_ROLE, TEMPLATE),
        "DATABASE_OWNER_URL": postgres.url(place.OWNER_ROLE, TEMPLATE),
        "TEST_SUPERUSER_URL": postgres.url(place.SUPERUSER, "postgres"),
        "REDIS_URL": redis.url,
        "TMPDIR": tempfile.gettempdir(),
    }


def _make_template(postgres: Postgres, environment: dict[str, str]) -> None:
    import psycopg2

    admin = postgres.url(place.SUPERUSER, "postgres")
    ensure_database(admin, name=TEMPLATE, owner=place.SUPERUSER)
    connection = psycopg2.connect(postgres.url(place.SUPERUSER, TEMPLATE))
    with connection, connection.cursor() as cursor:
        roles.set_up(cursor, passwords={})
    connection.close()
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--database", "owner", "--verbosity", "0", "--skip-checks"],
        cwd=place.REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        # The tests that need no table still run; those that do say where to look.
        environment["TEST_MIGRATION_FAILED"] = "yes"
        print(done.stdout + done.stderr, file=sys.stderr)
        _tell("The migrations failed (above): every test that needs a table will fail.")
    elif "-q" not in sys.argv:
        print(f"Migrated as {place.OWNER_ROLE} in {time.monotonic() - started:.1f} s.")


def _sweep_left_overs() -> None:
    """Folders of runs that were killed with -9."""
    for folder in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        try:
            pid = int((folder / "pid").read_text())
        except (OSError, ValueError):
            continue
        if folder.stat().st_uid != os.getuid() or _alive(pid):
            continue
        shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
