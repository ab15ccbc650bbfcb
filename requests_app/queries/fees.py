"""The account of a request, and the accounts of many: fee events of the ledger with their amounts and bases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    Aggregate,
    BooleanField,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from requests_app.models import Deadline, Event, EventCorrespondence, RecordsRequest
from requests_app.models.ledger import FEE_KINDS, RETRACTED
from requests_app.models.visibility import Viewer

from .kits import kit_of

FEWEST_FOR_A_NORM = 5
FAR_ABOVE = 3
DUE_RULES = ("deposit-by", "invoice-by", "estimate-answer-by")
PAGE = 50
ZERO = Decimal(0)
MONEY: DecimalField[Any, Any] = DecimalField(max_digits=14, decimal_places=2)


class Median(Aggregate):
    function = "percentile_cont"
    template = "(percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s))::numeric(12, 2)"
    output_field = MONEY


@dataclass(frozen=True, slots=True)
class Norm:
    """What others were told for the same kit: how many estimates, and their median."""

    kit: str
    n: int
    median: Decimal

    def exceeded_by(self, amount: Decimal) -> bool:
        return self.median > 0 and amount > FAR_ABOVE * self.median

    def sentence(self, amount: Decimal) -> str:
        times = (amount / self.median).quantize(Decimal("0.1"))
        return (
            f"This estimate is {times} times the median of {self.n} other estimates for the same kit "
            f"(${self.median:,.2f}). Ask for its basis before anything is paid."
        )


def norm_of(viewer: Viewer, records_request: RecordsRequest) -> Norm | None:
    """The last estimate of each other request made from the same kit, within what the viewer may see; None for fewer
    than five, or without a kit."""
    kit = RecordsRequest.objects.filter(pk=records_request.pk).values_list(kit_of(), flat=True).first()
    if not kit:
        return None
    estimates = (
        EventCorrespondence.objects.visible_to(viewer)
        .filter(event__kind="fee_estimated", amount__isnull=False)
        .exclude(request=records_request.pk)
        .exclude(event__in=RETRACTED)
        .annotate(kit=kit_of("request__"))
        .filter(kit=kit)
    )
    last = estimates.order_by("request", "-event__recorded_at", "-event_id").distinct("request")
    found = EventCorrespondence.objects.filter(event__in=last.values("event")).aggregate(
        n=Count("event"), median=Median("amount")
    )
    if found["n"] < FEWEST_FOR_A_NORM:
        return None
    return Norm(kit, found["n"], found["median"])


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One line of the account. basis: None where none was recorded. counted: not taken back."""

    event: Event
    on: dt.date | None
    amount: Decimal | None
    text: str
    basis: Any
    actor: str
    counted: bool


@dataclass(frozen=True, slots=True)
class Due:
    """A day by which we act on money."""

    on: dt.date
    name: str
    clock_key: str
    rule_id: str


@dataclass(frozen=True, slots=True)
class Account:
    """paid: fees and deposits, less refunds. charged: invoices since the last full waiver; None while nothing was
    invoiced. deposit_open: demanded and neither paid nor waived."""

    lines: tuple[FeeLine, ...]
    estimate: Decimal | None
    charged: Decimal | None
    paid: Decimal
    deposit_open: Decimal
    waiver: str
    dues: tuple[Due, ...]

    @property
    def balance(self) -> Decimal | None:
        """What is still owed; below zero, what is owed to us. None while nothing was invoiced."""
        return None if self.charged is None else self.charged - self.paid


