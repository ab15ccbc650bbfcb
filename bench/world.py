"""500 lives of a small world, 60 steps each: after every step both walls are asked who sees what, and the rules are.

The seed is drawn anew each time and printed; `python -m bench.world RUNS STEPS SEED` takes the same walks again.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

from bench.result import Result

RUNS, STEPS = 500, 60


def bench() -> list[Result]:
    # In a process of its own: Django reads its settings once.
    done = subprocess.run([sys.executable, "-m", "bench.world"], check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    runs, differing = found["runs"], found["differing"]
    return [
        Result(
            "world", f"{runs} runs of {found['steps']} steps, {differing} differ", f"{RUNS} of {STEPS}, 0 differ",
            runs == RUNS and not differing,
            f"seed {found['seed']}; {found['done']} acts done, {found['refused']} refused or idle; "
            f"{found['looks']} looks behind each wall; {found['cpu']:.0f} s of one core, "
            f"{found['seconds']:.0f} s on the clock",
        ),
    ]  # fmt: skip


BENCHES = {"world": bench}


def main(runs: int = RUNS, steps: int = STEPS, seed: str = "") -> None:
    import secrets

    import psutil

    from bench.database import fresh_database
    from foia_tracker.embedded.postgres import UNSAFE_BUT_QUICK

    seed = seed or secrets.token_hex(4)
    print(f"seed {seed}", file=sys.stderr, flush=True)
    with fresh_database(**UNSAFE_BUT_QUICK) as environment:
        from django.db import connection

        from tests.coalitions.ground import Ground
        from tests.coalitions.walk import Differs, Tally, past_the_walls, walk

        past_the_walls(environment["DATABASE_OWNER_URL"].replace("foia_owner@", "postgres@"))
        ground, tally, differing = Ground.lay(), Tally(), 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            database = psutil.Process(cursor.fetchone()[0])
        began = time.monotonic()
        for number in range(runs):
            try:
                walk(ground, f"{seed}-{number}", steps, tally)
            except Differs as told:
                differing += 1
                print(told, file=sys.stderr, flush=True)
            if number % 50 == 49:
                print(f"{number + 1} runs, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        seconds = time.monotonic() - began
        spent = database.cpu_times()
        cpu = time.process_time() + spent.user + spent.system
    print({"done": dict(tally.done), "refused": dict(tally.refused), "rows": dict(tally.rows)}, file=sys.stderr)
    print(
        json.dumps(
            {
                "seed": seed, "runs": runs, "steps": steps, "differing": differing, "seconds": seconds, "cpu": cpu,
                "looks": tally.looks, "done": tally.done.total(), "refused": tally.refused.total(),
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    runs, steps, seed = [*sys.argv[1:], *(str(RUNS), str(STEPS), "")[len(sys.argv) - 1 :]]
    main(int(runs), int(steps), seed)
