"""What a request costs: each line of the account is an event of the ledger, with what its amount is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from requests_app.models import Event, FeeBasis, Person, RecordsRequest
from requests_app.models.visibility import Viewer
from requests_app.queries import fees

from . import correspondence
from .event_checks import MOST
from .refusals import Refused

WORDS_MAX = 5000


@dataclass(frozen=True, slots=True)
class Line:
    """kind: of the ledger. ours: whether we act (its day is a day of sending). wants: the amount must be said."""

    kind: str
    ours: bool = False
    wants: bool = True


LINES: Mapping[str, Line] = {
    "estimate": Line("fee_estimated"),
    "waiver-asked": Line("fee_waiver_asked", ours=True, wants=False),
    "waiver-decided": Line("fee_waiver_decided", wants=False),
    "deposit-asked": Line("deposit_asked"),
    "deposit-paid": Line("deposit_paid", ours=True),
    "invoice": Line("fee_invoiced"),
    "paid": Line("fee_paid", ours=True),
    "refund": Line("fee_refunded"),
}
DECISIONS: Mapping[str, Mapping[str, Any]] = {
    "granted": {"granted": True},
    "part": {"granted": False, "in_part": True},
    "refused": {"granted": False},
}


@dataclass(frozen=True, slots=True)
class Basis:
    """How the agency reckons: all may be unknown."""

    hours: Decimal | None = None
    hourly: Decimal | None = None
    pages: int | None = None
    page_rate: Decimal | None = None
    media: Decimal | None = None

    @property
    def any(self) -> bool:
        return self != Basis()

    @property
    def total(self) -> Decimal | None:
        """What its parts add up to; None while a price lacks its number."""
        parts = [self.media] if self.media is not None else []
        for number, price in ((self.hours, self.hourly), (self.pages, self.page_rate)):
            if (number is None) != (price is None):
                return None
            if number is not None and price is not None:
                parts.append(Decimal(number) * price)
        return sum(parts, Decimal(0)).quantize(Decimal("0.01")) if parts else None


@dataclass(frozen=True, slots=True)
class Recorded:
    """warnings: sentences a person should hear. repeated: the same form came before; nothing was written."""

    event: Event
    warnings: tuple[str, ...] = ()
    repeated: bool = False


def record_fee(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    line: str,
    on: dt.date | None,
    actor: Person | None,
    once: str,
    today: dt.date,
    amount: Decimal | None = None,
    basis: Basis = Basis(),
    due_on: dt.date | None = None,
    decision: str = "",
    text: str = "",
    note: str = "",
    seen_version: int | None = None,
) -> Recorded:
    """One line of the account: its event, its amount and its basis, in one transaction.

    on: the day it reached us, or the day we acted. due_on: of an invoice, the day it wants to be paid by.
    """
    what = LINES.get(line)
    if what is None:
        raise Refused("line_unknown", f"There is no line called {line!r}.", field="line")
    _check(basis)
    amount = _money(amount, "amount", "An amount")
    warnings = []
    if amount is None and what.wants:
        amount = basis.total
        if amount is None:
            raise Refused("amount_missing", "Enter the amount in dollars.", field="amount")
        _money(amount, "amount", "The total")
    elif amount is not None and basis.total is not None and basis.total != amount:
        warnings.append(
            f"The basis adds up to ${basis.total:,.2f}, the letter says ${amount:,.2f}. Both are kept; ask which holds."
        )
    if amount is not None and not what.wants:
        raise Refused("amount_unasked", "This line has no amount.", field="amount")
    facts: dict[str, Any] = {}
    if what.kind == "fee_waiver_decided":
        if decision not in DECISIONS:
            raise Refused("decision_missing", "Say how it was decided.", field="decision")
        facts |= DECISIONS[decision]
    if what.kind == "fee_invoiced" and due_on is not None:
        if on is not None and due_on < on:
            raise Refused("due_before", "An invoice is not due before it came.", field="due_on")
        facts["until"] = due_on
    if len(text) > WORDS_MAX or len(note) > WORDS_MAX:
        raise Refused(
            "too_long", f"Keep it to {WORDS_MAX:,} characters.", field="text" if len(text) > WORDS_MAX else "note"
        )
    if on is None:
        raise Refused("day_missing", "Give the day on which it happened.", field="on")
    with transaction.atomic():
        recorded = correspondence.record_event(
            viewer=viewer, records_request=records_request, kind=what.kind, actor=actor, once=once, today=today,
            seen_version=seen_version, sent_on=on if what.ours else None, received_on=None if what.ours else on,
            facts=facts, text=text, note=note, amount=amount,
        )  # fmt: skip
        if recorded.repeated:
            return Recorded(recorded.event, repeated=True)
        if basis.any:
            FeeBasis.objects.create(
                event=recorded.event, request=records_request, organisation_id=records_request.organisation_id,
                hours=basis.hours, hourly=basis.hourly, pages=basis.pages, page_rate=basis.page_rate,
                media=basis.media,
            )  # fmt: skip
    warnings += [warned.sentence for warned in recorded.warnings]
    if what.kind == "fee_estimated" and amount is not None:
        norm = fees.norm_of(viewer, records_request)
        if norm is not None and norm.exceeded_by(amount):
            warnings.append(norm.sentence(amount))
    return Recorded(recorded.event, tuple(warnings))


def _check(basis: Basis) -> None:
    for name, most in (("hours", 999_999), ("hourly", 999_999), ("page_rate", 9_999)):
        _number(getattr(basis, name), name, Decimal(most), 4 if name == "page_rate" else 2)
    _money(basis.media, "media", "An amount")
    if basis.pages is not None and not 0 <= basis.pages <= 10_000_000:
        raise Refused("pages_impossible", "A count of pages lies between 0 and 10,000,000.", field="pages")


def _money(amount: Decimal | None, field: str, what: str) -> Decimal | None:
    """Dollars and cents. A tenth of a cent is a slip of the hand, and is not rounded away in silence."""
    if amount is None:
        return None
    if not amount.is_finite():
        raise Refused("amount_impossible", f"{what} is a number of dollars, such as 12.50.", field=field)
    if not 0 <= amount <= MOST:
        raise Refused("amount_impossible", f"{what} lies between 0 and {MOST:,}.", field=field)
    if _places(amount) > 2:
        raise Refused("amount_impossible", f"{what} has two decimals at most: dollars and cents.", field=field)
    return amount


def _number(value: Decimal | None, field: str, most: Decimal, places: int) -> None:
    if value is None:
        return
    if not value.is_finite() or not 0 <= value <= most:
        raise Refused("number_impossible", f"This number lies between 0 and {most:,}.", field=field)
    if _places(value) > places:
        raise Refused("number_impossible", f"This number has {places} decimals at most.", field=field)


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0
