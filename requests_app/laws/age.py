"""How long a rule may go without somebody looking at it again."""

from __future__ import annotations

import datetime as dt


def is_stale(checked: dt.date, on: dt.date) -> bool:
    """Twelve months are calendar months: a rule checked on February 29 is stale after February 28."""
    try:
        limit = checked.replace(year=checked.year + 1)
    except ValueError:
        limit = checked.replace(year=checked.year + 1, day=28)
    return on > limit
