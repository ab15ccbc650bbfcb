"""Deriving 100,000 requests again: time, memory, and what is written when nothing and when something changed."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import threading
import time
from typing import Any

from bench.result import Result

REQUESTS = 100_000
SECONDS, MEGABYTES, WORKERS = 90.0, 400.0, 2
CLOSED_AGENCIES = 6


def bench() -> list[Result]:
    # In a process of its own: Django reads its settings once, and memory is measured from nothing.
    done = subprocess.run(
        [sys.executable, "-m", "bench.rederive"], check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(done.stdout.splitlines()[-1])
    calm, moved = found["calm"], found["moved"]
    note = (
        f"first derivation {found['first']['seconds']:.0f} s, {found['first']['rows']} rows; "
        f"with {CLOSED_AGENCIES} offices closed for two days: {moved['requests_moved']} requests moved, "
        f"{moved['rows']} rows written"
    )
    memory = max(calm["megabytes"], moved["megabytes"])
    return [
        Result(
            "rederive, nothing changed", f"{calm['seconds']:.1f} s", f"≤ {SECONDS:.0f} s", calm["seconds"] <= SECONDS
        ),
        Result("rederive, rows written then", str(calm["rows"]), "0", calm["rows"] == 0),
        Result(
            "rederive, closed days added", f"{moved['seconds']:.1f} s", f"≤ {SECONDS:.0f} s",
            moved["seconds"] <= SECONDS and 0 < moved["requests_moved"] < REQUESTS / 2, note,
        ),
        Result("rederive, memory (PSS)", f"{memory:.0f} MB", f"≤ {MEGABYTES:.0f} MB", memory <= MEGABYTES),
    ]  # fmt: skip


BENCHES = {"rederive": bench}


def main(requests: int = REQUESTS) -> None:
    from bench.database import fresh_database

    with fresh_database(max_wal_size="4GB") as environment:
        from bench import _scale
        from requests_app.models import Agency, AgencyClosure

        owner = environment["DATABASE_OWNER_URL"]
        today = dt.date(2026, 11, 20)
        began = time.monotonic()
        _scale.build(owner, requests=requests, today=today)
        print(f"built in {time.monotonic() - began:.0f} s", file=sys.stderr)
        found = {"first": _measured("first")}
        _scale.analyse(owner)
        found["calm"] = _measured("calm")
        for agency in Agency.objects.order_by("pk")[:CLOSED_AGENCIES]:
            for day in (dt.date(2026, 11, 23), dt.date(2026, 11, 24)):
                AgencyClosure.objects.create(agency=agency, on=day, name="Flood", source="bench")
        found["moved"] = _measured("moved")
        print(json.dumps(found))


def _measured(name: str) -> dict[str, Any]:
    """Time, rows, and the highest sum of the proportional memory of this process and its children."""
    from requests_app.actions.rederive import rederive

    highest = 0.0
    over = threading.Event()

    def watch() -> None:
        import psutil

        nonlocal highest
        me = psutil.Process()
        while not over.wait(0.5):
            total = 0
            for process in (me, *me.children(recursive=True)):
                try:
                    if "python" in process.name():
                        total += process.memory_full_info().pss
                except psutil.Error:
                    continue
            highest = max(highest, total / 1e6)

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.monotonic()
    done = rederive(workers=WORKERS)
    seconds = time.monotonic() - began
    over.set()
    watcher.join()
    print(
        f"{name}: {done.requests} requests, {seconds:.1f} s, {highest:.0f} MB, {done.rows} rows, "
        f"{len(done.moved)} moved",
        file=sys.stderr,
    )
    return {
        "seconds": seconds, "megabytes": highest, "rows": done.rows, "requests": done.requests,
        "requests_moved": len(done.moved),
    }  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS)
