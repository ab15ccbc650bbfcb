"""The whole matrix: every route, every viewer, every level, once behind both walls and once behind each alone.

The tests ask a part of it at each push, drawn by the day; here nothing is left out.
"""

from __future__ import annotations

import os
import subprocess
import time

from bench.result import Result
from foia_tracker.embedded import place

MOST_SECONDS = 360
PARTS = {
    "both walls": ["tests/walls/test_every_cell.py"],
    "either wall alone": ["tests/walls/test_either_wall_alone.py"],
}


def matrix() -> list[Result]:
    results = []
    for name, files in PARTS.items():
        started = time.monotonic()
        done = subprocess.run(
            [str(place.REPOSITORY / "bin" / "test"), "--all", "-q", "-n", "2", "--dist", "load", *files],
            env={**os.environ, "MATRIX": "whole"}, cwd=place.REPOSITORY, capture_output=True, text=True, check=False,
        )  # fmt: skip
        seconds = time.monotonic() - started
        if done.returncode:
            print(done.stdout[-20_000:])
        told = (done.stdout.strip().splitlines() or [done.stderr[-300:]])[-1].strip("= ")
        ok = done.returncode == 0 and seconds <= MOST_SECONDS
        results.append(Result(f"matrix, {name}", f"{seconds:.0f} s", f"<= {MOST_SECONDS} s, 0 wrong", ok, told))
    return results


BENCHES = {"matrix": matrix}
