"""What a request costs: each line an event, amounts exact to the cent, a balance that adds up, a high estimate told."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_app.actions import correspondence
from requests_app.actions.fees import LINES, Basis, record_fee
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import Deadline, Event, FeeBasis, RecordsRequest
from requests_app.models.visibility import viewing_as
from requests_app.queries.fees import account_of, norm_of, totals
from tests import builders

from .conftest import TODAY, filed, happened, signed_in

D = Decimal


def log(
    cast: builders.Cast, of: RecordsRequest, line: str, amount: str | None = None, day: int = 10, **more: Any
) -> Any:
    with viewing_as(more.pop("who", cast.edgar)) as viewer:
        return record_fee(
            viewer=viewer, records_request=of, line=line, on=dt.date(2026, 3, day), actor=cast.edgar,
            once=more.pop("once", f"{line} {amount} {day}"), today=TODAY, amount=D(amount) if amount else None, **more,
        )  # fmt: skip


def account(cast: builders.Cast, of: RecordsRequest) -> Any:
    with viewing_as(cast.vera) as viewer:
        return account_of(viewer, of)


def test_each_line_is_an_event_of_the_ledger_with_its_amount_and_basis(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    basis = Basis(hours=D("2.5"), hourly=D("31"), pages=120, page_rate=D("0.1525"), media=D("4"))
    log(cast, ours, "estimate", basis=basis)
    with viewing_as(cast.olive):
        event = Event.objects.get(request=ours, kind="fee_estimated")
        assert event.correspondence.amount == D("99.80"), "the basis adds up to the amount that was left out"
        assert FeeBasis.objects.get(event=event).page_rate == D("0.1525")


def test_a_letter_that_does_not_add_up_is_recorded_and_said(cast: builders.Cast, ours: RecordsRequest) -> None:
    told = log(cast, ours, "estimate", "120.00", basis=Basis(hours=D(2), hourly=D(50)))
    assert "adds up to $100.00, the letter says $120.00" in told.warnings[0]


def test_the_balance_follows_invoices_payments_refunds_and_what_was_taken_back(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    assert account(cast, ours).balance is None
    log(cast, ours, "deposit-asked", "40.00")
    assert account(cast, ours).deposit_open == D("40.00")
    log(cast, ours, "deposit-paid", "40.00", day=11)
    log(cast, ours, "invoice", "150.25", day=12, due_on=dt.date(2026, 4, 3))
    wrong = log(cast, ours, "paid", "90.00", day=13)
    log(cast, ours, "refund", "10.00", day=16)
    now = account(cast, ours)
    assert (now.charged, now.paid, now.balance, now.deposit_open) == (D("150.25"), D("120.00"), D("30.25"), D(0))
    with viewing_as(cast.edgar) as viewer:
        correspondence.retract_event(
            viewer=viewer, records_request=ours, event=wrong.event, reason="another's", actor=cast.edgar, once="r",
            today=TODAY,
        )  # fmt: skip
    now = account(cast, ours)
    assert now.balance == D("120.25")
    assert [line.counted for line in now.lines] == [True, True, True, False, True]


def test_an_amount_logged_on_the_timeline_counts_as_well(cast: builders.Cast, ours: RecordsRequest) -> None:
    happened(cast, ours, "fee_paid", day=12, days={"sent_on": dt.date(2026, 3, 12)}, amount=D("7.50"))
    assert account(cast, ours).paid == D("7.50")


def test_what_was_asked_before_a_full_waiver_is_not_owed(cast: builders.Cast, ours: RecordsRequest) -> None:
    log(cast, ours, "waiver-asked", day=9)
    log(cast, ours, "invoice", "80.00", day=10)
    log(cast, ours, "waiver-decided", day=11, decision="part")
    assert (account(cast, ours).waiver, account(cast, ours).balance) == ("part", D("80.00"))
    log(cast, ours, "waiver-decided", day=12, decision="granted")
    assert (account(cast, ours).waiver, account(cast, ours).balance) == ("granted", D("0"))
    with viewing_as(cast.olive) as viewer:
        whole, _parts = totals(viewer, cast.harbor.pk)
        assert whole.charged == D(0), "the totals say the same"


def test_an_invoice_with_a_day_is_a_clock_of_ours_until_it_is_paid(cast: builders.Cast, ours: RecordsRequest) -> None:
    log(cast, ours, "invoice", "80.00", due_on=dt.date(2026, 4, 3))
    with viewing_as(cast.olive):
        clock = Deadline.objects.standing().get(request=ours, rule_id="invoice-by")
        assert (clock.owner, clock.due_on, clock.met_on) == ("requester", dt.date(2026, 4, 3), None)
    assert account(cast, ours).dues[0].on == dt.date(2026, 4, 3)
    log(cast, ours, "paid", "80.00", day=12)
    assert account(cast, ours).dues == ()
    builders.publish(cast.olive, ours)
    body = Client().get(reverse("request", args=[ours.public_id])).content.decode()
    assert "invoice" not in body.lower()


@pytest.mark.parametrize(
    ("line", "words", "field"),
    [
        ("estimate", {}, "amount"),
        ("estimate", {"amount": D("-1")}, "amount"),
        ("estimate", {"amount": D("NaN")}, "amount"),
        ("estimate", {"amount": D("Infinity")}, "amount"),
        ("estimate", {"amount": D("1.0123456789")}, "amount"),
        ("estimate", {"amount": D("1e12")}, "amount"),
        ("estimate", {"basis": Basis(hours=D("NaN"), hourly=D(1))}, "hours"),
        ("estimate", {"basis": Basis(hours=D(1), hourly=D("-2"))}, "hourly"),
        ("estimate", {"basis": Basis(pages=-1, page_rate=D(1))}, "pages"),
        ("estimate", {"basis": Basis(pages=10**7, page_rate=D(9999))}, "amount"),
        ("waiver-asked", {"amount": D(1)}, "amount"),
        ("waiver-decided", {}, "decision"),
        ("invoice", {"amount": D(5), "due_on": dt.date(2026, 3, 1)}, "due_on"),
        ("paid", {"amount": D(5), "text": "x" * 5001}, "text"),
        ("bribe", {"amount": D(5)}, "line"),
        ("paid", {"amount": D(5), "on": None}, "on"),
        ("paid", {"amount": D(5), "on": dt.date(2026, 12, 1)}, "sent_on"),
    ],
)
def test_bad_money_names_its_field_and_writes_nothing(
    cast: builders.Cast, ours: RecordsRequest, line: str, words: dict[str, Any], field: str
) -> None:
    said = {"on": dt.date(2026, 3, 10), **words}
    with viewing_as(cast.edgar) as viewer, pytest.raises(Refused) as refused:
        record_fee(
            viewer=viewer, records_request=ours, line=line, actor=cast.edgar, once="bad", today=TODAY, **said
        )
    assert refused.value.field == field
    with viewing_as(cast.olive):
        assert Event.objects.filter(request=ours).count() == 1


def test_the_same_form_sent_twice_pays_once(cast: builders.Cast, ours: RecordsRequest) -> None:
    log(cast, ours, "paid", "5.00", once="pay")
    assert log(cast, ours, "paid", "5.00", once="pay").repeated
    assert account(cast, ours).paid == D("5.00")


def test_who_may_not_write_logs_no_fee(cast: builders.Cast, ours: RecordsRequest) -> None:
    with pytest.raises(Refused) as refused:
        log(cast, ours, "paid", "5.00", who=cast.vera)
    assert refused.value.status == 403
    with pytest.raises(NotYours):
        log(cast, ours, "paid", "5.00", who=cast.ravi)


def test_an_estimate_far_above_the_others_for_one_kit_is_told_with_n_and_median(cast: builders.Cast) -> None:
    campaign = builders.campaign(cast.olive, cast.harbor)
    with viewing_as(cast.olive):
        campaign.kit = "plate-readers"
        campaign.save(update_fields=["kit"])
    high = filed(cast, campaign=campaign, name="High Bend")
    for n, amount in enumerate(("10.00", "20.00", "30.00", "40.00")):
        log(cast, filed(cast, campaign=campaign, name=f"Other {n}"), "estimate", amount)
    assert log(cast, high, "estimate", "200.00").warnings == (), "four others say nothing"
    fifth = filed(cast, campaign=campaign, name="Other 5")
    log(cast, fifth, "estimate", "5000.00", day=9)
    log(cast, fifth, "estimate", "25.00", day=10)
    with viewing_as(cast.edgar) as viewer:
        norm = norm_of(viewer, high)
    assert norm is not None
    assert (norm.n, norm.median) == (5, D("25.00")), "the last estimate of each other request"
    [said] = log(cast, high, "estimate", "75.01", day=12).warnings
    assert "3.0 times the median of 5 other estimates for the same kit ($25.00)" in said
    assert log(cast, high, "estimate", "75.00", day=13).warnings == (), "three times is not more than three times"
    with viewing_as(cast.ravi) as viewer:
        assert norm_of(viewer, high) is None, "a stranger's norm is made of what a stranger sees"


def test_the_pages_say_what_is_due_and_what_all_of_it_costs(cast: builders.Cast, ours: RecordsRequest) -> None:
    log(cast, ours, "invoice", "1234.50", due_on=dt.date(2026, 4, 3), text="=cmd()")
    page = signed_in(cast.vera).get(reverse("request-fees", args=[ours.public_id])).content.decode()
    assert "Pay the invoice" in page
    assert "$1,234.50" in page
    assert 'datetime="2026-04-03"' in page
    assert "5 ILCS 140/6" in page
    assert "Log a line" not in page, "who only reads is offered nothing to log"
    overview = signed_in(cast.vera).get(reverse("fees")).content.decode()
    assert overview.count("$1,234.50") == 3
    assert "In no campaign" in overview
    table = signed_in(cast.vera).get(reverse("fees-csv")).content.decode()
    assert "1234.50" in table
    assert "'=cmd()" in table, "a spreadsheet runs nothing of it"


@pytest.mark.parametrize("line", list(LINES))
def test_every_line_has_a_form_that_keeps_what_was_typed(cast: builders.Cast, ours: RecordsRequest, line: str) -> None:
    desk = signed_in(cast.edgar)
    address = reverse("fee-new", args=[ours.public_id, line])
    assert desk.get(address).status_code == 200
    bad = {"once": "f", "seen_version": 1, "on": "2026-02-30", "amount": "nan", "text": "kept words", "note": "x"}
    response = desk.post(address, bad)
    page = response.content.decode()
    assert response.status_code == 400
    assert "kept words" in page
    assert "This is not a day of the calendar" in page


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("-5", "not below zero"), ("1.0123456789", "dollars and cents"), ("1.005", "two decimals"),
        ("9" * 30, "99,999,999.99"),
        ("NaN", "number of dollars"), ("twelve", "number of dollars"), ("", "Enter the amount"),
    ],
)  # fmt: skip
def test_a_bad_amount_is_told_in_dollars_and_cents(
    cast: builders.Cast, ours: RecordsRequest, amount: str, sentence: str
) -> None:
    response = signed_in(cast.edgar).post(
        reverse("fee-new", args=[ours.public_id, "paid"]),
        {"once": "f", "seen_version": 1, "on": "2026-03-10", "amount": amount, "text": "", "note": ""},
    )
    assert response.status_code == 400
    assert sentence in response.content.decode()


def test_a_stale_form_shows_the_account_as_it_stands_and_saves_on_the_next_press(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    log(cast, ours, "invoice", "80.00")
    desk, address = signed_in(cast.edgar), reverse("fee-new", args=[ours.public_id, "paid"])
    words = {"once": "f", "seen_version": 1, "on": "2026-03-12", "amount": "80", "text": "", "note": ""}
    response = desk.post(address, words)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Invoice" in page
    assert "$80.00" in page
    assert 'name="seen_version" value="2"' in page
    assert desk.post(address, {**words, "seen_version": 2}).status_code == 302
    assert account(cast, ours).balance == D(0)


def test_a_longer_overview_costs_no_more_queries(cast: builders.Cast) -> None:
    campaign = builders.campaign(cast.olive, cast.harbor)
    client = signed_in(cast.vera)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("fees")).status_code == 200
        return len(found)

    log(cast, filed(cast, campaign=campaign, name="One"), "estimate", "5.00")
    cost()
    few = cost()
    for n in range(6):
        made = filed(cast, campaign=campaign, name=f"More {n}")
        log(cast, made, "estimate", "5.00")
        log(cast, made, "invoice", "4.00", due_on=dt.date(2026, 4, 3))
    assert cost() == few
