"""What a drill stands on: a PostgreSQL, a Redis and a mail server of its own, on loopback and thrown away."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psycopg2

from foia_tracker import roles
from foia_tracker.embedded import place
from foia_tracker.embedded.children import die_with_parent
from foia_tracker.embedded.postgres import Postgres, ensure_database
from foia_tracker.embedded.redis import Redis

from .plan import Drill

DISK = "500m"
OPEN = "('planned', 'claimed', 'unknown')"


class House:
    def __init__(self, drill: Drill) -> None:
        self.drill = drill
        self.folder = Path(tempfile.mkdtemp(prefix="records-drill-"))
        self.folder.chmod(0o711)
        self.log = (self.folder / "log").open("ab")
        self.postgres = Postgres(
            self.folder / "pg", self.folder / "s",
            settings={"shared_buffers": "128MB", "max_connections": "120", "max_wal_size": "128MB"},
        )  # fmt: skip
        self.small_disk = bool(drill.fill_disk) and self._mount()
        self.redis = Redis("broker", self.folder / "redis", self.folder / "r")
        self.taken = self.folder / "taken.log"
        self._thawing: list[threading.Timer] = []

    def _mount(self) -> bool:
        """A disk that can be filled, where we may mount one."""
        if os.geteuid() != 0:
            return False
        (self.folder / "pg").mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0700", "tmpfs", str(self.folder / "pg")],
            capture_output=True, check=False,
        )  # fmt: skip
        return done.returncode == 0

    # Up and down -------------------------------------------------------------------------------------------------

    def start(self) -> dict[str, str]:
        """Everything, migrated; returns the environment of a worker."""
        self.postgres.prepare()
        self.database = self.postgres.start(log=self.log.fileno())
        ensure_database(
            self.postgres.url(place.SUPERUSER, "postgres"), name=place.DATABASE, owner=place.SUPERUSER
        )
        connection = psycopg2.connect(self.postgres.url(place.SUPERUSER))
        with connection, connection.cursor() as cursor:
            roles.set_up(cursor, passwords={})
        connection.close()
        self.redis.prepare()
        self.broker = self.redis.start(log=self.log.fileno())
        self._start_sink()
        environment = {
            **os.environ,
            "FOIA_ENV": "test",
            "FOIA_VAR_DIR": str(self.folder / "var"),
            "DJANGO_SETTINGS_MODULE": "foia_tracker.settings",
            "DATABASE_URL": self.postgres.url(place.WEB_ROLE),
            "DATABASE_DIRECT_URL": self.postgres.url(place.WEB_ROLE),
            "DATABASE_OWNER_URL": self.postgres.url(place.OWNER_ROLE),
            "REDIS_URL": self.redis.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.port}",
            "FOIA_REMINDER_SWEEP_SECONDS": "1",
            "FOIA_REMINDER_PLAN_SECONDS": "30",
            "FOIA_REMINDER_HASTE": "60",
            "FOIA_SMTP_TIMEOUT_SECONDS": "5",
            "FOIA_LOG_LEVEL": "ERROR",
            **({"MAIL_CATCHER_DIR": str(self.folder / "mail")} if self.drill.oracle else {}),
        }
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--database", "owner", "--verbosity", "0"],
            cwd=place.REPOSITORY, env=environment, check=True,
        )  # fmt: skip
        return environment

    def _start_sink(self) -> None:
        drill = self.drill
        keep = ["--keep", str(self.folder / "mail")] if drill.oracle else []
        self.sink = subprocess.Popen(
            [sys.executable, "-m", "bench._sink", "--log", str(self.taken), *keep, "--delay", str(drill.delay),
             "--lose", str(drill.lose), "--later", str(drill.later)],
            cwd=place.REPOSITORY, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent(signal.SIGTERM),
        )  # fmt: skip
        assert self.sink.stdout is not None
        self.port = int(self.sink.stdout.readline())

    def stop(self) -> None:
        for timer in self._thawing:
            timer.join()
        for process, farewell in (
            (self.broker, signal.SIGKILL), (self.sink, signal.SIGTERM), (self.database, signal.SIGQUIT),
        ):  # fmt: skip
            process.send_signal(farewell)
            process.wait(30)
        assert self.sink.stdout is not None
        self.sink.stdout.close()
        self.log.close()
        if self.small_disk:
            subprocess.run(["umount", "-l", str(self.folder / "pg")], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    # Faults ------------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Whatever waited in the queue is gone."""
        self.redis.say(b"FLUSHALL\r\n")

    def freeze(self) -> None:
        """Redis takes connections and says nothing, for three seconds."""
        self.broker.send_signal(signal.SIGSTOP)
        timer = threading.Timer(3, self.broker.send_signal, [signal.SIGCONT])
        timer.start()
        self._thawing.append(timer)

    def stop_redis(self) -> None:
        """Redis dies, and another takes its place three seconds later."""
        for timer in self._thawing:
            timer.join()
        self.broker.kill()
        self.broker.wait()
        time.sleep(3)
        self.broker = self.redis.start(log=self.log.fileno())

    def restart(self) -> None:
        """PostgreSQL stops as if the power had failed, and recovers."""
        self.database.send_signal(signal.SIGQUIT)
        self.database.wait(30)
        self.database = self.postgres.start(log=self.log.fileno())

    def read_only(self) -> None:
        """PostgreSQL answers and writes nothing, as a standby does."""
        for value in ("on", "off"):
            self._as_superuser(
                f"ALTER DATABASE {place.DATABASE} SET default_transaction_read_only = {value}",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname = '{place.DATABASE}' AND pid <> pg_backend_pid()",
            )
            if value == "on":
                time.sleep(2)

    def fill_disk(self) -> str:
        """No byte can be written any more; on a disk of our own where we may mount one, else by a trigger's word."""
        if not self.small_disk:
            self._as_superuser(
                "CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$",
                "CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE ON requests_app_sendattempt "
                "EXECUTE FUNCTION disk_full()",
            )
            time.sleep(2)
            self._as_superuser("DROP FUNCTION disk_full() CASCADE")
            return "fill_disk (injected)"
        ballast = self.folder / "pg" / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(b"0" * 1_000_000)
        time.sleep(2)
        ballast.unlink()
        # Without room for its journal PostgreSQL gives up, and gives up again while it recovers.
        until = time.monotonic() + 20
        while not self.postgres.answers():
            if self.database.poll() is not None:
                self.database = self.postgres.start(log=self.log.fileno())
            if time.monotonic() > until:
                raise RuntimeError("PostgreSQL did not come back from a full disk")
            time.sleep(0.1)
        return "fill_disk"

    def step_clock(self) -> None:
        """The database's clock leaps on by 25 hours, and back: its instants move instead, the other way."""
        for hours in (-25, 50, -25):
            self.ask(
                "UPDATE requests_app_reminder SET next_at = next_at + make_interval(hours => %s), "
                "created_at = created_at + make_interval(hours => %s), "
                "claimed_at = claimed_at + make_interval(hours => %s), "
                f"handed_over_at = handed_over_at + make_interval(hours => %s) WHERE state IN {OPEN}",
                [hours] * 4,
            )
            time.sleep(0.7)

    def _as_superuser(self, *statements: str) -> None:
        connection = psycopg2.connect(self.postgres.url(place.SUPERUSER))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute("SET default_transaction_read_only = off")
                    cursor.execute(statement)
        finally:
            connection.close()

    # Counting ----------------------------------------------------------------------------------------------------

    def count_taken(self) -> int:
        return self.taken.read_bytes().count(b"\n") if self.taken.exists() else 0

    def taken_ids(self) -> Counter[str]:
        return Counter(self.taken.read_text().split())

    def ask(self, statement: str, given: list[object] | None = None) -> list[tuple[object, ...]]:
        """As the owner, who stands before the walls."""
        connection = psycopg2.connect(self.postgres.url(place.OWNER_ROLE))
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, given)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()
