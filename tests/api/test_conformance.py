"""Schemathesis finds nothing at a few operations, drawn by the day; `bench/run schemathesis` asks them all."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import subprocess
import sys

import pytest

from foia_tracker.embedded.place import REPOSITORY

from .described import operations

ALWAYS = ("requests-list", "events")
FEW = 6


@pytest.mark.slow
def test_what_is_served_is_what_is_described() -> None:
    pytest.importorskip("schemathesis.cli")
    names = sorted(one.told["operationId"] for one in operations())
    drawn = random.Random(dt.datetime.now(dt.UTC).date().toordinal()).sample(names, FEW)
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FOIA_", "DATABASE_", "DJANGO_", "REDIS_", "CACHE_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.conformance", "45", *ALWAYS, *drawn],
        cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False, timeout=540,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    for found in json.loads(done.stdout.splitlines()[-1]):
        assert found["failures"] == {}, (drawn, done.stderr[-6000:])
        assert found["answered"], found["note"]
