"""Who is reminded of which clock, and when: a small table, the same for every organisation so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

LAPSED = "lapsed"
CLOSING = "closing"
MOVED = "moved"
GONE = "gone"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of reminder. days_before counts back from the due date; a negative number counts on from it."""

    kind: str
    owners: tuple[str, ...]
    days_before: tuple[int, ...]


# An agency's lapse by the latest reading, the morning after. Our own window by the earliest reading, to its last day.
STANDARD: tuple[Rule, ...] = (
    Rule(LAPSED, ("agency", "reviewer"), (-1,)),
    Rule(CLOSING, ("requester",), (14, 7, 3, 1, 0)),
)

# Older than this at the time of planning, a lapse is history and alarms nobody.
ANCIENT_DAYS = 30
# A row that is planned, skipped and planned again this often is looked at by a person, not tried for ever.
MOST_ATTEMPTS = 200


@dataclass(frozen=True, slots=True)
class Timing:
    """Intervals of the sending. Tests scale them; one test holds these numbers."""

    batch: int = 10
    back_off: tuple[timedelta, ...] = (
        timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60),
    )  # fmt: skip
    # About five days of 4xx: a statutory date is worth asking that long.
    most_tries: int = 125
    refusals: int = 5
    # So many claims whose worker died: the row waits as after a 4xx.
    deaths: int = 3
    # Unknown and no oracle: again under the same Message-ID, in time to be out within 15 minutes.
    send_again_after: timedelta = timedelta(minutes=10)
    # The oracle's no counts once the mail server has had this long to finish what it was given.
    oracle_patience: timedelta = timedelta(seconds=10)
    # A sweep ends before the scheduler's limit of 90 s would end it.
    sweep_seconds: float = 60.0
    lost_in_a_row: int = 3


STANDARD_TIMING = Timing()
