"""The dashboard as it is kept, beside a bare view of Django that returns the same bytes, both served over HTTP.

The same server, threads and cores for both, one after the other, four times in turn; the kept one asks PostgreSQL for
the publication generation each time. Four readers, each a process of its own.
"""

from __future__ import annotations

import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bench._served import sample_served, served
from bench.result import Result

TURNS, SECONDS, READERS = 4, 5.0, 4
SHARE = 0.5
ACCEPTS = {"Accept-Encoding": "br"}


def bench() -> list[Result]:
    # In a process of its own: Django reads its settings once.
    done = subprocess.run([sys.executable, "-m", "bench.kept"], check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    share = found["kept"] / found["bare"]
    return [
        Result(
            "kept, the dashboard",
            f"{share:.2f}× a bare view",
            f"≥ {SHARE}×",
            share >= SHARE,
            f"{found['kept']:.0f} against {found['bare']:.0f} requests/s of {found['bytes']} bytes, packed",
        )
    ]


BENCHES = {"kept": bench}


def main() -> None:
    with sample_served() as (kept, environment), ExitStack() as stack:
        page = fetch(kept)
        file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "page"
        file.write_bytes(page)
        environment = environment | {"BARE_PAGE": str(file)}
        bare = stack.enter_context(served(environment, ready="/", program="bench._bare", log=subprocess.DEVNULL))
        if fetch(bare) != page:
            raise SystemExit("the two do not return the same bytes")
        rates: dict[str, list[float]] = {"kept": [], "bare": []}
        for _turn in range(TURNS):
            for name, port in (("kept", kept), ("bare", bare)):
                rates[name].append(rate(port))
    print(json.dumps({name: statistics.median(of) for name, of in rates.items()} | {"bytes": len(page)}))


def fetch(port: int) -> bytes:
    """The page as it is kept: asked twice."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _time in range(2):
        connection.request("GET", "/", headers=ACCEPTS)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"the page answered {answer.status}")
    return body


def rate(port: int) -> float:
    """Requests a second that the readers get together."""
    readers = [
        subprocess.Popen([sys.executable, "-m", "bench.kept", "read", str(port)], stdout=subprocess.PIPE, text=True)
        for _one in range(READERS)
    ]
    return sum(float(one.communicate()[0]) for one in readers)


def read(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    count, began = 0, time.monotonic()
    while time.monotonic() - began < SECONDS:
        connection.request("GET", "/", headers=ACCEPTS)
        connection.getresponse().read()
        count += 1
    print(count / (time.monotonic() - began))


if __name__ == "__main__":
    if sys.argv[1:2] == ["read"]:
        read(int(sys.argv[2]))
    else:
        main()
