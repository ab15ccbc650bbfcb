"""What people type, made into days, events and facts; or refused with a sentence that says what is wrong."""

from __future__ import annotations

import calendar as months
import datetime as dt
import difflib
import re
from collections.abc import Mapping

from requests_app.clock import words
from requests_app.clock.events import JSON, Event, Kind, Outcome
from requests_app.laws.errors import Refused

DATE = re.compile(r"^\s*(\d{1,4})-(\d{1,2})-(\d{1,2})\s*$")
LISTS = ("requester", "record_types", "agency_regulation", "parts")
"""Facts that are lists of words in the ledger; a single word is taken as a list of one."""
NOT_STEPS = frozenset({Kind.sent, Kind.law_applied, Kind.override, Kind.override_released, Kind.retracted})
FIRST_YEAR = 1900
"""Earlier years are slips of the finger (0202, 202), not requests."""


def step(kind: str, on: dt.date, given: Mapping[str, JSON] | None = None, *, number: int = 1) -> Event:
    """An event from plain words, as a command or a form gives them: kind, day, and facts. `outcome`, `parts`,
    `dated`, `sent` and `received` are taken out of the facts. Raises Refused."""
    if kind not in {one.value for one in Kind} or Kind(kind) in NOT_STEPS:
        known = [one.value for one in Kind if one not in NOT_STEPS]
        close = difflib.get_close_matches(kind, known, 1)
        hint = f" Did you mean {close[0]}?" if close else f" Known: {', '.join(known)}."
        raise Refused("unknown_event", f"{kind!r} is no kind of event.{hint}", "events")
    possible(on, "events")
    facts = {name: _plain(name, value) for name, value in (given or {}).items()}
    days = {}
    for name in ("dated", "sent", "received"):
        value = facts.pop(name, None)
        days[name] = parse_date(str(value), "events") if value is not None else on
    outcome = facts.pop("outcome", None)
    if outcome is not None and outcome not in {one.value for one in Outcome}:
        close = difflib.get_close_matches(str(outcome), [one.value for one in Outcome], 1)
        raise Refused(
            "unknown_outcome",
            f"{outcome!r} is no outcome.{f' Did you mean {close[0]}?' if close else ''}",
            "events",
        )
    parts = facts.pop("parts", ())
    return Event(
        uid=str(facts.pop("id", f"step-{number}")),
        kind=Kind(kind),
        dated_on=days["dated"],
        sent_on=days["sent"],
        received_on=days["received"],
        outcome=Outcome(str(outcome)) if outcome is not None else None,
        parts=tuple(str(part) for part in parts) if isinstance(parts, list | tuple) else (),
        facts=facts,
    )


def parse_date(text: str, name: str) -> dt.date:
    """A day written year-month-day. Says what is wrong with an impossible one: 30 February, the year 0202."""
    found = DATE.match(text)
    if found is None:
        raise Refused("not_a_date", f"{text!r} is no date. Write year-month-day, as in 2026-03-02.", name)
    year, month, day = (int(part) for part in found.groups())
    if year < FIRST_YEAR:
        raise Refused(
            "impossible_date",
            f"The year {found[1]} cannot be meant; write all four digits, as in 2026.",
            name,
        )
    if not 1 <= month <= 12:
        raise Refused(
            "impossible_date", f"There is no month {month}; write year-month-day, as in 2026-03-02.", name
        )
    length = months.monthrange(year, month)[1]
    if not 1 <= day <= length:
        raise Refused(
            "impossible_date", f"{words.MONTHS[month - 1]} {year} has {length} days, not {day}.", name
        )
    return dt.date(year, month, day)


def facts_from(pairs: Mapping[str, JSON]) -> dict[str, JSON]:
    """Facts of a request from plain words: single words become lists where the ledger holds lists."""
    return {name: _plain(name, value) for name, value in pairs.items()}


def _plain(name: str, value: JSON) -> JSON:
    if name in LISTS and isinstance(value, str):
        return [word.strip() for word in value.split("+") if word.strip()]
    if value in ("true", "false"):
        return value == "true"
    if name == "days" and isinstance(value, str) and value.isdigit():
        return int(value)
    return value


def possible(on: dt.date, name: str) -> None:
    if on.year < FIRST_YEAR:
        raise Refused(
            "impossible_date",
            f"The year {on.year:04} cannot be meant; write all four digits, as in 2026.",
            name,
        )
