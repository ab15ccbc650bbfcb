"""`bin/run`: everything in var/, one tree of processes, one address to open."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from foia_tracker import roles
from foia_tracker.embedded import holder, place
from foia_tracker.embedded.children import die_with_parent
from foia_tracker.embedded.postgres import CannotStart, Postgres, ensure_database
from foia_tracker.embedded.redis import Redis
from foia_tracker.embedded.supervisor import DidNotStart, Service, Supervisor


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    os.umask(0o022)
    var = place.var_folder()
    try:
        var.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        print(
            f"{var} cannot be made: {problem.strerror}. Set FOIA_VAR_DIR to a folder of yours.",
            file=sys.stderr,
        )
        return 1
    lock = holder.FolderLock(var)
    address = f"http://localhost:{options.port}"
    try:
        lock.take(address=address)
        holder.require_port(options.port, patience=3)
    except holder.Held as who:
        print(who, file=sys.stderr)
        return 1
    supervisor = Supervisor(var / "log")
    supervisor.listen_to_signals()
    try:
        Tree(var, options, address, supervisor).grow()
        supervisor.watch()
        supervisor.tell("Stopping …")
        return 0
    except KeyboardInterrupt:
        return 130
    except (CannotStart, DidNotStart, NotPrepared) as sentence:
        print(sentence, file=sys.stderr)
        return 1
    finally:
        supervisor.stop_all()
        lock.let_go()
        supervisor.tell("Stopped.")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/run", description="Starts the whole tracker on this machine; Ctrl-C stops it."
    )
    parser.add_argument("--port", type=_port, default=8000, help="the web's port on this machine (8000)")
    parser.add_argument("--no-sample", action="store_true", help="do not load the fictional sample campaign")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; write a number from 1 to 65535")
    return int(text)


class NotPrepared(Exception):
    pass


class Tree:
    def __init__(self, var: Path, options: argparse.Namespace, address: str, supervisor: Supervisor) -> None:
        self.var = var
        self.options = options
        self.address = address
        self.supervisor = supervisor
        self.given: Mapping[str, str] = dict(os.environ)
        self.common = self._common()

    def grow(self) -> None:
        started = time.monotonic()
        web, worker, owner = self._database()
        self._redis()
        self._mail()
        self.common |= web
        self._remember(owner)
        self._prepare(owner)
        self._program("worker", worker, worker_command(concurrency=1), stop_seconds=20)
        self._program("beat", worker, beat_command())
        self._program(
            "web", web, web_command(f"127.0.0.1:{self.options.port}", workers=1), ready=self._web_answers
        )
        self._greet(time.monotonic() - started)

    # The environment of the children ----------------------------------------------------------

    def _given(self, name: str) -> bool:
        return name in self.given or f"{name}_FILE" in self.given

    def _common(self) -> dict[str, str]:
        key = self.var / "secret_key"
        if not key.exists():
            descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.write(descriptor, secrets.token_urlsafe(60).encode())
            os.close(descriptor)
        environment = {
            **self.given,
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "foia_tracker.settings",
            "FOIA_VAR_DIR": str(self.var),
            "MALLOC_ARENA_MAX": "2",
        }
        environment.setdefault("FOIA_ENV", "development")
        environment.setdefault("FOIA_BASE_URL", self.address)
        if not self._given("FOIA_SECRET_KEY"):
            environment["FOIA_SECRET_KEY_FILE"] = str(key)
        return environment

    def _database(self) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        """Starts PostgreSQL unless there is one; returns the web's, worker's and owner's addresses."""
        if self._given("DATABASE_URL"):
            return {}, {}, {}
        postgres = Postgres(
            self.var / "postgres", place.socket_folder(self.var, "postgres"), tell=self.supervisor.tell
        )
        new = not (postgres.folder / "PG_VERSION").exists()
        if new:
            self.supervisor.tell("Making a PostgreSQL cluster in var/postgres …")
        postgres.stop_left_over()
        postgres.prepare()
        self.supervisor.start(
            Service(
                "postgres",
                postgres.command(),
                postgres.environment(),
                stop_signal=signal.SIGINT,  # fast: sessions end, a checkpoint is written
                stop_seconds=30,
                before_exec=postgres.ends(),
                talks=False,
            ),
            ready=postgres.answers,
        )
        self._roles(postgres)
        return (
            _addresses(postgres, place.WEB_ROLE),
            _addresses(postgres, place.WORKER_ROLE),
            {"DATABASE_OWNER_URL": postgres.url(place.OWNER_ROLE)},
        )

    def _roles(self, postgres: Postgres) -> None:
        import psycopg2

        ensure_database(postgres.url(place.SUPERUSER, "postgres"), name=place.DATABASE, owner=place.SUPERUSER)
        connection = psycopg2.connect(postgres.url(place.SUPERUSER))
        try:
            with connection, connection.cursor() as cursor:
                roles.set_up(cursor, passwords={})
        finally:
            connection.close()

    def _redis(self) -> None:
        for purpose, variable in (("broker", "REDIS_URL"), ("cache", "CACHE_URL")):
            if self._given(variable):
                continue
            redis = Redis(purpose, self.var / f"redis-{purpose}", place.socket_folder(self.var, purpose))
            redis.prepare()
            redis.stop_left_over()
            service = Service(purpose, redis.command(), {"PATH": "/usr/bin:/bin"}, talks=False)
            self.supervisor.start(service, ready=redis.answers)
            self.common[variable] = redis.url

    def _mail(self) -> None:
        if self._given("EMAIL_URL"):
            return
        port, folder = holder.free_port(), self.var / "mail"
        command = [
            sys.executable,
            "-m",
            "foia_tracker.embedded.mailcatcher",
            "--port",
            str(port),
            "--dir",
            str(folder),
        ]
        self._program("mail", {}, command, ready=lambda: _listens(port))
        self.common["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        self.common["MAIL_CATCHER_DIR"] = str(folder)

    def _remember(self, owner: Mapping[str, str]) -> None:
        """So that manage.py in another terminal works on the same services."""
        kept = {k: v for k, v in {**self.common, **owner}.items() if self.given.get(k) != v}
        for name in ("PYTHONUNBUFFERED", "MALLOC_ARENA_MAX", "DJANGO_SETTINGS_MODULE", "FOIA_VAR_DIR"):
            kept.pop(name, None)
        path = place.remembered(self.var)
        aside = path.with_suffix(".new")
        aside.touch(mode=0o600)
        aside.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        aside.replace(path)

    def _prepare(self, owner: Mapping[str, str]) -> None:
        command = [sys.executable, "-m", "foia_tracker.embedded.prepare"]
        if self.options.no_sample:
            command.append("--no-sample")
        if not owner and not self._given("DATABASE_OWNER_URL"):
            command.append("--no-migrate")
        self.supervisor.tell("Preparing the database …")
        # In a session of its own: Ctrl-C is ours to hear, and a step that is cut off is cut off quietly.
        process = subprocess.Popen(
            command,
            env={**self.common, **owner},
            cwd=place.REPOSITORY,
            preexec_fn=die_with_parent(signal.SIGTERM),
            start_new_session=True,
        )
        while process.poll() is None:
            if self.supervisor.stopping:
                process.terminate()
                process.wait()
                raise KeyboardInterrupt
            time.sleep(0.05)
        if process.returncode:
            raise NotPrepared("The database could not be prepared (the reason is above).")

    # The program's own processes ----------------------------------------------------------------

    def _program(
        self,
        name: str,
        extra: Mapping[str, str],
        command: list[str],
        *,
        ready: object = None,
        stop_seconds: float = 15,
    ) -> None:
        environment = {k: v for k, v in self.common.items() if not k.startswith("DATABASE_OWNER")}
        self.supervisor.start(
            Service(
                name, command, {**environment, **extra}, stop_seconds=stop_seconds, folder=place.REPOSITORY
            ),
            ready=ready,  # type: ignore[arg-type]
        )

    def _web_answers(self) -> bool:
        return _answers(f"http://127.0.0.1:{self.options.port}/healthz")

    def _greet(self, seconds: float) -> None:
        tell = self.supervisor.tell
        sign_ins = self._sign_ins()
        tell("")
        tell(f"  Public Records Tracker is at {self.address}  (ready in {seconds:.1f} s)")
        if sign_ins:
            tell("  Sample sign-ins (address, password):")
        for line in sign_ins:
            tell(f"    {line.strip()}")
        if "MAIL_CATCHER_DIR" in self.common:
            tell(f"  Mail goes nowhere; it is kept and shown at {self.address}/mail/")
        tell(f"  Data and logs: {self.var}   Stop with Ctrl-C.")
        tell("")

    def _sign_ins(self) -> list[str]:
        if self.options.no_sample:
            return []
        done = subprocess.run(
            [sys.executable, "manage.py", "load_sample", "--print-sign-ins"],
            env=self.common,
            cwd=place.REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.rstrip().splitlines() if done.returncode == 0 else []


def web_command(bind: str, *, workers: int) -> list[str]:
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp"
    return [
        *(sys.executable, "-m", "gunicorn", "foia_tracker.wsgi", "--bind", bind, "--workers", str(workers)),
        *("--worker-class", "gthread", "--threads", "4", "--preload", "--timeout", "60"),
        *(
            "--graceful-timeout",
            "10",
            "--no-control-socket",
            "--worker-tmp-dir",
            memory,
            "--log-level",
            "warning",
        ),
    ]


CELERY = (sys.executable, "-m", "celery", "--quiet", "--app", "foia_tracker.celery")


def worker_command(*, concurrency: int) -> list[str]:
    alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return [*CELERY, "worker", "--concurrency", str(concurrency), *alone, "--loglevel", "warning"]


def beat_command() -> list[str]:
    # The plain scheduler keeps no file: after a restart each tick comes within one period.
    return [*CELERY, "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile", "", "--loglevel", "warning"]


def _addresses(postgres: Postgres, role: str) -> dict[str, str]:
    return {"DATABASE_URL": postgres.url(role), "DATABASE_DIRECT_URL": postgres.url(role)}


def _listens(port: int) -> bool:
    import socket

    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _answers(address: str) -> bool:
    """Any answer of ours counts: what it says about health is for the page that shows it."""
    try:
        urllib.request.urlopen(address, timeout=10).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