def account_of(viewer: Viewer, records_request: RecordsRequest) -> Account:
    rows = (
        Event.objects.visible_to(viewer)
        .filter(request=records_request, kind__in=FEE_KINDS)
        .select_related("correspondence", "fee_basis", "note__actor")
        .annotate(taken_back=ExpressionWrapper(Q(pk__in=RETRACTED), output_field=BooleanField()))
    )
    lines = [_line(row) for row in rows]
    lines.sort(key=lambda line: (line.on or dt.date.min, line.event.recorded_at, line.event.pk))
    dues = (
        Deadline.objects.visible_to(viewer)
        .standing()
        .filter(
            request=records_request, rule_id__in=DUE_RULES, met_on=None, ended_on=None, due_on__isnull=False
        )
        .order_by("due_on", "pk")
        .values_list("due_on", "name", "clock_key", "rule_id")
    )
    return _account(lines, tuple(Due(*row) for row in dues))


def _line(row: Any) -> FeeLine:
    said, note = getattr(row, "correspondence", None), getattr(row, "note", None)
    return FeeLine(
        row,
        row.sent_on or row.dated_on or row.received_on,
        said.amount if said else None,
        said.text if said else "",
        getattr(row, "fee_basis", None),
        str(note.actor) if note and note.actor else "",
        not row.taken_back,
    )


def _account(lines: Sequence[FeeLine], dues: tuple[Due, ...]) -> Account:
    estimate: Decimal | None = None
    charged: Decimal | None = None
    paid = demanded = deposited = ZERO
    waiver = ""
    waived = max((line.event.pk for line in lines if line.counted and _waives(line.event)), default=0)
    for line in lines:
        if not line.counted:
            continue
        kind, amount = line.event.kind, line.amount or ZERO
        if kind == "fee_estimated":
            estimate = line.amount if line.amount is not None else estimate
        elif kind == "fee_waiver_asked":
            waiver = "asked"
        elif kind == "fee_waiver_decided":
            granted = line.event.facts.get("granted")
            waiver = "part" if line.event.facts.get("in_part") else "granted" if granted else "refused"
        elif kind == "deposit_asked":
            demanded += amount if line.event.pk > waived else ZERO
        elif kind == "fee_invoiced":
            charged = (charged or ZERO) + (amount if line.event.pk > waived else ZERO)
        elif kind == "fee_refunded":
            paid -= amount
        else:
            paid += amount
            deposited += amount if kind == "deposit_paid" else ZERO
    return Account(tuple(lines), estimate, charged, paid, max(demanded - deposited, ZERO), waiver, dues)


def _waives(event: Event) -> bool:
    """A waiver granted in full: what was asked before it is not owed."""
    return event.kind == "fee_waiver_decided" and event.facts.get("granted") is True


# Many accounts


@dataclass(frozen=True, slots=True)
class Sums:
    """estimated: the last estimate of each request. lines: how many requests have any line."""

    requests: int
    estimated: Decimal
    charged: Decimal
    paid: Decimal

    @property
    def balance(self) -> Decimal:
        return self.charged - self.paid


@dataclass(frozen=True, slots=True)
class CampaignSums:
    public_id: str
    title: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class Row:
    """One request with money in it."""

    public_id: str
    title: str
    agency: str
    is_sample: bool
    campaign: str
    sums: Sums
    due_on: dt.date | None


def _standing(viewer: Viewer, organisation: int | None, campaign: str) -> QuerySet[Any]:
    rows = EventCorrespondence.objects.of_organisation(viewer).filter(
        event__kind__in=FEE_KINDS, amount__isnull=False
    )
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    if campaign == "none":
        rows = rows.filter(request__campaign=None)
    elif campaign:
        rows = rows.filter(request__campaign__public_id=campaign)
    waived = Event.objects.filter(
        request=OuterRef("request"), kind="fee_waiver_decided", facts__granted=True, pk__gt=OuterRef("event_id")
    ).exclude(pk__in=RETRACTED)
    return rows.exclude(event__in=RETRACTED).exclude(Q(event__kind="fee_invoiced") & Exists(waived))


def _total(*kinds: str) -> Coalesce:
    return Coalesce(Sum("amount", filter=Q(event__kind__in=kinds)), ZERO, output_field=MONEY)


SUMS = {
    "requests": Count("request", distinct=True),
    "charged": _total("fee_invoiced"),
    "gone": _total("fee_paid", "deposit_paid"),
    "back": _total("fee_refunded"),
}


