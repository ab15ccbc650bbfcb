"""The workers of a drill: Celery with a beat or two, and loops of `send_due`, killed and replaced."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from foia_tracker.embedded import place
from foia_tracker.embedded.children import die_with_parent

# Of ten kills: so many hit a loop, a child of a Celery worker, a whole worker, a beat.
WEIGHTS = {"loop": 10, "child": 8, "worker": 1, "beat": 1}


class Crew:
    def __init__(self, folder: Path, environment: dict[str, str], *, loops: int, workers: int, seed: int) -> None:
        self.folder, self.environment = folder, environment
        self.chance = random.Random(seed)
        self.log = (folder / "crew.log").open("ab")
        self.workers = [self._worker() for _ in range(workers)]
        # Two beats wherever there is one: they must be harmless.
        self.beats = [self._beat(n) for n in range(2 if workers else 0)]
        self.nursery = subprocess.Popen(
            [sys.executable, "-m", "bench.drill.nursery"], cwd=place.REPOSITORY, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )  # fmt: skip
        assert self.nursery.stdout is not None
        if self.nursery.stdout.readline().strip() != "ready":
            raise RuntimeError(f"the loops did not start; see {self.log.name}")
        self.loops = [self._loop() for _ in range(loops)]

    def kill_one(self) -> str:
        """kill -9 at random, and a new one in its place."""
        there = {
            "loop": self.loops, "child": self._children(), "worker": self.workers, "beat": self.beats,
        }  # fmt: skip
        kinds = [kind for kind, some in there.items() if some]
        kind = self.chance.choices(kinds, [WEIGHTS[one] for one in kinds])[0]
        match kind:
            case "loop":
                place_of = self.chance.randrange(len(self.loops))
                _kill(self.loops[place_of])
                self.loops[place_of] = self._loop()
            case "child":
                _kill(self.chance.choice(self._children()))
            case "worker":
                place_of = self.chance.randrange(len(self.workers))
                _kill_group(self.workers[place_of])
                self.workers[place_of] = self._worker()
            case _:
                place_of = self.chance.randrange(len(self.beats))
                _kill_group(self.beats[place_of])
                self.beats[place_of] = self._beat(place_of)
        return kind

    def stop(self) -> None:
        for process in (*self.workers, *self.beats):
            _kill_group(process)
        for pid in self.loops:
            _kill(pid)
        assert self.nursery.stdin is not None and self.nursery.stdout is not None
        self.nursery.stdin.close()
        self.nursery.wait(20)
        self.nursery.stdout.close()
        self.log.close()

    def _children(self) -> list[int]:
        found: list[int] = []
        for worker in self.workers:
            with suppress(psutil.Error):
                found += [child.pid for child in psutil.Process(worker.pid).children()]
        return found

    def _loop(self) -> int:
        assert self.nursery.stdin is not None and self.nursery.stdout is not None
        self.nursery.stdin.write("one more\n")
        self.nursery.stdin.flush()
        return int(self.nursery.stdout.readline())

    def _worker(self) -> subprocess.Popen[bytes]:
        return self._celery("worker", "--concurrency", "2", "--without-mingle", "--without-gossip")

    def _beat(self, number: int) -> subprocess.Popen[bytes]:
        return self._celery("beat", "--schedule", str(self.folder / f"beat{number}"))

    def _celery(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "foia_tracker", *arguments, "--loglevel", "ERROR"],
            cwd=place.REPOSITORY, env=self.environment, stdout=self.log, stderr=self.log, start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )  # fmt: skip


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
