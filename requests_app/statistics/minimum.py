"""When there is enough to say a share at all, and what a number counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FEWEST = 5
"""Below this many there are counts and no shares, no median and no curve."""


class Unit(StrEnum):
    """What is counted. An ask is one kit put to one center; it holds one request for each legal custodian."""

    requests = "requests"
    asks = "asks"
    centers = "centers"
    custodians = "custodians"


@dataclass(frozen=True, slots=True)
class Share:
    """n of N, with what is counted. percent None: too few to say."""

    n: int
    of: int
    unit: Unit = Unit.requests

    def __post_init__(self) -> None:
        if not 0 <= self.n <= self.of:
            raise ValueError("A part is no more than the whole.")

    @property
    def enough(self) -> bool:
        return self.of >= FEWEST

    @property
    def percent(self) -> int | None:
        """Whole percent; never 0 where there are some, and never 100 where some are missing."""
        if not self.enough:
            return None
        exact = self.n * 100 / self.of
        if self.n > 0 and exact < 1:
            return 1
        if self.n < self.of and exact > 99:
            return 99
        return round(exact)
