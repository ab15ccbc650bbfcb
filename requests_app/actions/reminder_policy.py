"""What the planner and the sweep go by: the kinds of reminders, and the intervals of the sending."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from requests_app.notices.reminding import (
    ANCIENT_DAYS,
    AWAITED,
    CLOSING,
    ESCALATED,
    GONE,
    LAPSED,
    MOVED,
    OPENED,
    STANDARD,
)

__all__ = [
    "ANCIENT_DAYS", "AWAITED", "CLOSING", "ESCALATED", "GONE", "LAPSED", "MOST_ATTEMPTS", "MOVED", "OPENED", "STANDARD",
    "STANDARD_TIMING", "Timing",
]  # fmt: skip

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

    def hastened(self, by: int) -> Timing:
        """For a drill. The mail server needs its moment before its no counts, however great the haste."""
        if by == 1:
            return self
        return replace(
            self,
            back_off=tuple(step / by for step in self.back_off),
            send_again_after=self.send_again_after / by,
            oracle_patience=max(self.oracle_patience / by, timedelta(seconds=2)),
        )


STANDARD_TIMING = Timing()
