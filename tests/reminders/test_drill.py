"""The drill itself, short: every fault of its list at once, on a PostgreSQL, a Redis and a mail server of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from bench.drill.plan import Drill
from foia_tracker.embedded import place


def drill(*arguments: str) -> tuple[int, dict[str, Any]]:
    # Its own addresses, none of this test run's.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "FOIA_", "TEST_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.drill", *arguments, "--json"],
        cwd=place.REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.fault
def test_a_short_drill_with_every_fault_misses_and_doubles_nothing() -> None:
    code, found = drill(
        "--due", "300", "--kills", "12", "--restart", "20", "--flush", "2", "--freeze", "1", "--stop-redis", "1",
        "--step-clock", "2", "--read-only", "2", "--fill-disk", "1", "--minutes", "5",
    )  # fmt: skip
    assert (found["missed"], found["doubled"], found["possible"]) == (0, 0, 0), json.dumps(found, indent=1)
    assert found["states"] == {"sent": 300}
    did = found["did"]
    assert (did["restart"], did["flush"], did["freeze"], did["stop_redis"]) == (20, 2, 1, 1)
    assert (did["step_clock"], did["read_only"]) == (2, 2)
    assert did.get("fill_disk") or did.get("fill_disk (injected)")
    assert sum(n for name, n in did.items() if name.endswith("killed")) == 12
    assert found["rescued"] > 0, "the harm came too late to hurt"
    assert code == 0


@pytest.mark.slow
@pytest.mark.fault
def test_without_an_oracle_what_is_doubled_is_named_as_a_possible_duplicate() -> None:
    code, found = drill("--due", "80", "--kills", "3", "--no-oracle", "--lose", "0.1", "--workers", "0")
    assert found["missed"] == 0, json.dumps(found, indent=1)
    assert 0 < found["doubled"] <= found["possible"]
    assert found["states"] == {"sent": 80}
    assert code == 0


def test_faults_are_spread_over_the_whole_work() -> None:
    faults = Drill(due=100, kills=8, restart=2, flush=1).faults()
    assert faults.count("kill") == 8
    assert [n for n, name in enumerate(faults) if name == "restart"] == [2, 8]
    assert faults[5] == "flush" or faults[4] == "flush"


def test_a_drill_that_asks_for_nonsense_is_told_so() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.drill", "--due", "0"],
        cwd=place.REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "--due is at least 1" in done.stderr
