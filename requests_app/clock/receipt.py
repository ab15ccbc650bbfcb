"""When a paper arrived: one day where it is proved, two bounds where it is not.

Order of proof: an acknowledgement that names the day; a portal or return receipt; a day the recorder states;
electronic mail that did not bounce; certified post; ordinary post plus an allowance that is stated as ours.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from .events import REACTIONS, REQUESTERS_OWN, Event, Kind
from .ledger import Ledger, Line, day, text
from .rules import DateOf, Length, Receipt

ELECTRONIC = frozenset({"email", "e-mail", "portal", "web", "fax"})
BY_HAND = frozenset({"hand", "in_person", "phone", "courier"})
CERTIFIED = frozenset({"certified_post", "certified", "registered_post"})
BASES = (
    "acknowledgement", "receipt", "stated", "accepted", "by_hand", "certified_post", "ordinary_post",
)  # fmt: skip
SAID = {
    "acknowledgement": "the agency's acknowledgement names the day",
    "receipt": "a portal or return receipt shows the day",
    "stated": "the day is recorded as the day of receipt",
    "accepted": "sent electronically and not returned",
    "by_hand": "handed over on the day",
    "certified_post": "certified post; the later bound is an allowance of ours",
    "ordinary_post": "no proof of receipt; the later bound is an allowance of ours",
    "transfer": "received on transfer",
}


class Bounds(NamedTuple):
    """The earliest and the latest day, with local times where known, the basis, and the event that proves it."""

    early: dt.date
    late: dt.date
    early_at: dt.time | None
    late_at: dt.time | None
    basis: str
    event: str
    doubt: str | None = None
    capped_from: dt.date | None = None
    capped_by: Length | None = None
    late_basis: str | None = None
    """What the later day is, where it is another date than the earlier: a letter dated Monday, received Friday."""


class Arrival(NamedTuple):
    """A request's arrival: anywhere at the agency, and at the office that has to answer (None: not proved)."""

    first: Bounds
    office: Bounds | None
    best: Bounds


def arrival(ledger: Ledger, opening: Line, allowances: Receipt, until_place: int | None = None) -> Arrival:
    """The arrival of the request that `opening` (a sending that did not bounce, or a transfer) sent."""
    event = opening.event
    presumed = _presumed(event, allowances, transferred=opening.kind is Kind.transferred)
    named: Bounds | None = None
    shown: Bounds | None = None
    at_office = text(event.facts, "received_by") == "component"
    office: Bounds | None = presumed if at_office else None
    for kind in (Kind.receipt_confirmed, Kind.acknowledged):
        for line in ledger.kinds.get(kind, ()):
            if line.place < opening.place or (until_place is not None and line.place >= until_place):
                continue
            facts = line.event.facts
            if facts and text(facts, "of") not in (None, opening.uid):
                continue
            on = day(facts, "names_received_on") if facts else None
            time = None
            if on is None and kind is Kind.receipt_confirmed:
                on, time = line.event.received_on or line.on, line.event.received_at
            if on is None:
                continue
            basis = "acknowledgement" if kind is Kind.acknowledged else "receipt"
            found = Bounds(on, on, time, time, basis, line.uid)
            if kind is Kind.acknowledged:
                named = named or found
            else:
                shown = shown or found
            if kind is Kind.acknowledged or text(facts, "received_by") == "component":
                office = office or found
    if presumed.early < presumed.late:
        presumed = _by_reaction(ledger, opening, presumed, until_place)
    stated = presumed if presumed.basis in ("stated", "transfer") else None
    first = shown or stated or presumed
    best = named or first
    if named is not None and (shown is not None or stated is not None) and first.early < named.early:
        # The agency names a later day than the proof in hand: both are arguable.
        best = Bounds(
            first.early, named.late, first.early_at, named.late_at, named.basis, named.event,
            "The agency names a later day of receipt than the proof we hold; both are counted.",
        )  # fmt: skip
    for line in ledger.kinds.get(Kind.perfected, ()):
        if line.place > opening.place and line.on > best.late:
            best = best._replace(
                late=line.on,
                late_at=None,
                doubt="The agency says the request was perfected later; its day stands beside ours.",
            )
    if named is not None and presumed.basis not in ("stated", "transfer") and shown is None:
        first = presumed if presumed.early <= named.early else named
    return Arrival(first, office, best)


