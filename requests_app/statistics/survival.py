"""How long it takes, with the requests that still wait: the product-limit estimate (Kaplan and Meier, 1958).

An open request is neither a short wait nor a refusal. It is known to have waited so long, and leaves the count there
(right-censored). Whoever withdrew leaves it on that day: withdrawing is a competing end, and is no answer.

The interval around a share is Greenwood's variance on the scale log(−log S), which stays between 0 and 1; the interval
of the median is read off the two bounds, as Brookmeyer and Crowley (1982) do.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .minimum import FEWEST

Z = 1.959963984540054  # 97.5% of the normal distribution: intervals cover 95%
HALF = 0.5
# Products of many fractions: a half that came out as 0.5000000000000001 is a half.
NEARLY = 1e-12


@dataclass(frozen=True, slots=True)
class Waited:
    """`n` spells of so many whole days. ended False: none of them had ended by then."""

    days: int
    ended: bool
    n: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One day on which something happened. at_risk: still counted on the morning of that day. waiting: the share that
    waits after it, low and high its 95% interval (None where nothing is known of it: before the first end, and
    after the last waiting one ended)."""

    day: int
    at_risk: int
    ended: int
    left: int
    waiting: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Median:
    """Half had ended within so many days. low, high: its 95% interval; high None: not known yet, the upper bound has
    not come down to a half."""

    days: int
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Curve:
    """steps end where fewer than `fewest` are still counted; n and the numbers of each kind are of all."""

    n: int
    ended: int
    steps: tuple[Step, ...]
    median: Median | None
    last: int

    @property
    def open(self) -> int:
        return self.n - self.ended

    @property
    def drawn(self) -> bool:
        return self.n >= FEWEST and bool(self.steps)

    def waiting_after(self, day: int) -> float:
        """The share that still waits at the end of a day."""
        share = 1.0
        for step in self.steps:
            if step.day > day:
                break
            share = step.waiting
        return share


def curve(spells: Iterable[Waited], *, fewest: int = FEWEST) -> Curve:
    """The curve of some spells. fewest: it ends where fewer are still counted, for the last few would draw a cliff
    that says nothing of the others. 1 draws all of it."""
    ended: Counter[int] = Counter()
    left: Counter[int] = Counter()
    for spell in spells:
        if spell.n < 0 or spell.days < 0:
            raise ValueError("A spell lasts no less than no day, and there are no less than none.")
        (ended if spell.ended else left)[spell.days] += spell.n
    days = sorted(day for day in {*ended, *left} if ended[day] or left[day])
    at_risk = n = ended.total() + left.total()
    waiting, variance = 1.0, 0.0
    steps: list[Step] = []
    for day in days:
        if at_risk < max(fewest, 1):
            break
        fell, gone = ended[day], left[day]
        if fell:
            waiting *= 1 - fell / at_risk
            if at_risk > fell:
                variance += fell / (at_risk * (at_risk - fell))
            else:
                waiting = 0.0
        low, high = _interval(waiting, variance)
        steps.append(Step(day, at_risk, fell, gone, waiting, low, high))
        at_risk -= fell + gone
    return Curve(n, ended.total(), tuple(steps), _median(steps), days[-1] if days else 0)


def _interval(waiting: float, variance: float) -> tuple[float | None, float | None]:
    if not 0.0 < waiting < 1.0:
        return None, None
    spread = Z * math.sqrt(variance) / abs(math.log(waiting))
    return waiting ** math.exp(spread), waiting ** math.exp(-spread)


def _median(steps: Sequence[Step]) -> Median | None:
    """The first day on which no more than half still wait. Where the curve is exactly a half for a while, the day on
    which it came there: no day in between is claimed."""
    days = low = high = None
    for step in steps:
        down = step.waiting <= HALF + NEARLY
        if low is None and (down or (step.low is not None and step.low <= HALF + NEARLY)):
            low = step.day
        if days is None and down:
            days = step.day
        if high is None and step.high is not None and step.high <= HALF + NEARLY:
            high = step.day
    return None if days is None or low is None else Median(days, low, high)


def at_risk(spells: Iterable[Waited], days: Sequence[int]) -> tuple[int, ...]:
    """How many are still counted on the morning of each of these days."""
    counted = Counter[int]()
    for spell in spells:
        counted[spell.days] += spell.n
    return tuple(sum(n for last, n in counted.items() if last >= day) for day in days)


def ticks(last: int, most: int = 7) -> tuple[int, ...]:
    """Round days for an axis that reaches to `last`."""
    unit = next((u for u in (5, 10, 30, 60, 90, 180, 365, 730) if last / u <= most), 1825)
    return tuple(range(0, last + 1, unit))
