"""What can be written into a ledger, and the words for it. Pure data: the meaning is in the law and in the
fold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | tuple[JSON, ...] | None"
NO_FACTS: Mapping[str, JSON] = {}


class Kind(StrEnum):
    """Every kind of event. The order is the precedence of events of one day: see `PRECEDENCE`."""

    law_applied = "law_applied"
    sent = "sent"
    parts_named = "parts_named"
    bounced = "bounced"
    receipt_confirmed = "receipt_confirmed"
    transferred = "transferred"
    perfected = "perfected"
    acknowledged = "acknowledged"
    category_decided = "category_decided"
    expedite_asked = "expedite_asked"
    expedite_decided = "expedite_decided"
    fee_waiver_asked = "fee_waiver_asked"
    fee_waiver_decided = "fee_waiver_decided"
    clarification_asked = "clarification_asked"
    clarification_answered = "clarification_answered"
    narrowed = "narrowed"
    fee_estimated = "fee_estimated"
    deposit_asked = "deposit_asked"
    deposit_paid = "deposit_paid"
    fee_invoiced = "fee_invoiced"
    fee_paid = "fee_paid"
    fee_refunded = "fee_refunded"
    extension_noticed = "extension_noticed"
    date_promised = "date_promised"
    instalment_promised = "instalment_promised"
    referred = "referred"
    consulted = "consulted"
    third_party_notified = "third_party_notified"
    third_party_objected = "third_party_objected"
    injunction_sought = "injunction_sought"
    ruling_requested = "ruling_requested"
    ruling_brief_sent = "ruling_brief_sent"
    ruling_issued = "ruling_issued"
    determined = "determined"
    produced = "produced"
    appeal_filed = "appeal_filed"
    appeal_decided = "appeal_decided"
    review_filed = "review_filed"
    review_decided = "review_decided"
    sued = "sued"
    ordered = "ordered"
    ordered_us = "ordered_us"
    order_met = "order_met"
    suit_decided = "suit_decided"
    remanded = "remanded"
    destruction_scheduled = "destruction_scheduled"
    preservation_demanded = "preservation_demanded"
    records_destroyed = "records_destroyed"
    agency_closed = "agency_closed"
    agency_reopened = "agency_reopened"
    follow_up_sent = "follow_up_sent"
    notice_sent = "notice_sent"
    disputed = "disputed"
    waived = "waived"
    override = "override"
    override_released = "override_released"
    withdrawn = "withdrawn"
    closed = "closed"
    retracted = "retracted"


PRECEDENCE: Mapping[Kind, int] = {kind: place for place, kind in enumerate(Kind)}
"""Events of one day are read in this order, then by uid. A question comes before its answer, a payment after
the demand, an answer after the extension it follows, the records after the letter that grants them, an
appeal after the denial, a remand last of the steps."""


class Outcome(StrEnum):
    """How a part, an appeal or a suit came out. Kept apart on purpose: "no records" is not a denial."""

    granted = "granted"
    produced = "produced"
    produced_in_part = "produced_in_part"
    denied = "denied"
    denied_in_part = "denied_in_part"
    no_records = "no_records"
    neither_confirms_nor_denies = "neither_confirms_nor_denies"
    not_ours = "not_ours"
    not_a_public_body = "not_a_public_body"
    not_subject = "not_subject"
    not_found_as_described = "not_found_as_described"
    directed_to_web = "directed_to_web"
    destroyed = "destroyed"
    upheld = "upheld"
    reversed = "reversed"
    withdrawn = "withdrawn"


REQUESTERS_OWN = frozenset(
    {
        Kind.sent, Kind.parts_named, Kind.clarification_answered, Kind.narrowed, Kind.fee_paid, Kind.deposit_paid,
        Kind.fee_waiver_asked, Kind.expedite_asked, Kind.appeal_filed, Kind.review_filed, Kind.sued,
        Kind.destruction_scheduled, Kind.preservation_demanded, Kind.follow_up_sent, Kind.notice_sent,
        Kind.disputed, Kind.withdrawn, Kind.closed, Kind.waived, Kind.override, Kind.override_released,
        Kind.law_applied, Kind.retracted,
    }
)  # fmt: skip
"""Steps the requester takes: their sent date is the day they happened."""

REACTIONS = frozenset(
    {
        Kind.receipt_confirmed, Kind.perfected, Kind.acknowledged, Kind.clarification_asked, Kind.fee_estimated,
        Kind.deposit_asked, Kind.extension_noticed, Kind.date_promised, Kind.category_decided,
        Kind.expedite_decided, Kind.fee_waiver_decided, Kind.referred, Kind.consulted, Kind.third_party_notified,
        Kind.ruling_requested, Kind.determined, Kind.produced,
    }
)  # fmt: skip
"""What an agency does only with a request in hand: it had come by then."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the ledger. Dates are the agency's local days, None where not known; times are local too.

    `parts` () means the whole request. Facts the fold reads, by kind:

    sent (and transferred, which may carry new ones)
        law, zone, agency_kind, agency (key for its closures), requester [..], record_types [..], channel,
        parts [..], agency_regulation [..], revision, basis (see `receipt.BASES`), received_by "component"
    parts_named
        parts (its own: the labels that are new), of (the part they were split from), also (uids of the events that
        spoke of that part and so speak of the new ones)
    receipt_confirmed, acknowledged
        names_received_on (ISO date the agency names), basis, received_by "component"
    bounced
        of (uid of the sending; without it, the latest before), wrong_office
    clarification_asked, fee_estimated, deposit_asked and their answers
        about ("records" | "fees" | ...), of (uid of the question that is answered)
    extension_noticed
        days, unit, until (ISO date), reason, agreed (in writing, by both)
    date_promised, instalment_promised
        until (ISO date), date_certain
    fee_invoiced, destruction_scheduled
        until (ISO date: when it wants to be paid; when the records go)
    determined, produced, expedite_decided, fee_waiver_decided
        ground; granted (bool) for the two decisions
    notice_sent
        about ("suit": the notice a law wants before one; "grounds": a demand for the written reasons of a denial)
    ordered, ordered_us (a court's order: what the agency owes, what we owe)
        what (see `orders.THINGS`), due_on (ISO date), of (uid of the order whose date this one moves),
        entry (its number on the docket)
    order_met
        of (uid of the order)
    disputed
        event (uid of what we contest), accepted (true withdraws the dispute)
    waived
        clock (key), reason
    override
        clock (key), due_on (ISO date), reason, by
    override_released
        clock (key)
    law_applied
        law, revision, rules [..] (without it, all)
    """

    uid: str
    kind: Kind
    dated_on: dt.date | None = None
    sent_on: dt.date | None = None
    received_on: dt.date | None = None
    dated_at: dt.time | None = None
    sent_at: dt.time | None = None
    received_at: dt.time | None = None
    recorded_at: dt.datetime | None = None
    parts: tuple[str, ...] = ()
    outcome: Outcome | None = None
    facts: Mapping[str, JSON] = field(default_factory=lambda: NO_FACTS)
    retracts: str | None = None

    @property
    def on(self) -> dt.date | None:
        """The best single date: the day of receipt for a proof of receipt; else sent, dated, received,
        and at last the day it was recorded. None only when nothing at all is known."""
        if self.kind is Kind.receipt_confirmed and self.received_on is not None:
            return self.received_on
        best = self.sent_on or self.dated_on or self.received_on
        if best is None and self.recorded_at is not None:
            return self.recorded_at.date()
        return best
