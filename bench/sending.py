"""Sending what is due: mails a second beside a bare smtplib loop to the same sink, and the memory of the worker."""

from __future__ import annotations

import datetime as dt
import json
import os
import smtplib
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.result import Result

DUE, FULL = 5_000, 50_000
ANSWER_SECONDS = 0.05
A_SECOND, SHARE, MEGABYTES = 50.0, 0.8, 300.0


def bench(due: int = DUE) -> list[Result]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.sending", str(due)], check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(done.stdout.splitlines()[-1])
    hours = FULL / found["a_second"] / 3600
    note = (
        f"{found['sent']} of {due} due, {found['connections']} connections, a sink that answers after "
        f"{ANSWER_SECONDS * 1000:.0f} ms; at this rate {FULL} take {hours * 60:.0f} min; load {found['load']:.1f}"
    )
    share = found["a_second"] / found["bare"]
    right = found["log"] == {"missed": 0, "doubled": 0}
    return [
        Result("sending, mails a second", f"{found['a_second']:.0f}", f"≥ {A_SECOND:.0f}",
               found["a_second"] >= A_SECOND, note),
        Result("sending, share of a bare loop", f"{share:.0%}", f"≥ {SHARE:.0%}", share >= SHARE,
               f"bare smtplib {found['bare']:.0f} a second before, {found['bare_after']:.0f} after"),
        Result("sending, memory of the worker", f"{found['megabytes']:.0f} MB", f"≤ {MEGABYTES:.0f} MB",
               found["megabytes"] <= MEGABYTES),
        Result("sending, missed and doubled", str(found["log"]), "0 and 0", right),
    ]  # fmt: skip


BENCHES = {"sending": bench}


@contextmanager
def sink(folder: Path, *arguments: str) -> Iterator[tuple[int, Path]]:
    """A mail server in a process of its own: its port, and its log."""
    log = folder / "taken.log"
    process = subprocess.Popen(
        [sys.executable, "-m", "bench._sink", "--log", str(log), *arguments], stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline()), log
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def bare_loop(port: int, connections: int, mails: int) -> float:
    """Mails a second that smtplib alone brings to the sink over as many connections."""
    text = "Message-ID: <bare>\r\nSubject: bare\r\n\r\n" + "A line of a mail as long as ours.\r\n" * 80

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            for _ in range(mails // connections):
                smtp.sendmail("bare@drill.example", ["person1@drill.example"], text)

    threads = [threading.Thread(target=send) for _ in range(connections)]
    began = time.monotonic()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return mails // connections * connections / (time.monotonic() - began)


def main(due: int) -> None:
    from bench.database import fresh_database

    with tempfile.TemporaryDirectory() as name, fresh_database() as environment, sink(
        Path(name), "--delay", str(ANSWER_SECONDS)
    ) as (port, log):
        from django.conf import settings

        from bench._due import lay_ground, plan

        owner = environment["DATABASE_OWNER_URL"]
        lay_ground(owner, due, today=dt.datetime.now(dt.UTC).date())
        planned = plan(owner)
        print(f"{planned} due", file=sys.stderr)
        connections = settings.MAIL_CONNECTIONS
        bare = bare_loop(port, connections, 400)
        log.write_text("")
        found = sweep_in_a_process(environment, port)
        taken = log.read_text().split()
        after = bare_loop(port, connections, 400)
        found |= {
            "bare": max(bare, after), "bare_after": after, "connections": connections, "load": os.getloadavg()[0],
            "log": {"missed": planned - len(set(taken)), "doubled": len(taken) - len(set(taken))},
        }  # fmt: skip
        print(json.dumps(found))


def sweep_in_a_process(environment: dict[str, str], port: int) -> dict[str, Any]:
    """Sweeps until nothing is due, in a worker of its own, whose memory is read at the end."""
    code = (
        "import json, time, django, psutil; django.setup()\n"
        "from requests_app.actions import sending\n"
        "began, sent = time.monotonic(), 0\n"
        "while done := sending.sweep(oracle=None).sent: sent += done\n"
        "seconds = time.monotonic() - began\n"
        "print(json.dumps({'sent': sent, 'a_second': sent / seconds,"
        " 'megabytes': psutil.Process().memory_full_info().rss / 1e6}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**environment, "EMAIL_URL": f"smtp://127.0.0.1:{port}", "FOIA_LOG_LEVEL": "WARNING"},
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DUE)
