"""The public pages among 1,000,000 requests, served over HTTP to four readers at once, beside 10,000 of the same mix.

No page is kept between answers: each is made. What the worker keeps for the dashboard is there, as in production; the
dashboard is asked by one reader, with that and, told beside it, narrowed to one jurisdiction, which is counted as it is
asked. BENCH_KEEP keeps the grounds for the next call: the large one takes an hour to lay.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

from bench._served import served
from bench.result import Result

SIZES = {10_000: 2_000, 1_000_000: 20_000}  # requests: agencies
ORGANISATIONS, CENTERS = 40, 80
COUNTED = "dashboard of one jurisdiction"
READERS, ROUNDS = 4, 40
MOST_MS, DASHBOARD_MS, GROWTH = 120.0, 300.0, 1.5


def bench() -> list[Result]:
    # Each ground in a process of its own: Django reads its settings once.
    small, large = (_asked(size) for size in SIZES)
    results = []
    counted = large.pop(COUNTED)["median"]
    for name, found in large.items():
        most = DASHBOARD_MS if name == "dashboard" else MOST_MS
        growth = found["p95"] / small[name]["p95"]
        results.append(
            Result(
                f"public, {name}", f"p95 {found['p95']:.0f} ms, {growth:.2f}×", f"≤ {most:.0f} ms, ≤ {GROWTH}×",
                found["p95"] <= most and growth <= GROWTH,
                f"median {found['median']:.0f} ms; among 10,000 p95 {small[name]['p95']:.0f} ms"
                + (f"; one jurisdiction, counted as it is asked, {counted:.0f} ms" if name == "dashboard" else ""),
            )
        )  # fmt: skip
    return results


BENCHES = {"public": bench}


def _asked(size: int) -> dict[str, dict[str, float]]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.public", str(size)], check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(size: int) -> None:
    from bench.database import fresh_database

    kept = os.environ.get("BENCH_KEEP")
    with fresh_database(Path(kept) / str(size) if kept else None, max_wal_size="4GB") as environment:
        _lay(environment["DATABASE_OWNER_URL"], size)
        pages = _pages(size)
        _keep()
        with served(environment, ready="/method/", workers=2) as port:
            print(json.dumps({name: _measured(port, *of) for name, of in pages.items()}))


def _lay(owner: str, size: int) -> None:
    from bench import _scale
    from requests_app.actions import statistics as facts
    from requests_app.actions.rederive import rederive
    from requests_app.models import PublicFact
    from requests_app.models.visibility import PUBLIC, viewing

    with viewing(PUBLIC):
        if PublicFact.objects.exists():
            return
    began = time.monotonic()
    _scale.build(
        owner, requests=size, organisations=ORGANISATIONS, agencies=SIZES.get(size, size // 50),
        today=dt.datetime.now(dt.UTC).date(), whole=True,
        centers=CENTERS,
    )  # fmt: skip
    print(f"{size} requests laid in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    rederive(workers=2)
    print(f"their dates derived after {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    facts.rebuild()
    _scale.analyse(owner)
    print(f"counted after {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def _keep() -> None:
    """As the worker does in its next sweep."""
    from requests_app.actions import statistics as facts

    began = time.monotonic()
    facts.keep(dt.datetime.now(dt.UTC))
    print(f"the dashboard counted in {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)


def _pages(size: int) -> dict[str, tuple[list[str], int]]:
    """Addresses of each kind, as many as are asked, and by how many readers: no page twice but lists."""
    from requests_app.models import RecordsRequest
    from requests_app.models.visibility import PUBLIC, viewing

    n = READERS * ROUNDS
    chance = random.Random(3)
    with viewing(PUBLIC):
        seen = RecordsRequest.objects.visible_to(PUBLIC)
        some = [
            found[0]
            for pk in (chance.randrange(1, size) for _one in range(n))
            if (found := seen.filter(pk__gte=pk).order_by("pk").values_list("public_id", "agency__slug")[:1])
        ]
    centers = [f"/agencies/agency-{1 + turn % CENTERS}/" for turn in range(n)]
    return {
        "dashboard": (["/"] * ROUNDS, 1),
        COUNTED: (["/?jurisdiction=us-il"] * 3, 1),
        "list": ([f"/requests/?page={1 + turn % 20}" for turn in range(n)], READERS),
        "list, late ones": (["/requests/?late=1"] * n, READERS),
        "agency": ([f"/agencies/{slug}/" for _id, slug in some], READERS),
        "fusion center": (centers, READERS),
        "request": ([f"/requests/{key}/" for key, _slug in some], READERS),
    }


def _ask(port: int, addresses: list[str]) -> list[float]:
    """Milliseconds of each, one after the other over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    took = []
    for address in addresses:
        began = time.monotonic()
        connection.request("GET", address)
        answer = connection.getresponse()
        answer.read()
        took.append((time.monotonic() - began) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{address} answered {answer.status}")
    connection.close()
    return took


def _measured(port: int, addresses: list[str], readers: int) -> dict[str, float]:
    _ask(port, addresses[:4])
    took: list[float] = []

    def read(part: list[str]) -> None:
        took.extend(_ask(port, part))

    threads = [Thread(target=read, args=(addresses[n::readers],)) for n in range(readers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if len(took) != len(addresses):
        raise SystemExit("a reader was not answered")
    return {"median": statistics.median(took), "p95": statistics.quantiles(took, n=20)[-1]}


if __name__ == "__main__":
    main(int(sys.argv[1]))
