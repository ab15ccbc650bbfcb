"""The policy without one of its clauses, the database without one of its policies: somebody of a scene must notice.

The tests ask a few at each push, drawn by the day; here none is left out.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from bench.result import Result
from foia_tracker.embedded import place

MOST_SECONDS = 1_200
TESTS = "tests/walls/test_mutants.py"


def mutants() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told"
        started = time.monotonic()
        done = subprocess.run(
            [str(place.REPOSITORY / "bin" / "test"), "--all", "-q", "-n", "2", "--dist", "loadgroup", TESTS],
            env={**os.environ, "MUTANTS": "whole", "MUTANTS_TOLD": str(told)}, cwd=place.REPOSITORY,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        seconds = time.monotonic() - started
        lines = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
    if done.returncode:
        print(done.stdout[-20_000:])
    results = []
    for kind in dict.fromkeys(line["kind"] for line in lines):
        of = [line for line in lines if line["kind"] == kind]
        made = sum(line["mutants"] for line in of)
        equivalent, survivors = (
            sum(line["equivalent"] for line in of),
            sum(len(line["survivors"]) for line in of),
        )
        results.append(Result(
            f"mutants, {kind}", f"{made - equivalent - survivors} of {made} seen, {equivalent} equivalent",
            "0 unseen", survivors == 0, f"{sum(line['seconds'] for line in of):.0f} s",
        ))  # fmt: skip
    ok = done.returncode == 0 and bool(lines) and seconds <= MOST_SECONDS
    return [*results, Result("mutants, all", f"{seconds:.0f} s", f"<= {MOST_SECONDS} s, 0 unseen", ok)]


BENCHES = {"mutants": mutants}
