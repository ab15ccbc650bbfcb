from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """One figure beside its target. `ok` is the bench's own judgement: only it knows which way is better."""

    name: str
    figure: str
    target: str
    ok: bool
    note: str = ""


Bench = Callable[[], list[Result] | Result]
