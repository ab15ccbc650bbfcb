"""What an order of a court must say before the ledger holds it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from requests_app.clock.events import Kind
from requests_app.clock.orders import THINGS

from .refusals import Refused

KINDS = frozenset({Kind.ordered, Kind.ordered_us, Kind.order_met})
ENTRY = re.compile(r"[\w.\-()/ ]{1,20}\Z")


def check(kind: Kind, facts: Mapping[str, Any]) -> None:
    """Partners at status read facts: a docket number may stand there, words may not."""
    if kind is Kind.order_met:
        if not facts.get("of"):
            raise Refused("event_unknown", "Say which order was met.", field="of")
        return
    if facts.get("due_on") is None:
        raise Refused("due_missing", "Give the day that the order names.", field="due_on")
    if facts.get("what") not in THINGS:
        raise Refused("what_unknown", "Say what the court ordered.", field="what")
    entry = facts.get("entry")
    if entry is not None and not ENTRY.match(str(entry)):
        raise Refused("entry_impossible", "A docket entry is a number of at most 20 characters.", field="entry")
