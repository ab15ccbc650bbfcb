"""Clone to first page, and what the idle tree weighs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.result import Result
from foia_tracker.embedded import holder, place

MOST_SECONDS = 120
MOST_MEGABYTES = 900
SETTLE_SECONDS = 20  # beat has ticked, the worker has loaded what a task needs


def first_page() -> list[Result]:
    folder = Path(tempfile.mkdtemp(prefix="records-first-"))
    folder.chmod(0o711)
    clone = folder / "clone"
    port = holder.free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("FOIA_", "DATABASE_", "DJANGO_"))}
    for name in ("REDIS_URL", "CACHE_URL", "EMAIL_URL", "VIRTUAL_ENV", "PYTHONPATH", "MAIL_CATCHER_DIR"):
        environment.pop(name, None)
    # The interpreter that made this environment: the one in .venv would link to itself.
    environment["PYTHON"] = os.path.realpath(sys.executable)
    log = (folder / "log").open("wb")
    tree: subprocess.Popen[bytes] | None = None
    started = time.monotonic()
    try:
        subprocess.run(["git", "clone", "--quiet", str(place.REPOSITORY), str(clone)], check=True)
        tree = subprocess.Popen(
            [str(clone / "bin" / "run"), "--port", str(port)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        status = _first_answer(f"http://127.0.0.1:{port}/", tree, folder / "log")
        seconds = time.monotonic() - started
        time.sleep(SETTLE_SECONDS)
        weights = _weights(tree.pid)
        total = sum(weights.values()) / 1024
        heaviest = ", ".join(
            f"{name} {kb / 1024:.0f}" for name, kb in sorted(weights.items(), key=lambda w: -w[1])
        )
        return [
            Result(
                "first_page",
                f"{seconds:.0f} s (HTTP {status})",
                f"≤ {MOST_SECONDS} s",
                ok=seconds <= MOST_SECONDS and status == 200,
            ),
            Result(
                "idle_tree",
                f"{total:.0f} MB",
                f"≤ {MOST_MEGABYTES} MB",
                ok=total <= MOST_MEGABYTES,
                note=f"MB of PSS: {heaviest}",
            ),
        ]
    finally:
        if tree is not None and tree.poll() is None:
            tree.send_signal(signal.SIGINT)
            tree.wait(90)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _first_answer(address: str, tree: subprocess.Popen[bytes], log: Path) -> int:
    end = time.monotonic() + 3 * MOST_SECONDS
    while time.monotonic() < end and tree.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=10) as page:
                return int(page.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"bin/run ended, or never answered:\n{log.read_text(errors='replace')[-3000:]}")


def _weights(root: int) -> dict[str, int]:
    """PSS in kB of the process and all below it: what is shared is counted once among those who share it."""
    import psutil

    weights: dict[str, int] = {}
    process = psutil.Process(root)
    for member in [process, *process.children(recursive=True)]:
        name = _short(member)
        try:
            rollup = Path(f"/proc/{member.pid}/smaps_rollup").read_text()
        except OSError:
            continue  # it ended meanwhile
        pss = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        weights[name] = weights.get(name, 0) + pss
    return weights


def _short(process: object) -> str:
    words = " ".join(process.cmdline())  # type: ignore[attr-defined]
    for part in ("gunicorn", "celery worker", "beat", "mailcatcher", "redis", "postgres", "firstrun"):
        if all(word in words for word in part.split()):
            return part
    return "other"


BENCHES = {"first_page": first_page}
