"""One `bin/run` for all the browser's tests, whichever pytest process asks first; the last one out stops it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from foia_tracker.embedded import holder, place

from .walking import passwords

NOT_OURS = ("FOIA_", "DATABASE_", "DJANGO_", "REDIS_", "CACHE_", "EMAIL_", "MAIL_CATCHER", "TEST_")
READY = "Public Records Tracker is at"
SECONDS = 600


@dataclass(frozen=True)
class Site:
    folder: Path
    address: str

    @property
    def var(self) -> Path:
        return self.folder / "var"

    def password(self, email: str) -> str:
        return passwords(self.var)[email]

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=place.REPOSITORY,
            env=environment(self.folder),
            capture_output=True,
            text=True,
            check=False,
        )


def environment(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(NOT_OURS)}
    # What collectstatic writes is kept out of the working tree.
    return {**kept, "FOIA_VAR_DIR": str(folder / "var"), "FOIA_STATIC_DIR": str(folder / "static")}


@contextmanager
def shared(run: str) -> Iterator[Site]:
    """`run` names this run of the tests; its processes meet in one folder."""
    # Not below pytest's own folder: as root, PostgreSQL runs as a user who could not pass it.
    folder = Path(tempfile.gettempdir()) / f"records-browser-{run[:12]}"
    folder.mkdir(mode=0o711, exist_ok=True)
    with (folder / "users").open("a") as users, (folder / "starting").open("a") as starting:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            fcntl.flock(starting, fcntl.LOCK_EX)
            if not (folder / "running.json").exists():
                _start(folder)
            fcntl.flock(starting, fcntl.LOCK_UN)
            yield Site(folder, json.loads((folder / "running.json").read_text())["address"])
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # somebody else still looks at it
            _stop(folder)


def _start(folder: Path) -> None:
    port = holder.free_port()
    output = folder / "output"
    with output.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "foia_tracker.embedded.firstrun", "--port", str(port)],
            cwd=place.REPOSITORY,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    (folder / "pid").write_text(str(process.pid))
    end = time.monotonic() + SECONDS
    while READY not in output.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > end:
            raise AssertionError(f"bin/run did not come up:\n{output.read_text(errors='replace')}")
        time.sleep(0.1)
    (folder / "running.json").write_text(json.dumps({"address": f"http://localhost:{port}"}))


def _stop(folder: Path) -> None:
    pid = folder / "pid"
    if pid.exists() and psutil.pid_exists(int(pid.read_text())):
        process = psutil.Process(int(pid.read_text()))
        process.send_signal(signal.SIGINT)
        # Another process of the run may have started it and not looked since: then it stays a zombie, and is gone.
        end = time.monotonic() + 90
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < end, "bin/run did not end"
            time.sleep(0.1)
    shutil.rmtree(folder, ignore_errors=True)
