"""Late under the law, and by how much. Late is what is late on every reading of the law, and on the later bound of a
receipt that is only presumed; due today is not late."""

from __future__ import annotations

import datetime as dt


def days_late(*, latest_on: dt.date | None, met_on: dt.date | None, on: dt.date) -> int:
    """Calendar days past the last day on the reading that favors whoever owes it. A law without a number of days
    (`latest_on` None), and a clock that stands still, make nobody late. The clock has already left out the days on
    which it stood still for the requester."""
    if latest_on is None:
        return 0
    until = on if met_on is None or met_on > on else met_on
    return max(0, (until - latest_on).days)