def _by_reaction(ledger: Ledger, opening: Line, presumed: Bounds, until_place: int | None) -> Bounds:
    """A presumption ends on the day the agency first acted on the request: it had come by then."""
    for line in ledger.lines:
        if line.on >= presumed.late or (until_place is not None and line.place >= until_place):
            break
        about_it = text(line.event.facts, "of") in (None, opening.uid)
        if line.place > opening.place and line.kind in REACTIONS and line.on >= presumed.early and about_it:
            said = "No proof of receipt; the later bound is the day on which the agency first acted on it."
            return presumed._replace(late=line.on, doubt=said)
    return presumed


def delivered(ledger: Ledger, opening: Line) -> Line | None:
    """The first sending that did not come back; None when each one did."""
    if opening.kind is not Kind.sent or Kind.bounced not in ledger.kinds:
        return opening
    sendings = [line for line in ledger.kinds[Kind.sent] if line.place >= opening.place]
    gone: set[str] = set()
    for bounce in ledger.kinds[Kind.bounced]:
        of = text(bounce.event.facts, "of")
        if of is None:
            before = [line.uid for line in sendings if line.place < bounce.place and line.uid not in gone]
            of = before[-1] if before else None
        if of is not None:
            gone.add(of)
    return next((line for line in sendings if line.uid not in gone), None)


def _presumed(
    event: Event, allowances: Receipt, *, transferred: bool = False, channel: str | None = None
) -> Bounds:
    on = event.on
    if event.received_on is not None:
        basis = text(event.facts, "basis") or ("transfer" if transferred else "stated")
        basis = basis if basis in SAID else "stated"
        at = event.received_at
        return Bounds(event.received_on, event.received_on, at, at, basis, event.uid)
    assert on is not None, "a line has a day"
    channel = text(event.facts, "channel") or channel
    at = event.sent_at
    if channel in BY_HAND:
        return Bounds(on, on, at, at, "by_hand", event.uid)
    if channel in ELECTRONIC:
        return Bounds(on, later(on, allowances.electronic_days), at, at, "accepted", event.uid)
    if channel in CERTIFIED:
        return Bounds(
            on, later(on, allowances.certified_post_days), None, None, "certified_post", event.uid,
            SAID["certified_post"],
        )  # fmt: skip
    return Bounds(
        on, later(on, allowances.post_days), None, None, "ordinary_post", event.uid, SAID["ordinary_post"]
    )  # fmt: skip


def of_event(
    ledger: Ledger, line: Line, date: DateOf, allowances: Receipt, channel: str | None = None
) -> Bounds | None:
    """The bounds of one date of an event; None when the date cannot be known (no date is named).

    `channel` is the request's own: a step of ours whose way is not recorded went the same way.
    """
    event = line.event
    if date is DateOf.named:
        on = day(event.facts, "until")
        return None if on is None else Bounds(on, on, None, None, "named", line.uid)
    if date is DateOf.sent:
        if event.sent_on is not None:
            return Bounds(event.sent_on, event.sent_on, event.sent_at, event.sent_at, "sent", line.uid)
        early = event.dated_on or event.received_on or line.on
        late = event.received_on or event.dated_on or line.on
        return _between(early, late, line, "The day of sending is not recorded.")
    if date is DateOf.dated:
        if event.dated_on is not None:
            return Bounds(event.dated_on, event.dated_on, event.dated_at, event.dated_at, "dated", line.uid)
        on = event.sent_on or event.received_on or line.on
        return _between(on, on, line, "The letter's own date is not recorded.")
    if event.received_on is not None:
        at = event.received_at
        return Bounds(event.received_on, event.received_on, at, at, "received", line.uid)
    for kind in (Kind.receipt_confirmed, Kind.acknowledged):
        for proof in ledger.kinds.get(kind, ()):
            if text(proof.event.facts, "of") == line.uid:
                on = day(proof.event.facts, "names_received_on") or proof.event.received_on or proof.on
                return Bounds(on, on, None, None, "receipt", proof.uid)
    if text(event.facts, "channel") is not None:
        return _presumed(event, allowances)
    if line.kind in REQUESTERS_OWN:
        return _presumed(event, allowances, channel=channel)
    # An agency's letter whose way is not recorded is read as of its own day: no delay is invented for us.
    return _between(line.on, line.on, line, "The day of receipt is not recorded.")


def _between(early: dt.date, late: dt.date, line: Line, doubt: str) -> Bounds:
    return Bounds(min(early, late), max(early, late), None, None, "presumed", line.uid, doubt)


def later(on: dt.date, days: int) -> dt.date:
    try:
        return on + dt.timedelta(days=days)
    except OverflowError:
        return on
