"""The whole matrix: every route, every viewer, every level, once behind both walls and once behind each alone.

Whole it takes longer than six minutes, so the tests ask a part of it at each push, drawn by the day: that part is held
to the time. Here nothing is left out, too, and nothing may be wrong.
"""

from __future__ import annotations

import os
import subprocess
import time

from bench.result import Result
from foia_tracker.embedded import place

MOST_SECONDS = 360
BOTH, EITHER = "tests/walls/test_every_cell.py", "tests/walls/test_either_wall_alone.py"
# name: files, and whether all of it is asked.
PARTS = {
    "the part of each push": ([BOTH, EITHER], False),
    "both walls": ([BOTH], True),
    "either wall alone": ([EITHER], True),
}


def matrix() -> list[Result]:
    results = []
    for name, (files, whole) in PARTS.items():
        started = time.monotonic()
        done = subprocess.run(
            [str(place.REPOSITORY / "bin" / "test"), "--all", "-q", "-n", "2", "--dist", "load", *files],
            env={**os.environ, "MATRIX": "whole" if whole else ""},
            cwd=place.REPOSITORY, capture_output=True, text=True, check=False,
        )  # fmt: skip
        seconds = time.monotonic() - started
        if done.returncode:
            print(done.stdout[-20_000:])
        told = (done.stdout.strip().splitlines() or [done.stderr[-300:]])[-1].strip("= ")
        ok = done.returncode == 0 and (whole or seconds <= MOST_SECONDS)
        target = "0 wrong" if whole else f"≤ {MOST_SECONDS} s, 0 wrong"
        results.append(Result(f"matrix, {name}", f"{seconds:.0f} s", target, ok, told))
    return results


BENCHES = {"matrix": matrix}
