"""What a drill does, and what it found."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Drill:
    """flush, freeze, stop_redis, restart, read_only, fill_disk, step_clock: how often, spread over the work.

    lose: the share of mails that the sink takes and does not answer for. oracle: its folder may be asked.
    """

    due: int = 500
    kills: int = 30
    flush: int = 0
    freeze: int = 0
    stop_redis: int = 0
    restart: int = 0
    read_only: int = 0
    fill_disk: int = 0
    step_clock: int = 0
    lose: float = 0.0
    later: float = 0.0
    delay: float = 0.02
    oracle: bool = True
    loops: int = 2
    workers: int = 1
    seed: int = 1
    minutes: float = 10.0

    def faults(self) -> list[str]:
        """Every fault in turn, spread evenly over the kills."""
        counts = {
            "flush": self.flush, "freeze": self.freeze, "stop_redis": self.stop_redis, "restart": self.restart,
            "read_only": self.read_only, "fill_disk": self.fill_disk, "step_clock": self.step_clock,
        }  # fmt: skip
        placed = [((n + 0.5) / count, name) for name, count in counts.items() for n in range(count)]
        placed += [((n + 0.5) / self.kills, "kill") for n in range(self.kills)]
        return [name for _, name in sorted(placed)]


@dataclass(slots=True)
class Found:
    """missed, doubled: by the sink's log alone. possible: recorded as possible duplicates. done: every row ended.

    left: of the first rows that were missed, how they stand and what the journal tells of them.
    """

    due: int = 0
    taken: int = 0
    missed: int = 0
    doubled: int = 0
    possible: int = 0
    rescued: int = 0
    arrived: int = 0
    again: int = 0
    done: bool = False
    states: dict[str, int] = field(default_factory=dict)
    did: dict[str, int] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    seconds: float = 0.0
    seconds_with_ground: float = 0.0
    load: float = 0.0

    @property
    def clean(self) -> bool:
        """Nothing lost; nothing doubled beyond what the delivery log calls a possible duplicate."""
        return self.done and self.missed == 0 and self.doubled <= self.possible

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    def report(self) -> str:
        did = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in sorted(self.did.items())) or "nothing"
        states = ", ".join(f"{name} {n}" for name, n in sorted(self.states.items()))
        return "\n".join(
            [
                f"due                  {self.due}",
                f"taken by the sink    {self.taken}",
                f"missed               {self.missed}",
                f"doubled              {self.doubled}",
                f"possible duplicates  {self.possible}, as the delivery log names them",
                f"rescued              {self.rescued} times a row outlived its worker",
                f"asked the oracle     {self.arrived} had arrived, {self.again} had not and went again",
                f"rows now             {states}" + ("" if self.done else ": NOT DONE in time"),
                *(f"missed               {one}" for one in self.left),
                f"faults               {did}",
                f"time                 {self.seconds:.0f} s ({self.seconds_with_ground:.0f} s with laying the ground), "
                f"load {self.load:.1f}",
            ]
        )