def _sums(row: dict[str, Any], estimated: Decimal | None) -> Sums:
    return Sums(row["requests"], estimated or ZERO, row["charged"], row["gone"] - row["back"])


def _last_estimates(rows: QuerySet[Any]) -> QuerySet[Any]:
    last = (
        rows.filter(event__kind="fee_estimated")
        .order_by("request", "-event__recorded_at", "-event_id")
        .distinct("request")
    )
    return EventCorrespondence.objects.filter(event__in=last.values("event")).order_by()


def totals(viewer: Viewer, organisation: int | None) -> tuple[Sums, tuple[CampaignSums, ...]]:
    """Of the organization and of each of its campaigns; requests in no campaign make the last row."""
    rows = _standing(viewer, organisation, "")
    estimates = dict(
        _last_estimates(rows).values_list("request__campaign").annotate(total=Sum("amount")).values_list(
            "request__campaign", "total"
        )
    )
    by_campaign = [
        (row, estimates.get(row["request__campaign"]))
        for row in rows.order_by()
        .values("request__campaign", "request__campaign__public_id", "request__campaign__public_title")
        .annotate(**SUMS)
        .order_by(F("request__campaign__public_title").asc(nulls_last=True))
    ]
    parts = tuple(
        CampaignSums(
            row["request__campaign__public_id"] or "",
            row["request__campaign__public_title"] or "",
            _sums(row, estimated),
        )
        for row, estimated in by_campaign
    )
    whole = Sums(
        sum(part.sums.requests for part in parts),
        sum((part.sums.estimated for part in parts), ZERO),
        sum((part.sums.charged for part in parts), ZERO),
        sum((part.sums.paid for part in parts), ZERO),
    )
    return whole, parts


def list_accounts(
    viewer: Viewer, organisation: int | None, *, campaign: str, page: int
) -> tuple[list[Row], int, int]:
    """Requests with money in them, the dearest first: rows of a page, how many there are, and which page it is."""
    rows = _standing(viewer, organisation, campaign)
    grouped = rows.order_by().values("request").annotate(**SUMS, most=Coalesce(Sum("amount"), ZERO))
    total = rows.values("request").distinct().count()
    number = max(1, min(page, -(-total // PAGE)))
    start = (number - 1) * PAGE
    found = list(grouped.order_by("-most", "-request")[start : start + PAGE])
    ids = [row["request"] for row in found]
    estimates = dict(
        _last_estimates(rows.filter(request__in=ids)).values_list("request", "amount")
    )
    requests = {row.pk: row for row in _requests(viewer, ids)}
    return [_row(requests[row["request"]], _sums(row, estimates.get(row["request"]))) for row in found], total, number


def _requests(viewer: Viewer, ids: Sequence[int]) -> Iterable[Any]:
    due = (
        Deadline.objects.of_organisation(viewer)
        .standing()
        .filter(request=OuterRef("pk"), rule_id__in=DUE_RULES, met_on=None, ended_on=None)
        .order_by("due_on")
        .values("due_on")[:1]
    )
    return (
        RecordsRequest.objects.of_organisation(viewer)
        .filter(pk__in=ids)
        .select_related("agency", "campaign")
        .annotate(fee_due_on=Subquery(due))
    )


def _row(found: Any, sums: Sums) -> Row:
    return Row(
        found.public_id, found.public_title, found.agency.name, found.is_sample and not found.is_imported,
        found.campaign.public_title if found.campaign else "", sums, found.fee_due_on,
    )  # fmt: skip


def every_line(viewer: Viewer, organisation: int | None, *, campaign: str) -> QuerySet[Any]:
    """Each line of each account, oldest first, with its request: for a spreadsheet."""
    return (
        _standing(viewer, organisation, campaign)
        .select_related("event", "event__fee_basis", "request__agency", "request__campaign")
        .order_by("request", "event__recorded_at", "event")
    )
