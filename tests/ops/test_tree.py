"""`bin/run` as people use it: real processes, a folder of its own, a free port."""

from __future__ import annotations

import json
import os
import shutil
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from foia_tracker.embedded import holder, place
from foia_tracker.embedded.postgres import ensure_database, open_search
from foia_tracker.embedded.supervisor import DidNotStart, Service, Supervisor

NOT_OURS = ("FOIA_", "DATABASE_", "DJANGO_", "REDIS_", "CACHE_", "EMAIL_", "MAIL_CATCHER", "TEST_")
READY = "Public Records Tracker is at"


class Run:
    def __init__(self, var: Path, port: int, extra: dict[str, str] | None = None) -> None:
        self.var, self.port = var, port
        self.output = var.parent / f"output-{time.monotonic_ns()}"
        environment = {k: v for k, v in os.environ.items() if not k.startswith(NOT_OURS)}
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "foia_tracker.embedded.firstrun", "--port", str(port), "--no-sample"],
                cwd=place.REPOSITORY,
                env={**environment, "FOIA_VAR_DIR": str(var), **(extra or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")

    def ready(self) -> Run:
        until(lambda: READY in self.said() or self.process.poll() is not None, 300)
        assert READY in self.said(), self.said()
        return self

    def members(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def named(self, words: str) -> psutil.Process | None:
        return next((p for p in self.members() if words in words_of(p)), None)

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(90)

    def manage(self, *command: str) -> str:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(NOT_OURS)}
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=place.REPOSITORY,
            env={**environment, "FOIA_VAR_DIR": str(self.var)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout


def words_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # a zombie has no words left either
        return ""


def until(true: Callable[[], bool], seconds: float, told: Callable[[], str] = str) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited too long\n{told()[-3000:]}"
        time.sleep(0.1)


def ready(port: int) -> bool:
    """The web answers, and the database answers the web."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/ready", timeout=5).close()
    except OSError:
        return False
    return True


@pytest.fixture
def start() -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []
    # Not below pytest's own folder: each pytest that starts closes that one to PostgreSQL's system user again.
    folder = Path(tempfile.mkdtemp(prefix="records-tree-"))
    folder.chmod(0o711)

    def start(*, port: int | None = None, **extra: str) -> Run:
        runs.append(Run(folder / "var", port or holder.free_port(), extra))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.stop()
    shutil.rmtree(folder, ignore_errors=True)


COUNT = (
    "from django.db import connections\n"
    "with connections['owner'].cursor() as c:\n"
    "    c.execute('select count(*) from requests_app_jobrun')\n"
    "    print(c.fetchone()[0])\n"
)
WRITE = (
    "from django.db import connections\n"
    "with connections['owner'].cursor() as c:\n"
    "    c.execute(\"insert into requests_app_jobrun values ('kept', now(), '{}')\")\n"
)


@pytest.mark.slow
def test_a_second_start_says_who_holds_the_folder_and_ctrl_c_stops_all(start: Callable[..., Run]) -> None:
    first = start().ready()
    members = first.members()
    names = {p.name() for p in members}
    assert "postgres" in names
    assert names & {"redis-server", "valkey-server"}

    second = start()
    assert second.process.wait(30) == 1
    assert f"is held by a bin/run with process id {first.process.pid}, since " in second.said()
    assert f"answers at http://localhost:{first.port}" in second.said()

    assert first.stop(signal.SIGINT) == 0
    assert not [p for p in members if p.is_running()]
    assert first.said().rstrip().endswith("Stopped.")


@pytest.mark.slow
def test_killed_with_nine_and_started_again_it_lost_nothing(start: Callable[..., Run]) -> None:
    first = start().ready()
    first.manage("shell", "--verbosity", "0", "--command", WRITE)
    key = (first.var / "secret_key").read_text()
    members = first.members()
    first.process.kill()
    first.process.wait()
    # Their parent's end reaches each of them; none is left to hold the folder.
    psutil.wait_procs(members, timeout=30)
    assert not [p for p in members if p.is_running()]

    again = start(port=first.port).ready()
    kept = int(again.manage("shell", "--verbosity", "0", "--command", COUNT))
    assert kept >= 1
    assert (again.var / "secret_key").read_text() == key
    assert again.stop(signal.SIGTERM) == 0


@pytest.mark.slow
def test_a_child_that_dies_is_started_again_and_told(start: Callable[..., Run]) -> None:
    run = start().ready()
    for words, name in (
        ("celery.beat", "beat"),
        ("gunicorn", "web"),
        ("/broker/redis.sock", "broker"),
        ("bin/postgres", "postgres"),
    ):
        victim = run.named(words)
        assert victim is not None
        victim.kill()
        until(lambda name=name: f"{name} was ended by SIGKILL; starting it again in" in run.said(), 30)
        until(lambda words=words, old=victim: run.named(words) not in (None, old), 60, run.said)
    until(lambda: ready(run.port), 90, run.said)
    assert int(run.manage("shell", "--verbosity", "0", "--command", COUNT)) >= 0


@pytest.mark.slow
def test_mail_is_caught_byte_for_byte(start: Callable[..., Run]) -> None:
    run = start().ready()
    port = int(json.loads((run.var / "environment.json").read_text())["EMAIL_URL"].rsplit(":", 1)[1])
    body = b"From: a@example.org\r\nSubject: due\r\n\r\n.begins with a dot\r\n\xc3\xa9 and bytes \xff\r\n"
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as line:
        line.sendmail("a@example.org", ["b@example.org", "c@example.org"], body)
    (message,) = (run.var / "mail" / "new").glob("*.eml")
    assert message.read_bytes() == body
    envelope = json.loads(message.with_suffix(".json").read_text())
    assert envelope["from"] == "a@example.org"
    assert envelope["to"] == ["b@example.org", "c@example.org"]
    assert not list((run.var / "mail" / "tmp").iterdir())


@pytest.mark.slow
def test_services_of_your_own_take_over(start: Callable[..., Run], superuser_url: str) -> None:
    ensure_database(superuser_url, name="takeover", owner="foia_owner")
    given = superuser_url.replace("/postgres?", "/takeover?")
    web = given.replace("postgres@", "foia_web@")
    run = start(
        DATABASE_URL=web,
        DATABASE_DIRECT_URL=web,
        DATABASE_OWNER_URL=given.replace("postgres@", "foia_owner@"),
        REDIS_URL=os.environ["REDIS_URL"],
        CACHE_URL=os.environ["REDIS_URL"],
        EMAIL_URL="console:",
    ).ready()
    assert {path.stem for path in (run.var / "log").iterdir()} == {"web", "worker", "beat"}
    until(lambda: ready(run.port), 30, run.said)
    run.stop()
    connection = psycopg2.connect(superuser_url)
    connection.autocommit = True
    connection.cursor().execute("drop database takeover with (force)")
    connection.close()


def test_a_held_port_is_named_with_who_holds_it(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(
            holder.Held, match=rf"Port {port} is held by process {os.getpid()} .*--port {port + 1}"
        ):
            holder.require_port(port)
    holder.require_port(port)


def test_folders_above_the_data_are_opened_for_passing_through_and_told(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    below = closed / "below"
    below.mkdir(parents=True)
    closed.chmod(0o700)
    below.chmod(0o755)
    told: list[str] = []
    open_search(below, told.append)
    assert closed.stat().st_mode & 0o777 == 0o701, "passing through, not listing"
    assert [sentence for sentence in told if f"{closed} (o+x)" in sentence]
    before = len(told)
    open_search(below, told.append)
    assert len(told) == before


def test_a_folder_for_sockets_is_ours_alone_and_never_a_link(tmp_path: Path) -> None:
    made = place.private_folder(tmp_path / "run" / "postgres")
    assert made.stat().st_mode & 0o777 == 0o700
    (tmp_path / "link").symlink_to(made)
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        place.private_folder(tmp_path / "link")


def test_a_long_folder_gets_a_short_place_for_its_sockets(tmp_path: Path) -> None:
    long = tmp_path / ("deep" * 30)
    sockets = place.socket_folder(long, "postgres")
    assert len(str(sockets)) <= place.LONGEST_SOCKET_FOLDER
    assert sockets != place.socket_folder(tmp_path / ("other" * 30), "postgres")


def test_the_lock_ends_with_its_holder(tmp_path: Path) -> None:
    first, second = holder.FolderLock(tmp_path), holder.FolderLock(tmp_path)
    first.take(address="http://localhost:1")
    with pytest.raises(holder.Held, match=f"process id {os.getpid()}"):
        second.take()
    first.let_go()
    second.take()
    second.let_go()


def test_a_service_that_cannot_start_says_where_to_look(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    service = Service("broken", [sys.executable, "-c", "print('why'); raise SystemExit(3)"], {})
    try:
        with pytest.raises(DidNotStart, match=r"broken stopped at its start \(exit 3\); see .*broken.log"):
            supervisor.start(service, ready=lambda: False)
        assert (tmp_path / "broken.log").read_text() == "why\n"
    finally:
        supervisor.stop_all()


def test_services_stop_in_reverse_order(tmp_path: Path) -> None:
    log = tmp_path / "order"
    program = (
        "import signal, sys, time\n"
        f"def end(*_): open({str(log)!r}, 'a').write(sys.argv[1]); raise SystemExit\n"
        "signal.signal(signal.SIGTERM, end); print('up', flush=True); time.sleep(60)"
    )
    supervisor = Supervisor(tmp_path / "log")
    for name in ("a", "b", "c"):
        path = tmp_path / "log" / f"{name}.log"
        supervisor.start(
            Service(name, [sys.executable, "-c", program, name], {}),
            ready=lambda path=path: path.exists() and "up" in path.read_text(),
        )
    supervisor.stop_all()
    assert log.read_text() == "cba"
